"""How a field's text is said in canonical form, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from lgsp.message import VIETNAM

_WHOLE = re.compile(r"0|[1-9][0-9]{0,8}")
_DAY_FORM = re.compile("[0-9]{4}/[0-9]{2}/[0-9]{2}")
_MOMENT_FORM = re.compile("[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_ODD = re.compile(
    r"(?:(?P<y>\d{4})(?P<s>[/-])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})"
    r"|(?P<d1>\d{2})(?P<s1>[/.-])(?P<m1>\d{2})(?P=s1)(?P<y1>\d{4}))"
    r"(?:[T ](?P<clock>\d{1,2}:\d{2}(?::\d{2})?)(?:\.\d{1,9})?)?"
    r"(?P<zone>Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
"""Forms that name one day only: year first, or day first as the format's first generation (CV 512, CV 2803)
has it, in two digits: `3/5/2026` is what software in American English writes for 5 March."""
_YEARS = range(1900, 2200)
"""Other years are nobody's: what software writes for "none" (0001, 9999), and what a library misread."""


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


def _parsed(text: str) -> datetime | None:
    """Return what an ISO 8601 text names, as Viet Nam clocks show it."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.year not in _YEARS:
        return None
    return moment.astimezone(VIETNAM).replace(tzinfo=None) if moment.tzinfo else moment


def _odd(text: str) -> datetime | None:
    """Return the moment that a text of another form names, if it names one only."""
    found = _ODD.fullmatch(text)
    if found is None:
        return None
    year, month, day = (found[name] or found[f"{name}1"] for name in "ymd")
    hour, _, rest = (found["clock"] or "").partition(":")
    clock = f"T{hour:0>2}:{rest}{found['zone'] or ''}" if hour else ""  # a day is that day in any zone
    return _parsed(f"{year}-{month:0>2}-{day:0>2}{clock}")


def _read_day(text: str) -> Said:
    if _DAY_FORM.fullmatch(text):
        day = text.replace("/", "-")
        return Said(day) if _parsed(day) else Said(None, "unreal-date")
    odd = _odd(text)
    if odd is None:
        return Said(None, "unreal-date")
    return Said(odd.date().isoformat(), "odd-date")


def _read_moment(text: str) -> Said:
    moment = _parsed(text.replace("/", "-")) if _MOMENT_FORM.fullmatch(text) else None
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


_FLAGS, _NO_FLAG = {"true": Said(True), "false": Said(None)}, Said(None, "unknown-code")


def _read_flag(text: str) -> Said:
    return _FLAGS.get(text.lower(), _NO_FLAG)


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
