"""Figures and their versions: corrections with their reasons, and what was known at a moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

Split = tuple[tuple[str, str], ...]
"""Breakdowns with the member of each, in alphabetical order; `()` is the whole."""


class Cell(NamedTuple):
    """Where a figure stands: there is one value for it at any moment.

    Attributes:
        agency: code of the agency that it is of, as written.
        period: label of the period, with its scheme: `government/1:202403`.
    """

    indicator: str
    agency: str
    period: str
    split: Split = ()

    @property
    def place(self) -> str:
        """The cell in one line: `CT01/H44.11/government/1:202403/level=commune`."""
        cuts = [f"{breakdown}={member}" for breakdown, member in self.split]
        return "/".join([self.indicator, self.agency, self.period, *cuts])


@dataclass(slots=True, frozen=True)
class Figure:
    """One version of one value.

    Raises:
        ValueError: the moment has no zone, the value is no number, or the version is below 1.

    Attributes:
        value: None is a value that is not given, or was taken back: it is never 0.
        version: 1, and one more for each correction.
        known_at: since when this version has been known; it has a zone.
        reason: why it was corrected; only the first version has none.
        origin: `counted` from events, `typed`, `derived`, or `received` from another system.
    """

    cell: Cell
    value: Decimal | None
    known_at: datetime
    version: int = 1
    reason: str = ""
    origin: str = "typed"

    def __post_init__(self) -> None:
        """Refuse what cannot be put in order or counted."""
        if self.known_at.tzinfo is None:
            raise ValueError("known_at: has no zone; write it with its offset, as 2026-01-31T08:30:00+07:00")
        if self.value is not None and not self.value.is_finite():
            raise ValueError("value: is no number; leave it out where it is not given")
        if self.version < 1:
            raise ValueError("version: begins at 1; mend it")


@dataclass(slots=True, frozen=True)
class Change:
    """A cell that two moments know differently.

    Attributes:
        then, now: the versions; None where the moment knew none.
        reasons: of the versions between them, the newest last.
    """

    cell: Cell
    then: Figure | None
    now: Figure | None
    reasons: tuple[str, ...]

    @property
    def difference(self) -> Decimal | None:
        """Now less then; None where one of them has no value."""
        values = [figure.value if figure else None for figure in (self.now, self.then)]
        return None if values[0] is None or values[1] is None else values[0] - values[1]


class Irregular(NamedTuple):
    """What is odd in the history of a cell.

    Attributes:
        code: `version-disputed`, `version-missing`, `reason-missing` or `time-reversed`.
        version: of which.
    """

    cell: Cell
    code: str
    version: int


def corrected(figure: Figure, value: Decimal | None, reason: str, at: datetime) -> Figure:
    """Return the next version of a figure.

    Raises:
        ValueError: no reason is given, the moment has no zone, or lies before the version that is corrected.
    """
    if not reason.strip():
        raise ValueError("reason: is missing; write why the figure is corrected")
    if at.tzinfo is not None and at < figure.known_at:
        raise ValueError("at: lies before the version that is corrected; mend the moment")
    return replace(figure, value=value, reason=reason.strip(), known_at=at, version=figure.version + 1)


def as_known(figures: Iterable[Figure], at: datetime | None = None) -> dict[Cell, Figure]:
    """Return what was known at a moment (that moment included), or is known now: the newest version of each.

    The same figures in another order, or told several times, give the same answer. Where one version was told
    with two values, the one that was known first stands, and `irregular` names it.
    """
    known: dict[Cell, Figure] = {}
    for figure in sorted(figures, key=_standing):
        if at is None or figure.known_at <= at:
            known[figure.cell] = figure
    return known


def changes(figures: Iterable[Figure], then: datetime, now: datetime | None = None) -> list[Change]:
    """Return the cells that two moments know differently: closed figures beside those of today."""
    told = list(figures)
    before, after = as_known(told, then), as_known(told, now)
    found = (
        Change(
            cell, before.get(cell), after.get(cell), _reasons(told, cell, before.get(cell), after.get(cell))
        )
        for cell in sorted({*before, *after})
    )
    return [one for one in found if _value(one.then) != _value(one.now) or (one.then is None)]


def irregular(figures: Iterable[Figure]) -> list[Irregular]:
    """Return what is odd in the histories: versions disputed or missing, corrections without a reason."""
    by_cell: dict[Cell, list[Figure]] = {}
    for figure in sorted(figures, key=_standing):
        by_cell.setdefault(figure.cell, []).append(figure)
    return [one for cell in sorted(by_cell) for one in _odd(cell, by_cell[cell])]


def _odd(cell: Cell, history: list[Figure]) -> Iterator[Irregular]:
    versions = sorted({one.version for one in history})
    for version in range(1, versions[-1]):
        if version not in versions:
            yield Irregular(cell, "version-missing", version)
    for figure in history:
        if figure.version > 1 and not figure.reason.strip():
            yield Irregular(cell, "reason-missing", figure.version)
    for one, other in pairwise(history):
        if one.version == other.version and one.value != other.value:
            yield Irregular(cell, "version-disputed", one.version)
        if one.version < other.version and other.known_at < one.known_at:
            yield Irregular(cell, "time-reversed", other.version)


def _standing(figure: Figure) -> tuple[Cell, int, float, str, str, str]:
    """Return an order whose last is the version that stands: of one version the first known wins."""
    told = (str(figure.value), figure.reason, figure.origin)
    return (figure.cell, figure.version, -figure.known_at.timestamp(), *told)


def _value(figure: Figure | None) -> Decimal | None:
    return figure.value if figure else None


def _reasons(told: Sequence[Figure], cell: Cell, then: Figure | None, now: Figure | None) -> tuple[str, ...]:
    low, high = (one.version if one else 0 for one in (then, now))
    between = [one for one in told if one.cell == cell and low < one.version <= high and one.reason]
    return tuple(dict.fromkeys(one.reason for one in sorted(between, key=_standing)))
