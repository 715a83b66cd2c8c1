"""What the course of a document is read from: its packets, their ways, and the statuses told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from lgsp.domain.documents import addressee
from lgsp.message import VIETNAM

Data = Mapping[str, Any]

Same = Callable[[str, date], str]
"""Gives what names the body behind a code on a day: one answer for all codes of one body."""

DOCUMENT, STATUS = "document.v1", "document.status.v1"
BRINGING = frozenset({"new", "replace", "other"})
"""Acts that bring a document; the others say something of one."""

_STAGES = ("arrived", "received", "assigned", "processing", "refused", "finished")
"""The usual course: what was told for the same second stands in this order."""
_REACHED, _DEAD, _TAKEN_BACK = "delivered", {"refused", "exhausted", "expired"}, {"superseded", "replaced"}
_ELSEWHERE = {"shadowed", "adopted"}
"""Told by an older connection, or there before us: nothing of it is on its way here any more."""


@dataclass(slots=True, frozen=True)
class Way:
    """One delivery of a packet.

    Attributes:
        recipients: codes of the receivers that it is for, as written; empty is all.
        state: as `lgsp.journal.states` words it.
        since: when it came to stand there.
        overtaken: it died, and something newer took its place.
        standing: of the system: `suspended`, `draining` or `paused`; empty or `running` while it works.
    """

    number: int
    system: str
    recipients: Sequence[str]
    state: str
    since: datetime
    next_attempt_at: datetime | None = None
    cause: str = ""
    said: str = ""
    overtaken: bool = False
    standing: str = ""

    @property
    def is_dead(self) -> bool:
        """Tell whether it died, and a person has to see to it."""
        return self.state in _DEAD and not self.overtaken

    @property
    def rank(self) -> tuple[int, int]:
        """How much a way counts where a receiver has several: what arrived, what is open, the rest."""
        if self.state == _REACHED:
            return 3, self.number
        if self.state in _DEAD:
            return (0 if self.overtaken else 1), self.number
        if self.state in _ELSEWHERE:
            return 2, self.number
        return (0 if self.state in _TAKEN_BACK or self.state == "cancelled" else 2), self.number


@dataclass(slots=True, frozen=True)
class Packet:
    """One message of a document's line.

    Attributes:
        message: its outer id.
        source: the system that brought it.
        data: canonical; empty where the body is not kept any more.
        accepted_at: when it was taken on.
        ways: its deliveries.
        unrouted: no route wants it.
    """

    message: str
    source: str
    type: str
    data: Data
    accepted_at: datetime
    ways: Sequence[Way] = ()
    unrouted: bool = False

    @property
    def act(self) -> str:
        """What it does; a document whose body is gone brought something."""
        return "status" if self.type == STATUS else str(self.data.get("act", "other"))

    @property
    def sender(self) -> Mapping[str, Any]:
        """Who says so, as a canonical organisation."""
        found: Mapping[str, Any] = self.data.get("sender") or {}
        return found

    @property
    def own_id(self) -> str:
        """The id that the packet itself bears, as written."""
        return str(self.data.get("id") or "")

    @property
    def addressee(self) -> str:
        """Code of whom a status is meant for; empty where it names nobody."""
        return next(iter(addressee(self.data)), "")

    @property
    def about(self) -> Mapping[str, Any]:
        """What a status speaks of."""
        found: Mapping[str, Any] = self.data.get("about") or {}
        return found


@dataclass(slots=True, frozen=True)
class Step:
    """One status, in the order in which things were.

    Attributes:
        at: when it was, as far as can be known: nothing was set after we were told of it.
        late: it was told after something that followed it.
    """

    packet: Packet
    at: datetime
    late: bool = False

    @property
    def status(self) -> str:
        """Its word; empty for a code that no list holds."""
        return str(self.packet.data.get("status") or "")


@dataclass(slots=True)
class Body:
    """A body under all codes by which a document names it.

    Attributes:
        key: what names it on the day of the document.
        codes: as written, the first the one to show.
    """

    key: str
    name: str
    codes: list[str] = field(default_factory=list)

    @property
    def code(self) -> str:
        """The code to show."""
        return self.codes[0] if self.codes else ""

    @property
    def shown(self) -> str:
        """Its name as people read it, with its code."""
        return f"{self.name} ({self.code})" if self.name and self.code else self.name or self.code


def moment(text: object) -> datetime | None:
    """Return a canonical moment in Viet Nam time; None for none."""
    if not isinstance(text, str):
        return None
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=VIETNAM)).astimezone(VIETNAM)


def in_order(statuses: Iterable[Packet]) -> list[Step]:
    """Return statuses in the order in which things were, by the time that each one tells."""
    steps = sorted((Step(one, _at(one)) for one in statuses), key=_order)
    found: list[Step] = []
    earliest = None
    for step in reversed(steps):
        came = step.packet.accepted_at
        found.append(Step(step.packet, step.at, earliest is not None and earliest < came))
        earliest = came if earliest is None else min(earliest, came)
    return found[::-1]


def _at(status: Packet) -> datetime:
    told = moment(status.data.get("at"))
    return status.accepted_at if told is None else min(told, status.accepted_at)


def _order(step: Step) -> tuple[datetime, int, datetime]:
    stage = _STAGES.index(step.status) if step.status in _STAGES else len(_STAGES)
    return step.at, stage, step.packet.accepted_at
