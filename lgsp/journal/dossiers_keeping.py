"""Filling the register of dossiers from the messages, a little behind: nothing on their way writes here.

Messages are looked through in the order of their numbers, from the very first one. Where several processes
write, a lower number may commit after a higher one: so each look goes back to where nobody can bring one any
more, and registers what it finds missing; once a day everything is looked through again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from lgsp.journal.contract import Transaction
from lgsp.journal.dossiers import COLUMNS, Row, Step
from lgsp.journal.dossiers_place import NAME, Place, read
from lgsp.journal.dossiers_place import keep as keep_place
from lgsp.journal.dossiers_tables import dossier_steps, dossiers
from lgsp.journal.dossiers_told import DOSSIER, PROGRESS, Found, row_of, step_of
from lgsp.journal.opening import opened
from lgsp.journal.remembered import held, remembered
from lgsp.journal.rows import insert
from lgsp.journal.statistics_tables import statistics_pending

_NUMBERS, _MOST, _BODIES = 10_000, 400, 100
"""A look goes through so many numbers, registers so many messages, and holds so many bodies at once."""
_GRACE, _ROUND = 10_000_000, 86_400_000_000
"""Microseconds after which a number that was drawn is written, and between two looks at everything."""

_MISSING = (
    "SELECT m.id, m.type, m.partitionkey, m.source, m.revision, m.agency, m.accepted_at, m.time, m.watched"
    f" FROM messages m WHERE m.id > ? AND m.id <= ? AND m.type IN ('{DOSSIER}', '{PROGRESS}')"
    " AND (SELECT d.message_id FROM dossiers d"
    " WHERE d.key = m.partitionkey /* letters */ AND d.message_id = m.id) IS NULL"
    " AND (SELECT s.message_id FROM dossier_steps s"
    " WHERE s.key = m.partitionkey /* letters */ AND s.message_id = m.id) IS NULL"
    " ORDER BY m.id LIMIT ?"
)
"""Each message is looked up by its key: a planner that would rather read the whole register has no way to."""
_KEPT = "SELECT message_id, key_id, body FROM bodies WHERE message_id IN ({})"
_HELD = f"SELECT {COLUMNS} FROM dossiers WHERE known_to IS NULL AND key IN ({{}})"
_ALL = f"SELECT {COLUMNS} FROM dossiers WHERE key = ? AND source = ? ORDER BY revision"
_CLOSE = "UPDATE dossiers SET known_to = ? WHERE key = ? AND message_id = ?"
_FORGET = "DELETE FROM dossiers WHERE key = ? AND source = ?"
_INSERT, _STEP = insert(dossiers, *Row._fields), insert(dossier_steps, *Step._fields)
_PEND = f"{insert(statistics_pending)} ON CONFLICT (message_id) DO NOTHING"
_OWN = "SELECT pg_current_xact_id()::text::bigint"


@dataclass(slots=True, frozen=True)
class Look:
    """What a look found, and where that leads.

    Attributes:
        told: the place as it was kept when the look began; somebody else's look makes this one void.
        rows: of dossiers that are not registered yet, in the order of their messages.
        steps: likewise.
    """

    told: str
    place: Place
    rows: Sequence[Row]
    steps: Sequence[Step]


def look(tx: Transaction) -> Look:
    """Read a bounded part of what is not registered yet; nothing is written."""
    kept = remembered(tx, NAME)
    place = read(kept) or Place(0, 0)
    if place.done:
        place = _further(tx, place)
    upto = min(place.at + _NUMBERS, place.upto)
    found = (
        [Found._make(row) for row in tx.rows(_MISSING, (place.at, upto, _MOST))] if upto > place.at else []
    )
    at = found[-1].id if len(found) == _MOST else max(upto, place.at)
    place = replace(place, at=at)
    rows, steps = _rows(tx, found)
    return Look(kept, replace(place, whole=place.opened) if place.done else place, rows, steps)


def keep(tx: Transaction, look: Look) -> bool:
    """Register what a look found; return False, and register nothing, if another process was quicker."""
    if held(tx, NAME) != look.told:
        return False
    _enter(tx, look.rows)
    tx.run(_STEP, look.steps)
    tx.run(_PEND, [(row.message_id, row.key) for row in look.rows])
    tx.run(_PEND, [(step.message_id, step.key) for step in look.steps])
    keep_place(tx, look.place)
    return True


def _further(tx: Transaction, place: Place) -> Place:
    """Return the next stretch: behind what is sure, and once a day behind nothing."""
    upto = tx.rows("SELECT max(id) FROM messages")[0][0] or 0
    horizon = tx.horizon()
    if horizon is None:
        return replace(place, at=min(place.upto, upto), upto=upto, opened=tx.now, round=tx.now)
    if horizon >= place.before and tx.now - place.marked >= _GRACE:
        before = tx.rows(_OWN)[0][0]
        place = replace(place, sure=place.mark, mark=upto, marked=tx.now, before=before)
    again = tx.now - place.round >= _ROUND
    at = 0 if again else min(place.sure, upto)
    return replace(place, at=at, upto=upto, opened=tx.now, round=tx.now if again else place.round)


# --- what is read -----------------------------------------------------------------------------------------


def _rows(tx: Transaction, found: Sequence[Found]) -> tuple[list[Row], list[Step]]:
    rows: list[Row] = []
    steps: list[Step] = []
    for start in range(0, len(found), _BODIES):
        few = found[start : start + _BODIES]
        numbers = [one.id for one in few]
        bodies = {n: opened(tx, *kept, "body of message", n) for n, *kept in tx.among(_KEPT, numbers)}
        for one in few:
            kept = bodies.get(one.id)
            if one.type == DOSSIER:
                rows.append(row_of(one, kept))
            else:
                steps.append(step_of(one, kept))
    return rows, steps


# --- what is written --------------------------------------------------------------------------------------


def _enter(tx: Transaction, rows: Sequence[Row]) -> None:
    """Register revisions, each closing the one before it."""
    held = _held(tx, rows)
    fresh: list[Row] = []
    closed: list[tuple[int, str, int]] = []
    ordered = sorted(rows, key=lambda row: (row.key, row.source, row.revision))
    for (key, source), group in groupby(ordered, key=lambda row: (row.key, row.source)):
        told_now = list(group)
        before = held.get((key, source))
        if before is not None and told_now[0].revision < before.revision:
            fresh += _anew(tx, key, source, told_now)
            continue
        chain = _chained([*([before] if before else []), *told_now])
        if before is not None:
            closed.append((told_now[0].known_from, key, before.message_id))
        fresh += chain[-len(told_now) :]
    tx.run(_CLOSE, closed)
    tx.run(_INSERT, fresh)


def _held(tx: Transaction, rows: Sequence[Row]) -> Mapping[tuple[str, str], Row]:
    keys = sorted({row.key for row in rows})
    found = [Row._make(row) for row in tx.among(_HELD, keys)] if keys else []
    return {(row.key, row.source): row for row in found}


def _anew(tx: Transaction, key: str, source: str, late: Sequence[Row]) -> list[Row]:
    """Take out what is registered of a dossier that a late revision belongs into, and return all of it."""
    there = [Row._make(row) for row in tx.rows(_ALL, (key, source))]
    tx.run(_FORGET, [(key, source)])
    return _chained(sorted([*there, *late], key=lambda row: row.revision))


def _chained(rows: Sequence[Row]) -> list[Row]:
    """Return revisions in order, each known until the next came, with the first due date told so far."""
    ends = [*(row.known_from for row in rows[1:]), None]
    first: int | None = None
    chained: list[Row] = []
    for n, (row, end) in enumerate(zip(rows, ends, strict=True)):
        # what a row already knows of the past stands for the revisions that are not at hand
        first = row.first_due if n == 0 else first
        first = row.due if first is None else first
        chained.append(row._replace(known_to=end, first_due=first))
    return chained
