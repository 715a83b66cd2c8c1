"""A file that somebody dropped is opened within bounds, or refused with the mend; nothing in it is run."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
import zlib
from typing import Any

import pytest
from xlsxwriter import Workbook

from lgsp.domain.causes import CAUSES
from lgsp.formats import sheets
from lgsp.formats.sheets.faults import parsed_address
from lgsp.formats.sheets.opening import LARGEST, UNPACKED
from tests.adapters.reporting_side import FIGURES, csv, xlsx

SHEET = "xl/worksheets/sheet1.xml"
HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = "</sheetData></worksheet>"


def _codes(content: bytes) -> list[str]:
    read = sheets.read(content)
    assert read.figures == ()
    return [one.code for one in read.faults]


def _changed(
    parts: dict[str, bytes], source: bytes | None = None, method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """Return a workbook with some of its parts in the place of others."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source or xlsx())) as old, zipfile.ZipFile(written, "w", method) as new:
        for name in dict.fromkeys([*old.namelist(), *parts]):
            new.writestr(name, parts[name] if name in parts else old.read(name))
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "sheet-empty"),
        (b" \r\n ", "sheet-empty"),
        (b"x" * (LARGEST + 1), "sheet-too-large"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"x" * 600, "sheet-old-format"),
        (b"PK\x03\x04 no archive", "sheet-not-readable"),
        (xlsx()[:-200], "sheet-not-readable"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "sheet-not-readable"),
        (b'{"figures": []}', "sheet-not-readable"),
        (b"%PDF-1.7 ...", "sheet-not-readable"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "sheet-not-readable"),
        (b"a,b,c\r\n1,2,3\r\n", "sheet-no-table"),
        (b"\xff\xfea", "sheet-encoding"),
        (b"a,\x00b", "sheet-not-readable"),
        (b'"' + b"x" * 200_000, "sheet-not-readable"),
        (b"a\n" * 20_000, "sheet-too-large"),
        (b"," * 1000, "sheet-too-large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)
def test_what_is_no_table_is_refused_by_its_name(content: bytes, code: str) -> None:
    """Each with a cause in both languages, and what mends it."""
    assert _codes(content) == [code]
    assert CAUSES[code].mend_vi


def test_other_formats_in_an_archive_are_refused_with_the_mend() -> None:
    """OpenDocument, macros, and an archive of anything else."""
    assert _codes(_changed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"})) == [
        "sheet-old-format"
    ]
    assert _codes(_changed({"xl/vbaProject.bin": b"macro"})) == ["sheet-macros"]
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("a.txt", "x")
    assert _codes(written.getvalue()) == ["sheet-not-readable"]


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    """Of a part that unpacks to more than a form ever has, no more is unpacked than a form may have."""
    assert _codes(_changed({SHEET: b" " * (UNPACKED + 1)})) == ["sheet-too-large"]
    bomb = _changed({SHEET: b" " * 4 * UNPACKED})
    assert len(bomb) < LARGEST
    tracemalloc.start()
    try:
        assert _codes(bomb) == ["sheet-too-large"]
        assert tracemalloc.get_traced_memory()[1] < 3 * UNPACKED  # pieces, and what they are put together to
    finally:
        tracemalloc.stop()


@pytest.mark.timeout(60)
@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml"])
def test_a_part_of_very_many_elements_is_refused_in_time(part: str) -> None:
    """A megabyte of empty elements must not hold everything else up."""
    inside = b"<si/>" if part != SHEET else b"<c/>"
    many = b"<x>" + (b'<row r="1">' + inside * 200 + b"</row>") * 15_000 + b"</x>"
    assert _codes(_changed({part: many})) == ["sheet-too-large"]


def test_very_many_joined_cells_are_refused() -> None:
    """Each figure is held against each of them."""
    joined = '<mergeCell ref="A1:A2"/>' * 2001
    assert _codes(_changed({SHEET: f"{HEAD}{TAIL}".replace("</work", f"{joined}</work").encode()})) == [
        "sheet-too-large"
    ]


def test_a_part_that_lies_about_its_size_does_not_go_on_to_the_reader() -> None:
    """What the directory says of a part's size is what is read of it, and no more."""
    body = HEAD.encode() + b" " * 200_000 + TAIL.encode()
    packed = _changed({SHEET: body})
    true, lie = struct.pack("<I", len(body)), struct.pack("<I", len(HEAD))
    crc = struct.pack("<I", zlib.crc32(body)), struct.pack("<I", zlib.crc32(HEAD.encode()))
    assert _codes(packed.replace(true, lie).replace(*crc)) == ["sheet-not-readable"]


def test_a_cell_in_the_farthest_corner_is_refused() -> None:
    """A reader lays out every cell up to the last one: there are 17 billion before XFD1048576."""
    for place in ("XFD1048576", "A1048576", "XFD1", "A99999999999999999999"):
        row = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        far = f'{HEAD}<row r="{row}"><c r="{place}"><v>1</v></c></row>{TAIL}'.encode()
        assert _codes(_changed({SHEET: far})) == ["sheet-too-large"]


def test_a_cell_that_stands_in_another_row_than_its_own_is_refused() -> None:
    """What would be read and what was looked at are the same cells."""
    odd = f'{HEAD}<row r="1"><c r="A900"><v>1</v></c></row>{TAIL}'.encode()
    assert _codes(_changed({SHEET: odd})) == ["sheet-not-readable"]


def test_a_long_text_behind_every_cell_is_refused() -> None:
    """One text of a megabyte that a hundred thousand cells share is a hundred gigabytes to a reader."""
    shared = b"<sst><si><t>" + b"x" * 1_000_000 + b"</t></si></sst>"
    rows = "".join(f'<row r="{row}">' + '<c t="s"><v>0</v></c>' * 200 + "</row>" for row in range(1, 500))
    assert _codes(_changed({SHEET: f"{HEAD}{rows}{TAIL}".encode(), "xl/sharedStrings.xml": shared})) == [
        "sheet-too-large"
    ]


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"])
def test_declared_entities_are_refused(part: str) -> None:
    """No part of a file may declare anything: neither laughs a billion times nor reads a file of ours."""
    with zipfile.ZipFile(io.BytesIO(xlsx())) as archive:
        text = archive.read(part)
    laugh = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    head, mark, rest = text.partition(b"?>")
    assert _codes(_changed({part: head + mark + laugh + rest})) == ["sheet-not-readable"]


def test_a_hidden_sheet_is_not_read() -> None:
    """A table in a hidden sheet is not what was filled in."""
    written = io.BytesIO()
    book = Workbook(written, {"in_memory": True})
    book.add_worksheet("Bìa").write(0, 0, "Báo cáo")
    hidden = book.add_worksheet("06a")
    hidden.write_row(0, 0, ["Mã chỉ tiêu", "Giá trị"])
    hidden.hide()
    book.close()
    assert _codes(written.getvalue()) == ["sheet-no-table"]


def test_texts_inside_the_sheet_and_absolute_parts_are_read() -> None:
    """Other programs write a cell's text in place, and name parts from the root."""

    def cell(place: str, value: Any) -> str:
        if isinstance(value, int):
            return f'<c r="{place}"><v>{value}</v></c>'
        return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'

    lines: list[list[Any]] = [
        ["Biểu mẫu", "06a"],
        ["Đơn vị", "H44.11"],
        ["Kỳ báo cáo", "government/1:202403"],
    ]
    lines += [["Mã chỉ tiêu", "Giá trị"], *([code, value] for code, value in FIGURES.items())]
    rows = ""
    for n, line in enumerate(lines, 1):
        cells = "".join(cell(sheets.address(n, m), value) for m, value in enumerate(line, 1))
        rows += f'<row r="{n}">{cells}</row>'
    with zipfile.ZipFile(io.BytesIO(xlsx())) as archive:
        links = archive.read("xl/_rels/workbook.xml.rels").replace(b'"worksheets/', b'"/xl/worksheets/')
    made = _changed({SHEET: f"{HEAD}{rows}{TAIL}".encode(), "xl/_rels/workbook.xml.rels": links})
    read = sheets.read(made)
    assert read.faults == ()
    assert len(read.figures) == len(FIGURES)


def test_a_text_that_begins_like_a_formula_is_data() -> None:
    """`=cmd|...` in a cell for a number is no number; nothing is computed, called or opened."""
    evil = "=cmd|'/C calc'!A0"
    assert [one.code for one in sheets.read(csv(FIGURES | {"late": evil})).faults] == ["cell-text"]


def test_what_is_handed_out_holds_no_formula() -> None:
    """The template of a form whose names begin like formulas: texts in XLSX, defused in CSV."""
    book = sheets.template("06a", "=1+1", "government/1:202403", "xlsx")
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        assert b"<f>" not in archive.read(SHEET)
    assert b"'=1+1" in sheets.template("06a", "=1+1", "government/1:202403", "csv")


@pytest.mark.parametrize(
    ("row", "column", "name"), [(1, 1, "A1"), (7, 3, "C7"), (9, 27, "AA9"), (1, 703, "AAA1")]
)
def test_a_cell_is_named_as_a_spreadsheet_names_it(row: int, column: int, name: str) -> None:
    """And read back."""
    assert sheets.address(row, column) == name
    assert parsed_address(name) == (row, column)


@pytest.mark.parametrize("name", ["", "A", "7", "a7", "figures/0", "Ạ1", "7A", "A1B"])
def test_what_is_no_cell_is_none(name: str) -> None:
    """A field of a message is not taken for a cell."""
    assert parsed_address(name) is None
