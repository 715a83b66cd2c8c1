"""The pictures of a system's last hours, as figures that a template draws: bars and lines in SVG."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from lgsp.console.language import told

WIDTH, HEIGHT = 540, 150
LEFT, TOP, FOOT = 56, 8, 20
_TICKS = 3
_STEPS = (1, 2, 2.5, 5, 10)
Beat = Mapping[str, Any]


class Part(NamedTuple):
    """One colour of a chart; `kind` is its class in the style sheet."""

    kind: str
    text: str


OUTCOMES: Sequence[Part] = (
    Part("delivered", told("đã chuyển")),
    Part("put_off", told("hẹn chuyển lại")),
    Part("held", told("tạm giữ")),
    Part("dead", told("không chuyển được")),
)
ARRIVALS: Sequence[Part] = (
    Part("came", told("đã tiếp nhận")),
    Part("turned_away", told("không được tiếp nhận")),
)
SPEEDS: Sequence[Part] = (
    Part("middle", told("một nửa nhanh hơn")),
    Part("slow", told("95% nhanh hơn")),
)


class Block(NamedTuple):
    """A piece of a bar."""

    kind: str
    x: float
    y: float
    width: float
    height: float


class Slot(NamedTuple):
    """Ten minutes: where they are in the picture, and their figures."""

    x: float
    width: float
    beat: Beat
    blocks: Sequence[Block]


class Tick(NamedTuple):
    """A line across with its value, or the hour below."""

    at: float
    value: Any


class Chart(NamedTuple):
    """A picture; lines are lists of points as SVG has them, by the part they belong to."""

    parts: Sequence[Part]
    slots: Sequence[Slot]
    across: Sequence[Tick]
    hours: Sequence[Tick]
    lines: Sequence[tuple[str, str]]
    dots: Sequence[Block]
    empty: bool


def bars(beats: Sequence[Beat], parts: Sequence[Part]) -> Chart:
    """Return the bars of what befell, one for each slot."""
    top = _round_up(max((sum(beat[part.kind] for part in parts) for beat in beats), default=0))
    slots = [_slot(number, beat, len(beats), _stacked(parts, top)) for number, beat in enumerate(beats)]
    empty = not any(slot.blocks for slot in slots)
    return Chart(parts, slots, _across(top), _hours(slots), [], [], empty)


def lines(beats: Sequence[Beat]) -> Chart:
    """Return the lines of how long attempts took, in seconds; where there were none, a line is broken."""
    took = [beat["took"] for beat in beats]
    top = _round_up(max((one["slow"] for one in took if one), default=0.0))
    slots = [_slot(number, beat, len(beats), _nothing) for number, beat in enumerate(beats)]
    drawn, dots = [], []
    for part in SPEEDS:
        for stretch in _stretches(slots, part.kind, top):
            drawn.append((part.kind, " ".join(f"{x:.1f},{y:.1f}" for x, y in stretch)))
            dots += [Block(part.kind, x, y, 0, 0) for x, y in stretch]
    return Chart(SPEEDS, slots, _across(top), _hours(slots), drawn, dots, not drawn)


def _stretches(slots: Sequence[Slot], kind: str, top: float) -> list[list[tuple[float, float]]]:
    found: list[list[tuple[float, float]]] = [[]]
    for slot in slots:
        took = slot.beat["took"]
        if took:
            found[-1].append((slot.x + slot.width / 2, _y(took[kind], top)))
        elif found[-1]:
            found.append([])
    return [stretch for stretch in found if stretch]


Fill = Callable[[float, float, Beat], list[Block]]


def _slot(number: int, beat: Beat, count: int, fill: Fill) -> Slot:
    width = (WIDTH - LEFT) / count
    x = LEFT + number * width
    return Slot(round(x, 1), round(width, 1), beat, fill(x + 1, width - 2, beat))


def _stacked(parts: Sequence[Part], top: float) -> Fill:
    def fill(x: float, width: float, beat: Beat) -> list[Block]:
        found, below = [], 0
        for part in parts:
            if beat[part.kind]:
                upper, lower = _y(below + beat[part.kind], top), _y(below, top)
                # what is there is seen, however little of all it is
                height = max(lower - upper, 1.5)
                found.append(
                    Block(part.kind, round(x, 1), round(lower - height, 1), round(width, 1), round(height, 1))
                )
                below += beat[part.kind]
        return found

    return fill


def _nothing(_: float, __: float, ___: Beat) -> list[Block]:
    return []


def _y(value: float, top: float) -> float:
    room = HEIGHT - TOP - FOOT
    return TOP + room * (1 - value / top)


def _round_up(value: float) -> float:
    """Return a round number that is not smaller, for the top of a scale."""
    if value <= 0:
        return 1.0
    power = 10 ** math.floor(math.log10(value))
    return float(next(step * power for step in _STEPS if step * power >= value * 0.999))


def _across(top: float) -> list[Tick]:
    return [Tick(round(_y(top * n / (_TICKS - 1), top), 1), top * n / (_TICKS - 1)) for n in range(_TICKS)]


def _hours(slots: Sequence[Slot]) -> list[Tick]:
    """Return the full hours, each at the beginning of its slot."""
    return [Tick(slot.x, slot.beat["start"]) for slot in slots if slot.beat["start"][14:16] == "00"]
