"""Judging what became of documents: what was told, what was taken on, and what came. Pure.

A thread is what one agency sends another about one document: the document with what follows it, or the
statuses that are told of it. Everything in it has a place, and that is the law which is judged here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from lgsp.domain.causes import CAUSES
from lgsp.domain.causes_own import UNCATALOGUED

_FINAL_NO = ("refused", "held")
_OTHERWISE = ("exhausted", "expired", "cancelled", "superseded", "replaced", "shadowed", "adopted")


class Kind(StrEnum):
    """What goes along a thread."""

    DOCUMENTS = "documents"
    STATUSES = "statuses"


class Name(NamedTuple):
    """What tells one thread from the others.

    Attributes:
        sender: code of the agency that tells.
        receiver: of the one that is told; empty for statuses, of which a document and a teller have one.
        document: the id of the document that all of it is about.
    """

    kind: Kind
    sender: str
    receiver: str
    document: str

    def __str__(self) -> str:
        return " ".join(
            filter(None, (self.document, self.sender, "→" if self.receiver else "", self.receiver))
        )


class Item(NamedTuple):
    """One packet as it was told, or as it should have come.

    Attributes:
        label: what it is: `new`, `recall`, `update`, `replace`, or the code of a status.
        may_miss: there is a reason for its not being there.
    """

    label: str
    may_miss: bool = False


@dataclass(slots=True, frozen=True)
class Passage:
    """One packet on its way to one receiver, as the journal has it.

    Attributes:
        system: to which it goes.
        state: of its delivery, as `lgsp.journal.states` words it.
        again: attempts whose outcome nobody knows: each may have brought it once more.
        behind: it waits behind one of its line that is held, or was refused.
    """

    label: str
    system: str
    state: str
    again: int = 0
    cause: str = ""
    behind: bool = False

    @property
    def part(self) -> str:
        """What it is counted as."""
        if self.state in ("delivered", *_FINAL_NO):
            return self.state
        if self.state in _OTHERWISE:
            return "dead"
        return "behind" if self.behind else "waiting"


@dataclass(slots=True)
class Thread:
    """What is known of one thread, each list in its own order.

    Attributes:
        told: by its sender.
        passed: as it was taken on.
        came: to its receiver.
        copies: further ones of something told, that the far side made by itself.
    """

    told: list[Item] = field(default_factory=list)
    passed: list[Passage] = field(default_factory=list)
    came: list[str] = field(default_factory=list)
    copies: int = 0


def judge(name: Name, thread: Thread) -> Iterator[str]:
    """Yield what is wrong with a thread: lost, doubled, out of order, or left without a reason."""
    due = [Item(one.label, one.part != "delivered") for one in thread.passed]
    labels = [one.label for one in thread.passed]
    again = sum(one.again for one in thread.passed)
    for words, told, came, most in (
        ("taken on", list(_merged(thread.told)), labels, 0),
        ("delivered", due, thread.came, again),
    ):
        wrong = _difference(told, came, most)
        if wrong:
            yield f"{name}: {wrong} ({words})"
    for one in thread.passed:
        wrong = _unfinished(one)
        if wrong:
            yield f"{name}: {one.label} to {one.system}: {wrong}"


def repeats(thread: Thread) -> int:
    """Return how much of a thread came again."""
    return max(0, _follow([Item(one.label, may_miss=True) for one in thread.passed], thread.came)[1])


def _merged(told: Sequence[Item]) -> Iterator[Item]:
    """Yield what was told; the same told twice, one behind the other, may be one fact."""
    for n, item in enumerate(told):
        yield item._replace(may_miss=item.may_miss or (n > 0 and told[n - 1].label == item.label))


def _difference(told: Sequence[Item], came: Sequence[str], most: int) -> str:
    """Return what came amiss, in words; empty when everything is in its place.

    Args:
        told: in the order in which it has to come.
        came: in the order in which it did.
        most: so much may have come again, right behind the first time.
    """
    early, again, left = _follow(told, came)
    if early:
        return f"{early} is out of order: {' '.join(came)} of {_shown(told)}"
    if left:
        return f"lost: {' '.join(left)} of {_shown(told)}"
    return f"{again} came again without any doubt: {' '.join(came)}" if again > most else ""


def _follow(told: Sequence[Item], came: Iterable[str]) -> tuple[str, int, list[str]]:
    """Return the first thing that came in no possible place, how much came again, and what did not come."""
    at, again, last = 0, 0, ""
    for label in came:
        if label == last and (at == len(told) or told[at].label != label):
            again += 1
            continue
        while at < len(told) and told[at].may_miss and told[at].label != label:
            at += 1
        if at == len(told) or told[at].label != label:
            return label, again, []
        at, last = at + 1, label
    return "", again, [item.label for item in told[at:] if not item.may_miss]


def _unfinished(one: Passage) -> str:
    if one.part in ("waiting", "dead"):
        return f"it ends as {one.state!r}"
    if one.part in _FINAL_NO and (one.cause == UNCATALOGUED or one.cause not in CAUSES):
        return f"{one.state} without a reason that a person can act on ({one.cause or 'none'})"
    return ""


def _shown(told: Sequence[Item]) -> str:
    return " ".join(f"({item.label})" if item.may_miss else item.label for item in told) or "nothing"
