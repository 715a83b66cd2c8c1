"""Dossiers as the measures see them: the register, their course, the portal's part, and the catalogue's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

import orjson

from lgsp.domain.dossier import BY_NUMBER, BY_WORD, Clock
from lgsp.domain.scoring.cases import FINISHED, RETURNED, Case
from lgsp.domain.scoring.marks import Mark
from lgsp.domain.scoring.procedures import UNKNOWN, Procedure, procedure_of
from lgsp.journal import dossiers
from lgsp.journal.contract import Transaction
from lgsp.journal.dossiers import Row, Wanted
from lgsp.journal.dossiers_told import DOSSIER
from lgsp.journal.lines import line_digest
from lgsp.journal.states import State

PROCEDURE = "procedure.v1"
_DECLINED = BY_WORD["not_accepted"].number
_UNSURE = frozenset({"unsure", "carried"})
_SHADOWED = "shadowed"
_PRESENT = f"SELECT line, how FROM presence WHERE line IN ({{}}) AND type = '{DOSSIER}'"
_WAYS = "SELECT message_id, id, system, state, cause FROM {} WHERE message_id IN ({{}})"
_PROCEDURES = (
    "SELECT i.key, b.key_id, b.body FROM catalogue_items i JOIN bodies b ON b.message_id = i.message_id"
    f" WHERE i.key IN ({{}}) AND i.type = '{PROCEDURE}' AND i.current = 1"
)

Course = list[tuple[int, int]]


class Eye(NamedTuple):
    """What is looked at beside the register.

    Attributes:
        portal: the system that has to hold the dossiers.
        known: procedures by code; those that are asked for the first time are added.
    """

    portal: str
    known: dict[str, Procedure]


class Page(NamedTuple):
    """Some dossiers, and the key behind which the next ones are."""

    cases: Sequence[Case]
    last: str


def page(tx: Transaction, wanted: Wanted, eye: Eye, after: str = "", limit: int = 500) -> Page | None:
    """Return dossiers behind a key, or None when there are no more.

    Of several sources that tell of one key the one counts that told of it last.

    Args:
        tx: the snapshot to read.
        wanted: which ones.
        eye: what is looked at beside them.
        after: the key, empty for the first.
        limit: so many at most, or a few more where sources share a key.
    """
    rows = dossiers.current(tx, wanted, after, limit)
    if not rows:
        return None
    last = [max(group, key=lambda row: row.message_id) for _, group in groupby(rows, lambda row: row.key)]
    courses, synced = _courses(tx, last), _synced(tx, last, eye.portal)
    absent = [row.message_id for row in last if synced[row.key] is False]
    ways = _ways(tx, absent, eye.portal)
    _learn(tx, {row.procedure for row in last} - eye.known.keys(), eye.known)
    cases = [
        _case(row, courses[row.key], synced[row.key], ways.get(row.message_id), eye.known) for row in last
    ]
    return Page(cases, rows[-1].key)


def _case(
    row: Row,
    course: Course,
    synced: bool | None,
    way: tuple[str, str] | None,
    known: Mapping[str, Procedure],
) -> Case:
    pauses = orjson.loads(row.pauses) if row.pauses else ()
    return Case(
        row.key,
        row.source,
        row.agency,
        row.procedure,
        row.channel,
        row.status,
        row.received,
        row.due,
        row.finished,
        row.returned,
        row.declined,
        row.known_from,
        Mark(row.marks),
        course,
        [(at, came) for at, came in pauses],
        synced,
        *(way or ("", "")),
        known.get(row.procedure, UNKNOWN),
    )


# --- the course -------------------------------------------------------------------------------------------


def _courses(tx: Transaction, rows: Sequence[Row]) -> dict[str, Course]:
    """Return what became of dossiers: their progress, or where there is none what their snapshots said."""
    steps: dict[tuple[str, str], Course] = {}
    for step in dossiers.steps(tx, [row.key for row in rows]):
        if step.status in BY_NUMBER:
            steps.setdefault((step.key, step.source), []).append((step.at, step.status))
    bare = [row for row in rows if (row.key, row.source) not in steps]
    earlier = dossiers.history(tx, [row.key for row in bare if row.revision > 1])
    told = {key: list(group) for key, group in groupby(earlier, lambda row: (row.key, row.source))}
    return {
        row.key: _ended(steps[row.key, row.source], row)
        if (row.key, row.source) in steps
        else _told(told.get((row.key, row.source), [row]))
        for row in rows
    }


def _ended(steps: Course, row: Row) -> Course:
    """Return progress, closed with the end that the snapshot alone tells of."""
    if row.status not in BY_NUMBER or BY_NUMBER[row.status].clock is not Clock.ENDED:
        return steps
    shown = any(BY_NUMBER[status].clock is Clock.ENDED for _, status in steps)
    return steps if shown else [*steps, *_moments(row)]


def _told(rows: Iterable[Row]) -> Course:
    """Return the course that snapshots tell of: each status from when the first of them said it."""
    course: Course = []
    for row in rows:
        for moment in _moments(row):
            if not course or course[-1][1] != moment[1]:
                course.append(moment)
    return sorted(course)


def _moments(row: Row) -> Course:
    """Return the status of a snapshot and since when; what it does not date is dated by when it came."""
    if row.status not in BY_NUMBER:
        return []
    dated = {FINISHED: row.finished, RETURNED: row.returned or row.finished, _DECLINED: row.declined}
    at = dated.get(row.status)
    own = (row.known_from if at is None else at, row.status)
    first = [(row.finished, FINISHED)] if row.status == RETURNED and row.finished is not None else []
    return [*first, own]


# --- the portal, and the catalogue ------------------------------------------------------------------------


def _synced(tx: Transaction, rows: Sequence[Row], portal: str) -> dict[str, bool | None]:
    lines = {line_digest(portal, row.key): row.key for row in rows}
    found: dict[str, bool | None] = {row.key: row.source == portal for row in rows}
    for line, how in tx.among(_PRESENT, list(lines)):
        if how == _SHADOWED:
            found[lines[bytes(line)]] = None
        elif how not in _UNSURE:
            found[lines[bytes(line)]] = True
    return found


def _ways(tx: Transaction, messages: Sequence[int], portal: str) -> dict[int, tuple[str, str]]:
    """Return by message where its last delivery to the portal stands, as a word, and why."""
    if not messages:
        return {}
    rows = [row for table in ("history", "deliveries") for row in tx.among(_WAYS.format(table), messages)]
    return {
        message: (State(state).word, cause or "")
        for message, _, system, state, cause in sorted(rows, key=lambda row: (row[0], row[1]))
        if system == portal
    }


def _learn(tx: Transaction, codes: set[str], known: dict[str, Procedure]) -> None:
    """Add what the catalogue says of procedures; those that it lacks are added as unknown."""
    asked = sorted(codes - {""})
    if not asked:
        return
    known.update(dict.fromkeys(asked, UNKNOWN))
    for code, key_id, body in tx.among(_PROCEDURES, asked):
        try:
            known[code] = procedure_of(orjson.loads(tx.keys.open(key_id, bytes(body), "procedure", code)))
        except ValueError:
            continue
