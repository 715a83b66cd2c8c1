"""Drawing routes: who brings on the left, who receives on the right, the routes between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lgsp.adapters import adapter_class
from lgsp.errors import ConfigError
from lgsp.routes import Route, Routes

WIDTH = 1080
_SIDE, _MIDDLE, _BOX, _ROW, _GAP, _TOP = 210, 400, 52, 58, 14, 12
_LEFT, _RIGHT = 0, WIDTH - _SIDE
_CENTRE = (WIDTH - _MIDDLE) // 2
_LETTERS = 24
"""Letters of a name that a box has room for."""


class Box(NamedTuple):
    """A system or a route, by its upper left corner."""

    name: str
    x: int
    y: int
    width: int
    height: int
    route: Route | None = None

    @property
    def short(self) -> str:
        """Return the name as far as there is room."""
        most = _LETTERS if self.route is None else _LETTERS * 2
        return self.name if len(self.name) <= most else f"{self.name[: most - 1]}…"

    @property
    def middle(self) -> int:
        """Return the height of its middle."""
        return self.y + self.height // 2


class Line(NamedTuple):
    """A way between two boxes: the `d` of a path.

    Attributes:
        how: `from` its source, `any` of the sources, `to` a named system, `served` for receivers whom it
            serves, `else` for all other receivers.
    """

    d: str
    how: str


@dataclass(slots=True)
class Picture:
    """What is drawn."""

    sources: list[Box] = field(default_factory=list)
    routes: list[Box] = field(default_factory=list)
    goals: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    height: int = 0
    width: int = WIDTH


def sources_of(routes: Routes, route: Route) -> list[str]:
    """Return the systems that may bring what takes a route."""
    if route.source is not None:
        return [route.source]
    return [name for name in routes.systems if route.type in _types(routes, name, "brings")]


def served_by(routes: Routes, route: Route) -> list[str]:
    """Return the systems to which receivers lead, of a route that asks for them."""
    if not route.by_recipients:
        return []
    return [
        name
        for name, system in routes.systems.items()
        if system.serves and route.type in _types(routes, name, "takes")
    ]


def _types(routes: Routes, system: str, way: str) -> frozenset[str]:
    try:
        found: frozenset[str] = getattr(adapter_class(routes.systems[system].adapter), way)
    except ConfigError:
        return frozenset()
    return found


def drawn(routes: Routes) -> Picture:
    """Return the picture of routes."""
    made = Picture()
    for n, route in enumerate(routes.routes):
        made.routes.append(Box(route.name, _CENTRE, _TOP + n * (_ROW + _GAP), _MIDDLE, _ROW, route))
    from_, to = _ends(routes)
    made.sources = _column(from_, made.routes, _LEFT)
    made.goals = _column(to, made.routes, _RIGHT)
    lefts, rights = {one.name: one for one in made.sources}, {one.name: one for one in made.goals}
    for box in made.routes:
        made.lines += _lines(routes, box, lefts, rights)
    boxes = [*made.sources, *made.routes, *made.goals]
    made.height = max((one.y + one.height for one in boxes), default=_BOX) + _TOP
    return made


def _ends(routes: Routes) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """Return the systems on either side with the numbers of their routes; a side may be without some."""
    from_: dict[str, list[int]] = {}
    to: dict[str, list[int]] = {}
    for n, route in enumerate(routes.routes):
        for name in sources_of(routes, route):
            from_.setdefault(name, []).append(n)
        for name in dict.fromkeys([*served_by(routes, route), *route.systems]):
            to.setdefault(name, []).append(n)
    for name in routes.systems:  # what no route names is seen too
        if name not in from_ and name not in to:
            from_[name] = []
    return from_, to


def _column(members: Mapping[str, Sequence[int]], rows: Sequence[Box], x: int) -> list[Box]:
    """Return boxes near the middle of their routes, none over another."""
    wanted = {
        name: sum(rows[n].middle for n in of) / len(of) if of else float("inf")
        for name, of in members.items()
    }
    made: list[Box] = []
    free = _TOP
    for name in sorted(wanted, key=lambda one: wanted[one]):
        middle = wanted[name] if wanted[name] < float("inf") else 0
        y = max(free, round(middle) - _BOX // 2)
        made.append(Box(name, x, y, _SIDE, _BOX))
        free = y + _BOX + _GAP
    return made


def _lines(routes: Routes, box: Box, lefts: Mapping[str, Box], rights: Mapping[str, Box]) -> Iterable[Line]:
    route = box.route
    if route is None:
        return
    how = "any" if route.source is None else "from"
    for name in sources_of(routes, route):
        yield _curve(lefts[name], box, how)
    served = served_by(routes, route)
    for name in served:
        yield _curve(box, rights[name], "served")
    for name in route.systems:
        yield _curve(box, rights[name], "else" if route.by_recipients else "to", 8 if name in served else 0)


def _curve(one: Box, other: Box, how: str, lower: int = 0) -> Line:
    x, y, to_x, to_y = one.x + one.width, one.middle + lower, other.x, other.middle + lower
    bend = (to_x - x) // 2
    return Line(f"M{x} {y}C{x + bend} {y} {to_x - bend} {to_y} {to_x - 6} {to_y}", how)
