"""What a formula or a rule over indicators is: a small tree that can be written out again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

Said = Callable[["Name"], str]
"""How a name is written: as it is, or as the number that stands for it."""

_PLACES = 6


@dataclass(slots=True, frozen=True)
class Number:
    """A number as it was written."""

    value: Fraction

    def written(self, said: Said) -> str:  # noqa: ARG002 - a number is itself
        """Return the number in digits."""
        return digits(self.value)


@dataclass(slots=True, frozen=True)
class Name:
    """An indicator.

    Attributes:
        code: its code; `v` in a rule is the indicator that the rule belongs to.
        previous: whether its value of the previous period is meant.
    """

    code: str
    previous: bool = False

    @property
    def label(self) -> str:
        """How it is written in a formula: in brackets where its code is not one plain word."""
        plain = all(part.isidentifier() for part in self.code.split("."))
        return ("previous:" if self.previous else "") + (self.code if plain else f"[{self.code}]")

    def written(self, said: Said) -> str:
        """Return the name, or what stands for it."""
        return said(self)


@dataclass(slots=True, frozen=True)
class Sum:
    """Terms that are added (1) or taken off (-1), from left to right."""

    terms: tuple[tuple[int, Node], ...]

    def written(self, said: Said) -> str:
        """Return the sum in the order it was written."""
        first, *others = ((sign, _inside(term, said, (Sum,))) for sign, term in self.terms)
        begin = first[1] if first[0] > 0 else f"-{first[1]}"
        return begin + "".join(f" {'+' if sign > 0 else '-'} {text}" for sign, text in others)


@dataclass(slots=True, frozen=True)
class Product:
    """Factors that multiply (1) or divide (-1), from left to right."""

    factors: tuple[tuple[int, Node], ...]

    def written(self, said: Said) -> str:
        """Return the product in the order it was written."""
        first, *others = ((sign, _inside(factor, said, (Sum, Product))) for sign, factor in self.factors)
        return first[1] + "".join(f" {'*' if sign > 0 else '/'} {text}" for sign, text in others)


@dataclass(slots=True, frozen=True)
class Call:
    """`min`, `max` or `sum` of one value or more."""

    function: str
    of: tuple[Node, ...]

    def written(self, said: Said) -> str:
        """Return the call with what is in its parentheses."""
        return f"{self.function}({', '.join(one.written(said) for one in self.of)})"


@dataclass(slots=True, frozen=True)
class Comparison:
    """A rule: values compared each with the next, as in `0 <= v <= 100`.

    Attributes:
        values: two or more.
        signs: one between each two: `<`, `<=`, `=`, `!=`, `>=` or `>`.
    """

    values: tuple[Node, ...]
    signs: tuple[str, ...]

    def written(self, said: Said) -> str:
        """Return the comparison in the order it was written."""
        first, *others = (value.written(said) for value in self.values)
        pairs = zip(self.signs, others, strict=True)
        return first + "".join(f" {sign} {text}" for sign, text in pairs)


Node = Number | Name | Sum | Product | Call


def names(node: Node | Comparison) -> Iterator[Name]:
    """Yield every indicator that is named, in the order it is written, as often as it is."""
    if isinstance(node, Name):
        yield node
    for part in parts(node):
        yield from names(part)


def parts(node: Node | Comparison) -> tuple[Node, ...]:
    """Return what a node is directly made of."""
    if isinstance(node, Sum):
        return tuple(term for _, term in node.terms)
    if isinstance(node, Product):
        return tuple(factor for _, factor in node.factors)
    if isinstance(node, Call):
        return node.of
    return node.values if isinstance(node, Comparison) else ()


def as_written(node: Node | Comparison) -> str:
    """Return a formula as text that reads as the same formula."""
    return node.written(lambda name: name.label)


def digits(value: Fraction | Decimal) -> str:
    """Return a number in digits: exact where it ends, else to six decimals with a mark that it goes on."""
    exact = Fraction(value)
    rest = exact.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    with localcontext() as context:
        context.prec = exact.numerator.bit_length() + exact.denominator.bit_length() + 10
        text = f"{Decimal(exact.numerator) / exact.denominator:f}" if rest == 1 else _cut(exact)
    return text.rstrip("0").rstrip(".") if rest == 1 and "." in text else text


def _cut(value: Fraction) -> str:
    return f"{Decimal(round(value * 10**_PLACES)).scaleb(-_PLACES):f}…"


def _inside(node: Node, said: Said, bracketed: tuple[type, ...]) -> str:
    """Return a part as it stands in something else: in parentheses where it would read otherwise without."""
    text = node.written(said)
    return f"({text})" if isinstance(node, bracketed) or text.startswith("-") else text
