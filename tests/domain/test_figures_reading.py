"""Figures are read as offices write them, and what cannot be read is turned away with its place."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.figures.checking import check
from lgsp.domain.figures.numbers import Percent, count, percent
from lgsp.domain.figures.reading import read_tables
from lgsp.domain.figures.rows import Unreadable


def codes(document: Any) -> list[str]:
    """Return the findings on a JSON document."""
    return [finding.code for finding in check(read_tables(json.dumps(document).encode())).findings]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1.893", 1893), ("1,893", 1893), ("1 893", 1893), ("12.345.678", 12345678), (1893, 1893),
        ("1893", 1893), (Decimal("1893.0"), 1893), ("n/a", None), ("-", None), ("", None), (None, None),
        (" 68 ", 68), ("0", 0),
    ],
)  # fmt: skip
def test_counts_are_read_as_offices_write_them(written: Any, read: int | None) -> None:
    """Groups of three by a dot, a comma or a space; what is not given is None, and 0 is 0."""
    assert count(written) == read


@pytest.mark.parametrize(
    "written", ["1.89", "1,8933", "1.893,5", "-3", Decimal("1.893"), True, "abc", [], -1]
)
def test_what_is_no_whole_number_is_not_taken_for_one(written: Any) -> None:
    """A number that was cut or is negative is an error, never a nearby count."""
    with pytest.raises(ValueError, match="number"):
        count(written)


@pytest.mark.parametrize(
    ("written", "value"), [("85,53 %", "85.53"), ("85.53%", "85.53"), (66, "66"), (Decimal("76.5"), "76.5")]
)
def test_percentages_are_read_in_both_forms(written: Any, value: str) -> None:
    """A comma or a dot, with or without the sign."""
    assert percent(written) == Percent(Decimal(value))


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 4))
def test_a_percentage_fits_exactly_what_rounds_to_it(part: int, whole: int, decimals: int) -> None:
    """Rounded to the decimals given it fits; one unit of the last decimal off it does not."""
    unit = Decimal(1).scaleb(-decimals)
    rounded = (Decimal(100 * part) / whole).quantize(unit)
    assert Percent(rounded).fits(part, whole)
    assert not Percent(rounded + 2 * unit).fits(part, whole)
    assert not Percent(rounded).fits(part, 0)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no rows"),
        (b"{", "no valid JSON"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b'{"rows": [{"level": "A", "colour": 3}]}', "no row has a column"),
        (b'{"rows": [{"level": "A", "early": "1.89"}]}', "A/early"),
        (b'{"rows": [{"level": "A", "early": 1, "late %": "x"}]}', "A/late %"),
        (b'{"rows": [{"level": "A", "early": 1}, {"level": "A", "early": 1}]}', "two rows"),
        (b'{"rows": [{"level": "A", "late": 1, "overdue": 1}]}', "another column"),
        (
            b'{"rows": [{"level": "A", "early": 1}], "claims": [{"row": "B", "what": "early", "percent": 1}]}',
            "no row B",
        ),
        (
            b'{"rows": [{"level": "A", "early": 1}], "claims": [{"row": "A", "what": "x", "percent": 1}]}',
            "what",
        ),
        (b'{"rows": [{"level": "A", "early": 1}], "claims": [{"row": "A", "what": "early"}]}', "neither"),
        (b'{"rows": 7}', "lists"),
        (b"level,early\nA,1,2\n", "more cells"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(content: bytes, said: str) -> None:
    """Nothing is skipped in silence: the file is turned away with the place and the mend."""
    with pytest.raises(Unreadable) as fault:
        read_tables(content)
    assert any(said in line for line in fault.value.faults)


def test_a_statistic_message_is_a_table_of_one_row() -> None:
    """The names of `MStatistic` are known, with its spelling, and its percentages are checked."""
    said = {
        "NewReception": 90, "PreExtisting": 10, "Total": 100, "TotalSolved": 80, "SolvedInTime": 70,
        "SolvedInTimePercent": 87.5, "SolvedLate": 10, "SolvedLatePercent": 12.5, "TotalPending": 20,
    }  # fmt: skip
    assert codes(said) == []
    assert codes(said | {"SolvedLatePercent": 10}) == ["denominators-differ"]
