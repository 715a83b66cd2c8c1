"""Numbers as they are printed: Vietnamese grouping, the decimals of their column, and `…` for none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from lgsp.domain.figures.numbers import in_words
from lgsp.reporting.rendering.sheet import NOT_GIVEN, Cell, Column, Row

_SHORTENED = 40
_WORD = re.compile(r"\[([^\]]+)\]|[^\W\d][\w.-]*")
"""A code in a formula; one that is no plain word stands in brackets."""


def written(cell: Cell, column: Column, kind: str = "row") -> str:
    """Return a cell as people read it; only an empty text stands in a heading line of rows."""
    if isinstance(cell, Decimal):
        return number(cell, column.decimals)
    if cell is None:
        return NOT_GIVEN if column.numeric and kind != "section" else ""
    return cell


def line(row: Row, columns: tuple[Column, ...]) -> list[str]:
    """Return a row's cells as people read them."""
    return [written(cell, column, row.kind) for cell, column in zip(row.cells, columns, strict=True)]


def number(value: Decimal, decimals: int | None = None) -> str:
    """Return a number as offices write it: 1.234.567,8; rounded half up where decimals are given."""
    return in_words(Decimal(plain(value, decimals)), "vi")


def plain(value: Decimal, decimals: int | None = None) -> str:
    """Return a number with a point and nothing else, never in powers of ten: `1234.50`."""
    if decimals is None:
        return format(value, "f")
    return format(value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP), "f")


def shortened(text: str, most: int = _SHORTENED) -> str:
    """Return a text of at most so many characters: its middle is left out, as names differ at their ends."""
    if len(text) <= most:
        return text
    end = most // 2
    return f"{text[: most - end - 1].rstrip()}…{text[-end:].lstrip()}"


def numbering(columns: Sequence[Column]) -> list[str]:
    """Return the line under the headings: each column's number, and how it follows from others."""
    numbers = {one.key: f"({n})" for n, one in enumerate(columns, 1)}
    return [_numbered(one, numbers) for one in columns]


def _numbered(column: Column, numbers: Mapping[str, str]) -> str:
    told = in_names(column.formula, numbers).replace(" + ", "+") if column.formula else ""
    whole = told and all((word[1] or word[0]) in numbers for word in _WORD.finditer(column.formula))
    return f"{numbers[column.key]} = {told}" if whole else numbers[column.key]


def in_names(formula: str, names: Mapping[str, str]) -> str:
    """Return a formula with what its codes are called, and with the signs that people write."""
    named = _WORD.sub(lambda word: names.get(word[1] or word[0], word[0]), formula)
    return named.replace(" * ", " × ").replace(" / ", " : ")
