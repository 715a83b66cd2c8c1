"""One walk through a log: each leaf with its entry, each checkpoint with the tree, and what differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lgsp.domain.merkle.notes import Key, Note, NoteError, read_key
from lgsp.domain.merkle.tree import WIDE, root_of
from lgsp.journal import seal_reading as reading
from lgsp.journal.contract import Transaction
from lgsp.journal.seal import place_of
from lgsp.journal.seal_findings import (
    HASH,
    INSERTED,
    MISSING,
    PLACE,
    TILE,
    TRUNCATED,
    UNSIGNED,
    Finding,
    moment,
)
from lgsp.journal.seal_growing import Tile
from lgsp.journal.seal_leaves import AT, ID, hash_of
from lgsp.journal.seal_matching import Row, differing, in_order, out_of_order, position, swapped
from lgsp.journal.seal_reading import START, Kept, LetGo, Position
from lgsp.journal.seal_signed import Climb, Keys, brought, judged

MOST = 100
"""Findings that are told one by one."""
_KEPT = 1000
_TILES = 32


@dataclass(slots=True, frozen=True)
class Asked:
    """How a log is verified.

    Attributes:
        against: checkpoints that somebody kept elsewhere.
        trusted: keys that somebody kept elsewhere.
        tiles: how many are read at a time.
    """

    against: Sequence[Note] = ()
    trusted: Sequence[Key] = ()
    tiles: int = _TILES


@dataclass(slots=True)
class Verdict:
    """What came of verifying a log; times are microseconds since 1970.

    Attributes:
        size: leaves.
        entries: that are as they were sealed.
        gone: leaves of which retention dropped the entries, and `let_go` what says so.
        checkpoints: how many were held against the tree.
        sealed_at: when the newest was signed.
        unsealed: entries behind the log, of which nothing can be said yet.
        findings: the first ones; `count` is how many there are.
        keys: by which signatures were judged, as words; `trusted` tells whether somebody gave them.
    """

    origin: str = ""
    size: int = 0
    entries: int = 0
    gone: int = 0
    let_go: list[LetGo] = field(default_factory=list)
    checkpoints: int = 0
    against: int = 0
    sealed_at: int | None = None
    unsealed: int = 0
    findings: list[Finding] = field(default_factory=list)
    count: int = 0
    keys: list[str] = field(default_factory=list)
    trusted: bool = False

    @property
    def sound(self) -> bool:
        """Tell whether all is as it was sealed."""
        return not self.count

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON is made of."""
        return {
            "sound": self.sound,
            "origin": self.origin,
            "leaves": self.size,
            "entries": self.entries,
            "let_go": {"leaves": self.gone, "said": [one._asdict() for one in self.let_go]},
            "checkpoints": self.checkpoints,
            "against": self.against,
            "sealed_at": moment(self.sealed_at),
            "unsealed": self.unsealed,
            "keys": self.keys,
            "keys_given": self.trusted,
            "count": self.count,
            "findings": [one.as_dict() for one in self.findings],
        }


@dataclass(slots=True)
class Page:
    """Some tiles, and the entries that should stand beside them, each in their order."""

    tiles: list[Tile]
    rows: list[Row]

    @property
    def ids(self) -> list[int]:
        """Return the numbers of the entries that were sealed here."""
        return [number for tile in self.tiles for number in tile.ids]


class Walk:
    """One walk through a log, from its first leaf to that which was its last when it began.

    Attributes:
        place: where the log ended then.
        done: leaves that were looked at.
    """

    def __init__(self, tx: Transaction, asked: Asked) -> None:
        self.place = place_of(tx)
        self.done = 0
        self._tiles = asked.tiles
        self._next, self._after = 0, START
        self._kept: list[Kept] = reading.checkpoints(tx)
        self._gone = reading.let_go(tx)
        self._keys = Keys(asked.trusted, _keys([*reading.announced(tx), self.place.key]))
        self._verdict = Verdict(origin=self.place.origin, trusted=bool(asked.trusted))
        said, wrong = judged(self.place.origin, self._kept, self._keys, lenient=bool(self._gone))
        told, strange = brought(self.place.origin, asked.against, self._keys)
        self._climb = Climb(sorted([*said, *told], key=lambda one: one.size))
        self._verdict.checkpoints, self._verdict.against = len(self._kept), len(asked.against)
        self._found: list[Finding] = [*wrong, *strange]
        self._altered: list[tuple[Finding, Row, bytes]] = []
        self._missing: list[tuple[int, int]] = []
        self._extra: dict[int, tuple[int, Row]] = {}
        self._moved: set[int] = set()
        self._last = 0

    @property
    def _floor(self) -> int:
        """Return the number below which retention dropped entries."""
        return max((one.upto for one in self._gone), default=-(2**63))

    def page(self, tx: Transaction) -> Page:
        """Read the next tiles, and the entries that should stand beside them."""
        wanted = reading.tiles(tx, self._next, self._tiles)
        left = self.place.size - self.done
        found = [tile for n, tile in enumerate(wanted) if n * WIDE < left]
        if found and found[-1].n * WIDE + len(found[-1].ids) > self.place.size:
            found[-1] = _cut(found[-1], self.place.size - found[-1].n * WIDE)
        floor = self._floor
        there = sum(number >= floor for tile in found for number in tile.ids)
        return Page(found, reading.following(tx, self._after, there) if there else [])

    def agrees(self, page: Page) -> bool:
        """Hold a page's entries against its leaves; False where one has to look closer."""
        floor = self._floor
        ids, hashes = page.ids, [one for tile in page.tiles for one in tile.hashes]
        kept, wanted = ids, hashes
        if floor > min(ids, default=floor):
            left = [(n, one) for n, one in zip(ids, hashes, strict=True) if n >= floor]
            kept, wanted = [n for n, _ in left], [one for _, one in left]
        whole = [root_of(tile.hashes) for tile in page.tiles]
        same = (
            [tile.n for tile in page.tiles] == list(range(self._next, self._next + len(page.tiles)))
            and len(ids) == min(len(page.tiles) * WIDE, self.place.size - self._next * WIDE)
            and all(_own(tile, root) for tile, root in zip(page.tiles, whole, strict=True))
            and [row[ID] for row in page.rows] == kept
            and [hash_of(row) for row in page.rows] == wanted
        )
        if not same:
            return False
        for tile, root in zip(page.tiles, whole, strict=True):
            self._climb.add(tile, root)
        self._verdict.entries += len(kept)
        self._verdict.gone += len(ids) - len(kept)
        self._go_on(page, position(page.rows[-1]) if page.rows else self._after)
        return True

    def _go_on(self, page: Page, after: Position) -> None:
        self._next = page.tiles[-1].n + 1
        self._after = after
        self.done = page.tiles[-1].n * WIDE + len(page.tiles[-1].ids)
        if page.tiles[-1].ids:
            self._last = page.tiles[-1].ids[-1]

    # --- where something differs ----------------------------------------------------------------------------

    def look_closer(self, tx: Transaction, page: Page) -> None:
        """Find out what differs in a page."""
        ids = page.ids
        rows = {row[ID]: row for row in reading.by_numbers(tx, ids)}
        if len(rows) < len(ids):
            self._gone = reading.let_go(tx)  # retention may be at work
        torn = [self._tile(tile, rows) for tile in page.tiles]
        there = [rows[number] for number in ids if number in rows]
        first = page.tiles[0].n * WIDE
        moved = out_of_order(there, first, {number: n for n, number in enumerate(ids)})
        self._found += moved
        self._moved |= {one.entry for one in moved if one.entry is not None}
        ordered = in_order(there)
        upto = max(position(ordered[-1]), self._after) if ordered else self._after
        if not any(torn):  # of what stood in a tile that is gone nothing can be said
            self._between(tx, self._after, upto, set(ids))
        self._go_on(page, upto)

    def _tile(self, tile: Tile, rows: dict[int, Row]) -> bool:
        """Hold a tile against its entries and itself, let the tree grow; return whether leaves are gone."""
        first, root = tile.n * WIDE, root_of(tile.hashes)
        torn = tile.n > self._next or len(tile.ids) < min(WIDE, self.place.size - first)
        if torn:
            n = min(tile.n, self._next)
            self._torn(n, tile.n, tile.ids[0] if n == tile.n and tile.ids else None)
        found = {number: rows[number] for number in tile.ids if number in rows}
        wrong = list(differing(tile, first, found))
        hashes = any(finding.what == HASH for finding, _, _ in wrong)
        if not _own(tile, root):
            if hashes and tile.root is not None:
                root = tile.root
            else:
                self._torn(tile.n, tile.n, tile.ids[0] if tile.ids else None)
        self._verdict.entries += len(found) - len(wrong)
        self._altered += [one for one in wrong if one[0].what != HASH]
        self._found += [finding for finding, _, _ in wrong if finding.what == HASH]
        self._lost(tile, first, rows)
        self._climb.add(tile, root)
        self._next = tile.n + 1
        return torn

    def _torn(self, n: int, upto: int, entry: int | None) -> None:
        self._found.append(Finding(TILE, n * WIDE, entry, None, {"tile": n, "upto": upto}))

    def _lost(self, tile: Tile, first: int, rows: dict[int, Row]) -> None:
        """Note which leaves have no entry, and which of these retention dropped."""
        floor = self._floor
        for n, number in enumerate(tile.ids):
            if number not in rows and number < floor:
                self._verdict.gone += 1
            elif number not in rows:
                self._missing.append((first + n, number))

    def _between(self, tx: Transaction, after: Position, upto: Position, known: set[int]) -> None:
        """Note the entries between two positions that are not known to stand there."""
        if upto <= after:
            return
        found = reading.following(tx, after, len(known) + _KEPT, upto)
        for row in found:
            if row[ID] not in known:
                self._extra.setdefault(row[ID], (self.done, row))

    # --- the end --------------------------------------------------------------------------------------------

    def end(self, tx: Transaction) -> Verdict:
        """Return what came of it."""
        verdict, place = self._verdict, self.place
        self._between(tx, self._after, (place.tx, place.id), set())
        self._found += self._climb.end(self.done)
        self._found += [self._named(tx, one) for one in self._ends()]
        self._found += swapped(self._altered[:_KEPT]) + [one for one, _, _ in self._altered[_KEPT:]]
        self._found += self._gaps(tx)
        self._found += [
            Finding(INSERTED, index, row[ID], row[AT])
            for index, row in self._extra.values()
            if row[ID] not in self._moved
        ]
        found = sorted((self._named(tx, one) for one in self._found), key=lambda one: (one.index, one.what))
        last = self._kept[-1] if self._kept else None
        verdict.findings, verdict.count = found[:MOST], len(found)
        verdict.size, verdict.let_go = self.done, self._gone
        verdict.sealed_at = last.at if last else None
        verdict.keys = [str(key) for key in self._keys.trusted or self._keys.announced]
        verdict.unsealed = reading.standing(tx, place).unsealed
        return verdict

    def _ends(self) -> list[Finding]:
        """Return what is wrong with the log's end: its place, its last checkpoint."""
        found, signed = [], max((one.size for one in self._kept), default=0)
        if (self.place.size, self.place.id if self.done else self._last) != (self.done, self._last):
            facts = {"said": self.place.size, "count": self.done}
            found.append(Finding(PLACE, self.done, self._last, None, facts))
        if signed < self.done:
            found.append(Finding(UNSIGNED, signed, None, None, {"count": self.done - signed}))
        return found

    def _gaps(self, tx: Transaction) -> list[Finding]:
        """Return what is missing, each stretch as one; the one at the end is a truncation."""
        self._gone = reading.let_go(tx)
        floor = self._floor
        stretches: list[tuple[int, int, int]] = []
        for index, number in self._missing:
            if number < floor:
                self._verdict.gone += 1
            elif stretches and stretches[-1][0] + stretches[-1][2] == index:
                stretches[-1] = (*stretches[-1][:2], stretches[-1][2] + 1)
            else:
                stretches.append((index, number, 1))
        return [
            Finding(
                TRUNCATED if index + count == self.done and self.done > count else MISSING,
                index, number, self._about(index), {"count": count},
            )
            for index, number, count in stretches
        ]  # fmt: skip

    def _about(self, index: int) -> int | None:
        """Return when the first checkpoint was signed that covers a leaf whose entry cannot be asked."""
        return next((one.at for one in self._kept if one.size > index), None)

    def _named(self, tx: Transaction, finding: Finding) -> Finding:
        """Return a finding with the entry at its leaf, where it names none and there is one."""
        if finding.entry is not None:
            return finding
        tile = reading.tile(tx, finding.index // WIDE)
        inside = finding.index % WIDE
        if tile is None or inside >= len(tile.ids):
            return finding
        return replace(finding, entry=tile.ids[inside])


def _cut(tile: Tile, size: int) -> Tile:
    """Return a tile as it was when the log was shorter."""
    return Tile(tile.n, None, tile.ids[:size], tile.hashes[:size])


def _own(tile: Tile, root: bytes) -> bool:
    """Tell whether a tile says the root of its leaves, as a whole one must."""
    return tile.root == root or len(tile.hashes) < WIDE


def _keys(words: Sequence[str]) -> list[Key]:
    found = {}
    for word in words:
        try:
            found[word] = read_key(word)
        except NoteError:
            continue
    return list(found.values())
