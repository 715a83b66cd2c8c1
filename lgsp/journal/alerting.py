"""What alerts rest on: what the journal shows of trouble, and which alerts are open and were told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from lgsp.journal.contract import Transaction
from lgsp.journal.reading import at
from lgsp.journal.reports_told import REPORT
from lgsp.journal.rows import insert, states
from lgsp.journal.states import DEAD, OPEN, State
from lgsp.journal.tables import alerts

DIGEST = "digest"
"""Under this rule stands that a day's summary was told; its subject is the day."""

_NEWEST, _SOON = 5000, 5000
_OVERLAP = 10_000
_COLUMNS = ", ".join(column.name for column in alerts.columns)
_INSERT = f"{insert(alerts)} ON CONFLICT (rule, subject) WHERE ended_at IS NULL DO NOTHING"
_OPEN = states(OPEN)


class Pile(NamedTuple):
    """The deliveries of one system that stand in one state.

    Attributes:
        oldest: when the oldest of them came into being.
        since: when the first of them came to stand there.
    """

    system: str
    state: State
    size: int
    oldest: int
    since: int


class Soon(NamedTuple):
    """How much of one system is late soon, and when the first of it is."""

    system: str
    size: int
    first: int


class Alert(NamedTuple):
    """A row of the register of alerts; `said` is what was so when it was last looked at, as JSON."""

    id: int
    rule: str
    subject: str
    since: int
    told_at: int | None
    ended_at: int | None
    said: str


def clock(tx: Transaction) -> int:
    """Return the journal's time."""
    return tx.now


# --- what is so -----------------------------------------------------------------------------------------


def began(tx: Transaction) -> int:
    """Return when this installation first published its routes."""
    return int(tx.rows("SELECT min(at) FROM published")[0][0] or tx.now)


def piles(tx: Transaction) -> list[Pile]:
    """Return the open and the dead deliveries, by system and state."""
    sql = (
        "SELECT system, state, count(*), min(created_at), min(changed_at) FROM deliveries"
        " WHERE shadow <> 1 GROUP BY system, state"
    )
    return [Pile(row[0], State(row[1]), *row[2:]) for row in tx.rows(sql)]


def standing(tx: Transaction) -> list[tuple[str, str, str | None, int]]:
    """Return each system's recorded standing, its cause, and since when."""
    return [tuple(row) for row in tx.rows("SELECT name, state, cause, since FROM systems ORDER BY name")]


def died(tx: Transaction, since: int) -> list[tuple[str, str, int]]:
    """Return how many deliveries died since a time and are still dead, by system and cause."""
    sql = (
        f"SELECT system, cause, count(*) FROM deliveries WHERE state IN ({states(DEAD)})"
        " AND changed_at >= ? GROUP BY system, cause"
    )
    return [(row[0], row[1] or "uncatalogued", row[2]) for row in tx.rows(sql, (since,))]


def expiring(tx: Transaction, until: int) -> list[Soon]:
    """Return the open deliveries that expire before a time, by system."""
    sql = (
        "SELECT system, count(*), min(expires_at) FROM deliveries"
        f" WHERE expires_at IS NOT NULL AND expires_at < ? AND state IN ({_OPEN}) AND shadow <> 1"
        " GROUP BY system"
    )
    return [Soon(*row) for row in tx.rows(sql, (until,))]


def due(tx: Transaction, opened_before: int) -> list[tuple[str, str]]:
    """Return the system and the due date of the oldest open deliveries whose message has one."""
    sql = (
        "SELECT d.system, m.watched FROM deliveries d JOIN messages m ON m.id = d.message_id"
        f" WHERE d.state IN ({_OPEN}) AND d.shadow <> 1 AND d.created_at < ?"
        " AND m.watched LIKE '%due_at%'"
        " ORDER BY d.id LIMIT ?"
    )
    found = [(row[0], orjson.loads(row[1]).get("/due_at")) for row in tx.rows(sql, (opened_before, _SOON))]
    return [(system, due_at) for system, due_at in found if isinstance(due_at, str)]


def unrouted(tx: Transaction) -> list[tuple[str, str, int]]:
    """Return how many messages no route wants, by source and type.

    A catalogue's items need no route; a report stands in the book of reports, and goes on when it is signed.
    """
    return [tuple(row) for row in tx.rows(
        f"SELECT source, type, count(*) FROM messages WHERE unrouted AND type <> '{REPORT}'"
        " AND type NOT IN (SELECT type FROM catalogues) GROUP BY source, type"
    )]  # fmt: skip


def turned_away(tx: Transaction, since: int) -> dict[str, Counter[str]]:
    """Return how much was turned away since a time, by source and code; it looks at the newest only."""
    sql = (
        "SELECT source, code, count(*) FROM"
        " (SELECT source, code, at FROM quarantine ORDER BY id DESC LIMIT ?) AS newest"
        " WHERE at >= ? GROUP BY source, code"
    )
    found: dict[str, Counter[str]] = {}
    for source, code, count in tx.rows(sql, (_NEWEST, since)):
        found.setdefault(source, Counter())[code] += count
    return found


def lapsed_duties(tx: Transaction, before: int) -> list[tuple[str, int]]:
    """Return the duties for all whose holder fell silent before a time, and that nobody took over."""
    sql = "SELECT name, until FROM leases WHERE until < ? AND name IN ('sweep', 'dispatch') ORDER BY name"
    return [tuple(row) for row in tx.rows(sql, (before,))]


def roles_of_the_living(tx: Transaction, since: int) -> list[str]:
    """Return the roles of each process that gave a sign of life since a time; empty text is every role."""
    sql = "SELECT roles FROM workers WHERE ended_at IS NULL AND beat_at >= ?"
    return [row[0] for row in tx.rows(sql, (since,))]


def newest_by_source(tx: Transaction, known_upto: int, since: int) -> tuple[int, dict[str, int]]:
    """Return the newest message's id, and when each source last brought one.

    Ids do not commit in their order where several processes write: the look goes back a little.

    Args:
        tx: the snapshot to read.
        known_upto: the id that an earlier look returned; 0 for the first one.
        since: how far the first look goes back.
    """
    upto = tx.rows("SELECT max(id) FROM messages")[0][0] or 0
    first = max(known_upto - _OVERLAP, 0) if known_upto else first_since(tx, "messages", since, upto)
    sql = "SELECT source, max(accepted_at) FROM messages WHERE id >= ? GROUP BY source"
    return upto, {row[0]: row[1] for row in tx.rows(sql, (first,))}


def first_since(tx: Transaction, table: str, since: int, upto: int) -> int:
    """Return about the first id of a table that was written since a time: its ids rise with time."""
    moment = "accepted_at" if table == "messages" else "at"
    low, high = 0, upto + 1
    while low < high:
        middle = (low + high) // 2
        found = tx.rows(f"SELECT {moment} FROM {table} WHERE id >= ? ORDER BY id LIMIT 1", (middle,))
        low, high = (low, middle) if not found or found[0][0] >= since else (middle + 1, high)
    return low


def day(tx: Transaction, since: int) -> dict[str, Any]:
    """Return what came and what became of it since a time, as numbers."""
    first = {
        table: first_since(tx, table, since, tx.rows(f"SELECT max(id) FROM {table}")[0][0] or 0)
        for table in ("messages", "entries")
    }
    came = "SELECT source, count(*) FROM messages WHERE id >= ? AND accepted_at >= ? GROUP BY source"
    went = (
        "SELECT system, state, count(*) FROM entries WHERE id >= ? AND at >= ? AND final = 1"
        " AND system IS NOT NULL AND state IS NOT NULL GROUP BY system, state"
    )
    systems: dict[str, dict[str, int]] = {}
    for system, state, count in tx.rows(went, (first["entries"], since)):
        systems.setdefault(system, {})[State(state).word] = count
    return {"accepted": dict(tx.rows(came, (first["messages"], since))), "final": systems}


# --- what was told --------------------------------------------------------------------------------------


def open_alerts(tx: Transaction) -> list[Alert]:
    """Return the alerts that have not ended."""
    return [Alert._make(row) for row in tx.rows(
        f"SELECT {_COLUMNS} FROM alerts WHERE ended_at IS NULL ORDER BY id"
    )]  # fmt: skip


def listed(tx: Transaction, since: int, limit: int) -> list[dict[str, Any]]:
    """Return the open alerts and those that ended since a time, newest first, as they are shown."""
    sql = (
        f"SELECT {_COLUMNS} FROM alerts WHERE (ended_at IS NULL OR ended_at >= ?) AND rule <> ?"
        " ORDER BY id DESC LIMIT ?"
    )
    return [shown(Alert._make(row)) for row in tx.rows(sql, (since, DIGEST, limit))]


def shown(alert: Alert) -> dict[str, Any]:
    """Return an alert as people and programs see it."""
    return {
        "id": alert.id,
        "rule": alert.rule,
        "subject": alert.subject,
        "since": at(alert.since),
        "told_at": at(alert.told_at),
        "ended_at": at(alert.ended_at),
        "facts": orjson.loads(alert.said),
    }


def note(
    tx: Transaction, seen: Mapping[tuple[str, str], Mapping[str, Any]], gone: Sequence[int]
) -> list[Alert]:
    """Write down what is so and what has ended; return what ended here and was told when it began."""
    held = {(row.rule, row.subject): row for row in _held(tx)}
    fresh = [key for key in seen if key not in held]
    numbered = zip(tx.ids("alerts", len(fresh)), fresh, strict=True)
    tx.run(_INSERT, [(n, *key, tx.now, None, None, said(seen[key])) for n, key in numbered])
    changed = [(said(seen[key]), row.id) for key, row in held.items() if key in seen]
    tx.run("UPDATE alerts SET said = ? WHERE id = ?", changed)
    ended = [row._replace(ended_at=tx.now) for row in held.values() if row.id in gone]
    tx.run("UPDATE alerts SET ended_at = ? WHERE id = ?", [(tx.now, row.id) for row in ended])
    return [row for row in ended if row.told_at is not None]


def take_to_tell(tx: Transaction, repeat: int) -> list[Alert]:
    """Take the alerts that are to be told now; nobody else tells them meanwhile.

    Each comes with `told_at` as it was before: None for one that was never told.
    """
    wanted = [row for row in _held(tx) if row.told_at is None or row.told_at <= tx.now - repeat]
    tell_again(tx, [(tx.now, row.id) for row in wanted])
    return wanted


def tell_again(tx: Transaction, rows: Sequence[tuple[int | None, int]]) -> None:
    """Set when alerts were told: pairs of the time (None for never) and the id."""
    tx.run("UPDATE alerts SET told_at = ? WHERE id = ?", rows)


def take_digest(tx: Transaction, today: str) -> bool:
    """Note that the summary of a day is told; return False when it was already."""
    if tx.rows("SELECT 1 FROM alerts WHERE rule = ? AND subject = ?", (DIGEST, today)):
        return False
    (number,) = tx.ids("alerts", 1)
    tx.run(insert(alerts), [(number, DIGEST, today, tx.now, tx.now, tx.now, "{}")])
    return True


def give_digest_back(tx: Transaction, today: str) -> None:
    """Note that the summary of a day was not told after all."""
    tx.run("DELETE FROM alerts WHERE rule = ? AND subject = ?", [(DIGEST, today)])


def forget(tx: Transaction, before: int) -> None:
    """Take out alerts that ended before a time."""
    tx.run("DELETE FROM alerts WHERE ended_at < ?", [(before,)])


def _held(tx: Transaction) -> list[Alert]:
    """Return the open alerts, and keep others from changing them meanwhile."""
    sql = f"SELECT {_COLUMNS} FROM alerts WHERE ended_at IS NULL ORDER BY id /* hold */"
    return [Alert._make(row) for row in tx.rows(sql)]


def said(facts: Mapping[str, Any]) -> str:
    """Return facts as they are kept."""
    return orjson.dumps(facts).decode()
