"""What is stuck, why, since when and of whom: a bounded look at every cause, however much there is of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from lgsp.journal.contract import Transaction
from lgsp.journal.deadlines import nearest
from lgsp.journal.reaching import ALL, Sight, seen_deliveries, seen_messages
from lgsp.journal.states import DEAD, State
from lgsp.journal.tables import ASIDE, CAUSE

LOOKED = 1000
"""So many of a trouble are counted; what is beyond is said to be more."""
SAMPLED = 100
"""So many of each, the oldest messages first, are asked for agencies and deadlines when all are looked at."""
_GROUPS = 200
_AGENCIES = 4
RECENT = 7 * 86_400_000_000
"""What was turned away longer ago than these microseconds is no trouble of today."""
UNROUTED, QUARANTINED = "unrouted", "quarantined"
DEAD_WORDS = frozenset(state.word for state in DEAD)
_STUCK = (State.HELD, *sorted(DEAD), State.OFFERED, State.PARKED)
STATES = {state.word: state for state in (*_STUCK, State.PUT_OFF)}
"""In which deliveries are stuck by themselves, and not for their system."""

_OF = f"FROM deliveries d WHERE {ASIDE} AND state = {{state:d}}"
_NEXT_SYSTEM = f"SELECT system {_OF} AND system > ? ORDER BY system LIMIT 1"
_NEXT_CAUSE = f"SELECT {CAUSE} {_OF} AND system = ? AND {CAUSE} > ? ORDER BY {CAUSE} LIMIT 1"
_NO_CAUSE = f"SELECT 1 {_OF} AND system = ? AND {CAUSE} = '' LIMIT 1"
_SIZE = f"SELECT count(*) FROM (SELECT 1 {_OF} AND system = ? AND {CAUSE} = ? LIMIT ?) counted"
_WINDOW = f"SELECT d.* {_OF} AND system = ? AND {CAUSE} = ? AND message_id > ? ORDER BY message_id LIMIT ?"
_READY = (
    f"SELECT d.* FROM deliveries d WHERE state = {int(State.READY)} AND dispatched_at IS NULL AND system = ?"
    " ORDER BY bulk, seq LIMIT ?"
)
_FACTS = (
    "SELECT d.id, d.message_id, d.state, d.changed_at, d.created_at, d.expires_at, m.agency, m.watched"
    " FROM ({}) d JOIN messages m ON m.id = d.message_id"
)
_UNROUTED = (
    "SELECT id, source, type, agency, accepted_at, watched FROM messages WHERE unrouted"
    " AND type NOT IN (SELECT type FROM catalogues) ORDER BY id LIMIT ?"
)
_TURNED_AWAY = "SELECT source, code, at FROM quarantine ORDER BY id DESC LIMIT ?"
_RESTING = (
    "SELECT name, state, coalesce(cause, ''), since FROM systems WHERE state <> 'running' ORDER BY name"
)


class Key(NamedTuple):
    """What makes deliveries one trouble.

    Attributes:
        system: that they are for; the source of what has no route or was turned away.
        cause: code of the catalogue; the type of what has no route.
        state: `State.word`, a standing of a system, `unrouted` or `quarantined`.
    """

    system: str
    cause: str
    state: str


class Trouble(NamedTuple):
    """One trouble; times are in microseconds.

    Attributes:
        size: how many were found, `LOOKED` at most.
        more: there are more than that.
        since: when the first of them came to stand so.
        agencies: code and count of those with the most of what was sampled.
        deadline: the nearest of what was sampled, of business or of delivery.
        sampled: how many were asked for these.
    """

    key: Key
    size: int
    more: bool
    since: int
    agencies: Sequence[tuple[str, int]] = ()
    deadline: int | None = None
    sampled: int = 0


class Stuck(NamedTuple):
    """What is asked of each that is stuck: its message, and its delivery, or 0 without one."""

    message: int
    delivery: int
    key: Key
    since: int
    agency: str = ""
    deadline: int | None = None


class Patience(NamedTuple):
    """How many microseconds something may wait for its dossier, or in a mailbox, before it is a trouble."""

    parked: int
    uncollected: int


class Look(NamedTuple):
    """What of one or several troubles was seen.

    Attributes:
        size: how many there are, where that is known to be more than were seen.
        last: the highest message that was looked at, where there is more behind it.
    """

    stuck: Sequence[Stuck]
    size: int = 0
    last: int = 0


def found(tx: Transaction, patience: Patience, agency: str = "", sight: Sight = ALL) -> list[Trouble]:
    """Return what is stuck now, by system, cause and state.

    Args:
        tx: the snapshot to read.
        patience: what waits shorter is no trouble.
        agency: count only what is of this agency, or of one below it.
        sight: count only what may be seen, of as many of each as are counted.
    """
    resting = {row[0]: row for row in tx.rows(_RESTING)}
    room = SAMPLED if sight.everything and not agency else LOOKED
    looks = [*_standing(tx, patience, room), *_waiting(tx, resting, room), _unrouted(tx), _turned_away(tx)]
    looks = [_seen(tx, look, sight) for look in looks]
    grouped = [one for look in looks for one in _grouped(look, agency)]
    seen = {(one.key.system, one.key.state) for one in grouped}
    idle = [_idle(row) for name, row in resting.items() if (name, row[1]) not in seen and sight.holds(name)]
    return grouped if agency else [*grouped, *idle]


def _idle(row: Sequence[Any]) -> Trouble:
    """Return the trouble of a system that rests while nothing waits for it."""
    name, state, cause, since = row
    return Trouble(Key(name, cause, state), 0, more=False, since=since)


# --- looking --------------------------------------------------------------------------------------------


def _standing(tx: Transaction, patience: Patience, room: int) -> Iterator[Look]:
    """Yield what died, is held, or waits for its dossier or to be collected for too long."""
    longest = {State.OFFERED: patience.uncollected, State.PARKED: patience.parked}
    for state in _STUCK:
        for system in _systems(tx, state):
            for cause in _causes(tx, state, system):
                look = _of(tx, state, system, cause, room)
                yield _older(look, tx.now - longest[state]) if state in longest else look


def _systems(tx: Transaction, state: State) -> Iterator[str]:
    """Yield the systems with something in a state, hopping through the index: a step for each."""
    name = ""
    while rows := tx.rows(_NEXT_SYSTEM.format(state=state), (name,)):
        name = rows[0][0]
        yield name


def _causes(tx: Transaction, state: State, system: str) -> Iterator[str]:
    if tx.rows(_NO_CAUSE.format(state=state), (system,)):
        yield ""
    cause = ""
    for _ in range(_GROUPS):
        rows = tx.rows(_NEXT_CAUSE.format(state=state), (system, cause))
        if not rows:
            return
        cause = rows[0][0]
        yield cause


def _of(tx: Transaction, state: State, system: str, cause: str, room: int, after: int = 0) -> Look:  # noqa: PLR0913, PLR0917 - the columns of the index
    """Return those of a state, a system and a cause whose message is behind a number, in that order."""
    sql = _FACTS.format(_WINDOW.format(state=state))
    rows = tx.rows(sql, (system, cause, after, room + 1))
    stuck = sorted(_stuck(row, system, cause) for row in rows)
    if len(stuck) <= room:
        return Look(stuck)
    size = tx.rows(_SIZE.format(state=state), (system, cause, LOOKED + 1))[0][0]
    return Look(stuck[:room], size, stuck[room - 1].message)


def _stuck(row: Sequence[Any], system: str, cause: str) -> Stuck:
    delivery, message, state, changed_at, created_at, expires_at, agency, watched = row
    state = State(state)
    stood = state in DEAD or state is State.HELD
    key = Key(system, cause, state.word)
    due = nearest(watched, expires_at)
    return Stuck(message, delivery, key, changed_at if stood else created_at, agency, due)


def _waiting(tx: Transaction, resting: dict[str, Any], room: int) -> Iterator[Look]:
    """Yield what is put off, and what stands before a system that rests, under the cause of that."""
    for system in sorted({*_systems(tx, State.PUT_OFF), *resting}):
        looks = [_of(tx, State.PUT_OFF, system, cause, room) for cause in _causes(tx, State.PUT_OFF, system)]
        if system in resting:
            yield _before(tx, resting[system], looks, room)
        else:
            yield from looks


def _before(tx: Transaction, rest: Sequence[Any], looks: Sequence[Look], room: int) -> Look:
    """Return all that stands before a system that rests as one."""
    system, state, cause, since = rest
    rows = tx.rows(_FACTS.format(_READY), (system, LOOKED + 1))
    stuck = [one for look in looks for one in look.stuck] + [_stuck(row, system, cause) for row in rows]
    size = sum(look.size or len(look.stuck) for look in looks) + len(rows)
    key = Key(system, cause, state)
    return Look(sorted(one._replace(key=key, since=since) for one in stuck)[: max(room, LOOKED)], size)


def _unrouted(tx: Transaction) -> Look:
    rows = tx.rows(_UNROUTED, (LOOKED + 1,))
    stuck = [
        Stuck(number, 0, Key(source, type_, UNROUTED), at, agency, nearest(watched, None))
        for number, source, type_, agency, at, watched in rows[:LOOKED]
    ]
    return Look(stuck, len(rows) if len(rows) > LOOKED else 0)


def _turned_away(tx: Transaction) -> Look:
    rows = tx.rows(_TURNED_AWAY, (LOOKED + 1,))
    recent = [row for row in rows if row[2] >= tx.now - RECENT]
    stuck = [Stuck(0, 0, Key(source, code, QUARANTINED), at) for source, code, at in recent[:LOOKED]]
    return Look(stuck, len(recent) if len(recent) > LOOKED else 0)


def _seen(tx: Transaction, look: Look, sight: Sight) -> Look:
    """Return what may be seen of a look; how many there are of others is not told."""
    if sight.everything:
        return look
    going = seen_deliveries(tx, sight, [one.delivery for one in look.stuck if one.delivery])
    lost = seen_messages(tx, sight, [one.message for one in look.stuck if not one.delivery and one.message])
    known = frozenset() if sight.agencies or sight.paths is not None else sight.systems or frozenset()
    return look._replace(
        size=0,
        stuck=[
            one
            for one in look.stuck
            if one.delivery in going or one.message in lost or (not one.message and one.key.system in known)
        ],
    )


def _older(look: Look, before: int) -> Look:
    return look._replace(stuck=[one for one in look.stuck if one.since <= before])


# --- grouping -------------------------------------------------------------------------------------------


def below(agency: str) -> Callable[[str], bool]:
    """Return what tells whether a code is that of an agency, or of one below it; an empty one is any."""
    return lambda code: not agency or code == agency or code.startswith(f"{agency}.")


def _grouped(look: Look, agency: str) -> Iterator[Trouble]:
    wanted, groups = below(agency), dict[Key, list[Stuck]]()
    for one in look.stuck:
        if wanted(one.agency):
            groups.setdefault(one.key, []).append(one)
    for key, stuck in groups.items():
        yield _summed(key, stuck, look.size, several=len(groups) > 1 or bool(agency))


def _summed(key: Key, stuck: Sequence[Stuck], size: int, *, several: bool) -> Trouble:
    """Return several of a kind as one; a size that is of several troubles says only that there is more."""
    agencies = Counter(one.agency for one in stuck if one.agency).most_common(_AGENCIES)
    deadline = min((one.deadline for one in stuck if one.deadline is not None), default=None)
    whole = len(stuck) if several or not size else min(size, LOOKED)
    more = size > LOOKED or (several and size > 0)
    return Trouble(key, whole, more, min(one.since for one in stuck), agencies, deadline, len(stuck))


def of(
    tx: Transaction, key: Key, agency: str = "", after: int = 0, sight: Sight = ALL
) -> tuple[Trouble | None, Look]:
    """Return those of one trouble, as one and each, in the order of their messages.

    Those behind a message where it is a state of deliveries; else the first of them. The agency is picked
    from what was looked at, so that there may be more though few are returned.
    """
    look = _seen(tx, _look(tx, key, after), sight)
    wanted = below(agency)
    kept = [one for one in look.stuck if one.key == key and wanted(one.agency)]
    summed = _summed(key, kept, look.size, several=bool(agency)) if kept else None
    return summed, look._replace(stuck=kept)


def _look(tx: Transaction, key: Key, after: int) -> Look:
    if key.state in STATES:
        return _of(tx, STATES[key.state], key.system, key.cause, LOOKED, after)
    if key.state == UNROUTED:
        return _unrouted(tx)
    resting = {row[0]: row for row in tx.rows(_RESTING) if row[0] == key.system}
    return next(
        (look for look in _waiting(tx, resting, LOOKED) if any(o.key == key for o in look.stuck)), Look([])
    )
