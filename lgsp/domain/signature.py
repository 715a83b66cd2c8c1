"""Recognising the same answer again: what differs each time is folded out, what tells answers apart stays.

A system that fails says the same thing with another time, number or dossier each time. Its HTTP status, its
own error code and the folded text are what stays the same.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any
from unicodedata import normalize

import orjson

SHOWN = 300
"""Characters of a folded text that are shown to people; all that is read counts for the signature."""
_READ = 4000
_NESTED_DEEPEST = 3

_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_HIDDEN = re.compile(r"<(script|style|title)\b.*?</\1>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_FOLDS = (
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE), "‹id›"),
    # dossier codes, with the agency in its new or its old form before the date
    (re.compile(r"(?<![\w.])[A-Z0-9]+(?:\.[A-Z0-9]+)*-\d{4,8}-\d{1,10}(?!\w)", re.IGNORECASE), "‹code›"),
    (re.compile(r"\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}[\d:.,]*(?:Z|[+-]\d{2}:?\d{2})?)?"), "‹time›"),
    (re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{4}\b(?: \d{1,2}:\d{2}(?::\d{2})?)?"), "‹time›"),
    (re.compile(r"\b\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\b"), "‹time›"),
    # agency codes, and whatever else is long and holds a digit: sessions, hashes, traces
    (re.compile(r"\b[A-Z]\d{2}(?:\.\d+)+\b", re.IGNORECASE), "‹code›"),
    (re.compile(r"(?<![\w+/=-])(?=[\w+/=-]*\d)[\w+/=-]{16,}"), "‹id›"),
    (re.compile(r"\d+(?:[.,]\d+)*"), "‹n›"),
)
_CODES = ("error_code", "errorcode", "code", "status_code", "statuscode", "status", "faultcode", "ma_loi")
_TEXTS = (
    "message", "error_message", "errormessage", "msg", "description", "error_description", "faultstring",
    "errordesc", "detail", "title", "error", "mo_ta",
)  # fmt: skip


def fold(text: str) -> str:
    """Return a text with numbers, times, ids and codes folded to marks; folding it again changes nothing."""
    text = normalize("NFC", text)[:_READ]
    for pattern, mark in _FOLDS:
        text = pattern.sub(mark, text)
    return " ".join(text.split())[:_READ].rstrip()


def shape(status: int, text: str) -> str:
    """Return what an answer looks like, whenever it comes.

    Args:
        status: its HTTP status; 0 where there was none.
        text: its body: JSON (also as text inside an envelope), HTML or plain text.
    """
    code, said = _read(text[: 16 * _READ])
    parts = [f"HTTP {status}" if status else "", f"[{code}]" if code else "", fold(said)]
    return " ".join(part for part in parts if part)


def signature(status: int, text: str) -> str:
    """Return the short name of an answer's shape: equal for equal shapes, for ever."""
    digest = hashlib.blake2b(shape(status, text).encode("utf-8", "replace"), digest_size=6)
    return f"{status}:{digest.hexdigest()}"


def _read(text: str) -> tuple[str, str]:
    """Return a body's own error code, which keeps its digits, and the text that it says."""
    text = text.strip()
    if text.startswith("<"):
        return "", _of_markup(text)
    read = _object(text)
    if isinstance(read, str):
        return "", read
    return _of_object(read, text) if isinstance(read, dict) else ("", text)


def _of_markup(text: str) -> str:
    title = _TITLE.search(text)
    seen = _TAG.sub(" ", _HIDDEN.sub(" ", text))
    return f"{title[1] if title else ''} {seen}".strip() or text


def _of_object(said: Mapping[str, Any], text: str) -> tuple[str, str]:
    """Return code and text of the innermost envelope; a body that has neither is its own text."""
    code = words = ""
    inner: Any = said
    for _ in range(_NESTED_DEEPEST):
        if not isinstance(inner, Mapping):
            break
        named = {str(name).casefold(): value for name, value in inner.items()}
        code = _plain(_first(named, _CODES)) or code
        told = _first(named, _TEXTS)
        words = told if isinstance(told, str) else words
        inner = _object(told) if isinstance(told, str) else told
    return code, words if code or words else text


def _first(named: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((named[name] for name in names if named.get(name) not in (None, "")), None)


def _plain(code: Any) -> str:
    """Return a code in one form, whether it came as a number or as text, padded or not."""
    if isinstance(code, bool) or not isinstance(code, str | int):
        return ""
    text = str(code).strip()[:50]
    return (text.lstrip("0") or "0") if text.isdecimal() else text


def _object(text: str) -> Any:
    if not text.lstrip().startswith(("{", '"')):
        return None
    try:
        return orjson.loads(text)
    except ValueError:
        return None
