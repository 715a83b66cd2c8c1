"""Lines of a table that a sheet opens, whatever its language takes for a decimal point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

MARK = "\ufeff"
"""By which Excel knows that a file is UTF-8."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def line(cells: Sequence[Any]) -> str:
    """Return a line: every cell in quotes, with semicolons between, as sheets with decimal commas have it."""
    return ";".join(_cell(str(cell)) for cell in cells) + "\r\n"


def _cell(text: str) -> str:
    """Return a cell; what a sheet would take for a formula is marked as text."""
    safe = f"'{text}" if text.startswith(_FORMULA) else text
    return '"' + safe.replace('"', '""') + '"'
