"""Putting a report together that came from a local system, whichever way it came; no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from lgsp.domain.codes import agency_code, under
from lgsp.domain.reports.defined import Definitions, code_of
from lgsp.domain.reports.identity import identity
from lgsp.domain.reports.periods import Period
from lgsp.domain.reports.telling import Contradiction
from lgsp.errors import Invalid, Problem
from lgsp.formats.sheets import agreeing
from lgsp.message import Finding, Message, native_digest

REPORT = "report.v1"
STATUS = "report.status.v1"


@dataclass(slots=True, frozen=True)
class Terms:
    """What a system's settings and the home say of the reports that it brings.

    Attributes:
        definitions: forms and indicators in use.
        agency: whose report it is where a message names nobody; others than those under it are odd. Or empty.
    """

    definitions: Definitions
    agency: str = ""


@dataclass(slots=True, frozen=True)
class Draft:
    """A report that was read, before it is known which version it is.

    Attributes:
        figures: as `report.v1` has them.
        places: how the sender calls each figure: its field, or its cell.
        version: as the sender says it; None lets it follow what came before.
        more: further fields of `report.v1`, such as `extra`.
    """

    form: str
    agency: str
    period: Period
    figures: Sequence[dict[str, Any]]
    places: Sequence[str]
    agency_name: str = ""
    version: int | None = None
    reason: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)
    findings: Sequence[Finding] = ()

    @property
    def code(self) -> str:
        """The code that all versions of it have, however its agency was written."""
        return code_of(self.form, agency_code(self.agency) or self.agency, self.period)

    def noting(self, *findings: Finding) -> Draft:
        """Return it with further findings."""
        return replace(self, findings=(*self.findings, *findings))

    def message(self, terms: Terms, version: int) -> Message:
        """Return it as a version of a report."""
        return self.told_as(self._data(terms.definitions) | {"version": version})

    def told_as(self, data: dict[str, Any]) -> Message:
        """Return it as a body of `report.v1`: a new one, or that by which the same figures came before."""
        return Message(
            REPORT,
            self.code,
            self.code,
            data,
            native_digest(data),
            identity(data, b""),
            agency=self.agency,
            findings=list(self.findings),
        )

    def _data(self, definitions: Definitions) -> dict[str, Any]:
        regime = definitions.regime_of(self.form)
        period = self.period
        said: dict[str, Any] = {
            "code": self.code,
            "regime": regime.code if regime else "",
            "form": self.form,
            "agency": {"code": self.agency} | ({"name": self.agency_name} if self.agency_name else {}),
            "period": {
                "scheme": period.scheme.label,
                "kind": period.kind.value,
                "code": period.code,
                "first": period.first.isoformat(),
                "last": period.last.isoformat(),
            },
            "invariants": definitions.forms[self.form].invariants,
            "reason": self.reason,
            "figures": list(self.figures),
            **self.more,
        }
        return {name: value for name, value in said.items() if value != ""}


def content(data: Mapping[str, Any]) -> list[list[Any]]:
    """Return what makes the figures of a report the same: each with its value, in one order.

    A figure without a value says as little as one that is not there. Values are compared as numbers: `85.50`
    is `85.5`. Names, units and what else is there say nothing.
    """
    given = (figure for figure in data.get("figures", ()) if figure.get("value") is not None)
    return sorted([_cell(figure) for figure in given], key=str)


def _cell(figure: Mapping[str, Any]) -> list[Any]:
    cuts = sorted([cut["breakdown"], cut["member"]] for cut in figure.get("split") or ())
    return [figure["indicator"], figure.get("agency") or "", cuts, _exactly(figure["value"])]


def _exactly(value: str) -> str:
    """Return a number without zeros behind the point; as a text, so that none of its digits is rounded."""
    written = f"{Decimal(value):f}"
    short = written.rstrip("0").rstrip(".") if "." in written else written
    return "0" if short == "-0" else short


def agreed(draft: Draft, terms: Terms) -> Draft:
    """Return a draft with what contradicts itself in it as findings, each with its numbers."""
    found = agreeing.contradictions(terms.definitions, draft.form, draft.figures)
    return draft.noting(*(finding(draft, number, one) for number, one in found))


def finding(draft: Draft, number: int, one: Contradiction) -> Finding:
    """Return a contradiction of a figure as a finding at the place where its sender wrote it."""
    return Finding(agreeing.code(one), draft.places[number], agreeing.numbers(one)[:200])


def whose(said: Any, place: str, terms: Terms, findings: list[Finding]) -> str | Problem:
    """Return the agency that a message names, or that is set for who sends nobody's name.

    Args:
        said: what stands there.
        place: of it.
        terms: the settings.
        findings: what is odd is put there.
    """
    code = said.strip() if isinstance(said, str) else ""
    if not code:
        if not terms.agency:
            return Problem(place, "report-agency-missing")
        findings.append(Finding("agency-by-setting", place, terms.agency))
        return terms.agency
    normal = agency_code(code)
    if normal is None:
        return Problem(place, "bad-code", "H44.11")
    if terms.agency and not under(normal, terms.agency):
        findings.append(Finding("odd-agency", place, code))
    return code


def turned_away(problems: Sequence[Problem], subject: str = "") -> Invalid:
    """Return the reason why a report is not taken."""
    return Invalid(problems, subject=subject[:200], type=REPORT)
