"""Computing a formula exactly, in fractions: a number, or why there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from lgsp.domain.reports.expressions import (
    Call,
    Comparison,
    Name,
    Node,
    Number,
    Product,
    Sum,
    as_written,
)

LARGEST = 4096
"""Bits that a number may have on its way: beyond that a formula is a slip, or an attack."""


@dataclass(slots=True, frozen=True)
class NotComputable:
    """Why something has no value.

    Attributes:
        reason: `missing` (a value that is not given), `division-by-zero`, `circular`, `unknown` (no such
            indicator), `unreadable` (the formula is none) or `too-large`.
        what: the indicator that is missing or unknown, what is zero, the circle as `a → b → a`.
    """

    reason: str
    what: str


Value = Fraction | NotComputable
Known = Callable[[Name], Value]
"""The value of an indicator, or why it has none."""

_COMPARED: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    ">=": lambda one, other: one >= other,
    ">": lambda one, other: one > other,
}
_FUNCTIONS: dict[str, Callable[[list[Fraction]], Fraction]] = {
    "min": min,
    "max": max,
    "sum": lambda values: sum(values, Fraction(0)),
}


class _Stop(Exception):  # noqa: N818 - no fault: the way out of a tree that has no value
    def __init__(self, why: NotComputable) -> None:
        super().__init__(why.reason)
        self.why = why


def compute(node: Node, known: Known) -> Value:
    """Return what a formula comes to, exactly; what is missing is never taken as 0."""
    try:
        return _value(node, known)
    except _Stop as stop:
        return stop.why


def holds(rule: Comparison, known: Known) -> bool | NotComputable:
    """Tell whether a rule holds between each two neighbours, or why nobody can tell."""
    values = [compute(node, known) for node in rule.values]
    numbers = [value for value in values if isinstance(value, Fraction)]
    if len(numbers) < len(values):
        return next(value for value in values if isinstance(value, NotComputable))
    pairs = zip(rule.signs, pairwise(numbers), strict=True)
    return all(_COMPARED[sign](one, other) for sign, (one, other) in pairs)


def _value(node: Node, known: Known) -> Fraction:
    return _bounded(_of(node, known), node)


def _of(node: Node, known: Known) -> Fraction:
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Name):
        return _given(known(node))
    if isinstance(node, Sum):
        return _added(node, known)
    if isinstance(node, Product):
        return _multiplied(node, known)
    return _called(node, known)


def _given(value: Value) -> Fraction:
    if isinstance(value, NotComputable):
        raise _Stop(value)
    return value


def _added(node: Sum, known: Known) -> Fraction:
    total = Fraction(0)
    for sign, term in node.terms:
        total = _bounded(total + sign * _value(term, known), node)
    return total


def _multiplied(node: Product, known: Known) -> Fraction:
    result = Fraction(1)
    for sign, factor in node.factors:
        value = _value(factor, known)
        if sign < 0 and value == 0:
            raise _Stop(NotComputable("division-by-zero", as_written(factor)))
        result = _bounded(result * value if sign > 0 else result / value, node)
    return result


def _called(node: Call, known: Known) -> Fraction:
    return _FUNCTIONS[node.function]([_value(one, known) for one in node.of])


def _bounded(value: Fraction, node: Node) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > LARGEST:
        raise _Stop(NotComputable("too-large", as_written(node)))
    return value
