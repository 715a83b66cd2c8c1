"""Looking at what a run found, a page at a time: by bucket, owner or agency, and against the run before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from lgsp.journal.contract import Transaction
from lgsp.journal.reading import PAGE, at

NEW, STILL, SOLVED = "new", "still", "solved"
"""Against the run before it of the same series: not there then, there in the same bucket, there no more."""
_NAMES = (
    "key", "subject", "agency", "procedure", "bucket", "cause", "owner", "retry", "repair", "details",
    "since", "since_at", "mending", "mended_by", "delivery",
)  # fmt: skip
_SELECT = f"SELECT {', '.join('d.' + name for name in _NAMES)} FROM differences d"
_OPENED = (
    " AND NOT EXISTS (SELECT 1 FROM differences n WHERE n.run = ? AND n.key = d.key AND n.bucket = d.bucket)"
)
_SUMS = (
    "SELECT bucket, owner, repair, mending, count(*) FROM differences WHERE run = ?"
    " GROUP BY bucket, owner, repair, mending ORDER BY bucket, owner, repair, mending"
)


@dataclass(slots=True, frozen=True)
class Filter:
    """Which differences are meant; what is empty leaves nothing out.

    Attributes:
        agency: its code in the normal form, with all that lies under it.
        change: `NEW`, `STILL` or `SOLVED`.
        mending: how far the repair is, by its word.
    """

    buckets: Sequence[str] = ()
    owner: str = ""
    cause: str = ""
    repair: str = ""
    agency: str = ""
    change: str = ""
    mending: str = ""

    def rules(self) -> tuple[str, list[Any]]:
        """Return what SQL says of a difference (d), with its values."""
        found = list(self._rules())
        return "".join(f" AND {rule}" for rule, _ in found), [
            value for _, values in found for value in values
        ]

    def _rules(self) -> Iterator[tuple[str, Sequence[Any]]]:
        if self.buckets:
            yield f"d.bucket IN ({', '.join('?' * len(self.buckets))})", self.buckets
        for name in ("owner", "cause", "repair", "mending"):
            if value := getattr(self, name):
                yield f"d.{name} = ?", (value,)
        if self.agency:
            below = f"{self.agency}."
            yield "(d.agency = ? OR substr(d.agency, 1, ?) = ?)", (self.agency, len(below), below)
        if self.change in {NEW, STILL}:
            yield f"d.since {'=' if self.change == NEW else '<'} d.run", ()


def listing(
    tx: Transaction, run: int, wanted: Filter, *, after: str = "", limit: int = PAGE
) -> list[dict[str, Any]]:
    """Return a page of differences in the order of their keys, behind a key.

    What is solved is told as the run before it found it.
    """
    rules, values = wanted.rules()
    if wanted.change == SOLVED:
        before = tx.rows("SELECT previous FROM reconciliations WHERE id = ?", (run,))
        of, rules, values = (before[0][0] if before else None), rules + _OPENED, [*values, run]
    else:
        of = run
    sql = f"{_SELECT} WHERE d.run = ? AND d.key > ?{rules} ORDER BY d.key LIMIT ?"
    return _shown(tx, tx.rows(sql, (of if of is not None else -1, after, *values, limit)))


def sums(tx: Transaction, run: int) -> list[dict[str, Any]]:
    """Return how many differences there are by bucket, owner, repair and how far that is."""
    names = ("bucket", "owner", "repair", "mending", "count")
    return [dict(zip(names, row, strict=True)) for row in tx.rows(_SUMS, (run,))]


def _shown(tx: Transaction, rows: Sequence[Any]) -> list[dict[str, Any]]:
    found = [dict(zip(_NAMES, row, strict=True)) for row in rows]
    for one in found:
        one["details"] = orjson.loads(one["details"])
        one["retry"] = bool(one["retry"])
        one["since_at"] = at(one["since_at"])
    numbers = [one["details"].get("ours", {}).get("message") for one in found]
    outer = _outer(tx, [number for number in numbers if number])
    for one, number in zip(found, numbers, strict=True):
        one["details"].get("ours", {}).pop("message", None)
        one["message"] = outer.get(number)
    return found


def _outer(tx: Transaction, numbers: Sequence[int]) -> dict[int, str]:
    """Return the outer ids of messages, by their numbers."""
    rows = tx.among("SELECT id, uid FROM messages WHERE id IN ({})", numbers)
    return {number: str(UUID(bytes=bytes(uid))) for number, uid in rows}
