"""A folder in which offices drop files: each is moved once what it brought is journalled, and none is lost."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from lgsp.adapters.reporting import Config, Reporting
from lgsp.adapters.reporting.dropping import DropConfig

from lgsp.adapter import Page
from lgsp.errors import Rejected, Unavailable
from lgsp.message import Message
from tests.adapters.reporting_read import adapter
from tests.adapters.reporting_side import FIGURES, cell, csv, gateway, xlsx


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder into which files are dropped."""
    made = tmp_path / "drop"
    made.mkdir()
    return made


def _watching(folder: Path, settled: float = 0, most: int = 200) -> Reporting:
    config = Config(drop=DropConfig(folder=folder, settled=settled, most=most))
    return Reporting(config, adapter().tools)


async def _pages(of: Reporting, *, confirm: bool = True) -> list[Page]:
    pages = []
    async for page in of.fetch("files", None):
        pages.append(page)
        if confirm and page.confirm is not None:
            await page.confirm()
    return pages


def _files(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir() if one.is_file())


async def test_a_file_stays_where_it_is_until_its_page_is_confirmed(folder: Path) -> None:
    """What was read and not journalled is read again; confirming twice is confirming once."""
    (folder / "a.xlsx").write_bytes(xlsx())
    of = _watching(folder)
    (page,) = await _pages(of, confirm=False)
    assert isinstance(page.items[0], Message)
    assert _files(folder) == ["a.xlsx"]
    (page,) = await _pages(of)
    assert page.confirm is not None
    await page.confirm()
    assert (_files(folder), _files(folder / "taken")) == ([], ["a.xlsx"])


async def test_a_file_that_was_replaced_meanwhile_is_left_for_the_next_run(folder: Path) -> None:
    """Only what was journalled is moved."""
    (folder / "a.xlsx").write_bytes(xlsx())
    (page,) = await _pages(_watching(folder), confirm=False)
    (folder / "a.xlsx").write_bytes(xlsx(FIGURES | {"late": "x"}))
    assert page.confirm is not None
    await page.confirm()
    assert _files(folder) == ["a.xlsx"]
    (page,) = await _pages(_watching(folder))
    assert isinstance(page.items[0], Rejected)
    assert _files(folder / "refused") == ["a.xlsx", "a.xlsx.faults.txt"]


async def test_files_of_one_name_do_not_overwrite_each_other(folder: Path) -> None:
    """The evidence of each is kept."""
    for _ in range(3):
        (folder / "a.csv").write_bytes(csv())
        await _pages(_watching(folder))
    assert _files(folder / "taken") == ["a.2.csv", "a.3.csv", "a.csv"]


async def test_a_file_that_somebody_may_still_be_writing_is_left_alone(folder: Path) -> None:
    """It is read when it has not changed for a while; hidden files, locks, links and folders never are."""
    (folder / "a.xlsx").write_bytes(xlsx())
    for name in (".a.xlsx", "~$a.xlsx"):
        (folder / name).write_bytes(b"x")
    (folder / "b").mkdir()
    (folder / "link.xlsx").symlink_to("/etc/passwd")
    assert await _pages(_watching(folder, settled=60)) == []
    os.utime(folder / "a.xlsx", (1, 1))
    assert len(await _pages(_watching(folder, settled=60))) == 1


async def test_the_oldest_come_first_and_a_run_has_an_end(folder: Path) -> None:
    """So that a correction follows what it corrects, and no run lasts for ever."""
    for n, name in enumerate(("c.csv", "a.csv", "b.csv"), 1):
        (folder / name).write_bytes(csv(FIGURES | {"late": "x" * n}))
        os.utime(folder / name, (n, n))
    pages = await _pages(_watching(folder, most=2))
    assert [page.raw.attributes["name"] for page in pages] == ["c.csv", "a.csv"]
    assert _files(folder) == ["b.csv"]


async def test_a_file_that_holds_nothing_or_too_much_is_refused(folder: Path) -> None:
    """With its reason beside it; it does not stop the others."""
    (folder / "empty.xlsx").write_bytes(b"")
    (folder / "large.csv").write_bytes(b"x" * (9 * 1024 * 1024))
    (folder / "report.json").write_bytes(b"{")
    (folder / "good.xlsx").write_bytes(xlsx())
    await _pages(_watching(folder))
    assert _files(folder / "taken") == ["good.xlsx"]
    refused = folder / "refused"
    assert len(_files(refused)) == 6
    assert "Tệp rỗng" in (refused / "empty.xlsx.faults.txt").read_text("utf-8-sig")
    assert "giới hạn" in (refused / "large.csv.faults.txt").read_text("utf-8-sig")


@pytest.mark.parametrize("config", [Config(), Config(drop=DropConfig(folder=Path("/no/such/folder")))])
async def test_a_folder_that_is_not_there_fails_the_run_with_its_cause(config: Any) -> None:
    """Nothing is read that could not be moved afterwards."""
    with pytest.raises(Unavailable) as fault:
        await _pages(Reporting(config, adapter().tools))
    assert fault.value.cause == "drop-folder-away"


async def test_a_watched_folder_takes_good_files_and_puts_faults_beside_the_others(tmp_path: Path) -> None:
    """Good ones go to `taken`, faulty ones to `refused` with their faults by cell; dropped again, nothing new."""
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / "tháng 3.xlsx").write_bytes(xlsx())
    (folder / "tháng 3 (gửi lại).csv").write_bytes(csv())
    (folder / "hỏng.xlsx").write_bytes(xlsx(FIGURES | {"late": "hai mươi"}))
    (folder / "~$tháng 3.xlsx").write_bytes(b"lock")
    more = f", config: {{drop: {{folder: '{folder}', settled: 0}}}}, jobs: {{files: {{every: 1s}}}}"
    async with gateway(tmp_path, more) as (_, _, operator):
        async with asyncio.timeout(30):
            while len([one for one in folder.iterdir() if one.is_file()]) > 1:  # noqa: ASYNC110 - it lies there
                await asyncio.sleep(0.05)
        told = (await operator.get("/v1/messages", query="type=report.v1")).json()["messages"]
        assert len(told) == 1
    assert sorted(one.name for one in (folder / "taken").iterdir()) == [
        "tháng 3 (gửi lại).csv",
        "tháng 3.xlsx",
    ]
    assert sorted(one.name for one in (folder / "refused").iterdir()) == ["hỏng.xlsx", "hỏng.xlsx.faults.txt"]
    faults = (folder / "refused" / "hỏng.xlsx.faults.txt").read_text("utf-8-sig")
    assert f"{cell('late')}\tkhông phải số. Nhập số" in faults
    assert [one.name for one in folder.iterdir() if one.is_file()] == ["~$tháng 3.xlsx"]
