"""Correcting what was signed: a new version with its reason, taking a signature back, and other ways."""

from __future__ import annotations

from dataclasses import replace

from lgsp.domain.reports.defined import Definitions
from lgsp.journal import reports, reports_told
from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.journal.reports import AT_REST, DRAFT, OVER, REPLACED, SENT, SIGNED, TO_TAKE_ON, Act, Report
from lgsp.journal.states import State
from lgsp.journal.turns import Frame
from lgsp.reporting.asking import Elsewhere, UnusableError, Why
from lgsp.reporting.composing import Parts, composed
from lgsp.reporting.drawing import counted_for, held, not_ahead
from lgsp.reporting.signing import Signed, call_off

_CHANNELS = ("document", "other")


def correct(
    tx: Transaction, definitions: Definitions, number: int, why: Why, known_at: int | None = None
) -> Report:
    """Draw up the next version of a report that was signed; the one before stands until that is signed too.

    Its figures are as they were known at `known_at` (microseconds), or are known now where that is None.

    Raises:
        NoReportError: there is no such report.
        WrongStateError: it is a draft still, or a correction is being drawn up.
        UnusableError: no reason is given.
    """
    report = held(tx, number)
    _reasoned(why.reason)
    newest = reports.versions(tx, report.code)[-1]
    if newest.state == DRAFT:
        raise WrongStateError(
            f"report {number}: version {newest.version} is being drawn up; sign it or mend it"
        )
    if newest.sending == TO_TAKE_ON:
        raise WrongStateError(f"report {number}: it is being taken on this moment; try again")
    return _next(tx, definitions, newest, why, not_ahead(tx, known_at) or tx.now)


def reopen(tx: Transaction, definitions: Definitions, number: int, why: Why) -> Signed:
    """Take a signature back before the report went: its delivery is called off, and the next version begins.

    Raises:
        NoReportError: there is no such report.
        WrongStateError: it is not signed, or it went already.
        UnusableError: no reason is given.
    """
    report = held(tx, number)
    _reasoned(why.reason)
    if report.state != SIGNED:
        raise WrongStateError(f"report {number}: it is {report.state}; correct it, which makes a new version")
    if report.origin == "received":
        raise WrongStateError(f"report {number}: {report.source} brought it; correct it instead")
    if _went(tx, report):
        raise WrongStateError(f"report {number}: it went already; correct it, which makes a new version")
    if report.sending == TO_TAKE_ON:
        raise WrongStateError(f"report {number}: it is being taken on this moment; try again")
    if not report.message:
        act = Act(why.who, "reopened", why.reason)
        return Signed(reports.change(tx, report, act, state=DRAFT, token="", signed_at=None), [])
    frames: list[Frame] = call_off(tx, report, why.who)
    act = Act(why.who, "reopened", why.reason)
    old = reports.change(tx, report, act, state=REPLACED, sending=OVER)
    return Signed(_next(tx, definitions, old, why, old.known_at), frames)


def elsewhere(tx: Transaction, number: int, way: Elsewhere, who: str) -> Report:
    """Note that a signed report went by another way than the system; where it is entered there, it is later.

    Raises:
        NoReportError: there is no such report.
        WrongStateError: it is not signed, or was sent by the system already.
        UnusableError: the way is none, or the time lies ahead.
    """
    report = held(tx, number)
    _reasoned(way.reason)
    if way.channel not in _CHANNELS:
        raise UnusableError(f"channel: write one of {', '.join(_CHANNELS)}")
    if way.at > tx.now:
        raise UnusableError("at: lies ahead; write when it went")
    if report.state not in {SIGNED, SENT}:
        raise WrongStateError(f"report {number}: it is {report.state}; sign it before it goes by any way")
    if report.state == SENT and report.channel == "system" and (report.sent_at or way.at) <= way.at:
        raise WrongStateError(f"report {number}: it went by the system before that")
    act, entered = Act(who, "sent elsewhere", way.reason), report.sent_at if report.state == SENT else None
    return reports.change(
        tx, report, act, state=SENT, channel=way.channel, sent_at=way.at, entered_at=entered
    )


def _reasoned(reason: str) -> None:
    if not reason.strip():
        raise UnusableError("reason: is needed; say why")


def _went(tx: Transaction, report: Report) -> bool:
    ways = reports_told.ways(tx, report.message) if report.message else ()
    return any(way.state in {State.DELIVERED, State.ADOPTED} for way in ways)


def _next(tx: Transaction, definitions: Definitions, old: Report, why: Why, known_at: int | None) -> Report:
    """Enter the next version as a draft, counted anew as of a moment; what was typed is typed in it too."""
    kept = {name: value for name, value in old.body.items() if name not in {"agreed", "notes"}}
    fresh = Report(
        0, old.code, old.version + 1, old.regime, old.form, old.agency, old.period, DRAFT,
        origin="typed" if old.origin == "received" else old.origin, source=_source(definitions, old),
        sending=AT_REST, known_at=known_at, body={**kept, "reason": why.reason},
    )  # fmt: skip
    parts = _parts(tx, definitions, fresh, old)
    return reports.add(
        tx, composed(definitions, fresh, parts, tx.now), Act(why.who, "correcting", why.reason)
    )


def _parts(tx: Transaction, definitions: Definitions, fresh: Report, old: Report) -> Parts:
    if old.origin == "received":
        return Parts((), [one for one in old.body["figures"] if one.get("origin") != "derived"])
    parts = counted_for(tx, definitions, fresh)
    return replace(parts, typed=old.body.get("typed", ()))


def _source(definitions: Definitions, old: Report) -> str:
    regime = definitions.regimes.get(old.regime)
    return old.source or (regime.system if regime else "")
