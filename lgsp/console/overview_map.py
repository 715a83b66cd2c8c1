"""Where the map of the overview draws each system and each way: plain geometry, in units of its view box."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log10
from typing import Generic, TypeVar

from lgsp.console.overview_look import Bringer, Overview, Taker, Way

WIDTH, BOX, HIGH, GAP = 1080, 292, 74, 16
"""Of the view box; of a system's box; the room between two of them."""
BAR, TALL = 5, 34
"""Of one bar of a small chart: its width, gap and all, and the height of the highest."""
_THIN, _THICK = 1.5, 14.0
_PORT = 15.0
_NEAR = 0.16

T = TypeVar("T", Bringer, Taker)


@dataclass(slots=True, frozen=True)
class Box(Generic[T]):
    """A system's place: the left upper corner."""

    of: T
    x: int
    y: int


@dataclass(slots=True, frozen=True)
class Curve:
    """A way's place: the path, how wide, where its label stands, and the health of where it leads."""

    way: Way
    path: str
    width: float
    x: float
    y: float
    health: str


@dataclass(slots=True, frozen=True)
class Drawing:
    """The whole map; `height` is of its view box."""

    height: int
    left: Sequence[Box[Bringer]]
    right: Sequence[Box[Taker]]
    curves: Sequence[Curve]


def drawn(seen: Overview) -> Drawing:
    """Place everything: who brings on the left, who takes on the right, ways between."""
    rows = max(len(seen.bringers), len(seen.takers), 1)
    height = rows * (HIGH + GAP) - GAP
    left, right = _column(seen.bringers, 0, height), _column(seen.takers, WIDTH - BOX, height)
    return Drawing(height, left, right, list(_curves(seen, left, right)))


def _column(systems: Sequence[T], x: int, height: int) -> list[Box[T]]:
    taken = len(systems) * (HIGH + GAP) - GAP
    first = (height - taken) // 2
    return [Box(one, x, first + n * (HIGH + GAP)) for n, one in enumerate(systems)]


def _curves(seen: Overview, left: Sequence[Box[Bringer]], right: Sequence[Box[Taker]]) -> Iterator[Curve]:
    begins, ends = {box.of.name: box.y for box in left}, {box.of.name: box.y for box in right}
    health = {box.of.name: box.of.health for box in right}
    ways = [way for way in seen.ways if way.source in begins and way.system in ends]
    for way in ways:
        out = sorted((w for w in ways if w.source == way.source), key=lambda w: ends[w.system])
        into = sorted((w for w in ways if w.system == way.system), key=lambda w: begins[w.source])
        begin = _port(begins[way.source], out.index(way), len(out))
        end = _port(ends[way.system], into.index(way), len(into))
        x1, x2 = BOX, WIDTH - BOX
        bend = (x2 - x1) / 2
        path = f"M{x1} {begin:g}C{x1 + bend:g} {begin:g} {x2 - bend:g} {end:g} {x2} {end:g}"
        near = begin + (end - begin) * _eased(_NEAR)
        yield Curve(way, path, _wide(way.went), x1 + (x2 - x1) * _NEAR, near, health[way.system])


def _port(y: int, place: int, of: int) -> float:
    step = min(_PORT * 2, (HIGH - _PORT) / max(of, 1))
    return y + HIGH / 2 + (place - (of - 1) / 2) * step


def _eased(share: float) -> float:
    return 3 * share**2 - 2 * share**3


def _wide(rate: float) -> float:
    """Return how wide a way is drawn: ten times as much is always the same step wider."""
    return round(min(_THICK, _THIN + 3.2 * log10(1 + rate)), 1)


def bars(counts: Sequence[int]) -> list[tuple[int, float, float]]:
    """Return the bars of a small chart: left edge, upper edge, height; what befell at all can be seen."""
    highest = max([*counts, 1])
    tall = [0.0 if not count else max(1.5, round(TALL * count / highest, 1)) for count in counts]
    return [(n * BAR, round(TALL - high, 1), high) for n, high in enumerate(tall)]
