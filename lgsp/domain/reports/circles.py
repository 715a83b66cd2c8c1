"""Finding circles among what follows from what, without recursion and each one once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


def circles(edges: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Return one circle through every knot of names that lead back to themselves.

    Each begins and ends with its first name in alphabetical order: `(a, b, a)`. The same edges in another
    order give the same circles.
    """
    found = {_turned(circle) for start in sorted(edges) if (circle := _back_to(start, edges))}
    return tuple(sorted(found))


def _back_to(start: str, edges: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the shortest way from a name back to itself; empty when there is none."""
    ways: dict[str, str] = {}
    front = [start]
    while front:
        reached = [(one, other) for one in front for other in sorted(set(edges.get(one, ())))]
        front = []
        for one, other in reached:
            if other == start:
                return [start, *reversed(list(_way(one, start, ways)))]
            if other not in ways:
                ways[other] = one
                front.append(other)
    return []


def _way(last: str, start: str, ways: Mapping[str, str]) -> Iterator[str]:
    while last != start:
        yield last
        last = ways[last]


def _turned(circle: Sequence[str]) -> tuple[str, ...]:
    first = circle.index(min(circle))
    return (*circle[first:], *circle[:first], circle[first])
