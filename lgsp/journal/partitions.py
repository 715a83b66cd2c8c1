"""The partitions of what grows: made ahead of the ids that will fill them, dropped when they are old.

Ids rise with time, so a range of ids is a stretch of time; and whoever looks a body up by its id reads one
partition. Source of the rule: retention must not search for rows (a delete of a month took hours elsewhere).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.journal.seal_reading import LET_GO, RETAINING, note_let_go
from lgsp.journal.states import State

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
_MAY_COME_ALIVE = (
    "JOIN presence q ON q.line = h.line AND q.how = 'shadowed'"
    f" WHERE h.state = {int(State.SHADOWED)} AND h.shadow = 1"
)
"""Of history (h): what was left to an older connection, in lines that are not judged."""
_NEEDED = (
    "SELECT b.* FROM {} b WHERE b.message_id BETWEEN ? AND ?"
    " AND (EXISTS (SELECT 1 FROM deliveries d WHERE d.message_id = b.message_id)"
    " OR EXISTS (SELECT 1 FROM presence p WHERE p.message_id = b.message_id)"
    " OR EXISTS (SELECT 1 FROM messages m WHERE m.id = b.message_id AND m.unrouted)"
    f" OR EXISTS (SELECT 1 FROM history h {_MAY_COME_ALIVE} AND h.message_id = b.message_id))"
)
_AS_IT_IS = (
    "UPDATE {} k SET key_id = b.key_id, body = b.body FROM {} b"
    " WHERE b.message_id = k.message_id AND b.key_id <> k.key_id"
)
"""What was encrypted anew after it was carried forward does not come back under a key that was retired."""
_UNJUDGED = f"SELECT 1 FROM {{}} h {_MAY_COME_ALIVE} LIMIT 1"
_ITS_OWN = "SELECT 1 FROM {} WHERE who = ? AND what = ? AND at >= ? LIMIT 1"
_MOMENT = "3s"
_DRAWN = 10_000
"""So many of the ids that were drawn last may not be written yet."""


@dataclass(slots=True, frozen=True)
class Partition:
    """One partition: the ids below `upto`, down to where the one before it ends.

    Attributes:
        bound: the same as the database words it.
    """

    table: str
    name: str
    upto: int
    bound: str = ""

    @property
    def thin(self) -> str:
        """The name of the table that stands in for it once it is dropped."""
        return f"{self.table}_kept_{self.upto}"


def partitions(tx: Transaction, table: str) -> list[Partition]:
    """Return a table's partitions, oldest first, without the one that takes what no other does."""
    found = [(name, _RANGE.fullmatch(bound)) for name, bound in tx.rows(_BOUNDS, (table,))]
    return sorted(
        (Partition(table, name, int(bound[2]), bound[0]) for name, bound in found if bound),
        key=lambda p: p.upto,
    )


def make_ahead(tx: Transaction) -> list[str]:
    """Make the partitions that the next ids need, so that an empty one is ahead; return the new names."""
    tx.lock([b"partitions"])
    made: list[str] = []
    for table, (_, step) in STEPS.items():
        highest = _highest(tx, table)
        bound = partitions(tx, table)[-1].upto
        while bound < highest + step:
            name = f"{table}_{bound}"
            tx.rows(f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ({bound}) TO ({bound + step})")
            made.append(name)
            bound += step
    return made


def old(tx: Transaction, before: int) -> Iterator[Partition]:
    """Return the partitions that hold nothing newer than a time, which is in microseconds.

    One that was thinned out already is not returned again; nor is a history of what may come to life; nor
    the one of now, however long nothing was written: what comes next belongs there, and so does the entry
    which says that older ones were dropped.
    """
    for table, age in _AGES.items():
        for partition in partitions(tx, table):
            if _of_now(tx, partition):
                break
            if partition.name == partition.thin:
                continue
            newest = tx.rows(age.format(partition.name))[0][0]
            if newest is None or newest >= before:
                break
            if table != "history" or not tx.rows(_UNJUDGED.format(partition.name)):
                yield partition


def _highest(tx: Transaction, table: str) -> int:
    """Return the highest id that was given out of those that divide a table."""
    return int(tx.rows(f"SELECT last_value FROM {STEPS[table][0]}_ids")[0][0])


def _of_now(tx: Transaction, partition: Partition) -> bool:
    """Tell whether something may still be written into a partition: processes draw ids in blocks, ahead."""
    return partition.upto > _highest(tx, partition.table) - _DRAWN


def weigh(tx: Transaction, partition: Partition) -> int:
    """Return how many bytes a partition takes on the disk."""
    return int(tx.rows(f"SELECT pg_total_relation_size('{partition.name}')")[0][0])


# --- dropping one: bodies that are still needed are carried forward first, while everybody works on ---------


def begin_thin(tx: Transaction, partition: Partition) -> tuple[int, int]:
    """Make the empty table that will stand in for a partition of bodies; return the ids to look through."""
    tx.rows(f"DROP TABLE IF EXISTS {partition.thin}")
    tx.rows(f"CREATE TABLE {partition.thin} (LIKE {partition.table} INCLUDING ALL)")
    first, last = tx.rows(f"SELECT min(message_id), max(message_id) FROM {partition.name}")[0]
    return (int(first), int(last)) if first is not None else (1, 0)


def carry(tx: Transaction, partition: Partition, first: int, last: int) -> int:
    """Copy what is still needed among some ids; return how many that were.

    Needed are bodies of open deliveries, of unrouted messages, of the newest snapshot that a system has, and
    of what was left to an older connection and may come to life. What is needed of so old a partition
    only becomes less: copying needs no lock.
    """
    sql = f"INSERT INTO {partition.thin} {_NEEDED.format(partition.name)} RETURNING message_id"
    return len(tx.rows(sql, (first, last)))


def drop(tx: Transaction, partition: Partition) -> None:
    """Drop a partition; a thin one of bodies takes its place. Whoever works waits for a moment at most.

    What goes of the entries is an entry: the log still has their leaves, and says why they are gone. It says
    so of all below, and stands in a partition that stays: it outlives what earlier drops said.

    Raises:
        WrongStateError: it is the partition of now, which may fill up again by the next id; or what says that
            it went would go with it, by a number that this process drew long ago.
    """
    if _of_now(tx, partition):
        raise WrongStateError(f"dropping {partition.name}: it is the one of now")
    if partition.table == "entries":
        first = tx.rows(f"SELECT min(id) FROM {partition.name}")[0][0]
        note_let_go(tx, partition.upto if first is None else first, partition.upto)
        if tx.rows(_ITS_OWN.format(partition.name), (RETAINING, LET_GO, tx.now)):
            raise WrongStateError(f"dropping {partition.name}: begin the process anew, its numbers are old")
    tx.rows(f"SET LOCAL lock_timeout = '{_MOMENT}'")
    tx.rows(f"ALTER TABLE {partition.table} DETACH PARTITION {partition.name}")
    if partition.table == "bodies":
        # what retention erased after it was carried forward does not come back
        tx.rows(f"DELETE FROM {partition.thin} k USING erased e WHERE e.message_id = k.message_id")
        tx.rows(_AS_IT_IS.format(partition.thin, partition.name))
        tx.rows(f"ALTER TABLE bodies ATTACH PARTITION {partition.thin} {partition.bound}")
    tx.rows(f"DROP TABLE {partition.name}")
