"""Understanding what the population database, and the proxies in front of it, answer.

What no row of the catalogues knows is left uncatalogued: never taken for an answer, nor for somebody who does
not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from lgsp.domain.signature import signature
from lgsp.errors import Refused, Scope, Unavailable
from lgsp.message import nfc
from lgsp.redacting import redacted
from lgsp.wire.soap_faults import Fault, explained, fault_of, shown

from .mapping import verified

Meaning = Literal["not-found", "procedure", "officer", "question", "credentials", "away"]
"""What an error can mean: of whom we ask is not there; the procedure has no licence; the officer may not ask;
the question is wrong; we are not believed; the service is not itself."""

CODES: Mapping[str, Meaning] = {"004": "procedure", "005": "officer"}
"""Codes that public clients react to; the official list is not public, and `codes` adds to it."""
CAUSES = {
    "procedure": "population-procedure-unlicensed",
    "officer": "population-officer-refused",
    "question": "population-question-refused",
    "credentials": "population-credentials",
    "away": "population-away",
}

_SENTENCE = r"(?:[^.;]|\.(?=\w))*"  # codes hold dots
_NOT = r"(?:không|chưa)"
_FIELD = r"(?:sodinhdanh|socmnd|hovaten|ngaythangnamsinh|ngày sinh|họ tên|họ và tên)"
_WHO = r"(?:công dân|số định danh|cmnd|cccd|người)"
_WHAT = rf"(?:thông tin|dữ liệu|bản ghi)(?: (?:của )?{_WHO})?\s*(?:[.;,]|$)"
_PATTERNS: Sequence[tuple[Meaning, Sequence[str]]] = (
    (
        "away",
        (r"bảo trì", r"quá tải", r"tạm (?:dừng|ngừng)", r"gián đoạn", r"thử lại sau", r"timed? ?out"),
    ),
    (
        "procedure",
        (
            rf"(?:thủ tục|dịch vụ công|madvc){_SENTENCE}{_NOT} (?:được )?(?:cấp phép|phép|đăng ký)",
            rf"{_NOT} được cấp phép{_SENTENCE}(?:thủ tục|dịch vụ công)",
        ),
    ),
    (
        "officer",
        (rf"(?:cán bộ|macanbo){_SENTENCE}{_NOT} (?:được|có|đủ)", rf"cán bộ{_SENTENCE}không tồn tại"),
    ),
    (
        "credentials",
        (
            rf"xác thực(?! thông tin){_SENTENCE}(?:không|thất bại|sai)",
            r"(?:token|apikey|api key|chữ ký|timestamp)\b.*(?:không|sai|hết hạn|invalid|expired)",
            r"unauthori[sz]ed|authentication fail|invalid_token",
        ),
    ),
    (
        "not-found",
        (
            rf"{_NOT} (?:tìm thấy|tồn tại){_SENTENCE}{_WHO}",
            rf"{_NOT} (?:tìm thấy|tồn tại|có) {_WHAT}",
            rf"{_WHO}{_SENTENCE}{_NOT} (?:tồn tại|tìm thấy)",
            r"(?:citizen|person) not found|no data found",
        ),
    ),
    (
        "question",
        (
            rf"{_FIELD}{_SENTENCE}(?:không hợp lệ|không đúng|bắt buộc|sai)",
            r"thiếu (?:trường|thông tin|tham số)",
        ),
    ),
)
TEXTS = tuple((meaning, re.compile("|".join(patterns))) for meaning, patterns in _PATTERNS)
"""Texts, in lower case, and what they mean; the first row that matches counts. Sources: what public clients
show their users; the official texts are not public. What speaks of rights alone is left uncatalogued: nobody
knows whose they are, and it must never be taken for somebody who does not exist."""

_DOCUMENT = re.compile(r"[<{]|\[(?!\d{3}\]\s*[^\s,])")
"""What a text begins with that is a document itself; `[005] …` is a code before words."""
_UNBROKEN = re.compile(r"\S{100}")
"""What no text of words has: a body in base64, a token. It may tell of anybody."""
_OK, _LONGEST, _LOOKED = 200, 1000, 4000
_WHOLE = frozenset({"credentials", "away"})
"""What speaks for the service as a whole: nobody else is asked then for a while."""
_FINE = frozenset({"", "0", "00", "000", "200", "1", "success", "true", "ok"})
_CODED = frozenset(
    {
        "errorcode", "error_code", "errcode", "maloi", "ma_loi", "code", "statuscode", "resultcode",
        "responsecode",
    }
)  # fmt: skip
_LEADING = re.compile(r"[\[(]?(?:(?:mã )?lỗi|error(?: code)?|code)?[\s:#]*(\d{3})(?!\w)", re.IGNORECASE)
"""The code that a text begins with: `004 - …`, `[005] …`, `Error code 004: …`."""
_TEXTED = frozenset(
    {
        "message", "msg", "error", "errormessage", "error_message", "description", "errordesc", "faultstring",
        "thongbao", "mota", "motaloi", "noidung", "text",
    }
)  # fmt: skip
_OF_ITSELF = frozenset({"id", "socongdan", "thoidiemdulieu"})
"""What a collection says of itself: its number, how many it holds, as of when."""
_COLLECTIONS = ("CongdanCollection", "CongDanCollection")

Part = Mapping[str, Any]
Parts = Sequence[Part]
Raised = Refused | Unavailable


class Answers:
    """Tells what an answer says.

    Args:
        codes: what codes mean beside those that are known.
    """

    def __init__(self, codes: Mapping[str, Meaning]) -> None:
        self._codes = {**CODES, **codes}

    def citizen(self, parts: Iterator[Part], secrets: tuple[str, ...] = ()) -> tuple[Part, Part]:
        """Return the one citizen of an answer, and what stands beside it in the collection.

        Args:
            parts: what the answer is made of; it is looked at until somebody is found.
            secrets: values that are taken out of what is shown.

        Raises:
            Refused: there is none, there are several, or the service will not answer this.
            Unavailable: the answer is one that nobody knows, or speaks for the service as a whole.
        """
        looked: list[Part] = []
        for part in parts:
            looked.append(part)
            found = _citizens(part)
            if found is not None:
                break
        else:
            found = ([], {})
        if len(found[0]) > 1:
            raise Refused("population-several-citizens", str(len(found[0])))
        if found[0]:
            return found[0][0], found[1]
        looked += parts
        self.no(looked, secrets)
        held = [part[name] for part in looked for name in _COLLECTIONS if name in part]
        if held and all(map(_silent, held)):
            raise Refused("not-found")
        raise _unknown(looked, secrets)

    def verified(self, parts: Parts, secrets: tuple[str, ...] = ()) -> bool:
        """Return whether what was said is so.

        Raises:
            Refused: the service will not answer this.
            Unavailable: as in `citizen`.
        """
        for part in parts:
            said = part.get("TonTai")
            known = said if isinstance(said, bool) else verified(said)
            if known is not None:
                return known
        self.no(parts, secrets)
        raise _unknown(parts, secrets)

    def no(self, parts: Parts, secrets: tuple[str, ...] = ()) -> None:
        """Raise what an answer complains of; return where it complains of nothing that is known.

        Raises:
            Refused: the service will not answer this.
            Unavailable: it speaks for the service as a whole.
        """
        for part in parts:
            fault = fault_of(part)
            if fault is not None:
                raise self.fault(fault, secrets) or explained(fault, secrets=secrets)
        texts = [nfc(text) for part in parts for text in _said(part, _TEXTED)]
        told = shown("; ".join(texts), secrets)
        meaning = self._meaning([code for part in parts for code in _codes(part)], texts, secrets)
        if meaning is not None:
            raise _raised(meaning, told)

    def complaint(self, parts: Parts, secrets: tuple[str, ...], status: int) -> Unavailable:
        """Return what an answer says that HTTP says is none, where nobody knows its words.

        Raises:
            Refused: the service will not answer this.
            Unavailable: it speaks for the service as a whole.
        """
        self.no(parts, secrets)
        return _unknown(parts, secrets, status)

    def fault(self, fault: Fault, secrets: tuple[str, ...] = ()) -> Raised | None:
        """Return what a fault means, by a code in it or by its text; None where neither is known."""
        parts = list(_mappings(fault.detail))
        texts = [
            nfc(text[:_LONGEST]) for text in (fault.text, *(t for p in parts for t in _said(p, _TEXTED)))
        ]
        plain = fault.detail if isinstance(fault.detail, str) else ""
        codes = [*fault.codes, plain, *(code for part in parts for code in _codes(part))]
        meaning = self._meaning(codes, texts, secrets)
        return None if meaning is None else _raised(meaning, shown("; ".join(texts), secrets))

    def _meaning(
        self, codes: Sequence[str], texts: Sequence[str], secrets: tuple[str, ...]
    ) -> Meaning | None:
        leading = [found[1] for found in map(_LEADING.match, map(str.strip, texts)) if found]
        for code in (*codes, *texts, *leading):
            known = self._codes.get(code.strip())
            if known is not None and code.strip().casefold() not in _FINE:
                return known
        words = " ; ".join(texts)[:_LOOKED]
        meaning = _meant(words)
        # what was asked, and is repeated, says nothing of the service: nobody suspends it by a name
        return _meant(redacted(words, secrets)) if meaning in _WHOLE else meaning


def _meant(words: str) -> Meaning | None:
    low = words.casefold()
    return next((meaning for meaning, pattern in TEXTS if pattern.search(low)), None)


def _raised(meaning: Meaning, told: str) -> Raised:
    if meaning == "not-found":
        return Refused("not-found")
    if meaning in _WHOLE:
        return Unavailable(CAUSES[meaning], told, scope=Scope.SYSTEM)
    return Refused(CAUSES[meaning], told, fields=["/data"] if meaning == "question" else ())


def _citizens(part: Part) -> tuple[list[Part], Part] | None:
    """Return the citizens that a part holds, and what stands beside them; None where it holds no such thing.

    Outside a collection only what has a name in parts is one: a proxy may give the question back, whose name
    is a text, and what was asked must never be taken for an answer.
    """
    if "CongDan" in part:
        held = part["CongDan"]
        rows = held if isinstance(held, list) else [held]
        beside = {name: one for name, one in part.items() if name != "CongDan"}
        return [one for one in rows if isinstance(one, dict) and _named(one)], beside
    if isinstance(part.get("HoVaTen"), dict) and "NgayThangNamSinh" in part and _named(part):
        return [part], {}
    return None


def _named(item: Mapping[str, Any]) -> bool:
    """Tell whether an item is somebody: an empty one stands where nobody was found."""
    return next((True for one in _leaves(item) if one not in (None, {}, [])), False)


def _silent(collection: Any) -> bool:
    """Tell whether a collection holds nobody and says nothing: what it says may be why nobody is in it."""
    if not isinstance(collection, dict):
        return not str(collection or "").strip()
    said = (one for name, one in collection.items() if name.lstrip("@").casefold() not in _OF_ITSELF)
    return not any(_named({"": one}) for one in said)


def _mappings(value: Any) -> Iterator[Part]:
    """Yield what a detail holds: frameworks wrap what a service says in elements of their own."""
    if isinstance(value, Mapping):
        yield value
        for one in value.values():
            yield from _mappings(one)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _leaves(one)
    elif not isinstance(value, str) or value.strip():
        yield value


def _codes(part: Part) -> Iterator[str]:
    """Yield the codes that an answer tells; one that came as a number has lost the zeros before it."""
    yield from _said(part, _CODED)
    for name, value in part.items():
        if type(value) is int and name.lstrip("@").casefold() in _CODED:
            yield f"{value:03}"


def _said(part: Mapping[str, Any], names: frozenset[str]) -> Iterator[str]:
    """Yield what an answer says under any of some names: short texts and numbers, nothing that is coded."""
    for name, value in part.items():
        if name.lstrip("@").casefold() not in names or not isinstance(value, str | int):
            continue
        text = str(value).strip()
        if len(text) <= _LONGEST and not _DOCUMENT.match(text) and not _UNBROKEN.search(text):
            yield text


def _unknown(parts: Parts, secrets: tuple[str, ...], status: int = _OK) -> Unavailable:
    """Return what is raised of an answer that nobody knows; equal for equal shapes of answers."""
    names = "/".join(next(iter(part), "") for part in parts[:6])
    texts = "; ".join(text for part in parts for text in _said(part, _TEXTED | _CODED))
    told = shown(f"{'' if status == _OK else f'HTTP {status}, '}{names}: {texts}", secrets)
    return Unavailable("uncatalogued", told, answer=signature(status, told))
