"""How a field's text is said in canonical form, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from lgsp.message import VIETNAM

_WHOLE = re.compile(r"0|[1-9][0-9]{0,8}")
_MOMENT = "%Y/%m/%d %H:%M:%S"
_CLOCK = "[0-9]{2}:[0-9]{2}:[0-9]{2}"
_ISO_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_ISO_REST = r"(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
_DAY_FORM = re.compile("[0-9]{4}/[0-9]{2}/[0-9]{2}")
_MOMENT_FORM = re.compile(f"[0-9]{{4}}/[0-9]{{2}}/[0-9]{{2}} {_CLOCK}")
_ODD_DAYS = (
    (re.compile("[0-9]{2}/[0-9]{2}/[0-9]{4}"), "%d/%m/%Y"),
    (re.compile(_ISO_DAY), "%Y-%m-%d"),
    (_MOMENT_FORM, _MOMENT),
    (re.compile(f"[0-9]{{2}}/[0-9]{{2}}/[0-9]{{4}} {_CLOCK}"), "%d/%m/%Y %H:%M:%S"),
    (re.compile(f"{_ISO_DAY}[T ]{_CLOCK}{_ISO_REST}"), ""),
)
"""Forms that name one day only; the first is that of the format's first generation (CV 512, CV 2803)."""


class Said(NamedTuple):
    """What a text says.

    Attributes:
        value: in canonical form; None where it cannot be said: then the text is kept as it was.
        fault: the finding for it, if any.
        kept: the text is kept beside the value, because writing the value would not give it back.
    """

    value: Any
    fault: str = ""
    kept: bool = False


@dataclass(slots=True, frozen=True)
class Form:
    """How a text is said, and back."""

    read: Callable[[str], Said]
    write: Callable[[Any], Any]


def words(pairs: Mapping[str, Any], also: Mapping[str, Any] | None = None) -> Form:
    """Return the form of a code list.

    Args:
        pairs: code to canonical word; the code that is written.
        also: further codes for the same words, which are read without a finding and kept.
    """
    back = {word: code for code, word in pairs.items()}
    known = {code: Said(word, kept=True) for code, word in (also or {}).items()}
    known |= {code: Said(word) for code, word in pairs.items()}
    near = {code.lstrip("0") or "0": word for code, word in pairs.items()}

    def read(text: str) -> Said:
        if text in known:
            return known[text]
        loose = text.lstrip("0") or "0"
        if text.isdigit() and loose in near:
            return Said(near[loose], "odd-code", kept=True)
        return Said(None, "unknown-code")

    return Form(read, back.__getitem__)


def as_it_is(value: Any) -> Any:
    """Return a value that is written as the canonical form has it."""
    return value


def _read_text(text: str) -> Said:
    return Said(text)


def _read_named(text: str) -> Said:
    """Read a code that some senders fill with the word `null`."""
    return Said(None, "null-text") if text.lower() == "null" else Said(text)


def _read_whole(text: str) -> Said:
    return Said(int(text)) if _WHOLE.fullmatch(text) else Said(None, "not-a-number")


def _parsed(text: str, pattern: str) -> datetime | None:
    try:
        return datetime.strptime(text, pattern) if pattern else datetime.fromisoformat(text)  # noqa: DTZ007
    except ValueError:
        return None


def _odd(text: str) -> datetime | None:
    """Return the moment that a text of another form names, if it names one only."""
    found = (_parsed(text, pattern) for form, pattern in _ODD_DAYS if form.fullmatch(text))
    moment = next((moment for moment in found if moment is not None), None)
    return _local(moment) if moment is not None and moment.tzinfo is not None else moment


def _local(moment: datetime) -> datetime | None:
    """Return a moment with an offset as Viet Nam clocks show it."""
    try:
        return moment.astimezone(VIETNAM).replace(tzinfo=None)
    except OverflowError:
        return None


def _read_day(text: str) -> Said:
    if _DAY_FORM.fullmatch(text):
        day = text.replace("/", "-")
        return Said(day) if _parsed(day, "") else Said(None, "unreal-date")
    odd = _odd(text)
    if odd is None:
        return Said(None, "unreal-date")
    return Said(odd.date().isoformat(), "odd-date")


def _read_moment(text: str) -> Said:
    moment = _parsed(text.replace("/", "-"), "") if _MOMENT_FORM.fullmatch(text) else None
    if moment is not None:
        return Said(moment.replace(tzinfo=VIETNAM).isoformat())
    odd = _odd(text)
    if odd is None or ":" not in text:
        return Said(None, "unreal-date")
    return Said(odd.replace(tzinfo=VIETNAM, microsecond=0).isoformat(), "odd-date")


def _write_day(value: str) -> str:
    return value.replace("-", "/")


def write_moment(value: str) -> str:
    """Return an ISO 8601 moment as the format writes it, in Viet Nam time; parts of a second are dropped."""
    moment = datetime.fromisoformat(value).astimezone(VIETNAM)
    return f"{moment.year:04}/{moment:%m/%d %H:%M:%S}"


def _read_flag(text: str) -> Said:
    said = {"true": True, "false": None}
    low = text.lower()
    return Said(said[low]) if low in said else Said(None, "unknown-code")


def _write_flag(value: Any) -> str:
    return "true" if value else "false"


TEXT = Form(_read_text, as_it_is)
NAMED = Form(_read_named, as_it_is)
WHOLE = Form(_read_whole, str)
DAY = Form(_read_day, _write_day)
MOMENT = Form(_read_moment, write_moment)
YES_NO = words({"0": False, "1": True})
FLAG = Form(_read_flag, _write_flag)
"""A flag whose `false` says nothing: the vendor's writer always adds it."""
