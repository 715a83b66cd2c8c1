"""The working calendar over HTTP: a year, when something is due and why, agencies' own lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.api.bodies import in_json
from lgsp.api.desk import Desk
from lgsp.api.documents import calendars_of_home
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError
from lgsp.domain.calendar.agencies import Calendars
from lgsp.domain.calendar.deriving import Derived, Given, Step, derive
from lgsp.domain.calendar.telling import (
    FIRST,
    LAST,
    as_said,
    told_changes,
    told_day,
    told_due,
    told_line,
    told_year,
)
from lgsp.domain.calendar.terms import Pause, Rule, Term, Unknown, read_term
from lgsp.domain.codes import agency_code
from lgsp.message import VIETNAM

_MOST_PAUSES = 20
_LONGEST = 50


@dataclass(slots=True, frozen=True)
class Question:
    """When something is due: all that the answer rests on.

    Attributes:
        received: a date, or a moment in Viet Nam time.
    """

    received: date | datetime
    term: Term
    rule: Rule
    agency: str = ""
    pauses: Sequence[Pause] = ()
    extension: Term | None = None


def calendar_router(desk: Desk) -> APIRouter:
    """Return the endpoints about days and due dates. Anybody who has a credential may ask."""
    router = APIRouter(responses=READ_RESPONSES, tags=["calendar"])

    @router.get("/v1/calendar", summary="A year's days off, days worked in return, and their notices")
    async def year(request: Request) -> Response:
        desk.reader(request, within=True)
        calendars, faults = calendars_of_home()
        agency = agency_of(request.query_params)
        wanted = year_of(request.query_params.get("year", ""))
        told = told_year(calendars, wanted, agency) | {"changed": told_changes(calendars, wanted)}
        return in_json({"agency": agency or None, **told, "calendar_faults": faults})

    @router.get("/v1/calendar/due", summary="When something is due, day by day")
    async def due(request: Request) -> Response:
        desk.reader(request, within=True)
        calendars, faults = calendars_of_home()
        asked = question(calendars, request.query_params, request.query_params.getlist("pause"))
        return in_json(told_derived(calendars, asked) | {"calendar_faults": faults})

    @router.get("/v1/calendar/agencies", summary="Agencies whose calendar differs from the national one")
    async def agencies(request: Request) -> Response:
        desk.reader(request, within=True)
        calendars, faults = calendars_of_home()
        rules = [_told_rule(rule) for rule in calendars.rules]
        lines = [told_line(line) for line in calendars.lines]
        return in_json({"agencies": lines, "rules": rules, "calendar_faults": faults})

    return router


# --- what is asked --------------------------------------------------------------------------------------


def year_of(text: str) -> int:
    """Return a year; without one, this year in Viet Nam.

    Raises:
        ApiError: it is none.
    """
    if not text:
        return datetime.now(VIETNAM).year
    if text.isascii() and text.isdigit() and len(text) == len("2026") and FIRST <= int(text) <= LAST:
        return int(text)
    raise ApiError(422, "invalid", f"year is {FIRST} to {LAST}")


def agency_of(params: Mapping[str, str]) -> str:
    """Return the code of the agency whose calendar is asked for; an empty text is the nation.

    Raises:
        ApiError: it is no code.
    """
    code = params.get("agency", "").strip()
    if code and agency_code(code) is None:
        raise ApiError(422, "invalid", "agency is a code such as H44 or H44.11")
    return code


def question(calendars: Calendars, params: Mapping[str, str], pauses: Sequence[str]) -> Question:
    """Return what is asked of a due date; the detail of a fault begins with the name of the field.

    Args:
        calendars: whose rules can be named.
        params: `received`, `term`, `agency`, `rule`, `extend`.
        pauses: each as `2026-01-09T10:00..2026-01-14T08:00`.

    Raises:
        ApiError: 422, one of them cannot be read.
    """
    term = _term("term", params.get("term", ""))
    more = _term("extend", params["extend"]) if params.get("extend", "").strip() else None
    if more is not None and more.by_hours != term.by_hours:
        raise ApiError(422, "invalid", "extend is not of the term's kind: both in days, or both in hours")
    if len(pauses) > _MOST_PAUSES:
        raise ApiError(422, "invalid", f"pause: at most {_MOST_PAUSES}")
    return Question(
        _moment("received", params.get("received", "")),
        term,
        _rule(calendars, params.get("rule", "") or "standard"),
        agency_of(params),
        [_pause(one) for one in pauses if one.strip()],
        more,
    )


def _moment(field: str, text: str) -> date | datetime:
    text = text.strip()
    try:
        if len(text) <= len("2026-01-08"):
            found: date | datetime = date.fromisoformat(text)
        else:
            found = datetime.fromisoformat(text[:_LONGEST])
    except ValueError:
        found = date.min
    if not FIRST <= found.year <= LAST:
        raise ApiError(422, "invalid", f"{field} is a date (2026-01-08) or a moment (2026-01-08T15:30)")
    return found


def _term(field: str, text: str) -> Term:
    try:
        return read_term(text[:_LONGEST])
    except ValueError as fault:
        raise ApiError(422, "invalid", f"{field} {fault}") from None


def _rule(calendars: Calendars, name: str) -> Rule:
    found = calendars.rule(name)
    if found is None:
        raise ApiError(
            422, "invalid", "rule is one of " + ", ".join(sorted({r.name for r in calendars.rules}))
        )
    return found


def _pause(text: str) -> Pause:
    start, _, until = text.partition("..")
    first, last = (_moment("pause", one) for one in (start, until))
    try:
        return Pause(*(_at_midnight(one) for one in (first, last)))
    except (ValueError, TypeError):
        raise ApiError(422, "invalid", "pause ends before it begins") from None


def _at_midnight(found: date | datetime) -> datetime:
    moment = found if isinstance(found, datetime) else datetime.combine(found, datetime.min.time())
    return moment if moment.tzinfo is None else moment.astimezone(VIETNAM).replace(tzinfo=None)


# --- what is told ---------------------------------------------------------------------------------------


def derived(calendars: Calendars, asked: Question) -> Derived | Unknown:
    """Return the due date with its way, by the agency's calendar, or the year that is not notified."""
    first = asked.received.date() if isinstance(asked.received, datetime) else asked.received
    years = range(first.year, min(max(calendars.facts.years, default=first.year), LAST) + 1)
    facts = {fact.day: fact for year in years for fact in calendars.days_of(asked.agency, year)}
    found = derive(
        asked.received, asked.term, calendars.of(asked.agency), asked.rule, asked.pauses,
        extension=asked.extension, facts=facts,
    )  # fmt: skip
    return calendars.unknown(found.year) if isinstance(found, Unknown) else found


def told_derived(calendars: Calendars, asked: Question) -> dict[str, Any]:
    """Return the due date and how it comes about, as JSON has it; `due` is null where it is not known."""
    found = derived(calendars, asked)
    rule = {"name": asked.rule.label, "vi": asked.rule.vi, "en": asked.rule.en}
    if isinstance(found, Unknown):
        unknown = {"year": found.year, "vi": found.vi, "en": found.en}
        return {"due": None, "unknown": unknown, "rule": rule, "days": [], "pauses": []}
    told: dict[str, Any] = {"counted_from": None, "original": None, **told_due(found.due, asked.rule)}
    return told | {
        "unknown": None,
        "moment": found.due.moment.isoformat(),
        "by_hours": found.due.by_hours,
        "rule": rule,
        "days": [_told_step(one) for one in found.steps],
        "skipped": found.skipped,
        "pauses": [_told_given(one) for one in found.given],
    }


def _told_step(one: Step) -> dict[str, Any]:
    told = {"day": one.day.isoformat(), "why": one.why.value, "counted": one.counted, "total": one.total}
    return told | {"fact": told_day(one.fact) if one.fact else None}


def _told_given(one: Given) -> dict[str, Any]:
    moved = one.after.moment - one.before.moment
    return {
        "from": one.pause.start.isoformat(),
        "to": one.pause.end.isoformat(),
        "due_before": as_said(one.before),
        "due_after": as_said(one.after),
        "moved": moved > timedelta(0),
    }


def _told_rule(rule: Rule) -> dict[str, Any]:
    return {
        "name": rule.name, "version": rule.version, "vi": rule.vi, "en": rule.en, "source": rule.source,
        "confidence": rule.confidence,
    }  # fmt: skip
