"""What a life adds to which figure, and when: signed numbers whose sums are every figure of every period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from lgsp.domain.classification.rules import Comparison, Timeliness
from lgsp.domain.classification.timeliness import Facts, classify
from lgsp.domain.dossier import BY_NUMBER
from lgsp.domain.statistics.definitions import APART, IN_PROCESS, ON_TIME, PAUSED, TIMED, Definition
from lgsp.domain.statistics.halves import next_day
from lgsp.domain.statistics.lives import DECLINED, DONE, REGISTERED, STOPPED, WITHDRAWN, Life
from lgsp.message import VIETNAM

REASONS = ("no_receipt", "no_status", "no_channel", "no_due", "no_end")
"""Why a dossier stands in no figure: it does not say when it was received, in which status it is, through
which channel it came, by when it was promised (where the rule asks for it), or when it was finished."""
COLUMNS = (
    "online", "direct", "early", "on_time", "late", "withdrawn", "stopped", "refused", "overdue", "waiting",
    *REASONS,
)  # fmt: skip
"""What is counted. `direct` is at the counter or by post. `overdue` and `waiting` count what is in process
and is so: one enters, and leaves again. Each reason counts what it keeps out."""

_ENTERS = {"online": "online", "direct": "direct", "post": "direct"}
_EPOCH = datetime(1970, 1, 1, 7, tzinfo=VIETNAM)
Span = tuple[int, int | None]


class Move(NamedTuple):
    """One life's part of one figure.

    Attributes:
        at: the moment from which on it counts, in microseconds.
        number: 1, or -1 where it counts no more.
    """

    column: str
    at: int
    number: int = 1


def moves(life: Life, definition: Definition) -> Iterator[Move]:
    """Yield what a life adds by one way to count; nothing while it is only registered."""
    end = left(life)
    if life.status == DECLINED and end is not None:
        yield Move("refused", end)
    elif life.status != REGISTERED:
        outcome = _outcome(life, definition)
        reason = _lacks(life, definition, outcome)
        if reason or life.received is None:
            yield Move(reason, life.first if life.received is None else life.received)
        else:
            yield from _placed(life, life.received, definition, outcome)


def left(life: Life) -> int | None:
    """Return when the handling of a life came to its end in whatever way; never before it was received."""
    ends = life.ended if life.status not in DONE else life.released
    end = life.handed if ends is None else ends
    return end if end is None or life.received is None else max(end, life.received)


def overdue_from(life: Life, definition: Definition) -> int | None:
    """Return the first moment at which a life is overdue if it has not ended; None without a due date."""
    due = life.promised if definition.rule.promised else life.due
    if due is None:
        return None
    # by moments, the due moment itself is not late
    return due + 1 if definition.rule.compares is Comparison.MOMENT else next_day(due)


def _lacks(life: Life, definition: Definition, outcome: Timeliness) -> str:
    """Return why a life cannot be placed; empty where it can."""
    if life.received is None:
        return "no_receipt"
    if life.status not in BY_NUMBER:
        return "no_status"
    if life.channel not in _ENTERS:
        return "no_channel"
    if definition.rule.no_due is Timeliness.UNCLASSIFIED and overdue_from(life, definition) is None:
        return "no_due"
    undated = life.status in DONE and left(life) is None
    return "no_end" if undated or outcome is Timeliness.UNCLASSIFIED else ""


def _outcome(life: Life, definition: Definition) -> Timeliness:
    """Return what the rule calls a life that ended with a result, or that it treats likewise."""
    timed = life.status == STOPPED and definition.stopped == TIMED
    if life.status not in DONE and not timed:
        return Timeliness.OPEN
    released = life.ended if timed and life.dated else life.released
    facts = Facts(
        BY_NUMBER[life.status].word,
        due=_moment(life.due),
        first_due=_moment(life.promised),
        released=_moment(released),
        handed_over=_moment(life.handed),
    )
    return classify(facts, definition.rule)


def _placed(life: Life, received: int, definition: Definition, outcome: Timeliness) -> Iterator[Move]:
    end = left(life)
    stays = life.status == STOPPED and definition.stopped == IN_PROCESS
    leaves = None if stays else end
    yield Move(_ENTERS[life.channel], received)
    if end is not None:
        yield from (Move(column, end) for column in _ends(life, definition, outcome))
    waits = _within(life.waits, received, leaves)
    if definition.waiting == APART:
        yield from _stay("waiting", waits)
    start = overdue_from(life, definition)
    if start is not None:
        holding = [one for one in waits if definition.waiting != PAUSED or one[0] < start]
        # a stopped one that stays is within term from then on
        holding += [(end, None)] if stays and end is not None else []
        yield from _stay("overdue", _between(holding, max(start, received), leaves))


def _ends(life: Life, definition: Definition, outcome: Timeliness) -> Iterator[str]:
    """Yield the columns that an end counts in."""
    if life.status == WITHDRAWN:
        yield "withdrawn"
        if definition.withdrawn == ON_TIME:
            yield "on_time"
    elif life.status == STOPPED:
        yield "stopped"
    if outcome is not Timeliness.OPEN:
        yield outcome.value


def _between(waits: Iterable[Span], start: int, leaves: int | None) -> Iterator[Span]:
    """Yield what waits leave of the time from a start until a life leaves."""
    at: int | None = start
    for asked, came in waits:
        if at is None or (leaves is not None and at >= leaves):
            return
        if asked > at:
            yield at, asked
        at = None if came is None else max(at, came)
    if at is not None and (leaves is None or at < leaves):
        yield at, leaves


def _within(waits: Iterable[Span], received: int, leaves: int | None) -> list[Span]:
    """Return spans as far as they lie in process."""
    found: list[Span] = []
    for asked, came in waits:
        begin = max(asked, received)
        end = came if leaves is None or (came is not None and came < leaves) else leaves
        if end is None or begin < end:
            found.append((begin, end))
    return found


def _stay(column: str, spans: Iterable[Span]) -> Iterator[Move]:
    for begin, end in spans:
        yield Move(column, begin)
        if end is not None:
            yield Move(column, end, -1)


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else _EPOCH + timedelta(microseconds=micros)
