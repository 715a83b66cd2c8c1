"""Taking entries along: a table that a sheet opens, without content of messages, bounded and noted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import orjson

from lgsp.console.audit_words import what
from lgsp.console.language import told
from lgsp.console.room import Room
from lgsp.console.sheets import MARK, line
from lgsp.journal import people, seal_entries
from lgsp.journal.contract import Transaction
from lgsp.journal.seal_entries import Page, Sought

MOST = 100_000
"""Lines of one file."""
_PAGE, _STEPS = 1000, 5000
_HEADS = (
    told("Số bút toán"), told("Thời điểm"), told("Việc"), told("Ai"), told("Hệ thống"), told("Nguồn"),
    told("Mã thông điệp"), told("Mã hồ sơ, văn bản"), told("Lượt chuyển"), told("Trạng thái"),
    told("Lần thử"), told("Nguyên nhân, lý do"), told("Chi tiết"),
)  # fmt: skip
_CUT = told("Chưa hết: tệp này dừng ở %(count)s dòng. Hãy thu hẹp bộ lọc, hoặc xuất từng khoảng thời gian.")


def note(tx: Transaction, who: str, words: Mapping[str, str]) -> None:
    """Write down who takes along what: the filters as they were given."""
    people.note(tx, "entries exported", who, details=orjson.dumps(dict(words)).decode()[:2000])


async def lines(room: Room, language: str, sought: Sought, *, whole: bool) -> AsyncIterator[bytes]:
    """Yield the file piece by piece: a line for each entry, newest first."""
    say = room.pages.say
    yield (MARK + line([say(language, head) for head in _HEADS])).encode()
    before: int | None = None
    written = 0
    for _ in range(_STEPS):
        found = await _page(room, sought, before, whole=whole)
        rows = [_row(room, language, one) for one in found.entries][: MOST - written]
        yield "".join(line(row) for row in rows).encode()
        written, before = written + len(rows), found.next
        if before is None:
            return
        if written >= MOST:
            break
    yield line([say(language, _CUT, count=written)]).encode()


async def _page(room: Room, sought: Sought, before: int | None, *, whole: bool) -> Page:
    return await room.gateway.journal.read(
        lambda tx: seal_entries.search(tx, sought, before=before, limit=_PAGE, whole=whole)
    )


def _row(room: Room, language: str, one: Mapping[str, Any]) -> Sequence[Any]:
    message = one["message"] or {}
    details = orjson.dumps(one["details"]).decode() if one["details"] else ""
    return (
        one["id"], one["at"][:23].replace("T", " "), room.pages.say(language, what(one["what"])), one["who"],
        one["system"] or "", one["source"] or "", message.get("id", ""), message.get("subject", ""),
        one["delivery"] or "", one["state"] or "", one["attempt"] or "", one["cause"] or "", details,
    )  # fmt: skip
