"""The catalogues of a report: indicators, their groups, breakdowns and index sets, with their faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from lgsp.domain.reports.circles import circles
from lgsp.domain.reports.expressions import Comparison, Node, names
from lgsp.domain.reports.parsing import SELF, Unreadable, read_formula, read_rule

MOST_DECIMALS = 12


@dataclass(slots=True, frozen=True)
class Rule:
    """What must be true of an indicator's value, such as `0 <= v <= 100` or `v >= previous:v`."""

    code: str
    rule: str
    vi: str = ""
    en: str = ""


@dataclass(slots=True, frozen=True)
class Indicator:
    """One thing that is reported (chỉ tiêu).

    Attributes:
        code: as its owner writes it; compared as written.
        unit: what it is counted in, as `hồ sơ` or `%`.
        formula: how it follows from others (see `parsing`); empty for one that is counted or typed.
        rules: what must be true of its values.
        breakdowns: codes of the breakdowns it is also given by.
        group: code of its group.
        decimals: how many it is published with; None takes those that a typed value has.
        figure: the column of dossier statistics that it is, by a name of `lgsp.domain.figures`; or empty.
        en: its name in English, where it has one.
    """

    code: str
    name: str
    unit: str = ""
    formula: str = ""
    rules: tuple[Rule, ...] = ()
    breakdowns: tuple[str, ...] = ()
    group: str = ""
    decimals: int | None = None
    figure: str = ""
    en: str = ""


@dataclass(slots=True, frozen=True)
class Group:
    """A group of indicators (nhóm chỉ tiêu), which may lie in another."""

    code: str
    name: str
    above: str = ""


@dataclass(slots=True, frozen=True)
class Breakdown:
    """A way to split a figure (phân tổ), such as by level.

    Attributes:
        members: code and name of each.
        whole: whether the members are all there are and exclude each other, so that they add up.
    """

    code: str
    name: str
    members: tuple[tuple[str, str], ...]
    whole: bool = True


@dataclass(slots=True, frozen=True)
class IndexSet:
    """A set of indicators that is assessed together (bộ chỉ số)."""

    code: str
    name: str
    indicators: tuple[str, ...]


@dataclass(slots=True, frozen=True)
class Fault:
    """What is wrong with a catalogue: where, a stable name, and the mend."""

    place: str
    code: str
    mend: str


@dataclass(frozen=True)
class Catalogue:
    """Indicators with all that they refer to. Building one never fails: `faults` says what is wrong."""

    indicators: tuple[Indicator, ...]
    groups: tuple[Group, ...] = ()
    breakdowns: tuple[Breakdown, ...] = ()
    sets: tuple[IndexSet, ...] = ()

    @cached_property
    def by_code(self) -> dict[str, Indicator]:
        """The indicators; of two with one code the first."""
        found: dict[str, Indicator] = {}
        for one in self.indicators:
            found.setdefault(one.code, one)
        return found

    @cached_property
    def formulas(self) -> dict[str, Node | Unreadable]:
        """What each derived indicator follows from, or why its formula cannot be read."""
        return {one.code: _formula(one.formula) for one in self.by_code.values() if one.formula}

    @cached_property
    def circles(self) -> tuple[tuple[str, ...], ...]:
        """Formulas that lead back to themselves, each as the codes on its way."""
        edges = {
            code: [name.code for name in names(node) if not name.previous and name.code in self.by_code]
            for code, node in self.formulas.items()
            if not isinstance(node, Unreadable)
        }
        return circles(edges)

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """Every fault, in the order of the catalogue."""
        return tuple(
            chain(self._doubles(), self._references(), self._formula_faults(), self._circle_faults())
        )

    def breakdown(self, code: str) -> Breakdown | None:
        """Return a breakdown by its code."""
        return next((one for one in self.breakdowns if one.code == code), None)

    def _doubles(self) -> Iterator[Fault]:
        kinds: dict[str, Iterable[str]] = {
            "indicators": (one.code for one in self.indicators),
            "groups": (one.code for one in self.groups),
            "breakdowns": (one.code for one in self.breakdowns),
            "sets": (one.code for one in self.sets),
        }
        for kind, codes in kinds.items():
            for code, count in Counter(codes).items():
                if count > 1:
                    yield Fault(f"{kind}/{code}", "twice", f"{count} have this code; leave one")
                if not code.strip() or code == SELF:
                    yield Fault(
                        f"{kind}/{code}", "bad-code", f"a code is a text other than {SELF!r}; write one"
                    )

    def _references(self) -> Iterator[Fault]:
        groups, cuts = {one.code for one in self.groups}, {one.code for one in self.breakdowns}
        for one in self.indicators:
            place = f"indicators/{one.code}"
            yield from _unknown(f"{place}/group", [one.group] if one.group else [], groups)
            yield from _unknown(f"{place}/breakdowns", one.breakdowns, cuts)
            if one.decimals is not None and not 0 <= one.decimals <= MOST_DECIMALS:
                yield Fault(f"{place}/decimals", "out-of-range", f"write 0 to {MOST_DECIMALS}")
        for group in self.groups:
            yield from _unknown(f"groups/{group.code}/above", [group.above] if group.above else [], groups)
        for index in self.sets:
            yield from _unknown(f"sets/{index.code}", index.indicators, self.by_code)

    def _formula_faults(self) -> Iterator[Fault]:
        for one in self.by_code.values():
            node = self.formulas.get(one.code)
            yield from self._faults_of(f"indicators/{one.code}/formula", node)
            for rule in one.rules:
                yield from self._faults_of(f"indicators/{one.code}/rules/{rule.code}", read(rule))

    def _faults_of(self, place: str, node: Node | Comparison | Unreadable | None) -> Iterator[Fault]:
        if isinstance(node, Unreadable):
            yield Fault(place, "unreadable", str(node))
        elif node is not None:
            known = {*self.by_code, SELF} if isinstance(node, Comparison) else self.by_code
            yield from _unknown(place, [name.code for name in names(node)], known)

    def _circle_faults(self) -> Iterator[Fault]:
        for circle in self.circles:
            way = " → ".join(circle)
            yield Fault(f"indicators/{circle[0]}/formula", "circular", f"{way}: take one of them out")


def read(rule: Rule) -> Comparison | Unreadable:
    """Return a rule's tree, or why it cannot be read."""
    try:
        return read_rule(rule.rule)
    except Unreadable as fault:
        return fault


def _formula(text: str) -> Node | Unreadable:
    try:
        return read_formula(text)
    except Unreadable as fault:
        return fault


def _unknown(place: str, codes: Sequence[str], known: Iterable[str]) -> Iterator[Fault]:
    there = set(known)
    for code in dict.fromkeys(codes):
        if code not in there:
            yield Fault(
                place, "unknown", f"{code!r} is in no list of this catalogue; add it or mend the code"
            )
