"""Taking entries along: a table that a sheet opens, without content of messages, bounded and noted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from functools import partial
from typing import Any

import orjson

from lgsp.console.audit_words import what
from lgsp.console.language import told
from lgsp.console.room import Room
from lgsp.console.sheets import PAGE, Row, sheet
from lgsp.journal import seal_entries
from lgsp.journal.seal_entries import Sought

EXPORTED = "entries exported"
_HEADS = (
    told("Số bút toán"), told("Thời điểm"), told("Việc"), told("Ai"), told("Hệ thống"), told("Nguồn"),
    told("Mã thông điệp"), told("Mã hồ sơ, văn bản"), told("Lượt chuyển"), told("Trạng thái"),
    told("Lần thử"), told("Nguyên nhân, lý do"), told("Chi tiết"),
)  # fmt: skip


def lines(room: Room, language: str, sought: Sought, *, whole: bool) -> AsyncIterator[bytes]:
    """Yield the file piece by piece: a line for each entry, newest first."""

    async def page(before: int | None) -> tuple[Iterator[Row], int | None]:
        found = await room.gateway.journal.read(
            lambda tx: seal_entries.search(tx, sought, before=before, limit=PAGE, whole=whole)
        )
        return (_row(room, language, one) for one in found.entries), found.next

    return sheet(partial(room.pages.say, language), _HEADS, page)


def _row(room: Room, language: str, one: Mapping[str, Any]) -> Row:
    message = one["message"] or {}
    details = orjson.dumps(one["details"]).decode() if one["details"] else ""
    return (
        one["id"], one["at"][:23].replace("T", " "), room.pages.say(language, what(one["what"])), one["who"],
        one["system"] or "", one["source"] or "", message.get("id", ""), message.get("subject", ""),
        one["delivery"] or "", one["state"] or "", one["attempt"] or "", one["cause"] or "", details,
    )  # fmt: skip
