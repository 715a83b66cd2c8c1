"""What waits for one system: how much, since when, why, and of whom; each question bounded by an index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from lgsp.journal.contract import Transaction
from lgsp.journal.deadlines import nearest
from lgsp.journal.rows import states
from lgsp.journal.states import DEAD, State
from lgsp.journal.tables import ACTS, ASIDE

LOOKED = 1000
"""So many of a kind are counted; what is beyond is said to be more."""
READY, DYING = "ready", "dead"
_NEWEST = 2000
"""So many of the newest deliveries are looked through for what is on its way: these have no index."""
_DEALINGS = 1000
_PEOPLE = 200
_AGENCIES = 8

_WINDOWS = {
    READY: (f"state = {int(State.READY)} AND dispatched_at IS NULL AND system = ?", "bulk, seq"),
    State.PUT_OFF.word: (f"state = {int(State.PUT_OFF)} AND system = ?", "next_attempt_at"),
    State.OFFERED.word: (f"state = {int(State.OFFERED)} AND system = ?", "seq"),
    **{
        state.word: (f"{ASIDE} AND state = {int(state)} AND system = ?", "")
        for state in (State.WAITING, State.PARKED, State.HELD)
    },
    DYING: (f"state IN ({states(DEAD)}) AND system = ?", "cause, id"),
}
"""What has an index by system: the rule in the index's own words, and its order."""
OPEN_WINDOWS = tuple(name for name in _WINDOWS if name != DYING)
_NOW = (
    f"(SELECT id, message_id, expires_at, state, system FROM deliveries ORDER BY id DESC LIMIT {_NEWEST}) d"
)
_OF = "SELECT d.id, m.agency, m.watched, d.expires_at FROM {} JOIN messages m ON m.id = d.message_id"
_ON_ITS_WAY = (
    f"{_OF.format(_NOW)} WHERE d.system = ? AND d.state IN ({int(State.READY)}, {int(State.SENDING)})"
)
_OLDER = "SELECT count(*), min(created_at) FROM {} WHERE created_at < ?"
_RECORDED = "SELECT name, state, cause, who, since FROM systems"
_BY = (
    "SELECT id, at, what, cause, who, details FROM (SELECT id, at, what, cause, who, details, system,"
    f" message_id FROM entries WHERE who = ? AND ({ACTS}) ORDER BY id DESC LIMIT {_DEALINGS}) e"
    " WHERE system = ? AND message_id IS NULL ORDER BY id DESC LIMIT ?"
)


class Pile(NamedTuple):
    """What waits in one way.

    Attributes:
        size: how many, `LOOKED` at most.
        more: there are more than that.
        oldest: when the oldest of those counted came into being, in microseconds; None of none.
    """

    size: int
    more: bool
    oldest: int | None


class Waits(NamedTuple):
    """What was put off for one cause.

    Attributes:
        next: when the first of them is tried again, in microseconds.
    """

    cause: str
    size: int
    next: int | None


class Affected(NamedTuple):
    """Who is touched when a system rests.

    Attributes:
        size: deliveries that were looked at; `more` says that there are others.
        agencies: code and count, of those with the most.
        others: how many agencies there are beside these.
        deadline: the nearest that is still to come, of business or of delivery, in microseconds.
        late: how many were due before now.
    """

    size: int
    more: bool
    agencies: Sequence[tuple[str, int]]
    others: int
    deadline: int | None
    late: int


class Recorded(NamedTuple):
    """What the journal has on record of a system; `since` in microseconds."""

    state: str
    cause: str
    who: str
    since: int


def recorded(tx: Transaction) -> dict[str, Recorded]:
    """Return how each system stands that ever did not run; who ordered it, and since when."""
    return {
        name: Recorded(state, cause or "", who, since)
        for name, state, cause, who, since in tx.rows(_RECORDED)
    }


def _window(name: str, columns: str) -> str:
    rule, order = _WINDOWS[name]
    ordered = f" ORDER BY {order}" if order else ""
    return f"(SELECT {columns} FROM deliveries WHERE {rule}{ordered} LIMIT {LOOKED + 1}) d"


def piles(tx: Transaction, system: str) -> dict[str, Pile]:
    """Return what waits for a system, and what died, by the word of the state.

    `ready` is what waits to be brought to the broker; what is there already the broker knows.
    """
    found = {}
    for name in _WINDOWS:
        count, oldest = tx.rows(
            f"SELECT count(*), min(created_at) FROM {_window(name, 'created_at')}", (system,)
        )[0]
        found[name] = Pile(min(count, LOOKED), count > LOOKED, oldest)
    return found


def put_off(tx: Transaction, system: str) -> list[Waits]:
    """Return why what is tried again was put off, the most frequent cause first."""
    window = _window(State.PUT_OFF.word, "cause, next_attempt_at")
    sql = f"SELECT cause, count(*), min(next_attempt_at) FROM {window} GROUP BY cause ORDER BY 2 DESC, 1"
    return [Waits(cause or "", size, due) for cause, size, due in tx.rows(sql, (system,))]


def uncollected(tx: Transaction, system: str, before: int) -> Pile:
    """Return what lies in the mailbox of a system since before a time."""
    window = _window(State.OFFERED.word, "created_at")
    count, oldest = tx.rows(_OLDER.format(window), (system, before))[0]
    return Pile(min(count, LOOKED), count > LOOKED, oldest)


def affected(tx: Transaction, system: str) -> Affected:
    """Return who has something open to a system: what waits, and what is on its way."""
    seen: dict[int, tuple[str, int | None]] = {}
    more = False
    for name in OPEN_WINDOWS:
        rows = tx.rows(_OF.format(_window(name, "id, message_id, expires_at")), (system,))
        more = more or len(rows) > LOOKED
        seen |= {row[0]: (row[1], nearest(row[2], row[3])) for row in rows[:LOOKED]}
    seen |= {row[0]: (row[1], nearest(row[2], row[3])) for row in tx.rows(_ON_ITS_WAY, (system,))}
    return _summed(tx.now, list(seen.values()), more=more)


def _summed(now: int, found: Sequence[tuple[str, int | None]], *, more: bool) -> Affected:
    agencies = Counter(agency for agency, _ in found if agency)
    named = agencies.most_common(_AGENCIES)
    deadlines = [deadline for _, deadline in found if deadline is not None]
    ahead = min((one for one in deadlines if one >= now), default=None)
    late = sum(one < now for one in deadlines)
    return Affected(len(found), more, named, len(agencies) - len(named), ahead, late)


def dealings(tx: Transaction, system: str, limit: int = 50) -> list[dict[str, Any]]:
    """Return what befell a system itself, the latest first: its standings, and what people ordered of it.

    It is found by who did it: of the gateway and of each person the newest acts are looked through.
    """
    people = [row[0] for row in tx.rows(f"SELECT name FROM people ORDER BY changed_at DESC LIMIT {_PEOPLE}")]
    names = ("id", "at", "what", "cause", "who", "details")
    rows = [row for who in ("gateway", "operator", *people) for row in tx.rows(_BY, (who, system, limit))]
    newest = sorted(rows, key=itemgetter(0), reverse=True)[:limit]
    return [dict(zip(names, row, strict=True)) for row in newest]
