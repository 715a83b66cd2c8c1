"""Taking personal numbers and known personal values out of what is written outside encrypted bodies."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from unicodedata import normalize

HIDDEN = "•••"
"""What stands where something was taken out."""
SHORTEST = 6
"""Characters from which on a known value is looked for: a shorter one stands in innocent words too."""
_MOST = 2000
_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])(?<![0-9a-f]{4}-)(?:[0-9]{12}|[0-9]{3}(?:[ \u00a0][0-9]{3}){3})(?![0-9A-Za-z])"
)
"""Twelve digits that stand alone, together or in groups of three; the last group of a UUID is none."""
_NAMED = re.compile(r"'[A-Za-z_][A-Za-z_.\-]{0,59}'")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_OF_CODE = (AttributeError, ImportError, NameError, OSError)
"""Faults whose texts name parts of programs or places on a disk, never what a message holds."""
_DEEPEST = 8

Values = Callable[[], Sequence[str]]
_at_hand: ContextVar[Values | None] = ContextVar("at_hand", default=None)


@contextmanager
def about(values: Values) -> Iterator[None]:
    """Let what is logged inside be free of the personal values of the message at hand.

    Args:
        values: returns them; asked only when there is something to log.
    """
    token = _at_hand.set(values)
    try:
        yield
    finally:
        _at_hand.reset(token)


def at_hand() -> Sequence[str]:
    """Return the personal values of the message at hand; none where there is no message."""
    values = _at_hand.get()
    return values() if values is not None else ()


def without_numbers(text: str) -> str:
    """Return a text without numbers that may be somebody's personal number (12 digits)."""
    return _NUMBER.sub(HIDDEN, text)


def redacted(text: str, known: Collection[str] = ()) -> str:
    """Return a text without personal numbers and without known values, however their letters are written.

    Args:
        text: what is to be kept or shown.
        known: personal values of the message at hand; those of fewer than `SHORTEST` characters are left.
    """
    text = without_numbers(text)
    if not text or not known:
        return text
    folded = _folded(text)
    parts = sorted({_loose(one) for one in _near(known, folded)}, key=len, reverse=True)
    for at in range(0, len(parts), _MOST):
        found = re.compile("|".join(parts[at : at + _MOST]), re.IGNORECASE)
        text = found.sub(HIDDEN, normalize("NFC", text))
    return text


def _near(known: Collection[str], folded: str) -> Iterator[str]:
    """Yield the values all of whose words stand in a text: a pattern is dear, and hardly ever needed.

    All are folded in one go, each on a line of its own, unless they have lines themselves.
    """
    lines = _folded("\n".join(known)).split("\n")
    if len(lines) != len(known):
        lines = [_folded(one) for one in known]
    for one, line in zip(known, lines, strict=True):
        words = line.split()
        if words and words[0] in folded and all(word in folded for word in words) and _is_told(one):
            yield one


def _is_told(value: str) -> bool:
    return len(value.strip()) >= SHORTEST


def _folded(text: str) -> str:
    """Return a text in which letters are equal that a pattern takes for equal (`re.IGNORECASE`), or more."""
    return normalize("NFC", text).casefold().replace("ı", "i")


def _loose(value: str) -> str:
    """Return the pattern of a value: any space, or none written out as an escape, between its words."""
    return r"\s+".join(re.escape(word) for word in normalize("NFC", value).split())


# --- faults of programs ---------------------------------------------------------------------------------


def told(fault: BaseException, plain: tuple[type[BaseException], ...] = ()) -> str:
    """Return a fault with its traceback as it may stand in a log.

    What a fault says in words may hold what it failed on: only the words of `plain` faults are kept, names of
    fields in a KeyError, and the texts of faults about programs and files. Lines of code are kept whole.

    Args:
        fault: what was raised.
        plain: classes whose texts hold no payload by contract.
    """
    return "\n".join(_lines(fault, plain, _DEEPEST))


def _lines(fault: BaseException, plain: tuple[type[BaseException], ...], left: int) -> Iterator[str]:
    before = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    if before is not None and left:
        yield from _lines(before, plain, left - 1)
        yield "which led to:"
    yield "Traceback (most recent call last):"
    yield "".join(traceback.format_tb(fault.__traceback__)).rstrip("\n")
    yield f"{type(fault).__module__}.{type(fault).__qualname__}{_said(fault, plain)}"
    if isinstance(fault, BaseExceptionGroup) and left:
        for one in fault.exceptions[:_DEEPEST]:
            yield from _lines(one, plain, left - 1)


def _said(fault: BaseException, plain: tuple[type[BaseException], ...]) -> str:
    text = str(fault)
    kept = isinstance(fault, (*plain, *_OF_CODE)) or (isinstance(fault, KeyError) and _NAMED.fullmatch(text))
    return f": {redacted(text, at_hand())}" if kept else f" ({len(text)} characters, not written here)"


def plainly(fault: BaseException) -> str:
    """Return the name of a library's fault and its first line, without what it quotes: a value, perhaps."""
    first = str(fault).partition("\n")[0]
    return f"{type(fault).__name__}: {without_numbers(_QUOTED.sub(_name_or_nothing, first))}"


def _name_or_nothing(found: re.Match[str]) -> str:
    return found[0] if _NAMED.fullmatch(found[0].replace('"', "'")) else HIDDEN
