"""Proofs of RFC 9162 (sections 2.1.3 and 2.1.4): that a tree holds a leaf, and that it only grew."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lgsp.domain.merkle.tree import EMPTY, WIDE, node_hash, root_of, split

Nodes = Callable[[int, int], bytes]
"""Returns the root over the leaves from one place up to, and without, another one."""


def inclusion(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """Return the path from a leaf to the root of a tree, the leaf's sister first.

    Raises:
        ValueError: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"proving leaf {index}: the tree has {size}")
    path, low, high = [], 0, size
    while high - low > 1:
        middle = low + split(high - low)
        if index < middle:
            path.append(nodes(middle, high))
            high = middle
        else:
            path.append(nodes(low, middle))
            low = middle
    return path[::-1]


def consistency(old: int, new: int, nodes: Nodes) -> list[bytes]:
    """Return what shows that a tree of `new` leaves begins with the one of `old` leaves.

    Raises:
        ValueError: the old one is larger, or has no leaves.
    """
    if not 0 < old <= new:
        raise ValueError(f"proving that {old} leaves grew to {new}: they did not")
    proof, low, high, whole = [], 0, new, True
    while high != old:
        middle = low + split(high - low)
        if old <= middle:
            proof.append(nodes(middle, high))
            high = middle
        else:
            proof.append(nodes(low, middle))
            low, whole = middle, False
    return [*([] if whole else [nodes(low, high)]), *reversed(proof)]


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that a path leads to from a leaf's hash; None where it is no path of such a tree."""
    if not 0 <= index < size:
        return None
    place, last, root = index, size - 1, leaf
    for sister in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            root = node_hash(sister, root)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            root = node_hash(root, sister)
        place, last = place >> 1, last >> 1
    return root if last == 0 else None


def grew(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether a proof shows that a tree of `new` leaves begins with one of `old` leaves."""
    if old in (0, new):
        return not proof and old_root == (EMPTY if old == 0 else new_root)
    steps = list(proof) if old & (old - 1) else [old_root, *proof]
    if not 0 < old < new or not steps:
        return False
    place, last = _from_the_right(old - 1, new - 1)
    left = right = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            left, right = node_hash(step, left), node_hash(step, right)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            right = node_hash(right, step)
        place, last = place >> 1, last >> 1
    return last == 0 and left == old_root and right == new_root


def _from_the_right(place: int, last: int) -> tuple[int, int]:
    while place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def nodes_of(tiles: Sequence[bytes], tile: Callable[[int], Sequence[bytes]]) -> Nodes:
    """Return who knows every node of a tree of which the roots of whole tiles are at hand.

    Args:
        tiles: the roots of whole tiles, in order.
        tile: returns the leaves' hashes of a tile, also of the last one, which may not be whole.
    """

    def nodes(low: int, high: int) -> bytes:
        n, inside = divmod(low, WIDE)
        if high - low == WIDE and not inside and n < len(tiles):
            return tiles[n]
        if high <= (n + 1) * WIDE:
            return root_of(tile(n)[inside : high - n * WIDE])
        middle = low + split(high - low)
        return node_hash(nodes(low, middle), nodes(middle, high))

    return nodes
