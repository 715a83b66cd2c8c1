"""Bulk replays: what a filter would bring back to life, and bringing it back a page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from operator import itemgetter
from typing import Any

import orjson

from lgsp.errors import GatewayError
from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.journal.known import revive
from lgsp.journal.lines import line_digest
from lgsp.journal.reading import PAGE, at
from lgsp.journal.rows import insert, rows_of, states, write_entries
from lgsp.journal.states import DEAD, State
from lgsp.journal.tables import replays
from lgsp.message import Kind

RUNNING, PAUSED, CANCELLED, DONE = "running", "paused", "cancelled", "done"
OPEN = frozenset({RUNNING, PAUSED})
_MOST_WAITING = 200
"""So many revived deliveries of a system may wait undispatched: the rest stays dead until there is room."""

_COLUMNS = tuple(column.name for column in replays.columns)
_INSERT = insert(replays)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM replays"
_DEAD = f"FROM deliveries d WHERE d.state IN ({states(DEAD)})"
_OVERTAKEN = (
    f"(d.kind = {int(Kind.SNAPSHOT)} AND EXISTS (SELECT 1 FROM messages b WHERE b.identity = m.identity"
    " AND b.revision > m.revision AND NOT b.unrouted))"
)
_OF_AGENCY = (
    "EXISTS (SELECT 1 FROM messages a WHERE a.id = d.message_id"
    " AND (a.agency = ? OR substr(a.agency, 1, ?) = ?))"
)
_OUTLIVED = "(d.expires_at IS NOT NULL AND d.expires_at <= ?)"
_COUNTED = (
    f"count(*), coalesce(sum(CASE WHEN {_OVERTAKEN} THEN 1 ELSE 0 END), 0),"
    f" coalesce(sum(CASE WHEN {_OUTLIVED} AND NOT {_OVERTAKEN} THEN 1 ELSE 0 END), 0)"
)
_ADVANCE = "UPDATE replays SET after = ?, done = done + ?, skipped = skipped + ?, changed_at = ? WHERE id = ?"
_MOVE = "UPDATE replays SET state = ?, changed_at = ? WHERE id = ?"
_STANDING = "SELECT state FROM systems WHERE name = ?"
_WAITING = (
    "SELECT count(*) FROM (SELECT 1 FROM deliveries WHERE system = ? AND bulk = 1"
    f" AND state = {int(State.READY)} AND dispatched_at IS NULL LIMIT ?) waiting"
)
_MOVES = {
    "pause": ("replay paused", PAUSED, {RUNNING}),
    "resume": ("replay resumed", RUNNING, {PAUSED}),
    "cancel": ("replay cancelled", CANCELLED, OPEN),
}


class TokenTakenError(GatewayError):
    """The token names another replay, of another filter: who asks has mixed something up."""


@dataclass(slots=True, frozen=True)
class Selection:
    """Which of the dead are meant: those to one system, and of them those that fit everything that is given.

    Attributes:
        system: where they were to go.
        agency: code of the agency that owns the fact, or one above it.
        states: words of `refused`, `exhausted`, `expired`; empty is any.
        since: died at this time or later, in microseconds.
        until: died before this time.
    """

    system: str
    cause: str | None = None
    type: str | None = None
    agency: str | None = None
    states: Sequence[str] = ()
    since: int | None = None
    until: int | None = None


@dataclass(slots=True, frozen=True)
class Order:
    """What starting a replay needs beside its selection.

    Attributes:
        token: made by who asks; asked again with it, a replay is not started twice.
        rate: so many a second at most.
    """

    token: str
    who: str
    reason: str
    rate: int


@dataclass(slots=True, frozen=True)
class Step:
    """What a step of a replay did.

    Attributes:
        revived: how many came back to life.
        skipped: how many are not to be sent any more: overtaken, outlived, or resolved meanwhile.
        state: of the replay after it.
        waits: why nothing was done though it runs: the system's standing, or `backlog`.
    """

    revived: int = 0
    skipped: int = 0
    state: str = RUNNING
    waits: str = ""


def preview(tx: Transaction, selection: Selection, most: int | None = None) -> dict[str, Any]:
    """Return what a replay would do now: how many, whose, why they died, how old, and what it would skip.

    Args:
        tx: the snapshot to read.
        selection: which of the dead.
        most: look at so many of them, in the order of their ids, where a quick answer is wanted.
    """
    rules, values = _rules(selection)
    first = f" ORDER BY d.id LIMIT {most:d}" if most is not None else ""
    dead = f"SELECT d.* {_DEAD} AND {rules}{first}"
    found = f"FROM ({dead}) d JOIN messages m ON m.id = d.message_id"
    sql = f"SELECT {_COUNTED}, min(d.changed_at), max(d.changed_at) {found}"
    count, overtaken, outlived, oldest, newest = tx.rows(sql, (tx.now, *values))[0]
    return {
        "total": count,
        "replayable": count - overtaken - outlived,
        "skipped": {"overtaken": overtaken, "outlived": outlived},
        "oldest": at(oldest),
        "newest": at(newest),
        "agencies": _grouped(tx, "m.agency", found, values),
        "causes": _grouped(tx, "d.cause", found, values),
        "types": _grouped(tx, "d.type", found, values),
        "states": [one | {"name": State(one["name"]).word} for one in _grouped(tx, "d.state", found, values)],
    }


def _grouped(tx: Transaction, column: str, found: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    sql = f"SELECT {column}, count(*) {found} GROUP BY {column} ORDER BY count(*) DESC, {column}"
    return [{"name": name, "count": count} for name, count in tx.rows(sql, values)]


def _rules(selection: Selection) -> tuple[str, list[Any]]:
    rules: list[str] = ["d.superseded_by IS NULL"]
    values: list[Any] = []
    if selection.states:
        rules.append(f"d.state IN ({states(state for state in DEAD if state.word in selection.states)})")
    for rule, *wanted in _conditions(selection):
        if wanted[0] is not None:
            rules.append(rule)
            values += wanted
    return " AND ".join(rules), values


def _conditions(selection: Selection) -> Iterator[tuple[Any, ...]]:
    """Yield a rule with its values for each side of a selection; a first value of None is any."""
    agency, below = selection.agency, f"{selection.agency}."
    yield "d.system = ?", selection.system
    yield "d.cause = ?", selection.cause
    yield "d.type = ?", selection.type
    yield _OF_AGENCY, agency, len(below), below
    yield "d.changed_at >= ?", selection.since
    yield "d.changed_at < ?", selection.until


def ask(tx: Transaction, selection: Selection, order: Order) -> tuple[dict[str, Any], bool]:
    """Start a replay; return it, and whether it is new: the same token brings the one that was started.

    It takes who is dead now, with an id up to the newest; who dies later died of something else.

    Raises:
        TokenTakenError: the token stands for another selection.
    """
    tx.lock([line_digest("replays", order.token)])
    wanted = orjson.dumps(asdict(selection)).decode()
    known = tx.rows(f"{_SELECT} WHERE token = ?", (order.token,))
    if known:
        held = dict(zip(_COLUMNS, known[0], strict=True))
        if held["wanted"] != wanted:
            raise TokenTakenError("starting a replay: its token was used for another one; make a fresh one")
        return _shown(tx, held), False
    (number,) = tx.ids("replays", 1)
    upto = tx.rows("SELECT max(id) FROM deliveries")[0][0] or 0
    rules, values = _rules(selection)
    total = tx.rows(f"SELECT count(*) {_DEAD} AND {rules}", values)[0][0]
    row = (number, order.token, order.who, order.reason, wanted, order.rate, RUNNING, total, 0, 0, upto, 0,
           tx.now, tx.now)  # fmt: skip
    tx.run(_INSERT, [row])
    _note(tx, number, what="replay asked", system=selection.system, who=order.who, cause=order.reason)
    return _shown(tx, dict(zip(_COLUMNS, row, strict=True))), True


def _note(tx: Transaction, number: int, **said: Any) -> None:
    write_entries(tx, [{**said, "details": orjson.dumps({"replay": number}).decode()}])


def move(tx: Transaction, number: int, act: str, who: str, reason: str = "") -> dict[str, Any] | None:
    """Pause a replay, let it go on, or cancel it; return it, or None when there is none.

    Raises:
        WrongStateError: it is over, or stands so already.
    """
    _lock(tx, number)
    held = find(tx, number)
    if held is None:
        return None
    what, state, from_ = _MOVES[act]
    if held["state"] not in from_:
        raise WrongStateError(f"replay {number}: it is {held['state']}")
    tx.run(_MOVE, [(state, tx.now, number)])
    _note(tx, number, what=what, system=held["filter"]["system"], who=who, cause=reason or None)
    return find(tx, number)


def _lock(tx: Transaction, number: int) -> None:
    tx.lock([line_digest("replay", str(number))])


def running(tx: Transaction) -> list[tuple[int, str, int]]:
    """Return number, system and rate of the replays that run, oldest first."""
    sql = "SELECT id, wanted, rate FROM replays WHERE state = ? ORDER BY id"
    return [
        (number, orjson.loads(wanted)["system"], rate) for number, wanted, rate in tx.rows(sql, (RUNNING,))
    ]


def step(tx: Transaction, number: int, room: int) -> Step:
    """Bring back up to `room` of the dead that a replay means, in journal order, for the dispatcher to take.

    It stands still while its system is not running, and while many of its like wait undispatched.
    """
    _lock(tx, number)
    held = _held(tx, number)
    if held is None or held["state"] != RUNNING:
        return Step(state=CANCELLED if held is None else held["state"])
    selection = Selection(**orjson.loads(held["wanted"]))
    waits, room = _room(tx, selection.system, room)
    if waits:
        return Step(waits=waits)
    found = _page(tx, held, selection, room)
    if not found:
        tx.run(_MOVE, [(DONE, tx.now, number)])
        _note(tx, number, what="replay done", system=selection.system, who="gateway")
        return Step(state=DONE)
    revived = _revive(tx, held, [row[0] for row in found if not row[2]], [row[1] for row in found])
    skipped = len(found) - revived
    tx.run(_ADVANCE, [(found[-1][0], revived, skipped, tx.now, number)])
    return Step(revived, skipped)


def _room(tx: Transaction, system: str, room: int) -> tuple[str, int]:
    """Return why a replay has to wait, or an empty text and how many it may bring back now."""
    if waits := _waits(tx, system):
        return waits, 0
    left = _MOST_WAITING - tx.rows(_WAITING, (system, _MOST_WAITING))[0][0]
    return ("", min(room, left)) if left > 0 else ("backlog", 0)


def _waits(tx: Transaction, system: str) -> str:
    standing = next((str(row[0]) for row in tx.rows(_STANDING, (system,))), RUNNING)
    return "" if standing == RUNNING else standing


def _page(tx: Transaction, held: dict[str, Any], selection: Selection, room: int) -> list[Any]:
    """Return id, line and whether it is to be skipped of the next that died before the replay was asked.

    The index of the dead is in the order of ids only within a cause; without one it is kept out of reach
    (`state + 0`), or every page would sort all the dead of a system. The page is cut before it is joined.
    """
    rules, values = _rules(selection)
    state = "d.state" if selection.cause is not None else "(d.state + 0)"
    sql = (
        f"SELECT d.id, d.line, CASE WHEN {_OVERTAKEN} OR {_OUTLIVED} THEN 1 ELSE 0 END FROM"
        f" (SELECT d.* FROM deliveries d WHERE {state} IN ({states(DEAD)}) AND {rules}"
        " AND d.id > ? AND d.id <= ? AND d.changed_at <= ? ORDER BY d.id LIMIT ?) d"
        " JOIN messages m ON m.id = d.message_id"
    )
    bounds = (held["after"], held["upto"], held["asked_at"], room)
    return sorted(tx.rows(sql, (tx.now, *values, *bounds)), key=itemgetter(0))


def _revive(tx: Transaction, held: dict[str, Any], numbers: Sequence[int], lines: Sequence[Any]) -> int:
    tx.lock(sorted({bytes(line) for line in lines}))
    found = sorted(rows_of(tx, numbers).items())
    rows = [row for _, row in found if row.state in DEAD and row.changed_at <= held["asked_at"]]
    revive(tx, rows, held["who"], f"replay {held['id']}", bulk=1)
    return len(rows)


def _held(tx: Transaction, number: int) -> dict[str, Any] | None:
    found = tx.rows(f"{_SELECT} WHERE id = ?", (number,))
    return dict(zip(_COLUMNS, found[0], strict=True)) if found else None


def find(tx: Transaction, number: int) -> dict[str, Any] | None:
    """Return a replay as people see it."""
    held = _held(tx, number)
    return None if held is None else _shown(tx, held)


def listed(tx: Transaction, *, after: int = 0, limit: int = PAGE) -> dict[str, Any]:
    """Return a page of replays, newest first."""
    rule = "WHERE id < ?" if after else ""
    found = tx.rows(f"{_SELECT} {rule} ORDER BY id DESC LIMIT ?", [*([after] if after else []), limit])
    rows = [_shown(tx, dict(zip(_COLUMNS, row, strict=True))) for row in found]
    return {"replays": rows, "next": rows[-1]["id"] if len(rows) == limit else None}


def _shown(tx: Transaction, held: dict[str, Any]) -> dict[str, Any]:
    """Return a replay as people see it; `waits` is the standing of its system if that keeps it waiting."""
    wanted = orjson.loads(held["wanted"])
    for name in ("since", "until"):
        wanted[name] = at(wanted[name])
    names = ("id", "token", "state", "who", "reason", "rate", "total", "done", "skipped")
    return {name: held[name] for name in names} | {
        "left": max(0, held["total"] - held["done"] - held["skipped"]) if held["state"] in OPEN else 0,
        "waits": _waits(tx, wanted["system"]) if held["state"] == RUNNING else "",
        "filter": wanted,
        "asked_at": at(held["asked_at"]),
        "changed_at": at(held["changed_at"]),
    }
