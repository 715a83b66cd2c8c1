"""Opening a file that somebody dropped: XLSX or CSV, within bounds; other formats are refused."""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from lgsp.formats.sheets.anatomy import (
    MOST_COLUMNS,
    MOST_ROWS,
    checked,
    longest_text,
    look,
    percent_styles,
    sheet_parts,
)
from lgsp.formats.sheets.faults import Unusable
from lgsp.formats.sheets.grid import Grid, Unseen
from lgsp.message import nfc

LARGEST = 8 * 1024 * 1024
"""Bytes that a file may have."""
LONGEST_CSV = 2 * 1024 * 1024
"""Letters that a CSV file may have."""
UNPACKED = 16 * 1024 * 1024
"""Bytes that it may have when it is unpacked."""
_MOST_ENTRIES = 500
_OLD = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP = b"PK\x03\x04"
_KEPT = ("[Content_Types].xml", "_rels/", "xl/workbook.xml", "xl/_rels/", "xl/worksheets/")
_SHARED = ("xl/sharedStrings.xml", "xl/styles.xml")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(slots=True, frozen=True)
class Opened:
    """What a file holds.

    Attributes:
        grids: the sheets that people see, in their order.
        encoding: of a text that is not UTF-8: what it was read as.
    """

    grids: tuple[Grid, ...]
    encoding: str = ""


def opened(content: bytes) -> Opened:
    """Open a file by what it holds; its name says nothing.

    Raises:
        Unusable: it is empty, too large, broken, locked, of another format, or no table at all.
    """
    if not content.strip():
        raise Unusable("sheet-empty")
    if len(content) > LARGEST:
        raise Unusable("sheet-too-large", f"{LARGEST // 1024 // 1024} MB")
    if content.startswith(_OLD):
        raise Unusable("sheet-old-format", ".xls")
    if content.startswith(_ZIP):
        return Opened(tuple(_workbook(content)))
    return _csv(content)


# --- XLSX -------------------------------------------------------------------------------------------------


def _workbook(content: bytes) -> Iterator[Grid]:
    """Yield the visible sheets of a workbook.

    A reader unpacks what it needs by itself, so it is given a copy that holds no more than was counted here.
    """
    parts = _unpacked(content)
    if "xl/workbook.xml" not in parts:
        raise Unusable("sheet-not-readable")
    for name, part in parts.items():
        if not name.startswith("xl/worksheets/") and name.endswith((".xml", ".rels")):
            checked(part)
    percent = percent_styles(parts["xl/styles.xml"]) if "xl/styles.xml" in parts else frozenset[str]()
    longest = longest_text(parts["xl/sharedStrings.xml"]) if "xl/sharedStrings.xml" in parts else 0
    looked = {name: look(part, percent, longest) for name, part in parts.items() if _is_sheet(name)}
    stands = sheet_parts(parts["xl/workbook.xml"], parts.get("xl/_rels/workbook.xml.rels", b"<none/>"))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(_packed(parts)))
        for about in book.sheets_metadata:
            if about.visible is SheetVisibleEnum.Visible and about.typ is SheetTypeEnum.WorkSheet:
                yield _grid(book.get_sheet_by_name(about.name), looked[stands[about.name]])
    except (CalamineError, KeyError, ValueError, OSError):
        raise Unusable("sheet-not-readable") from None


def _is_sheet(name: str) -> bool:
    return name.startswith("xl/worksheets/") and name.endswith(".xml")


def _grid(sheet: CalamineSheet, unseen: Unseen) -> Grid:
    rows = sheet.to_python(skip_empty_area=False)
    values = [[nfc(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    merged = [((a + 1, b + 1), (c + 1, d + 1)) for (a, b), (c, d) in sheet.merged_cell_ranges or ()]
    return Grid(sheet.name, values, unseen, merged)


def _unpacked(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _parts(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise Unusable("sheet-not-readable") from None


def _parts(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if "mimetype" in names:
        raise Unusable("sheet-old-format", ".ods")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Unusable("sheet-macros")
    if len(entries) > _MOST_ENTRIES or len(names) < len(entries):
        raise Unusable("sheet-too-large", f"{_MOST_ENTRIES}")
    left, parts = UNPACKED, dict[str, bytes]()
    for entry in entries:
        if entry.filename.startswith(_KEPT) or entry.filename in _SHARED:
            parts[entry.filename] = _part(archive, entry, left)
            left -= len(parts[entry.filename])
    return parts


def _part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    """Read one part; what it says of its size is not believed."""
    with archive.open(entry) as file:
        part = file.read(left + 1)
    if len(part) > left:
        raise Unusable("sheet-too-large", f"{UNPACKED // 1024 // 1024} MB")
    return part


def _packed(parts: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return written.getvalue()


# --- CSV --------------------------------------------------------------------------------------------------


def _csv(content: bytes) -> Opened:
    text, encoding = _decoded(content)
    if "\0" in text or text.lstrip()[:1] in {"<", "{", "["} or text.startswith("%PDF"):
        raise Unusable("sheet-not-readable")
    if len(text) > LONGEST_CSV or text.count("\n") + text.count("\r") > 2 * MOST_ROWS:
        raise Unusable("sheet-too-large", f"{LONGEST_CSV // 1024 // 1024} MB, {MOST_ROWS}")
    delimiter = _delimiter(text)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise Unusable("sheet-not-readable") from None
    if len(rows) > MOST_ROWS or max(map(len, rows), default=0) > MOST_COLUMNS:
        raise Unusable("sheet-too-large", f"{MOST_ROWS} × {MOST_COLUMNS}")
    return Opened(
        (Grid("", [[_undefused(nfc(cell)) for cell in row] for row in rows], typed=False),), encoding
    )


def _decoded(content: bytes) -> tuple[str, str]:
    """Return a text, and what it was read as where that is not UTF-8."""
    if content.startswith(_UTF16):
        return _decode(content, "utf-16"), "utf-16"
    try:
        return content.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        if b"\0" in content:
            raise Unusable("sheet-not-readable") from None
        return _decode(content, "cp1258"), "windows-1258"


def _decode(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Unusable("sheet-encoding") from None


def _delimiter(text: str) -> str:
    """Return what parts the cells: that which parts most lines."""
    lines = text.splitlines()[:100]
    return max(";\t,", key=lambda mark: (sum(mark in line for line in lines), text.count(mark)))


def _undefused(cell: str) -> str:
    """Return a cell without the apostrophe by which we, or a spreadsheet, made it a text."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in {"=", "+", "-", "@", "\t"} else cell
