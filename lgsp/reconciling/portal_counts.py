"""Reading a file of what the far side counts by agency: XLSX or CSV, each fault with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from lgsp.domain.codes import agency_code
from lgsp.errors import ConfigError
from lgsp.formats.sheets.faults import Fault, Unusable
from lgsp.formats.sheets.grid import Grid
from lgsp.formats.sheets.opening import opened
from lgsp.message import VIETNAM, nfc

_NAMES = {
    "agency": ("agency", "madonvi", "mã đơn vị", "macoquan", "mã cơ quan", "mã định danh"),
    "count": ("count", "soluong", "số lượng", "sohoso", "số hồ sơ", "tổng số", "tổng số hồ sơ"),
    "since": ("from", "since", "tungay", "từ ngày"),
    "until": ("to", "until", "denngay", "đến ngày"),
    "period": ("period", "month", "ky", "kỳ", "thang", "tháng"),
}
"""What a column may be called; `_` counts as a space, and letters' case does not."""
_HEADED = 20
"""Rows in which the headings are looked for: a title may stand above them."""
_TOLD, _DECEMBER = 20, 12
_WHOLE, _GROUPED = re.compile(r"\d{1,15}"), re.compile(r"\d{1,3}(?:([., ])\d{3})(?:\1\d{3})*")
_DAYS = ("%Y-%m-%d", "%d/%m/%Y")
_MONTH = re.compile(r"(?:(\d{4})-(\d{1,2})|(\d{1,2})/(\d{4}))")


@dataclass(slots=True, frozen=True)
class Line:
    """What the far side counts of one agency.

    Attributes:
        agency: normal form of its code.
        since, until: ISO 8601 with offset; the end does not belong to it. None is as the run has it.
    """

    agency: str
    count: int
    since: str | None = None
    until: str | None = None


def read(path: Path) -> list[Line]:
    """Return what a file counts.

    Raises:
        ConfigError: it cannot be read so; up to 20 faults, each with its line.
    """
    try:
        grids = opened(path.read_bytes()).grids
    except Unusable as fault:
        raise ConfigError([f"{path.name}: {Fault(0, 0, fault.code, fault.detail).en}"]) from None
    for grid in grids:
        if headings := _headings(grid):
            return _lines(path.name, grid, *headings)
    raise ConfigError(
        [f"{path.name}: no columns are called MaDonVi and SoLuong (or agency and count); name them"]
    )


def _headings(grid: Grid) -> tuple[int, dict[str, int]] | None:
    """Return the row of the headings, and the columns by what they tell."""
    for row in range(1, min(len(grid.rows), _HEADED) + 1):
        said = {_named(grid.said(row, at)): at for at in range(1, len(grid.rows[row - 1]) + 1)}
        columns = {name: said[name] for name in _NAMES if name in said}
        if {"agency", "count"} <= columns.keys():
            return row, columns
    return None


def _named(heading: str) -> str:
    said = nfc(heading).strip().casefold().replace("_", " ")
    return next((ours for ours, theirs in _NAMES.items() if said in theirs), "")


def _lines(name: str, grid: Grid, heading: int, columns: Mapping[str, int]) -> list[Line]:
    found, faults = list[Line](), list[str]()
    for number, row in _rows(grid, heading, columns):
        try:
            found.append(_line(row))
        except ValueError as fault:
            faults.append(f"{name}:{number}: {fault}")
    if faults:
        raise ConfigError(faults[:_TOLD])
    return found


def _rows(grid: Grid, heading: int, columns: Mapping[str, int]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield what rows say by the names of their columns; those without anything are left out."""
    for number in range(heading + 1, len(grid.rows) + 1):
        row = {name: _value(grid, number, at) for name, at in columns.items()}
        if any(value != "" for value in row.values()):
            yield number, row


def _value(grid: Grid, row: int, column: int) -> date | str:
    """Return a cell: a day that a spreadsheet knows as one, or a text."""
    value = grid.at(row, column)
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else grid.said(row, column)


def _line(row: Mapping[str, Any]) -> Line:
    """Return a row as a count.

    Raises:
        ValueError: it names no agency, no number, or a period that is none.
    """
    agency = agency_code(str(row["agency"]))
    if agency is None:
        raise ValueError(f"{row['agency']!r} is no agency's code; a line of totals is taken out")
    return Line(agency, _count(str(row["count"])), *_period(row))


def _count(text: str) -> int:
    if not (_WHOLE.fullmatch(text) or _GROUPED.fullmatch(text)):
        raise ValueError(f"{text!r} is no count; write a whole number")
    return int(re.sub("[., ]", "", text))


def _period(row: Mapping[str, Any]) -> tuple[str | None, str | None]:
    since, until, month = (row.get(name, "") for name in ("since", "until", "period"))
    if month != "" and (since != "" or until != ""):
        raise ValueError("has a month and days; leave one of them out")
    if month != "":
        return _month(month)
    last = _day(until)
    return _midnight(_day(since)), _midnight(last and last + timedelta(days=1))


def _month(said: date | str) -> tuple[str | None, str | None]:
    text = f"{said:%Y-%m}" if isinstance(said, date) else said
    found = _MONTH.fullmatch(text)
    year, month = (int(found[1] or found[4]), int(found[2] or found[3])) if found else (0, 0)
    if not (year and 1 <= month <= _DECEMBER):
        raise ValueError(f"{said!r} is no month; write 2026-10 or 10/2026")
    end = date(year + month // _DECEMBER, month % _DECEMBER + 1, 1)
    return _midnight(date(year, month, 1)), _midnight(end)


def _day(said: date | str) -> date | None:
    if isinstance(said, date):
        return said
    if not said:
        return None
    for form in _DAYS:
        try:
            return datetime.strptime(said, form).replace(tzinfo=VIETNAM).date()
        except ValueError:
            continue
    raise ValueError(f"{said!r} is no day; write 2026-10-31 or 31/10/2026")


def _midnight(day: date | None) -> str | None:
    return None if day is None else datetime.combine(day, datetime.min.time(), VIETNAM).isoformat()
