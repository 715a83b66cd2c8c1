"""A home's own form with breakdowns: its template, its columns, and parts that have to add up."""

from __future__ import annotations

from typing import Any

import pytest

from lgsp.domain.reports.defined import BUILT_IN, Definitions
from lgsp.domain.reports.indicators import Breakdown, Indicator
from lgsp.domain.reports.periods import Kind
from lgsp.domain.reports.regimes import Form, Occasion, Regime
from lgsp.formats import sheets
from lgsp.formats.sheets import Asked

LEVEL = Breakdown("level", "Cấp", (("province", "Tỉnh"), ("commune", "Xã")))
FORM = Form("own", "Mẫu riêng", ("visits", "money", "share"))
OWN = BUILT_IN.with_more(
    Definitions(
        {
            "own": Regime(
                "own", "Chế độ riêng", Occasion.PERIODIC, "", "calendar/1", (Kind.MONTH,), "", (FORM,)
            )
        },
        {"own": FORM},
        {
            "visits": Indicator("visits", "Lượt", "lượt", decimals=0, breakdowns=("level",)),
            "money": Indicator("money", "Tiền", "triệu đồng", decimals=3),
            "share": Indicator("share", "Tỷ lệ", "%", formula="money / visits * 100", decimals=1),
        },
        (),
        (LEVEL,),
    )
)
ASKED = Asked("own", "H44.11", "202403")


def _csv(*rows: str) -> bytes:
    return "\n".join(["Mã chỉ tiêu;Giá trị;Cấp tỉnh [level=province];level=commune", *rows]).encode()


def _read(*rows: str) -> sheets.Sheet:
    return sheets.read(_csv(*rows), ASKED, OWN)


def _faults(*rows: str) -> list[tuple[str, str, str]]:
    return [(one.cell, one.code, one.detail) for one in _read(*rows).faults]


def test_parts_are_figures_of_their_own() -> None:
    """A column of a member is that part; an empty one says nothing."""
    read = _read("visits;10;4;6", "money;5,5;;")
    assert read.faults == ()
    told: list[dict[str, Any]] = list(read.figures)
    parts = [(one["split"][0]["member"], one["value"]) for one in told if "split" in one]
    assert parts == [("province", "4"), ("commune", "6")]
    assert [one["value"] for one in told if "split" not in one] == ["10", "5.5"]


def test_parts_that_do_not_add_up_are_told_at_the_whole() -> None:
    """With the parts."""
    assert _faults("visits;11;4;6", "money;5,5;;") == [
        ("B2", "figures-contradict", "11 ≠ province + commune = 4 + 6 = 10")
    ]


def test_a_computed_indicator_is_left_empty_or_right() -> None:
    """To the decimals that it is given with."""
    assert _read("visits;8;;", "money;5,5;;", "share;68,8;;").faults == ()
    assert _faults("visits;8;;", "money;5,5;;", "share;68,6;;") == [
        ("B4", "figures-contradict", "68.6 ≠ money / visits * 100 = 5.5 / 8 * 100 = 68.75")
    ]


def test_a_figure_in_a_breakdown_that_is_not_its_own_is_a_fault() -> None:
    """Money is not given by level."""
    assert _faults("visits;10;4;6", "money;5,5;1;") == [("C3", "breakdown-unknown", "level=province")]


@pytest.mark.parametrize(("written", "code"), [("1.234", "cell-ambiguous"), ("1,234", "cell-ambiguous")])
def test_a_number_that_may_be_two_is_not_guessed(written: str, code: str) -> None:
    """1.234 million is a thousand times 1,234 million."""
    assert [(one[0], one[1]) for one in _faults("visits;1;;", f"money;{written};;")] == [("B3", code)]


@pytest.mark.parametrize(
    ("written", "value"), [("1.234,5", "1234.5"), ("1,234.5", "1234.5"), ("-0,5", "-0.5"), ("0.125", "0.125")]
)
def test_a_number_that_can_be_one_only_is_read(written: str, value: str) -> None:
    """By Vietnamese and English marks alike."""
    read = sheets.read(_csv("visits;1;;", f'money;"{written}";;'), ASKED, OWN)
    assert read.faults == ()
    assert [one["value"] for one in read.figures if one["indicator"] == "money"] == [value]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_template_has_a_column_for_each_part(kind: str) -> None:
    """And is read back as the same form."""
    made = sheets.template("own", "H44.11", "calendar/1:202403", kind, OWN)
    assert [one.code for one in sheets.read(made, ASKED, OWN).faults] == ["sheet-nothing-given"]
    if kind == "csv":
        filled = made.decode("utf-8-sig").replace("visits,Lượt,lượt,,,", "visits,Lượt,lượt,10,4,6")
        assert len(sheets.read(filled.encode(), ASKED, OWN).figures) == 4
