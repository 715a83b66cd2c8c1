"""What a check of figures says: findings that flag a table, and notes on what it does not give."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from lgsp.domain.figures.numbers import in_words
from lgsp.domain.figures.table import VIETNAMESE
from lgsp.domain.tables import rows

Number = int | Decimal


@dataclass(slots=True, frozen=True)
class Finding:
    """One disagreement.

    Attributes:
        code: `sum-differs`, `identity-differs`, `definitions-differ`, `more-than-whole`, `count-unfounded`,
            `carried-over-differs`, `percent-unfounded`, `percent-differs`, `denominators-differ` or
            `numerators-differ`.
        place: period, row and column, with slashes between.
        claimed: what the table or the text says.
        computed: what comes of its own parts; None when they do not give it.
        formula: by which computed was found.
        more: further facts, by name: numbers, or formulas.
    """

    code: str
    place: str
    claimed: Number
    computed: Number | None
    formula: str
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def difference(self) -> Number | None:
        """Claimed less computed."""
        return None if self.computed is None else self.claimed - self.computed

    def said(self, lang: str) -> str:
        """Return the finding as a sentence."""
        words = {name: _word(value, lang) for name, value in self.more.items()}
        words |= {"place": in_place(self.place, lang), "formula": _word(self.formula, lang)}
        words |= {name: _word(getattr(self, name), lang) for name in ("claimed", "computed", "difference")}
        codes = [self.code, "of-value"] if "of_value" in self.more else [self.code]
        return " ".join(_TEXTS[code][lang].format_map(words) for code in codes)

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as JSON has it."""
        return {
            "code": self.code,
            "place": self.place,
            "claimed": plain_number(self.claimed),
            "computed": plain_number(self.computed),
            "difference": plain_number(self.difference),
            "formula": self.formula,
            **{name: plain_number(value) for name, value in self.more.items()},
            "vi": self.said("vi"),
            "en": self.said("en"),
        }


@dataclass(slots=True, frozen=True)
class Note:
    """Something that is not given, or cannot be checked: said, and no reason to flag a table."""

    code: str
    place: str
    vi: str
    en: str

    def as_dict(self) -> dict[str, Any]:
        """Return the note as JSON has it."""
        return {"code": self.code, "place": self.place, "vi": self.vi, "en": self.en}


def note(code: str, place: str, **words: Any) -> Note:
    """Return a note with its texts."""
    vi, en = (
        _TEXTS[code][lang].format_map({name: _word(value, lang) for name, value in words.items()})
        for lang in ("vi", "en")
    )
    return Note(code, place, _at(place, vi, "vi"), _at(place, en, "en"))


def in_place(place: str, lang: str) -> str:
    """Return a place as people read it: its column in Vietnamese."""
    above, _, column = place.rpartition("/")
    said = VIETNAMESE.get(column) if lang == "vi" else None
    return f"{above}, {said}" if said and above else said or place


def in_formula(text: str, lang: str) -> str:
    """Return a formula as people read it: numbers grouped, columns in Vietnamese."""
    grouped = _NUMBER.sub(lambda number: in_words(Decimal(number[0]), lang), text)
    return grouped if lang == "en" else _NAME.sub(lambda name: _VI.get(name[0], name[0]), grouped)


def _at(place: str, text: str, lang: str) -> str:
    return f"{in_place(place, lang)}: {text}" if place else text


def plain_number(value: Any) -> Any:
    """Return a value as JSON has it: decimals as numbers."""
    if isinstance(value, list):
        return [plain_number(one) for one in value]
    return float(value) if isinstance(value, Decimal) else value


def _word(value: Any, lang: str) -> str:
    if isinstance(value, list):
        return "; ".join(in_formula(str(one), lang) for one in value)
    return in_words(value, lang) if isinstance(value, int | Decimal) else in_formula(str(value), lang)


_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
_NAME = re.compile(r"(?:stated:)?\b[a-z]+(?:_[a-z]+)*\b")
_VI = (
    dict(VIETNAMESE)
    | {f"stated:{column}": f"{vi} (như công bố)" for column, vi in VIETNAMESE.items()}
    | {"whole": "phải giải quyết"}
)

_TEXTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {row["code"]: MappingProxyType(row) for row in rows("figures/texts.tsv")}
)
"""By the code of a finding or a note: its template in `vi` and in `en`."""
