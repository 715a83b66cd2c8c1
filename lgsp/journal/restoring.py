"""A journal from a backup: all systems rest until people have compared, and what was lost is not mistaken.

Between the backup and the loss deliveries went out of which the journal knows nothing. So nothing of what it
holds open may be sent before a person says so, and an old snapshot must never go over a newer one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from lgsp.errors import ConfigError
from lgsp.journal.acting import hold, set_system
from lgsp.journal.contract import Transaction
from lgsp.journal.partitions import STEPS, make_ahead, partitions
from lgsp.journal.promoting import close, dispatch, next_heads
from lgsp.journal.rows import (
    INSERT_ENTRY,
    IS_HEAD,
    IS_WAITING,
    REMEMBER,
    ROW,
    Row,
    befell,
    entry,
    locked,
    moved,
    states,
    write_entries,
)
from lgsp.journal.states import IN_LINE, OPEN, Move, State
from lgsp.journal.sweeping import Policy, lapse
from lgsp.message import Kind

CAUSE = "restored"
"""Why a system is paused after a restore."""

LEAP = 1_000_000_000
"""How far counters go on: more than anybody can have been told of between the backup and the loss."""

_ATTEMPTS = 1000
_COUNTED = (
    "messages",
    "deliveries",
    "raws",
    "entries",
    "quarantine",
    "workers",
    "alerts",
    "replays",
    "handovers",
    "answers",
    "names",
    "agency_facts",
    "job_runs",
)
_CHUNK = 500
_OPEN = f"state IN ({states(OPEN)})"
_SENDING = f"{ROW} WHERE {IS_HEAD} AND state = {int(State.SENDING)}"
_DOUBT = (
    f"UPDATE deliveries SET uncertain = uncertain + 1, attempt = attempt + {_ATTEMPTS}, dispatched_at = NULL,"
    f" changed_at = ? WHERE {_OPEN}"
)
_MAYBE_PRESENT = (
    "INSERT INTO presence (line, type, how, message_id, seq, at)"
    " SELECT line, type, 'unsure', NULL, NULL, CAST(? AS BIGINT) FROM deliveries"
    f" WHERE {_OPEN} AND kind <> {int(Kind.EVENT)} GROUP BY line, type"
    " ON CONFLICT (line, type) DO UPDATE SET message_id = NULL WHERE presence.how = 'unsure'"
)
_LAST = "SELECT max(at), max(tx) FROM (SELECT at, tx FROM entries ORDER BY id DESC LIMIT 5000) e"
_HIGHEST = "SELECT (SELECT max(id) FROM messages), (SELECT max(id) FROM deliveries)"
_READ_MARK = "SELECT value FROM meta WHERE name = 'restored'"
_ANEW = (
    "restoring the journal: the server counts transactions anew from {}, the journal is at {}; stop the"
    " server, run `pg_resetwal --epoch={}` and start it again"
)
_OF_OLD = f"d.system = ? AND d.id <= ? AND d.{_OPEN}"
_COMPARED = (
    "SELECT d.id, m.partitionkey, m.type, m.source, m.revision, d.state, d.line, d.kind, m.accepted_at,"
    " CASE WHEN EXISTS (SELECT 1 FROM messages n WHERE n.identity = m.identity AND n.revision > m.revision"
    " AND n.id > ?) THEN 'newer' WHEN EXISTS (SELECT 1 FROM entries e WHERE e.message_id = m.id"
    " AND e.what = 'told again' AND e.at >= ?) THEN 'same' ELSE 'silent' END AS told"
    f" FROM deliveries d JOIN messages m ON m.id = d.message_id WHERE {_OF_OLD}"
)
_SHOWN = ("id", "partitionkey", "type", "source", "revision", "state", "accepted_at", "told")
_PAGE = f"SELECT {', '.join(_SHOWN)} FROM ({_COMPARED}) c ORDER BY id LIMIT ?"
_COUNTS = f"SELECT told, count(*) FROM ({_COMPARED}) c GROUP BY told"
_SILENT_HEADS = (
    f"SELECT id FROM deliveries WHERE {IS_HEAD} AND state IN ({int(State.READY)}, {int(State.PUT_OFF)},"
    f" {int(State.OFFERED)})"
    f" AND line IN (SELECT line FROM ({_COMPARED}) c WHERE told = 'silent' AND kind = {int(Kind.SNAPSHOT)}"
    f" AND state IN ({states(IN_LINE)})) ORDER BY id LIMIT {_CHUNK}"
)
_FREE = states({State.WAITING, State.READY, State.PUT_OFF, State.OFFERED})
_OVERTAKEN = (
    f"{ROW} WHERE system = ? AND id <= ? AND kind = {int(Kind.SNAPSHOT)} AND state IN ({_FREE})"
    " AND worker IS NULL"
    " AND EXISTS (SELECT 1 FROM (SELECT line AS its, identity AS whose, seq AS place FROM deliveries"
    f" WHERE {IS_WAITING}) n WHERE n.its = deliveries.line AND n.whose = deliveries.identity"
    f" AND n.place > deliveries.seq) ORDER BY id LIMIT {_CHUNK}"
)
_WAITING = f"SELECT line, identity, id FROM deliveries WHERE line IN ({{}}) AND {IS_WAITING} ORDER BY seq"
_SUPERSEDE = "UPDATE deliveries SET state = ?, superseded_by = ?, changed_at = ? WHERE id = ?"


@dataclass(slots=True, frozen=True)
class Mark:
    """Where the restored journal ended.

    Attributes:
        at: when it was frozen.
        upto: time of the last thing it knows; None where it knows nothing.
        message: the last message that it held, and `delivery` the last open delivery.
    """

    at: int
    upto: int | None
    message: int
    delivery: int


@dataclass(slots=True, frozen=True)
class Frozen:
    """What a freeze found.

    Attributes:
        systems: that are paused now.
        doubtful: open deliveries, each of which may have gone out after the backup.
    """

    systems: Sequence[str]
    mark: Mark
    doubtful: int


def freeze(tx: Transaction, systems: Sequence[str], policies: Mapping[str, Policy], who: str) -> Frozen:
    """Pause every system and put in doubt whatever is open, before any process works by a restored journal.

    Raises:
        ConfigError: the server counts its transactions anew, so that cursors of sources would skip reports.
    """
    mark = _mark(tx)
    _leap(tx)
    tx.run("UPDATE workers SET ended_at = ? WHERE ended_at IS NULL", [(tx.now,)])
    tx.run("DELETE FROM leases WHERE until > ?", [(0,)])
    for orders in ("replays", "handovers"):
        tx.run(f"UPDATE {orders} SET state = 'paused', changed_at = ? WHERE state = 'running'", [(tx.now,)])
    lapse(tx, [Row._make(row) for row in tx.rows(_SENDING)], policies)
    tx.run(_MAYBE_PRESENT, [(tx.now,)])
    tx.run(_DOUBT, [(tx.now,)])
    (doubtful,) = tx.rows(f"SELECT count(*) FROM deliveries WHERE {_OPEN}")[0]
    known = {
        row[0] for row in tx.rows("SELECT DISTINCT system FROM deliveries UNION SELECT name FROM systems")
    }
    names = sorted(known | set(systems))
    for name in names:
        set_system(tx, name, "paused", CAUSE, who)
    _note(tx, mark, names, who)
    return Frozen(names, mark, doubtful)


def mark_of(tx: Transaction) -> Mark | None:
    """Return where the journal ended that was restored last; None where none was."""
    found = tx.rows(_READ_MARK)
    return Mark(**orjson.loads(found[0][0])) if found else None


def compare(tx: Transaction, system: str, limit: int) -> dict[str, Any] | None:
    """Return what a restored journal holds open for a system, and whether its sources told it since.

    `told` is `newer` (a newer revision came: the old one is not sent), `same` (its source told the very same
    again) or `silent`. None where nothing was restored.
    """
    mark = mark_of(tx)
    if mark is None:
        return None
    asked = _asked(system, mark)
    counts = {"newer": 0, "same": 0, "silent": 0} | dict(tx.rows(_COUNTS, asked))
    found = [dict(zip(_SHOWN, row, strict=True)) for row in tx.rows(_PAGE, (*asked, limit))]
    return {"mark": mark, "counts": counts, "deliveries": found}


def hold_silent(tx: Transaction, system: str, who: str) -> int:
    """Hold lines with a snapshot of old of which its source has not spoken since, a page; return how many."""
    mark = mark_of(tx)
    found = tx.rows(_SILENT_HEADS, _asked(system, mark)) if mark else []
    for (number,) in found:
        hold(tx, number, who, CAUSE)
    return len(found)


def thaw(tx: Transaction, system: str) -> int:
    """Supersede snapshots of old that a newer one stands behind, a page; return how many. Before a resume."""
    mark = mark_of(tx)
    if mark is None:
        return 0
    old = locked(tx, [Row._make(row) for row in tx.rows(_OVERTAKEN, (system, mark.delivery))])
    waiting = tx.among(_WAITING, sorted({bytes(row.line) for row in old}))
    newest = {(bytes(line), bytes(identity)): number for line, identity, number in waiting}
    by = {row.id: newest.get((bytes(row.line), bytes(row.identity)), row.id) for row in old}
    rows = [row for row in old if by[row.id] != row.id]
    changes = [(moved(row, Move.SUPERSEDE), by[row.id], tx.now, row.id) for row in rows]
    tx.run(_SUPERSEDE, changes)
    write_entries(tx, [befell(row, "superseded", State.SUPERSEDED, "gateway", final=True) for row in rows])
    close(tx, [(row.id,) for row in rows])
    dispatch(tx, next_heads(tx, [row.line for row in rows]), direct=False)
    return len(rows)


def _asked(system: str, mark: Mark) -> tuple[Any, ...]:
    return (mark.message, mark.at, system, mark.delivery)


def _mark(tx: Transaction) -> Mark:
    ((message, delivery),) = tx.rows(_HIGHEST)
    ((upto, newest),) = tx.rows(_LAST)
    horizon = tx.horizon()
    if horizon is not None and newest is not None and horizon <= newest:
        raise ConfigError([_ANEW.format(horizon, newest, (newest >> 32) + 1)])
    return Mark(tx.now, upto, message or 0, delivery or 0)


def _leap(tx: Transaction) -> None:
    """Let the counters of a server go on far beyond what was lost, so that no number is given out twice."""
    if tx.horizon() is None:
        return
    for table in _COUNTED:
        (last,) = tx.rows(f"SELECT last_value FROM {table}_ids")[0]
        tx.rows("SELECT setval(?::text::regclass, ?)", (f"{table}_ids", last + LEAP))
    for table, (counter, step) in STEPS.items():
        _bridge(tx, table, counter, step)
    make_ahead(tx)


def _bridge(tx: Transaction, table: str, counter: str, step: int) -> None:
    """Cover the numbers that were leaped over with one partition, so that not thousands are made for them."""
    (highest,) = tx.rows(f"SELECT last_value FROM {counter}_ids")[0]
    bound, upto = partitions(tx, table)[-1].upto, highest // step * step
    if bound < upto and not tx.rows(f"SELECT 1 FROM {table}_rest LIMIT 1"):
        tx.rows(f"CREATE TABLE {table}_{bound} PARTITION OF {table} FOR VALUES FROM ({bound}) TO ({upto})")


def _note(tx: Transaction, mark: Mark, systems: Sequence[str], who: str) -> None:
    """Write the mark and the entry; where ids are the cursors of sources, the entry's leaps too."""
    told = {name: getattr(mark, name) for name in Mark.__slots__}
    tx.run(
        REMEMBER,
        [
            (
                CAUSE,
                orjson.dumps(told).decode(),
            )
        ],
    )
    (number,) = tx.ids("entries", 1)
    number += LEAP if tx.horizon() is None else 0
    details = orjson.dumps({"upto": mark.upto, "systems": list(systems)}).decode()
    tx.run(INSERT_ENTRY, [entry(number, tx.now, "restored", who=who, details=details)])
