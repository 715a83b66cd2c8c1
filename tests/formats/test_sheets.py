"""Tables for spreadsheets: what stands in a cell is text, and is never run."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest

from lgsp.formats.sheets import Sheets, csv_lines, defused
from lgsp.formats.sheets import tables as sheets

FORMULAS = ["=1+1", "+84901", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "＝1+1", '=HYPERLINK("http://x")']


@pytest.mark.parametrize("cell", FORMULAS)
def test_what_begins_like_a_formula_is_defused_in_csv(cell: str) -> None:
    """A spreadsheet takes it for text: an apostrophe stands in front of it."""
    assert defused(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "H44.11-260131-0001", "Nguyễn Văn A", "1=1", "a-b"])
def test_ordinary_text_stands_as_it_is(cell: str) -> None:
    """Nothing is put in front of what no spreadsheet would run."""
    assert defused(cell) == cell


def test_csv_quotes_what_has_to_be_quoted() -> None:
    """Commas, quotes and line ends inside a cell do not part it."""
    row = ["a,b", 'c"d', "e\nf", "=g"]
    (read,) = csv.reader(io.StringIO(csv_lines([row]).decode(), newline=""))
    assert read == [*row[:3], "'=g"]


def _texts(path: Path, sheet: int = 1) -> list[str]:
    with zipfile.ZipFile(path) as book:
        xml = book.read(f"xl/worksheets/sheet{sheet}.xml").decode()
    assert "<f>" not in xml
    return re.findall(r"<t[^>]*>([^<]*)</t>", xml)


def test_xlsx_holds_text_and_no_formula(tmp_path: Path) -> None:
    """Every cell is a text of its own, whatever it begins with, and addresses are no links."""
    path = tmp_path / "table.xlsx"
    book = Sheets(path, "Đối soát 1", ("Mã hồ sơ", "Ghi chú"))
    book.write([("=1+1", "http://x.example"), ("@A1", "Nguyễn")])
    book.close()
    assert _texts(path) == ["Mã hồ sơ", "Ghi chú", "=1+1", "http://x.example", "@A1", "Nguyễn"]
    with zipfile.ZipFile(path) as file:
        assert not [name for name in file.namelist() if "rels" in name and "worksheets" in name]


def test_a_full_sheet_is_followed_by_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The format ends a sheet at a million rows; the headings stand on each."""
    monkeypatch.setattr(sheets, "_MOST_ROWS", 2)
    path = tmp_path / "table.xlsx"
    book = Sheets(path, "Đối soát 1", ("Mã",))
    book.write([("a",), ("b",), ("c",)])
    book.close()
    assert [_texts(path, n) for n in (1, 2)] == [["Mã", "a", "b"], ["Mã", "c"]]
