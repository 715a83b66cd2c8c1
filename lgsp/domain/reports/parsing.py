"""Reading formulas and rules over indicators: a closed grammar, bounded in length and depth, and no `eval`.

    rule     sum (("<" | "<=" | "=" | "!=" | ">=" | ">") sum)+        0 <= v <= 100
    sum      product (("+" | "-") product)*
    product  signed (("*" | "/") signed)*
    signed   "-"* (number | name | function | "(" sum ")")
    function ("min" | "max" | "sum") "(" sum ("," sum)* ")"
    name     ["previous:"] (CT01 | KT.01 | [any code])

A number has a point for its decimals; a comma only separates what stands in a function.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from lgsp.domain.reports.expressions import Call, Comparison, Name, Node, Number, Product, Sum
from lgsp.message import nfc

LONGEST = 2000
"""Characters that a formula may have."""
DEEPEST = 32
"""Parentheses, functions and signs that may stand in each other."""
FUNCTIONS = frozenset({"min", "max", "sum"})
SELF = "v"
"""In a rule, the indicator that the rule belongs to."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]{1,30}(?:\.[0-9]{1,30})?(?![\w.]))"
    r"|(?P<name>(?:previous:\s*)?(?:\[[^\[\]]{1,100}\]|[^\W\d]\w{0,99}(?:\.\w{1,100}){0,16}))"
    r"|(?P<sign><=|>=|!=|==|[≤≥≠<>=])"
    r"|(?P<mark>[-+*/(),]))"
)
_SPACE = re.compile(r"\s*")
_SAME = {"==": "=", "≤": "<=", "≥": ">=", "≠": "!="}
_BEFORE = "previous:"


class Unreadable(ValueError):  # noqa: N818 - it is what the formula is
    """A text that is no formula; the text of the fault says where, and the mend.

    Attributes:
        at: how many characters stand before the fault.
    """

    def __init__(self, text: str, at: int) -> None:
        super().__init__(f"character {at + 1}: {text}")
        self.at = at


@dataclass(slots=True, frozen=True)
class _Token:
    kind: str
    text: str
    at: int


def read_formula(text: str) -> Node:
    """Return the tree of a formula, such as `b / a * 100`.

    Raises:
        Unreadable: it is none, or compares something.
    """
    reader = _Reader(_tokens(text))
    node = reader.sum()
    if reader.here.kind == "sign":
        raise Unreadable("a formula compares nothing; write the comparison as a rule", reader.here.at)
    reader.end()
    return node


def read_rule(text: str) -> Comparison:
    """Return the tree of a rule, such as `0 <= v <= 100` or `v >= previous:v`.

    Raises:
        Unreadable: it is none, or compares nothing.
    """
    reader = _Reader(_tokens(text))
    values, signs = [reader.sum()], []
    while reader.here.kind == "sign":
        signs.append(_SAME.get(reader.here.text, reader.here.text))
        reader.step()
        values.append(reader.sum())
    reader.end()
    if not signs:
        raise Unreadable("a rule compares something; write it as `0 <= v <= 100`", len(text))
    return Comparison(tuple(values), tuple(signs))


def _tokens(text: str) -> list[_Token]:
    text = nfc(text)
    if len(text) > LONGEST:
        raise Unreadable(f"a formula has at most {LONGEST} characters; cut it in two indicators", LONGEST)
    tokens, at = [], 0
    while found := _TOKEN.match(text, at):
        kind = str(found.lastgroup)
        tokens.append(_Token(kind, found[kind], found.start(kind)))
        at = found.end()
    rest = _SPACE.match(text, at)
    at = rest.end() if rest else at
    if at < len(text):
        raise Unreadable(f"{text[at]!r} {_mend(text[at])}", at)
    return [*tokens, _Token("end", "", at)]


def _mend(character: str) -> str:
    if character.isdigit():
        return "begins no number; write 1.5, or the code of an indicator in brackets as [1.5]"
    return "has no place in a formula; an indicator's code that holds it goes in brackets, as [KT-01]"


class _Reader:
    """Goes through the tokens from left to right."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0

    @property
    def here(self) -> _Token:
        """The token that comes next."""
        return self._tokens[self._next]

    def step(self) -> None:
        """Go on to the next token."""
        self._next += 1

    def end(self) -> None:
        """Insist that nothing is left."""
        if self.here.kind != "end":
            raise Unreadable(
                f"{self.here.text!r} is left over; an operator is missing before it", self.here.at
            )

    def sum(self) -> Node:
        """Read a sum."""
        terms = [(1, self._product())]
        while self.here.text in {"+", "-"} and self.here.kind == "mark":
            sign = 1 if self.here.text == "+" else -1
            self.step()
            terms.append((sign, self._product()))
        return terms[0][1] if len(terms) == 1 else Sum(tuple(terms))

    def _product(self) -> Node:
        factors = [(1, self._signed())]
        while self.here.text in {"*", "/"}:
            sign = 1 if self.here.text == "*" else -1
            self.step()
            factors.append((sign, self._signed()))
        return factors[0][1] if len(factors) == 1 else Product(tuple(factors))

    def _signed(self) -> Node:
        token = self.here
        self._depth += 1
        if self._depth > DEEPEST:
            raise Unreadable(
                f"more than {DEEPEST} things stand in each other; cut it in two indicators", token.at
            )
        node = self._negated() if token.text == "-" else self._atom(token)
        self._depth -= 1
        return node

    def _negated(self) -> Node:
        self.step()
        return Sum(((-1, self._signed()),))

    def _atom(self, token: _Token) -> Node:
        if token.text == "(":
            self.step()
            node = self.sum()
            self._closing()
            return node
        if token.kind not in {"number", "name"}:
            raise Unreadable("a number, an indicator or a parenthesis is missing", token.at)
        self.step()
        if token.kind == "number":
            return Number(Fraction(token.text))
        return self._call(token) if self.here.text == "(" else _name(token.text)

    def _call(self, token: _Token) -> Node:
        if token.text not in FUNCTIONS:
            known = ", ".join(sorted(FUNCTIONS))
            raise Unreadable(f"{token.text!r} is no function; there are {known}", token.at)
        self.step()
        of = [self.sum()]
        while self.here.text == ",":
            self.step()
            of.append(self.sum())
        self._closing()
        return Call(token.text, tuple(of))

    def _closing(self) -> None:
        if self.here.text != ")":
            raise Unreadable("a closing parenthesis is missing", self.here.at)
        self.step()


def _name(text: str) -> Name:
    code = text.removeprefix(_BEFORE).strip()
    return Name(code.removeprefix("[").removesuffix("]").strip(), text.startswith(_BEFORE))
