"""What may be found wrong with the log, in words: which entry, of when, and what. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from lgsp.message import VIETNAM

ALTERED = "altered"
MISSING = "missing"
INSERTED = "inserted"
SWAPPED = "swapped"
REORDERED = "reordered"
TRUNCATED = "truncated"
HASH = "hash altered"
TILE = "tile altered"
PLACE = "place altered"
UNSIGNED = "unsigned"
FORGED = "checkpoint forged"
MIXED = "checkpoint swapped"
STRANGE = "key unknown"
REWRITTEN = "rewritten"
ROLLED_BACK = "rolled back"
ANOTHER = "another log"
BODY = "body altered"

TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        ALTERED: (
            "bút toán {entry} bị sửa nội dung",
            "entry {entry} was altered",
        ),
        MISSING: (
            "thiếu {count} bút toán, từ bút toán {entry}",
            "{count} entries are missing, from entry {entry} on",
        ),
        INSERTED: (
            "bút toán {entry} bị chèn thêm: sổ niêm phong không có",
            "entry {entry} was inserted: the log does not have it",
        ),
        SWAPPED: (
            "bút toán {entry} và {other} bị đổi chỗ cho nhau",
            "entries {entry} and {other} were put in each other's place",
        ),
        REORDERED: (
            "bút toán {entry} bị chuyển sang chỗ khác trong thứ tự",
            "entry {entry} was moved in the order",
        ),
        TRUNCATED: (
            "bị cắt cuối: mất {count} bút toán sau cùng, từ bút toán {entry}",
            "the end was cut off: the last {count} entries are gone, from entry {entry} on",
        ),
        HASH: (
            "mã băm của bút toán {entry} trong sổ niêm phong bị sửa; bản thân bút toán còn nguyên",
            "the log's hash of entry {entry} was altered; the entry itself is whole",
        ),
        TILE: (
            "khối {tile} của sổ niêm phong bị sửa hoặc thiếu (từ bút toán {entry})",
            "tile {tile} of the log was altered or is gone (from entry {entry} on)",
        ),
        PLACE: (
            "sổ niêm phong ghi {said} lá nhưng thực có {count}",
            "the log says that it has {said} leaves, and there are {count}",
        ),
        UNSIGNED: (
            "không có điểm niêm phong nào ký cho {count} lá sau cùng, từ bút toán {entry}",
            "no checkpoint signs the last {count} leaves, from entry {entry} on",
        ),
        FORGED: (
            "điểm niêm phong {said} không có chữ ký hợp lệ",
            "checkpoint {said} is not signed by its key",
        ),
        MIXED: (
            "điểm niêm phong {said} bị tráo: chữ ký là của nội dung khác",
            "checkpoint {said} was swapped: what is signed is something else",
        ),
        STRANGE: (
            "điểm niêm phong {said} ký bằng khóa lạ",
            "checkpoint {said} is signed with an unknown key",
        ),
        REWRITTEN: (
            "sổ niêm phong bị viết lại ở lá {first}–{last} (từ bút toán {entry}) sau điểm {since}",
            "leaves {first} to {last} were rewritten (from entry {entry} on) after the checkpoint of {since}",
        ),
        ROLLED_BACK: (
            "sổ niêm phong bị cắt ngắn hoặc lùi lại: tại điểm {since} có {said} lá, nay còn {count}",
            "the log was cut off or rolled back: {said} leaves at the checkpoint of {since}, now {count}",
        ),
        ANOTHER: (
            "điểm niêm phong đưa vào là của sổ khác: {said}",
            "the checkpoint given is of another log: {said}",
        ),
        BODY: (
            "nội dung thông điệp {message} không còn là nội dung mà bút toán {entry} ghi",
            "the body of message {message} is not the one that entry {entry} names",
        ),
    }
)
"""What each kind of finding says, in Vietnamese and in English."""


@dataclass(slots=True, frozen=True)
class Finding:
    """Something that is not as it was sealed.

    Attributes:
        what: a kind, of `TEXTS`.
        index: the leaf at which it begins, counted from 0.
        entry: number of the entry; None where none can be named.
        at: when the entry, or the checkpoint, says that it was; microseconds since 1970.
        facts: what else its text says.
    """

    what: str
    index: int
    entry: int | None = None
    at: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def said(self, language: str = "en") -> str:
        """Return it as a sentence, with the time where one is known."""
        text = TEXTS[self.what][language == "en"]
        return text.format_map({"entry": "?" if self.entry is None else self.entry, **self.facts})

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON is made of."""
        told = {"what": self.what, "leaf": self.index, "entry": self.entry, "at": moment(self.at)}
        return told | {"facts": dict(self.facts), "vi": self.said("vi"), "en": self.said("en")}


def moment(at: int | None) -> str | None:
    """Return a time as ISO 8601."""
    if at is None:
        return None
    try:
        return datetime.fromtimestamp(at / 1_000_000, VIETNAM).isoformat(timespec="milliseconds")
    except (OverflowError, ValueError, OSError, TypeError):  # whoever altered it may have written anything
        return str(at)
