"""Taking along what was found: a table that Excel opens, without personal data, bounded and noted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from functools import partial
from typing import Any

from lgsp.console.language import told
from lgsp.console.message_words import TYPES
from lgsp.console.room import Room
from lgsp.console.sheets import PAGE, Row, sheet
from lgsp.console.states import look
from lgsp.journal.searching import Sought, search

EXPORTED = "exported"
_HEADS = (
    told("Nhận vào trục lúc"), told("Mã thông điệp"), told("Loại"), told("Mã hồ sơ, văn bản"), told("Bản"),
    told("Nguồn"), told("Mã cơ quan"), told("Chuyển đến"), told("Lượt chuyển"), told("Trạng thái"),
    told("Nguyên nhân"), told("Số lần thử"), told("Thay đổi gần nhất"),
)  # fmt: skip


def lines(room: Room, language: str, sought: Sought) -> AsyncIterator[bytes]:
    """Yield the file piece by piece: a line for each delivery, newest message first."""

    async def page(behind: int | None) -> tuple[Iterator[Row], int | None]:
        found = await room.gateway.journal.read(lambda tx: search(tx, sought, behind=behind, limit=PAGE))
        return (row for message in found.messages for row in _rows(room, language, message)), found.older

    return sheet(partial(room.pages.say, language), _HEADS, page)


def _rows(room: Room, language: str, message: Mapping[str, Any]) -> Iterator[Row]:
    said = TYPES.get(message["type"], message["type"])
    own = (
        _time(message["accepted_at"]), message["id"], room.pages.say(language, said), message["subject"],
        message["revision"], message["source"], message["agency"],
    )  # fmt: skip
    for one in message["deliveries"] or [{}]:
        state = one.get("state", "unrouted" if message["unrouted"] else "")
        word = room.pages.say(language, look(state).text) if state else ""
        yield (
            *own, one.get("system", ""), one.get("id", ""), word, one.get("cause") or "",
            one.get("attempt", ""), _time(one.get("changed_at") or ""),
        )  # fmt: skip


def _time(iso: str) -> str:
    """Return `2026-01-31 08:30:05`, which a sheet of any language takes for a time."""
    return iso[:19].replace("T", " ")
