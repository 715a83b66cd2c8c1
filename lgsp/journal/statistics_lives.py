"""Lives of dossiers in the journal: made of the register, kept, and read again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

import orjson

from lgsp.domain.statistics.definitions import DEFINITIONS
from lgsp.domain.statistics.lives import Known, Life, Progress, Telling, lives
from lgsp.domain.statistics.moves import COLUMNS, left, moves
from lgsp.journal import dossiers
from lgsp.journal.contract import Transaction
from lgsp.journal.dossiers import Row

KEPT = (
    "key", "since", "until", "agency", "procedure", "field", "channel", "status", "first", "received", "due",
    "promised", "released", "handed", "ended", "dated", "waits",
)  # fmt: skip
"""The columns of which a life is made again."""
WRITTEN = (*KEPT, "gone", "newest")
Addition = tuple[int, int, int, int]
"""The number of a way to count, when it counts, the place of a column in `COLUMNS`, and what is added."""
_AT = {column: n for n, column in enumerate(COLUMNS)}
LIVES = f"SELECT {', '.join(KEPT)} FROM statistics_lives WHERE"


def made(tx: Transaction, keys: Sequence[str]) -> dict[str, list[Known]]:
    """Return what was known of dossiers, from all that the register has of them."""
    told: dict[str, list[Telling]] = {key: [] for key in keys}
    progress: dict[str, list[Progress]] = {key: [] for key in keys}
    for row in dossiers.history(tx, keys):
        told[row.key].append(_telling(row))
    for step in dossiers.steps(tx, keys):
        progress[step.key].append(
            Progress(step.message_id, step.known_from, step.source, step.at, step.status)
        )
    return {key: lives(told[key], progress[key]) for key in keys}


def kept(tx: Transaction, keys: Sequence[str]) -> dict[str, list[Known]]:
    """Return what is kept of dossiers; those that were never counted are left out."""
    found = sorted({tuple(row) for row in tx.among(f"{LIVES} key IN ({{}})", keys)}, key=lambda row: row[:2])
    return {key: [read(row)[1] for row in rows] for key, rows in groupby(found, key=lambda row: row[0])}


def read(row: Sequence[Any]) -> tuple[str, Known]:
    """Return key and life of a row of `LIVES`."""
    key, since, until, *said, dated, waits = row
    spans = tuple((asked, came) for asked, came in orjson.loads(waits)) if waits else ()
    return key, Known(since, until, Life._make((*said, bool(dated), spans)))


def rows_of(key: str, known: Iterable[Known]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of what was known of a dossier, as `WRITTEN` names their columns."""
    for since, until, life in known:
        *said, dated, waits = life
        spans = orjson.dumps(waits).decode() if waits else None
        newest = max((at for _, at, _, _ in added(life)), default=life.first)
        yield key, since, until, *said, int(dated), spans, left(life), newest


def added(life: Life) -> tuple[Addition, ...]:
    """Return what a life adds, by every way to count."""
    return _added(life._replace(agency="", procedure="", field=""))


@lru_cache(4096)
def _added(life: Life) -> tuple[Addition, ...]:
    """Keep what was asked for last: it is asked for when a life becomes known, and when it is no more."""
    return tuple(
        (definition.number, move.at, _AT[move.column], move.number)
        for definition in DEFINITIONS.values()
        for move in moves(life, definition)
    )


def _telling(row: Row) -> Telling:
    pauses: Sequence[Any] = orjson.loads(row.pauses) if row.pauses else ()
    return Telling(
        row.message_id, row.known_from, row.source, row.agency, row.procedure, row.field, row.channel,
        row.status, row.received, row.due, row.first_due, row.finished, row.returned, row.declined,
        tuple((asked, came) for asked, came in pauses),
    )  # fmt: skip


Differences = Mapping[str, tuple[Sequence[Known], Sequence[Known]]]
"""By key what was kept and is no more so, and what is."""


def changed(tx: Transaction, keys: Sequence[str]) -> Differences:
    """Return what is kept of dossiers otherwise than the register has it now."""
    were = kept(tx, keys)
    return {key: (were.get(key, ()), now) for key, now in made(tx, keys).items() if were.get(key, []) != now}
