"""A report as a sheet: its rows and columns, and the notes that say how its figures are to be read."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lgsp.domain.reports.defined import BUILT_IN
from lgsp.domain.reports.indicators import Breakdown, Indicator
from lgsp.domain.reports.invariants import SETS
from lgsp.domain.reports.regimes import Form
from lgsp.reporting.rendering.footnotes import RULES
from lgsp.reporting.rendering.from_report import Around, sheet_of
from lgsp.reporting.rendering.from_statistics import sheet_of_statistics
from lgsp.reporting.rendering.sheet import Sheet
from tests.reporting.figured import AGENCY, PERIOD, counts, figures, report, statistics

_LACKING = (
    "4 hồ sơ không đủ dữ kiện để thống kê, không nằm trong bảng: 3 không có ngày tiếp nhận,"
    " 1 không có ngày hẹn trả."
)


def _notes(sheet: Sheet, kind: str) -> list[str]:
    return [note.text for note in sheet.notes if note.kind == kind]


def _cells(sheet: Sheet, row: int) -> dict[str, Any]:
    return dict(zip((one.key for one in sheet.columns), sheet.rows[row].cells, strict=True))


def test_a_dossier_report_has_a_row_for_each_unit_and_the_whole_last() -> None:
    """Units stand under their names, and the reported whole is the total, not a sum made in passing."""
    sheet = sheet_of(report(figures=figures("standard", 3)), BUILT_IN, Around(lambda code: f"Đơn vị {code}"))
    assert [row.kind for row in sheet.rows] == ["row", "row", "row", "total"]
    assert _cells(sheet, 0)["label"] == "Đơn vị H44.11.1"
    assert _cells(sheet, 3)["label"] == "Tổng cộng"
    for name, value in counts(6).items():
        assert _cells(sheet, 3)[name] == value, name
    assert sheet.unit == "hồ sơ"


def test_a_report_of_one_unit_has_one_row_of_that_name() -> None:
    """Nothing is added up: the row is the agency's own, and one bar would say less than its numbers."""
    sheet = sheet_of(report(figures=figures("standard")), BUILT_IN)
    assert [(row.kind, row.cells[1]) for row in sheet.rows] == [("row", "Sở Tư pháp")]
    assert sheet.charts == ()


def test_other_reports_have_an_indicator_in_each_row() -> None:
    """With its unit; one that was not given is there, and is not 0."""
    told = [{"indicator": "voted", "value": "1234"}, {"indicator": "good_share", "value": "12.50"}]
    sheet = sheet_of(report("votes", figures=told, invariants=""), BUILT_IN)
    rows = {row.cells[1]: row.cells[3:] for row in sheet.rows}
    assert rows["voted"] == ("lượt", Decimal(1234))
    assert rows["good_share"] == ("%", Decimal("12.50"))
    assert rows["bad_share"] == ("%", None)
    assert _notes(sheet, "legend")[0].startswith("…: không có giá trị")


def test_breakdowns_are_rows_by_the_names_of_their_members() -> None:
    """A figure that is split by level stands in the row of that level."""
    level = Breakdown("level", "Cấp", (("commune", "Cấp xã"), ("province", "Cấp tỉnh")))
    split = [{"breakdown": "level", "member": "commune"}]
    told = [
        {"indicator": "received", "value": "7"},
        {"indicator": "received", "value": "5", "split": split},
        {"indicator": "received", "value": "2", "split": [{"breakdown": "level", "member": "other"}]},
    ]
    sheet = sheet_of(report(figures=told), replace(BUILT_IN, breakdowns=(level,)))
    assert [row.cells[1] for row in sheet.rows] == ["Cấp xã", "other", "Tổng cộng"]
    assert [_cells(sheet, n)["received"] for n in range(3)] == [5, 2, 7]
    assert sheet.columns[1].title == "Phân tổ"


def test_rows_of_several_kinds_are_not_taken_for_parts_of_one_sum() -> None:
    """Each kind stands under a heading of its own: units and levels are the same dossiers counted twice."""
    told = [
        {"indicator": "received", "value": "7"},
        {"indicator": "received", "value": "7", "split": [{"breakdown": "level", "member": "commune"}]},
        {"indicator": "received", "value": "3", "agency": "H44.11.1"},
        {"indicator": "received", "value": "4", "agency": "H44.11.2"},
    ]
    level = Breakdown("level", "Cấp hành chính", (("commune", "Cấp xã"),))
    sheet = sheet_of(report(figures=told), replace(BUILT_IN, breakdowns=(level,)))
    assert [(row.kind, row.cells[1]) for row in sheet.rows] == [
        ("section", "Theo cấp hành chính"),
        ("row", "Cấp xã"),
        ("section", "Theo cơ quan, đơn vị"),
        ("row", "H44.11.1"),
        ("row", "H44.11.2"),
        ("total", "Tổng cộng"),
    ]


def test_no_figure_is_lost_whatever_its_indicator_is_called() -> None:
    """Two indicators of one count, one with the name of another's count, and one of a count that is not printed."""
    own = {
        "received": Indicator("received", "Tiếp nhận", "hồ sơ", figure="received"),
        "again": Indicator("again", "Tiếp nhận (nhắc lại)", "hồ sơ", figure="received"),
        "odd": Indicator("odd", "Không phân loại", "hồ sơ", figure="unclassified"),
        "late": Indicator("late", "Trễ", "hồ sơ"),
        "x": Indicator("x", "Quá hạn", "hồ sơ", figure="late"),
    }
    known = replace(BUILT_IN, indicators=own, forms={"F": Form("F", "F", tuple(own), "standard/1")})
    told = [{"indicator": code, "value": f"{n}.5"} for n, code in enumerate(own, 1)]
    sheet = sheet_of(report("F", figures=told), known)
    assert len({one.key for one in sheet.columns}) == len(sheet.columns)
    shown = {cell for cell in sheet.rows[0].cells if isinstance(cell, Decimal)}
    assert shown == {Decimal(f"{n}.5") for n in range(1, 6)}


def test_a_report_without_figures_is_still_a_page() -> None:
    """An empty draft shows its form, and that nothing is given."""
    sheet = sheet_of(report("standard", figures=[]), BUILT_IN)
    assert set(sheet.rows[0].cells[2:]) == {None}
    assert sheet_of(report("votes", figures=[], invariants=""), BUILT_IN).rows


def test_what_nobody_counted_is_not_said_to_be_counted() -> None:
    """Of a report that another system sent, the platform knows no events."""
    told = [{"indicator": "voted", "value": "3", "origin": "received"}]
    sheet = sheet_of(report("votes", figures=told, invariants=""), BUILT_IN)
    assert _notes(sheet, "known")[0] == "Số liệu tại thời điểm 15/03/2024 00:00:00."


def test_an_unknown_form_is_printed_by_what_its_figures_say() -> None:
    """A report that another system sent, of a form that nobody defined here, is shown all the same."""
    told = [{"indicator": "KT-01", "name": "Thu ngân sách", "unit": "tỷ đồng", "value": "12.5"}]
    period = {"scheme": "ministry/3", "code": "W12", "label": "ministry/3:W12"}
    sheet = sheet_of(report("X9", figures=told, period=period, form_name="", regime="Z"), BUILT_IN)
    assert sheet.rows[0].cells == ("1", "KT-01", "Thu ngân sách", "tỷ đồng", Decimal("12.5"))
    assert sheet.title == "X9"
    assert sheet.lines == ("Kỳ W12",)


@pytest.mark.parametrize("rules", SETS)
def test_every_set_of_definitions_is_said_in_words(rules: str) -> None:
    """Who reads a table learns what withdrawn and stopped dossiers count as."""
    sheet = sheet_of(report(figures=figures("standard"), invariants=rules), BUILT_IN)
    (said,) = _notes(sheet, "rule")
    assert said.startswith(f"Quy tắc {rules}. ")
    assert said.endswith(f"{RULES[rules][1:]}.")


def test_every_rate_names_its_denominator() -> None:
    """A share without what it is of says nothing; of nothing there is no share."""
    sheet = sheet_of(report(figures=figures("standard")), BUILT_IN)
    late = next(one for one in _notes(sheet, "rate") if one.startswith("Tỷ lệ giải quyết quá hạn"))
    assert ": đã giải quyết × 100; mẫu số bằng 0 thì không có tỷ lệ." in late


def test_it_says_as_known_when() -> None:
    """Known at the cut-off is said so; known at another moment, both are told."""
    at_cut_off = sheet_of(report(figures=figures("standard")), BUILT_IN)
    assert _notes(at_cut_off, "known") == [
        "Số liệu theo sự kiện nền tảng đã biết tại thời điểm chốt: 15/03/2024 00:00:00."
    ]
    later = sheet_of(report(figures=figures("standard"), known_at="2024-04-01T00:00:00Z"), BUILT_IN)
    (said,) = _notes(later, "known")
    assert "đã biết đến 01/04/2024 07:00:00" in said
    assert "thời điểm chốt số liệu là 15/03/2024 00:00:00" in said


def test_typed_figures_are_told_apart() -> None:
    """What a person typed, and what another system sent, is not passed off as counted."""
    told = figures("standard")
    told[0]["origin"], told[1]["origin"] = "typed", "received"
    said = _notes(sheet_of(report(figures=told), BUILT_IN), "known")
    assert "Nhập tay: Tiếp nhận trong kỳ." in said
    assert "Do hệ thống khác gửi: Tiếp nhận trực tuyến." in said


def test_what_changed_since_is_a_note_and_the_figures_stay() -> None:
    """The closed figures stand in the table; under it stands what is known otherwise today."""
    change = {"name": "Tiếp nhận trong kỳ", "split": [], "then": "60", "now": "1063"}
    changes = [
        {**change, "indicator": "received", "agency": AGENCY},
        {**change, "indicator": "received", "agency": "H44.11.2"},
    ]
    sheet = sheet_of(report(figures=figures("standard")), BUILT_IN, Around(changes=changes))
    (said,) = _notes(sheet, "change")
    assert "Tiếp nhận trong kỳ: 60 → 1.063" in said
    assert "1 số liệu của các đơn vị trực thuộc" in said
    assert _cells(sheet, 0)["received"] == 60


def test_findings_and_the_reason_they_stand_are_printed() -> None:
    """Nobody reads a contradictory report without being told."""
    finding = {"code": "invariant-broken", "place": "x", "vi": "tổng: ghi 5, tính ra 6", "en": "total"}
    act = {"at": "2024-03-18T02:11:09Z", "who": "lan.nguyen", "what": "signed", "reason": "theo sổ giấy"}
    sheet = sheet_of(report(figures=figures("standard"), findings=[finding], acts=[act]), BUILT_IN)
    assert _notes(sheet, "finding") == [
        "Điểm cần lưu ý: tổng: ghi 5, tính ra 6",
        "Lý do ký duyệt khi còn điểm cần lưu ý: theo sổ giấy",
    ]


def test_a_signature_of_the_platform_is_not_passed_off_as_one_on_paper() -> None:
    """Who signed off is named with the moment, the day stands in the heading, and a note says what it is worth."""
    sheet = sheet_of(report(figures=figures("standard")), BUILT_IN)
    assert sheet.signatures[1].said == "Ký duyệt trên hệ thống: lan.nguyen, 18/03/2024 09:11:09"
    assert sheet.dated == "2024-03-18"
    assert "không thay cho chữ ký" in _notes(sheet, "legend")[-1]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("draft", "Bản nháp, chưa ký duyệt"),
        ("returned", "Bị trả lại, yêu cầu sửa"),
        ("replaced", "Đã thay bằng bản sửa"),
        ("accepted", ""),
    ],
)
def test_what_is_not_final_says_so_over_the_table(state: str, said: str) -> None:
    """A draft that lies about in print is seen to be one."""
    assert sheet_of(report(state=state, figures=figures("standard")), BUILT_IN).standing == said


def test_a_draft_that_was_reopened_bears_no_signature() -> None:
    """The act of signing is in its history, and it is no longer signed."""
    sheet = sheet_of(report(state="draft", figures=figures("standard")), BUILT_IN)
    assert (sheet.dated, sheet.signatures[1].said) == ("", "")


def test_a_correction_says_its_version_and_reason() -> None:
    """Two prints of one report are told apart."""
    sheet = sheet_of(report(version=3, reason="nhập muộn", figures=figures("standard")), BUILT_IN)
    assert sheet.lines[-1] == "Phiên bản 3, lý do sửa: nhập muộn"


def test_a_home_s_own_form_is_printed_by_its_own_names() -> None:
    """Indicators that a home defines stand under the headings that it gives them."""
    own = {
        "a": Indicator("a", "Số lớp", "lớp"),
        "b": Indicator("b", "Số học sinh", "em", group="g"),
    }
    known = replace(BUILT_IN, indicators=own, forms={"GD": Form("GD", "Giáo dục", ("b", "a"))})
    sheet = sheet_of(report("GD", figures=[{"indicator": "a", "value": "3"}]), known)
    assert [row.cells[2] for row in sheet.rows] == ["Số học sinh", "Số lớp"]


# --- statistics -----------------------------------------------------------------------------------------


def test_statistics_have_rows_rates_and_a_total() -> None:
    """Each row has its code and name; a rate is of what was solved, and there is none of nothing."""
    sheet = sheet_of_statistics(statistics(2, rows=[("H44.11.1", counts(1)), ("H44.11.2", counts(0))]))
    first, second = (_cells(sheet, n) for n in (0, 1))
    assert (first["code"], first["label"]) == ("H44.11.1", "Đơn vị H44.11.1")
    assert first["in_time_share"] == Decimal("98.04")  # (30 + 20) of 51
    assert second["in_time_share"] is None
    assert sheet.rows[-1].kind == "total"
    assert sheet.name == f"thong-ke-agency-{PERIOD.code}"


def test_statistics_of_one_row_have_no_total() -> None:
    """It would be the same row again."""
    sheet = sheet_of_statistics(statistics(1, by="total"))
    assert [row.kind for row in sheet.rows] == ["row"]
    assert "code" not in {one.key for one in sheet.columns}


def test_statistics_without_rows_still_say_their_total() -> None:
    """Where there is nothing, nothing is what is shown."""
    sheet = sheet_of_statistics(statistics(0, total=counts(0)))
    assert [row.kind for row in sheet.rows] == ["total"]


def test_dossiers_that_cannot_be_classified_are_told() -> None:
    """They stand in no row, and the reader is told how many there are."""
    total = {**counts(6), "unclassified": 4, "no_receipt": 3, "no_due": 1}
    assert _notes(sheet_of_statistics(statistics(total=total)), "finding") == [_LACKING]
    assert _notes(sheet_of_statistics(statistics()), "finding") == []


def test_what_waits_has_a_column_where_a_way_to_count_tells_it_apart() -> None:
    """Else the column would say 0 of something that is counted elsewhere."""
    apart = statistics(total={**counts(6), "waiting": 3}, definition="opencps/1")
    assert "waiting" in {one.key for one in sheet_of_statistics(apart).columns}
    none = statistics(total={**counts(6), "waiting": 0})
    assert "waiting" not in {one.key for one in sheet_of_statistics(none).columns}


def test_counting_that_lags_is_told() -> None:
    """A table that may lack something says so; a period that is closed needs no more than its cut-off."""
    said = [
        _notes(sheet_of_statistics(statistics(counted_to=to)), "finding")
        for to in ("", "2024-03-01T00:00:00+07:00", "2024-03-15T00:00:00+07:00")
    ]
    assert said[0] == ["Thống kê chưa đếm xong lần đầu: số liệu chưa đủ."]
    assert said[1] == ["Thống kê mới đếm đến 01/03/2024 00:00:00: số liệu có thể chưa đủ."]
    assert said[2] == []


@pytest.mark.parametrize(
    ("place", "vi", "said"),
    [
        (
            f"late_share/{AGENCY}/{PERIOD.label}",
            "{place}: không tính được vì mẫu số solved bằng 0",
            "Tỷ lệ giải quyết quá hạn: không tính được vì mẫu số đã giải quyết bằng 0",
        ),
        (
            f"H44.11.2/{PERIOD.label}/total",
            "{place}: ghi 5, tính ra 6 (trực tuyến + trực tiếp = 2 + 4), lệch -1",
            "Đơn vị 2, tổng số phải giải quyết: ghi 5, tính ra 6 (trực tuyến + trực tiếp = 2 + 4), lệch -1",
        ),
        (f"{AGENCY}/{PERIOD.label}", "{place}: kỳ chưa kết thúc", "kỳ chưa kết thúc"),
        (
            "",
            "total.v1 và x.total giữ nguyên, [total]",
            "total.v1 và x.total giữ nguyên, [tổng số phải giải quyết]",
        ),
    ],
)
def test_findings_are_printed_with_names(place: str, vi: str, said: str) -> None:
    """A reader knows no codes; the agency and the period that stand over the table are not said again."""
    finding = {"code": "x", "place": place, "vi": vi.format(place=place), "en": "x"}
    told = report(figures=figures("standard", 2), findings=[finding])
    sheet = sheet_of(told, BUILT_IN, Around(lambda code: f"Đơn vị {code[-1]}"))
    assert _notes(sheet, "finding") == [f"Điểm cần lưu ý: {said}"]
