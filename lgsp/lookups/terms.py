"""What is asked and answered: the request of a caller, the answer it gets, and why it gets none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from lgsp.errors import GatewayError, Problem
from lgsp.journal.asks import Ending


@dataclass(slots=True, frozen=True)
class Request:
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
        age: seconds since the far side gave the answer; 0 where it was asked just now.
        remembered: whether it was given from memory.
    """

    ask: UUID
    type: str
    system: str
    data: Mapping[str, Any] = field(repr=False)
    age: float = 0.0
    remembered: bool = False


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
