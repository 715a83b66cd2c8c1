"""Reading the statistic message of one-stop systems (MStatistic) as a report; no I/O.

Percentages are compared with what the counts come to, and never used. Known clients send them in percent or
as fractions of 1, with other denominators, and as NaN where nothing is to be divided by.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from lgsp.domain.figures.numbers import Percent
from lgsp.domain.reports.periods import SCHEMES, Kind, Period
from lgsp.errors import Invalid, Problem
from lgsp.message import Finding

from .drafts import Draft, Terms, agreed, turned_away, whose

FORM = "statistic-message"
MONTH, YEAR, IS_MONTH = "Month", "Year", "IsMonthStatistic"
COUNTS: Mapping[str, str] = MappingProxyType(
    {
        "NewReception": "received",
        "PreExtisting": "carried_over",
        "Total": "total",
        "TotalSolved": "solved",
        "SolvedInTime": "in_time",
        "SolvedLate": "late",
        "TotalPending": "in_process",
        "Pending": "in_process_on_time",
        "PendingLate": "in_process_late",
    }
)
"""Native fields and their indicators. `PreExtisting` is spelt so."""

PERCENTS = MappingProxyType(
    {
        "SolvedInTimePercent": ("SolvedInTime", "TotalSolved"),
        "SolvedLatePercent": ("SolvedLate", "TotalSolved"),
        "PendingPercent": ("Pending", "TotalPending"),
        "PendingLatePercent": ("PendingLate", "TotalPending"),
    }
)
"""Native percentages, and what each is a share of."""

_ALIASES = {"PreExisting": "PreExtisting", "OrganizationInchargeIdLevel1": "OrganizationInchargeIdlevel1"}
_AGENCY, _NAME, _NOTE = "OrganizationInchargeIdlevel1", "OrganizationInchargeName", "Note"
_CALENDAR = "calendar/1"
_TRUTHS: Mapping[Any, bool] = MappingProxyType({"true": True, "1": True, "false": False, "0": False})
_WHOLE, _LONG, _FAR = 2**53, 2000, 6
"""Whole numbers that JSON says exactly, letters kept of an unknown field, digits that no percentage has."""
_EXACT = 10
"""Decimals of a percentage that mean something: behind them stands the noise of a binary fraction."""


def is_statistic(item: Any) -> bool:
    """Tell whether a native item is a statistic message."""
    return isinstance(item, dict) and (IS_MONTH in item or "NewReception" in item)


def read(item: Mapping[str, Any], terms: Terms) -> Draft | Invalid:
    """Return a statistic message as a draft of a report, or every fault of it."""
    item = {_ALIASES.get(name, name): value for name, value in item.items()}
    problems: list[Problem] = []
    findings: list[Finding] = []
    period = _kept(period_of(item), problems)
    agency = _kept(whose(item.get(_AGENCY), _AGENCY, terms, findings), problems)
    counts = {name: _kept(_count(item.get(name), name), problems) for name in COUNTS}
    if not problems and all(value is None for value in counts.values()):
        problems.append(Problem("Total", "missing"))
    if problems or not isinstance(period, Period) or not isinstance(agency, str):
        return turned_away(problems)
    findings += [Finding("missing-field", name) for name, value in counts.items() if value is None]
    findings += _percents(item, counts)
    draft = Draft(
        FORM,
        agency,
        period,
        [_figure(name, value, terms) for name, value in counts.items()],
        list(counts),
        agency_name=_said(item.get(_NAME)),
        more=_rest(item, findings),
        findings=findings,
    )
    return agreed(draft, terms)


def period_of(item: Mapping[str, Any]) -> Period | Problem:
    """Return the month that a message is of, or its year: known clients write month 0 for that."""
    year, month = _whole(item.get(YEAR)), _whole(item.get(MONTH))
    whole_year = _truth(item.get(IS_MONTH), default=month != 0) is False
    try:
        if whole_year:
            return SCHEMES[_CALENDAR].period(Kind.YEAR, year or 0)
        return SCHEMES[_CALENDAR].period(Kind.MONTH, year or 0, month or 0)
    except ValueError:
        return Problem(YEAR if whole_year else MONTH, "report-period-none", "1–12, YYYY")


def percent_of(said: Any) -> Percent | None:
    """Return a percentage as it was written; None for what is none."""
    if isinstance(said, bool) or said is None:
        return None
    try:
        number = Decimal(str(said).strip().replace(",", "."))
    except InvalidOperation:
        return None
    fits = number.is_finite() and number.adjusted() < _FAR
    return Percent(round(number, _EXACT).normalize()) if fits else None


def _percents(item: Mapping[str, Any], counts: Mapping[str, Any]) -> list[Finding]:
    found = []
    for name, (part, whole) in PERCENTS.items():
        said = item.get(name)
        if said not in (None, ""):
            found += _percent(name, said, counts[part], counts[whole])
    return found


def _percent(name: str, said: Any, part: int | None, whole: int | None) -> list[Finding]:
    """Return what is odd about a percentage."""
    percent = percent_of(said)
    if percent is None:
        return [Finding("percent-unreadable", name)]
    if part is None or not whole:
        return [Finding("percent-differs", name, f"{percent.value:f}")] if percent.value else []
    if percent.fits(part, whole):
        return []
    if 0 < percent.value <= 1 and Percent(percent.value * 100).fits(part, whole):
        return [Finding("percent-as-fraction", name)]
    return [Finding("percent-differs", name, f"{percent.value:f} ≠ {part} / {whole} * 100")]


def _count(said: Any, place: str) -> int | Problem | None:
    if said is None or said == "":
        return None
    number = _whole(said)
    return Problem(place, "wrong-type", "integer >= 0") if number is None else number


def _whole(said: Any) -> int | None:
    """Return a whole number that is not below 0; known clients write some as texts, or with `.0`."""
    if isinstance(said, bool) or not isinstance(said, int | float | Decimal | str):
        return None
    try:
        number = Decimal(str(said).strip())
    except InvalidOperation:
        return None
    fits = number.is_finite() and 0 <= number < 10**15 and number == number.to_integral_value()
    return int(number) if fits else None


def _truth(said: Any, *, default: bool) -> bool:
    return said if isinstance(said, bool) else _TRUTHS.get(str(said).strip().lower(), default)


def _figure(name: str, value: int | None, terms: Terms) -> dict[str, Any]:
    of = terms.definitions.indicators[COUNTS[name]]
    told = {} if value is None else {"value": str(value)}
    return {"indicator": of.code, "name": of.name, "unit": of.unit, **told, "origin": "received"}


def _rest(item: Mapping[str, Any], findings: list[Finding]) -> dict[str, Any]:
    """Return the fields that a report has no field for, as they were written."""
    known = {*COUNTS, *PERCENTS, MONTH, YEAR, IS_MONTH, _AGENCY, _NAME, _NOTE}
    findings += [Finding("unknown-field", name[:100]) for name in item if name not in known]
    kept = {*COUNTS, MONTH, YEAR, IS_MONTH, _AGENCY, _NAME}
    extra = {
        name: _plain(value) for name, value in item.items() if name not in kept and value not in (None, "")
    }
    return {"extra": extra} if extra else {}


def _plain(value: Any) -> Any:
    """Return a value as it was written, if it is a small one; else as a text, shortened."""
    if isinstance(value, bool) or (isinstance(value, int) and abs(value) <= _WHOLE):
        return value
    return str(value)[:_LONG]


def _said(value: Any) -> str:
    return value.strip()[:500] if isinstance(value, str) else ""


def _kept(value: Any, problems: list[Problem]) -> Any:
    """Return what was read; a problem is put beside the others."""
    if isinstance(value, Problem):
        problems.append(value)
        return None
    return value
