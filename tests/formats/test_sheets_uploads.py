"""A browser's form is taken apart, and nothing else is."""

from __future__ import annotations

import pytest

from lgsp.formats import sheets
from tests.adapters.reporting_side import xlsx

FORM = "multipart/form-data; boundary=----lgsp42"


def _form(*parts: bytes) -> bytes:
    return b"".join(b"------lgsp42\r\n" + part + b"\r\n" for part in parts) + b"------lgsp42--\r\n"


NAME = b'Content-Disposition: form-data; name="form"\r\n\r\n06a'
FILE = b'Content-Disposition: form-data; name="f"; filename="a.xlsx"\r\nContent-Type: x/y\r\n\r\n'


@pytest.mark.parametrize("content", [b"", b"a\r\nb", b"\r\n\r\n", b"--\r\n", xlsx()], ids=range(5))
def test_the_first_file_of_a_form_is_what_was_uploaded(content: bytes) -> None:
    """Byte for byte, whatever stands before and behind it."""
    assert sheets.uploaded(_form(NAME, FILE + content, FILE + b"other"), FORM) == content
    assert sheets.uploaded(_form(FILE + content), 'Multipart/Form-Data; boundary="----lgsp42"') == content


@pytest.mark.parametrize(
    "kind", ["", "text/csv", "multipart/form-data", "multipart/form-data; boundary=other"]
)
def test_what_is_no_form_stays_as_it_came(kind: str) -> None:
    """So does a form without a file."""
    assert sheets.uploaded(_form(FILE + b"x"), kind) == _form(FILE + b"x")
    assert sheets.uploaded(_form(NAME), FORM) == _form(NAME)
