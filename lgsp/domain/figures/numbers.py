"""Reading numbers as offices write them: `1.893` or `1,893`, `85,53 %` or `85.53`, and what is not given."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

_NOT_GIVEN = frozenset(
    {"", "-", "–", "—", "n/a", "na", "n.a.", "null", "none", "k/c", "không có", "chưa có", "...", "…"}
)
_PLAIN = re.compile(r"\d+(?:[.,]0{1,2})?")
_GROUPED = re.compile(r"\d{1,3}(?:([.,  '’])\d{3})(?:\1\d{3})*")
_PERCENT = re.compile(r"(-?\d+)(?:[.,](\d+))?")
_BOTH = re.compile(r"(?P<count>[^()]*)\((?P<percent>[^()]*)\)")
_HUNDREDTHS = Decimal("0.01")


@dataclass(slots=True, frozen=True)
class Percent:
    """A percentage as it was written; a claim holds when it is right to the decimals that are given."""

    value: Decimal

    @property
    def decimals(self) -> int:
        """How many decimals it was written with."""
        return max(0, -int(self.value.as_tuple().exponent))

    def fits(self, numerator: int, denominator: int) -> bool:
        """Tell whether a share, rounded to the decimals given, is this percentage; 0 of 0 is none."""
        if denominator <= 0:
            return False
        off = abs(self.value * denominator - 100 * numerator)
        return bool(off.scaleb(self.decimals) * 2 <= denominator)


def count(written: Any) -> int | None:
    """Return a whole number, or None for what is not given.

    Raises:
        ValueError: it is neither.
    """
    if written is None:
        return None
    if isinstance(written, int | Decimal) and not isinstance(written, bool):
        return _whole(Decimal(written))
    if not isinstance(written, str):
        raise ValueError("no number")  # noqa: TRY004 - what was written is wrong, not how it was called
    text = written.strip()
    if text.lower() in _NOT_GIVEN:
        return None
    if _PLAIN.fullmatch(text):
        return int(re.split("[.,]", text)[0])
    if _GROUPED.fullmatch(text):
        return int(re.sub(r"\D", "", text))
    raise ValueError("no whole number")


def percent(written: Any) -> Percent | None:
    """Return a percentage, or None for what is not given.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(written, int | Decimal) and not isinstance(written, bool):
        return Percent(Decimal(written))
    if not (written is None or isinstance(written, str)):
        raise ValueError("no percentage")
    text = (written or "").strip().removesuffix("%").strip()
    if text.lower() in _NOT_GIVEN:
        return None
    parts = _PERCENT.fullmatch(text)
    if parts is None:
        raise ValueError("no percentage")
    return Percent(Decimal(f"{parts[1]}.{parts[2]}" if parts[2] else parts[1]))


def count_and_percent(written: Any) -> tuple[int | None, Percent | None]:
    """Return what a cell says, which may hold both: `1.969 (81,82 %)`.

    Raises:
        ValueError: it says neither.
    """
    both = _BOTH.fullmatch(written.strip()) if isinstance(written, str) else None
    return (count(both["count"]), percent(both["percent"])) if both else (count(written), None)


def share(numerator: int, denominator: int) -> Decimal | None:
    """Return a share in percent, to two decimals; None of nothing."""
    if denominator <= 0:
        return None
    return (Decimal(100 * numerator) / denominator).quantize(_HUNDREDTHS, ROUND_HALF_UP)


def in_words(number: Decimal | int, lang: str) -> str:
    """Return a number as it is written in Vietnamese, `1.893` and `85,53`, or in English."""
    text = f"{number:,}"
    return text if lang == "en" else text.translate(_SWAP)


def _whole(number: Decimal) -> int:
    if number != number.to_integral_value() or number < 0:
        raise ValueError("no whole number; write a grouped one as text")
    return int(number)


_SWAP = str.maketrans(",.", ".,")
