"""Reading the satisfaction votes that one-stop systems send (MVotes) as a report; no I/O.

Counts of each answer are not told, percentages are: they are the figures here. The message names no period;
that is the month in which it was made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from lgsp.domain.reports.periods import SCHEMES, Kind, Period
from lgsp.errors import Invalid, Problem
from lgsp.message import VIETNAM, Finding

from .drafts import Draft, Terms, agreed, turned_away, whose
from .statistic import MONTH, YEAR, percent_of, period_of

FORM = "votes"
SHARES = MappingProxyType(
    {"PercentVeryGood": "very_good_share", "PercentGood": "good_share", "PercentBad": "bad_share"}
)
_TOTAL, _QUESTIONS, _MADE = "TotalVoted", "Questions", "DateCreated"
_AGENCY, _NAME = "OrganizationInchargeIdLevel1", "OrganizationInchargeName"
_ALIASES = {"OrganizationInchargeIdlevel1": _AGENCY}
_QUESTION = "question"
_SHORT = 12
_LONGEST = 15
_MOST_QUESTIONS = 500


def is_votes(item: Any) -> bool:
    """Tell whether a native item is a message of votes."""
    return isinstance(item, dict) and _TOTAL in item


def read(item: Mapping[str, Any], terms: Terms) -> Draft | Invalid:
    """Return a message of votes as a draft of a report, or every fault of it."""
    item = {_ALIASES.get(name, name): value for name, value in item.items()}
    problems: list[Problem] = []
    findings: list[Finding] = []
    period, agency = _period(item, findings), whose(item.get(_AGENCY), _AGENCY, terms, findings)
    problems += [one for one in (period, agency) if isinstance(one, Problem)]
    told = list(_figures(item, terms, problems))
    if problems or not isinstance(period, Period) or not isinstance(agency, str):
        return turned_away(problems)
    known = {*SHARES, _TOTAL, _QUESTIONS, _MADE, _AGENCY, _NAME, MONTH, YEAR, "IsMonthStatistic"}
    findings += [Finding("unknown-field", name[:100]) for name in item if name not in known]
    name = item.get(_NAME)
    draft = Draft(
        FORM,
        agency,
        period,
        [figure for _, figure in told],
        [place for place, _ in told],
        agency_name=name.strip()[:500] if isinstance(name, str) else "",
        findings=findings,
    )
    return agreed(draft, terms)


def _period(item: Mapping[str, Any], findings: list[Finding]) -> Period | Problem:
    if item.get(YEAR) not in (None, ""):
        return period_of(item)
    try:
        made = datetime.fromisoformat(str(item.get(_MADE, "")))
        local = made.astimezone(VIETNAM) if made.tzinfo else made
        period = SCHEMES["calendar/1"].period(Kind.MONTH, local.year, local.month)
    except (ValueError, OverflowError):
        return Problem(_MADE, "bad-date", "yyyy-MM-ddTHH:mm:ss.SSSZ")
    findings.append(Finding("period-by-date", _MADE, period.code))
    return period


def _figures(
    item: Mapping[str, Any], terms: Terms, problems: list[Problem]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each figure with its native place: of all votes, then of each question."""
    total = item.get(_TOTAL)
    text = str(total)
    if isinstance(total, bool) or not (text.isascii() and text.isdigit() and len(text) < _LONGEST):
        problems.append(Problem(_TOTAL, "wrong-type", "integer >= 0"))
    else:
        yield _TOTAL, _figure("voted", str(int(text)), terms)
    yield from _shares(item, "", {}, terms, problems)
    questions = item.get(_QUESTIONS) or []
    questions = [questions] if isinstance(questions, dict) else questions
    if not isinstance(questions, list) or len(questions) > _MOST_QUESTIONS:
        problems.append(Problem(_QUESTIONS, "not-a-list"))
        return
    for number, question in enumerate(questions):
        place = f"{_QUESTIONS}/{number}/"
        if not isinstance(question, dict) or not isinstance(question.get("Content"), str):
            problems.append(Problem(f"{place}Content", "missing"))
            continue
        yield from _shares(question, place, _about(question), terms, problems)


def _about(question: Mapping[str, Any]) -> dict[str, Any]:
    """Return what names a question: its words are its name, and a digest of them its code."""
    words = f"{question.get('DocTypeCode') or ''}|{question['Content'].strip()}"
    member = hashlib.sha256(words.encode()).hexdigest()[:_SHORT]
    return {
        "name": question["Content"].strip()[:500],
        "split": [{"breakdown": _QUESTION, "member": member}],
    }


def _shares(
    item: Mapping[str, Any], place: str, about: dict[str, Any], terms: Terms, problems: list[Problem]
) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, code in SHARES.items():
        if item.get(name) in (None, ""):
            continue
        percent = percent_of(item[name])
        if percent is None:
            problems.append(Problem(place + name, "not-an-amount", "85.53"))
        else:
            yield place + name, _figure(code, f"{percent.value:f}", terms) | about


def _figure(code: str, value: str, terms: Terms) -> dict[str, Any]:
    of = terms.definitions.indicators[code]
    return {"indicator": code, "name": of.name, "unit": of.unit, "value": value, "origin": "received"}
