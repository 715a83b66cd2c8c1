"""Printing for people: a console that takes texts as they are, tables, and JSON that fits on a screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from rich import box
from rich.console import Console
from rich.table import Table

_WIDE = 140
_SHORT = 800


def console() -> Console:
    """Return the console of standard output; what is printed is never read as markup."""
    plain = Console(markup=False, highlight=False, emoji=False)
    return plain if plain.is_terminal else Console(markup=False, highlight=False, emoji=False, width=_WIDE)


def table(headings: Sequence[str], rows: Iterable[Sequence[Any]], right: Sequence[int] = ()) -> Table:
    """Return an aligned table.

    Args:
        headings: of the columns.
        rows: their cells; None is an empty one.
        right: the numbers of the columns that stand on the right.
    """
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for n, heading in enumerate(headings):
        made.add_column(heading, justify="right" if n in right else "left", overflow="fold")
    for row in rows:
        made.add_row(*("" if cell is None else str(cell) for cell in row))
    return made


def pretty_data(value: Any) -> str:
    """Return a value as JSON that is laid out."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def pretty(text: str | None, *, full: bool) -> str:
    """Return a body with its JSON laid out, shortened unless all of it is wanted."""
    if not text:
        return ""
    try:
        laid = pretty_data(orjson.loads(text))
    except orjson.JSONDecodeError:
        laid = text
    if full or len(laid) <= _SHORT:
        return laid
    return f"{laid[:_SHORT]}\n… ({len(laid)} ký tự; --full để xem hết)"
