"""Figures from a spreadsheet: what offices really write is understood or told by its cell, and never guessed."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime
from typing import Any

import pytest

from lgsp.domain.causes import CAUSES
from lgsp.formats import sheets
from lgsp.formats.sheets import Asked, Sheet
from tests.adapters.reporting_side import FIGURES, FIRST, cell, csv, xlsx


def _faults(read: Sheet) -> list[tuple[str, str]]:
    return [(one.cell, one.code) for one in read.faults]


def _value(read: Sheet, indicator: str) -> str | None:
    assert read.faults == ()
    (found,) = [one.get("value") for one in read.figures if one["indicator"] == indicator]
    return found


def _row(indicator: str) -> int:
    return FIRST - 1 + list(FIGURES).index(indicator)


def _formatted(indicator: str, value: Any, shape: dict[str, str]) -> bytes:
    """Return a workbook in which one value is shown in a format of its own."""

    def then(sheet: Any, book: Any) -> None:
        sheet.write(_row(indicator), 3, value, book.add_format(shape))

    return xlsx(then=then)


def test_a_good_file_says_which_report_it_is_and_every_figure() -> None:
    """Form, agency, period and the values, exact, with names and units of the catalogue."""
    read = sheets.read(xlsx())
    assert read.faults == ()
    assert read.period is not None
    assert (read.form, read.agency, read.period.label) == ("06a", "H44.11", "government/1:202403")
    assert {one["indicator"]: one["value"] for one in read.figures} == {k: str(v) for k, v in FIGURES.items()}
    first = {"indicator": "received", "name": "Tiếp nhận trong kỳ", "unit": "hồ sơ", "value": "412"}
    assert read.figures[0] == first | {"origin": "typed"}
    assert read.findings == ()


def test_an_empty_cell_is_not_given_and_never_0() -> None:
    """Blank, a dash and words for `none` have no value; 0 has."""
    for blank in (None, "", "-", "…", "không có"):
        read = sheets.read(xlsx(FIGURES | {"early": blank}))
        assert _value(read, "early") is None
        assert _value(read, "withdrawn") == "0"


@pytest.mark.parametrize(
    ("written", "value"),
    [("1.412", "1412"), ("1,412", "1412"), ("1 412", "1412"), (" 412 ", "412"), ("1.234.567", "1234567")],
)
def test_a_number_that_is_saved_as_a_text_is_read_and_told(written: str, value: str) -> None:
    """Vietnamese and English marks for thousands are understood of a count; that it was text is a finding."""
    read = sheets.read(xlsx({"received": written}, then=_rest_of_form))
    assert _value(read, "received") == value
    assert [(one.code, one.place) for one in read.findings] == [("number-as-text", f"D{FIRST}")]


def _rest_of_form(sheet: Any, _: Any) -> None:
    """Write the other rows without values."""
    for row, code in enumerate([one for one in FIGURES if one != "received"], FIRST):
        sheet.write(row, 0, code)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("bốn trăm", "cell-text"),
        ("412 hồ sơ", "cell-text"),
        ("0x19C", "cell-text"),
        ("1e3", "cell-text"),
        ("٤١٢", "cell-text"),
        (-3, "cell-negative"),
        ("-3", "cell-negative"),
        (80.5, "cell-not-whole"),
        ("1.234,5", "cell-not-whole"),
        (True, "cell-yes-no"),
        ("#REF!", "cell-error"),
        ("#DIV/0!", "cell-error"),
        ("85%", "cell-percent"),
        (10**31, "cell-too-large"),
    ],
)
def test_what_is_no_count_is_a_fault_of_its_cell(value: Any, code: str) -> None:
    """Each is told by its cell, with what mends it; the other figures are not taken either."""
    read = sheets.read(xlsx(FIGURES | {"late": value}))
    assert _faults(read) == [(cell("late"), code)]
    assert read.figures == ()
    assert CAUSES[code].mend_vi


def test_a_date_in_a_cell_for_numbers_is_a_fault() -> None:
    """A cell that is formatted as a date holds a day, whatever number lies behind it."""
    shape = {"num_format": "dd/mm/yyyy"}
    read = sheets.read(_formatted("late", datetime(2024, 3, 1, tzinfo=UTC).replace(tzinfo=None), shape))
    assert _faults(read) == [(cell("late"), "cell-date")]
    read = sheets.read(_formatted("late", 21, shape))
    assert _faults(read) == [(cell("late"), "cell-date")]


def test_a_percent_cell_is_a_fault_where_things_are_counted() -> None:
    """21 shown as 2100% is not 21, and nobody knows which was meant."""
    for shape in ("0%", "0.00%", '0.0" "%'):
        read = sheets.read(_formatted("late", 21, {"num_format": shape}))
        assert _faults(read) == [(cell("late"), "cell-percent")]


def test_a_percentage_is_what_the_sheet_shows() -> None:
    """0.95 shown as 95% is 95 of an indicator in percent; so is `95 %` as a text, and 95 as a number."""
    row = FIRST - 1 + len(FIGURES)

    def shown(value: Any, shape: str) -> bytes:
        def then(sheet: Any, book: Any) -> None:
            sheet.write(row, 0, "in_time_share")
            sheet.write(row, 3, value, book.add_format({"num_format": shape}))

        return xlsx(then=then)

    for value, shape in ((0.95, "0%"), (95, "General"), ("95 %", "General"), ("95,00", "General")):
        assert _value(sheets.read(shown(value, shape)), "in_time_share") in {"95", "95.00"}
    assert _faults(sheets.read(shown(0.95, "General"))) == [(f"D{row + 1}", "figures-contradict")]
    assert _faults(sheets.read(shown("95.001", "General"))) == [(f"D{row + 1}", "cell-ambiguous")]


def test_a_formula_counts_by_its_result_and_one_without_is_a_fault() -> None:
    """A saved result is a value like any other; a formula that was never counted says nothing."""

    def counted(sheet: Any, _: Any) -> None:
        sheet.write_formula(_row("total"), 3, "=D6+D9", None, 500)

    def not_counted(sheet: Any, _: Any) -> None:
        sheet.write_formula(_row("total"), 3, "=D6+D9", None, "")

    def failed(sheet: Any, _: Any) -> None:
        sheet.write_formula(_row("total"), 3, "=1/0", None, "#DIV/0!")

    assert _value(sheets.read(xlsx(then=counted)), "total") == "500"
    for then in (not_counted, failed):
        ((place, code),) = _faults(sheets.read(xlsx(then=then)))
        assert place == cell("total")
        assert code in {"cell-formula-empty", "cell-error"}


@pytest.mark.parametrize("what", ["row", "column", "filtered"])
def test_a_figure_that_nobody_sees_is_a_fault(what: str) -> None:
    """Who signs signs what he sees: a hidden row or column with a figure is told."""

    def then(sheet: Any, _: Any) -> None:
        if what == "column":
            sheet.set_column(3, 3, None, None, {"hidden": True})
        else:
            sheet.set_row(_row("late"), 0 if what == "filtered" else None, None, {"hidden": what == "row"})

    told = _faults(sheets.read(xlsx(then=then)))
    assert (cell("late"), "cell-hidden") in told
    assert (len(told) == 1) == (what != "column")


def test_a_hidden_row_without_a_figure_is_no_fault() -> None:
    """Hiding what says nothing hides nothing."""

    def then(sheet: Any, _: Any) -> None:
        sheet.set_row(_row("early"), None, None, {"hidden": True})

    assert sheets.read(xlsx(FIGURES | {"early": None}, then=then)).faults == ()


def test_a_value_that_is_merged_over_rows_is_a_fault() -> None:
    """It is not clear whose figure it is."""

    def then(sheet: Any, _: Any) -> None:
        sheet.merge_range(_row("early"), 3, _row("on_time"), 3, 399)

    assert (cell("early"), "cell-merged") in _faults(sheets.read(xlsx(then=then)))


def test_merged_headings_and_titles_are_no_fault() -> None:
    """A title over all columns, and a heading that is merged with its neighbour, stand in every form."""

    def then(sheet: Any, book: Any) -> None:
        sheet.merge_range(3, 0, 3, 3, "BÁO CÁO TÌNH HÌNH GIẢI QUYẾT", book.add_format({"bold": True}))

    assert sheets.read(xlsx(then=then)).faults == ()


def test_what_does_not_add_up_is_told_at_its_cell_with_its_numbers() -> None:
    """A total that is not the sum of its terms; each broken invariant at the cell of the sum."""
    read = sheets.read(xlsx(FIGURES | {"total": 499}))
    assert {one.cell for one in read.faults} == {cell("total")}
    assert {one.code for one in read.faults} == {"figures-contradict"}
    assert read.faults[0].detail == "499 ≠ online + direct + carried_over = 300 + 112 + 88 = 500"
    assert "499 ≠" in read.faults[0].vi


def test_all_faults_are_told_at_once_in_the_order_of_the_rows() -> None:
    """A person mends a file once."""
    figures = {**FIGURES, "received": "x", "nonsense": 1, "late": -1} | {"total": True}
    told = _faults(sheets.read(xlsx(figures, about={"Đơn vị": "Sở Tư pháp", "Kỳ báo cáo": "tháng ba"})))
    assert told == [
        ("B2", "sheet-agency-code"),
        ("B3", "sheet-period-unread"),
        (cell("received"), "cell-text"),
        (cell("total"), "cell-yes-no"),
        (cell("late"), "cell-negative"),
        (f"A{FIRST + len(FIGURES)}", "indicator-unknown"),
    ]


def test_a_row_too_many_or_too_few_is_a_fault() -> None:
    """An indicator twice, one that is not there, and a figure beside no code."""

    def twice(sheet: Any, _: Any) -> None:
        for row, code in ((30, "late"), (31, "")):
            sheet.write(row, 0, code)
            sheet.write(row, 3, 1)

    assert _faults(sheets.read(xlsx(then=twice))) == [
        ("A31", "indicator-twice"),
        ("A32", "indicator-code-missing"),
    ]
    fewer = {code: value for code, value in FIGURES.items() if code != "late"}
    (fault,) = sheets.read(xlsx(fewer)).faults
    assert (fault.cell, fault.code, fault.detail) == ("", "indicator-missing", "late")


def test_headings_between_rows_and_remarks_below_are_no_rows() -> None:
    """`I. Tiếp nhận` without a figure and a sentence at the foot are passed over."""

    def then(sheet: Any, _: Any) -> None:
        sheet.write(30, 1, "I. Tiếp nhận")
        sheet.write(32, 0, "Người lập biểu ký và ghi rõ họ tên")

    assert sheets.read(xlsx(then=then)).faults == ()


@pytest.mark.parametrize(
    ("about", "asked", "code"),
    [
        ({"Biểu mẫu": "standard"}, Asked("06a"), "sheet-another-form"),
        ({"Biểu mẫu": "06z"}, Asked(), "sheet-form-unknown"),
        ({"Biểu mẫu": None}, Asked(), "sheet-form-missing"),
        ({}, Asked(agency="H44.12"), "sheet-another-agency"),
        ({"Đơn vị": None}, Asked(), "sheet-agency-missing"),
        ({"Đơn vị": "Sở"}, Asked(), "sheet-agency-code"),
        ({}, Asked(period="government/1:202402"), "sheet-another-period"),
        ({"Kỳ báo cáo": None}, Asked(), "sheet-period-missing"),
        ({"Kỳ báo cáo": "Tháng 3"}, Asked(), "sheet-period-unread"),
        ({"Kỳ báo cáo": date(2024, 3, 1).toordinal()}, Asked(), "sheet-period-unread"),
        ({"Kỳ báo cáo": "calendar/1:202403"}, Asked(), "sheet-period-not-due"),
        ({"Phiên bản": "hai"}, Asked(), "sheet-version"),
    ],
)
def test_another_report_than_asked_is_a_fault(about: dict[str, Any], asked: Asked, code: str) -> None:
    """Form, agency and period stand in the file, or are asked for; where both say one, they agree."""
    assert [one.code for one in sheets.read(xlsx(about=about), asked).faults] == [code]


def test_what_the_file_does_not_say_is_asked_for() -> None:
    """A file without a head is taken for what is asked; a period's code goes by the regime's scheme."""
    bare = xlsx(about={"Biểu mẫu": None, "Đơn vị": None, "Kỳ báo cáo": None})
    read = sheets.read(bare, Asked("06a", "H44.11", "202403"))
    assert read.faults == ()
    assert read.period is not None
    assert read.period.label == "government/1:202403"
    assert sheets.read(xlsx(about={"Kỳ báo cáo": 202403})).faults == ()


def test_old_and_new_codes_of_an_agency_are_one() -> None:
    """The old code of a body and its new one name the same."""
    assert sheets.read(xlsx(about={"Đơn vị": "000.00.11.H44"}), Asked(agency="H44.11")).faults == ()


def test_a_file_without_any_figure_is_no_report_of_zeros() -> None:
    """A template that nobody filled in is turned away."""
    assert [one.code for one in sheets.read(xlsx(dict.fromkeys(FIGURES))).faults] == ["sheet-nothing-given"]


def test_columns_and_sheets_that_are_no_part_of_the_form_are_told() -> None:
    """What is left out is said; a second table of figures is a fault, for nobody knows which is meant."""

    def more(sheet: Any, book: Any) -> None:
        sheet.write(FIRST - 2, 5, "Cùng kỳ năm trước")
        sheet.write(FIRST, 5, 7)
        book.add_worksheet("Nháp").write(0, 0, "tính thử")

    def second(_: Any, book: Any) -> None:
        other = book.add_worksheet("Quý")
        for column, heading in enumerate(("Mã chỉ tiêu", "Giá trị")):
            other.write(0, column, heading)

    read = sheets.read(xlsx(then=more))
    assert read.faults == ()
    told = [(one.code, one.place) for one in read.findings]
    assert told == [("sheet-left-out", "Nháp"), ("column-left-out", f"F{FIRST - 1}")]
    assert _faults(sheets.read(xlsx(then=second))) == [("", "sheet-two-tables")]


@pytest.mark.parametrize("mark", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "utf-16"])
def test_csv_of_any_spreadsheet_is_read(mark: str, encoding: str) -> None:
    """Semicolons, commas or tabs; UTF-8 with its mark or without, or what Excel calls Unicode text."""
    read = sheets.read(csv(mark=mark, encoding=encoding))
    assert read.faults == ()
    assert _value(read, "received") == "412"
    assert [one.code for one in read.findings] == (["text-encoding"] if encoding == "utf-16" else [])


def test_csv_in_the_old_vietnamese_encoding_is_read_with_a_finding() -> None:
    """Windows-1258 writes marks behind letters; codes and numbers are the same, and it is told."""
    parts = [unicodedata.normalize("NFD", letter) for letter in csv().decode("utf-8-sig")]
    tones = str.maketrans("", "", "\u0302\u0306\u031b")
    text = "".join(
        unicodedata.normalize("NFC", part[0] + "".join(set(part[1:]) & set("\u0302\u0306\u031b")))
        + part[1:].translate(tones)
        for part in parts
    )
    read = sheets.read(text.encode("cp1258"))
    assert read.faults == ()
    assert [(one.code, one.read) for one in read.findings] == [("text-encoding", "windows-1258")]


def test_faults_are_told_in_vietnamese_first_with_their_mends() -> None:
    """The text that is put beside a refused file."""
    read = sheets.read(xlsx(FIGURES | {"late": "x"}))
    text = sheets.told([one.problem for one in read.faults], "a.xlsx")
    lines = text.split("\r\n")
    assert lines[0] == "Tệp a.xlsx: 1 lỗi; chưa tiếp nhận số liệu nào."
    assert lines[2].startswith(f"{cell('late')}\tkhông phải số. Nhập số")
    assert f"{cell('late')}\tno number. Write a number" in text
