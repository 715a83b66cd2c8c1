"""Files of what the portal counts by agency, and how that stands beside what a run counts."""

from __future__ import annotations

import asyncio
import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter import Workbook

from lgsp.errors import ConfigError
from lgsp.journal import reconciliations_counted as counted
from lgsp.journal.reconciliations_counted import Counted
from lgsp.reconciling.portal_counts import Line, read
from tests.core.rig import Rig
from tests.reconciling.far import found, runs, start, through, told

OCTOBER = ("2026-10-01T00:00:00+07:00", "2026-11-01T00:00:00+07:00")


def written(tmp_path: Path, text: str) -> Path:
    """Write a CSV file."""
    path = tmp_path / "counts.csv"
    path.write_text(text, encoding="utf-8")
    return path


def book(tmp_path: Path, *rows: list[Any]) -> Path:
    """Write an XLSX file."""
    path = tmp_path / "counts.xlsx"
    with Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as made:
        sheet = made.add_worksheet("Số liệu")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return path


@pytest.mark.parametrize(
    "text",
    [
        "MaDonVi,SoLuong,TuNgay,DenNgay\nH44.11,1234,2026-10-01,2026-10-31\n",
        "Mã đơn vị;Số lượng;Từ ngày;Đến ngày\n000.00.11.H44;1.234;01/10/2026;31/10/2026\n;;;\n",
        'agency,count,month\nH44.11,"1,234",2026-10\n',
        "Thống kê tháng 10\nMã cơ quan\tTên\tSố hồ sơ\tKỳ\nH44.11\tSở Tư pháp\t1 234\t10/2026\n",
    ],
)
def test_every_form_says_the_same(tmp_path: Path, text: str) -> None:
    """Whatever parts the cells, in Vietnamese or not, with a title above; other columns are left alone."""
    assert read(written(tmp_path, text)) == [Line("H44.11", 1234, *OCTOBER)]


def test_a_spreadsheet_says_the_same(tmp_path: Path) -> None:
    """Numbers are numbers there, and days are days; the end of a year is one of a month as well."""
    heading = ["Mã đơn vị", "Số lượng", "Từ ngày", "Đến ngày", "Kỳ"]
    path = book(
        tmp_path,
        heading,
        ["H44.11", 1234, date(2026, 10, 1), date(2026, 10, 31)],
        ["H44.12", 7, "", "", "2026-12"],
        ["H44", 9],
    )
    december = ("2026-12-01T00:00:00+07:00", "2027-01-01T00:00:00+07:00")
    assert read(path) == [Line("H44.11", 1234, *OCTOBER), Line("H44.12", 7, *december), Line("H44", 9)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Tên,Ngày\nA,B\n", "counts.csv: no columns"),
        ("agency,count\nTổng cộng,4\n", "counts.csv:2: 'Tổng cộng' is no agency's code"),
        ("agency,count\nH44.11,\n", "counts.csv:2: '' is no count"),
        ("agency,count\nH44.11,-4\n", "counts.csv:2: '-4' is no count"),
        ("agency,count\nH44.11,1.5\n", "counts.csv:2: '1.5' is no count"),
        ("agency,count,from\nH44.11,4,yesterday\n", "counts.csv:2: 'yesterday' is no day"),
        ("agency,count,month\nH44.11,4,2026-13\n", "counts.csv:2: '2026-13' is no month"),
        ("agency,count,month,to\nH44.11,4,2026-10,2026-10-31\n", "counts.csv:2: has a month and days"),
    ],
)
def test_a_fault_names_its_line_and_the_mend(tmp_path: Path, text: str, said: str) -> None:
    """Nothing is guessed, and nothing is begun."""
    with pytest.raises(ConfigError) as raised:
        read(written(tmp_path, text))
    assert raised.value.faults[0].startswith(said)


def test_an_archive_that_is_no_workbook_or_a_bomb_is_turned_down(tmp_path: Path) -> None:
    """It is opened within bounds, whatever it says of its size."""
    path = tmp_path / "counts.xlsx"
    for name, size in (("other.txt", 10), ("xl/workbook.xml", 60 * 1024 * 1024)):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, b"\0" * size)
        path.write_bytes(made.getvalue())
        with pytest.raises(ConfigError, match=r"counts\.xlsx"):
            read(path)


# --- beside a run ---------------------------------------------------------------------------------------


async def test_a_gap_of_counts_stands_beside_and_in_no_bucket(
    one: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each dossier counts once for its agency, page by page; what is absent is held here and not there."""
    monkeypatch.setattr("lgsp.reconciling.running.PAGE", 2)
    keys = await told(one, 5)
    one.portal.lose(keys[0])
    number = await start(one)
    laid = [Counted(key, 3) for key in (keys[0], keys[1], "K9")]
    await one.journal.write(lambda tx: counted.lay(tx, number, laid))
    await through(runs(one))
    shown = await one.journal.read(lambda tx: counted.shown(tx, number))
    assert [(row["agency"], row["count"], row["there"], row["held"], row["gap"]) for row in shown] == [
        (keys[0], 3, 0, 1, 3), (keys[1], 3, 1, 1, 2), ("K9", 3, 0, 0, 3),
    ]  # fmt: skip
    assert await found(one, number) == {keys[0]: "missing-there"}


async def test_a_run_that_is_taken_over_counts_nothing_twice(
    one: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a page counted is added in the transaction that moves the run past it."""
    monkeypatch.setattr("lgsp.reconciling.running.PAGE", 2)
    (key, *_) = await told(one, 4)
    number = await start(one)
    await one.journal.write(lambda tx: counted.lay(tx, number, [Counted(key, 1)]))
    one.portal.delay = 0.01
    both = runs(one), runs(one)
    while any(await asyncio.gather(*(each.step() for each in both))):
        pass
    assert len(one.portal.asked) > 4
    (row,) = await one.journal.read(lambda tx: counted.shown(tx, number))
    assert (row["there"], row["held"], row["gap"]) == (1, 1, 0)
