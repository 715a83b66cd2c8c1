"""A sheet as it is looked at: values by row and column, and what a spreadsheet does not show of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

Value = int | float | str | bool | date | datetime | time | timedelta
Place = tuple[int, int]
"""Row and column, from 1."""


@dataclass(slots=True, frozen=True)
class Unseen:
    """What the values of a sheet do not tell.

    Attributes:
        percents: cells that are shown in percent.
        uncounted: cells whose formula was saved without its result.
        errors: cells that hold an error, which has no value.
        rows, columns: hidden ones.
    """

    percents: Collection[Place] = frozenset()
    uncounted: Collection[Place] = frozenset()
    errors: Collection[Place] = frozenset()
    rows: Collection[int] = frozenset()
    columns: Collection[int] = frozenset()


@dataclass(slots=True, frozen=True)
class Grid:
    """One sheet.

    Attributes:
        rows: values from A1 on; an empty cell is an empty text.
        merged: cells that are joined, each as its first and its last place.
        typed: False where every cell is a text, as in CSV: that says nothing then.
    """

    name: str
    rows: Sequence[Sequence[Value]]
    unseen: Unseen = field(default_factory=Unseen)
    merged: Sequence[tuple[Place, Place]] = ()
    typed: bool = True

    def at(self, row: int, column: int) -> Value:
        """Return the value of a cell; an empty text outside of the sheet."""
        if not 0 < row <= len(self.rows) or not 0 < column <= len(self.rows[row - 1]):
            return ""
        return self.rows[row - 1][column - 1]

    def said(self, row: int, column: int) -> str:
        """Return a cell as a text, without the space around it; a whole number without its point."""
        value = self.at(row, column)
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return " ".join(str(value).split())

    def joined(self, row: int, column: int) -> bool:
        """Tell whether a cell is joined with one of another row."""
        return any(
            top <= row <= bottom and left <= column <= right and bottom > top
            for (top, left), (bottom, right) in self.merged
        )

    def hides(self, row: int, column: int) -> bool:
        """Tell whether nobody sees a cell."""
        return row in self.unseen.rows or column in self.unseen.columns
