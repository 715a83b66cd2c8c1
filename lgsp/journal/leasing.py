"""Processes as the journal knows them: who lives, who holds which duty, and what a dead one was sending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from lgsp.journal.acting import set_system
from lgsp.journal.contract import Transaction
from lgsp.journal.rows import IS_HEAD, ROW, Row, insert, write_entries
from lgsp.journal.states import State
from lgsp.journal.sweeping import Policy, lapse
from lgsp.journal.tables import leases, workers

_ENLIST = insert(workers)
_BEAT = "UPDATE workers SET beat_at = ?, published = ? WHERE id = ? AND ended_at IS NULL RETURNING id"
_END = "UPDATE workers SET ended_at = ? WHERE id = ? AND ended_at IS NULL"
_BURY = (
    "UPDATE workers SET ended_at = ? WHERE ended_at IS NULL AND (beat_at < ? OR beat_at > ?)"
    " RETURNING id, name"
)
_ALIVE = "SELECT id, name, roles, published, beat_at FROM workers WHERE ended_at IS NULL ORDER BY id"
_FORGET = "DELETE FROM workers WHERE ended_at < ?"
_HOLDER = "SELECT holder, until FROM leases WHERE name = ?"
_ACQUIRE = (
    f"{insert(leases)} ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until"
    " WHERE leases.holder = excluded.holder OR leases.until <= ? OR leases.until > ? RETURNING holder"
)
_GIVE_UP = "DELETE FROM leases WHERE holder = ?"
_FREE = "DELETE FROM leases WHERE name = ?"
_TIDY = "DELETE FROM leases WHERE until < ? AND name LIKE 'trial:%'"
_OF_THE_ENDED = (
    f"{ROW} WHERE {IS_HEAD} AND state = {int(State.SENDING)}"
    " AND worker IN (SELECT id FROM workers WHERE ended_at IS NOT NULL) LIMIT 500"
)
_STANDS = "SELECT name, state, cause, since FROM systems"
_THE_SYSTEM = f"{_STANDS} WHERE name = ? /* hold */"
_NEWEST = "SELECT version, text FROM published ORDER BY version DESC LIMIT 1"
_VERSION = "SELECT max(version) FROM published"
_BEHIND = (
    "SELECT count(*) FROM (SELECT 1 FROM deliveries"
    f" WHERE system = ? AND state = {int(State.READY)} AND dispatched_at IS NULL LIMIT ?) AS waiting"
)
_MONTH = 30 * 86_400_000_000
_BELIEVED = 2
"""So many times as far ahead as it is asked for now a duty may last; further ahead it was taken by a clock
that has been set back since, and binds nobody."""


class Worker(NamedTuple):
    """A process that lives, as far as the journal knows.

    Attributes:
        roles: what it does, as `lgsp.leases.Roles` writes it.
        published: the version of the routes that it works by.
    """

    number: int
    name: str
    roles: str
    published: int
    beat_at: int


class Stand(NamedTuple):
    """What is recorded of a system: whether it is sent to, why not, and since when."""

    state: str
    cause: str
    since: int


def enlist(tx: Transaction, name: str, roles: str, published: int) -> int:
    """Enter a process; its number is its incarnation."""
    (number,) = tx.ids("workers", 1)
    tx.run(_ENLIST, [(number, name, tx.now, tx.now, None, roles, published)])
    return number


def beat(tx: Transaction, worker: int, published: int) -> bool:
    """Say that a process lives; False when it was taken for dead meanwhile, or has ended."""
    return bool(tx.rows(_BEAT, (tx.now, published, worker)))


def leave(tx: Transaction, worker: int) -> None:
    """Note that a process ends, and free what it held for all."""
    tx.run(_END, [(tx.now, worker)])
    tx.run(_GIVE_UP, [(worker,)])


def alive(tx: Transaction) -> list[Worker]:
    """Return the processes that live, in the order in which they came."""
    return [Worker(*row) for row in tx.rows(_ALIVE)]


def bury(tx: Transaction, lease: int) -> list[int]:
    """Take processes for dead whose last beat is longer ago than a lease, in microseconds; return them.

    So is one whose last beat lies ahead by more than that: it has not beaten since the clock was set back.
    """
    dead = tx.rows(_BURY, (tx.now, tx.now - lease, tx.now + lease))
    tx.run(_GIVE_UP, [(number,) for number, _ in dead])
    write_entries(tx, [{"what": "worker lost", "who": "gateway", "cause": name} for _, name in dead])
    tx.run(_FORGET, [(tx.now - _MONTH,)])
    return [number for number, _ in dead]


def lapse_of_the_ended(tx: Transaction, policies: Mapping[str, Policy]) -> int:
    """Lapse what processes that are dead, or ended, were sending; return how many there were."""
    rows = [Row._make(row) for row in tx.rows(_OF_THE_ENDED)]
    lapse(tx, rows, policies)
    return len(rows)


# --- duties ---------------------------------------------------------------------------------------------


def hold(tx: Transaction, name: str, worker: int, lease: int) -> bool:
    """Hold a duty for `lease` microseconds, if it is this worker's or free; renew it from half time on."""
    found = tx.rows(_HOLDER, (name,))
    holder, left = (found[0][0], found[0][1] - tx.now) if found else (None, 0)
    if holder == worker and lease // 2 < left <= lease:
        return True
    if holder != worker and 0 < left <= lease * _BELIEVED:
        return False
    return acquire(tx, name, worker, lease)


def acquire(tx: Transaction, name: str, worker: int, lease: int, *, longest: int = 0) -> bool:
    """Take or renew a duty for `lease` microseconds from now; False when another holds it.

    `longest` is for how long another may have taken it, if that may be much longer.
    """
    believed = tx.now + max(longest, lease * _BELIEVED)
    return bool(tx.rows(_ACQUIRE, (name, worker, tx.now + lease, tx.now, believed)))


def trial_of(system: str) -> str:
    """Return the name of the duty of trying a suspended system."""
    return f"trial:{system}"


def free(tx: Transaction, name: str) -> None:
    """Free a duty that nobody needs any more, whoever holds it."""
    tx.run(_FREE, [(name,)])


def tidy(tx: Transaction) -> None:
    """Forget trials that are over."""
    tx.run(_TIDY, [(tx.now,)])


# --- what one process learns from others ----------------------------------------------------------------


def stands(tx: Transaction) -> dict[str, Stand]:
    """Return what is recorded of each system."""
    return {name: Stand(state, cause or "", since) for name, state, cause, since in tx.rows(_STANDS)}


def change_standing(tx: Transaction, system: str, change: Stand, who: str) -> Stand | None:
    """Record a system's standing and return it as it is recorded now.

    `since` of the change is that of the standing on which it rests. None: the standing has changed to another
    one meanwhile, and what is recorded stays.
    """
    found: Sequence[Any] = tx.rows(_THE_SYSTEM, (system,))
    _, state, _, since = found[0] if found else ("", "", "", 0)
    if since != change.since:
        return stands(tx)[system] if state == change.state else None
    set_system(tx, system, change.state, change.cause or None, who)
    return stands(tx)[system]


def behind(tx: Transaction, most: Mapping[str, int]) -> dict[str, int]:
    """Return how many deliveries of each system wait undispatched, counted up to the number given for it."""
    return {system: int(tx.rows(_BEHIND, (system, upto))[0][0]) for system, upto in most.items()}


def version(tx: Transaction) -> int:
    """Return the version of the routes that is in force; 0 before the first."""
    return int(tx.rows(_VERSION)[0][0] or 0)


def newest(tx: Transaction) -> tuple[int, str] | None:
    """Return version and text of the routes in force."""
    found = tx.rows(_NEWEST)
    return (int(found[0][0]), str(found[0][1])) if found else None
