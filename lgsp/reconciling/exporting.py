"""What a run found as a table for people: Vietnamese headings and words, one row per dossier."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

from lgsp.domain.cause import Cause
from lgsp.domain.causes import CAUSES, explain
from lgsp.domain.dossier import BY_WORD
from lgsp.domain.reconciling.words import ANSWERS, BUCKETS, MENDING, REPAIRS, WAYS
from lgsp.formats.sheets import BOM, Sheets, csv_lines
from lgsp.journal import reconciliations_differences as differences
from lgsp.journal.contract import Journal
from lgsp.journal.reconciliations_differences import Filter
from lgsp.words import PARTIES, moment

_PAGE = 1000
HEADINGS = (
    "Mã hồ sơ", "Cơ quan", "Thủ tục", "Nhóm chênh lệch", "Nguyên nhân", "Đơn vị chịu trách nhiệm",
    "Chuyển lại có giúp không", "Cách xử lý an toàn", "Việc cần làm", "Trường dữ liệu",
    "Trạng thái ở một cửa", "Trạng thái ở trục", "Lượt chuyển", "Hệ thống nhận trả lời",
    "Trạng thái ở hệ thống nhận", "Ghi chú", "Có từ lần đối soát", "Có từ lúc", "Kết quả khắc phục",
)  # fmt: skip
Known = Callable[[str], Cause | None]


async def pages(journal: Journal, run: int, wanted: Filter) -> AsyncIterator[Sequence[dict[str, Any]]]:
    """Yield what a run found, some at a time."""
    after = ""
    while True:
        page = await journal.read(
            lambda tx, a=after: differences.listing(tx, run, wanted, after=a, limit=_PAGE)  # type: ignore[misc]
        )
        if not page:
            return
        yield page
        after = page[-1]["key"]


async def as_csv(journal: Journal, run: int, wanted: Filter, known: Known) -> AsyncIterator[bytes]:
    """Yield the table as CSV."""
    yield BOM.encode() + csv_lines([HEADINGS])
    async for page in pages(journal, run, wanted):
        yield csv_lines([row(one, known) for one in page])


async def as_xlsx(journal: Journal, run: int, wanted: Filter, known: Known, path: Path) -> None:
    """Write the table as XLSX to a file."""
    sheets = await asyncio.to_thread(Sheets, path, f"Đối soát {run}", HEADINGS)
    try:
        async for page in pages(journal, run, wanted):
            await asyncio.to_thread(sheets.write, [row(one, known) for one in page])
    finally:
        await asyncio.to_thread(sheets.close)


def row(one: dict[str, Any], known: Known = CAUSES.get) -> list[str]:
    """Return a difference as people read it; an explanation that stands in it counts."""
    details, told = one["details"], one.get("explanation", {}).get("vi")
    text, mend = (told["text"], told["mend"]) if told else _told(one["cause"], known)
    ours, theirs, local = (details.get(name, {}) for name in ("ours", "theirs", "local"))
    return [
        one["subject"], one["agency"], one["procedure"], BUCKETS[one["bucket"]], text,
        PARTIES.get(one["owner"], one["owner"]), "có" if one["retry"] else "không", REPAIRS[one["repair"]],
        mend, ", ".join(details.get("fields", ())), _status(local), _status(ours),
        WAYS.get(ours.get("way", ""), ""), ANSWERS.get(theirs.get("answer", ""), ""), _status(theirs),
        _notes(details, known), str(one["since"]), moment(one["since_at"]), MENDING[one["mending"]],
    ]  # fmt: skip


def _told(code: str, known: Known) -> tuple[str, str]:
    """Return in Vietnamese what a cause is, and what is to be done."""
    said = explain(known(code) or code)
    return said.text, said.mend


def _status(side: dict[str, Any]) -> str:
    word = side.get("status", "")
    return BY_WORD[word].vi if word in BY_WORD else word


def _notes(details: dict[str, Any], known: Known) -> str:
    notes = details.get("notes", ())
    return "; ".join(f"{BUCKETS[one['bucket']]}: {_told(one['cause'], known)[0]}" for one in notes)
