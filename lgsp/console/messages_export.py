"""Taking along what was found: a table that Excel opens, without personal data, bounded and noted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

import orjson

from lgsp.console.language import told
from lgsp.console.message_words import TYPES
from lgsp.console.room import Room
from lgsp.console.sheets import MARK, line
from lgsp.console.states import look
from lgsp.journal import people
from lgsp.journal.contract import Transaction
from lgsp.journal.searching import Page, Sought, search

MOST = 100_000
"""Lines of one file."""
_PAGE = 1000
_STEPS = 5_000
"""Pages that are asked for, at most, for one file: where hardly any message matches, it ends there."""
_HEADS = (
    told("Nhận vào trục lúc"), told("Mã thông điệp"), told("Loại"), told("Mã hồ sơ, văn bản"), told("Bản"),
    told("Nguồn"), told("Mã cơ quan"), told("Chuyển đến"), told("Lượt chuyển"), told("Trạng thái"),
    told("Nguyên nhân"), told("Số lần thử"), told("Thay đổi gần nhất"),
)  # fmt: skip
_CUT = told("Chưa hết: tệp này dừng ở %(count)s dòng. Hãy thu hẹp bộ lọc, hoặc xuất từng khoảng thời gian.")


def note(tx: Transaction, who: str, words: Mapping[str, str]) -> None:
    """Write down who takes along what: the filters as they were given."""
    people.note(tx, "exported", who, details=orjson.dumps(dict(words)).decode()[:2000])


async def lines(room: Room, language: str, sought: Sought) -> AsyncIterator[bytes]:
    """Yield the file piece by piece: a line for each delivery, newest message first."""
    say = room.pages.say
    yield (MARK + line([say(language, head) for head in _HEADS])).encode()
    behind: int | None = None
    written = 0
    for _ in range(_STEPS):
        found = await _page(room, sought, behind)
        rows = [row for message in found.messages for row in _rows(room, language, message)]
        yield "".join(line(row) for row in rows[: MOST - written]).encode()
        written, behind = written + len(rows), found.older
        if behind is None and written <= MOST:
            return
        if written >= MOST:
            break
    yield line([say(language, _CUT, count=min(written, MOST))]).encode()


async def _page(room: Room, sought: Sought, behind: int | None) -> Page:
    return await room.gateway.journal.read(lambda tx: search(tx, sought, behind=behind, limit=_PAGE))


def _rows(room: Room, language: str, message: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
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
