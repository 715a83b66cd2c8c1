"""Bytes as text: what is UTF-8 is read so, whatever is said of it; the rest by what it says of itself."""

from __future__ import annotations

import pytest

from lgsp.wire.texts import text_of

NAME = "Nguyễn Thị Bưởi"


@pytest.mark.parametrize(
    "declared", [None, "utf-8", "iso-8859-1", "windows-1252", "no-such-charset", "base64"]
)
def test_utf_8_is_read_as_that(declared: str | None) -> None:
    """A server that declares Latin-1 by habit spoils no name."""
    assert text_of(NAME.encode(), declared) == NAME


@pytest.mark.parametrize(
    ("body", "declared", "text"),
    [
        ("Công ty Cửu Long".encode("utf-16"), None, "Công ty Cửu Long"),
        ("Sài Gòn".encode("iso-8859-1"), "iso-8859-1", "Sài Gòn"),
        (NAME.encode("windows-1258", "replace"), "windows-1258", None),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><a>Sài Gòn</a>".encode("iso-8859-1"), None, "Sài Gòn"),
        ('<?xml version="1.0"  encoding="latin-1" ?><a>é</a>'.encode("latin-1"), None, "é"),
    ],
)
def test_the_rest_by_what_is_said(body: bytes, declared: str | None, text: str | None) -> None:
    """Its mark, its `Content-Type`, or its XML declaration."""
    read = text_of(body, declared)
    assert "\ufffd" not in read
    assert text is None or text in read


@pytest.mark.parametrize("declared", [None, "no-such-charset", "base64", "utf-8"])
def test_what_cannot_be_read_stands_as_that(declared: str | None) -> None:
    """Nothing is guessed, and nothing raises: the rest of the body is there."""
    assert text_of(b"\xff\xfeab"[2:] + b" \xe9 cd", declared) == "ab \ufffd cd"
