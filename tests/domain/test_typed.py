"""What somebody types into one box is read as what it most likely is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.typed import Meant, read_typed


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("4f385985-5ea0-5cbc-9b13-69fff98fbef9", Meant.ID),
        ("4F385985-5EA0-5CBC-9B13-69FFF98FBEF9", Meant.ID),
        ("4f3859855ea05cbc9b1369fff98fbef9", Meant.CODE),
        ("H44.11-260131-0001", Meant.DOSSIER),
        ("000.00.11.h44-260131-0001", Meant.DOSSIER),
        ("H44.11-261331-0001", Meant.CODE),
        ("H37,2026/03/05,15/UBND-VP", Meant.DOCUMENT),
        ("000.00.00.H37,2026,15", Meant.DOCUMENT),
        ("15/UBND-VP", Meant.NOTATION),
        (" 15 / ubnd-vp ", Meant.NOTATION),
        ("15/2026/QĐ-UBND", Meant.NOTATION),
        ("H44", Meant.AGENCY),
        ("h44.11.02", Meant.AGENCY),
        ("000.00.11.H44", Meant.AGENCY),
        ("Sở Tư pháp", Meant.NAME),
        ("ubnd tỉnh bắc giang", Meant.NAME),
        ("UBND", Meant.CODE),
        ("0106543210", Meant.CODE),
        ("xã số 5", Meant.CODE),
        ("", Meant.CODE),
    ],
)
def test_what_was_typed_is_read(text: str, meant: Meant) -> None:
    """Ids, dossiers, documents, agencies and their names by their forms; whatever has none as it is written."""
    assert read_typed(text) == (meant, text.strip())


def test_letters_are_composed() -> None:
    """A keyboard that writes marks apart means the same."""
    assert read_typed("Sở Tư pháp").text == "Sở Tư pháp"


@given(st.text(max_size=60))
def test_everything_means_something(text: str) -> None:
    """No text is an error, and reading it again reads the same."""
    found = read_typed(text)
    assert read_typed(found.text) == found
