"""Where everything of a chart stands: stacked bars that are told apart without colour too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from textwrap import wrap
from typing import NamedTuple

from lgsp.domain.figures.numbers import share
from lgsp.reporting.rendering.sheet import Bar, Chart
from lgsp.reporting.rendering.written import number, shortened

WIDTH = 1000
_LEFT, _RIGHT = 290, 160
_ROOM = WIDTH - _LEFT - _RIGHT
_TOP, _STEP, _THICK = 44, 34, 22
_LETTER = 7.4
"""How wide a letter of a label is at most, on the average."""
_PER_LINE = 38
_LEGEND_GAP = 46
_TINTS: dict[int, tuple[str, ...]] = {1: ("dark",), 2: ("light", "hatched"), 3: ("dark", "light", "hatched")}
_MORE = ("dark", "middle", "light", "dotted", "hatched")


class Part(NamedTuple):
    """A part of a bar. `text` is its number where there is room for it."""

    x: float
    width: float
    tint: str
    text: str


class Drawn(NamedTuple):
    """One bar with its label on the left and its sum on the right."""

    y: int
    label: list[str]
    parts: list[Part]
    said: str


class Key(NamedTuple):
    """What a tint stands for."""

    x: float
    tint: str
    text: str


class Drawing(NamedTuple):
    """A chart in units of a picture that is 1000 wide.

    Attributes:
        number: sets its names apart from those of the other charts of a page.
        above: what the numbers on the right are.
        told: the chart in words, for who cannot see it.
    """

    number: int
    title: str
    height: int
    left: int
    right: int
    thick: int
    keys: list[Key]
    bars: list[Drawn]
    above: str
    note: str
    told: str


def draw(chart: Chart, at: int = 1) -> Drawing:
    """Return a chart as it is drawn.

    Args:
        chart: of at least one bar; each series is 0 or more.
        at: which chart of its page it is.
    """
    largest = max((sum(bar.parts, Decimal(0)) for bar in chart.bars), default=Decimal(0))
    bars = [_drawn(chart, bar, n, largest) for n, bar in enumerate(chart.bars)]
    above = f"{_best(chart)} / tổng số" if chart.shares else "tổng số"
    sizes = _TOP + _STEP * len(bars) + 6, _LEFT, WIDTH - _RIGHT + 12, _THICK
    return Drawing(at, chart.title, *sizes, list(_keys(chart.series)), bars, above, chart.note, told(chart))


def told(chart: Chart) -> str:
    """Return a chart in words: each bar with its parts."""
    lines = []
    for bar in chart.bars:
        parts = (f"{name} {number(part)}" for name, part in zip(chart.series, bar.parts, strict=True))
        lines.append(f"{bar.label}: {', '.join(parts)}.")
    return " ".join([*lines, chart.note]).strip()


def _best(chart: Chart) -> str:
    return f"không {chart.series[-1]}" if len(chart.series) > 1 else chart.series[0]


def _drawn(chart: Chart, bar: Bar, n: int, largest: Decimal) -> Drawn:
    whole = sum(bar.parts, Decimal(0))
    scale = whole if chart.shares else largest
    label = wrap(shortened(bar.label, 2 * _PER_LINE - 4), _PER_LINE)[:2] or [""]
    return Drawn(_TOP + _STEP * n, label, list(_parts(bar.parts, scale)), _said(chart, bar, whole))


def _parts(numbers: Sequence[Decimal], scale: Decimal) -> Iterator[Part]:
    x, tints = float(_LEFT), _tints(len(numbers))
    for value, tint in zip(numbers, tints, strict=True):
        width = float(value / scale) * _ROOM if scale else 0.0
        text = number(value)
        if width:
            yield Part(round(x, 1), round(width, 1), tint, text if width > len(text) * _LETTER + 8 else "")
        x += width


def _said(chart: Chart, bar: Bar, whole: Decimal) -> str:
    if not chart.shares:
        return number(whole)
    rate = share(int((whole - bar.parts[-1]) * 1000), int(whole * 1000))
    return f"{number(rate, 1)} % / {number(whole)}" if rate is not None else "0"


def _tints(count: int) -> Sequence[str]:
    return _TINTS.get(count) or [_MORE[n % len(_MORE)] for n in range(count)]


def _keys(series: Sequence[str]) -> Iterator[Key]:
    x = float(_LEFT)
    for name, tint in zip(series, _tints(len(series)), strict=True):
        yield Key(round(x, 1), tint, name)
        x += len(name) * _LETTER + _LEGEND_GAP
