"""Reports as people and the API see them: one shape everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from lgsp.domain.calendar.agencies import Calendars
from lgsp.domain.calendar.terms import Unknown
from lgsp.domain.reports.defined import Definitions
from lgsp.domain.reports.periods import Period, read_label
from lgsp.domain.reports.regimes import STATES, Regime
from lgsp.domain.reports.submitting import Channel, Sent, Timeliness, timeliness
from lgsp.journal.reading import at
from lgsp.journal.reports import Report
from lgsp.message import VIETNAM

_MICROS = 1_000_000


class Eye(NamedTuple):
    """What a report is seen by.

    Attributes:
        now: the moment, in microseconds since 1970.
    """

    definitions: Definitions
    calendars: Calendars
    now: int


def shown(report: Report, eye: Eye) -> dict[str, Any]:
    """Return a version as JSON has it, with its figures."""
    return brief(report, eye) | {
        "invariants": report.body.get("invariants") or "",
        "figures": report.body.get("figures", []),
        "findings": list(report.findings),
        "agreed": report.body.get("agreed"),
        "extra": report.body.get("extra"),
        "as_of": at(report.body.get("as_of") or None),
        "acts": [{**act, "at": at(act["at"])} for act in report.acts],
    }


def brief(report: Report, eye: Eye) -> dict[str, Any]:
    """Return a version as it stands in a list."""
    form = eye.definitions.forms.get(report.form)
    regime = eye.definitions.regimes.get(report.regime)
    state = STATES.get(report.state)
    return {
        **{name: getattr(report, name) for name in ("id", "code", "version", "regime", "form")},
        "regime_name": regime.name if regime else "",
        "form_name": form.name if form else "",
        "agency": report.body.get("agency") or {"code": report.agency},
        "period": period_shown(report.period),
        "state": report.state,
        "state_vi": state.vi if state else report.state,
        "known_at": at(report.known_at),
        **_standing(report, regime, eye),
        **{name: at(getattr(report, name)) for name in ("signed_at", "sent_at", "entered_at")},
        "reason": report.body.get("reason") or "",
        "origin": report.origin,
        "channel": report.channel,
        "source": report.source,
        "message": report.message or None,
        "delivery": dict(report.delivery) or None,
        "blocking": sum(bool(one.get("blocking")) for one in report.findings),
        "created_at": at(report.created_at),
        "changed_at": at(report.changed_at),
    }


def period_shown(label: str) -> dict[str, Any]:
    """Return a period as JSON has it; one that its scheme does not have stands as it was written."""
    try:
        period = read_label(label)
    except ValueError:
        scheme, _, code = label.partition(":")
        written = {"scheme": scheme, "code": code, "label": label, "vi": label, "en": label}
        return written | dict.fromkeys(("kind", "first", "last"))
    return {
        "scheme": period.scheme.label,
        "kind": period.kind.value,
        "code": period.code,
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "label": period.label,
        "vi": period.said("vi"),
        "en": period.said("en"),
    }


def stands(report: Report | None, regime: Regime, of: tuple[str, Period], eye: Eye) -> Timeliness | None:
    """Return how a report, or one that nobody made yet, stands against its regime's window; None has none."""
    window = eye.definitions.windows.get(regime.window)
    if window is None:
        return None
    agency, period = of
    sent = None
    if report is not None and report.sent_at is not None:
        sent = Sent(moment(report.sent_at), Channel(report.channel), _maybe(report.entered_at))
    return timeliness(period, window, eye.calendars, moment(eye.now), sent=sent, agency=agency)


def days(period: Period, told: Timeliness | None) -> dict[str, Any]:
    """Return when a report may be sent and has to be, and how it stands; what nobody can tell is said so."""
    if told is None:
        return {"opens_on": _day(period.cut_off.date()), "due_on": None, "late": None, "standing": None}
    due: dict[str, Any] = {"due_on": None, "due_vi": "", "due_en": ""}
    if isinstance(told.due, Unknown):
        due |= {"due_vi": told.due.vi, "due_en": told.due.en}
    else:
        due["due_on"] = _day(told.due)
    return {
        "opens_on": _day(period.cut_off.date()),
        **due,
        "late": told.late,
        "standing": told.standing.value,
        "days_late": told.days_late,
        "window": told.window,
    }


def moment(micros: int) -> datetime:
    """Return a time of the journal, in Viet Nam time."""
    return datetime.fromtimestamp(micros / _MICROS, VIETNAM)


def _standing(report: Report, regime: Regime | None, eye: Eye) -> Mapping[str, Any]:
    try:
        period = read_label(report.period)
    except ValueError:
        return {"opens_on": None, "due_on": None, "late": None, "standing": None}
    told = stands(report, regime, (report.agency, period), eye) if regime else None
    return days(period, told)


def _maybe(micros: int | None) -> datetime | None:
    return None if micros is None else moment(micros)


def _day(day: date) -> str:
    return day.isoformat()
