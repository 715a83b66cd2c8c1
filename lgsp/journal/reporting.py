"""The way back: what became of a source's messages, in an order in which a cursor never skips one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from lgsp.domain.causes_named import Names
from lgsp.inbox import Report
from lgsp.journal.contract import Transaction
from lgsp.journal.states import State
from lgsp.message import VIETNAM

_INSIDE = 4096
"""More final transitions than one transaction ever holds: a cursor is the transaction times this, and a place
in it. Where there is one writer, entries commit in the order of their ids, and the id is the cursor."""
_SHOWN = "e.at, e.system, e.state, e.cause, e.details, m.uid, m.type, m.subject, m.revision"
_FINAL = "FROM entries e JOIN messages m ON m.id = e.message_id WHERE e.source = ? AND e.final = 1"
_PLACE = (
    "(SELECT count(*) FROM entries x WHERE x.source = e.source AND x.final = 1 AND x.tx = e.tx"
    " AND x.id <= e.id)"
)


def reports(  # noqa: PLR0913 - where to look, and by which names to tell
    tx: Transaction,
    source: str,
    *,
    keys: Sequence[str] = (),
    since: int = 0,
    limit: int = 500,
    names: Names = Names(),  # noqa: B008 - it never changes
) -> list[Report]:
    """Return final transitions of a source's messages: since a cursor, or all those of some partitionkeys.

    An answer that nobody had named then is told by the name that it has now.
    """
    horizon = tx.horizon()
    if keys:
        rows = _of_keys(tx, source, keys, horizon)
        rows = sorted({row for row in rows if row[0] > since})[:limit]
    elif horizon is None:
        sql = f"SELECT e.id, {_SHOWN} {_FINAL} AND e.id > ? ORDER BY e.id LIMIT ?"
        rows = tx.rows(sql, (source, since, limit))
    else:
        # the whole of a transaction is numbered, so that a place in it is the same each time
        place = f"e.tx * {_INSIDE} + row_number() OVER (PARTITION BY e.tx ORDER BY e.id) AS cursor"
        inner = f"SELECT {place}, {_SHOWN} {_FINAL} AND e.tx >= ? AND e.tx < ?"
        sql = f"SELECT * FROM ({inner}) r WHERE r.cursor > ? ORDER BY r.cursor LIMIT ?"
        rows = tx.rows(sql, (source, since // _INSIDE, horizon, since, limit))
    return [_report(row, names) for row in rows]


def _of_keys(tx: Transaction, source: str, keys: Sequence[str], horizon: int | None) -> list[Any]:
    if horizon is None:
        sql = f"SELECT e.id, {_SHOWN} {_FINAL} AND m.partitionkey IN ({{}}) AND m.source = ?"
        return tx.among(sql, keys, source, before=(source,))
    sql = (
        f"SELECT e.tx * {_INSIDE} + {_PLACE}, {_SHOWN} {_FINAL}"
        " AND m.partitionkey IN ({}) AND m.source = ? AND e.tx < ?"
    )
    return tx.among(sql, keys, source, horizon, before=(source,))


def _report(row: Sequence[Any], names: Names) -> Report:
    cursor, when, system, state, cause, details, uid, type_, subject, revision = row
    told = orjson.loads(details) if details else {}
    why = names.now(system, cause or "", told.get("answer") or "")
    at = datetime.fromtimestamp(when / 1_000_000, VIETNAM)
    return Report(
        cursor, UUID(bytes=bytes(uid)), type_, subject, revision, system, State(state).word, at,
        why.code if why else cause or "", told.get("said") or "", told.get("fields") or (), why,
        told.get("recipients") or (),
    )  # fmt: skip
