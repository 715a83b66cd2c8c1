"""Taking questions along: a table that a sheet opens, without a citizen in it, bounded and noted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from lgsp.console.asks_words import ENDINGS, Words
from lgsp.console.language import told
from lgsp.console.room import Room
from lgsp.console.sheets import MARK, line
from lgsp.console.states import look
from lgsp.journal import asks_seeking, people
from lgsp.journal.asks_seeking import Page
from lgsp.journal.asks_shown import Wanted
from lgsp.journal.contract import Transaction
from lgsp.journal.reading import at

MOST = 100_000
"""Lines of one file."""
EXPORTED = "questions exported"
_PAGE = 1000
_STEPS = 5000
_HEADS = (
    told("Hỏi lúc"), told("Mã câu hỏi"), told("Loại câu hỏi"), told("Hệ thống hỏi"), told("Cán bộ hỏi"),
    told("Mã hồ sơ"), told("Mục đích"), told("Căn cứ"), told("Nơi trả lời"), told("Kết quả"),
    told("Nguyên nhân"), told("Thời gian (ms)"), told("Tuổi câu trả lời đã nhớ (s)"),
)  # fmt: skip
_CUT = told("Chưa hết: tệp này dừng ở %(count)s dòng. Hãy thu hẹp bộ lọc, hoặc xuất từng khoảng thời gian.")


def note(tx: Transaction, who: str, words: Mapping[str, str]) -> None:
    """Write down who takes along what: the filters as they were given."""
    people.note(tx, EXPORTED, who, details=orjson.dumps(dict(words)).decode()[:2000])


async def lines(room: Room, words: Words, wanted: Wanted) -> AsyncIterator[bytes]:
    """Yield the file piece by piece: a line for each question, newest first."""
    say = room.pages.say
    yield (MARK + line([say(words.language, head) for head in _HEADS])).encode()
    before, written = wanted.before, 0
    for _ in range(_STEPS):
        found = await _page(room, replace(wanted, before=before, limit=_PAGE))
        rows = [_row(room, words, one) for one in found.asks][: MOST - written]
        yield "".join(line(row) for row in rows).encode()
        written, before = written + len(rows), found.older or 0
        if not before:
            return
        if written >= MOST:
            break
    yield line([say(words.language, _CUT, count=written)]).encode()


async def _page(room: Room, wanted: Wanted) -> Page:
    return await room.gateway.journal.read(lambda tx: asks_seeking.search(tx, wanted))


def _row(room: Room, words: Words, one: Mapping[str, Any]) -> Sequence[Any]:
    took, age = one["took"], one["age"]
    return (
        (at(one["at"]) or "")[:23].replace("T", " "), one["ask"], one["type"], one["source"],
        words.who(one["who"]), one["dossier"] or "", one["purpose"], one["basis"], one["system"],
        room.pages.say(words.language, look(one["ending"], ENDINGS).text), one["cause"] or "",
        "" if took is None else round(took / 1000), "" if age is None else round(age / 1_000_000),
    )  # fmt: skip
