"""The life of one dossier as it was known, from all that was told of it: when it came, waited and ended.

What is known at a moment rests on what was told until then, and on nothing else: progress may come in any
order, and be told again, and the same life comes of it. Of several sources the one that told a snapshot last
speaks for the dossier.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from lgsp.domain.dossier import BY_NUMBER, BY_WORD, Clock
from lgsp.domain.statistics.halves import told_moment

REGISTERED, DECLINED, WITHDRAWN, STOPPED, FINISHED, RETURNED = (
    BY_WORD[word].number
    for word in ("registered", "not_accepted", "withdrawn", "stopped", "finished", "returned")
)
RECEIVED = BY_WORD["received"].number
DONE = frozenset({FINISHED, RETURNED})
BROKEN_OFF = frozenset({DECLINED, WITHDRAWN, STOPPED})
_ENDED = DONE | BROKEN_OFF
_WAITING = frozenset(status.number for status in BY_NUMBER.values() if status.clock is Clock.PAUSED)

Waits = tuple[tuple[int, int | None], ...]


class Telling(NamedTuple):
    """What one accepted revision of a dossier said. Moments are microseconds since 1970; None was not said.

    Attributes:
        order: rises with each message that was taken on.
        known: when the platform took it on.
        status: the portal's number, 0 where nothing says it.
        first_due: the first promised date that this source told by then.
        pauses: requests to supplement: when asked, and when they came.
    """

    order: int
    known: int
    source: str
    agency: str
    procedure: str
    field: str
    channel: str
    status: int
    received: int | None
    due: int | None
    first_due: int | None
    finished: int | None
    returned: int | None
    declined: int | None
    pauses: Waits = ()


class Progress(NamedTuple):
    """What one progress entry said: since when a dossier was in which status."""

    order: int
    known: int
    source: str
    at: int
    status: int


class Life(NamedTuple):
    """A dossier as it was known at a moment. Moments are microseconds since 1970; None is not known.

    Attributes:
        status: the portal's number in which it ended or stands; 0 where nothing says it.
        first: when the platform learnt of it.
        due: the promised date as it stands.
        promised: the first promised date, or the one to which a supplement moved it; not that of an apology.
        released: when the handling was finished.
        handed: when the result was handed over.
        ended: when it was refused, withdrawn or stopped; where nobody says it, when the platform learnt that.
        dated: whether a source said when that was.
        waits: when it waited for supplements or a payment, apart and in order; an open one has no end.
    """

    agency: str
    procedure: str
    field: str
    channel: str
    status: int
    first: int
    received: int | None
    due: int | None
    promised: int | None
    released: int | None
    handed: int | None
    ended: int | None
    dated: bool
    waits: Waits


class Known(NamedTuple):
    """A life, and from when until when it was what the platform knew; None: it still is."""

    since: int
    until: int | None
    life: Life


def lives(told: Iterable[Telling], progress: Iterable[Progress]) -> list[Known]:
    """Return what was known of one dossier, stretch after stretch; nothing before its first snapshot.

    Args:
        told: all snapshots of it, of all sources, in any order.
        progress: likewise all progress entries.
    """
    changes: list[tuple[int, Life]] = []
    for known, life in _seen(sorted([*told, *progress], key=lambda one: one.order)):
        if changes and changes[-1][0] == known:
            changes.pop()
        if not changes or changes[-1][1] != life:
            changes.append((known, life))
    following = (known for known, _ in changes[1:])
    return [Known(since, next(following, None), life) for since, life in changes]


def _seen(events: Sequence[Telling | Progress]) -> Iterator[tuple[int, Life]]:
    """Yield the life after each event; a later message never counts as known earlier."""
    told: dict[str, list[Telling]] = {}
    steps: dict[str, set[tuple[int, int]]] = {}
    speaks, known, first = "", 0, 0
    for event in events:
        known = max(known, event.known)
        if isinstance(event, Telling):
            speaks, first = event.source, first or known
            told.setdefault(speaks, []).append(event)
        elif event.status in BY_NUMBER and told_moment(event.at) is not None:
            steps.setdefault(event.source, set()).add((event.at, event.status))
        if speaks and event.source == speaks:
            yield known, _life(told[speaks], sorted(steps.get(speaks, ())), first)


def _life(told: Sequence[Telling], steps: Sequence[tuple[int, int]], first: int) -> Life:
    said = told[-1]
    since = _since(told)
    status, released, handed, ended, dated = _end(said, steps, since)
    waits = _waits(said, steps, status, since)
    return Life(
        said.agency, said.procedure, said.field, said.channel, status, first,
        _received(said, steps), told_moment(said.due), _promised(told, waits),
        released, handed, ended, dated, waits,
    )  # fmt: skip


def _since(told: Sequence[Telling]) -> int:
    """Return when the platform learnt of the status that the last snapshot says."""
    known = told[-1].known
    for one in reversed(told):
        if one.status != told[-1].status:
            break
        known = one.known
    return known


def _received(said: Telling, steps: Sequence[tuple[int, int]]) -> int | None:
    told = told_moment(said.received)
    return told if told is not None else next((at for at, status in steps if status == RECEIVED), None)


def _promised(told: Sequence[Telling], waits: Waits) -> int | None:
    """Return the promise that counts: each supplement that was asked for may move it once.

    A due date that moved without one is an apology's, and does not count.
    """
    promised, used = None, 0
    for one in told:
        due = told_moment(one.due)
        if promised is None:
            promised = told_moment(one.first_due) or due
        before = sum(1 for asked, _ in waits if asked <= one.known)
        if due is not None and due != promised and before > used:
            promised, used = due, before
    return promised


# --- how it ended -----------------------------------------------------------------------------------------


def _end(
    said: Telling, steps: Sequence[tuple[int, int]], since: int
) -> tuple[int, int | None, int | None, int | None, bool]:
    """Return status, release, hand-over, other end and whether that is dated.

    Progress after the last handling counts before what the snapshot says, as in measure 2.1.
    """
    handled = [n for n, (_, status) in enumerate(steps) if status not in _ENDED]
    tail = steps[handled[-1] + 1 :] if handled else steps
    done = {status: at for at, status in reversed(tail) if status in DONE}
    broken = next(((at, status) for at, status in tail if status in BROKEN_OFF), None)
    if done or (said.status in DONE and broken is None):
        return _done(said, done)
    if broken is not None:
        return broken[1], None, None, broken[0], True
    if said.status in BROKEN_OFF:
        moments = (
            (said.declined, said.finished) if said.status == DECLINED else (said.finished, said.declined)
        )
        ended = next((at for at in map(told_moment, moments) if at is not None), None)
        return said.status, None, None, since if ended is None else ended, ended is not None
    return (steps[-1][1] if steps else said.status), None, None, None, False


def _done(said: Telling, done: dict[int, int]) -> tuple[int, int | None, int | None, int | None, bool]:
    """Return the end of what was handled to the end; a snapshot fills in what progress did not tell."""
    snapshot = said.status in DONE
    finished, returned = (told_moment(one) if snapshot else None for one in (said.finished, said.returned))
    released, handed = done.get(FINISHED, finished), done.get(RETURNED, returned)
    both = {*done, *([said.status] if snapshot else [])}
    return RETURNED if RETURNED in both else FINISHED, released, handed, None, False


# --- when it waited ---------------------------------------------------------------------------------------


def _waits(said: Telling, steps: Sequence[tuple[int, int]], status: int, since: int) -> Waits:
    """Return when it waited: by its progress, else by the supplements that its snapshot tells of."""
    found = list(_of_progress(steps)) or [
        (at, told_moment(came)) for asked, came in said.pauses if (at := told_moment(asked)) is not None
    ]
    if status in _WAITING and not any(came is None for _, came in found):
        found.append((since, None))
    if status not in _WAITING:
        # that it waits no more was said, if not since when
        found = [(asked, since if came is None else came) for asked, came in found]
    return _apart(sorted(found, key=lambda one: one[0]))


def _of_progress(steps: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int | None]]:
    runs = [(waiting, next(run)[0]) for waiting, run in groupby(steps, key=lambda one: one[1] in _WAITING)]
    for n, (waiting, at) in enumerate(runs):
        if waiting:
            yield at, runs[n + 1][1] if n + 1 < len(runs) else None


def _apart(spans: Iterable[tuple[int, int | None]]) -> Waits:
    """Return spans that do not meet, in order; one that ends before it begins is none."""
    apart: list[tuple[int, int | None]] = []
    for asked, came in spans:
        if came is not None and came <= asked:
            continue
        if apart and (apart[-1][1] is None or asked <= apart[-1][1]):
            last, until = apart[-1]
            apart[-1] = last, None if came is None or until is None else max(came, until)
        else:
            apart.append((asked, came))
    return tuple(apart)
