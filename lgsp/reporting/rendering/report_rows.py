"""The columns and rows of a report: indicators across its units, or an indicator in each row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any, NamedTuple

from lgsp.domain.reports.defined import Definitions
from lgsp.domain.reports.indicators import Indicator
from lgsp.reporting.rendering.dossier_columns import RATES, dossier_columns, known
from lgsp.reporting.rendering.sheet import Cell, Column, Row

Report = Mapping[str, Any]
"""A report as the API tells it."""

_AGENCIES = "Cơ quan, đơn vị"
_RATES, _RATE = "Tỷ lệ (%)", "Tỷ lệ "


class Key(NamedTuple):
    """Of what a row is.

    Attributes:
        agency: code of a unit; empty is the reporting agency.
        split: breakdowns with the member of each; empty is the whole.
    """

    agency: str = ""
    split: tuple[tuple[str, str], ...] = ()

    @property
    def kind(self) -> tuple[bool, tuple[str, ...]]:
        """What it is told apart by: rows of one kind add up, or may; those of several never do."""
        return bool(self.agency), tuple(breakdown for breakdown, _ in self.split)


WHOLE = Key()


class Laid(NamedTuple):
    """A table.

    Attributes:
        label: the number of the column that names its rows.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    label: int


@dataclass(slots=True, frozen=True)
class Figures:
    """The figures of a report by row, and the indicators in the order of its form.

    Attributes:
        own: what the reporting agency is called.
        rules: label of the set of invariants; or empty.
        name: gives the name of an agency's code.
    """

    definitions: Definitions
    indicators: tuple[Indicator, ...]
    values: Mapping[tuple[Key, str], Decimal | None]
    own: str
    rules: str
    name: Callable[[str], str]

    @property
    def keys(self) -> list[Key]:
        """The rows in the order in which they came, each kind together, the whole last."""
        found = dict.fromkeys(key for key, _ in self.values if key != WHOLE)
        kinds = list(dict.fromkeys(key.kind for key in found))
        there = any(key == WHOLE for key, _ in self.values) or not found
        return sorted(found, key=lambda key: kinds.index(key.kind)) + ([WHOLE] if there else [])

    @property
    def across(self) -> bool:
        """Whether its indicators are columns: dossier figures are, and whatever has several rows."""
        dossiers = [one for one in self.indicators if one.figure]
        return len(dossiers) > 1 or len(self.keys) > 1

    def laid(self) -> Laid:
        """Return them as a table."""
        return self._across() if self.across else self._down()

    def _across(self) -> Laid:
        by_figure: dict[str, str] = {}
        for one in self.indicators:
            if known([one.figure]):
                by_figure.setdefault(one.figure, one.code)
        dossiers = dossier_columns(by_figure, self.rules)
        others = [one for one in self.indicators if by_figure.get(one.figure) != one.code]
        heading = "Phân tổ" if any(key.split for key in self.keys) else _AGENCIES
        columns = (
            Column("row", "STT"),
            Column("label", heading),
            *dossiers,
            *(_other(one, by_figure) for one in others),
        )
        codes = [by_figure[one.key] for one in dossiers] + [one.code for one in others]
        return Laid(columns, tuple(self._rows(codes)), 1)

    def _rows(self, codes: Sequence[str]) -> Iterator[Row]:
        keys = self.keys
        kinds = [(kind, list(some)) for kind, some in groupby(keys, key=lambda key: key.kind)]
        parted = len(kinds) > (2 if WHOLE in keys else 1)
        for kind, some in kinds:
            if parted and kind != WHOLE.kind:
                yield Row(("", f"Theo {self._called(kind)}", *(None for _ in codes)), "section")
            for n, key in enumerate(some, 1):
                yield self._row(key, str(n), codes, total=key == WHOLE and len(keys) > 1)

    def _row(self, key: Key, number: str, codes: Sequence[str], *, total: bool) -> Row:
        label = "Tổng cộng" if total else self._label(key)
        numbers = (self.values.get((key, code)) for code in codes)
        return Row(("" if total else number, label, *numbers), "total" if total else "row")

    def _called(self, kind: tuple[bool, tuple[str, ...]]) -> str:
        agencies, breakdowns = kind
        names = {one.code: one.name for one in self.definitions.breakdowns}
        parts = [_AGENCIES] if agencies else []
        parts += [names.get(one, one) for one in breakdowns]
        return ", ".join(part[:1].lower() + part[1:] for part in parts)

    def _label(self, key: Key) -> str:
        members = [self._member(breakdown, member) for breakdown, member in key.split]
        return ", ".join([*([self.name(key.agency)] if key.agency else []), *members]) or self.own

    def _member(self, breakdown: str, member: str) -> str:
        found = next((one for one in self.definitions.breakdowns if one.code == breakdown), None)
        return dict(found.members).get(member, member) if found else member

    def _down(self) -> Laid:
        columns = (
            Column("row", "STT"),
            Column("code", "Mã chỉ tiêu"),
            Column("label", "Chỉ tiêu"),
            Column("unit", "Đơn vị tính"),
            Column("value", "Giá trị", numeric=True),
        )
        rows = []
        for n, one in enumerate(self.indicators, 1):
            named: tuple[Cell, ...] = (str(n), one.code, one.name, one.unit)
            rows.append(Row((*named, self.values.get((self.keys[0], one.code)))))
        return Laid(columns, tuple(rows), 2)


def figures_of(report: Report, definitions: Definitions, own: str, name: Callable[[str], str]) -> Figures:
    """Return the figures of a report; what the definitions do not know is called as its figures say.

    Args:
        report: as `GET /v1/reports/{id}` has it.
        definitions: those in use.
        own: what the reporting agency is called.
        name: gives the name of an agency's code.
    """
    form = definitions.forms.get(report["form"])
    told = {one["indicator"]: _told_of(one, definitions) for one in report["figures"]}
    ordered = dict.fromkeys([*(form.indicators if form else ()), *told])
    found = (told.get(code) or definitions.indicators.get(code) for code in ordered)
    agency = (report.get("agency") or {}).get("code", "")
    values = {(_key(one, agency), one["indicator"]): _value(one) for one in report["figures"]}
    rules = report.get("invariants") or (form.invariants if form else "")
    return Figures(definitions, tuple(one for one in found if one), values, own, rules, name)


def _told_of(one: Mapping[str, Any], definitions: Definitions) -> Indicator:
    found = definitions.indicators.get(one["indicator"])
    return found or Indicator(one["indicator"], one.get("name") or one["indicator"], one.get("unit") or "")


def _key(one: Mapping[str, Any], own: str) -> Key:
    agency = one.get("agency") or ""
    split = tuple(sorted((cut["breakdown"], cut["member"]) for cut in one.get("split") or ()))
    return Key("" if agency == own else agency, split)


def _value(one: Mapping[str, Any]) -> Decimal | None:
    written = one.get("value")
    try:
        return None if written is None else Decimal(written)
    except InvalidOperation:
        return None


def _other(one: Indicator, figures: Mapping[str, str]) -> Column:
    """Return the column of an indicator that is no count of dossiers, or one more of the same count."""
    rate = one.unit == "%"
    title = RATES.get(one.code) or one.name.removeprefix(_RATE) if rate else one.name
    said = title[:1].upper() + title[1:]
    key = f"indicator:{one.code}" if one.code in figures else one.code
    return Column(key, said, (_RATES,) if rate else (), numeric=True, decimals=one.decimals)
