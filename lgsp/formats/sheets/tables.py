"""Writing tables that people open in a spreadsheet: CSV and XLSX, a few rows at a time, and nothing is run.

A cell that begins like a formula is a risk to who opens the file: in CSV it is defused by an apostrophe in
front of it, in XLSX every cell is written as text. Memory does not grow with the rows.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

from xlsxwriter import Workbook

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOM = "\ufeff"
"""By which a spreadsheet knows that the text is UTF-8."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MOST_ROWS = 1_000_000
"""Rows of a sheet; the format ends at 1,048,576."""
_LONGEST = 32_767
_WIDTHS = (12, 60)
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def csv_lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as lines of CSV, each cell defused."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([defused(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def defused(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


class Sheets:
    """An XLSX file that is written row by row; a sheet that is full is followed by another.

    Args:
        path: of the file.
        name: of the first sheet, at most 28 characters.
        headings: repeated on every sheet.
    """

    def __init__(self, path: Path, name: str, headings: Sequence[str]) -> None:
        self._book = Workbook(str(path), _OPTIONS)
        self._bold = self._book.add_format({"bold": True})
        self._name = name
        self._headings = list(headings)
        self._count = 0
        self._next_sheet()

    def write(self, rows: Iterable[Sequence[str]]) -> None:
        """Add rows; every cell is text."""
        for row in rows:
            if self._at > _MOST_ROWS:
                self._next_sheet()
            for column, cell in enumerate(row):
                self._sheet.write_string(self._at, column, cell[:_LONGEST])
            self._at += 1

    def close(self) -> None:
        """Finish the file."""
        self._book.close()

    def _next_sheet(self) -> None:
        self._count += 1
        name = self._name if self._count == 1 else f"{self._name} {self._count}"
        self._sheet = self._book.add_worksheet(name)
        self._sheet.freeze_panes(1, 0)
        for column, heading in enumerate(self._headings):
            width = min(max(len(heading) + 2, _WIDTHS[0]), _WIDTHS[1])
            self._sheet.set_column(column, column, width)
            self._sheet.write_string(0, column, heading, self._bold)
        self._at = 1


def download(name: str) -> dict[str, str]:
    """Return the headers by which a browser keeps a file under a name (RFC 6266)."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
