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
        said = _TEXTS[self.code][lang == "en"].format_map(words)
        extra = _EXTRA[lang == "en"].format_map(words) if "of_value" in self.more else ""
        return said + extra

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
    vi, en = (text.format_map({k: _word(v, lang) for k, v in words.items()}) for text, lang in _pair(code))
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


def _pair(code: str) -> list[tuple[str, str]]:
    vi, en = _NOTES[code]
    return [(vi, "vi"), (en, "en")]


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


_EXTRA = (
    " ({claimed} % của {value} là {of_value})",
    " ({claimed} % of {value} is {of_value})",
)
_TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "sum-differs": (
            "{place}: dòng tổng ghi {claimed}, cộng các dòng được {computed}, lệch {difference}",
            "{place}: the total row says {claimed}, its rows add up to {computed}, off by {difference}",
        ),
        "identity-differs": (
            "{place}: ghi {claimed}, tính ra {computed} ({formula}), lệch {difference}",
            "{place}: says {claimed}, computed {computed} ({formula}), off by {difference}",
        ),
        "definitions-differ": (
            "{place}: ghi {claimed}, chỉ khớp {fits}; {others} tính theo {formula}, theo đó là {computed}",
            "{place}: says {claimed}, which fits only {fits}; {others} go by {formula}: {computed}",
        ),
        "more-than-whole": (
            "{place}: đã kết thúc {claimed}, nhiều hơn {computed} phải giải quyết, lệch {difference}",
            "{place}: {claimed} were closed of {computed} that were to be handled, off by {difference}",
        ),
        "carried-over-differs": (
            "{place}: ghi {claimed}, nhưng cuối kỳ trước còn {computed}, lệch {difference}",
            "{place}: says {claimed}, but {computed} were left in the period before, off by {difference}",
        ),
        "count-unfounded": (
            "{place}: công bố {claimed}, không cách tính nào ra; {formula} là {computed}, lệch {difference}",
            "{place}: {claimed} is claimed, nothing gives it; {formula} is {computed}, off by {difference}",
        ),
        "percent-unfounded": (
            (
                "{place}: công bố {claimed} %, không cách tính nào ra; {formula} là {computed} %,"
                " lệch {difference}"
            ),
            (
                "{place}: {claimed} % is claimed and nothing gives it; {formula} is {computed} %,"
                " off by {difference}"
            ),
        ),
        "percent-differs": (
            "{place}: công bố {claimed} % của {of}, nhưng {formula} là {computed} %, lệch {difference}",
            "{place}: {claimed} % of {of} is claimed, but {formula} is {computed} %, off by {difference}",
        ),
        "denominators-differ": (
            (
                "{place}: {claimed} % là {fits}, khác mẫu số với {others}; cùng mẫu số thì {formula}"
                " là {computed} %"
            ),
            (
                "{place}: {claimed} % is {fits}, another denominator than that of {others}; by theirs,"
                " {formula} is {computed} %"
            ),
        ),
        "numerators-differ": (
            (
                "{place}: {claimed} % là {fits}, khác tử số với {others}; cùng tử số thì {formula}"
                " là {computed} %"
            ),
            (
                "{place}: {claimed} % is {fits}, another numerator than that of {others}; by theirs,"
                " {formula} is {computed} %"
            ),
        ),
    }
)
"""By code: Vietnamese, English."""

_NOTES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "not-given": ("không có số liệu, không tính là 0", "not given; it is not taken as zero"),
        "holds-only-if": (
            "{stated} chỉ đúng nếu {columns} (không có số liệu) là {needed}",
            "{stated} holds only if {columns} (not given) is {needed}",
        ),
        "not-checkable": (
            "không kiểm tra được vì thiếu số liệu thành phần",
            "cannot be checked: the parts are not given",
        ),
        "no-denominator": ("mẫu số bằng 0, không có tỷ lệ", "the denominator is 0; there is no share"),
        "unknown-column": ("cột không rõ nghĩa, không kiểm tra", "an unknown column; it is not checked"),
        "row-not-in-both": (
            "chỉ có trong một kỳ, không đối chiếu",
            "stands in one period only; not compared",
        ),
        "nothing-checked": (
            "không có gì để đối chiếu: thiếu dòng tổng, cột tổng và tỷ lệ",
            "nothing could be compared: no total row, no sums and no percentages are stated",
        ),
    }
)
