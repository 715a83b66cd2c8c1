"""Finding one's way in a sheet: the row of headings, what its columns hold, and what stands above them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from lgsp.domain.letters import plain
from lgsp.formats.sheets.grid import Grid, Place

Split = tuple[str, str] | None
"""A breakdown and its member; None is the whole."""

CODE, NAME, UNIT, VALUE, OTHER = "code", "name", "unit", "value", "other"
_HEADINGS = MappingProxyType(
    {
        CODE: ("ma chi tieu", "ma so", "ma", "indicator", "code"),
        NAME: ("chi tieu", "ten chi tieu", "noi dung", "name"),
        UNIT: ("don vi tinh", "dvt", "unit"),
        VALUE: ("gia tri", "so lieu", "ket qua", "so luong", "value"),
        OTHER: ("stt", "tt", "ghi chu", "note", "no"),
    }
)
_KNOWN = {said: kind for kind, many in _HEADINGS.items() for said in many}
_SPLIT = re.compile(r"\[?([\w.\-]{1,60})=([\w.\-]{1,60})\]?\s*$")
_FARTHEST = 60
"""Rows among which the headings stand."""

FORM, AGENCY, PERIOD, REASON, VERSION = "form", "agency", "period", "reason", "version"
_ABOUT = {
    "bieu mau": FORM,
    "ma bieu mau": FORM,
    "form": FORM,
    "don vi": AGENCY,
    "ma don vi": AGENCY,
    "don vi bao cao": AGENCY,
    "co quan": AGENCY,
    "agency": AGENCY,
    "ky bao cao": PERIOD,
    "ky": PERIOD,
    "ma ky": PERIOD,
    "period": PERIOD,
    "ly do sua": REASON,
    "ly do": REASON,
    "reason": REASON,
    "phien ban": VERSION,
    "version": VERSION,
}


@dataclass(slots=True, frozen=True)
class Said:
    """One thing that a sheet says of itself, and where."""

    text: str
    at: Place


@dataclass(slots=True, frozen=True)
class Layout:
    """Where things stand.

    Attributes:
        grid: the sheet.
        heading: the row of headings.
        code: the column of the indicators' codes.
        values: the columns of values, each with the part that it is of.
        unread: columns whose heading says nothing that we know.
        about: what the sheet says of itself, by `FORM`, `AGENCY`, `PERIOD`, `REASON`, `VERSION`.
    """

    grid: Grid
    heading: int
    code: int
    values: Mapping[int, Split]
    unread: tuple[int, ...] = ()
    about: Mapping[str, Said] = field(default_factory=dict)

    def rows(self) -> Iterator[int]:
        """Yield the rows below the headings."""
        yield from range(self.heading + 1, len(self.grid.rows) + 1)


def layout(grid: Grid) -> Layout | None:
    """Return where things stand in a sheet; None where it holds no table of figures."""
    for row in range(1, min(len(grid.rows), _FARTHEST) + 1):
        kinds = {column: _kind(grid.said(row, column)) for column in _columns(grid, row)}
        code = next((column for column, kind in kinds.items() if kind == CODE), 0)
        values = {
            column: _split(grid.said(row, column))
            for column, kind in kinds.items()
            if kind in {VALUE, "split"}
        }
        if code and values:
            unread = tuple(column for column, kind in kinds.items() if kind == "")
            return Layout(grid, row, code, values, unread, dict(_about(grid, row)))
    return None


def _columns(grid: Grid, row: int) -> range:
    return range(1, len(grid.rows[row - 1]) + 1)


def _kind(heading: str) -> str:
    """Return what a column holds by its heading; empty for a heading that says nothing that we know."""
    if _SPLIT.search(heading):
        return "split"
    words = re.sub(r"[^a-z0-9 ]", " ", plain(heading))
    return _KNOWN.get(" ".join(words.split()), "" if words.strip() else OTHER)


def _split(heading: str) -> Split:
    found = _SPLIT.search(heading)
    return (found[1], found[2]) if found else None


def _about(grid: Grid, heading: int) -> Iterator[tuple[str, Said]]:
    """Yield what stands above the headings: a label, and the first cell behind it; or both in one cell."""
    for row in range(heading - 1, 0, -1):
        for column in _columns(grid, row):
            label, _, behind = grid.said(row, column).partition(":")
            what = _ABOUT.get(plain(label).strip())
            if what is None:
                continue
            if behind.strip():
                yield what, Said(behind.strip(), (row, column))
            else:
                yield from ((what, said) for said in _first_behind(grid, row, column))
            break


def _first_behind(grid: Grid, row: int, column: int) -> Iterator[Said]:
    for other in range(column + 1, len(grid.rows[row - 1]) + 1):
        text = grid.said(row, other)
        if text:
            yield Said(text, (row, other))
            return
