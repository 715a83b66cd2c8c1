"""What was asked about a document after it was sent, and what each receiver answered: recall, update, 13."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from lgsp.domain.codes import document_id
from lgsp.domain.course.awaiting import Awaited
from lgsp.domain.course.packets import Body, Packet, Step, Way

ASKED_BACK = "recall_asked"
ANSWERS: Mapping[str, str] = {"change_agreed": "agreed", "change_declined": "declined"}
_CLOCKS = timedelta(minutes=5)
"""By so much a receiver's clock may be behind ours before its answer is taken for one to something else."""


@dataclass(slots=True, frozen=True)
class Answer:
    """What one receiver made of a change.

    Attributes:
        ways: on which the change went to it, the one that counts first.
        steps: its answers in the order of time; the last one counts.
    """

    body: Body
    ways: Sequence[Way]
    steps: Sequence[Step]
    awaited: Awaited

    @property
    def word(self) -> str:
        """`agreed`, `declined`, or `none`."""
        return word_of(self.steps)


@dataclass(slots=True, frozen=True)
class Change:
    """A recall (also one that was asked for by status 13) or an update.

    Attributes:
        what: `recall` or `update`.
        packet: the document packet, or the status, that asked.
        by_sender: the sender of the document asked; nobody else takes it back.
    """

    what: str
    packet: Packet
    answers: Sequence[Answer]
    by_sender: bool = True


def word_of(steps: Sequence[Step]) -> str:
    """Return what a receiver's answers come to: `agreed`, `declined`, or `none`."""
    return ANSWERS[steps[-1].status] if steps else "none"


def meant(changes: Sequence[Packet], step: Step) -> Packet | None:
    """Return the change that an answer answers: the one it names, else the latest that it can know of.

    Args:
        changes: in the order in which they were taken on.
        step: a 15 or 16.
    """
    named = document_id(str(step.packet.about.get("id") or ""))
    by_name = [one for one in changes if named and _name_of(one) == named]
    if len(by_name) == 1:
        return by_name[0]
    before = [one for one in changes if one.accepted_at <= step.at + _CLOCKS]
    return before[-1] if before else next(iter(changes), None)


def what_of(packet: Packet) -> str:
    """Return what a packet asks: `recall`, `update`, or nothing."""
    if packet.act == "status":
        return "recall" if packet.data.get("status") == ASKED_BACK else ""
    return packet.act if packet.act in ("recall", "update") else ""


def _name_of(change: Packet) -> str | None:
    """Return the id of a change; one that bears that of its document has no name of its own."""
    own = document_id(change.own_id)
    return own if own != document_id(str(change.data.get("key", ""))) else None
