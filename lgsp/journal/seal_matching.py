"""Holding entries against the leaves that say what they were. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lgsp.domain.merkle.tree import root_of
from lgsp.journal.seal_findings import ALTERED, HASH, REORDERED, SWAPPED, Finding
from lgsp.journal.seal_growing import Tile
from lgsp.journal.seal_leaves import AT, COLUMNS, ID, hash_of

TX = len(COLUMNS)
Row = Sequence[Any]


def position(row: Row) -> tuple[int, int]:
    """Return where a row stands in the order of the log."""
    return row[TX], row[ID]


def in_order(rows: Sequence[Row]) -> list[Row]:
    """Return the longest part of some rows, given in the order of the log, that still stands in it."""
    ends: list[tuple[int, int]] = []
    last: list[int] = []
    before: list[int] = []
    for n, row in enumerate(rows):
        length = bisect_left(ends, position(row))
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1], last[length : length + 1] = [position(row)], [n]
    kept, n = [], last[-1] if last else -1
    while n >= 0:
        kept.append(rows[n])
        n = before[n]
    return kept[::-1]


def out_of_order(rows: Sequence[Row], first: int, places: Mapping[int, int]) -> list[Finding]:
    """Return who of some rows stands elsewhere than in the log; `places` says where in it each belongs."""
    kept = {row[ID] for row in in_order(rows)}
    return [
        Finding(REORDERED, first + places[row[ID]], row[ID], row[AT]) for row in rows if row[ID] not in kept
    ]


def differing(tile: Tile, first: int, found: Mapping[int, Row]) -> Iterator[tuple[Finding, Row, bytes]]:
    """Yield which entries are not what their leaves say, each with its row and the leaf's hash.

    Args:
        tile: what was sealed.
        first: the place of its first leaf.
        found: the entries, by their numbers.
    """
    own = {number: hash_of(row) for number, row in found.items()}
    hashes = [own.get(number, kept) for number, kept in zip(tile.ids, tile.hashes, strict=True)]
    entries_hold = tile.root is not None and root_of(hashes) == tile.root
    for n, (number, kept) in enumerate(zip(tile.ids, tile.hashes, strict=True)):
        if number in own and own[number] != kept:
            what = HASH if entries_hold else ALTERED
            yield Finding(what, first + n, number, found[number][AT]), found[number], kept


def swapped(altered: Sequence[tuple[Finding, Row, bytes]]) -> list[Finding]:
    """Return the findings of altered entries; two that hold each other's content are told as one."""
    left, told = list(altered), []
    while left:
        one = left.pop(0)
        other = next((n for n, two in enumerate(left) if _exchanged(one, two)), None)
        finding = one[0]
        if other is not None:
            facts = {"other": left.pop(other)[0].entry}
            finding = Finding(SWAPPED, finding.index, finding.entry, finding.at, facts)
        told.append(finding)
    return told


def _exchanged(one: tuple[Finding, Row, bytes], other: tuple[Finding, Row, bytes]) -> bool:
    (mine, row, kept), (theirs, its, its_kept) = one, other
    return hash_of(_as(row, theirs.entry)) == its_kept and hash_of(_as(its, mine.entry)) == kept


def _as(row: Row, number: int | None) -> list[Any]:
    """Return an entry as it would be under another number."""
    changed = list(row)
    changed[ID] = number
    return changed
