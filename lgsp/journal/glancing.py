"""One glance at the whole: what waits before each system, who works, the pace; each look is bounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lgsp.journal.contract import Transaction
from lgsp.journal.states import DEAD, OPEN, State
from lgsp.journal.tables import ASIDE, CAUSE

MOST = 1000
"""So many are counted of each state; one more says that there are more."""
NEWEST = 4000
"""So many of the newest entries tell the pace."""
_MINUTE = 60_000_000
_STATES = sorted(OPEN - {State.READY, State.SENDING})

_STANDING = (
    "SELECT count(*), min(created_at) FROM (SELECT created_at FROM deliveries"
    f" WHERE {ASIDE} AND state = ? AND system = ? ORDER BY {CAUSE}, message_id LIMIT ?) AS few"
)
_READY = (
    "SELECT count(*), min(created_at) FROM (SELECT created_at FROM deliveries"
    f" WHERE state = {int(State.READY)} AND dispatched_at IS NULL AND system = ? ORDER BY bulk, seq LIMIT ?)"
    " AS few"
)
_PACE = (
    "SELECT what, source, system, state, at FROM (SELECT what, source, system, state, at, id FROM entries"
    " ORDER BY id DESC LIMIT ?) AS newest WHERE at >= ?"
)
_ALIVE = "SELECT roles FROM workers WHERE ended_at IS NULL AND beat_at >= ?"
_TRIALS = "SELECT name FROM leases WHERE name >= 'trial:' AND name < 'trial;' AND until > ?"


class Queue(NamedTuple):
    """What is open of one system, but for what is on its way at this moment.

    Attributes:
        size: how many, at most `MOST` of each state.
        more: there are more than that.
        oldest: when the oldest of those that were looked at came into being; None of none.
        states: how many stand in each.
    """

    size: int
    more: bool
    oldest: int | None
    states: Mapping[State, int]


class Pace(NamedTuple):
    """How much a minute goes, by the newest entries.

    Attributes:
        came: messages a minute, by source.
        went: delivered a minute, by source and system.
        failed: attempts a minute that did not deliver, by source and system.
    """

    came: Mapping[str, float]
    went: Mapping[tuple[str, str], float]
    failed: Mapping[tuple[str, str], float]


def queues(tx: Transaction, systems: Sequence[str]) -> dict[str, Queue]:
    """Return what waits for each system.

    What the broker holds and what is being sent is not looked for: it is a window's worth, and has no index.
    """
    return {system: _queue(tx, system) for system in systems}


def _queue(tx: Transaction, system: str) -> Queue:
    looks = {state: tx.rows(_STANDING, (int(state), system, MOST + 1))[0] for state in _STATES}
    looks[State.READY] = tx.rows(_READY, (system, MOST + 1))[0]
    sizes = {state: min(look[0], MOST) for state, look in looks.items() if look[0]}
    oldest = min((look[1] for look in looks.values() if look[0]), default=None)
    return Queue(sum(sizes.values()), any(look[0] > MOST for look in looks.values()), oldest, sizes)


def pace(tx: Transaction) -> Pace:
    """Return how much goes in a minute, by the last minute or by the shorter time of the newest entries."""
    rows = tx.rows(_PACE, (NEWEST, tx.now - _MINUTE))
    lasted = max(tx.now - min(row[4] for row in rows), 1) if len(rows) == NEWEST else _MINUTE
    came: Counter[str] = Counter()
    went: Counter[tuple[str, str]] = Counter()
    failed: Counter[tuple[str, str]] = Counter()
    for what, source, system, state, _ in rows:
        if what in {"accepted", "unrouted"}:
            came[source or ""] += 1
        elif what == "delivered":
            went[source or "", system or ""] += 1
        elif system and (state == State.PUT_OFF or state in DEAD):
            failed[source or "", system] += 1
    share = _MINUTE / lasted
    return Pace(
        {source: count * share for source, count in came.items()},
        {way: count * share for way, count in went.items()},
        {way: count * share for way, count in failed.items()},
    )


def roles_alive(tx: Transaction, within: int) -> list[str]:
    """Return the roles of each process that gave a sign of life within so many microseconds."""
    return [row[0] for row in tx.rows(_ALIVE, (tx.now - within,))]


def probed(tx: Transaction) -> set[str]:
    """Return the suspended systems that some process tries."""
    return {row[0].partition(":")[2] for row in tx.rows(_TRIALS, (tx.now,))}
