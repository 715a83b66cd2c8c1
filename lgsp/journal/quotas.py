"""What callers have used up: portions of their quotas, given out to processes so that no limit is passed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, inf

from lgsp.allowances import Rate
from lgsp.journal.contract import Transaction
from lgsp.journal.quotas_tables import quotas
from lgsp.journal.rows import insert

SECOND = 1_000_000
KEPT = SECOND // 10
"""Microseconds for which a process may keep what it drew ahead of a limit by the second. What is let through
of it then comes by so much later, so the limit is taken for smaller by as much."""
KEPT_LONG = SECOND
"""The same where there are limits by the minute and the day only."""
_MINUTE, _DAY = 60 * SECOND, 86_400 * SECOND
_EAST = 7 * 3600 * SECOND
"""Viet Nam is so far ahead of UTC; its days are counted."""
_BEHIND = _MINUTE
"""A transaction that began before the last one of a row ended, or a clock set right, is behind by less."""
_LEAST_AHEAD = 2
"""Drawing ahead takes `KEPT` off a burst; one shorter than so many of it is given out as it is used."""
_FORGOTTEN = 2 * _DAY

_COLUMNS = "spent_until, minute, in_minute, day, in_day, at"
_HOLD = (
    f"{insert(quotas)} ON CONFLICT (subject, kind) DO UPDATE SET subject = excluded.subject"
    f" RETURNING {_COLUMNS}"
)
_KEEP = (
    "UPDATE quotas SET spent_until = ?, minute = ?, in_minute = ?, day = ?, in_day = ?, at = ?"
    " WHERE subject = ? AND kind = ?"
)
_OF_DAY = "SELECT subject, in_day FROM quotas WHERE subject IN ({}) AND kind = ? AND day = ?"


@dataclass(slots=True, frozen=True)
class Spent:
    """What one caller has used up of one kind, as the table keeps it; `at` is when that was last changed."""

    until: int = 0
    minute: int = 0
    in_minute: int = 0
    day: int = 0
    in_day: int = 0
    at: int = 0


@dataclass(slots=True, frozen=True)
class Draw:
    """What a process wants of a quota, and what it gives back.

    Attributes:
        subject: the caller.
        least: less is no use.
        needed: what it would let through at once.
        ahead: what it would keep beside that.
        spare: what it drew before and did not use, in the `minute` and on the `day` of that drawing.
    """

    subject: str
    kind: str
    rate: Rate
    least: int = 0
    needed: int = 0
    ahead: int = 0
    spare: int = 0
    minute: int = 0
    day: int = 0


@dataclass(slots=True, frozen=True)
class Drawn:
    """What a process got.

    Attributes:
        count: at least what was needed, or 0.
        spent: what is used up now, that included.
        kept: microseconds for which what is not used at once may be kept; 0 is not at all.
        now: the time that counted.
    """

    count: int
    spent: Spent
    kept: int
    now: int


def draw(tx: Transaction, draws: Sequence[Draw]) -> list[Drawn]:
    """Give out portions, in the order of the callers' names for all processes; one for each that is asked."""
    found: dict[int, Drawn] = {}
    for n, one in sorted(enumerate(draws), key=lambda pair: (pair[1].subject, pair[1].kind)):
        (row,) = tx.rows(_HOLD, (one.subject, one.kind, 0, 0, 0, 0, 0, 0))
        found[n] = drawn = given(Spent(*row), one, tx.now)
        left = drawn.spent
        values = (left.until, left.minute, left.in_minute, left.day, left.in_day, left.at)
        tx.run(_KEEP, [(*values, one.subject, one.kind)])
    return [found[n] for n in range(len(draws))]


def of_today(tx: Transaction, subjects: Sequence[str], kind: str) -> dict[str, int]:
    """Return how much was given out today (Viet Nam) to each of some subjects, and not given back."""
    found = tx.among(_OF_DAY, list(subjects), kind, (tx.now + _EAST) // _DAY) if subjects else []
    return dict.fromkeys(subjects, 0) | {subject: int(count) for subject, count in found}


def forget(tx: Transaction) -> None:
    """Forget callers who have asked for nothing for two days: no window of theirs is open any more."""
    tx.run("DELETE FROM quotas WHERE at < ?", [(tx.now - _FORGOTTEN,)])


def given(spent: Spent, draw: Draw, now: int) -> Drawn:
    """Return what a caller is given, and what is used up then. Pure."""
    spent, now = _at(_given_back(spent, draw), now, draw.rate)
    room = _room(spent, draw.rate, now)
    kept = _kept(draw.rate, spent, now)
    wanted = draw.needed + (draw.ahead if kept else 0)
    count = int(min(room, wanted)) if room >= draw.least else 0
    if count:
        spent = replace(spent, in_minute=spent.in_minute + count, in_day=spent.in_day + count)
        if draw.rate.per_second is not None:
            spent = replace(spent, until=max(spent.until, now) + ceil(count * _step(draw.rate)))
    return Drawn(count, spent, kept, now)


def wait(spent: Spent, rate: Rate, now: int, count: int) -> float:
    """Return the seconds after which `count` may be asked for, if nobody else asks; infinite for too many."""
    if (bound := most_at_once(rate)) is not None and count > bound:
        return inf
    waits = [0.0]
    if rate.per_second is not None:
        waits.append(max(spent.until, now) + ceil(count * _step(rate)) - now - _depth(rate))
    if rate.per_minute is not None and spent.in_minute + count > rate.per_minute:
        waits.append((spent.minute + 1) * _MINUTE - now)
    if rate.per_day is not None and spent.in_day + count > rate.per_day:
        waits.append((spent.day + 1) * _DAY - _EAST - now)
    return max(waits) / SECOND


def most_at_once(rate: Rate) -> int | None:
    """Return how many can be asked for in one go, however long one waits; None is any number."""
    said = [limit for limit in (rate.per_minute, rate.per_day) if limit is not None]
    if rate.per_second is not None:
        said.append(max(1, floor(_depth(rate) / _step(rate))))
    return min(said, default=None)


def _room(spent: Spent, rate: Rate, now: int) -> float:
    rooms: list[float] = [inf]
    if rate.per_second is not None:
        rooms.append(floor((now + _depth(rate) - max(spent.until, now)) / _step(rate)))
    if rate.per_minute is not None:
        rooms.append(rate.per_minute - spent.in_minute)
    if rate.per_day is not None:
        rooms.append(rate.per_day - spent.in_day)
    return min(rooms)


def _at(spent: Spent, now: int, rate: Rate) -> tuple[Spent, int]:
    """Return what counts now, and the time that counts.

    A clock that was set back further opens no window again: what is counted counts on in that of now.
    """
    if 0 < spent.at - now <= _BEHIND:
        now = spent.at
    minute, day = now // _MINUTE, (now + _EAST) // _DAY
    full = now if rate.per_second is None else now + ceil((rate.at_once or 1) * _step(rate))
    counted = Spent(
        min(spent.until, full),
        minute,
        spent.in_minute if spent.minute >= minute else 0,
        day,
        spent.in_day if spent.day >= day else 0,
        now,
    )
    return counted, now


def _given_back(spent: Spent, draw: Draw) -> Spent:
    if not draw.spare:
        return spent
    step = 0 if draw.rate.per_second is None else floor(draw.spare * _step(draw.rate))
    return replace(
        spent,
        until=max(0, spent.until - step),
        in_minute=spent.in_minute - (draw.spare if spent.minute == draw.minute else 0),
        in_day=spent.in_day - (draw.spare if spent.day == draw.day else 0),
    )


def _kept(rate: Rate, spent: Spent, now: int) -> int:
    """Return for how long a portion may be kept: never beyond its window."""
    if rate.per_second is not None and not _ahead(rate):
        return 0
    ends = [KEPT_LONG if rate.per_second is None else KEPT]
    if rate.per_minute is not None:
        ends.append((spent.minute + 1) * _MINUTE - now)
    if rate.per_day is not None:
        ends.append((spent.day + 1) * _DAY - _EAST - now)
    return min(ends)


def _step(rate: Rate) -> float:
    """Return after how many microseconds there is one more."""
    return SECOND / (rate.per_second or 1)


def _depth(rate: Rate) -> float:
    """Return how far ahead of time the rate may be used up, in microseconds."""
    burst = (rate.at_once or 1) * _step(rate)
    return burst - KEPT if _ahead(rate) else burst


def _ahead(rate: Rate) -> bool:
    """Tell whether a limit by the second is large enough for portions."""
    return (
        (rate.at_once or 1) * _step(rate) >= _LEAST_AHEAD * KEPT >= _LEAST_AHEAD * _LEAST_AHEAD * _step(rate)
    )
