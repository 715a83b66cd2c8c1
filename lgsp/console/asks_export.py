"""Taking questions along: a table that a sheet opens, without a citizen in it, bounded and noted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from lgsp.console.asks_words import ENDINGS, Words
from lgsp.console.language import told
from lgsp.console.room import Room
from lgsp.console.sheets import PAGE, Row, sheet
from lgsp.console.states import look
from lgsp.journal import asks_seeking
from lgsp.journal.asks_shown import Wanted
from lgsp.journal.reading import at

EXPORTED = "questions exported"
_HEADS = (
    told("Hỏi lúc"), told("Mã câu hỏi"), told("Loại câu hỏi"), told("Hệ thống hỏi"), told("Cán bộ hỏi"),
    told("Mã hồ sơ"), told("Mục đích"), told("Căn cứ"), told("Nơi trả lời"), told("Kết quả"),
    told("Nguyên nhân"), told("Thời gian (ms)"), told("Tuổi câu trả lời đã nhớ (s)"),
)  # fmt: skip


def lines(room: Room, words: Words, wanted: Wanted) -> AsyncIterator[bytes]:
    """Yield the file piece by piece: a line for each question, newest first."""

    async def page(before: int | None) -> tuple[Iterator[Row], int | None]:
        looked = replace(wanted, before=before or 0, limit=PAGE)
        found = await room.gateway.journal.read(lambda tx: asks_seeking.search(tx, looked))
        return (_row(room, words, one) for one in found.asks), found.older

    return sheet(partial(room.pages.say, words.language), _HEADS, page, wanted.before or None)


def _row(room: Room, words: Words, one: Mapping[str, Any]) -> Row:
    took, age = one["took"], one["age"]
    return (
        (at(one["at"]) or "")[:23].replace("T", " "), one["ask"], one["type"], one["source"],
        words.who(one["who"]), one["dossier"] or "", one["purpose"], one["basis"], one["system"],
        room.pages.say(words.language, look(one["ending"], ENDINGS).text), one["cause"] or "",
        "" if took is None else round(took / 1000), "" if age is None else round(age / 1_000_000),
    )  # fmt: skip
