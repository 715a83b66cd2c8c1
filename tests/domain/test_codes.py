"""Codes are read tolerantly, never rewritten, and compare by their normal form."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.codes import FORMS, agency_code, agency_of, dossier_code, procedure_code, under

_ROOTS = st.sampled_from(["H44", "H01", "G09", "A12", "K63"])
_GROUPS = st.text("0123456789", min_size=2, max_size=2)
_OLD = st.builds(lambda a, b, c, root: f"0{a}.{b}.{c}.{root}", _GROUPS, _GROUPS, _GROUPS, _ROOTS)
_NEW = st.builds(
    lambda root, rest: ".".join([root, *rest]),
    _ROOTS,
    st.lists(st.text("0123456789AB", min_size=1, max_size=4), max_size=5),
)
_DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


def test_old_and_new_agency_form_are_one_line() -> None:
    """The old and the new form of one dossier code have the same normal form."""
    old, new = dossier_code("000.00.11.H44-200101-0001"), dossier_code("H44.11-200101-0001")
    assert old is not None
    assert new is not None
    assert old.normal == new.normal == "H44.11-200101-0001"
    assert (old.agency, new.agency) == ("000.00.11.H44", "H44.11")


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("000.00.00.H44", "H44"),
        ("000.00.11.H44", "H44.11"),
        ("000.09.23.H34", "H34.23.09"),
        ("001.09.23.H34", "H34.23.09.001"),
        ("H44.100", "H44.100"),
        (" h44.11 ", "H44.11"),
        ("000.00.00.H55.02", "H55.02"),
        ("H4", None),
        ("H44.", None),
        ("H44-11", None),
        ("", None),
        ("H44.1234.1234.1234.1234.1234.1234.1", "H44.1234.1234.1234.1234.1234.1234.1"),
        ("H44.1234.1234.1234.1234.1234.1234.12", None),
        ("28.22.H17", "H17.22.28"),
        ("00.99.H29", "H29.99"),
        ("H37.DN.00123", "H37.DN.00123"),
    ],
)
def test_agency_codes_are_read_in_both_forms(written: str, normal: str | None) -> None:
    """The old form reads from right to left and its zero groups say nothing."""
    assert agency_code(written) == normal


@pytest.mark.parametrize(
    "written",
    [
        "",
        "H44",
        "H44.11-260230-0001",
        "H44.11-261301-0001",
        "H44.11-2601-0001",
        "H44.11-260101-001",
        "H44.11-260101-123456789",
        "H44.11-260101-00a1",
        "H44.11-260101-0001 x",
        "H44.11-26010\N{ARABIC-INDIC DIGIT ONE}-0001",
        "Hồ sơ 1",
    ],
)
def test_what_is_no_dossier_code_is_none(written: str) -> None:
    """A code without a real date or of another shape is no code."""
    assert dossier_code(written) is None


def test_ministries_write_the_year_in_full() -> None:
    """The eight-digit date of the ministries' systems is read, and the serial kept as it is."""
    code = dossier_code("G09.20-20260609-0092637")
    assert code is not None
    assert (code.day, code.serial, code.agency_normal) == (date(2026, 6, 9), "0092637", "G09.20")


@pytest.mark.parametrize(
    ("written", "procedure", "issuer", "known"),
    [
        ("1.011442", "1.011442", "", True),
        ("1.011442.000.00.00.H38", "1.011442", "000.00.00.H38", True),
        ("2.000815.000.00.00.H55.02", "2.000815", "000.00.00.H55.02", True),
        ("2.002621.H56", "2.002621", "H56", True),
        ("6.006776", "6.006776", "", True),
        ("TS_lop1.000.00.00.H22", "TS_lop1", "000.00.00.H22", False),
        ("1.003897.01", "1.003897.01", "", False),
    ],
)
def test_procedure_codes_are_split_and_unknown_ones_flagged(
    written: str, procedure: str, issuer: str, known: bool
) -> None:
    """The issuer is split off; a local form is flagged and not rejected."""
    code = procedure_code(written)
    assert code is not None
    assert (code.procedure, code.issuer, code.known) == (procedure, issuer, known)


@pytest.mark.parametrize("written", ["", "  ", "hai từ"])
def test_what_is_no_procedure_code_is_none(written: str) -> None:
    """An empty text and a text with a space are no procedure codes."""
    assert procedure_code(written) is None


@pytest.mark.parametrize(
    ("code", "subtree", "inside"),
    [
        ("H44", "H44", True),
        ("H44.11", "H44", True),
        ("000.00.11.H44", "H44", True),
        ("H44.11", "000.00.00.H44", True),
        ("H44.110", "H44.11", False),
        ("H45", "H44", False),
        ("H44", "H44.11", False),
        ("H441", "H44", False),
        ("H44", "", False),
        ("", "H44", False),
    ],
)
def test_a_subtree_holds_its_agencies_in_either_form(code: str, subtree: str, inside: bool) -> None:
    """H44 covers H44.11 and 000.00.11.H44, but not its neighbours."""
    assert under(code, subtree) is inside


def test_the_agency_of_a_dossier_code_is_its_first_part() -> None:
    """An agency is found in a dossier code and in an agency code, and nowhere else."""
    assert agency_of("000.00.11.H44-200101-0001") == "000.00.11.H44"
    assert agency_of(" H44.11 ") == "H44.11"
    assert agency_of("Sở Tư pháp") is None


@given(_OLD | _NEW, _DAYS, st.booleans(), st.integers(0, 99_999_999))
def test_normal_forms_are_idempotent(agency: str, day: date, full: bool, serial: int) -> None:
    """The normal form of a normal form is itself, and it names the same agency, day and serial."""
    code = dossier_code(
        f"{agency}-{day:%Y%m%d}-{serial:04}" if full else f"{agency}-{day:%y%m%d}-{serial:04}"
    )
    assert code is not None
    again = dossier_code(code.normal)
    assert again is not None
    assert (again.normal, again.day, again.serial) == (code.normal, day, f"{serial:04}")
    assert FORMS["agency-code"](code.agency_normal) == code.agency_normal
    assert under(agency, agency)


@given(st.text(max_size=60), st.sampled_from(sorted(FORMS)))
def test_no_text_breaks_a_normal_form(text: str, form: str) -> None:
    """Any text has a normal form, which is its own, or none."""
    normal = FORMS[form](text)
    assert normal is None or FORMS[form](normal) == normal
