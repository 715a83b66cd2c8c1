"""The table model: headings over headings, its way through JSON, and numbers as offices write them."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.reports.defined import BUILT_IN
from lgsp.domain.reports.invariants import SETS
from lgsp.reporting.rendering.charting import charts
from lgsp.reporting.rendering.dossier_columns import dossier_columns
from lgsp.reporting.rendering.from_report import sheet_of
from lgsp.reporting.rendering.from_statistics import sheet_of_statistics
from lgsp.reporting.rendering.sheet import Column, Row, from_dict, headings
from lgsp.reporting.rendering.written import number, numbering, plain, shortened, written
from tests.reporting.figured import counts, figures, report, small, statistics

COLUMNS = st.lists(st.lists(st.sampled_from("ab"), max_size=3).map(tuple), min_size=1, max_size=8).map(
    lambda groups: [Column(str(n), f"t{n}", group) for n, group in enumerate(groups)]
)


@given(COLUMNS)
def test_headings_cover_every_place_once(columns: list[Column]) -> None:
    """However headings lie over each other, each place of the head is of exactly one of them."""
    lines = headings(columns)
    covered = [
        (at + down, one.column + across)
        for at, row in enumerate(lines)
        for one in row
        for down, across in product(range(one.down), range(one.across))
    ]
    assert sorted(covered) == list(product(range(len(lines)), range(len(columns))))
    assert sum(one.leaf for row in lines for one in row) == len(columns)


@pytest.mark.parametrize(
    "sheet",
    [
        small(),
        sheet_of(report(figures=figures("standard", 3)), BUILT_IN),
        sheet_of(report("votes", figures=[{"indicator": "voted", "value": "12"}]), BUILT_IN),
        sheet_of_statistics(statistics()),
    ],
)
def test_a_sheet_comes_back_from_json_as_it_was(sheet: object) -> None:
    """What the API tells of a table is the whole of it."""
    assert from_dict(orjson.loads(orjson.dumps(sheet.as_dict()))) == sheet  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("value", "decimals", "said"),
    [
        ("1234567", None, "1.234.567"),
        ("1234.5", None, "1.234,5"),
        ("1E+6", None, "1.000.000"),
        ("85.525", 2, "85,53"),
        ("-0.5", 0, "-1"),
        ("100", 2, "100,00"),
        ("123456789012345678901234567890.12", None, "123.456.789.012.345.678.901.234.567.890,12"),
    ],
)
def test_numbers_are_written_as_offices_write_them(value: str, decimals: int | None, said: str) -> None:
    """Points between thousands, a comma before decimals, rounded half up, and never in powers of ten."""
    assert number(Decimal(value), decimals) == said


def test_a_number_for_machines_has_no_grouping() -> None:
    """A program reads it without knowing the country."""
    assert plain(Decimal("1E+6")) == "1000000"
    assert plain(Decimal("1234.565"), 2) == "1234.57"


def test_what_is_not_given_is_never_written_as_0() -> None:
    """A number that nobody gave is `…`; a text that is empty is empty, and so are the cells beside a heading."""
    column = Column("n", "n", numeric=True, decimals=0)
    assert written(None, column) == "…"
    assert written(Decimal(0), column) == "0"
    assert written(None, column, "section") == ""
    assert written(None, Column("t", "t")) == ""


def test_a_shortened_name_keeps_its_end() -> None:
    """Names of offices begin alike: what tells them apart stands at their ends."""
    text = shortened("Ủy ban nhân dân phường Tân Thành số 10", 20)
    assert len(text) <= 20
    assert text.startswith("Ủy ban")
    assert text.endswith("số 10")


@pytest.mark.parametrize("rules", SETS)
def test_the_sums_under_the_headings_are_true(rules: str) -> None:
    """Each formula that is printed names columns of the table, and no column is the sum of itself."""
    columns = dossier_columns(counts(1).keys(), rules)
    keys = {one.key for one in columns}
    told = {one.key: one.formula.split() for one in columns if one.formula}
    assert "total" in told
    assert all(key not in terms and set(terms[::2]) <= keys for key, terms in told.items())
    if rules == "standard/1":
        of = counts(3)
        for key, terms in told.items():
            assert of[key] == sum(of[term] or 0 for term in terms[::2]), key


def test_what_a_set_counts_within_another_column_stands_under_it() -> None:
    """Form 06a counts withdrawn dossiers as solved: the heading says so, and the standard has them apart."""
    place = {
        rules: next(one for one in dossier_columns(["solved", "withdrawn"], rules) if one.key == "withdrawn")
        for rules in ("standard/1", "form-06a/1")
    }
    assert place["standard/1"].groups == ("Kết thúc khác",)
    assert place["form-06a/1"].groups == ("Đã giải quyết",)


def test_columns_are_numbered_with_their_sums() -> None:
    """As printed forms do: `(2) = (3)+(4)`; a sum of which a column is missing is not claimed."""
    columns = [
        Column("label", "Đơn vị"),
        Column("received", "Cộng", formula="online + direct"),
        Column("online", "Trực tuyến"),
        Column("direct", "Trực tiếp"),
    ]
    assert numbering(columns) == ["(1)", "(2) = (3)+(4)", "(3)", "(4)"]
    assert numbering(columns[:3]) == ["(1)", "(2)", "(3)"]


def test_charts_show_what_a_table_of_several_rows_says_of_terms() -> None:
    """Rows without dossiers make no bar, the total is none, and a value that is not given is not drawn as 0."""
    columns = (
        Column("label", "Đơn vị"),
        *(Column(key, key, numeric=True) for key in ("early", "on_time", "late")),
    )
    rows = [
        Row(("a", Decimal(1), Decimal(2), Decimal(3))),
        Row(("b", Decimal(0), Decimal(0), Decimal(0))),
        Row(("c", None, Decimal(2), Decimal(3))),
        Row(("d", Decimal(5), Decimal(2), Decimal(3))),
        Row(("Tổng cộng", Decimal(9), Decimal(9), Decimal(9)), "total"),
    ]
    (made,) = charts(columns, rows, 0)
    assert [bar.label for bar in made.bars] == ["d", "a"]
    assert made.series[-1] == "quá hạn"
    assert charts(columns, rows[:3], 0) == ()


def test_a_chart_says_what_it_leaves_out() -> None:
    """Of many rows the twelve largest are drawn, and how many are not stands below."""
    sheet = sheet_of_statistics(statistics(40))
    assert [len(one.bars) for one in sheet.charts] == [12, 12]
    assert "28 dòng khác" in sheet.charts[0].note
