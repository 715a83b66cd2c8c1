"""Counting dossiers by a rule: figures that name their rule, its version and their denominator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lgsp.domain.classification.rules import Rule, Timeliness
from lgsp.domain.classification.timeliness import HALF_DAYS, Facts, Sessions, classify
from lgsp.domain.figures.numbers import share

_APART = ("withdrawn", "stopped", "not_accepted")


@dataclass(slots=True, frozen=True)
class Figures:
    """Counts, and by which rule they were made.

    Attributes:
        rule: its name.
        version: its version.
        early: dossiers called early.
        on_time: on time.
        late: late.
        unclassified: done, but nothing can be compared: no due date or no end is known.
        in_process: not ended yet.
        withdrawn: kept out of the denominator because they were withdrawn.
        stopped: kept out because the agency stopped.
        not_accepted: kept out because they were never taken.
        left_out: done in a status that the rule does not count.
        counted_withdrawn: withdrawn ones that the rule calls early, on time or late.
        counted_stopped: stopped ones that it does.
    """

    rule: str
    version: str
    early: int
    on_time: int
    late: int
    unclassified: int
    in_process: int
    withdrawn: int
    stopped: int
    not_accepted: int
    left_out: int
    counted_withdrawn: int
    counted_stopped: int

    @property
    def denominator(self) -> int:
        """What percentages are taken of: every dossier called early, on time or late."""
        return self.early + self.on_time + self.late

    @property
    def formula(self) -> str:
        """The denominator in words."""
        withdrawn = self.counted_withdrawn
        inside = [f"withdrawn among them: {withdrawn}"] if withdrawn else []
        inside += [f"stopped among them: {self.counted_stopped}"] if self.counted_stopped else []
        return "early + on_time + late" + (f" ({'; '.join(inside)})" if inside else "")

    def percent(self, called: Timeliness) -> Decimal | None:
        """Return the share of early, on time or late, to two decimals; None of nothing.

        Raises:
            KeyError: what is called otherwise has no share: it is outside the denominator.
        """
        counts = {Timeliness.EARLY: self.early, Timeliness.ON_TIME: self.on_time, Timeliness.LATE: self.late}
        return share(counts[called], self.denominator)

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as JSON has them, with their rule and denominator."""
        counts = {name: getattr(self, name) for name in self.__slots__}
        return counts | {"denominator": self.denominator, "formula": self.formula}


def tally(facts: Iterable[Facts], rule: Rule, sessions: Sessions = HALF_DAYS) -> Figures:
    """Return the figures of dossiers by a rule."""
    counted: Counter[tuple[Timeliness, str]] = Counter()
    for one in facts:
        counted[classify(one, rule, sessions), _apart(one)] += 1

    def called(*names: Timeliness, status: str | None = None) -> int:
        return sum(n for (c, s), n in counted.items() if c in names and status in {None, s})

    timed = (Timeliness.EARLY, Timeliness.ON_TIME, Timeliness.LATE)
    return Figures(
        rule=rule.name,
        version=rule.version,
        early=called(Timeliness.EARLY),
        on_time=called(Timeliness.ON_TIME),
        late=called(Timeliness.LATE),
        unclassified=called(Timeliness.UNCLASSIFIED),
        in_process=called(Timeliness.OPEN),
        withdrawn=called(Timeliness.OUTSIDE, status="withdrawn"),
        stopped=called(Timeliness.OUTSIDE, status="stopped"),
        not_accepted=called(Timeliness.OUTSIDE, status="not_accepted"),
        left_out=called(Timeliness.OUTSIDE, status=""),
        counted_withdrawn=called(*timed, status="withdrawn"),
        counted_stopped=called(*timed, status="stopped"),
    )


def _apart(facts: Facts) -> str:
    return facts.status if facts.status in _APART else ""
