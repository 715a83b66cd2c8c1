"""What a published table is: rows of counts by level, a total row, and percentages claimed of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from lgsp.domain.figures.numbers import Percent
from lgsp.domain.tables import rows


@dataclass(slots=True, frozen=True)
class Row:
    """One line of a table.

    Attributes:
        label: the level or unit, as written.
        counts: by column; None stands for a value that is not given, which is never zero.
    """

    label: str
    counts: Mapping[str, int | None]


@dataclass(slots=True, frozen=True)
class Claim:
    """A sentence of the text around a table, or a column of percentages.

    Attributes:
        row: label of the row it speaks of.
        what: the column.
        value: the count it states.
        percent: the percentage it states.
        of: name of the denominator that it declares; empty when it declares none.
    """

    row: str
    what: str
    value: int | None = None
    percent: Percent | None = None
    of: str = ""


@dataclass(slots=True, frozen=True)
class Table:
    """One period's figures.

    Attributes:
        period: as written; empty when there is one table only.
        rows: without the total.
        total: the total row, if one is stated.
        claims: what is claimed of it.
        columns: the columns that it has, even where single values are not given.
        unknown: columns that nothing is known about; they are said, and not checked.
    """

    period: str
    rows: tuple[Row, ...]
    total: Row | None
    claims: tuple[Claim, ...]
    columns: frozenset[str]
    unknown: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[Row, ...]:
        """Every stated row, the total last."""
        return (*self.rows, self.total) if self.total else self.rows

    @property
    def sum(self) -> Row:
        """The total row, or where none is stated the sums of the columns that are whole."""
        return self.total or Row("Tổng", {column: self._sum(column) for column in self.columns})

    def _sum(self, column: str) -> int | None:
        counts = [row.counts.get(column) for row in self.rows]
        return None if None in counts else sum(count for count in counts if count is not None)

    def with_claims(self, claims: Iterable[Claim]) -> Table:
        """Return the table with further claims."""
        return replace(self, claims=(*self.claims, *claims))

    def with_unknown(self, names: Iterable[str]) -> Table:
        """Return the table with further columns that nothing is known about."""
        return replace(self, unknown=(*names, *self.unknown))

    def row(self, label: str) -> Row | None:
        """Return the row of a label; a name of the total is the total's."""
        wanted = plain(label)
        found = next((row for row in self.lines if plain(row.label) == wanted), None)
        return found or (self.sum if is_total(label) else None)


_TOTALS = frozenset(
    {"total", "totals", "sum", "all", "grand total", "tổng", "tổng cộng", "tổng số", "cộng", "toàn tỉnh"}
)
_SHARE_WORDS = re.compile(r"\b(?:percentage|percent|pct|rate|share|tỷ lệ|tỉ lệ|phần trăm)\b")
_SEAM = re.compile(r"(?<=[a-z])(?=[A-Z])")


def plain(name: str) -> str:
    """Return a name without case, punctuation and joined words: `SolvedInTime` is `solved in time`."""
    text = _SEAM.sub(" ", unicodedata.normalize("NFC", name)).replace("%", " percent ").casefold()
    return " ".join(re.sub(r"[\W_]+", " ", text).split())


def is_total(label: str) -> bool:
    """Tell whether a label is one of a total row."""
    return plain(label) in _TOTALS


def column_of(name: str) -> tuple[str, bool] | None:
    """Return the column that a heading means and whether it holds percentages of it; None if unknown."""
    heading = plain(name)
    bare = " ".join(_SHARE_WORDS.sub(" ", heading).split())
    column = NAMES.get(bare)
    return None if column is None else (column, bare != heading)


_READ = rows("figures/names.tsv")
NAMES: Mapping[str, str] = MappingProxyType(
    {plain(name): row["column"] for row in _READ for name in row["names"].split("|")}
)
"""Every known heading in its plain form, and the column it means."""

VIETNAMESE: Mapping[str, str] = MappingProxyType({row["column"]: row["vi"] for row in _READ})
"""Columns as offices call them."""
