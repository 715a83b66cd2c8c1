"""Calling one dossier early, on time or late by a rule, and telling whether it is overdue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from types import MappingProxyType

from lgsp.domain.classification.rules import Comparison, Rule, Timeliness
from lgsp.domain.dossier import BY_WORD
from lgsp.message import VIETNAM

Sessions = Sequence[tuple[time, time]]
HALF_DAYS: Sessions = ((time(7), time(11, 30)), (time(13, 30), time(17)))
"""The sessions of a day, begin and end, as both code bases have them by default."""

_MIDNIGHT = time()


@dataclass(slots=True, frozen=True)
class Facts:
    """What is known of one dossier. Every moment has an offset; None stands for what was not said.

    Attributes:
        status: the canonical word, as known at the moment that is asked about.
        received: when the agency took it.
        due: the due date as it stands.
        first_due: the due date as it was first told.
        moved_due: the due date that supplements and pauses moved it to; not the new date of an apology.
        extended_to: the extension date, where the source tells one.
        released: when the handling ended.
        handed_over: when the applicant got the result.
        paused_at: since when the clock stands still, for a dossier that waits for papers or a payment.
        by_hours: whether its procedure's term is counted in hours, not days.
    """

    status: str
    received: datetime | None = None
    due: datetime | None = None
    first_due: datetime | None = None
    moved_due: datetime | None = None
    extended_to: datetime | None = None
    released: datetime | None = None
    handed_over: datetime | None = None
    paused_at: datetime | None = None
    by_hours: bool = False


def classify(facts: Facts, rule: Rule, sessions: Sessions = HALF_DAYS) -> Timeliness:
    """Return what a rule calls a dossier.

    Args:
        facts: of the dossier.
        rule: by which it is called.
        sessions: of the day on which it is due; only rules that compare half-days ask for them.

    Raises:
        KeyError: its status is none.
        ValueError: a moment that is compared has no offset.
    """
    settled = _by_status(facts, rule)
    if settled is not None:
        return settled
    due, end = due_by(facts, rule), _end(facts, rule)
    if due is None:
        return rule.no_due
    return _without_end(facts, rule, due) if end is None else _compared(facts, rule, end, due, sessions)


def due_by(facts: Facts, rule: Rule) -> datetime | None:
    """Return the due moment that counts by a rule."""
    return (facts.moved_due or facts.first_due or facts.due) if rule.promised else facts.due


def overdue(facts: Facts, rule: Rule, at: datetime) -> bool:
    """Tell whether a dossier is late, or would be if it ended now; a paused one, when it was paused.

    Raises:
        ValueError: a moment that is compared has no offset.
    """
    status = BY_WORD[facts.status]
    if not status.open:
        return classify(facts, rule) is Timeliness.LATE
    due = due_by(facts, rule)
    until = facts.paused_at or at if status.pauses else at
    return due is not None and _is_later(facts, rule, until, due)


def _by_status(facts: Facts, rule: Rule) -> Timeliness | None:
    """Return what the status alone settles; None where times have to be compared."""
    if facts.status == "not_accepted":
        return Timeliness.OUTSIDE
    if facts.status == "withdrawn":
        return rule.withdrawn
    if facts.status == "stopped":
        return rule.stopped
    if BY_WORD[facts.status].open:
        return Timeliness.OPEN
    return None if facts.status in rule.statuses else Timeliness.OUTSIDE


def _end(facts: Facts, rule: Rule) -> datetime | None:
    if rule.end == "released_or_handed_over":
        return facts.released or facts.handed_over
    return facts.handed_over if rule.end == "handed_over" else facts.released


def _without_end(facts: Facts, rule: Rule, due: datetime) -> Timeliness:
    """Return what a dossier without the end that the rule asks for is called."""
    if not rule.early_must_show:
        return Timeliness.UNCLASSIFIED
    return Timeliness.EARLY if _is_before(facts.handed_over, due) else Timeliness.ON_TIME


def _compared(facts: Facts, rule: Rule, end: datetime, due: datetime, sessions: Sessions) -> Timeliness:
    if _is_later(facts, rule, end, due):
        return Timeliness.LATE
    if rule.early_must_show:
        shown = (facts.extended_to is not None and end < due) or _is_before(facts.handed_over, due)
        return Timeliness.EARLY if shown else Timeliness.ON_TIME
    if rule.compares is Comparison.SESSION:
        begin = session_begin(due, sessions)
        return Timeliness.EARLY if _local(end) < begin else Timeliness.ON_TIME
    grain = _grain(facts, rule)
    return Timeliness.EARLY if grain(end) < grain(due) else Timeliness.ON_TIME


def session_begin(due: datetime, sessions: Sessions) -> datetime:
    """Return the begin of the half-day in which a due moment falls: the last that begins by then.

    A due moment before the first session belongs to none and stands for itself.
    """
    local = _local(due)
    begins = [begin for begin, _ in sessions if begin <= local.time()]
    return datetime.combine(local.date(), max(begins), VIETNAM) if begins else local


def _is_later(facts: Facts, rule: Rule, end: datetime, due: datetime) -> bool:
    grain = _grain(facts, rule)
    return grain(end) > grain(due)


def _is_before(moment: datetime | None, due: datetime) -> bool:
    return moment is not None and moment < due


def _grain(facts: Facts, rule: Rule) -> Callable[[datetime], datetime]:
    if rule.compares is Comparison.KIND:
        return _local if facts.by_hours else _day
    return _GRAINS[rule.compares]


def _local(moment: datetime) -> datetime:
    """Return a moment in Viet Nam time."""
    if moment.tzinfo is None:
        raise ValueError("a moment without an offset cannot be compared; give it one")
    return moment.astimezone(VIETNAM)


def _day(moment: datetime) -> datetime:
    return datetime.combine(_local(moment).date(), _MIDNIGHT, VIETNAM)


def _hour(moment: datetime) -> datetime:
    return _local(moment).replace(minute=0, second=0, microsecond=0)


_GRAINS: Mapping[Comparison, Callable[[datetime], datetime]] = MappingProxyType(
    {
        Comparison.DATE: _day,
        Comparison.MOMENT: _local,
        Comparison.HOUR: _hour,
        Comparison.SESSION: _local,
    }
)
