"""The register of dossiers: what is known of each now, and what was known of it before.

One row for each accepted revision of a `dossier.v1`, kept a little behind by one process
(`lgsp.registering`); `behind` says as of when it is complete. Where several sources tell of one key, each has
a current row: who reads chooses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from lgsp.domain.codes import agency_code
from lgsp.journal.contract import Transaction
from lgsp.journal.dossiers_place import registered

_AFTER = chr(ord(".") + 1)
"""The letter behind the dot: what lies between `H44.` and `H44/` is what lies under H44."""


class Row(NamedTuple):
    """What one revision of a dossier said. Times are microseconds since 1970; None was not said.

    Attributes:
        key: the normal form of its code (the partitionkey of its messages).
        message_id: the number of the message in the journal.
        source: the system that told it.
        revision: of this source's telling, from 1.
        known_from: when the platform took it on.
        known_to: when the next revision came; None for what is known now.
        agency: normal form of the agency's code, empty where there is none.
        procedure: code as written, empty where none was told.
        field: code of the procedure's field as written, or empty.
        channel: `direct`, `online`, `post` or empty.
        status: the portal's number, 1-10; 0 where nothing says it.
        received: when the agency took it.
        due: the promised date as it stands.
        first_due: the first promised date that this source told.
        finished: when the handling ended.
        returned: when the result was handed over.
        declined: when it was not accepted.
        submitted: when the applicant sent it in.
        marks: bits of `lgsp.domain.scoring.marks.Mark`.
        pauses: requests to supplement that it told of, as JSON: a list of [asked, came], each a time or null.
    """

    key: str
    message_id: int
    source: str
    revision: int
    known_from: int
    known_to: int | None
    agency: str
    procedure: str
    field: str
    channel: str
    status: int
    received: int | None
    due: int | None
    first_due: int | None
    finished: int | None
    returned: int | None
    declined: int | None
    submitted: int | None
    marks: int
    pauses: str | None


class Step(NamedTuple):
    """What one progress entry said.

    Attributes:
        at: when it was handled, in microseconds since 1970.
        status: the portal's number after the step.
        source: the system that told it.
        known_from: when the platform took it on.
    """

    key: str
    message_id: int
    source: str
    known_from: int
    at: int
    status: int


@dataclass(slots=True, frozen=True)
class Wanted:
    """Which dossiers are wanted; what is left out does not restrict.

    Attributes:
        agency: the top of a subtree, in any form of agency codes.
        procedure: its code, as sources write it.
        received_from: the first moment of receipt, in microseconds.
        received_to: the moment behind the last one.
        source: the system that told it.
        also: further subtrees that count as the agency's: closed codes that became part of it
            (`lgsp.scoring.subtrees` finds them).
        alive: a stretch of time, from its first moment to the one behind its last: those that it may concern,
            because they were received before its end, or never, and had not ended before its beginning.
    """

    agency: str = ""
    procedure: str = ""
    received_from: int | None = None
    received_to: int | None = None
    source: str = ""
    also: Sequence[str] = ()
    alive: tuple[int, int] | None = None


COLUMNS = ", ".join(Row._fields)
_CURRENT = f"SELECT {COLUMNS} FROM dossiers WHERE known_to IS NULL"
_ALIVE = (
    " AND (received IS NULL OR received < ?) AND (received IS NULL OR received >= ?"
    " OR status NOT IN (3, 7, 8, 9, 10) OR finished >= ? OR returned >= ? OR declined >= ?"
    " OR (finished IS NULL AND returned IS NULL AND declined IS NULL))"
)
_STEPS = f"SELECT {', '.join(Step._fields)} FROM dossier_steps WHERE key IN ({{}})"
_HISTORY = f"SELECT {COLUMNS} FROM dossiers WHERE key IN ({{}})"


def behind(tx: Transaction) -> int:
    """Return as of when the register is complete, in microseconds; 0 until it was filled the first time."""
    place = registered(tx)
    return place.whole if place else 0


def filled(tx: Transaction) -> tuple[int, int]:
    """Return up to which message the register is filled in this go, and where the go ends."""
    place = registered(tx)
    return (place.at, place.upto) if place else (0, 0)


def current(tx: Transaction, wanted: Wanted, after: str = "", limit: int = 500) -> list[Row]:
    """Return what is known now of wanted dossiers, in the order of their keys, behind a key.

    A key is never parted: where several sources tell of one, a page may hold a few rows more or less than
    the limit. An empty page is the end.

    Raises:
        ValueError: the agency's code is none.
    """
    found: list[Row] = []
    for first, last in _spans(wanted):
        start = max(first, after)
        if start < last or not last:
            found += _span(tx, wanted, after, (first, last), limit + 1 - len(found))
        if len(found) > limit:
            return _whole_keys(tx, found)
    return found


def one(tx: Transaction, key: str) -> Row | None:
    """Return what is known now of a dossier; of several sources, from the one that told of it last."""
    return among(tx, [key]).get(key)


def among(tx: Transaction, keys: Sequence[str]) -> dict[str, Row]:
    """Return by key what is known now; of several sources, from the one that told of it last."""
    if not keys:
        return {}
    rows = [Row._make(row) for row in tx.among(f"{_CURRENT} AND key IN ({{}})", sorted(set(keys)))]
    return {row.key: row for row in sorted(set(rows), key=lambda row: row.message_id)}


def history(tx: Transaction, keys: Sequence[str]) -> list[Row]:
    """Return every revision of dossiers, by key, source and revision."""
    rows = {Row._make(row) for row in tx.among(_HISTORY, sorted(set(keys)))} if keys else set()
    return sorted(rows, key=lambda row: (row.key, row.source, row.revision))


def steps(tx: Transaction, keys: Sequence[str]) -> list[Step]:
    """Return the progress of dossiers, by key, in the order in which it was handled."""
    rows = {Step._make(row) for row in tx.among(_STEPS, sorted(set(keys)))} if keys else set()
    return sorted(rows, key=lambda step: (step.key, step.at, step.message_id))


# --- one page -------------------------------------------------------------------------------------------


def _spans(wanted: Wanted) -> list[tuple[str, str]]:
    """Return the stretches of keys that hold all wanted ones, in order and apart; an open one ends empty."""
    if not wanted.agency:
        return [("", "")]
    spans: list[tuple[str, str]] = []
    for top in _tops(wanted):
        # a dossier's code begins with its agency's: `H44-…` and what begins with `H44.`
        spans += [(f"{top}-", f"{top}."), (f"{top}.", f"{top}{_AFTER}")]
    return sorted(spans)


def _tops(wanted: Wanted) -> list[str]:
    """Return the tops of the subtrees, without those that lie in another one."""
    tops = {_normal(code) for code in (wanted.agency, *wanted.also)}
    return sorted(top for top in tops if not any(top.startswith(f"{other}.") for other in tops))


def _normal(code: str) -> str:
    normal = agency_code(code)
    if normal is None:
        raise ValueError(f"{code!r} is not an agency code; write it as H44.11 or 000.00.11.H44")
    return normal


def _span(tx: Transaction, wanted: Wanted, after: str, span: tuple[str, str], limit: int) -> Iterator[Row]:
    conditions: list[str] = []
    values: list[Any] = []
    for condition, value in (
        ("key > ?", after),
        ("key >= ?", span[0]),
        ("key < ?", span[1]),
        ("procedure = ?", wanted.procedure),
        ("source = ?", wanted.source),
        ("received >= ?", wanted.received_from),
        ("received < ?", wanted.received_to),
    ):
        if value not in {None, ""}:
            conditions.append(condition)
            values.append(value)
    sql = " AND ".join([_CURRENT, *conditions])
    if wanted.alive is not None:
        start, end = wanted.alive
        sql += _ALIVE
        values += [end, *[start] * 4]
    sql += " ORDER BY key, source LIMIT ?"
    return (Row._make(row) for row in tx.rows(sql, (*values, limit)))


def _whole_keys(tx: Transaction, rows: Sequence[Row]) -> list[Row]:
    """Return rows without those of the last key, of which there may be more; all of it where it is alone."""
    last = rows[-1].key
    whole = [row for row in rows if row.key != last]
    return whole or [Row._make(row) for row in tx.rows(f"{_CURRENT} AND key = ? ORDER BY source", (last,))]
