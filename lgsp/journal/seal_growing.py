"""The end of the log, as it is remembered: it grows by entries, and says which tiles that changed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from struct import pack, unpack
from typing import Any, NamedTuple

from lgsp.domain.merkle.tree import HEIGHT, WIDE, Frontier, root_of
from lgsp.journal.seal_leaves import ID, hash_of

_ID, _HASH = 8, 32


class Tile(NamedTuple):
    """256 leaves, fewer where it is the last one; the root is that of a whole one, else None."""

    n: int
    root: bytes | None
    ids: Sequence[int]
    hashes: Sequence[bytes]

    def kept(self) -> tuple[int, bytes | None, bytes, bytes]:
        """Return it as the journal keeps it."""
        return self.n, self.root, pack(f">{len(self.ids)}q", *self.ids), b"".join(self.hashes)


def tile_of(n: int, root: bytes | None, ids: bytes, hashes: bytes) -> Tile:
    """Return a tile as it was kept; what is torn at its end is left out."""
    count = min(len(ids) // _ID, len(hashes) // _HASH)
    cut = [bytes(hashes[at : at + _HASH]) for at in range(0, count * _HASH, _HASH)]
    return Tile(n, None if root is None else bytes(root), unpack(f">{count}q", ids[: count * _ID]), cut)


@dataclass(slots=True)
class Tail:
    """What has to be known of a log that it may grow.

    Attributes:
        whole: the tree of its whole tiles.
        ids: of the entries in the last one, which is not whole.
        hashes: of their leaves.
    """

    whole: Frontier
    ids: list[int]
    hashes: list[bytes]

    @property
    def size(self) -> int:
        """Return how many leaves the log has."""
        return self.whole.size + len(self.ids)

    def root(self) -> bytes:
        """Return the root of the log."""
        tree = self.whole.copy()
        for one in self.hashes:
            tree.add(one)
        return tree.root()

    def grown(self, rows: Sequence[Sequence[Any]]) -> tuple[Tail, list[Tile]]:
        """Return the log with more entries at its end, as rows of `COLUMNS`, and the tiles that changed."""
        whole, tiles = self.whole.copy(), []
        ids = self.ids + [row[ID] for row in rows]
        hashes = self.hashes + [hash_of(row) for row in rows]
        while len(ids) >= WIDE:
            root = root_of(hashes[:WIDE])
            tiles.append(Tile(whole.size // WIDE, root, ids[:WIDE], hashes[:WIDE]))
            whole.add(root, HEIGHT)
            ids, hashes = ids[WIDE:], hashes[WIDE:]
        if ids:
            tiles.append(Tile(whole.size // WIDE, None, ids, hashes))
        return Tail(whole, ids, hashes), tiles
