"""Counting a demonstration's dossiers once more, plainly, from what the one-stop itself holds of them.

Nothing of the platform is asked, neither its register nor its rules. By the standard way to count, a dossier
that is only registered is none yet; one that was not accepted stands apart, and so do those that were
withdrawn or stopped; the day decides what is early, on time or late; nothing becomes overdue while papers or
a payment are waited for. What does not say by which channel it came is in no figure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from lgsp.message import VIETNAM

Item = Mapping[str, Any]
Database = Mapping[str, tuple[Item, Sequence[Item]]]
COLUMNS = (
    "received", "online", "direct", "carried_over", "total", "solved", "early", "on_time", "late", "in_time",
    "withdrawn", "stopped", "in_process", "in_process_on_time", "in_process_late", "refused",
)  # fmt: skip

_REGISTERED, _NOT_ACCEPTED, _WITHDRAWN, _STOPPED = "1", "3", "7", "8"
_WAITING, _DONE = ("5", "6"), ("9", "10")
_ENDS = {_NOT_ACCEPTED: "refused", _WITHDRAWN: "withdrawn", _STOPPED: "stopped"}
_CHANNELS = {"1": "direct", "2": "online", "3": "direct"}
_OLD_FORM = "000.00."
_DAY = timedelta(days=1)


@dataclass(slots=True, frozen=True)
class Case:
    """One dossier as its office knows it.

    Attributes:
        how: how it ended: a column, `solved` among them; empty while it is in process.
        ended: when; None while it is in process.
        waits: when papers or a payment were waited for; an open wait has no end.
    """

    agency: str
    channel: str
    received: datetime
    due: datetime
    how: str
    ended: datetime | None
    waits: tuple[tuple[datetime, datetime | None], ...]

    def is_open(self, at: datetime) -> bool:
        """Tell whether it was in process at a moment."""
        return self.received <= at and (self.ended is None or self.ended > at)

    def is_overdue(self, at: datetime) -> bool:
        """Tell whether it was overdue at a moment: a wait that began in time holds that off."""
        over = _midnight(self.due.date() + _DAY)
        held = (begun < over and begun <= at and (came is None or came > at) for begun, came in self.waits)
        return at >= over and not any(held)

    @property
    def outcome(self) -> str:
        """Return what its end is called."""
        if self.ended is None or self.ended.date() < self.due.date():
            return "early"
        return "on_time" if self.ended.date() == self.due.date() else "late"


def recount(
    database: Database, first: date, last: date, learnt: datetime
) -> tuple[dict[str, Counter[str]], int]:
    """Return the figures of the days from first to last, by agency, "" for all; and how many are in none.

    Args:
        database: of the one-stop.
        first: the first day.
        last: the last one.
        learnt: when the office knew of an end of which nothing says when it was.
    """
    begins = _midnight(first)
    behind = _midnight(last + _DAY)
    figures: dict[str, Counter[str]] = {"": Counter()}
    left_out = 0
    for code, (item, entries) in database.items():
        case = case_of(code, item, entries, learnt)
        if case is None or case.received >= behind:
            continue
        left_out += not case.channel and case.how != "refused"
        told = list(_columns(case, begins, behind))
        figures[""].update(told)
        figures.setdefault(case.agency, Counter()).update(told)
    return figures, left_out


def case_of(code: str, item: Item, entries: Sequence[Item], learnt: datetime) -> Case | None:
    """Return what an office knows of a dossier; None of one that is only registered."""
    if item["TrangThaiHoSo"] == _REGISTERED:
        return None
    received = _moment(item["NgayTiepNhan"])
    how, ended = _end(item, entries, learnt)
    return Case(
        _agency(code),
        _CHANNELS.get(str(item.get("KenhThucHien")), ""),
        received,
        _moment(item["NgayHenTra"]),
        how,
        None if ended is None else max(ended, received),
        tuple(_waits(item, entries)),
    )


def _columns(case: Case, begins: datetime, behind: datetime) -> Iterator[str]:
    """Yield the columns in which a case stands once."""
    ended_here = case.ended is not None and begins <= case.ended < behind
    if case.how == "refused":
        yield from ["refused"] * ended_here
    elif case.channel:
        if case.received >= begins:
            yield from ("received", case.channel, "total")
        else:
            yield from ("carried_over", "total") if case.is_open(begins - timedelta(seconds=1)) else ()
        if ended_here:
            yield from _ended(case)
        yield from _left(case, behind - timedelta(seconds=1))


def _ended(case: Case) -> Iterator[str]:
    yield case.how
    if case.how == "solved":
        yield case.outcome
        yield from ["in_time"] * (case.outcome != "late")


def _left(case: Case, at: datetime) -> Iterator[str]:
    if case.is_open(at):
        yield "in_process"
        yield "in_process_late" if case.is_overdue(at) else "in_process_on_time"


def _end(item: Item, entries: Sequence[Item], learnt: datetime) -> tuple[str, datetime | None]:
    """Return how a dossier ended and when: as its handling tells, else as the dossier itself does."""
    when = {str(entry["TrangThai"]): _moment(entry["ThoiDiemXuLy"]) for entry in reversed(entries)}
    status = item["TrangThaiHoSo"]
    done = next((when[one] for one in _DONE if one in when), None)
    if done is None and status in _DONE:
        done = _moment(item["NgayKetThucXuLy"])
    if done is not None:
        return "solved", done
    for word, column in _ENDS.items():
        if word in when:
            return column, when[word]
        if status == word:
            return column, _moment(item["NgayTuChoi"]) if item.get("NgayTuChoi") else learnt
    return "", None


def _waits(item: Item, entries: Sequence[Item]) -> Iterator[tuple[datetime, datetime | None]]:
    """Yield when something was waited for: by the handling where it tells of any, else by the requests."""
    found = list(_told_waits(entries))
    if found:
        yield from found
        return
    for asked in item["DanhSachHoSoBoSung"]:
        came = asked.get("NgayTiepNhanBoSung")
        yield _moment(asked["NgayBoSung"]), _moment(came) if came else None


def _told_waits(entries: Sequence[Item]) -> Iterator[tuple[datetime, datetime | None]]:
    begun: datetime | None = None
    for entry in sorted(entries, key=lambda one: str(one["ThoiDiemXuLy"])):
        waiting = str(entry["TrangThai"]) in _WAITING
        if waiting and begun is None:
            begun = _moment(entry["ThoiDiemXuLy"])
        elif not waiting and begun is not None:
            yield begun, _moment(entry["ThoiDiemXuLy"])
            begun = None
    if begun is not None:
        yield begun, None


def _agency(code: str) -> str:
    """Return whose dossier it is, in the new form of codes: `000.00.11.H44` is `H44.11`."""
    agency = code.partition("-")[0]
    if not agency.startswith(_OLD_FORM):
        return agency
    *_, office, province = agency.split(".")
    return f"{province}.{office}"


def _moment(text: Any) -> datetime:
    """Return `yyyyMMddHHmmss`."""
    return datetime.strptime(f"{text}+0700", "%Y%m%d%H%M%S%z")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)
