"""What is asked and answered while somebody waits: the question, the reply, and why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Protocol
from uuid import UUID

import orjson

from lgsp.errors import GatewayError, Problem


class Ending(IntEnum):
    """What became of a question."""

    OPEN = 0
    ANSWERED = 1
    ABSENT = 2
    REJECTED = 3
    REFUSED = 4
    FAILED = 5
    LATE = 6
    TURNED_AWAY = 7

    @property
    def word(self) -> str:
        """Return the name that the API and the commands use."""
        return self.name.lower().replace("_", "-")


@dataclass(slots=True, frozen=True)
class Question:
    """A question as a caller puts it.

    Attributes:
        source: the system that asks.
        type: of the question.
        data: its body.
        purpose: a code of the home's list.
        who: the person for whom the system asks, as it names that person.
        dossier: code of the dossier for which it is asked; empty: none.
        within: seconds that the caller will wait; None: as long as the answering system is given.
        traceparent: of the caller's trace.
    """

    source: str
    type: str
    data: Mapping[str, Any] = field(repr=False)
    purpose: str
    who: str
    dossier: str = ""
    within: float | None = None
    traceparent: str = ""


@dataclass(slots=True, frozen=True)
class Reply:
    """An answer.

    Attributes:
        ask: the outer id of the question, by which its trace is found.
        type: of the answer.
        system: who answered.
        packed: the answer's body as JSON.
        age: seconds since the far side gave the answer; 0 where it was asked just now.
        remembered: whether it was given from memory.
    """

    ask: UUID
    type: str
    system: str
    packed: bytes = field(repr=False)
    age: float = 0.0
    remembered: bool = False

    @property
    def data(self) -> dict[str, Any]:
        """The body: a copy for each who looks, so who changes it changes nobody else's."""
        found: dict[str, Any] = orjson.loads(self.packed)
        return found


class NoAnswer(GatewayError):  # noqa: N818 - it is an answer to the caller, if not the one that was hoped for
    """There is no answer, and this is why.

    Attributes:
        ending: what the journal says of it.
        cause: catalogued name.
        ask: the outer id of the question, where it was entered.
        after: seconds after which it may be asked again, where that is known.
        problems: what is wrong with the question, each with its place.
        said: what the far side said, shortened; nothing personal stands in it.
    """

    def __init__(  # noqa: PLR0913 - each says another thing of one fault
        self,
        ending: Ending,
        cause: str,
        *,
        after: float | None = None,
        problems: tuple[Problem, ...] = (),
        said: str = "",
        ask: UUID | None = None,
    ) -> None:
        super().__init__(f"asking: {cause}")
        self.ending = ending
        self.cause = cause
        self.after = after
        self.problems = problems
        self.said = said
        self.ask = ask

    def again(self) -> NoAnswer:
        """Return the same reason for another question."""
        return NoAnswer(self.ending, self.cause, after=self.after, problems=self.problems, said=self.said)


class Enquirer(Protocol):
    """Puts questions to the systems that answer them."""

    async def ask(self, question: Question) -> Reply:
        """Return the answer to a question.

        Raises:
            NoAnswer: there is none.
            JournalError: the question could not be entered; nobody was asked.
        """


class Enquiring(Enquirer, Protocol):
    """An enquirer that also enters what may not be asked."""

    async def deny(self, question: Question, problems: Sequence[Problem]) -> None:
        """Enter a question that its credential may not put; nobody is asked.

        Raises:
            NoAnswer: its caller waits no more before it was.
            JournalError: it could not be entered.
        """


class Visitors(Protocol):
    """Systems that come to another one's façade, with credentials of their own, to put questions there."""

    def admit(self, credential: str = "") -> str:
        """Return the name of the system that calls; empty where the credential is no system's.

        Args:
            credential: read from a place of the façade's own; empty: what the request itself shows.

        Raises:
            Throttled: too many wrong ones came from there just now.
        """

    async def ask(self, question: Question) -> Reply:
        """Return the answer to a question of the system that was admitted; `source` is that one.

        Raises:
            NoAnswer: there is none.
            Forbidden: its credential was not granted this question, or nobody was admitted.
            Throttled: its quota is used up.
            JournalError: the question could not be entered; nobody was asked.
        """
