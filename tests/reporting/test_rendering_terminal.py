"""A table on a terminal: nothing is wider than the paper, nothing is left out, and bars add up."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from lgsp.cli import report_showing
from lgsp.cli.report_grid import grid
from lgsp.cli.report_printing import Files, labelled, write
from lgsp.domain.reports.defined import BUILT_IN
from lgsp.reporting.rendering.acts import act
from lgsp.reporting.rendering.from_report import sheet_of
from lgsp.reporting.rendering.from_statistics import sheet_of_statistics
from lgsp.reporting.rendering.sheet import Bar, Chart, Column, Row, Sheet
from tests.reporting.figured import counts, figures, report, small, statistics

LONG = "Ủy ban nhân dân phường Tân Thành và các xã lân cận"


def _wide(units: int = 4) -> Sheet:
    return sheet_of_statistics(statistics(units, name=lambda _: LONG))


@pytest.mark.parametrize("room", [80, 100, 140, 400])
def test_a_table_fits_the_paper(room: int) -> None:
    """Columns that do not fit stand below, each time with the names of their rows; none is cut off."""
    sheet = _wide()
    parts = list(grid(sheet, room))
    assert max(cell_len(line.text) for part in parts for line in part) <= room
    words = " ".join(" ".join(line.text for part in parts for line in part).split())
    assert all(cell in words for cell in ("H44.11.4", "98,04", "Trong"))
    assert all(sum("H44.11.4" in line.text for line in part) == 1 for part in parts)
    assert (len(parts) == 1) == (room == 400)


def test_every_number_of_a_row_stands_in_it() -> None:
    """Read across the parts, a row's line has its figures in the order of the columns."""
    sheet = sheet_of_statistics(statistics(1, by="total", name=lambda _: "Sở"))
    lines = [line.text for part in grid(sheet, 60) for line in part if " Sở " in line.text]
    told = [word for line in lines for word in line.split()[2:]]
    of = counts(1)
    expected = [str(of[one.key]) for one in sheet.columns if one.numeric and one.key in of]
    assert told == [*expected, "98,04"]


def test_headings_stand_over_the_columns_they_are_of() -> None:
    """A heading over several columns is as wide as they are together, and is there once."""
    columns = (
        Column("label", "Đơn vị"),
        Column("a", "Một", ("Nhóm",), numeric=True),
        Column("b", "Hai", ("Nhóm",), numeric=True),
    )
    (part,) = grid(Sheet("s", "s", columns, (Row(("x", Decimal(1), Decimal(2))),)), 80)
    assert [line.text for line in part] == [
        "        ··· Nhóm ···",
        "Đơn vị    Một    Hai",
        "──────  ─────  ─────",
        "x           1      2",
    ]


def test_a_heading_line_of_rows_stands_alone() -> None:
    """What heads the rows below it is no figure."""
    columns = (Column("label", "Đơn vị"), Column("a", "Một", numeric=True))
    rows = (Row(("Cấp xã", None), "section"), Row(("x", None)))
    (part,) = grid(Sheet("s", "s", columns, rows), 80)
    assert [line.text for line in part][-2:] == ["Cấp xã", "x           …"]


@given(st.lists(st.integers(0, 10**6).map(Decimal), min_size=1, max_size=4), st.booleans())
def test_bars_of_letters_are_as_long_as_what_they_stand_for(parts: list[Decimal], shares: bool) -> None:
    """However their ends are rounded, the parts of a bar are together as long as their sum."""
    names = ("một", "hai", "ba", "bốn")[: len(parts)]
    bars = (Bar("a", tuple(parts)), Bar("b", tuple(part * 2 for part in parts)))
    _, first, second = report_showing.bars(Chart("t", names, bars, shares))
    long = [sum(letter in "█▓▒" for letter in line) for line in (first, second)]
    full = 40 if sum(parts) else 0
    assert long[1] == full
    assert abs(long[0] - (full if shares else full / 2)) <= 1


def test_what_is_shown_holds_the_notes_and_fits_a_hundred_letters(capsys: pytest.CaptureFixture[str]) -> None:
    """Where nobody says how wide the paper is, it is a hundred letters."""
    finding = {"vi": "tổng: ghi 5, tính ra 6 " * 12, "en": "x", "code": "x", "place": "x"}
    told = report(figures=figures("standard", 3), findings=[finding])
    report_showing.sheet(sheet_of(told, BUILT_IN).as_dict())
    out = capsys.readouterr().out
    assert max(map(cell_len, out.splitlines())) <= 100
    assert "THỐNG KÊ GIẢI QUYẾT HỒ SƠ" in out
    assert "Ký duyệt trên hệ thống: lan.nguyen" in out
    assert "Quy tắc standard/1" in out
    assert out.index("Quy tắc") > out.index("quá hạn")


def test_text_of_others_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    """A name in brackets is a name, and colours nothing."""
    columns = (Column("label", "Đơn vị"),)
    report_showing.sheet(Sheet("s", "[red]s[/red]", columns, (Row(("[bold]x[/bold]",)),)).as_dict())
    out = capsys.readouterr().out
    assert "[RED]S[/RED]" in out
    assert "[bold]x[/bold]" in out


def test_a_list_says_how_each_report_stands(capsys: pytest.CaptureFixture[str]) -> None:
    """With its state in words, when it is due, and how far its delivery is."""
    told = report(
        state_vi="Đã ký duyệt",
        due_on="2024-03-18",
        late=True,
        delivery={"system": "office", "state": "put off"},
    )
    report_showing.reports([told], more=True)
    out = capsys.readouterr().out
    for said in ("Đã ký duyệt", "18/03/2024, quá hạn", "hẹn chuyển lại (put off)", "còn nữa"):
        assert said in " ".join(out.split())
    report_showing.reports([])
    assert "Chưa có báo cáo nào" in capsys.readouterr().out


def test_an_act_says_what_became_of_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    """Who did what and why, and what was found, without the figures."""
    report_showing.report(report(state_vi="Đã ký duyệt", findings=[{"vi": "lệch 1", "en": "off by 1"}]))
    out = capsys.readouterr().out
    assert "lan.nguyen: ký duyệt (signed)" in out
    assert "lệch 1 (off by 1)" in out


@pytest.mark.parametrize(
    ("delivery", "said"),
    [
        ({"system": "office", "state": "delivered", "cause": ""}, "office: đã chuyển (delivered)"),
        ({"system": "", "state": "unrouted", "cause": ""}, "chưa có tuyến (unrouted)"),
        (
            {"system": "office", "state": "refused", "cause": "unknown-code"},
            "bị hệ thống nhận từ chối (refused): ",
        ),
    ],
)
def test_it_says_how_far_a_report_went(
    capsys: pytest.CaptureFixture[str], delivery: dict[str, str], said: str
) -> None:
    """A report that has no way to go says so; one that was refused says why."""
    report_showing.report(report(state_vi="Đã ký duyệt", delivery=delivery, due_vi="chưa biết"))
    out = capsys.readouterr().out
    assert said in out
    assert "hạn gửi (due): chưa biết" in out


@pytest.mark.parametrize(
    ("what", "said"),
    [("signed", "ký duyệt (signed)"), ("accepted", "đã được chấp nhận (accepted)"), ("danced", "danced")],
)
def test_acts_are_said_in_words(what: str, said: str) -> None:
    """What a far side said is an act like others; one that nobody knows stands as it is."""
    assert act(what) == said


def test_files_are_written_where_they_are_asked_for(tmp_path: Path) -> None:
    """Only those that are asked for."""
    to = Files(html=tmp_path / "a.html", xlsx=tmp_path / "a.xlsx")
    assert write(small().as_dict(), to) == [to.html, to.xlsx]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "a.xlsx"]
    assert write(small().as_dict(), Files(csv=tmp_path / "a.csv")) == [tmp_path / "a.csv"]


def test_a_period_without_a_scheme_is_the_government_s() -> None:
    """Other schemes are named: the same code is other days by another."""
    assert labelled("202403") == "government/1:202403"
    assert labelled("calendar/1:202403") == "calendar/1:202403"
