"""What a code may be: each reading with its parts, its normal form and the ways of writing that equal it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.code_readings import Kind, readings, written_as
from lgsp.domain.codes import agency_code, dossier_code


@pytest.mark.parametrize(
    ("text", "kinds", "normal"),
    [
        ("000.00.11.H44-260131-0001", [Kind.DOSSIER], "H44.11-260131-0001"),
        ("000.00.00.H44", [Kind.AGENCY], "H44"),
        ("24", [Kind.AGENCY], "24"),
        ("1.003560.000.00.00.H56", [Kind.PROCEDURE], "1.003560.H56"),
        ("15/UBND-VP", [Kind.DOCUMENT], "15/UBND-VP"),
        ("000.00.00.H37,2026,15/UBND", [Kind.DOCUMENT], "H37,2026,15/UBND"),
        ("vxp.saas.03", [Kind.AGENCY, Kind.PROCEDURE], "vxp.saas.03"),
        ("01890A5D-AC96-774B-BCCE-B302099A8057", [Kind.MESSAGE], "01890a5d-ac96-774b-bcce-b302099a8057"),
        ("two words", [Kind.AGENCY], "two words"),
        ("", [], ""),
    ],
)
def test_a_text_is_read_as_what_its_form_allows(text: str, kinds: list[Kind], normal: str) -> None:
    """The likeliest first; a code of no known form may still be an agency's, or a local procedure's."""
    found = readings(text)
    assert [one.kind for one in found] == kinds
    assert [one.normal for one in found[:1]] == ([normal] if kinds else [])


def test_a_dossier_names_its_agency_day_and_serial() -> None:
    """The other way of writing it stands beside it."""
    (one,) = readings("H44.11-260131-0001")
    assert (one.agency, one.day, one.part) == ("H44.11", date(2026, 1, 31), "0001")
    assert one.spellings == ("000.00.11.H44-260131-0001",)


def test_a_reading_says_whether_its_form_is_known() -> None:
    """An opaque code is not wrong; it only may be one."""
    assert [one.certain for one in readings("vxp.saas.03")] == [False, False]
    assert [one.certain for one in readings("1.003560")] == [True]


@given(st.lists(st.integers(1, 99).map(lambda n: f"{n:02d}"), max_size=2), st.integers(0, 999))
def test_spellings_compare_as_equal(groups: list[str], last: int) -> None:
    """Whatever is given as another way of writing a code has its normal form."""
    whole = [*groups, f"{last:03d}"] if len(groups) == 2 and last else groups
    normal = ".".join(["H44", *whole])
    (spelled,) = written_as(normal)
    assert agency_code(spelled) == normal
    found = dossier_code(f"{spelled}-260131-0001")
    assert found is not None
    assert found.normal == f"{normal}-260131-0001"


def test_a_code_that_the_old_form_cannot_write_has_no_other_spelling() -> None:
    """Letters, or too many groups."""
    assert (written_as("H37.DN.001"), written_as("H37.01.01.001.1")) == ([], [])
