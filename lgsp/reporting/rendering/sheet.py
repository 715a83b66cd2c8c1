"""What a printed table is made of, whichever way it is shown: headings, rows, notes, charts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

Cell = str | Decimal | None
"""A text, an exact number, or None: a value that is not given, which is never 0."""

NOT_GIVEN = "…"
"""How a value that is not given is shown."""


@dataclass(slots=True, frozen=True)
class Column:
    """One column.

    Attributes:
        key: its name in JSON and for machines; unique in its sheet.
        groups: the headings above its own, the outermost first.
        numeric: whether its cells are numbers, which stand on the right.
        decimals: how many are shown; None shows each number as it is.
        formula: which columns it is the sum of, by their keys: `online + direct`; or empty.
    """

    key: str
    title: str
    groups: tuple[str, ...] = ()
    numeric: bool = False
    decimals: int | None = None
    formula: str = ""


@dataclass(slots=True, frozen=True)
class Row:
    """One line.

    Attributes:
        cells: as many as there are columns.
        kind: `row`, `section` (its first text heads those that follow) or `total`.
    """

    cells: tuple[Cell, ...]
    kind: str = "row"


class Note(NamedTuple):
    """A footnote: how the figures are to be read, or what is odd about them.

    Attributes:
        kind: `rule`, `rate`, `known`, `change`, `finding` or `legend`.
    """

    kind: str
    text: str


class Signature(NamedTuple):
    """A place to sign.

    Attributes:
        office: who signs, as `NGƯỜI LẬP BIỂU`.
        under: how: `(Ký, ghi rõ họ tên)`.
        said: who signed off where and when, as far as this platform knows; or empty.
    """

    office: str
    under: str
    said: str = ""


class Bar(NamedTuple):
    """One bar of a chart: its label, and the number of each series."""

    label: str
    parts: tuple[Decimal, ...]


@dataclass(slots=True, frozen=True)
class Chart:
    """Stacked bars.

    Attributes:
        series: what the parts of a bar are, the best first and the worst last.
        shares: whether each bar is a whole of 100 %; else all have one scale.
        note: what it leaves out; or empty.
    """

    title: str
    series: tuple[str, ...]
    bars: tuple[Bar, ...]
    shares: bool = False
    note: str = ""


@dataclass(slots=True, frozen=True)
class Sheet:
    """One table with all that stands around it.

    Attributes:
        name: short, for a file: `06a-202403`.
        title: the heading over the table.
        lines: under the title: the period, the regime.
        agency: whose table it is; `above` is the body above it, or empty.
        form: code and name of the form; or empty.
        standing: how far it has come, where it is not finished: `Bản nháp`; or empty.
        dated: the day it was signed as `2024-03-18`; empty leaves room for one.
        unit: what everything is counted in, where that is one thing.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    lines: tuple[str, ...] = ()
    agency: str = ""
    above: str = ""
    form: str = ""
    standing: str = ""
    dated: str = ""
    unit: str = ""
    notes: tuple[Note, ...] = ()
    signatures: tuple[Signature, ...] = ()
    charts: tuple[Chart, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it; numbers are texts, so that none is rounded on its way."""
        plain = ("name", "title", "agency", "above", "form", "standing", "dated", "unit")
        return {
            **{name: getattr(self, name) for name in plain},
            "lines": list(self.lines),
            "columns": [_column(one) for one in self.columns],
            "rows": [{"kind": row.kind, "cells": [_told(cell) for cell in row.cells]} for row in self.rows],
            "notes": [note._asdict() for note in self.notes],
            "signatures": [one._asdict() for one in self.signatures],
            "charts": [_chart(one) for one in self.charts],
        }


def from_dict(told: Mapping[str, Any]) -> Sheet:
    """Return the sheet of what `Sheet.as_dict` gave."""
    plain = ("name", "title", "agency", "above", "form", "standing", "dated", "unit")
    columns = tuple(Column(**one | {"groups": tuple(one["groups"])}) for one in told["columns"])
    return Sheet(
        **{name: told[name] for name in plain},
        columns=columns,
        rows=tuple(_read(columns, one) for one in told["rows"]),
        lines=tuple(told["lines"]),
        notes=tuple(Note(**one) for one in told["notes"]),
        signatures=tuple(Signature(**one) for one in told["signatures"]),
        charts=tuple(_read_chart(one) for one in told["charts"]),
    )


class Heading(NamedTuple):
    """One cell of the headings.

    Attributes:
        column: the number of the first column below it.
        across, down: over how many columns and lines of headings it stands.
        leaf: whether it is a column's own.
    """

    title: str
    column: int
    across: int
    down: int
    leaf: bool


def headings(columns: Sequence[Column]) -> list[list[Heading]]:
    """Return the lines of headings, from the top."""
    depth = 1 + max((len(one.groups) for one in columns), default=0)
    return [list(_line(columns, level, depth)) for level in range(depth)]


def _line(columns: Sequence[Column], level: int, depth: int) -> Iterator[Heading]:
    at = 0
    for _, some in groupby(columns, key=lambda one: _place(one, level)):
        wide, column = len(list(some)), columns[at]
        if len(column.groups) > level:
            yield Heading(column.groups[level], at, wide, 1, leaf=False)
        elif len(column.groups) == level:
            yield Heading(column.title, at, 1, depth - level, leaf=True)
        at += wide


def _place(column: Column, level: int) -> tuple[str, ...]:
    """Return what columns under one heading share; a column without one at this level stands for itself."""
    return column.groups[: level + 1] if len(column.groups) > level else ("", column.key)


def _column(one: Column) -> dict[str, Any]:
    return {
        "key": one.key,
        "title": one.title,
        "groups": list(one.groups),
        "numeric": one.numeric,
        "decimals": one.decimals,
        "formula": one.formula,
    }


def _chart(one: Chart) -> dict[str, Any]:
    bars = [{"label": bar.label, "parts": [str(part) for part in bar.parts]} for bar in one.bars]
    told = {"title": one.title, "series": list(one.series), "shares": one.shares, "note": one.note}
    return told | {"bars": bars}


def _read_chart(told: Mapping[str, Any]) -> Chart:
    bars = tuple(Bar(one["label"], tuple(map(Decimal, one["parts"]))) for one in told["bars"])
    return Chart(told["title"], tuple(told["series"]), bars, told["shares"], told["note"])


def _told(cell: Cell) -> str | None:
    return format(cell, "f") if isinstance(cell, Decimal) else cell


def _read(columns: Sequence[Column], told: Mapping[str, Any]) -> Row:
    pairs = zip(columns, told["cells"], strict=True)
    cells = (Decimal(cell) if one.numeric and cell is not None else cell for one, cell in pairs)
    return Row(tuple(cells), told["kind"])
