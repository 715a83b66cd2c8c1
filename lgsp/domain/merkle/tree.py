"""The tree of RFC 9162 (section 2.1): hashes of leaves and nodes, and roots of trees of any size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Self

EMPTY = sha256().digest()
"""The root of a tree without leaves."""
HEIGHT = 8
WIDE = 1 << HEIGHT
"""So many leaves are kept together as one tile, which is a subtree once it is full."""


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf's bytes."""
    return sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node by those of its children."""
    return sha256(b"\1" + left + right).digest()


def split(size: int) -> int:
    """Return the largest power of two below a size of 2 or more: so many leaves are left of the root."""
    return 1 << (size - 1).bit_length() - 1


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root over hashes of leaves."""
    level, digest = list(hashes), sha256
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        pairs = zip(level[::2], level[1::2], strict=False)
        # a last one without a sister goes up as it is: this gives the tree of the definition
        level = [digest(b"\1" + left + right).digest() for left, right in pairs] + odd
    return level[0] if level else EMPTY


class Frontier:
    """What one must remember of a tree to let it grow: the roots of its whole subtrees, the largest first.

    Attributes:
        size: how many leaves it has.
    """

    def __init__(self, size: int = 0, roots: Iterable[bytes] = ()) -> None:
        self.size = size
        self.roots = list(roots)
        if len(self.roots) != size.bit_count():
            raise ValueError(f"remembering a tree of {size} leaves: {len(self.roots)} roots are not its own")

    def copy(self) -> Self:
        """Return another one that is as this is now."""
        return type(self)(self.size, self.roots)

    def add(self, whole: bytes, height: int = 0) -> None:
        """Append a leaf, or the root of a whole subtree of `2**height` leaves, where its place is.

        Raises:
            ValueError: a subtree of that height cannot begin here.
        """
        if self.size & (1 << height) - 1:
            raise ValueError(f"appending 2**{height} leaves: no such subtree begins at {self.size}")
        carry = self.size >> height
        while carry & 1:
            whole = node_hash(self.roots.pop(), whole)
            carry >>= 1
        self.roots.append(whole)
        self.size += 1 << height

    def root(self) -> bytes:
        """Return the root of the tree as it is now."""
        if not self.roots:
            return EMPTY
        *left, root = self.roots
        for one in reversed(left):
            root = node_hash(one, root)
        return root
