"""The tree of things that can go wrong, and what each asks of whom.

GatewayError
├── ConfigError       an operator mends the home; only before start
├── Rejected          at our door: Invalid · Conflict · Forbidden
├── Throttled         at our door: asked more often than allowed; nothing was done
├── Refused           the far side understood and said no: dead
└── Unavailable       try again later; scope message or system
    └── Uncertain     it may have been applied: probe first
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Scope(Enum):
    """Whether one message failed or the whole system did."""

    MESSAGE = "message"
    SYSTEM = "system"


@dataclass(slots=True, frozen=True)
class Problem:
    """One fault of a body.

    Attributes:
        place: where, as the sender names it: a field name or path, or a JSON pointer for canonical bodies.
        code: name of the fault in `lgsp.domain.causes`, which holds its text and mend in both languages.
        detail: what the rule asks for (`50`, `yyyyMMddHHmmss`); never the value that was read.
    """

    place: str
    code: str
    detail: str = ""


class GatewayError(Exception):
    """The root of what the gateway raises on purpose. Texts are gerund first and hold no payload."""


class ConfigError(GatewayError):
    """The home is wrong; an operator mends it before start.

    Attributes:
        faults: every fault at once, each as `file:line: what is wrong; the mend`.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("reading the home:\n" + "\n".join(faults))
        self.faults = list(faults)


class Rejected(GatewayError):
    """Turned away at our door; kept in quarantine with the reason.

    Attributes:
        problems: the faults, each with its place.
        subject: the business code the sender will look for, where it could be read.
        type: the canonical type it would have become, where that is known.
    """

    code = "rejected"

    def __init__(self, problems: Sequence[Problem], *, subject: str = "", type: str = "") -> None:  # noqa: A002
        super().__init__("reading the message: " + "; ".join(f"{p.place}: {p.code}" for p in problems))
        self.problems = list(problems)
        self.subject = subject
        self.type = type


class Invalid(Rejected):
    """The body breaks the schema, a code's form or a date's."""

    code = "invalid"


class Conflict(Rejected):
    """A document's known identity came with another body."""

    code = "conflict"


class Forbidden(Rejected):
    """The sender may not say this."""

    code = "forbidden"


class Throttled(GatewayError):
    """A caller asks more often than it may; nothing was done.

    Attributes:
        after: seconds after which it may ask again.
    """

    code = "too-many-requests"

    def __init__(self, after: float) -> None:
        super().__init__("admitting a caller: it asks more often than it may")
        self.after = after


class Refused(GatewayError):
    """The far side understood and said no.

    Attributes:
        cause: catalogued name (`field-rejected`).
        fields: the fields it named, in the source's native names where the adapter can tell.
        said: what it said, shortened.
        there: what the answer told of the subject: True when the far side holds some version of it.
    """

    def __init__(
        self, cause: str, said: str = "", fields: Sequence[str] = (), *, there: bool | None = None
    ) -> None:
        super().__init__(f"being refused: {cause}")
        self.there = there
        self.cause = cause
        self.said = said
        self.fields = list(fields)


class Unavailable(GatewayError):
    """Try again later.

    Attributes:
        cause: catalogued name (`timed-out`), or `uncatalogued`.
        scope: whether this message or the whole system failed.
        after: seconds that the far side asked us to wait, if it did.
        answer: for an answer nobody catalogued: its signature, equal for equal answers.
        known: an operator named the answer: unless the scope is the system, it says nothing against that.
        there: what the far side told of the subject before it failed: True when it holds some version.
    """

    def __init__(  # noqa: PLR0913 - each says another thing of one fault
        self,
        cause: str,
        said: str = "",
        *,
        scope: Scope = Scope.MESSAGE,
        after: float | None = None,
        answer: str = "",
        known: bool = False,
        there: bool | None = None,
    ) -> None:
        super().__init__(f"being put off: {cause}")
        self.cause = cause
        self.said = said
        self.scope = scope
        self.after = after
        self.answer = answer
        self.known = known
        self.there = there


class Uncertain(Unavailable):
    """The request was written and no answer came: it may have been applied."""
