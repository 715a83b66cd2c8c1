"""Deriving indicators from others: each in its turn, exactly, with the way it was found written out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from lgsp.domain.reports.computing import NotComputable, Value, compute
from lgsp.domain.reports.expressions import Name, Node, as_written, digits, names
from lgsp.domain.reports.indicators import Catalogue
from lgsp.domain.reports.parsing import SELF, Unreadable

Values = Mapping[str, Decimal | None]
"""What was counted or typed, by indicator; None, like no entry, is a value that is not given."""

_FARTHEST = 60
"""Digits before or behind the point that a given value may have."""


@dataclass(slots=True, frozen=True)
class Derived:
    """A derived indicator.

    Attributes:
        value: exactly; or why there is none.
        formula: as it was read: `b / a * 100`.
        numbers: the same with its numbers: `30 / 40 * 100`.
    """

    code: str
    value: Value
    formula: str
    numbers: str


@dataclass(slots=True)
class Deriving:
    """The values of one agency, period and breakdown, given and derived.

    What is given for an indicator with a formula is never used for another: others follow from what it
    should be, so that one slip is one finding.
    """

    catalogue: Catalogue
    given: Values
    previous: Values = field(default_factory=dict)
    _found: dict[str, Value] = field(default_factory=dict)

    def value(self, code: str) -> Value:
        """Return an indicator's value: computed where it has a formula, else as given."""
        for one in self._in_turn(code):
            if one not in self._found:
                self._found[one] = self._one(one)
        return self._found[code]

    def derived(self, code: str) -> Derived | None:
        """Return how an indicator follows from others; None for one without a formula that can be read."""
        node = self.catalogue.formulas.get(code)
        if node is None or isinstance(node, Unreadable):
            return None
        return Derived(code, self.value(code), as_written(node), node.written(self.said))

    def named(self, name: Name, own: str = "") -> Value:
        """Return what a name stands for; `v` is the indicator `own` as given, or derived where it is not."""
        code = own if own and name.code == SELF else name.code
        if name.previous:
            return exact(self.previous.get(code), f"previous:{code}")
        if code == own and self.given.get(own) is not None:
            return exact(self.given[own], own)
        return self.value(code)

    def said(self, name: Name, own: str = "") -> str:
        """Return a name's number as it stands in a formula, or the name itself where it has none."""
        value = self.named(name, own)
        return digits(value) if isinstance(value, Fraction) else name.label

    def _one(self, code: str) -> Value:
        if code not in self.catalogue.by_code:
            return NotComputable("unknown", code)
        circle = next((way for way in self.catalogue.circles if code in way), None)
        if circle:
            return NotComputable("circular", " → ".join(circle))
        node = self.catalogue.formulas.get(code)
        if isinstance(node, Unreadable):
            return NotComputable("unreadable", code)
        return exact(self.given.get(code), code) if node is None else compute(node, self.named)

    def _in_turn(self, code: str) -> Iterator[str]:
        """Yield an indicator after all that it follows from; however long the chain."""
        ahead, seen = [(code, False)], set[str]()
        while ahead:
            one, ready = ahead.pop()
            if ready or one in self._found:
                yield one
            elif one not in seen:
                seen.add(one)
                ahead.append((one, True))
                ahead += [(other, False) for other in self._follows_from(one)]

    def _follows_from(self, code: str) -> list[str]:
        node: Node | Unreadable | None = self.catalogue.formulas.get(code)
        if node is None or isinstance(node, Unreadable):
            return []
        return [name.code for name in names(node) if not name.previous]


def exact(value: Decimal | None, code: str) -> Value:
    """Return a given value as an exact number, or why it is none."""
    if value is None or not value.is_finite():
        return NotComputable("missing", code)
    if value and not -_FARTHEST <= value.adjusted() <= _FARTHEST:
        return NotComputable("too-large", code)
    return Fraction(value)
