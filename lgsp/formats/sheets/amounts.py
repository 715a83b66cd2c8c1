"""Reading a cell as an exact number: what offices write is understood, what is unclear is a fault."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal

from lgsp.domain.reports.indicators import MOST_DECIMALS, Indicator
from lgsp.formats.sheets.grid import Grid, Value

_NOT_GIVEN = frozenset({"", "-", "–", "—", "n/a", "k/c", "không có", "chưa có", "...", "…"})
_ERRORS = re.compile(r"#[A-ZÀ-Ỹ/0]+[!?]?")
_SPACES = str.maketrans("", "", "    ")
_PLAIN = re.compile(r"-?[0-9]+")
_GROUPED = re.compile(r"(-?[1-9]\d{0,2})((?:([.,'’])\d{3})(?:\3\d{3})*)", re.ASCII)
_GROUPED_EXACT = re.compile(r"(-?[1-9]\d{0,2}(?:([.,])\d{3})+)(?!\2)[.,](\d+)", re.ASCII)
_EXACT = re.compile(r"(-?\d+)[.,](\d+)", re.ASCII)
_DIGITS = 30
_PERCENT = "%"
_EXACTLY = 15
"""Digits that a spreadsheet keeps of a number."""


class Wrong(Exception):  # noqa: N818 - it is what the cell is
    """A cell that is no number, or no number that its indicator can have."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


@dataclass(slots=True, frozen=True)
class Amount:
    """What a cell says.

    Attributes:
        value: exactly; None is not given, which is never 0.
        odd: names of findings: what was understood, and is no fault.
    """

    value: Decimal | None
    odd: tuple[str, ...] = ()


def amount(grid: Grid, row: int, column: int, of: Indicator) -> Amount:
    """Return the number in a cell.

    Raises:
        Wrong: it is none, or cannot be what it stands for.
    """
    value, at = grid.at(row, column), (row, column)
    if at in grid.unseen.uncounted:
        raise Wrong("cell-formula-empty")
    if at in grid.unseen.errors:
        raise Wrong("cell-error")
    if isinstance(value, str):
        found = _text(value, of, typed=grid.typed)
    else:
        found = _number(value, of, percent=at in grid.unseen.percents)
    if found.value is not None:
        _possible(found.value, of)
    return found


def is_count(of: Indicator) -> bool:
    """Tell whether an indicator counts things: whole, and never below 0."""
    return bool(of.figure) or of.decimals == 0


def _number(value: Value, of: Indicator, *, percent: bool) -> Amount:
    if isinstance(value, bool):
        raise Wrong("cell-yes-no")
    if isinstance(value, date | time | timedelta):
        raise Wrong("cell-date")
    assert isinstance(value, int | float)  # noqa: S101 - what is left of what a cell can be
    told = Decimal(f"{value:.{_EXACTLY}g}") if isinstance(value, float) else Decimal(value)
    if not told.is_finite():
        raise Wrong("cell-error")
    if told.adjusted() >= _DIGITS:
        raise Wrong("cell-too-large", str(_DIGITS))
    if percent and of.unit != _PERCENT:
        raise Wrong("cell-percent", of.unit)
    return _as_published(told * 100 if percent else told, of)


def _as_published(told: Decimal, of: Indicator) -> Amount:
    """Return a number with the decimals that its indicator is published with, as the sheet shows it."""
    most = MOST_DECIMALS if of.decimals is None else of.decimals
    if is_count(of) or _decimals(told) <= most:
        return Amount(_shortest(told))
    return Amount(_shortest(round(told, most)), ("value-rounded",))


def _text(written: str, of: Indicator, *, typed: bool) -> Amount:
    text = " ".join(written.split())
    if text.lower() in _NOT_GIVEN:
        return Amount(None)
    if _ERRORS.fullmatch(text):
        raise Wrong("cell-error")
    if text.endswith(_PERCENT):
        if of.unit != _PERCENT:
            raise Wrong("cell-percent", of.unit)
        text = text.removesuffix(_PERCENT).strip()
    return Amount(_written(text.translate(_SPACES), of), ("number-as-text",) if typed else ())


def _written(text: str, of: Indicator) -> Decimal:
    """Return a number that was written as a text: `1.234,5` and `1,234.5` alike."""
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    if both := _GROUPED_EXACT.fullmatch(text):
        return Decimal(f"{re.sub('[.,]', '', both[1])}.{both[3]}")
    if grouped := _GROUPED.fullmatch(text):
        if not is_count(of) and len(re.findall("[.,]", grouped[2])) == 1:
            raise Wrong("cell-ambiguous")
        return Decimal(re.sub(r"[.,'’]", "", text))
    if exact := _EXACT.fullmatch(text):
        return Decimal(f"{exact[1]}.{exact[2]}")
    raise Wrong("cell-text")


def _possible(value: Decimal, of: Indicator) -> None:
    if is_count(of):
        if value < 0:
            raise Wrong("cell-negative")
        if value != value.to_integral_value():
            raise Wrong("cell-not-whole")
    if value and value.adjusted() >= _DIGITS:
        raise Wrong("cell-too-large", str(_DIGITS))
    if _decimals(value) > MOST_DECIMALS:
        raise Wrong("cell-too-exact", str(MOST_DECIMALS))


def _decimals(value: Decimal) -> int:
    return max(0, -int(value.as_tuple().exponent))


def _shortest(value: Decimal) -> Decimal:
    """Return a number without zeros behind the point, and without an exponent."""
    short = value.normalize()
    return short.quantize(Decimal(1)) if int(short.as_tuple().exponent) > 0 else short
