"""The formats in which attachments are accepted, and telling by its bytes which of them a file may be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

HEAD, TAIL = 4096, 256 * 1024
"""Bytes of the beginning and of the end of a file that are looked at."""

ACCEPTED: Mapping[str, str] = MappingProxyType(
    {
        "pdf": "application/pdf",
        "doc": "application/msword",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "odt": "application/vnd.oasis.opendocument.text",
        "xls": "application/vnd.ms-excel",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "ods": "application/vnd.oasis.opendocument.spreadsheet",
        "csv": "text/csv",
        "ppt": "application/vnd.ms-powerpoint",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odp": "application/vnd.oasis.opendocument.presentation",
        "txt": "text/plain",
        "rtf": "application/rtf",
        "jpg": "image/jpeg",
        "jpeg": "image/jpeg",
        "png": "image/png",
        "gif": "image/gif",
        "tif": "image/tiff",
        "tiff": "image/tiff",
        "bmp": "image/bmp",
        "zip": "application/zip",
        "rar": "application/vnd.rar",
    }
)
"""Media types of the accepted endings. Source: the formats of Circular 39/2017/TT-BTTTT as the software in
use applies them; confidence high that these are accepted in practice."""

_BY_HEAD: tuple[tuple[bytes, tuple[str, ...]], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ("doc", "xls", "ppt")),
    (b"\x89PNG\r\n\x1a\n", ("png",)),
    (b"\xff\xd8\xff", ("jpg", "jpeg")),
    (b"GIF87a", ("gif",)),
    (b"GIF89a", ("gif",)),
    (b"II*\0", ("tif", "tiff")),
    (b"MM\0*", ("tif", "tiff")),
    (b"{\\rtf", ("rtf",)),
    (b"Rar!\x1a\x07", ("rar",)),
)
_PDF, _FAR = b"%PDF-", 1024
"""The head of a PDF may stand anywhere in its first 1024 bytes (ISO 32000-1, annex H)."""
_BITMAP = re.compile(rb"BM.{4}\0\0\0\0", re.DOTALL)
_ZIP, _ZIP_END = b"PK\3\4", b"PK\5\6"
_OPEN_DOCUMENT = re.compile(rb"mimetypeapplication/vnd\.oasis\.opendocument\.(text|spreadsheet|presentation)")
_ENDINGS = {b"text": "odt", b"spreadsheet": "ods", b"presentation": "odp"}
_OFFICE = ((b"word/", "docx"), (b"xl/", "xlsx"), (b"ppt/", "pptx"))
_CONTENTS = b"[Content_Types].xml"
_TEXT = ("txt", "csv")
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_PAGE = re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype|html|head|script|body|\?xml|svg)", re.IGNORECASE)


def endings_of(head: bytes, tail: bytes) -> tuple[str, ...]:
    """Return the accepted endings that a file's content may bear, the usual one first; none is no such file.

    Texts are found last, since they have no mark: what looks like a page of the web is none.

    Args:
        head: its first `HEAD` bytes.
        tail: its last `TAIL` bytes, or all of it.
    """
    if _PDF in head[:_FAR]:
        return ("pdf",)
    if head.startswith((_ZIP, _ZIP_END)):
        return _archived(head, tail)
    if _BITMAP.match(head):
        return ("bmp",)
    known = next((endings for start, endings in _BY_HEAD if head.startswith(start)), ())
    return known or (_TEXT if _is_text(head) else ())


def _archived(head: bytes, tail: bytes) -> tuple[str, ...]:
    """Return what an archive is; one that breaks off is nothing."""
    if _ZIP_END not in tail:
        return ()
    found = _OPEN_DOCUMENT.match(head, 30)
    if found is not None:
        return (_ENDINGS[found[1]], "zip")
    if _CONTENTS in tail or _CONTENTS in head:
        return (*(ending for folder, ending in _OFFICE if folder in tail or folder in head), "zip")
    return ("zip",)


def _is_text(head: bytes) -> bool:
    if not head or _PAGE.match(head):
        return False
    return head.startswith(_MARKS) or _CONTROLS.search(head) is None


def fits(endings: tuple[str, ...], claimed: str) -> str | None:
    """Return the ending under which a file is handed out; None where its content is not what it claims.

    Args:
        endings: what its content may be, by `endings_of`.
        claimed: what its name says; empty where that says nothing. A text must say that it is one.
    """
    if claimed:
        return claimed if claimed in endings else None
    return endings[0] if endings and endings != _TEXT else None
