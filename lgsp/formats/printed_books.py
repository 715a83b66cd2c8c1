"""Writing a spreadsheet that is to be printed: merged headings, real numbers, A4 across, and charts.

As in every spreadsheet that we write, a text is a text: nothing that stands in a cell is run.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import ceil
from types import MappingProxyType
from typing import Any, Self

from xlsxwriter import Workbook

Cell = str | Decimal | None

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_FONT = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}
_BOXED = {"border": 1, "text_wrap": True}
_HEADED = {"bold": True, "align": "center", "bg_color": "#EEF1F4"}
STYLES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "middle": {"align": "center", "text_wrap": True},
        "bold": {"align": "center", "bold": True, "text_wrap": True},
        "slanted": {"align": "center", "italic": True, "text_wrap": True},
        "title": {"align": "center", "bold": True, "font_size": 14, "text_wrap": True},
        "boxed-middle": {"align": "center", "bold": True, "border": 2},
        "aside": {"align": "right", "italic": True},
        "heading": _HEADED | _BOXED,
        "numbering": {"align": "center", "italic": True, "font_size": 8} | _BOXED,
        "text": {"align": "left"} | _BOXED,
        "number": {"align": "right"} | _BOXED,
        "section": {"align": "left", "bold": True, "bg_color": "#F6F7F9"} | _BOXED,
        "total-text": {"align": "left", "bold": True, "bg_color": "#EEF1F4", "top": 2} | _BOXED,
        "total-number": {"align": "right", "bold": True, "bg_color": "#EEF1F4", "top": 2} | _BOXED,
        "note": {"align": "left", "text_wrap": True, "valign": "top"},
        "strong-note": {"align": "left", "text_wrap": True, "valign": "top", "bold": True},
    }
)
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_NAME, _LONGEST = 31, 32_767
_EXACT_DIGITS = 15
"""A spreadsheet's numbers have no more: a longer one is written as text, so that it is not changed."""
_LINE = 15.0
_A4 = 9
_CHART_LEFT, _CHART_STEP, _CHART_SIZE = 5, 22, {"width": 900, "height": 400}
_FILLS: tuple[Mapping[str, Any], ...] = (
    {"fill": {"color": "#24507A"}},
    {"fill": {"color": "#D5E2EE"}},
    {"pattern": {"pattern": "wide_upward_diagonal", "fg_color": "#8C1D18", "bg_color": "#FFFFFF"}},
)
_EDGE = {"border": {"color": "#222222", "width": 0.75}}


class PrintedBook:
    """A file of one sheet to print, and charts on a second one.

    Args:
        name: of the sheet; what a sheet's name may not hold is taken out.
        widths: of its columns, in letters.
        title: of the file, in its properties.
    """

    def __init__(self, name: str, widths: Sequence[float], title: str = "") -> None:
        self._bytes = io.BytesIO()
        self._book = Workbook(self._bytes, _OPTIONS)
        self._book.set_properties({"title": title})
        self._formats: dict[tuple[str, str], Any] = {}
        self._widths = widths
        self._sheet = self._book.add_worksheet(sheet_name(name))
        for column, width in enumerate(widths):
            self._sheet.set_column(column, column, width)
        self._charts: Any = None
        self._set_up(self._sheet)

    def put(  # noqa: PLR0913 - a cell: what, where, how
        self,
        row: int,
        column: int,
        cell: Cell,
        style: str,
        *,
        across: int = 1,
        down: int = 1,
        decimals: int | None = None,
    ) -> Self:
        """Write one cell, or several that are merged to one.

        Args:
            row: from 0.
            column: from 0.
            cell: an exact number is written as one; None leaves an empty cell.
            style: a name of `STYLES`.
            across: how many columns it takes.
            down: how many rows it takes.
            decimals: of a number; None shows those it has.
        """
        said = self._format(style, _number_format(cell, decimals))
        if across > 1 or down > 1:
            self._sheet.merge_range(row, column, row + down - 1, column + across - 1, "", said)
        _write(self._sheet, row, column, cell, said)
        return self

    def fit(self, row: int, text: str, first: int, across: int) -> Self:
        """Make a row as high as a text needs that stands in some of its columns."""
        room = max(sum(self._widths[first : first + across]), 1)
        lines = sum(max(ceil(len(part) / room), 1) for part in text.split("\n"))
        self._sheet.set_row(row, _LINE * lines)
        return self

    def height(self, row: int, points: float) -> Self:
        """Set how high a row is."""
        self._sheet.set_row(row, points)
        return self

    def head(self, first: int, last: int, columns: int) -> Self:
        """Repeat some rows on each page, and keep them and some columns in sight."""
        self._sheet.repeat_rows(first, last)
        self._sheet.freeze_panes(last + 1, columns)
        return self

    def chart(
        self,
        title: str,
        series: Sequence[str],
        bars: Sequence[tuple[str, Sequence[Decimal]]],
        *,
        shares: bool,
    ) -> Self:
        """Add stacked bars, with their numbers beside them."""
        sheet, at = self._chart_sheet()
        made = self._book.add_chart({"type": "bar", "subtype": "percent_stacked" if shares else "stacked"})
        assert made is not None  # noqa: S101 - there is no such kind of chart otherwise
        bold = self._format("heading")
        for n, name in enumerate(["", *series]):
            sheet.write_string(at, n, name, bold)
        for n, (label, numbers) in enumerate(bars, at + 1):
            sheet.write_string(n, 0, label[:_LONGEST], self._format("text"))
            for column, number in enumerate(numbers, 1):
                _write(sheet, n, column, number, self._format("number", _number_format(number, None)))
        for column in range(1, len(series) + 1):
            made.add_series(_series(sheet.get_name(), at, at + len(bars), column, len(series)))
        made.set_title({"name": title, "name_font": {"size": 12}})
        made.set_y_axis({"reverse": True})
        made.set_x_axis(
            {"num_format": "0%" if shares else "#,##0", "crossing": "max", "label_position": "low"}
        )
        made.set_legend({"position": "top"})
        made.set_size(_CHART_SIZE)
        sheet.insert_chart(at, len(series) + 2, made, {"description": title})
        return self

    def as_bytes(self) -> bytes:
        """Finish the file and return it."""
        self._book.close()
        return self._bytes.getvalue()

    def _chart_sheet(self) -> tuple[Any, int]:
        if self._charts is None:
            self._charts = self._book.add_worksheet("Biểu đồ")
            self._set_up(self._charts)
            self._charts.set_column(0, 0, 40)
            self._next = 0
        at, self._next = self._next, self._next + _CHART_STEP
        return self._charts, at

    def _set_up(self, sheet: Any) -> None:
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.79, right=0.5, top=0.6, bottom=0.65)
        sheet.fit_to_pages(1, 0)
        sheet.center_horizontally()
        sheet.set_footer('&R&"Times New Roman,Regular"&9Trang &P/&N')
        sheet.hide_gridlines(2)

    def _format(self, style: str, number: str = "") -> Any:
        if (style, number) not in self._formats:
            said = {**_FONT, **STYLES[style], **({"num_format": number} if number else {})}
            self._formats[style, number] = self._book.add_format(said)
        return self._formats[style, number]


def sheet_name(text: str) -> str:
    """Return a text as a sheet may be called: at most 31 letters, without brackets, colons and slashes."""
    return _FORBIDDEN.sub("-", text).strip(" '")[:_LONGEST_NAME].strip(" '") or "Bảng"


def _write(sheet: Any, row: int, column: int, cell: Cell, said: Any) -> None:
    if cell is None:
        sheet.write_blank(row, column, None, said)
    elif isinstance(cell, Decimal) and len(cell.as_tuple().digits) <= _EXACT_DIGITS:
        sheet.write_number(row, column, float(cell), said)
    else:
        sheet.write_string(
            row, column, (cell if isinstance(cell, str) else format(cell, "f"))[:_LONGEST], said
        )


def _number_format(cell: Cell, decimals: int | None) -> str:
    if not isinstance(cell, Decimal):
        return ""
    shown = max(0, -int(cell.as_tuple().exponent)) if decimals is None else decimals
    return "#,##0" + ("." + "0" * shown if shown else "")


def _series(name: str, first: int, last: int, column: int, count: int) -> dict[str, Any]:
    fill = _FILLS[-1] if column == count and count > 1 else _FILLS[(column - 1 + (count == 2)) % 2]  # noqa: PLR2004
    return {
        "name": [name, first, column],
        "categories": [name, first + 1, 0, last, 0],
        "values": [name, first + 1, column, last, column],
        "gap": 40,
        **fill,
        **_EDGE,
    }
