"""A sheet as CSV: one line of headings, then the rows, as spreadsheets and programs read them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

from lgsp.formats.sheets import BOM, defused
from lgsp.reporting.rendering.sheet import Column, Row, Sheet
from lgsp.reporting.rendering.written import plain


def as_csv(sheet: Sheet) -> bytes:
    """Return the table: UTF-8 with its mark, commas, numbers with a point and without grouping.

    A text that a spreadsheet would take for a formula is defused; what is not given is an empty cell, and
    the headings above a column stand in front of its own: `Đã giải quyết / Quá hạn`.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([defused(" / ".join([*one.groups, one.title])) for one in sheet.columns])
    writer.writerows(list(_cells(row, sheet.columns)) for row in sheet.rows)
    return BOM.encode() + text.getvalue().encode()


def _cells(row: Row, columns: tuple[Column, ...]) -> Iterator[str]:
    for cell, column in zip(row.cells, columns, strict=True):
        yield plain(cell, column.decimals) if isinstance(cell, Decimal) else defused(cell or "")
