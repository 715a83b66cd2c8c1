"""A wide table as lines of text that fit a terminal: columns that do not fit stand in further parts below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import wrap
from typing import NamedTuple

from rich.cells import cell_len

from lgsp.reporting.rendering.sheet import Column, Row, Sheet
from lgsp.reporting.rendering.written import line

_GAP = "  "
_LABEL, _TEXT, _LEAST = 34, 16, 5


class Line(NamedTuple):
    """A line of a table, and whether it is one of a total or a heading."""

    text: str
    strong: bool = False


class _Part(NamedTuple):
    """Columns that stand beside each other: their numbers, and how wide each is."""

    at: Sequence[int]
    widths: Sequence[int]


def grid(sheet: Sheet, room: int) -> Iterator[list[Line]]:
    """Yield the parts of a table, each with the columns that name its rows.

    Args:
        sheet: the table.
        room: letters of a line.
    """
    cells = [line(row, sheet.columns) for row in sheet.rows]
    widths = [_width(one, [row[n] for row in cells]) for n, one in enumerate(sheet.columns)]
    for at in _parts(sheet.columns, widths, room):
        part = _Part(at, [widths[n] for n in at])
        own = [sheet.columns[n] for n in at]
        yield [*_head(own, part.widths), *_body(sheet.rows, cells, own, part)]


def _width(column: Column, texts: Sequence[str]) -> int:
    longest = max(map(cell_len, texts), default=0)
    words = max(map(cell_len, column.title.split()), default=0)
    if column.numeric:
        return max(longest, words, _LEAST)
    most = _LABEL if column.key == "label" else _TEXT
    return max(min(max(longest, cell_len(column.title)), most), words)


def _parts(columns: Sequence[Column], widths: Sequence[int], room: int) -> Iterator[list[int]]:
    """Yield the numbers of the columns of each part; columns under one heading stay together if they can."""
    names = [n for n, one in enumerate(columns) if not one.numeric]
    left = room - _wide(names, widths)
    part: list[int] = []
    for group in _groups(columns):
        for some in [group] if _wide(group, widths) <= left else [[n] for n in group]:
            if part and _wide([*part, *some], widths) > left:
                yield [*names, *part]
                part = []
            part += some
    yield [*names, *part]


def _groups(columns: Sequence[Column]) -> Iterator[list[int]]:
    numbers = [n for n, one in enumerate(columns) if one.numeric]
    for _, some in groupby(numbers, key=lambda n: columns[n].groups[:1] or (str(n),)):
        yield list(some)


def _wide(at: Sequence[int], widths: Sequence[int]) -> int:
    return sum(widths[n] + len(_GAP) for n in at)


# --- lines ----------------------------------------------------------------------------------------------

_Placed = tuple[str, int, str]
"""A text, how wide its place is, and on which side of it it stands: `<`, `>` or `^`."""


def _head(own: Sequence[Column], widths: Sequence[int]) -> Iterator[Line]:
    for level in range(max((len(one.groups) for one in own), default=0)):
        yield from _laid(list(_over(own, widths, level)), strong=True)
    placed = zip((one.title for one in own), widths, map(_side, own), strict=True)
    yield from _laid(list(placed), strong=True)
    yield Line(_GAP.join("─" * wide for wide in widths))


def _side(column: Column) -> str:
    return ">" if column.numeric else "<"


def _over(own: Sequence[Column], widths: Sequence[int], level: int) -> Iterator[_Placed]:
    """Yield the headings of a level over the whole width; nothing where columns have none there."""
    at = 0
    for title, some in groupby(
        own, key=lambda one: one.groups[: level + 1] if level < len(one.groups) else ()
    ):
        across = len(list(some))
        wide = sum(widths[at : at + across]) + len(_GAP) * (across - 1)
        text = title[-1] if title else ""
        yield f" {text} ".center(wide, "·") if text and cell_len(text) + 4 <= wide else text, wide, "^"
        at += across


def _body(
    rows: Sequence[Row], cells: Sequence[Sequence[str]], own: Sequence[Column], part: _Part
) -> Iterator[Line]:
    for row, texts in zip(rows, cells, strict=True):
        if row.kind == "section":
            yield Line(next(filter(None, texts), ""), strong=True)
            continue
        placed = zip((texts[n] for n in part.at), part.widths, map(_side, own), strict=True)
        yield from _laid(list(placed), strong=row.kind == "total")


def _laid(cells: Sequence[_Placed], *, strong: bool) -> Iterator[Line]:
    """Yield cells beside each other, each wrapped in its place; what is short stands at the bottom."""
    wrapped = [wrap(text, wide) or [""] for text, wide, _ in cells]
    high = max(map(len, wrapped), default=0)
    if not any(map(any, wrapped)):
        return
    for n in range(high):
        texts = [lines[n] if n < len(lines) else "" for lines in wrapped]
        placed = (_aligned(text, wide, side) for text, (_, wide, side) in zip(texts, cells, strict=True))
        yield Line(_GAP.join(placed).rstrip(), strong)


def _aligned(text: str, wide: int, side: str) -> str:
    room = max(wide - cell_len(text), 0)
    before = {"<": 0, ">": room, "^": room // 2}[side]
    return " " * before + text + " " * (room - before)
