"""Making rows and claims of what a file holds, with every fault of it at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from lgsp.domain.figures.definitions import BASES
from lgsp.domain.figures.numbers import Percent, count, count_and_percent, percent
from lgsp.domain.figures.table import Claim, Row, Table, column_of, is_total, plain

T = TypeVar("T")
_COUNTS = 'a count is a whole number: 1893, "1.893" or "1,893"; leave it empty where it is not given'
_PERCENTS = 'a percentage is a number: 85.53 or "85,53 %"'
_NO_COUNTS = frozenset({"label", "period"})
_SHARES = frozenset({"percent", "percents", "percentages", "shares", "tỷ lệ", "tỉ lệ"})
_MARK = "total row"


class Unreadable(ValueError):  # noqa: N818 - it is what the file is
    """A file that cannot be read as a table.

    Attributes:
        faults: every fault, each with its place and the mend.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = list(faults)


@dataclass(slots=True)
class Draft:
    """A row while it is read."""

    label: str
    counts: dict[str, int | None] = field(default_factory=dict)
    percents: dict[str, Percent] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    total: bool = False


@dataclass(slots=True)
class Reader:
    """Reads rows, and keeps the faults of them."""

    faults: list[str] = field(default_factory=list)

    def table(self, period: str, rows: Sequence[Any], claims: Sequence[Any]) -> Table | None:
        """Return a period's table; None when its faults leave none."""
        drafts = [self._row(row, n) for n, row in enumerate(rows, 1)]
        columns = frozenset(column for draft in drafts for column in draft.counts)
        if not columns:
            self.faults.append(
                f"{period or 'the file'}: no row has a column that is known; see docs/figures.md"
            )
        totals = [draft for draft in drafts if draft.total]
        if len(totals) > 1:
            self.faults.append(f"{totals[1].label}: there is a total row already; leave one")
        self._twice([draft.label for draft in drafts])
        bare = Table(
            period,
            tuple(Row(draft.label, draft.counts) for draft in drafts if not draft.total),
            next((Row(draft.label, draft.counts) for draft in totals), None),
            tuple(Claim(d.label, what, percent=said) for d in drafts for what, said in d.percents.items()),
            columns,
            tuple(dict.fromkeys(name for draft in drafts for name in draft.unknown)),
        )
        return bare.with_claims([self._claim(bare, claim, n) for n, claim in enumerate(claims, 1)])

    def _twice(self, labels: Sequence[str]) -> None:
        seen: set[str] = set()
        for label in map(plain, labels):
            if label in seen:
                self.faults.append(f"{label}: two rows have this label; give each its own")
            seen.add(label)

    def _row(self, item: Mapping[str, Any], number: int) -> Draft:
        draft = Draft(_label(item) or f"dòng {number}")
        draft.total = item.get("total") is True or _MARK in item or is_total(draft.label)
        for name, value in item.items():
            if name == _MARK or (name == "total" and isinstance(value, bool)):
                continue
            self._cell(draft, name, value)
        return draft

    def _cell(self, draft: Draft, name: str, value: Any) -> None:
        if plain(name) in _SHARES and isinstance(value, dict):
            for inner, said in value.items():
                self._cell(draft, f"{inner} %", said)
            return
        known = column_of(name)
        place = f"{draft.label}/{name}"
        if known is None:
            draft.unknown.append(name)
        elif known[1]:
            self._keep_percent(draft, known[0], place, self._percent(value, place))
        elif known[0] not in _NO_COUNTS:
            self._keep(draft, known[0], place, value)

    def _keep(self, draft: Draft, column: str, place: str, value: Any) -> None:
        if column in draft.counts:
            self.faults.append(f"{place}: another column says the same; leave one")
        if isinstance(value, dict):
            number = self._try(count, value.get("value", value.get("count")), place, _COUNTS)
            said = self._percent(value.get("percent"), place)
        else:
            number, said = self._try(count_and_percent, value, place, _COUNTS) or (None, None)
        draft.counts[column] = number
        self._keep_percent(draft, column, place, said)

    def _keep_percent(self, draft: Draft, column: str, place: str, said: Percent | None) -> None:
        if said is not None and column in draft.percents:
            self.faults.append(f"{place}: another column claims the same percentage; leave one")
        if said is not None:
            draft.percents[column] = said

    def _claim(self, table: Table, item: Any, number: int) -> Claim:
        place = f"claim {number}"
        if not isinstance(item, dict):
            self.faults.append(f"{place}: no object")
            return Claim("", "received")
        row = _label(item) or "Tổng"
        if table.row(row) is None:
            self.faults.append(f"{place}: there is no row {row}")
        value, said = self._try(count_and_percent, item.get("value", item.get("count")), place, _COUNTS) or (
            None,
            None,
        )
        said = self._percent(item.get("percent"), place) or said
        if value is None and said is None:
            self.faults.append(f"{place}: neither value nor percent is given")
        return Claim(row, self._what(item, place), value, said, self._of(item, place))

    def _what(self, item: Mapping[str, Any], place: str) -> str:
        written = str(item.get("what") or item.get("column") or "")
        known = column_of(written)
        if known is not None and known[0] not in _NO_COUNTS:
            return known[0]
        self.faults.append(f"{place}: what: there is no column {written!r}; name one such as on_time")
        return "received"

    def _of(self, item: Mapping[str, Any], place: str) -> str:
        written = plain(str(item.get("of") or item.get("denominator") or ""))
        name = "-".join(word for word in written.split() if word not in {"and", "with", "plus"})
        if name and name not in BASES:
            self.faults.append(
                f"{place}: of: no denominator {written!r}; use one of {', '.join(sorted(BASES))}"
            )
        return name

    def _percent(self, value: Any, place: str) -> Percent | None:
        return self._try(percent, value, place, _PERCENTS)

    def _try(self, read: Callable[[Any], T], value: Any, place: str, mend: str) -> T | None:
        try:
            return read(value)
        except ValueError:
            self.faults.append(f"{place}: {mend}")
            return None


def _label(item: Mapping[str, Any]) -> str:
    """Return a row's label: of its several names the one that holds a text."""
    named = (value for name, value in item.items() if (column_of(name) or ("", False))[0] == "label")
    return next((str(value).strip() for value in named if value not in (None, "")), "")
