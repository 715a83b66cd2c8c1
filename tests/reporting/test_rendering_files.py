"""A sheet as XLSX and CSV: numbers that are numbers, texts that nothing runs, and a page that prints well."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from lgsp.domain.reports.defined import BUILT_IN
from lgsp.formats.printed_books import sheet_name
from lgsp.reporting.rendering.book import as_xlsx
from lgsp.reporting.rendering.from_report import sheet_of
from lgsp.reporting.rendering.from_statistics import sheet_of_statistics
from lgsp.reporting.rendering.lines import as_csv
from lgsp.reporting.rendering.page import as_html
from lgsp.reporting.rendering.sheet import Column, Row, Sheet
from tests.reporting.figured import EVIL, counts, figures, report, small, statistics


def _book(sheet: Sheet, tmp_path: Path) -> CalamineWorkbook:
    path = tmp_path / "table.xlsx"
    path.write_bytes(as_xlsx(sheet))
    return CalamineWorkbook.from_path(path)


def _xml(sheet: Sheet, part: str) -> str:
    with zipfile.ZipFile(io.BytesIO(as_xlsx(sheet))) as book:
        return book.read(part).decode()


def _rows(sheet: Sheet, tmp_path: Path) -> list[list[object]]:
    return [list(row) for row in _book(sheet, tmp_path).get_sheet_by_index(0).to_python()]


def test_a_spreadsheet_holds_the_numbers_themselves(tmp_path: Path) -> None:
    """Who opens it can add them up: what is printed is a matter of their format."""
    rows = _rows(sheet_of_statistics(statistics(3)), tmp_path)
    last = next(row for row in rows if "Tổng cộng" in row)
    assert [cell for cell in last if isinstance(cell, float)][:2] == [
        float(counts(6)["total"] or 0),
        float(counts(6)["received"] or 0),
    ]


def test_a_spreadsheet_says_all_that_the_page_says(tmp_path: Path) -> None:
    """National heading, agency, title, period, notes and the places to sign."""
    sheet = sheet_of(report(figures=figures("standard", 2)), BUILT_IN)
    texts = [str(cell) for row in _rows(sheet, tmp_path) for cell in row if cell != ""]
    for said in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "SỞ TƯ PHÁP",
        sheet.title.upper(), "Tháng 3/2024 (15/02/2024 – 14/03/2024)", "NGƯỜI LẬP BIỂU",
        "…, ngày 18 tháng 3 năm 2024",
    ):  # fmt: skip
        assert said in texts
    assert [text.partition(". ")[2] for text in texts if re.match(r"\d+\. ", text)] == [
        note.text for note in sheet.notes
    ]


def test_it_is_set_up_to_be_printed() -> None:
    """A4 across, as wide as one page, its headings on each, numbered."""
    sheet = sheet_of_statistics(statistics(60))
    xml, book = _xml(sheet, "xl/worksheets/sheet1.xml"), _xml(sheet, "xl/workbook.xml")
    assert re.search(r'<pageSetup paperSize="9"[^>]*orientation="landscape"', xml)
    assert 'fitToHeight="0"' in xml
    assert "Trang &amp;P/&amp;N" in xml
    assert "_xlnm.Print_Titles" in book
    assert "<mergeCells" in xml


def test_nothing_that_stands_in_a_cell_is_run(tmp_path: Path) -> None:
    """However a text begins, it is a text: no formula, and no address that is followed."""
    xml = _xml(small(), "xl/worksheets/sheet1.xml")
    assert "<f>" not in xml
    assert "hyperlink" not in xml
    assert any(EVIL in row for row in _rows(small(), tmp_path))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("123456789012345", 123456789012345.0),
        ("0.1", 0.1),
        ("1234567890123456", "1234567890123456"),
        ("-12345678901234.56", "-12345678901234.56"),
    ],
)
def test_a_number_that_a_spreadsheet_would_change_is_a_text(
    tmp_path: Path, value: str, told: float | str
) -> None:
    """Beyond fifteen digits a spreadsheet rounds without a word: there the exact text stands."""
    columns = (Column("label", "Chỉ tiêu"), Column("value", "Giá trị", numeric=True))
    rows = _rows(Sheet("a", "a", columns, (Row(("x", Decimal(value))),)), tmp_path)
    assert next(row for row in rows if "x" in row)[1] == told


def test_charts_stand_beside_their_numbers(tmp_path: Path) -> None:
    """On a sheet of their own, each with a description for who cannot see it."""
    sheet = sheet_of_statistics(statistics(3))
    book = _book(sheet, tmp_path)
    assert book.sheet_names[1:] == ["Biểu đồ"]
    assert book.get_sheet_by_index(1).to_python()[1] == ["Đơn vị H44.11.3", 90.0, 60.0, 3.0]
    assert 'descr="Kết quả giải quyết theo hạn"' in _xml(sheet, "xl/drawings/drawing1.xml")


@pytest.mark.parametrize(
    ("text", "name"),
    [("06a/H44: 2024?", "06a-H44- 2024-"), ("", "Bảng"), ("'", "Bảng"), ("x" * 40, "x" * 31)],
)
def test_a_sheet_is_called_what_a_sheet_may_be_called(text: str, name: str) -> None:
    """Codes of forms and periods hold letters that no sheet's name may."""
    assert sheet_name(text) == name


def test_csv_is_one_line_of_headings_and_rows_that_programs_read() -> None:
    """With its mark; headings above a column stand in front of its own; a point, no grouping, nothing for none."""
    told = as_csv(
        sheet_of_statistics(statistics(2, rows=[("H44.11.1", counts(25)), ("H44.11.2", counts(0))]))
    )
    assert told.startswith(b"\xef\xbb\xbf")
    head, first, second, total = csv.reader(io.StringIO(told.decode("utf-8-sig"), newline=""))
    row = dict(zip(head, first, strict=True))
    assert row["Số hồ sơ phải giải quyết / Tiếp nhận trong kỳ / Trực tuyến"] == "1000"
    assert row["Tỷ lệ trước và đúng hạn (%)"] == "98.04"
    assert second[-1] == ""
    assert total[2] == "Tổng cộng"


def test_csv_defuses_texts_and_leaves_negative_numbers() -> None:
    """A text like a formula gets an apostrophe; a number below 0 is a number."""
    columns = (Column("label", "=a"), Column("value", "Giá trị", numeric=True))
    sheet = Sheet("a", "a", columns, (Row(("@b", Decimal(-5))), Row((EVIL, None))))
    rows = list(csv.reader(io.StringIO(as_csv(sheet).decode("utf-8-sig"), newline="")))
    assert rows == [["'=a", "Giá trị"], ["'@b", "-5"], [f"'{EVIL}", ""]]


@given(st.lists(st.decimals(-(10**9), 10**9, places=4) | st.none(), min_size=1, max_size=6))
def test_every_way_to_look_at_a_table_has_the_same_numbers(values: list[Decimal | None]) -> None:
    """Nothing is rounded, lost or moved to another row, on the page, in the spreadsheet or in CSV."""
    columns = (Column("label", "Dòng"), Column("value", "Giá trị", numeric=True))
    sheet = Sheet("a", "a", columns, tuple(Row((f"d{n}", value)) for n, value in enumerate(values)))
    _, *lines = csv.reader(io.StringIO(as_csv(sheet).decode("utf-8-sig"), newline=""))
    assert [Decimal(cell) if cell else None for _, cell in lines] == values
    book = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx(sheet)))
    rows = {row[0]: row[1] for row in book.get_sheet_by_index(0).to_python() if len(row) > 1}
    floats = [None if value is None else float(value) for value in values]
    assert [None if rows[f"d{n}"] == "…" else rows[f"d{n}"] for n in range(len(values))] == floats
    cells = re.findall(r'<td class="number">([^<]*)</td>', as_html(sheet))
    read = [None if cell == "…" else Decimal(cell.replace(".", "").replace(",", ".")) for cell in cells]
    assert read == values
