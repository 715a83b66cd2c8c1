"""What is claimed about codes: dated facts and successions, each with its source; and reading such claims.

A claim is never edited. A wrong one is withdrawn by a newer one that names it. Days are Viet Nam days, both
ends count; an end that is not given is not known, which is no claim that it lies far away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from lgsp.domain.codes import Form, read_agency
from lgsp.errors import Invalid, Problem

T = TypeVar("T", bound=Enum)
_LONGEST_TEXT = 500
_LEVELS = 9
_EARLIEST, _LATEST = date(1900, 1, 1), date(2999, 12, 31)
"""Days of which claims may speak. An end that some lists write as the year 9999 is no end: leave it out."""


class Scheme(Enum):
    """A system of codes. Decision 20/2020's identifiers and the statistics office's codes share no code."""

    IDENTIFIER = "identifier"
    STATISTICS = "statistics"


class Share(Enum):
    """How much of a body went over to its successor."""

    WHOLE = "whole"
    PART = "part"


class Confidence(Enum):
    """How sure a claim is: `high` was read in the text or in several sources, `low` in one weak one."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Fact(NamedTuple):
    """A code named this body from one day to another.

    Attributes:
        code: its identity (`lgsp.domain.codes.read_agency`).
        level: 1 is the top; None when it is not known.
        parent: code of the body above; empty when there is none, or it is not known.
        valid_from: first day; None when it is not known.
        valid_to: last day; None when no end is known.
        source: the law or the list that says so.
        same_as: code of the same body in the other scheme, where that is known.
        id: by which it can be withdrawn.
        withdraws: id of the claim that this one corrects.
    """

    code: str
    name: str
    level: int | None = None
    parent: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    confidence: Confidence = Confidence.LOW
    scheme: Scheme = Scheme.IDENTIFIER
    same_as: str = ""
    id: str = ""
    withdraws: str = ""

    @property
    def meaning(self) -> tuple[object, ...]:
        """Return what it says of the code, apart from when: claims that differ here contradict."""
        return self.name, self.level, self.parent, self.same_as

    def covers(self, day: date) -> bool:
        """Tell whether it was so on a day."""
        return (self.valid_from is None or self.valid_from <= day) and not self.ended(day)

    def ended(self, day: date) -> bool:
        """Tell whether its last day had passed."""
        return self.valid_to is not None and self.valid_to < day

    def meets(self, other: Fact) -> bool:
        """Tell whether both were so on some day, as far as is known."""
        first = max(self.valid_from or date.min, other.valid_from or date.min)
        return first <= min(self.valid_to or date.max, other.valid_to or date.max)


class Succession(NamedTuple):
    """From a day on, all or part of a body is in another one.

    Attributes:
        predecessor: its code, which a whole succession closes.
        successor: code of the other one; several claims for one code are a split, or a merger.
        effective: the first day of it.
        act: the legal act.
    """

    predecessor: str
    successor: str
    share: Share
    effective: date
    act: str = ""
    source: str = ""
    confidence: Confidence = Confidence.LOW
    scheme: Scheme = Scheme.IDENTIFIER
    id: str = ""
    withdraws: str = ""


class Withdrawal(NamedTuple):
    """An earlier claim was wrong, and nothing is put in its place."""

    withdraws: str
    source: str = ""
    id: str = ""


Claim = Fact | Succession | Withdrawal


def claim_of(kind: str, told: Mapping[str, Any]) -> Claim:
    """Return a claim from its fields as JSON has them (days as ISO dates), in normal form.

    Raises:
        Invalid: every field that is missing or wrong.
    """
    reader = _READERS.get(kind)
    if reader is None:
        raise Invalid([Problem("/kind", "not-one-of", " ".join(_READERS))])
    fields = _Fields(told)
    found = reader(fields)
    fields.refuse_unknown()
    if fields.problems:
        raise Invalid(fields.problems)
    return found


def told_of(claim: Claim) -> dict[str, Any]:
    """Return a claim's fields as JSON has them, without its id; `claim_of` reads them."""
    return {
        name: _plain(value)
        for name, value in claim._asdict().items()
        if name != "id" and value not in {None, ""}
    }


def kind_of(claim: Claim) -> str:
    """Return the name of a claim's kind."""
    return type(claim).__name__.lower()


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


class _Fields:
    """Reads the fields of one claim and collects what is wrong with them."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._told = told
        self._read: set[str] = set()
        self.problems: list[Problem] = []

    def text(self, name: str, *, required: bool = False) -> str:
        """Return a text, or an empty one."""
        value = self._value(name)
        if value is None or value == "":
            if required:
                self._wrong(name, "missing")
            return ""
        if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
            self._wrong(name, "wrong-type", f"text ≤ {_LONGEST_TEXT}")
            return ""
        return value.strip()

    def code(self, name: str, scheme: Scheme, *, required: bool = False) -> str:
        """Return the identity of a code, which must be one of the scheme."""
        found = read_agency(self.text(name, required=required))
        if found.identity and (found.form is Form.STATISTICS) is not (scheme is Scheme.STATISTICS):
            self._wrong(name, "bad-code", "25" if scheme is Scheme.STATISTICS else "H44.11")
        return found.identity

    def day(self, name: str, *, required: bool = False) -> date | None:
        """Return a day, or None."""
        written = self.text(name, required=required)
        if not written:
            return None
        try:
            day = date.fromisoformat(written)
        except ValueError:
            day = None
        if day is not None and _EARLIEST <= day <= _LATEST:
            return day
        self._wrong(name, "bad-date", "yyyy-MM-dd")
        return None

    def level(self) -> int | None:
        """Return the level, or None."""
        value = self._value("level")
        if value is None or (type(value) is int and 1 <= value <= _LEVELS):
            return value
        self._wrong("level", "not-one-of", f"1-{_LEVELS}")
        return None

    def word(self, name: str, words: type[T], default: T | None = None) -> T:
        """Return one of a list of words."""
        written = self.text(name, required=default is None)
        if not written and default is not None:
            return default
        known = {word.value: word for word in words}
        if written and written not in known:
            self._wrong(name, "not-one-of", " ".join(known))
        return known.get(written) or next(iter(words))

    def refuse_unknown(self) -> None:
        """Note the fields that nobody asked for."""
        for name in sorted(self._told.keys() - self._read):
            self._wrong(str(name)[:100], "unknown-field")

    def backwards(self, name: str) -> None:
        """Note that a span ends before it begins."""
        self._wrong(name, "rule-broken", "valid_from ≤ valid_to")

    def _value(self, name: str) -> Any:
        self._read.add(name)
        return self._told.get(name)

    def _wrong(self, name: str, code: str, detail: str = "") -> None:
        self.problems.append(Problem(f"/{name}", code, detail))


def _fact(fields: _Fields) -> Fact:
    scheme = fields.word("scheme", Scheme, Scheme.IDENTIFIER)
    other = Scheme.IDENTIFIER if scheme is Scheme.STATISTICS else Scheme.STATISTICS
    fact = Fact(
        fields.code("code", scheme, required=True),
        fields.text("name", required=True),
        fields.level(),
        fields.code("parent", scheme),
        fields.day("valid_from"),
        fields.day("valid_to"),
        fields.text("source", required=True),
        fields.word("confidence", Confidence),
        scheme,
        fields.code("same_as", other),
        withdraws=fields.text("withdraws"),
    )
    if fact.valid_from and fact.valid_to and fact.valid_from > fact.valid_to:
        fields.backwards("valid_to")
    return fact


def _succession(fields: _Fields) -> Succession:
    scheme = fields.word("scheme", Scheme, Scheme.IDENTIFIER)
    return Succession(
        fields.code("predecessor", scheme, required=True),
        fields.code("successor", scheme, required=True),
        fields.word("share", Share),
        fields.day("effective", required=True) or date.max,
        fields.text("act", required=True),
        fields.text("source", required=True),
        fields.word("confidence", Confidence),
        scheme,
        withdraws=fields.text("withdraws"),
    )


def _withdrawal(fields: _Fields) -> Withdrawal:
    return Withdrawal(fields.text("withdraws", required=True), fields.text("source", required=True))


_READERS: Mapping[str, Callable[[_Fields], Claim]] = MappingProxyType(
    {"fact": _fact, "succession": _succession, "withdrawal": _withdrawal}
)
