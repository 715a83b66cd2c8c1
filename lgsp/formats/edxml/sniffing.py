"""Telling what a file is by its first bytes, and what its name asks of a packet."""

from __future__ import annotations

from lgsp.formats.edxml.archives import MAGIC

HEAD = 8
"""Bytes that are looked at."""

_OFFICE = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
_BY_HEAD = (
    (b"%PDF-", "application/pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"{\\rtf", "application/rtf"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"<?xml", "application/xml"),
    (b"\xef\xbb\xbf<?xml", "application/xml"),
)
_RAW = {
    "pdf": "application/pdf",
    "doc": "application/doc",
    "docx": "application/docx",
    "xsl": "application/xsl",
    "xslx": "application/xslx",
    "zip": "application/zip",
}
"""Extensions that the vendor's writer sends as they are, with its types (`xslx` is its own spelling).

What it declares for `xsl` and `xslx` is not attested; these two follow its other types.
"""

ZIP = "application/zip"
NATURAL_ZIPS = frozenset({"zip", "jar", "war", "epub", "kmz", "apk", *_OFFICE})
"""Extensions of files that are zip archives by nature."""


def extension(name: str) -> str:
    """Return the extension of a file's name in small letters, without its dot."""
    stem, dot, last = name.rpartition(".")
    return last.lower() if dot and stem else ""


def media_type(head: bytes, name: str) -> str:
    """Return what a file's first bytes show it to be; of archives the name may say more."""
    if head.startswith((MAGIC, b"PK\x05\x06")):
        return _OFFICE.get(extension(name), ZIP)
    return next((kind for start, kind in _BY_HEAD if head.startswith(start)), "application/octet-stream")


def sent_as(name: str) -> str:
    """Return the type that the vendor's writer declares for a file; `application/zip` for what it packs."""
    return _RAW.get(extension(name), ZIP)


def goes_packed(name: str) -> bool:
    """Tell whether the vendor's writer packs a file of this name into an archive of one entry."""
    return extension(name) not in _RAW
