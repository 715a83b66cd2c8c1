"""A dossier as the measures see it, and how its handling went: when it ended, and how long it waited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from lgsp.domain.dossier import BY_NUMBER, BY_WORD
from lgsp.domain.scoring.marks import Mark
from lgsp.domain.scoring.procedures import UNKNOWN, Procedure

FINISHED, RETURNED = BY_WORD["finished"].number, BY_WORD["returned"].number
SUPPLEMENT, REGISTERED = BY_WORD["supplement_required"].number, BY_WORD["registered"].number
_BROKEN_OFF = frozenset(BY_WORD[word].number for word in ("not_accepted", "withdrawn", "stopped"))
DONE = frozenset({FINISHED, RETURNED})
_ENDED = DONE | _BROKEN_OFF


class Case(NamedTuple):
    """One dossier. Moments are microseconds since 1970; None was not said.

    Attributes:
        key: normal form of its code.
        source: the system that told of it.
        agency: normal form of its agency's code.
        procedure: code as written.
        channel: `direct`, `online`, `post` or empty.
        status: the portal's number, 0 where none is known.
        received, due, finished, returned, declined: as in the register.
        known: when the platform learnt what is known of it now.
        marks: what its snapshot said.
        course: what became of it, in order: when, and the status from then on.
        supplements: requests to supplement as its snapshot told them: when asked, and when they came.
        synced: whether the portal holds it; None where an older connection was to tell it.
        standing: where the last delivery to the portal stands, as a word; empty where there was none.
        cause: why, as the code of a cause.
        knows: what the catalogue says of its procedure.
    """

    key: str
    source: str
    agency: str
    procedure: str
    channel: str
    status: int
    received: int | None
    due: int | None
    finished: int | None
    returned: int | None
    declined: int | None
    known: int
    marks: Mark
    course: Sequence[tuple[int, int]] = ()
    supplements: Sequence[tuple[int, int | None]] = ()
    synced: bool | None = False
    standing: str = ""
    cause: str = ""
    knows: Procedure = UNKNOWN


class Ending(NamedTuple):
    """How the handling of a dossier stood at a moment.

    Attributes:
        at: when it ended; None when it had not.
        status: with which status; that of a supplement which is still awaited where this counts as the end.
        waited: microseconds during which it waited for supplements before.
        asked: how often a supplement was asked for.
    """

    at: int | None
    status: int
    waited: int
    asked: int

    @property
    def done(self) -> bool:
        """Tell whether it was handled to the end."""
        return self.at is not None and self.status in DONE


def ending(case: Case, by: int) -> Ending:
    """Return how the handling stood at a moment, by the rule of measure 2.1.

    The end is where status 9 was reached, else 10, else where it was refused, withdrawn or stopped, in what
    followed the last handling; without such progress what the snapshot itself says; else a request to
    supplement behind which nothing came. What befell from that moment on is not looked at.
    """
    course = [(at, status) for at, status in case.course if at < by and status in BY_NUMBER]
    asked, waited = _waits(case, course, by)
    for at, status in (*_reached(course), *_said(case)):
        if at < by:
            return Ending(at, status, waited, asked)
    pending = _pending(case, course, by)
    return Ending(pending, SUPPLEMENT if pending is not None else 0, waited, asked)


def _reached(course: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Return the ends that progress shows after the last handling, the one that counts first."""
    handled = [n for n, (_, status) in enumerate(course) if status not in _ENDED]
    tail = course[handled[-1] + 1 :] if handled else course
    for wanted in ({FINISHED}, {RETURNED}, _BROKEN_OFF):
        yield from [(at, status) for at, status in tail if status in wanted][:1]


def _said(case: Case) -> Iterator[tuple[int, int]]:
    """Return the end that the snapshot itself says, where it stands in a status that ends."""
    if case.status in DONE:
        moments = [(case.finished, FINISHED), (case.returned, RETURNED)]
    elif case.status in _BROKEN_OFF:
        moments = [(case.declined, case.status), (case.finished, case.status)]
    else:
        moments = []
    yield from ((at, status) for at, status in moments if at is not None)


def _waits(case: Case, course: Sequence[tuple[int, int]], by: int) -> tuple[int, int]:
    """Return how often a supplement was asked for, and for how long those that came were awaited."""
    runs = [next(run) for _, run in groupby(course, key=lambda step: step[1])]
    asked = [(at, runs[n + 1][0] if n + 1 < len(runs) else None)
             for n, (at, status) in enumerate(runs) if status == SUPPLEMENT]  # fmt: skip
    told = [(at, came) for at, came in case.supplements if at < by]
    spans = asked or told
    waited = sum(came - at for at, came in spans if came is not None and at < came < by)
    return max(len(asked), len(told)), waited


def _pending(case: Case, course: Sequence[tuple[int, int]], by: int) -> int | None:
    """Return since when a supplement is awaited; None when none is."""
    if course:
        *_, last = ([*run] for _, run in groupby(course, key=lambda step: step[1]))
        return last[0][0] if last[0][1] == SUPPLEMENT else None
    awaited = [at for at, came in case.supplements if at < by and (came is None or came >= by)]
    return awaited[-1] if awaited and case.status == SUPPLEMENT else None
