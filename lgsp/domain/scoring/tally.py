"""Counting dossiers by the measures: figures with numerator, denominator, and what is outside and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lgsp.domain.calendar.hours import HOUR
from lgsp.domain.calendar.terms import HOURS_A_DAY
from lgsp.domain.codes import under
from lgsp.domain.figures.numbers import share
from lgsp.domain.scoring.judging import Verdict
from lgsp.domain.scoring.measures import MEASURES, REASONS, Measure

_DAY = HOURS_A_DAY * HOUR
_CENT = Decimal("0.01")
_ALL = Decimal(100)


@dataclass(slots=True)
class Figure:
    """What one measure gives; it grows while dossiers are counted.

    Attributes:
        numerator: dossiers in it; of a mean, those that were not longer than promised.
        denominator: dossiers that are counted.
        assumed: counted dossiers that what is not known here could put elsewhere.
        seconds: of a mean, the sum.
        lost: why dossiers of the denominator are not in the numerator.
        outside: why dossiers are not in the denominator.
    """

    measure: Measure
    numerator: int = 0
    denominator: int = 0
    assumed: int = 0
    seconds: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    outside: Counter[str] = field(default_factory=Counter)

    def add(self, verdict: Verdict) -> None:
        """Count a dossier."""
        if verdict.outside:
            self.outside[verdict.reason] += 1
            return
        self.denominator += 1
        self.assumed += verdict.assumed
        self.seconds += verdict.amount
        if verdict.reason:
            self.lost[verdict.reason] += 1
        else:
            self.numerator += 1

    @property
    def value(self) -> Decimal | None:
        """The share in percent, or the mean in working days, to two decimals; None of nothing."""
        if not self.measure.mean:
            return share(self.numerator, self.denominator)
        if not self.denominator:
            return None
        return (Decimal(self.seconds) / (_DAY * self.denominator)).quantize(_CENT, ROUND_HALF_UP)

    @property
    def reached(self) -> Decimal | None:
        """How much of the points it gives, in percent: by the threshold, or else by the share itself."""
        if self.measure.mean or not self.denominator:
            return None
        part = Decimal(100 * self.numerator) / self.denominator
        if self.measure.threshold is not None:
            part = min(part * 100 / self.measure.threshold, _ALL)
        return part.quantize(_CENT, ROUND_HALF_UP)

    @property
    def points(self) -> Decimal | None:
        """The points it would give; None where the most of them is not known, or nothing is counted."""
        if self.measure.points is None or self.reached is None:
            return None
        return (self.measure.points * self.reached / 100).quantize(_CENT, ROUND_HALF_UP)

    def as_dict(self) -> dict[str, Any]:
        """Return the figure as JSON has it: numbers as numbers, reasons in words, the rule beside it."""
        told = self.measure.as_dict() | {
            "numerator": self.numerator,
            "denominator": self.denominator,
            "value": _plain(self.value),
            "assumed": self.assumed,
            "threshold": _plain(self.measure.threshold),
            "reached": _plain(self.reached),
            "points": _plain(self.points),
            "most": _plain(self.measure.points),
            "lost": _reasons(self.lost),
            "outside": _reasons(self.outside),
        }
        if self.measure.mean:
            told["working_days"] = _plain((Decimal(self.seconds) / _DAY).quantize(_CENT, ROUND_HALF_UP))
        return told

    def brief(self) -> dict[str, Any]:
        """Return what is compared of it."""
        return {
            "measure": self.measure.name,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "value": _plain(self.value),
            "points": _plain(self.points),
        }


class Tally:
    """The figures of all measures."""

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self.figures = {name: Figure(measure) for name, measure in MEASURES.items()}

    def add(self, verdicts: Mapping[str, Verdict]) -> None:
        """Count a dossier."""
        for name, verdict in verdicts.items():
            self.figures[name].add(verdict)

    def as_list(self) -> list[dict[str, Any]]:
        """Return the figures as JSON has them, in the order of the measures."""
        return [figure.as_dict() for figure in self.figures.values()]


class Apart:
    """The figures of the bodies right below an agency, each with all under it.

    Args:
        top: its normal code; where it is empty, those right below provinces and ministries are told.
        also: codes that count as part of it, each told as a body of its own.

    Attributes:
        tallies: by code; the agency's own dossiers stand under its own code.
        rest: dossiers of bodies beyond the `MOST` first ones.
    """

    MOST = 200

    def __init__(self, top: str, also: Sequence[str] = ()) -> None:
        self._top = top
        self._also = also
        self._bodies: dict[str, str] = {}
        self.tallies: dict[str, Tally] = {}
        self.rest = 0

    def add(self, agency: str, verdicts: Mapping[str, Verdict]) -> None:
        """Count a dossier of an agency."""
        body = self._bodies.get(agency)
        if body is None:
            body = self._bodies[agency] = self._body(agency)
        tally = self.tallies.get(body)
        if tally is None:
            if len(self.tallies) == self.MOST:
                self.rest += 1
                return
            tally = self.tallies[body] = Tally()
        tally.add(verdicts)

    def _body(self, agency: str) -> str:
        if self._top and not under(agency, self._top):
            return next((code for code in self._also if under(agency, code)), agency)
        depth = self._top.count(".") + 2 if self._top else 2
        return ".".join(agency.split(".")[:depth])

    def as_list(self) -> list[dict[str, Any]]:
        """Return the figures by body, in the order of their codes."""
        return [
            {"agency": code, "measures": [figure.brief() for figure in tally.figures.values()]}
            for code, tally in sorted(self.tallies.items())
        ]


def _plain(number: Decimal | None) -> float | None:
    return None if number is None else float(number)


def _reasons(counted: Counter[str]) -> list[dict[str, Any]]:
    return [
        {"reason": code, "vi": REASONS[code].vi, "en": REASONS[code].en, "count": count}
        for code, count in counted.most_common()
    ]
