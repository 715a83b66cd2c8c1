"""Writing the file that an office fills in: the form's rows, whose report it is, and how it is filled in."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

from xlsxwriter import Workbook

from lgsp.domain.reports.defined import BUILT_IN, Definitions
from lgsp.domain.reports.indicators import Indicator
from lgsp.domain.reports.periods import read_label
from lgsp.formats.sheets.tables import BOM, csv_lines

_GUIDE = (
    "Chỉ nhập số vào cột Giá trị (và các cột phân tổ nếu có); không sửa mã chỉ tiêu, tiêu đề cột.",
    "Ô để trống nghĩa là chưa có số liệu, khác với số 0.",
    "Chỉ tiêu tự tính để trống; nếu nhập thì số phải khớp với công thức.",
    "Không gộp ô, không ẩn dòng hoặc cột có số liệu; lưu ở dạng .xlsx hoặc .csv.",
    "Gửi lại cùng số liệu không tạo báo cáo mới. Khi sửa số liệu, ghi Lý do sửa ở phần đầu.",
)
_COMPUTED = "tự tính: "
_FIRST = 6
"""The row of headings, from 0, in XLSX and CSV alike."""


def template(
    form: str, agency: str, period: str, kind: str = "xlsx", definitions: Definitions = BUILT_IN
) -> bytes:
    """Return a file to be filled in.

    Args:
        form: code of a form.
        agency: code of the agency; it may be empty, and is filled in by hand then.
        period: label of the period, such as `government/1:202403`; likewise.
        kind: `xlsx` or `csv`.
        definitions: the forms and indicators that are in use.

    Raises:
        KeyError: there is no such form.
        ValueError: there is no such period.
    """
    rows = list(_rows(form, agency, period, definitions))
    if kind == "csv":
        return BOM.encode() + csv_lines(rows)
    return _workbook(rows, form)


def _rows(form: str, agency: str, period: str, definitions: Definitions) -> Iterator[Sequence[str]]:
    said = read_label(period).said("vi") if period else ""
    catalogue = definitions.of_form(form)
    splits = [
        (breakdown.code, member)
        for breakdown in catalogue.breakdowns
        if any(breakdown.code in of.breakdowns for of in catalogue.indicators)
        for member, _ in breakdown.members
    ]
    yield "Biểu mẫu", form, definitions.forms[form].name
    yield "Đơn vị", agency, ""
    yield "Kỳ báo cáo", period, said
    yield "Lý do sửa", "", "chỉ ghi khi sửa số liệu đã gửi"
    yield ()
    yield ()
    yield "Mã chỉ tiêu", "Chỉ tiêu", "Đơn vị tính", "Giá trị", *(f"{b}={m}" for b, m in splits), "Ghi chú"
    for of in catalogue.indicators:
        yield of.code, of.name, of.unit, "", *("" for _ in splits), _remark(of)


def _remark(of: Indicator) -> str:
    return f"{_COMPUTED}{of.formula}" if of.formula else ""


def _workbook(rows: Sequence[Sequence[str]], form: str) -> bytes:
    written = io.BytesIO()
    book = Workbook(written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_sheet_name(form))
    _fill(sheet, rows, book)
    guide = book.add_worksheet("Hướng dẫn")
    guide.set_column(0, 0, 100)
    for number, line in enumerate(_GUIDE):
        guide.write_string(number, 0, line)
    book.close()
    return written.getvalue()


def _fill(sheet: Any, rows: Sequence[Sequence[str]], book: Any) -> None:
    bold, text, free = (
        book.add_format(said) for said in ({"bold": True}, {"num_format": "@"}, {"bg_color": "#FFF9E0"})
    )
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 46)
    sheet.set_column(2, 8, 16)
    sheet.freeze_panes(_FIRST + 1, 0)
    last = len(rows[_FIRST]) - 1
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if number > _FIRST and 3 <= column < last:  # noqa: PLR2004 - behind code, name and unit
                sheet.write_blank(number, column, None, free)
            elif cell or number < _FIRST:
                shape = bold if number == _FIRST or column == 0 else text
                sheet.write_string(number, column, cell, shape)


def _sheet_name(form: str) -> str:
    r"""Return a form's code as a sheet may be called: at most 31 letters, none of `[]:*?/\`."""
    return "".join("-" if letter in "[]:*?/\\'" else letter for letter in form)[:31] or "1"
