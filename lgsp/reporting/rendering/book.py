"""A sheet as a spreadsheet to print: the layout of the page, with numbers that are numbers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from lgsp.formats.printed_books import PrintedBook
from lgsp.reporting.rendering.page import MOTTO, NATION, dated
from lgsp.reporting.rendering.sheet import NOT_GIVEN, Column, Row, Sheet, headings
from lgsp.reporting.rendering.written import numbering

_NARROW, _NUMBER, _TEXT, _LABEL = 6.0, 11.5, 14.0, 34.0
_LEFT_SHARE = 0.42
_STRONG = frozenset({"finding", "change"})
_SIGNING_ROOM = 60.0
_HEADING_LINE = 15.0


def as_xlsx(sheet: Sheet) -> bytes:
    """Return the file: the page on its first sheet, charts with their numbers on the second."""
    columns = sheet.columns
    book = PrintedBook(sheet.name, [_width(one) for one in columns], sheet.title)
    at = _head(book, sheet)
    at = _lines(book, sheet, at)
    at = _table(book, sheet, at)
    at = _notes(book, sheet, at + 1)
    _signatures(book, sheet, at + 1)
    for chart in sheet.charts:
        bars = [(bar.label, bar.parts) for bar in chart.bars]
        book.chart(chart.title, chart.series, bars, shares=chart.shares)
    return book.as_bytes()


def _width(column: Column) -> float:
    if column.numeric:
        return _NUMBER
    return {"row": _NARROW, "label": _LABEL}.get(column.key, _TEXT)


def _head(book: PrintedBook, sheet: Sheet) -> int:
    """Write who reports on the left and the national heading on the right; return the next row."""
    left = _left(sheet.columns)
    lines = (
        (sheet.above.upper(), "middle", NATION.upper(), "bold"),
        (sheet.agency.upper(), "bold", MOTTO, "bold"),
        (sheet.form, "middle", dated(sheet.dated), "slanted"),
    )
    for row, (one, one_style, other, other_style) in enumerate(lines):
        book.put(row, 0, one, one_style, across=left)
        book.put(row, left, other, other_style, across=len(sheet.columns) - left)
        book.fit(row, one, 0, left)
    return len(lines) + 1


def _left(columns: Sequence[Column]) -> int:
    """Return how many columns the left side of the head takes: at least one is left for the right."""
    widths = list(accumulate(_width(one) for one in columns))
    wide = sum(1 for width in widths if width <= _LEFT_SHARE * widths[-1])
    return min(max(wide, 1), len(columns) - 1)


def _lines(book: PrintedBook, sheet: Sheet, at: int) -> int:
    across = len(sheet.columns)
    lines = [(sheet.title.upper(), "title"), *((line, "middle") for line in sheet.lines)]
    lines += [(sheet.standing.upper(), "boxed-middle")] if sheet.standing else []
    lines += [(f"Đơn vị tính: {sheet.unit}", "aside")] if sheet.unit else []
    for row, (text, style) in enumerate(lines, at):
        book.put(row, 0, text, style, across=across).fit(row, text, 0, across)
    return at + len(lines) + 1


def _table(book: PrintedBook, sheet: Sheet, at: int) -> int:
    columns, rows = sheet.columns, headings(sheet.columns)
    for n, line in enumerate(rows):
        book.height(at + n, _HEADING_LINE * (2 if any(one.leaf for one in line) else 1))
        for one in line:
            book.put(at + n, one.column, one.title, "heading", across=one.across, down=one.down)
    last = at + len(rows)
    book.height(last, _HEADING_LINE * (2 if any(one.formula for one in columns) else 1))
    for n, text in enumerate(numbering(columns)):
        book.put(last, n, text, "numbering")
    book.head(at, last, min(2, len(columns)))
    for n, row in enumerate(sheet.rows, last + 1):
        _row(book, n, row, columns)
    return last + 1 + len(sheet.rows)


def _row(book: PrintedBook, at: int, row: Row, columns: Sequence[Column]) -> None:
    if row.kind == "section":
        text = next((cell for cell in row.cells if isinstance(cell, str) and cell), "")
        book.put(at, 0, text, "section", across=len(columns))
        return
    before = "total-" if row.kind == "total" else ""
    for n, (cell, column) in enumerate(zip(row.cells, columns, strict=True)):
        shown = NOT_GIVEN if cell is None and column.numeric else cell
        style = before + ("number" if column.numeric else "text")
        book.put(at, n, shown, style, decimals=column.decimals)
    label = max(
        (str(cell or "") for cell, one in zip(row.cells, columns, strict=True) if not one.numeric), key=len
    )
    book.fit(at, label, *next(((n, 1) for n, one in enumerate(columns) if one.key == "label"), (0, 1)))


def _notes(book: PrintedBook, sheet: Sheet, at: int) -> int:
    across = len(sheet.columns)
    texts = [(f"{n}. {note.text}", note.kind) for n, note in enumerate(sheet.notes, 1)]
    for row, (text, kind) in enumerate([("Ghi chú:", "rule"), *texts] if texts else [], at):
        style = "strong-note" if kind in _STRONG else "note"
        book.put(row, 0, text, style, across=across).fit(row, text, 0, across)
    return at + len(texts) + 1


def _signatures(book: PrintedBook, sheet: Sheet, at: int) -> None:
    left, across = len(sheet.columns) // 2, len(sheet.columns)
    places = ((0, left), (left, across - left)) if len(sheet.signatures) > 1 else ((0, across),)
    book.height(at + 2, _SIGNING_ROOM)
    for one, (column, wide) in zip(sheet.signatures, places, strict=False):
        texts = (one.office.upper(), "bold"), (one.under, "slanted"), ("", "middle"), (one.said, "middle")
        for row, (text, style) in enumerate(texts, at):
            book.put(row, column, text, style, across=wide)
