"""Deciding what an office answers to what came, by its habits and the document's own luck."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lgsp.formats.axis.protocol import MessageType
from lgsp.sandbox.axis.faults import Habits
from lgsp.sandbox.axis.tree import Node
from lgsp.sandbox.axis.writing import Answered

ARRIVED, REFUSED = "01", "02"
TAKE_BACK, AGREED, DECLINED = "13", "15", "16"
REPLY = "reply"

Falls = Callable[[float, str, str], bool]

_WHAT = {"1": "recall", "2": "update", "3": "replace"}


@dataclass(slots=True)
class Record:
    """What one office knows of one document.

    Attributes:
        what: what came about it, in order: `new`, `recall`, `update`, `replace`; a second `new` is a
            duplicate, and is not answered again.
        answered: the statuses that the office told, in order.
        told: the statuses that the other side told the office, in order.
        gone: it was destroyed on a recall.
    """

    what: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    gone: bool = False

    def take(self, kind: MessageType, what: str) -> bool:
        """Note what came; False when it is a repetition that is not answered."""
        repeated = what in self.what and what in ("new", "replace")
        (self.told if kind is MessageType.STATUS else self.what).append(what)
        return not repeated

    def state(self) -> dict[str, object]:
        """Return it as `_state` shows it."""
        return {"what": self.what, "answered": self.answered, "told": self.told, "gone": self.gone}


def answers(habits: Habits, falls: Falls, what: str, subject: str, record: Record) -> tuple[str, ...]:
    """Return the statuses, and perhaps a reply, that follow, in order.

    Args:
        habits: of the office.
        falls: draws for a share, a word and a name; the same name draws the same.
        what: what came: `new`, `recall`, `update`, `replace`, or the code of a status.
        subject: the id of the document that it is about.
        record: marked as gone when a recall of it is agreed to.
    """
    if what in ("recall", "update", TAKE_BACK):
        declined = falls(habits.decline, "decline", subject)
        record.gone = record.gone or (what != "update" and not declined)
        return (DECLINED if declined else AGREED,)
    if what not in ("new", "replace"):
        return ()
    if falls(habits.refuse, "refuse", subject):
        return (ARRIVED, REFUSED)
    reply = (REPLY,) if falls(habits.reply, "reply", subject) else ()
    return (ARRIVED, *habits.steps, *reply)


def silenced(record: Record, code: str) -> bool:
    """Tell whether a step is left out: the document is gone, and this is no answer to its recall."""
    return record.gone and code not in (AGREED, DECLINED)


def target_of(header: Node, traces: Node | None) -> str:
    """Return the id of the document that a packet is, recalls, updates, or tells the status of."""
    business = traces.said("Bussiness", "DocumentId") if traces is not None else ""
    kind = traces.said("Bussiness", "BussinessDocType") if traces is not None else ""
    answered, own = header.said("ResponseFor", "DocumentId"), header.said("DocumentId")
    if header.said("StatusCode"):
        return answered
    return (business or answered or own) if kind in ("1", "2") else own


def what_of(header: Node, traces: Node | None) -> str:
    """Return what a packet is: the code of a status, or `new`, `recall`, `update`, `replace`."""
    kind = traces.said("Bussiness", "BussinessDocType") if traces is not None else ""
    return header.said("StatusCode") or _WHAT.get(kind, "new")


def answered_by(header: Node, traces: Node | None) -> Answered:
    """Return what an answer to a packet names: the document itself, also where it was recalled."""
    return Answered(
        sender=header.said("From", "OrganId"),
        code=notation_of(header) or header.said("ResponseFor", "Code"),
        document=target_of(header, traces),
        promulgated=header.said("PromulgationInfo", "PromulgationDate")
        or header.said("ResponseFor", "PromulgationDate"),
    )


def notation_of(header: Node) -> str:
    """Return number and notation, joined."""
    return "/".join(filter(None, (header.said("Code", name) for name in ("CodeNumber", "CodeNotation"))))
