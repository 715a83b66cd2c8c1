"""The regimes, forms and indicators that are in use: those that come with the product, and a home's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

from lgsp.domain.reports.indicators import Breakdown, Catalogue, Fault, Group, Indicator, Rule
from lgsp.domain.reports.invariants import SETS, InvariantSet
from lgsp.domain.reports.periods import SCHEMES, Kind, Period
from lgsp.domain.reports.regimes import Form, Occasion, Regime
from lgsp.domain.reports.submitting import WINDOWS, Window
from lgsp.domain.tables import rows


@dataclass(frozen=True)
class Definitions:
    """What may be reported. Building one never fails: `faults` says what is wrong.

    Attributes:
        regimes, forms, indicators: by code, in the order in which people see them.
        groups, breakdowns: what indicators refer to.
        windows: by label: how long after its cut-off a report may be sent.
    """

    regimes: Mapping[str, Regime]
    forms: Mapping[str, Form]
    indicators: Mapping[str, Indicator]
    groups: tuple[Group, ...] = field(default=())
    breakdowns: tuple[Breakdown, ...] = field(default=())
    windows: Mapping[str, Window] = field(default_factory=lambda: WINDOWS)

    def with_more(self, more: Definitions) -> Definitions:
        """Return these with others beside them; of one code the other stands: a home says it otherwise."""
        groups = {one.code: one for one in (*self.groups, *more.groups)}
        breakdowns = {one.code: one for one in (*self.breakdowns, *more.breakdowns)}
        forms = {**self.forms, **more.forms}
        regimes = {**self.regimes, **more.regimes}
        return Definitions(
            {code: _with_forms(one, forms) for code, one in regimes.items()},
            forms,
            {**self.indicators, **more.indicators},
            tuple(groups.values()),
            tuple(breakdowns.values()),
            {**self.windows, **more.windows},
        )

    @cached_property
    def catalogue(self) -> Catalogue:
        """All indicators with what they refer to."""
        return Catalogue(tuple(self.indicators.values()), self.groups, self.breakdowns)

    def of_form(self, code: str) -> Catalogue:
        """Return the indicators of a form in the order of its rows, with what they refer to.

        Raises:
            KeyError: there is no such form.
        """
        named = [self.indicators[one] for one in self.forms[code].indicators if one in self.indicators]
        return Catalogue(tuple(named), self.groups, self.breakdowns)

    def regime_of(self, form: str) -> Regime | None:
        """Return the regime that a form belongs to; a form belongs to one."""
        return next((one for one in self.regimes.values() if form in {each.code for each in one.forms}), None)

    def set_of(self, form: str) -> InvariantSet | None:
        """Return the invariants that a form's figures go by; None where they are no dossier figures."""
        return SETS.get(self.forms[form].invariants) if form in self.forms else None

    def refusal(self, regime: str, form: str, period: Period) -> str:
        """Return why no such report can be made for a period, beginning with the field; empty if it can."""
        said = self.regimes.get(regime)
        if said is None:
            return f"regime: there is no {regime!r}; write one of {', '.join(self.regimes)}"
        if form not in {one.code for one in said.forms}:
            return f"form: {regime} has {', '.join(one.code for one in said.forms)}; write one of them"
        if said.scheme and period.scheme.label != said.scheme:
            return f"period: {regime} goes by {said.scheme}; write it as {said.scheme}:{period.code}"
        if said.kinds and period.kind not in said.kinds:
            known = ", ".join(kind.value for kind in said.kinds)
            return f"period: {regime} is made by {known}; {period.code} is a {period.kind.value}"
        return ""

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """Everything that does not fit together, each with its place."""
        return (*self.catalogue.faults, *self._form_faults(), *self._regime_faults())

    def _form_faults(self) -> Iterator[Fault]:
        for form in self.forms.values():
            place = f"forms/{form.code}"
            for code in form.indicators:
                if code not in self.indicators:
                    yield Fault(f"{place}/indicators", "unknown", f"there is no indicator {code!r}; add it")
            if len(set(form.indicators)) < len(form.indicators):
                yield Fault(f"{place}/indicators", "twice", "an indicator is there twice; leave one")
            if form.invariants and form.invariants not in SETS:
                yield Fault(f"{place}/invariants", "unknown", f"write one of {', '.join(SETS)}, or none")

    def _regime_faults(self) -> Iterator[Fault]:
        owners: dict[str, str] = {}
        for regime in self.regimes.values():
            place = f"regimes/{regime.code}"
            for form in regime.forms:
                other = owners.setdefault(form.code, regime.code)
                if other != regime.code:
                    mend = f"{form.code} belongs to {other} already; leave it to one of them"
                    yield Fault(f"{place}/forms", "twice", mend)
            yield from _terms(regime, place, self.windows)


def code_of(form: str, agency: str, period: Period) -> str:
    """Return the code that all versions of a report have: `06a/H44.11/government/1:202403`."""
    return f"{form}/{agency}/{period.label}"


def _with_forms(regime: Regime, forms: Mapping[str, Form]) -> Regime:
    return replace(regime, forms=tuple(forms[one.code] for one in regime.forms if one.code in forms))


def _terms(regime: Regime, place: str, windows: Mapping[str, Window]) -> Iterator[Fault]:
    if regime.scheme and regime.scheme not in SCHEMES:
        yield Fault(f"{place}/scheme", "unknown", f"write one of {', '.join(SCHEMES)}")
    if regime.window and regime.window not in windows:
        yield Fault(f"{place}/window", "unknown", f"write one of {', '.join(windows)}")
    if regime.window and not (regime.scheme and regime.kinds):
        yield Fault(f"{place}/window", "no-period", "what is due has a scheme and kinds of periods; add them")


def _indicators(rules: Mapping[str, Rule]) -> Mapping[str, Indicator]:
    made = [
        Indicator(
            row["indicator"], row["vi"], row["unit"], row["formula"],
            tuple(rules[name] for name in row["rules"].split()),
            decimals=int(row["decimals"]) if row["decimals"] else None,
            figure=row["figure"], en=row["en"],
        )
        for row in rows("reports/indicators.tsv")
    ]  # fmt: skip
    return MappingProxyType({one.code: one for one in made})


def _form(row: Mapping[str, str]) -> Form:
    return Form(row["form"], row["vi"], tuple(row["indicators"].split()), row["invariants"], row["en"])


def _regime(row: Mapping[str, str], forms: Mapping[str, Form]) -> Regime:
    kinds = tuple(Kind(one) for one in row["kinds"].split())
    told = row["regime"], row["vi"], Occasion(row["occasion"]), row["basis"], row["scheme"], kinds
    of = tuple(forms[one] for one in row["forms"].split())
    agencies = tuple(row["agencies"].split())
    return Regime(*told, row["window"], of, (), row["en"], row["system"], agencies)


def _built_in() -> Definitions:
    known = (
        Rule(row["rule"], row["formula"], row["vi"], row["en"]) for row in rows("reports/report_rules.tsv")
    )
    forms = {form.code: form for form in map(_form, rows("reports/forms.tsv"))}
    regimes = {one.code: one for one in (_regime(row, forms) for row in rows("reports/regimes.tsv"))}
    indicators = _indicators({rule.code: rule for rule in known})
    return Definitions(MappingProxyType(regimes), MappingProxyType(forms), indicators)


BUILT_IN: Definitions = _built_in()
"""Those that come with the product."""
