"""What a check of a report says: contradictions with their numbers, and what could not be told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from lgsp.domain.figures.numbers import in_words
from lgsp.domain.reports.expressions import digits
from lgsp.domain.tables import rows

_NUMBER = re.compile(r"(?<![\w.\[])\d+(?:\.\d+)?(?![\w.\]])")
_TEXTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {row["code"]: MappingProxyType(row) for row in rows("reports/texts.tsv")}
)


@dataclass(slots=True, frozen=True)
class Contradiction:
    """A value that a formula, a rule, a breakdown or an invariant contradicts.

    Attributes:
        code: `formula-differs`, `rule-broken`, `parts-differ` or `invariant-broken`.
        place: which value, as `recorded.Cell.place` writes it, or a column and its row.
        claimed: what stands there.
        computed: what should; None for a rule.
        formula: by which, in codes: `b / a * 100`.
        numbers: the same in numbers: `30 / 40 * 100`.
        name: of the rule, the breakdown or the invariant; else empty.
        vi, en: what the formula says in words, where a catalogue has them.
        terms: of an invariant, each column with its number, below 0 where it is taken off.
    """

    code: str
    place: str
    claimed: Decimal | Fraction
    computed: Fraction | None
    formula: str
    numbers: str
    name: str = ""
    vi: str = ""
    en: str = ""
    terms: tuple[tuple[str, int], ...] = ()

    @property
    def difference(self) -> Fraction | None:
        """Claimed less computed."""
        return None if self.computed is None else Fraction(self.claimed) - self.computed

    def said(self, lang: str) -> str:
        """Return it as a sentence in `vi` or `en`."""
        words: dict[str, str] = {
            "claimed": _grouped(digits(self.claimed), lang),
            "computed": _or_none(self.computed, lang),
            "difference": _or_none(self.difference, lang),
            "numbers": _grouped(self.numbers, lang),
            "formula": (self.vi if lang == "vi" else self.en) or self.formula,
        }
        return text(self.code, lang, place=self.place, name=self.name, **words)

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it; numbers are texts, so that none is rounded on its way."""
        numbers = {"computed": self.computed, "difference": self.difference}
        return {
            "code": self.code,
            "place": self.place,
            "claimed": digits(self.claimed),
            **{name: None if value is None else digits(value) for name, value in numbers.items()},
            "formula": self.formula,
            "numbers": self.numbers,
            "name": self.name,
            **(
                {"terms": [{"column": column, "value": value} for column, value in self.terms]}
                if self.terms
                else {}
            ),
            "vi": self.said("vi"),
            "en": self.said("en"),
        }


@dataclass(slots=True, frozen=True)
class Untold:
    """A value that could not be computed, or a check that could not be made: said, and no contradiction.

    Attributes:
        reason: as in `computing.NotComputable`.
        what: as there.
        name: of the rule or the invariant; empty for a formula.
    """

    place: str
    reason: str
    what: str
    name: str = ""

    def said(self, lang: str) -> str:
        """Return it as a sentence in `vi` or `en`."""
        return text(self.reason, lang, place=self.place, what=self.what)

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        told = {"place": self.place, "reason": self.reason, "what": self.what, "name": self.name}
        return {**told, "vi": self.said("vi"), "en": self.said("en")}


def text(code: str, lang: str, **words: str) -> str:
    """Return the sentence of a code, with its words put in."""
    return _TEXTS[code][lang].format_map(words)


def _or_none(value: Fraction | None, lang: str) -> str:
    return "" if value is None else _grouped(digits(value), lang)


def _grouped(told: str, lang: str) -> str:
    return _NUMBER.sub(lambda number: in_words(Decimal(number[0]), lang), told)
