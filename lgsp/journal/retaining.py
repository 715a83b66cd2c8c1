"""Retention: old partitions are dropped one by one, while everybody works on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lgsp.journal import checks, partitions
from lgsp.journal.contract import Journal, Transaction
from lgsp.journal.partitions import STEPS, Partition

_NEEDED = (
    "SELECT DISTINCT blob FROM raws WHERE blob IS NOT NULL",
    "SELECT DISTINCT a.blob FROM attached a JOIN bodies b ON b.message_id = a.message_id",
)
_PAGE = 20_000
"""Ids that are looked through in one transaction."""
_SUBJECTS = 500
"""Subjects of checks that are looked at in one transaction."""


@dataclass(slots=True, frozen=True)
class Old:
    """A partition that may go.

    Attributes:
        size: in bytes.
    """

    partition: Partition
    size: int


def what_is_old(tx: Transaction, before: int, tables: Sequence[str] = ()) -> list[Old]:
    """Return the partitions that hold nothing newer than a time in microseconds, of some tables or of all."""
    wanted = tables or tuple(STEPS)
    found = [partition for partition in partitions.old(tx, before) if partition.table in wanted]
    return [Old(partition, partitions.weigh(tx, partition)) for partition in found]


def blobs_needed(tx: Transaction) -> set[str]:
    """Return the names of the files that the journal still names: bodies outside it, and attachments."""
    return {name for sql in _NEEDED for (name,) in tx.rows(sql)}


async def let_go(journal: Journal, partition: Partition, tell: Callable[[int, int], Any]) -> int:
    """Drop a partition and return how many bodies were carried forward.

    Args:
        journal: on PostgreSQL.
        partition: which.
        tell: called with how many ids are looked through, and of how many.

    Raises:
        JournalError: somebody holds the table for longer than a moment; nothing was dropped, try again.
    """
    kept = 0
    if partition.table == "bodies":
        first, last = await journal.write(lambda tx: partitions.begin_thin(tx, partition))
        for at in range(first, last + 1, _PAGE):
            upto = min(at + _PAGE - 1, last)
            kept += await journal.write(lambda tx, a=at, b=upto: partitions.carry(tx, partition, a, b))  # type: ignore[misc]
            tell(upto - first + 1, last - first + 1)
    await journal.write(lambda tx: partitions.drop(tx, partition))
    if partition.table == "bodies":
        await _forget_checks(journal)
    return kept


async def _forget_checks(journal: Journal) -> None:
    """Forget what checks found of subjects whose last body went: it goes with that, however that goes."""
    at: str | None = ""
    while at is not None:
        at = await journal.write(lambda tx, after=at: checks.forget_next(tx, after, _SUBJECTS))  # type: ignore[misc]
