"""What operators named of the answers that no catalogue held: an answer with that signature is that cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lgsp.domain.cause import Cause
from lgsp.domain.causes import CAUSES
from lgsp.domain.causes_own import UNCATALOGUED
from lgsp.domain.signature import signature
from lgsp.errors import Refused, Unavailable, Uncertain


@dataclass(slots=True, frozen=True)
class Name:
    """One naming, as it stands in the journal; a later one of the same answer, or of the same code, counts.

    Attributes:
        number: in the order of naming.
        system: whose answer it is.
        signature: of the answer, as `lgsp.domain.signature` makes it.
        code: the cause.
        own: what the code means, where the operator said so; None points to a code that was there.
        who: who named it.
        at: when, in microseconds since 1970.
    """

    number: int
    system: str
    signature: str
    code: str
    own: Cause | None
    who: str
    at: int


class Names:
    """All namings up to one; it never changes, newer ones make a new one.

    Attributes:
        newest: the number of the last naming; 0 where there is none.
    """

    def __init__(self, names: Sequence[Name] = ()) -> None:
        ordered = sorted(names, key=lambda name: name.number)
        self.newest = ordered[-1].number if ordered else 0
        self.own = {name.code: name.own for name in ordered if name.own is not None}
        self._codes = {(name.system, name.signature): name.code for name in ordered}

    def find(self, code: str) -> Cause | None:
        """Return a cause of the catalogue, or one that an operator described."""
        return CAUSES.get(code) or self.own.get(code)

    def of(self, system: str, answer: str) -> Cause | None:
        """Return what a system's answer of this signature was named."""
        code = self._codes.get((system, answer))
        return None if code is None else self.find(code)

    def now(self, system: str, cause: str, answer: str = "") -> Cause | None:
        """Return what a kept cause is called now; None where nobody knows more than its code.

        Args:
            system: who answered.
            cause: the code as it was kept.
            answer: the signature that was kept with it, for an answer nobody had named then.
        """
        named = self.of(system, answer) if answer else None
        return named or self.find(cause)

    def meant(self, system: str, fault: Unavailable) -> Refused | Unavailable:
        """Return what an answer means by its name; one without a name is returned as it is.

        A cause for which a retry does not help is a refusal. Otherwise it is put off, and says nothing
        against the system unless the cause concerns our standing with it. A doubt stays a doubt.
        """
        answer = answer_of(fault)
        cause = self.of(system, answer) if answer and not isinstance(fault, Uncertain) else None
        if cause is None:
            return fault
        if not cause.retry_helps:
            return Refused(cause.code, fault.said, there=fault.there)
        return Unavailable(
            cause.code, fault.said, scope=cause.concerns, after=fault.after, there=fault.there, known=True
        )


def answer_of(fault: Refused | Unavailable | None) -> str:
    """Return the signature of an answer that no catalogue holds; an empty text for every other fault.

    Where the adapter gave none it is made of what was said.
    """
    if not isinstance(fault, Unavailable) or fault.cause != UNCATALOGUED:
        return ""
    return fault.answer or signature(0, fault.said)
