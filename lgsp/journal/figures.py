"""Totals of what befell: counted a little behind, from the entries, and kept for 40 days.

Nothing on the way of a message writes here: one process looks through the entries that came since the last
look. Where several processes write, entries neither get their numbers nor commit in order: what is counted is
what transactions wrote that are decided, each of them once, and the look goes back over the numbers that were
given out shortly before. A process that draws a block of numbers, rests while the others go on by tens of
thousands, and uses them then, may have up to a block of them left out: these are figures, the entries are
the truth.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

import orjson

from lgsp.journal.alerting import first_since
from lgsp.journal.checks import WAITS
from lgsp.journal.contract import Transaction
from lgsp.journal.registers import figures
from lgsp.journal.remembered import held, remember, remembered
from lgsp.journal.rows import insert
from lgsp.journal.states import DEAD, State

SLOT = 600_000_000
"""Microseconds of one slot: ten minutes, which divide every day of every time zone in use."""
KEPT = 40 * 86_400_000_000
CAME, DELIVERED, PUT_OFF, HELD, DIED, TURNED_AWAY = (
    "came", "delivered", "put off", "held", "died", "turned away",
)  # fmt: skip
KINDS = (CAME, DELIVERED, PUT_OFF, HELD, DIED, TURNED_AWAY)

_DAY = 86_400_000_000
_CHUNK = 10_000
_BACK, _GRACE = 10_000, 10_000_000
"""How far a look goes back where numbers are given out in blocks: so many, and so many microseconds."""
_NAME = "figures"
_COUNTED = (
    f"SELECT at / {SLOT}, what, state, source, system, count(*) FROM entries WHERE id > ? AND id <= ?"
    f" AND coalesce(cause, '') <> '{WAITS}'"
)
"""A delivery that waits for the answer to a check was not tried: that is no put-off to be counted."""
_GROUPED = " GROUP BY 1, 2, 3, 4, 5"
_ADD = (
    f"{insert(figures)} ON CONFLICT (slot, kind, source, system)"
    " DO UPDATE SET count = figures.count + excluded.count"
)
_OUTCOMES = frozenset(
    {"delivered", "put off", "held", "refused", "exhausted", "expired", "lapsed", "set apart"}
)
_BY_STATE = {
    State.DELIVERED: DELIVERED, State.PUT_OFF: PUT_OFF, State.HELD: HELD, **dict.fromkeys(DEAD, DIED),
}  # fmt: skip
_BY_WORD = {"accepted": CAME, "unrouted": CAME, "rejected": TURNED_AWAY}


@dataclass(slots=True, frozen=True)
class Place:
    """How far the entries are counted.

    Attributes:
        at: the number up to which this stretch is counted.
        upto: where the stretch ends.
        since: the transaction with which it begins, where several write.
        before: the transaction that it stops short of.
        opened: when the stretch was begun: all that was decided then is in it.
        whole: as of when everything is counted; 0 before the first time.
        mark: a number that was the highest a while ago, and `marked`, when.
        last: the one to follow it, and `lasted`, when.
    """

    at: int
    upto: int
    since: int = 0
    before: int = 0
    opened: int = 0
    whole: int = 0
    mark: int = 0
    marked: int = 0
    last: int = 0
    lasted: int = 0

    @property
    def done(self) -> bool:
        """Tell whether the stretch is counted to its end."""
        return self.at >= self.upto


@dataclass(slots=True, frozen=True)
class Step:
    """What a look counted, and where that leads.

    Attributes:
        told: the place as it was kept when the look began; somebody else's step makes this one void.
        counts: by slot, kind, source and system.
    """

    told: str
    place: Place
    counts: Mapping[tuple[int, str, str, str], int]


def look(tx: Transaction) -> Step:
    """Count a bounded part of what is not counted yet; nothing is written."""
    told = remembered(tx, _NAME)
    place = Place(**orjson.loads(told)) if told else _beginning(tx)
    if place.done:
        place = _further(tx, place)
    upto = min(place.at + _CHUNK, place.upto)
    counts = _counts(tx, place, upto) if upto > place.at else {}
    place = replace(place, at=max(upto, place.at))
    return Step(told, replace(place, whole=place.opened) if place.done else place, counts)


def keep(tx: Transaction, step: Step) -> bool:
    """Add what a look counted; return False, and add nothing, if another process was quicker."""
    if held(tx, _NAME) != step.told:
        return False
    tx.run(_ADD, [(*key, count) for key, count in sorted(step.counts.items())])
    remember(tx, _NAME, orjson.dumps(asdict(step.place)).decode())
    tx.run("DELETE FROM figures WHERE slot < ?", [((tx.now - KEPT) // SLOT,)])
    return True


def counted(tx: Transaction) -> Place | None:
    """Return how far the entries are counted; None before the first look."""
    told = remembered(tx, _NAME)
    return Place(**orjson.loads(told)) if told else None


def series(tx: Transaction, since: int) -> dict[str, dict[int, int]]:
    """Return how much of each kind befell in each slot since a time; a slot is named by its beginning."""
    sql = "SELECT kind, slot, sum(count) FROM figures WHERE slot >= ? GROUP BY kind, slot"
    found: dict[str, dict[int, int]] = {kind: {} for kind in KINDS}
    for kind, slot, count in tx.rows(sql, (since // SLOT,)):
        found.setdefault(kind, {})[slot * SLOT] = int(count)
    return found


def between(tx: Transaction, since: int, kind: str) -> dict[tuple[str, str], int]:
    """Return how much of a kind befell since a time, by source and system."""
    sql = (
        "SELECT source, system, sum(count) FROM figures WHERE slot >= ? AND kind = ? GROUP BY source, system"
    )
    return {(source, system): int(count) for source, system, count in tx.rows(sql, (since // SLOT, kind))}


def _highest(tx: Transaction) -> int:
    return tx.rows("SELECT max(id) FROM entries")[0][0] or 0


def _beginning(tx: Transaction) -> Place:
    """Return the place from which a journal is counted that nobody counted before: a day and a half back."""
    upto = _highest(tx)
    first = max(0, first_since(tx, "entries", tx.now - _DAY * 3 // 2, upto) - 1)
    return _opened(tx, Place(first, first, mark=upto, last=upto, marked=tx.now, lasted=tx.now), first)


def _further(tx: Transaction, place: Place) -> Place:
    """Return the next stretch."""
    if tx.horizon() is None:
        return _opened(tx, place, place.upto)
    if tx.now - place.lasted >= _GRACE:
        place = replace(place, mark=place.last, marked=place.lasted, last=place.upto, lasted=place.opened)
    return _opened(tx, place, max(0, min(place.mark, place.upto - _BACK)))


def _opened(tx: Transaction, place: Place, at: int) -> Place:
    """Return the stretch behind a number; a server that was put back begins with its own transactions."""
    before = tx.horizon() or 0
    since = min(place.before, before)
    return replace(place, at=at, upto=_highest(tx), since=since, before=before, opened=tx.now)


def _counts(tx: Transaction, place: Place, upto: int) -> dict[tuple[int, str, str, str], int]:
    found: Counter[tuple[int, str, str, str]] = Counter()
    sql, values = f"{_COUNTED}{_GROUPED}", [place.at, upto]
    if tx.horizon() is not None:
        sql, values = f"{_COUNTED} AND tx >= ? AND tx < ?{_GROUPED}", [*values, place.since, place.before]
    for slot, what, state, source, system, count in tx.rows(sql, values):
        kind = _BY_WORD.get(what) or (_BY_STATE.get(state) if what in _OUTCOMES else None)
        if kind is not None:
            found[slot, kind, source or "", system or ""] += count
    return found
