"""Where each measure puts a dossier: in the numerator, in the denominator alone, or outside, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from lgsp.domain.calendar.agencies import Calendars
from lgsp.domain.calendar.due import due as due_by
from lgsp.domain.calendar.due import local
from lgsp.domain.calendar.terms import Due
from lgsp.domain.calendar.working import UnknownYear
from lgsp.domain.scoring.cases import REGISTERED, SUPPLEMENT, Case, Ending, ending
from lgsp.domain.scoring.marks import Mark
from lgsp.domain.scoring.measures import MEASURES, Counted
from lgsp.domain.scoring.periods import Period
from lgsp.message import VIETNAM

_MICROS = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=VIETNAM) + timedelta(hours=7)
_PAID = Mark.PAID_PORTAL | Mark.PAID_OWN
_VERIFIED = Mark.VERIFIED | Mark.FROM_STORE
_STORED = Mark.FROM_STORE | Mark.RESULT_LINKED


class Verdict(NamedTuple):
    """Where a measure puts a dossier.

    Attributes:
        reason: why it is not in the numerator; empty where it is.
        outside: it is not in the denominator either.
        assumed: what is not known here could put it elsewhere.
        amount: what it adds to a mean, in seconds.
    """

    reason: str = ""
    outside: bool = False
    assumed: bool = False
    amount: int = 0


class _Said(NamedTuple):
    """All that a verdict by marks rests on."""

    marks: int
    channel: str
    costs: bool | None
    paper: bool | None
    received: bool
    done: bool


_IN = Verdict()


def _lost(reason: str, *, assumed: bool = False) -> Verdict:
    return Verdict(reason, assumed=assumed)


def _outside(reason: str) -> Verdict:
    return Verdict(reason, outside=True)


class Judge:
    """Judges dossiers by the measures, for one period.

    Args:
        period: the days that figures are asked for.
        now: the present, in microseconds: of a period that lasts, what is to come is not known.
        calendars: of the agencies: they count working time.
    """

    def __init__(self, period: Period, now: int, calendars: Calendars) -> None:
        self._start, self._end = period.start, period.end
        self._by = min(self._end, now)
        self._calendars = calendars
        self._judged: dict[_Said, Mapping[str, Verdict]] = {}

    def verdicts(self, case: Case) -> dict[str, Verdict]:
        """Return where measures put a dossier, by their names; one that it does not concern is left out."""
        if case.received is None:
            # in the period in which the platform learnt of it
            return dict.fromkeys(MEASURES, _outside("no-receipt")) if self._holds(case.known) else {}
        if case.received >= self._by:
            return {}
        end = ending(case, self._by)
        received, done = self._holds(case.received), end.done and self._holds(end.at)
        found = dict(self._by_marks(case, received=received, done=done))
        if received:
            found["1.4"] = _synchronised(case)
        if self._in_hand(case, end):
            found["2.1"] = self._on_time(case, end)
        if done:
            found["2.2"] = self._mean(case, end)
        return found

    def _holds(self, moment: int | None) -> bool:
        return moment is not None and self._start <= moment < self._end

    def _in_hand(self, case: Case, end: Ending) -> bool:
        """Tell whether it was not only registered, and had not ended before the period."""
        open_ = end.at is None or end.status == SUPPLEMENT or end.at >= self._start
        return open_ and case.status != REGISTERED

    def _by_marks(self, case: Case, *, received: bool, done: bool) -> Mapping[str, Verdict]:
        """Return the verdicts that rest on what the snapshot said; most say what another one said before."""
        said = _Said(int(case.marks), case.channel, case.knows.costs, case.knows.paper, received, done)
        found = self._judged.get(said)
        if found is None:
            belongs = {Counted.RECEIVED: received, Counted.ENDED: done}
            found = self._judged[said] = {
                name: _outside("body-gone") if case.marks & Mark.UNREADABLE else judge(case)
                for name, judge in _BY_MARKS.items()
                if belongs[MEASURES[name].counted]
            }
        return found

    # --- 2.1 and 2.2: time ------------------------------------------------------------------------------

    def _on_time(self, case: Case, end: Ending) -> Verdict:
        if end.asked > 1:
            return _lost("supplements")
        due = case.due if case.due is not None else self._term(case)
        if due is None:
            return _outside("no-due")
        if (self._by if end.at is None else end.at) - end.waited <= due:
            return _IN
        return _lost("overdue" if end.at is None else "late")

    def _term(self, case: Case) -> int | None:
        """Return when the procedure's term runs out, in microseconds; None where that is not known."""
        term = case.knows.terms.get(case.channel or "direct")
        if term is None or case.received is None:
            return None
        found = due_by(_moment(case.received), term, self._calendars.of(case.agency))
        return round(found.moment.timestamp() * _MICROS) if isinstance(found, Due) else None

    def _mean(self, case: Case, end: Ending) -> Verdict:
        if case.received is None or end.at is None:
            return _outside("no-receipt")
        calendar = self._calendars.of(case.agency)
        until = max(case.received, end.at - end.waited)
        try:
            amount = calendar.seconds_between(local(_moment(case.received)), local(_moment(until)))
        except UnknownYear:
            return _outside("year-unknown")
        over = case.due is not None and until > case.due
        return Verdict("too-long" if over else "", amount=amount)


def _moment(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


def _synchronised(case: Case) -> Verdict:
    if case.synced is None:
        return Verdict(assumed=True)
    if case.synced:
        return _IN
    return _lost("not-there" if case.standing else "not-told")


# --- by what the snapshot said --------------------------------------------------------------------------


def _online(case: Case) -> Verdict:
    if not case.channel:
        return _lost("channel-missing")
    if case.channel != "online":
        return _lost("not-online")
    if case.marks & Mark.RESULT_CODED or case.knows.paper is False:
        return _IN
    if case.knows.paper or case.marks & Mark.RESULTS:
        return _lost("result-not-electronic")
    return Verdict(assumed=True)


def _paid(case: Case) -> Verdict:
    if case.knows.costs is False:
        return _outside("no-fee")
    if case.marks & Mark.FEES_NOTHING:
        return _outside("fees-nothing")
    if case.knows.costs is None and not case.marks & Mark.FEES:
        return _outside("fee-unknown")
    assumed = case.knows.costs is None
    if case.marks & _PAID:
        return Verdict(assumed=assumed)
    said = case.marks & Mark.PAYMENT_SAID
    return _lost("not-paid-online" if said else "payment-unsaid", assumed=assumed)


def _digitised(case: Case) -> Verdict:
    if not case.marks & Mark.PAPERS:
        return _lost("no-papers")
    if case.marks & Mark.RESULT_LINKED or case.knows.paper is False:
        return _IN
    if case.knows.paper or case.marks & Mark.RESULTS:
        return _lost("no-result-link")
    return Verdict(assumed=True)


def _used_again(case: Case) -> Verdict:
    wanted = Mark.PAPER_DIGITISED if case.marks & Mark.BORN_AT_PORTAL else Mark.DIGITISED
    return _IN if case.marks & wanted else _lost("not-digitised")


def _stored(case: Case) -> Verdict:
    return _IN if case.marks & _STORED else _lost("not-from-store")


def _known_to_population(case: Case) -> Verdict:
    if case.marks & _VERIFIED:
        return _IN
    if case.marks & Mark.DATABASES:
        return _lost("database-unclear", assumed=True)
    return _lost("not-verified")


_BY_MARKS: Mapping[str, Callable[[Case], Verdict]] = MappingProxyType(
    {
        "3.3": _online,
        "3.5": _paid,
        "3.6": _paid,
        "4.1": _digitised,
        "4.2": _digitised,
        "4.3": _used_again,
        "4.4": _stored,
        "4.5": _known_to_population,
    }
)
