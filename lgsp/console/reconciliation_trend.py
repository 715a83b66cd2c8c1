"""The trend of a scope as a picture: what each run found, new or still there, and what was solved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from lgsp.console.reconciliation_words import total

WIDTH, HEIGHT = 720, 190
_TOP, _BOTTOM, _LEFT, _RIGHT = 14, 24, 56, 8
_WIDEST = 44.0


class Box(NamedTuple):
    """A rectangle; `kind` names its colour."""

    kind: str
    y: float
    height: float


class Bar(NamedTuple):
    """One run: where it stands in the picture, and its numbers."""

    run: Mapping[str, Any]
    x: float
    width: float
    boxes: Sequence[Box]
    total: int
    new: int
    still: int
    solved: int

    @property
    def middle(self) -> float:
        """Return the middle of the bar, where its date is written."""
        return self.x + self.width / 2


class Trend(NamedTuple):
    """A picture of runs of one scope, oldest first: above the line what differs, below it what was solved."""

    bars: Sequence[Bar]
    zero: float
    most: int
    least: int
    labels: frozenset[int]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT


def trend(runs: Sequence[Mapping[str, Any]]) -> Trend | None:
    """Return the picture of runs that ended well, given newest first; None of fewer than two."""
    ended = [one for one in reversed(runs) if one["state"] == "done"]
    if len(ended) < 2:  # noqa: PLR2004 - one run is no trend
        return None
    numbers = [_numbers(one) for one in ended]
    most = max(1, *(sum(one[:2]) for one in numbers))
    least = max(one[2] for one in numbers)
    scale = (HEIGHT - _TOP - _BOTTOM) / (most + least)
    zero = _TOP + most * scale
    slot = (WIDTH - _LEFT - _RIGHT) / len(ended)
    width = min(slot * 0.7, _WIDEST)
    bars = [
        _bar(one, numbers[at], _LEFT + slot * at + (slot - width) / 2, width, zero, scale)
        for at, one in enumerate(ended)
    ]
    every = max(1, -(-len(ended) // 8))
    last = len(ended) - 1
    labels = frozenset(at for at in range(len(ended)) if (last - at) % every == 0)
    return Trend(bars, zero, most, least, labels)


def _numbers(run: Mapping[str, Any]) -> tuple[int, int, int]:
    counts = run["counts"]
    still = min(counts.get("still", 0), total(counts))
    return total(counts) - still, still, counts.get("solved", 0)


def _bar(  # noqa: PLR0913, PLR0917 - a place, its size, and what stands there
    run: Mapping[str, Any], numbers: tuple[int, int, int], x: float, width: float, zero: float, scale: float
) -> Bar:
    new, still, solved = numbers
    boxes = [
        Box("still", zero - still * scale, still * scale),
        Box("new", zero - (still + new) * scale, new * scale),
        Box("solved", zero, solved * scale),
    ]
    shown = [Box(kind, round(y, 1), round(max(height, 1.5), 1)) for kind, y, height in boxes if height]
    return Bar(run, round(x, 1), round(width, 1), shown, new + still, new, still, solved)
