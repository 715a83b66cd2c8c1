"""The partitions of what grows: made ahead of the ids that will fill them, dropped when they are old.

Ids rise with time, so a range of ids is a stretch of time; and whoever looks a body up by its id reads one
partition. Source of the rule: retention must not search for rows (a delete of a month took hours elsewhere).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lgsp.journal.contract import Transaction

STEPS = {
    "bodies": ("messages", 1_000_000),
    "raws": ("raws", 1_000_000),
    "attempts": ("deliveries", 1_000_000),
    "history": ("deliveries", 1_000_000),
    "entries": ("entries", 5_000_000),
}
"""For each growing table: whose ids divide it, and how many of them make a partition."""

_BOUNDS = (
    "SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i"
    " JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent WHERE p.relname = ?"
)
_RANGE = re.compile(r"FOR VALUES FROM \((MINVALUE|'?-?\d+'?)\) TO \('?(\d+)'?\)")
_AGES = {
    "bodies": "SELECT max(m.accepted_at) FROM messages m JOIN {} b ON b.message_id = m.id",
    "raws": "SELECT max(at) FROM {}",
    "attempts": "SELECT max(ended_at) FROM {}",
    "history": "SELECT max(changed_at) FROM {}",
    "entries": "SELECT max(at) FROM {}",
}
_NEEDED = (
    "SELECT b.* FROM {} b WHERE EXISTS (SELECT 1 FROM deliveries d WHERE d.message_id = b.message_id)"
    " OR EXISTS (SELECT 1 FROM presence p WHERE p.message_id = b.message_id)"
    " OR EXISTS (SELECT 1 FROM messages m WHERE m.id = b.message_id AND m.unrouted)"
)


@dataclass(slots=True, frozen=True)
class Partition:
    """One partition: the ids below `upto`, down to where the one before it ends."""

    table: str
    name: str
    upto: int


def partitions(tx: Transaction, table: str) -> list[Partition]:
    """Return a table's partitions, oldest first, without the one that takes what no other does."""
    found = [(name, _RANGE.fullmatch(bound)) for name, bound in tx.rows(_BOUNDS, (table,))]
    return sorted(
        (Partition(table, name, int(bound[2])) for name, bound in found if bound), key=lambda p: p.upto
    )


def make_ahead(tx: Transaction) -> list[str]:
    """Make the partitions that the next ids need, so that an empty one is ahead; return the new names."""
    tx.lock([b"partitions"])
    made: list[str] = []
    for table, (counter, step) in STEPS.items():
        (highest,) = tx.rows(f"SELECT last_value FROM {counter}_ids")[0]
        bound = partitions(tx, table)[-1].upto
        while bound < highest + step:
            name = f"{table}_{bound}"
            tx.rows(f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ({bound}) TO ({bound + step})")
            made.append(name)
            bound += step
    return made


def old(tx: Transaction, before: int) -> Iterator[Partition]:
    """Return the partitions that hold nothing newer than a time, which is in microseconds."""
    for table, age in _AGES.items():
        for partition in partitions(tx, table)[:-1]:
            newest = tx.rows(age.format(partition.name))[0][0]
            if newest is None or newest >= before:
                break
            yield partition


def drop(tx: Transaction, partition: Partition) -> int:
    """Drop a partition; of bodies, those that are still needed are carried forward. Return how many were.

    Needed are bodies of open deliveries, of unrouted messages, and of the newest snapshot that a system has.
    """
    tx.rows(f"ALTER TABLE {partition.table} DETACH PARTITION {partition.name}")
    kept = 0
    if partition.table == "bodies":
        sql = f"INSERT INTO bodies {_NEEDED.format(partition.name)} RETURNING message_id"
        kept = len(tx.rows(sql))
    tx.rows(f"DROP TABLE {partition.name}")
    return kept
