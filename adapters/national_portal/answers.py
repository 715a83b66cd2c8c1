"""Understanding what the national portal answers, in every form in which it has been seen to answer.

A code of zero is not enough: the text decides. What no row of the catalogue knows is left uncatalogued, for
people to look at; it is never taken for success, nor for a refusal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Any

from lgsp.domain.nesting import load
from lgsp.formats.dossier_sync import dossier_table, progress_table
from lgsp.formats.fields import Table
from lgsp.formats.portal_questions import TOLD_ANSWER, TOLD_QUESTION, TOLD_SATISFACTION
from lgsp.message import nfc
from lgsp.wire.http import Answer

_OK, _UNAUTHORIZED, _FORBIDDEN = 200, 401, 403
_NESTED_DEEPEST = 3


class Outcome(Enum):
    """What an answer means for the call."""

    TAKEN = auto()
    THERE = auto()  # the dossier exists: to be told as an update
    MISSING = auto()  # the dossier does not exist: to be told as a create
    REFUSED = auto()  # understood, and said no to this item
    LOGIN = auto()  # the session is not, or no longer, good
    AWAY = auto()  # the portal as a whole, or our standing with it
    UNKNOWN = auto()  # nobody catalogued this


@dataclass(slots=True, frozen=True)
class Said:
    """An answer, understood.

    Attributes:
        text: what it said, for people; shortened.
        cause: catalogued name in `lgsp.domain.causes`.
        fields: native names, or paths, of the fields it named.
        envelope: the innermost JSON object, for `session` and `result`; empty for other forms.
        answer: as it came.
    """

    outcome: Outcome
    text: str
    answer: Answer
    cause: str = ""
    fields: tuple[str, ...] = ()
    envelope: dict[str, Any] | None = None


@dataclass(slots=True, frozen=True)
class Entry:
    """One row of the catalogue: a text that matches means this."""

    pattern: re.Pattern[str]
    outcome: Outcome
    cause: str


def _entry(outcome: Outcome, cause: str, *patterns: str) -> Entry:
    return Entry(re.compile("|".join(patterns)), outcome, cause)


_NO = r"(?:không|chưa|sai)"
_SENTENCE = r"(?:[^.;]|\.(?=\w))*"  # codes hold dots
CATALOGUE = (
    _entry(Outcome.UNKNOWN, "", r"\bjson\b"),
    _entry(
        Outcome.LOGIN,
        "portal-login",
        r"\bphiên\b(?! bản)",
        r"\bsession\b",
        r"\btoken\b",
        r"đăng nhập",
        rf"xác thực {_NO}",
        r"chưa (?:được )?xác thực",
        r"unauthori[sz]ed",
    ),
    _entry(
        Outcome.AWAY,
        "portal-away",
        r"bảo trì",
        r"quá tải",
        r"đang bận",
        r"tạm (?:dừng|ngừng)",
        r"gián đoạn",
        r"thử lại sau",
        r"maintenance",
    ),
    _entry(
        Outcome.AWAY,
        "portal-standing",
        r"không có quyền",
        r"chưa được cấp quyền",
        r"không được phép truy cập",
        r"\b(?:madonvi|dstcode|service|isupdating)\b",
        r"access denied",
    ),
    _entry(
        Outcome.REFUSED,
        "portal-status-unknown",
        rf"(?:trangthai\w*|trạng thái){_SENTENCE} không (?:hợp lệ|tồn tại|đúng|thuộc)",
    ),
    _entry(
        Outcome.REFUSED,
        "portal-procedure-unknown",
        rf"(?:matthc|thủ tục){_SENTENCE} không (?:hợp lệ|tồn tại|đúng|thuộc)",
        rf"(?:matthc|thủ tục){_SENTENCE} chưa (?:được )?(?:công bố|công khai)",
        r"không tìm thấy thủ tục",
    ),
    _entry(
        Outcome.REFUSED,
        "portal-agency-foreign",
        rf"(?:đơn vị|cơ quan){_SENTENCE} không (?:hợp lệ|tồn tại|đúng|thuộc)",
        r"mahoso không thuộc",
    ),
    _entry(
        Outcome.REFUSED,
        "portal-field-too-long",
        r"vượt quá",
        r"quá dài",
        r"ký tự tối đa",
        r"tối đa \d+ ký tự",
    ),
    _entry(
        Outcome.REFUSED,
        "portal-field-missing",
        r"không được (?:để trống|bỏ trống|rỗng)",
        r"bắt buộc",
        r"thiếu (?:trường|thông tin)",
        r"\b(?:empty|required)\b",
    ),
    _entry(
        Outcome.REFUSED, "portal-field-malformed", r"(?:sai|không đúng) (?:định dạng|kiểu)", r"invalid format"
    ),
    _entry(
        Outcome.MISSING,
        "portal-dossier-missing",
        r"hồ sơ(?: [\w.\-]+)?(?: này)? (?:không tồn tại|chưa tồn tại|chưa được đồng bộ|chưa có)",
        r"không tìm thấy hồ sơ",
    ),
    _entry(Outcome.THERE, "portal-dossier-there", r"đã tồn tại", r"already exists?"),
    _entry(
        Outcome.REFUSED, "portal-field-refused", rf"(?:trường|field){_SENTENCE} (?:không hợp lệ|không thuộc)"
    ),
    _entry(Outcome.REFUSED, "portal-dossier-refused", rf"(?:dữ liệu|hồ sơ){_SENTENCE} không hợp lệ"),
)
"""Texts, in lower case, and what they mean; the first row that matches counts.

Sources: the replies that public client systems are known to react to, and the checks those systems make
before they send; the official list of errors is not public.
"""

_FAILING = re.compile(
    r"không|chưa|lỗi|thất bại|hết hạn|từ chối|đã tồn tại|vượt quá|\bsai\b|error|fail|invalid|denied|exception"
)
_SUCCESS = "thành công"


def read_answer(answer: Answer) -> Said:
    """Return what an answer means."""
    if answer.status in (_UNAUTHORIZED, _FORBIDDEN):
        return Said(Outcome.LOGIN, f"HTTP {answer.status}", answer, "portal-login")
    text = answer.text.strip()
    if answer.status != _OK or text.startswith("<"):
        return Said(Outcome.UNKNOWN, text[:300], answer)
    envelope = _envelope(text)
    if envelope is None:
        return _judged(_plain(text), None, answer, None)
    return _judged(str(envelope.get("message") or ""), _zero(envelope), answer, envelope)


def _judged(text: str, zero: bool | None, answer: Answer, envelope: dict[str, Any] | None) -> Said:
    """Judge a text and whether the code is zero (None: there is none)."""
    text = nfc(text)
    meaning = _meaning(text)
    if meaning is None:
        taken = zero is not False if _SUCCESS in text.casefold() else zero is True
        return Said(Outcome.TAKEN if taken else Outcome.UNKNOWN, text[:300], answer, envelope=envelope)
    fields = _fields(text) if meaning.outcome is Outcome.REFUSED else ()
    return Said(meaning.outcome, text[:300], answer, meaning.cause, fields, envelope)


_NOBODY_KNOWS = Entry(re.compile(""), Outcome.UNKNOWN, "")


@lru_cache(1024)
def _meaning(text: str) -> Entry | None:
    """Return the row that knows a text, or None for one that speaks of no failure."""
    words = text.casefold()
    failing = _FAILING.search(words) is not None
    if _SUCCESS in words and not failing:
        return None
    for entry in CATALOGUE:
        if entry.pattern.search(words):
            return entry
    return _NOBODY_KNOWS if failing else None


def _envelope(text: str) -> dict[str, Any] | None:
    """Return the innermost envelope: a proxy may have put the true answer as JSON text into `message`.

    The proxy's own code counts where it is a failure: then the inner answer is not taken for a success.
    """
    outer = _object(text)
    for _ in range(_NESTED_DEEPEST):
        if outer is None:
            break
        message = outer.get("message")
        inner = _told_in(message) if isinstance(message, str) else message
        if not isinstance(inner, dict):
            break
        own_code_counts = "error_code" in inner and _zero(outer) is not False
        outer = inner if own_code_counts else inner | {"error_code": outer.get("error_code")}
    return outer


def _told_in(message: str) -> dict[str, Any] | None:
    """Return the answer that stands in a message as JSON; a bare array is its result."""
    if not message.lstrip().startswith("["):
        return _object(message)
    try:
        return {"result": load(message)}
    except ValueError:
        return None


def _object(text: str) -> dict[str, Any] | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        read = load(text)
    except ValueError:
        return None
    return read if isinstance(read, dict) else None


def _zero(envelope: dict[str, Any]) -> bool | None:
    """Tell whether the code is 0, "0" or "00"; None when there is no code."""
    code = envelope.get("error_code")
    return None if code is None else str(code).strip() in ("0", "00")


def _plain(text: str) -> str:
    """Return a plain text; some proxies send it as a JSON string."""
    try:
        read = load(text)
    except ValueError:
        return text
    return read if isinstance(read, str) else text


def _names(table: Table) -> Iterator[str]:
    for field in table.fields:
        yield field.native
        if field.rows is not None:
            yield from _names(field.rows)


_TABLES = (dossier_table({}), progress_table({}), TOLD_QUESTION, TOLD_ANSWER, TOLD_SATISFACTION)
_NAMED = "|".join(sorted({name for table in _TABLES for name in _names(table)}, key=len, reverse=True))
_FIELD = re.compile(rf"(?<!\w)(?:{_NAMED})(?:[/.\[]+\d+[\]/.]+(?:{_NAMED}))*(?!\w)")
_JOINTS = re.compile(r"[/.\[\]]+")


def _fields(text: str) -> tuple[str, ...]:
    """Return the native fields that a text names, each once; one in an array as `TaiLieuNop/0/IsDeleted`."""
    found = (_JOINTS.sub("/", match.group()) for match in _FIELD.finditer(text))
    return tuple(dict.fromkeys(found))
