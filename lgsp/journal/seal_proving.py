"""Proofs of what the log holds: the path from an entry to the root of the newest checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from lgsp.domain.merkle.proofs import consistency, inclusion, nodes_of
from lgsp.domain.merkle.tree import WIDE
from lgsp.errors import GatewayError
from lgsp.journal import seal_reading as reading
from lgsp.journal.contract import Transaction
from lgsp.journal.rows import numbers_of
from lgsp.journal.seal import place_of
from lgsp.journal.seal_growing import Tile
from lgsp.journal.seal_leaves import ID, hash_of, leaf
from lgsp.journal.seal_matching import TX, Row
from lgsp.journal.seal_reading import Kept

FORM = "lgsp-proof-1"
MOST = 1000
"""Entries of one message that are proved at once."""
_NEAR = 4
_OF_MESSAGE = "SELECT id FROM entries WHERE message_id = ? ORDER BY id LIMIT ?"
_TX = "SELECT tx FROM entries WHERE id = ?"


class NotSealedError(GatewayError):
    """There is nothing to prove: no such entry, or it is not sealed yet."""


def entries_of(tx: Transaction, message: UUID) -> list[int]:
    """Return the numbers of a message's entries."""
    found = numbers_of(tx, [message.bytes])
    number = found.get(message.bytes)
    return [] if number is None else [row[0] for row in tx.rows(_OF_MESSAGE, (number, MOST))]


def prove(tx: Transaction, numbers: Sequence[int]) -> dict[str, Any]:
    """Return, as JSON is made of, proofs that entries are in the log of the newest checkpoint.

    Raises:
        NotSealedError: one of them is not, or not as it was sealed.
    """
    newest = reading.newest(tx)
    rows = {row[ID]: row for row in reading.by_numbers(tx, numbers)}
    if newest is None or len(rows) < len(set(numbers)):
        raise NotSealedError("proving an entry: there is none of this number in the log")
    tree = _Tree(tx, newest)
    proofs = [tree.proof(rows[number]) for number in numbers]
    key = place_of(tx).key
    return {"format": FORM, "checkpoint": newest.note, "key": key, "proofs": proofs}


def prove_growth(tx: Transaction, old: int) -> dict[str, Any]:
    """Return, as JSON is made of, what shows that the log of now begins with its first leaves as they were.

    Raises:
        NotSealedError: it never had so many.
    """
    newest = reading.newest(tx)
    if newest is None or not 0 < old <= newest.size:
        raise NotSealedError(f"proving that the log only grew: it does not have {old} leaves")
    path = consistency(old, newest.size, _Tree(tx, newest).nodes)
    said = {"from": old, "path": [one.hex() for one in path]}
    return {"format": FORM, "checkpoint": newest.note, "key": place_of(tx).key, "growth": said}


class _Tree:
    """The tree of a checkpoint; what is not asked for is not read."""

    def __init__(self, tx: Transaction, newest: Kept) -> None:
        self._tx = tx
        self._size = newest.size
        self._tiles: dict[int, Tile] = {}
        self.nodes = nodes_of(reading.roots(tx, 0, newest.size // WIDE), self._hashes)

    def _tile(self, n: int) -> Tile:
        if n not in self._tiles:
            self._tiles[n] = reading.tile(self._tx, n) or Tile(n, None, (), ())
        return self._tiles[n]

    def _hashes(self, n: int) -> Sequence[bytes]:
        return self._tile(n).hashes

    def proof(self, row: Row) -> dict[str, Any]:
        index = self._index(row)
        if hash_of(row) != self._tile(index // WIDE).hashes[index % WIDE]:
            raise NotSealedError(f"proving entry {row[ID]}: it is not as sealed; run lgsp audit verify")
        path = inclusion(index, self._size, self.nodes)
        return {"leaf": leaf(row).decode(), "index": index, "path": [one.hex() for one in path]}

    def _index(self, row: Row) -> int:
        """Return the place of an entry in the log, found by halves, as the log is in order.

        Raises:
            NotSealedError: it has none yet.
        """
        low, high = 0, (self._size - 1) // WIDE
        while low < high:
            middle = (low + high + 1) // 2
            if self._begins(middle) <= (row[TX], row[ID]):
                low = middle
            else:
                high = middle - 1
        for n in (low, *range(max(0, low - _NEAR), low + _NEAR)):
            ids = self._tile(n).ids
            if row[ID] in ids and (place := n * WIDE + ids.index(row[ID])) < self._size:
                return int(place)
        raise NotSealedError(f"proving entry {row[ID]}: it is not sealed yet; try again in a few seconds")

    def _begins(self, n: int) -> tuple[int, int]:
        """Return where in the order a tile begins; one whose first entry was let go is as old as can be."""
        first = self._tile(n).ids[0]
        found = self._tx.rows(_TX, (first,))
        return (found[0][0], first) if found else reading.START
