"""Counting dossiers ahead, a little behind the register: what was known of one before is taken out again.

Each dossier of which something was registered is looked at as a whole: what its lives add now is put in the
place of what they added before. So it makes no difference in what order the register is filled, or how often
a dossier is looked at. The first time the whole register is gone through, in the order of its keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import orjson

from lgsp.domain.statistics.halves import YEAR, half_of
from lgsp.domain.statistics.lives import Known, Life
from lgsp.domain.statistics.moves import COLUMNS
from lgsp.journal import dossiers
from lgsp.journal.contract import Transaction
from lgsp.journal.remembered import held, remember, remembered
from lgsp.journal.rows import insert
from lgsp.journal.statistics_lives import WRITTEN, Differences, added, changed, rows_of
from lgsp.journal.statistics_tables import (
    statistics_halves,
    statistics_lives,
    statistics_years,
)

COUNTED = 1
"""The version of how lives are made and counted: another one counts everything anew."""
_MOST = 400
"""A look goes through so many dossiers."""
_NAME = "statistics"
_PENDING = "SELECT message_id, key FROM statistics_pending WHERE message_id > 0 ORDER BY message_id LIMIT ?"
_NEXT = "SELECT DISTINCT key FROM dossiers WHERE key > ? ORDER BY key LIMIT ?"
_COUNTED = "DELETE FROM statistics_pending WHERE message_id = ?"
_FORGET = "DELETE FROM statistics_lives WHERE key = ?"
_KEEP = insert(statistics_lives, *WRITTEN)
_EVERYTHING = (
    "DELETE FROM statistics_lives WHERE since >= ?",
    "DELETE FROM statistics_halves WHERE definition >= ?",
    "DELETE FROM statistics_years WHERE definition >= ?",
)
_ORDER = ("definition", "at", "agency", "procedure", "field", "known")

Cell = tuple[int, int, str, str, str, int]
"""Where something is added: the way to count, when, the three names, and when that was known."""


@dataclass(slots=True, frozen=True)
class Place:
    """How far dossiers are counted.

    Attributes:
        counted: the version by which that was done.
        at: the key up to which the register was gone through the first time.
        through: whether that is done.
        whole: as of when everything is counted; 0 before the first time.
        turn: rises with each look that was kept.
    """

    counted: int = 0
    at: str = ""
    through: bool = False
    whole: int = 0
    turn: int = 0


@dataclass(slots=True, frozen=True)
class Look:
    """What a look found.

    Attributes:
        told: the place as it was kept when the look began; somebody else's look makes this one void.
        place: where it leads.
        messages: those that are counted with it.
        differences: what is kept otherwise from now on.
        done: whether nothing is left for now.
        anew: everything that is kept goes: it was counted by another version.
    """

    told: str
    place: Place
    messages: Sequence[int] = ()
    differences: Differences | None = None
    done: bool = False
    anew: bool = False


def behind(tx: Transaction) -> int:
    """Return as of when the statistics are complete, in microseconds; 0 until all was counted once."""
    return _read(remembered(tx, _NAME)).whole


def look(tx: Transaction) -> Look:
    """Read a bounded part of what is not counted yet; nothing is written."""
    told = remembered(tx, _NAME)
    place = _read(told)
    if place.counted != COUNTED:
        return Look(told, Place(COUNTED, turn=place.turn + 1), anew=True)
    registered = dossiers.behind(tx)
    pending = tx.rows(_PENDING, (_MOST,))
    keys = {key for _, key in pending}
    if not place.through and len(pending) < _MOST:
        further = [key for (key,) in tx.rows(_NEXT, (place.at, _MOST))]
        keys.update(further)
        place = replace(place, at=further[-1] if further else place.at, through=len(further) < _MOST)
    done = place.through and len(pending) < _MOST
    place = replace(place, turn=place.turn + 1, whole=registered if done else place.whole)
    return Look(told, place, [number for number, _ in pending], changed(tx, sorted(keys)), done)


def keep(tx: Transaction, look: Look) -> bool:
    """Count what a look found; return False, and count nothing, if another process was quicker."""
    if held(tx, _NAME) != look.told:
        return False
    if look.anew:
        for sql in _EVERYTHING:
            tx.run(sql, [(0,)])
    _enter(tx, look.differences or {})
    tx.run(_COUNTED, [(number,) for number in look.messages])
    remember(tx, _NAME, orjson.dumps(asdict(look.place)).decode())
    return True


def _read(told: str) -> Place:
    return Place(**orjson.loads(told)) if told else Place()


# --- what is written --------------------------------------------------------------------------------------


def _enter(tx: Transaction, differences: Differences) -> None:
    tx.run(_FORGET, [(key,) for key in differences])
    tx.run(_KEEP, [row for key, (_, now) in differences.items() for row in rows_of(key, now)])
    halves: dict[Cell, list[int]] = {}
    for were, now in differences.values():
        add(halves, set(were) - set(now), -1)
        add(halves, set(now) - set(were), 1)
    tx.run(ADD_HALVES, list(cells({cell: vector for cell, vector in halves.items() if any(vector)})))
    # those of years name every agency there ever was, also where all was taken off again
    tx.run(ADD_YEARS, list(cells(yearly(halves))))


def add(halves: dict[Cell, list[int]], known: Iterable[Known], sign: int) -> None:
    """Add what stretches of knowledge add: each from when it was known, and off from when it was no more."""
    for since, until, life in known:
        _put(halves, life, half_of(since), sign)
        if until is not None:
            _put(halves, life, half_of(until), -sign)


def _put(halves: dict[Cell, list[int]], life: Life, known: int, sign: int) -> None:
    for definition, at, column, number in added(life):
        cell = (definition, half_of(at), life.agency, life.procedure, life.field, known)
        vector = halves.get(cell)
        if vector is None:
            vector = halves[cell] = [0] * len(COLUMNS)
        vector[column] += sign * number


def yearly(halves: dict[Cell, list[int]]) -> dict[Cell, list[int]]:
    """Return the same by years."""
    years: dict[Cell, list[int]] = {}
    for (definition, at, agency, procedure, field, known), vector in halves.items():
        cell = (definition, at // YEAR, agency, procedure, field, known // YEAR)
        there = years.get(cell)
        years[cell] = vector if there is None else [a + b for a, b in zip(there, vector, strict=True)]
    return years


def cells(sums: dict[Cell, list[int]]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of what was added, in the order of their keys."""
    return ((*cell, *vector) for cell, vector in sorted(sums.items()))


def _adding(table: str) -> str:
    sums = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in COLUMNS)
    names = ", ".join((*_ORDER, *COLUMNS))
    places = ", ".join("?" * (len(_ORDER) + len(COLUMNS)))
    key = ", ".join(_ORDER)
    return f"INSERT INTO {table} ({names}) VALUES ({places}) ON CONFLICT ({key}) DO UPDATE SET {sums}"


ADD_HALVES, ADD_YEARS = _adding(statistics_halves.name), _adding(statistics_years.name)
"""They add a row to what is there. The order of the key does not matter to the database."""
