"""A small cut of a file around its faults: cells as people see them, with the numbers of their faults."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lgsp.formats import sheets
from lgsp.formats.sheets.faults import Unusable
from lgsp.formats.sheets.grid import Grid
from lgsp.formats.sheets.layout import layout
from lgsp.formats.sheets.opening import opened

_ROWS, _COLUMNS = 40, 12
_LONGEST = 40


class Cell(NamedTuple):
    """A cell, and the numbers of the faults in it."""

    text: str
    faults: Sequence[int]


class Row(NamedTuple):
    """A row of the sheet; `gap` says that rows before it are left out."""

    number: int
    cells: Sequence[Cell]
    gap: bool


class Cut(NamedTuple):
    """What is shown of a sheet; `more` counts the rows with faults that are not."""

    columns: Sequence[str]
    rows: Sequence[Row]
    more: int


def cut_of(content: bytes, places: Sequence[str]) -> Cut | None:
    """Return the rows with faults, and one above and below each; None where no cell is at fault.

    Args:
        content: the file.
        places: of its faults in their order, as `C7`; empty for one of the whole file.
    """
    faults: dict[tuple[int, int], list[int]] = {}
    for number, place in enumerate(places, 1):
        if at := sheets.parsed_address(place):
            faults.setdefault(at, []).append(number)
    grid = _grid(content) if faults else None
    if grid is None:
        return None
    faulty = sorted({row for row, _ in faults})
    rows = _around(faulty, max(len(grid.rows), faulty[-1]))[:_ROWS]
    last = min(max([column for _, column in faults] + [_width(grid, rows)]), _COLUMNS)
    shown = [
        Row(row, [_cell(grid, (row, column), faults) for column in range(1, last + 1)], row - 1 not in rows)
        for row in rows
    ]
    names = [sheets.address(1, column)[:-1] for column in range(1, last + 1)]
    return Cut(names, shown, sum(row not in rows for row in faulty))


def _grid(content: bytes) -> Grid | None:
    """Return the sheet that holds the table; else the first one; None where nothing can be read."""
    try:
        grids = opened(content).grids
    except Unusable:
        return None
    return next((one for one in grids if layout(one) is not None), grids[0] if grids else None)


def _around(faulty: Iterable[int], last: int) -> list[int]:
    return sorted({near for row in faulty for near in (row - 1, row, row + 1) if 1 <= near <= last})


def _width(grid: Grid, rows: Iterable[int]) -> int:
    return max((len(grid.rows[row - 1]) for row in rows if row <= len(grid.rows)), default=1)


def _cell(grid: Grid, at: tuple[int, int], faults: dict[tuple[int, int], list[int]]) -> Cell:
    text = grid.said(*at)
    return Cell(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…", faults.get(at, ()))
