"""What a file is, by its bytes: the accepted formats, and what is taken for none of them."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.file_kinds import ACCEPTED, HEAD, TAIL, endings_of, fits


def archive(*names: str, first: bytes = b"") -> bytes:
    """Return an archive of entries; the first may be a plain `mimetype`."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        if first:
            packed.writestr(zipfile.ZipInfo("mimetype"), first)
        for name in names:
            packed.writestr(zipfile.ZipInfo(name), "x" * 5000, zipfile.ZIP_DEFLATED)
    return made.getvalue()


OFFICE = "[Content_Types].xml"
TEXT = b"application/vnd.oasis.opendocument.text"
FILES = [
    (b"%PDF-1.4\n...", ("pdf",)),
    (b"\r\n\xef\xbb\xbf%PDF-1.7", ("pdf",)),
    (b"x" * 2000 + b"%PDF-1.7", ("txt", "csv")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", ("doc", "xls", "ppt")),
    (archive(OFFICE, "word/document.xml"), ("docx", "zip")),
    (archive(OFFICE, "_rels/.rels", "xl/workbook.xml"), ("xlsx", "zip")),
    (archive("ppt/presentation.xml", OFFICE), ("pptx", "zip")),
    (archive("content.xml", first=TEXT), ("odt", "zip")),
    (archive("content.xml", first=TEXT.replace(b"text", b"spreadsheet")), ("ods", "zip")),
    (archive("content.xml", first=TEXT.replace(b"text", b"presentation")), ("odp", "zip")),
    (archive("a.txt", "word/x"), ("zip",)),
    (archive(), ("zip",)),
    (archive("a.txt")[:-30], ()),
    (b"Rar!\x1a\x07\x01\0", ("rar",)),
    (b"{\\rtf1\\ansi", ("rtf",)),
    (b"\x89PNG\r\n\x1a\n....", ("png",)),
    (b"\xff\xd8\xff\xe0....", ("jpg", "jpeg")),
    (b"GIF89a....", ("gif",)),
    (b"II*\0....", ("tif", "tiff")),
    (b"MM\0*....", ("tif", "tiff")),
    (b"BM\x36\x10\0\0\0\0\0\0\x36\0\0\0", ("bmp",)),
    (b"BMW la mot hang xe", ("txt", "csv")),
    ("Họ tên;Số\r\nA;1".encode(), ("txt", "csv")),
    ("Họ tên".encode("utf-16"), ("txt", "csv")),
    (b"", ()),
    (b"<!DOCTYPE html><html>", ()),
    (b"\xef\xbb\xbf \n<HTML>", ()),
    (b"<?xml version='1.0'?><svg/>", ()),
    (b"<script>alert(1)</script>", ()),
    (b"MZ\x90\0\x03", ()),
    (b"\x7fELF\x02\x01\x01\0", ()),
    (b"7z\xbc\xaf\x27\x1c\0\x04", ()),
]


@pytest.mark.parametrize(("body", "endings"), FILES)
def test_a_file_is_what_its_bytes_say(body: bytes, endings: tuple[str, ...]) -> None:
    """Each accepted format by its marks; programs, pages of the web and broken archives are none."""
    assert endings_of(body[:HEAD], body[-TAIL:]) == endings
    assert set(endings) <= ACCEPTED.keys()


def test_every_accepted_format_can_be_told() -> None:
    """Nothing stands in the list that no file could be."""
    assert {ending for _, endings in FILES for ending in endings} == ACCEPTED.keys()


@pytest.mark.parametrize(
    ("endings", "claimed", "ending"),
    [
        (("pdf",), "pdf", "pdf"),
        (("pdf",), "docx", None),
        (("pdf",), "", "pdf"),
        (("jpg", "jpeg"), "jpeg", "jpeg"),
        (("docx", "zip"), "zip", "zip"),
        (("docx", "zip"), "", "docx"),
        (("zip",), "docx", None),
        (("txt", "csv"), "csv", "csv"),
        (("txt", "csv"), "", None),
        ((), "pdf", None),
        ((), "", None),
    ],
)
def test_content_fits_what_a_name_claims(endings: tuple[str, ...], claimed: str, ending: str | None) -> None:
    """A name that claims something must be right; a text must say that it is one."""
    assert fits(endings, claimed) == ending


@given(st.binary(max_size=200))
def test_any_bytes_are_something_or_nothing(body: bytes) -> None:
    """Whatever comes, what is said of it is in the list."""
    assert set(endings_of(body, body)) <= ACCEPTED.keys()
