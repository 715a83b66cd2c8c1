"""Corrections are versions with a reason; a moment says what was known; states, packages and identity are held."""

from __future__ import annotations

import importlib
from datetime import datetime, timedelta
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.reports.periods import SCHEMES, read_label
from lgsp.domain.reports.recorded import Cell, Figure, as_known, changes, corrected, irregular
from lgsp.domain.reports.regimes import PACKAGES, STATES, may_follow
from lgsp.home import packed
from lgsp.message import VIETNAM
from lgsp.schemas import Types

PERIOD = read_label("government/1:202403")
CELL = Cell("received", "H44.11", PERIOD.label)
FIRST = Figure(CELL, Decimal(499), PERIOD.cut_off - timedelta(hours=1))
SECOND = corrected(FIRST, Decimal(501), "Hồ sơ nhập muộn", PERIOD.cut_off + timedelta(days=3))
THIRD = corrected(SECOND, Decimal(500), "Nhập trùng", PERIOD.cut_off + timedelta(days=9))
OTHER = Figure(Cell("late", "H44.11", PERIOD.label), Decimal(1), PERIOD.cut_off + timedelta(days=1))
ALL = [FIRST, SECOND, THIRD, OTHER]


@given(st.permutations([*ALL, *ALL]))
def test_what_was_known_does_not_hang_on_order_or_repetition(told: list[Figure]) -> None:
    """A closed period gives the closed figures whatever came later; now gives the newest version."""
    assert as_known(told, PERIOD.cut_off) == {CELL: FIRST}
    assert as_known(told) == {CELL: THIRD, OTHER.cell: OTHER}
    assert as_known(told, SECOND.known_at) == {CELL: SECOND, OTHER.cell: OTHER}


def test_the_cut_off_and_now_stand_side_by_side() -> None:
    """What changed since, by how much, and why; what did not change is not told."""
    found = {one.cell: one for one in changes(ALL, PERIOD.cut_off)}
    assert (found[CELL].then, found[CELL].now, found[CELL].difference) == (FIRST, THIRD, Decimal(1))
    assert found[CELL].reasons == ("Hồ sơ nhập muộn", "Nhập trùng")
    assert (found[OTHER.cell].then, found[OTHER.cell].difference) == (None, None)
    assert changes([FIRST], PERIOD.cut_off) == []


@pytest.mark.parametrize(
    ("reason", "at", "field"),
    [
        (" ", SECOND.known_at, "reason"),
        ("x", FIRST.known_at - timedelta(1), "at"),
        ("x", datetime.fromisoformat("2024-04-01T00:00:00"), "zone"),
    ],
)
def test_a_correction_has_a_reason_and_a_later_moment(reason: str, at: datetime, field: str) -> None:
    """Without them there is no next version."""
    with pytest.raises(ValueError, match=field):
        corrected(FIRST, Decimal(1), reason, at)


def test_odd_histories_are_named() -> None:
    """A version that is missing, one that is told with two values, and one without a reason."""
    assert irregular(ALL) == []
    gap = Figure(CELL, Decimal(7), THIRD.known_at, version=3)
    assert [(o.code, o.version) for o in irregular([FIRST, gap])] == [
        ("version-missing", 2),
        ("reason-missing", 3),
    ]
    rival = Figure(CELL, Decimal(498), FIRST.known_at + timedelta(minutes=5))
    assert [(o.code, o.version) for o in irregular([rival, FIRST])] == [("version-disputed", 1)]
    assert as_known([rival, FIRST]) == as_known([FIRST, rival]) == {CELL: FIRST}
    early = Figure(CELL, Decimal(7), FIRST.known_at - timedelta(1), 2, "x")
    assert [o.code for o in irregular([FIRST, early])] == ["time-reversed"]


@pytest.mark.parametrize(("value", "version"), [(Decimal("NaN"), 1), (Decimal(1), 0)])
def test_what_is_no_figure_is_refused(value: Decimal, version: int) -> None:
    """No number, or no version."""
    with pytest.raises(ValueError, match=r"value|version"):
        Figure(CELL, value, datetime(2024, 1, 1, tzinfo=VIETNAM), version)


def test_a_report_is_signed_before_it_is_sent() -> None:
    """A draft cannot be sent; what was replaced stays so; every next state is a state."""
    assert may_follow("draft", "signed")
    assert may_follow("signed", "sent")
    assert not may_follow("draft", "sent")
    assert STATES["replaced"].next == frozenset()
    assert {name for state in STATES.values() for name in state.next} <= set(STATES)


def test_the_thirteen_packages_have_something_that_says_the_same() -> None:
    """Each names a part of the model that exists."""
    assert len({one.name for one in PACKAGES}) == 13
    for one in PACKAGES:
        module, _, name = one.model.partition(".")
        assert hasattr(importlib.import_module(f"lgsp.domain.reports.{module}"), name)


def test_versions_of_a_report_share_a_line_and_are_documents_of_their_own() -> None:
    """The same version is the same document, a correction is another in its line."""
    types = Types([packed() / "schemas"])
    example = types["report.v1"].schema["examples"][0]
    again = types.message("report.v1", orjson.loads(orjson.dumps(example)))
    first, later = (types.message("report.v1", {**example, "version": n}) for n in (2, 3))
    assert first.key == again.key != later.key
    assert first.partitionkey == later.partitionkey
    assert (first.agency, first.time) == ("H44.11", PERIOD.cut_off)


@pytest.mark.parametrize("value", ["1.234,5", "1e9", "", "NaN", "85.53 %"])
def test_a_canonical_value_is_an_exact_number(value: str) -> None:
    """Grouped, rounded or empty numbers are turned away with their place."""
    types = Types([packed() / "schemas"])
    example = {**types["report.v1"].schema["examples"][0], "figures": [{"indicator": "a", "value": value}]}
    assert [fault.place for fault in types.check("report.v1", example)] == ["/figures/0/value"]


def test_the_states_and_periods_of_the_schema_are_those_of_the_model() -> None:
    """The canonical words are the domain's; that a report was handed in is a word of the book alone."""
    properties = Types([packed() / "schemas"])["report.v1"].schema
    assert set(properties["properties"]["status"]["enum"]) == set(STATES) - {"received"}
    kinds = properties["$defs"]["ReportPeriod"]["properties"]["kind"]["enum"]
    assert set(kinds) == {kind.value for kind in SCHEMES["government/1"].cuts}
