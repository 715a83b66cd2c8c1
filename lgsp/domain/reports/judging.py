"""Judging the figures of a whole report: by its form, its formulas, its invariants, and the period before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lgsp.domain.figures.numbers import in_words
from lgsp.domain.reports import written
from lgsp.domain.reports.checking import check, fits
from lgsp.domain.reports.defined import Definitions
from lgsp.domain.reports.expressions import digits
from lgsp.domain.reports.indicators import Catalogue
from lgsp.domain.reports.invariants import SETS, InvariantSet
from lgsp.domain.reports.recorded import Figure
from lgsp.domain.reports.telling import Contradiction, Untold, text
from lgsp.domain.reports.written import Of

BLOCKING = frozenset(
    {
        "formula-differs",
        "rule-broken",
        "parts-differ",
        "invariant-broken",
        "figure-twice",
        "no-figures",
        "not-whole",
        "period-open",
        "counting-behind",
        "counting-not-begun",
    }
)
"""What keeps a report from being signed unless whoever signs it says why it stands all the same."""

_SHOWN = 4
"""Decimals of a computed share in a sentence."""
_Counts = dict[str, int | None]


@dataclass(slots=True, frozen=True)
class Subject:
    """What is judged.

    Attributes:
        form: its code.
        figures: as `report.v1` writes them.
        invariants: label of the set that it goes by; empty is the form's own.
        before: the figures of the period whose remainder it carries over, likewise; None is not known.
        previous: those of the period that it is compared with, for rules that look back.
    """

    form: str
    of: Of
    figures: Sequence[Mapping[str, Any]]
    invariants: str = ""
    before: Sequence[Mapping[str, Any]] | None = None
    previous: Sequence[Mapping[str, Any]] = ()


def judge(definitions: Definitions, subject: Subject) -> list[dict[str, Any]]:
    """Return what is odd in a report's figures, contradictions (`blocking`) first.

    Figures in another order give the same findings.
    """
    place = f"{subject.of.agency}/{subject.of.period}"
    if subject.form not in definitions.forms:
        return [finding("form-unknown", place, form=subject.form)]
    catalogue = definitions.of_form(subject.form)
    figures = written.read(subject.figures, subject.of)
    before = None if subject.before is None else written.read(subject.before, subject.of)
    if not figures:
        return [finding("no-figures", place)]
    found = [*_doubles(figures), *_strangers(catalogue, figures, subject.form), *_parts(catalogue, figures)]
    checked = check(catalogue, figures, written.read(subject.previous, subject.of))
    found += [as_finding(one) for one in checked if not _noise(one, catalogue, subject.of)]
    found += _invariants(definitions, subject, (figures, before))
    return sorted(found, key=lambda one: not one["blocking"])


def finding(code: str, place: str, **words: str | Decimal) -> dict[str, Any]:
    """Return a finding of a report in both languages, its numbers as each writes them."""
    said = {lang: text(code, lang, place=place, **_words(words, lang)) for lang in ("vi", "en")}
    return {"code": code, "place": place, "blocking": code in BLOCKING, **said}


def _words(words: Mapping[str, str | Decimal], lang: str) -> dict[str, str]:
    return {name: in_words(one, lang) if isinstance(one, Decimal) else one for name, one in words.items()}


def as_finding(one: Contradiction | Untold) -> dict[str, Any]:
    """Return what a check says as a finding; a contradiction keeps its numbers.

    A share that is right as far as it goes contradicts nothing: it is only rounded more than its form asks.
    """
    if isinstance(one, Contradiction) and one.code == "formula-differs" and one.computed is not None:
        claimed = Decimal(digits(one.claimed))
        if fits(claimed, one.computed):
            computed = Decimal(written.amount(one.computed, _SHOWN))
            return finding("rounded", one.place, claimed=claimed, computed=computed)
    said = one.as_dict()
    code = said.get("code") or said["reason"]
    return {**said, "code": code, "blocking": code in BLOCKING}


def blocking(findings: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the findings that keep a report from being signed."""
    return [one for one in findings if one.get("blocking")]


def counts_of(catalogue: Catalogue, values: Mapping[str, Decimal | None]) -> _Counts:
    """Return the dossier figures among values, by their columns; what is not whole is left out."""
    named = ((one.figure, values.get(code)) for code, one in catalogue.by_code.items() if one.figure)
    return {column: int(value) for column, value in named if value is not None and value == int(value)}


def _noise(one: Contradiction | Untold, catalogue: Catalogue, of: Of) -> bool:
    """Tell whether it says what is said otherwise, or of a unit only that it has no share."""
    if not isinstance(one, Untold):
        return False
    stranger = one.reason == "unknown" and one.what not in catalogue.by_code
    return stranger or (one.reason == "division-by-zero" and f"/{of.agency}/{of.period}" not in one.place)


def _doubles(figures: Sequence[Figure]) -> Iterator[dict[str, Any]]:
    values = defaultdict(set)
    for figure in figures:
        values[figure.cell].add(figure.value)
    for cell in sorted(cell for cell, told in values.items() if len(told) > 1):
        yield finding("figure-twice", cell.place)


def _strangers(catalogue: Catalogue, figures: Sequence[Figure], form: str) -> Iterator[dict[str, Any]]:
    for cell in sorted({one.cell for one in figures if one.cell.indicator not in catalogue.by_code}):
        yield finding("not-in-form", cell.place, form=form)


def _parts(catalogue: Catalogue, figures: Sequence[Figure]) -> Iterator[dict[str, Any]]:
    """Yield counts of dossiers that are no whole numbers."""
    for one in sorted(figures, key=lambda figure: figure.cell):
        named = catalogue.by_code.get(one.cell.indicator)
        if named and named.figure and one.value is not None and one.value != int(one.value):
            yield finding("not-whole", one.cell.place, value=one.value)


def _invariants(
    definitions: Definitions, subject: Subject, told: tuple[Sequence[Figure], Sequence[Figure] | None]
) -> Iterator[dict[str, Any]]:
    named = SETS.get(subject.invariants) if subject.invariants else None
    if subject.invariants and named is None:
        yield finding("set-unknown", f"{subject.of.agency}/{subject.of.period}", form=subject.invariants)
    rules = named or definitions.set_of(subject.form)
    if rules is not None:
        yield from _by_agency(rules, definitions.of_form(subject.form), subject.of, told)


def _by_agency(
    rules: InvariantSet,
    catalogue: Catalogue,
    of: Of,
    told: tuple[Sequence[Figure], Sequence[Figure] | None],
) -> Iterator[dict[str, Any]]:
    figures, before = told
    for agency in sorted({one.cell.agency for one in figures if not one.cell.split}):
        earlier = None if before is None else counts_of(catalogue, written.values(before, agency)) or None
        counts = counts_of(catalogue, written.values(figures, agency))
        for one in rules.check(counts, earlier, f"{agency}/{of.period}"):
            yield as_finding(one)
