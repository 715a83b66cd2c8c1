"""What people do: replay, retry now, cancel, hold, release; pausing systems; publishing routes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import orjson

from lgsp.journal import checks_held
from lgsp.journal.contract import Transaction, Wanted, WrongStateError
from lgsp.journal.gaps import call_off
from lgsp.journal.known import overtaken, revive
from lgsp.journal.lines import PUBLISHED, line_digest
from lgsp.journal.opening import opened
from lgsp.journal.promoting import close, dispatch, next_heads, settling_until
from lgsp.journal.reaching import ALL, Sight, sees_delivery
from lgsp.journal.rows import (
    MESSAGE,
    SET_STATE,
    Row,
    befell,
    born,
    insert,
    listed,
    locked,
    moved,
    rows_of,
    write_entries,
)
from lgsp.journal.states import DEAD, Move, State, WrongMoveError
from lgsp.journal.tables import published, systems, workers
from lgsp.journal.turns import Frame
from lgsp.message import Kind

Act = Callable[[Transaction, int, str, str], list[Frame] | None]
"""What a person does with a delivery: by its number, that person's name and reason."""

_WISH = "UPDATE deliveries SET wish = ? WHERE id = ?"
_RELEASE = (
    "UPDATE deliveries SET state = ?, repeats = repeats + ?, uncertain = 0, next_attempt_at = NULL,"
    f" scope = {MESSAGE}, changed_at = ? WHERE id = ?"
)
_WORKER = insert(workers, "id", "name", "started_at", "beat_at", "ended_at")
_PUBLISH = insert(published)
_SYSTEM = (
    f"{insert(systems)} ON CONFLICT (name) DO UPDATE SET state = excluded.state, cause = excluded.cause,"
    " who = excluded.who, since = excluded.since"
)
_STANDS = "SELECT 1 FROM systems WHERE name = ? AND state = ? AND coalesce(cause, '') = ?"
_DRAINING = "SELECT 1 FROM systems WHERE name = ? AND state = 'draining'"
_ON_ITS_WAY = (
    f"SELECT 1 FROM deliveries WHERE system = ? AND (state = {int(State.SENDING)}"
    f" OR (state = {int(State.READY)} AND dispatched_at IS NOT NULL)) LIMIT 1"
)
_NAMED = (
    "id", "source", "type", "kind", "subject", "partitionkey", "agency", "revision", "identity", "expires_at",
)  # fmt: skip
_UNROUTED = (
    f"SELECT {', '.join(_NAMED)} FROM messages WHERE unrouted AND id > ? ORDER BY id LIMIT 500 /* lock */"
)
_BODIES = "SELECT message_id, key_id, body FROM bodies WHERE message_id IN ({})"
_PRESENT = "SELECT 1 FROM presence WHERE line = ? AND type = ? AND how <> 'unsure'"
_ROUTED = "UPDATE messages SET unrouted = ? WHERE id = ?"


def _the_row(tx: Transaction, delivery: int) -> Row:
    found = locked(tx, rows_of(tx, [delivery]).values())
    if not found:
        raise WrongStateError(f"acting on delivery {delivery}: it is closed, is moving, or there is none")
    return found[0]


def replay(tx: Transaction, delivery: int, who: str, reason: str = "") -> list[Frame]:
    """Send a dead delivery again, or one that is put off at once; its patience starts anew.

    What is held for what was found of it is checked anew, and goes if it may.
    """
    if _held_by_check(tx, delivery):
        checks_held.ask_again(tx, delivery)
        return _let_all_go(tx, delivery, "replayed", who, reason)
    row = _the_row(tx, delivery)
    if row.state == State.PUT_OFF:
        moved(row, Move.FALL_DUE)
        if settling_until(tx, [row.line]):
            raise WrongStateError(
                f"retrying delivery {delivery}: its line settles after a doubtful attempt; wait"
            )
        write_entries(tx, [befell(row, "retried now", State.READY, who, final=False, cause=reason or None)])
        return dispatch(tx, [row])
    if row.state not in DEAD or row.superseded_by is not None or overtaken(tx, row):
        raise WrongStateError(f"replaying delivery {delivery}: it is {State(row.state).word}")
    return revive(tx, [row], who, reason or "replay")


def cancel(tx: Transaction, delivery: int, who: str, reason: str) -> list[Frame]:
    """Call a delivery off; one that is being sent keeps the wish until its outcome."""
    row = _the_row(tx, delivery)
    if row.state == State.WAITING and row.worker is not None:
        raise WrongStateError(f"cancelling delivery {delivery}: its turn comes this moment; try again")
    if row.state == State.SENDING:
        tx.run(_WISH, [(int(State.CANCELLED), delivery)])
        write_entries(tx, [befell(row, "asked to cancel", row.state, who, final=False, cause=reason)])
        return []
    tx.run(SET_STATE, [(_allowed(row, Move.CANCEL), tx.now, delivery)])
    write_entries(tx, [befell(row, "cancelled", State.CANCELLED, who, final=True, cause=reason)])
    call_off(tx, [row])
    return dispatch(tx, next_heads(tx, [row.line]))


def hold(tx: Transaction, delivery: int, who: str, reason: str) -> None:
    """Keep a delivery, and what is behind it, until a person releases it."""
    row = _the_row(tx, delivery)
    if row.state == State.SENDING:
        raise WrongStateError(f"holding delivery {delivery}: it is sending; wait for its outcome")
    tx.run(SET_STATE, [(_allowed(row, Move.HOLD), tx.now, delivery)])
    write_entries(tx, [befell(row, "held", State.HELD, who, final=False, cause=reason)])


def release(tx: Transaction, delivery: int, who: str, reason: str = "", sight: Sight = ALL) -> list[Frame]:
    """Let a held delivery go on; a person says that its doubt is settled, or that it goes as it is.

    What is held for nothing but the same goes with it. So a doubt that holds deliveries beyond the limits of
    a person is not that person's to settle.
    """
    if not _held_by_check(tx, delivery):
        return _let_go(tx, _the_row(tx, delivery), "released", who, reason)
    _all_within(tx, delivery, sight)
    checks_held.waive(tx, delivery, who, reason)
    return _let_all_go(tx, delivery, "released", who, reason)


def within(act: Act, sight: Sight) -> Act:
    """Return an act as a person may do it who sees so much: to release reaches beyond the one delivery."""
    return partial(release, sight=sight) if act is release else act


def _all_within(tx: Transaction, delivery: int, sight: Sight) -> None:
    """Refuse a word that would let deliveries go upon which whoever says it may not act."""
    held = [] if sight.everything else rows_of(tx, checks_held.alike(tx, delivery)).values()
    beyond = (row for row in held if checks_held.by_check(row) and not sees_delivery(tx, sight, row.id))
    if any(beyond):
        raise WrongStateError(
            f"releasing delivery {delivery}: the same doubt holds deliveries beyond your limits;"
            " somebody who may act upon all of them decides"
        )


def _held_by_check(tx: Transaction, delivery: int) -> bool:
    return any(map(checks_held.by_check, rows_of(tx, [delivery]).values()))


def _let_all_go(tx: Transaction, delivery: int, what: str, who: str, reason: str) -> list[Frame]:
    """Let a delivery go that is held for what was found, and those that nothing else holds either."""
    alike = checks_held.alike(tx, delivery)
    tx.lock(sorted({bytes(row.line) for row in rows_of(tx, alike).values()}))
    held = [row for row in locked(tx, rows_of(tx, alike).values()) if checks_held.by_check(row)]
    still = checks_held.still(tx, [row.id for row in held]) - {delivery}
    going = [row for row in held if row.id not in still]
    if delivery not in {row.id for row in going}:
        raise WrongStateError(f"acting on delivery {delivery}: it is moving; try again")
    checks_held.free(tx, [row.id for row in going])
    return [frame for row in going for frame in _let_go(tx, row, what, who, reason)]


def _let_go(tx: Transaction, row: Row, what: str, who: str, reason: str) -> list[Frame]:
    tx.run(_RELEASE, [(_allowed(row, Move.RELEASE), int(row.uncertain > 0), tx.now, row.id)])
    write_entries(tx, [befell(row, what, State.WAITING, who, final=False, cause=reason or None)])
    return dispatch(tx, next_heads(tx, [row.line]))


def _allowed(row: Row, move: Move) -> int:
    try:
        return moved(row, move)
    except WrongMoveError as fault:
        raise WrongStateError(str(fault)) from fault


def enlist(tx: Transaction, name: str) -> int:
    """Enter a worker process; its number is its incarnation."""
    (number,) = tx.ids("workers", 1)
    tx.run(_WORKER, [(number, name, tx.now, tx.now, None)])
    return number


def set_system(  # noqa: PLR0913, PLR0917 - what is on record of a system, and why
    tx: Transaction, name: str, state: str, cause: str | None, who: str, reason: str = ""
) -> None:
    """Record that a system runs, is suspended, drained or paused, and since when, unless it is known.

    `reason` is why a person wants it so; in the entry it stands in the place of the cause.
    """
    if tx.rows(_STANDS, (name, state, cause or "")):
        return
    tx.run(_SYSTEM, [(name, state, cause, who, tx.now)])
    write_entries(tx, [{"what": state, "system": name, "cause": reason or cause, "who": who}])


def drained(tx: Transaction, name: str, who: str) -> bool:
    """Record that a draining system is paused now, if nothing is on its way to it; return whether."""
    if not tx.rows(_DRAINING, (name,)) or tx.rows(_ON_ITS_WAY, (name,)):
        return False
    set_system(tx, name, "paused", "drained", who)
    return True


def publish(tx: Transaction, text: str, by: str, reason: str = "") -> int:
    """Publish a version of the routes if it differs from the newest; return the version in force."""
    digest = hashlib.sha256(text.encode()).digest()
    tx.lock([PUBLISHED])
    newest = tx.rows("SELECT version, digest FROM published ORDER BY version DESC LIMIT 1")
    if newest and bytes(newest[0][1]) == digest:
        return int(newest[0][0])
    version = int(newest[0][0]) + 1 if newest else 1
    tx.run(_PUBLISH, [(version, text, digest, tx.now, by)])
    told = orjson.dumps({"version": version}).decode()
    write_entries(tx, [{"what": "published", "who": by, "cause": reason or None, "details": told}])
    return version


Router = Callable[[Mapping[str, Any]], Sequence[tuple[Wanted, str | None]]]
"""Given the attributes of a message, `data` among them: where it goes, each with the anchor of its type."""


def route_unrouted(tx: Transaction, router: Router, after: int = 0) -> int | None:
    """Create the deliveries of messages that no route wanted until now, a page in journal order.

    Returns the id to go on after, or None behind the last page.
    """
    rows = [dict(zip(_NAMED, row, strict=True)) for row in tx.rows(_UNROUTED, (after,))]
    kept = tx.among(_BODIES, [row["id"] for row in rows])
    found = {n: opened(tx, *body, "body of message", n) for n, *body in kept}
    bodies = {n: body for n, body in found.items() if body is not None}
    last, rows = rows[-1]["id"] if rows else None, [row for row in rows if row["id"] in bodies]
    for row in rows:
        row["data"] = orjson.loads(bodies[row["id"]])
    goes = {row["id"]: list(router(row)) for row in rows}
    tx.lock(sorted({line_digest(to.system, r["partitionkey"]) for r in rows for to, _ in goes[r["id"]]}))
    done = [row for row in rows if _route(tx, row, goes[row["id"]])]
    tx.run(_ROUTED, [(False, row["id"]) for row in done])
    return last


def _route(tx: Transaction, message: Mapping[str, Any], goes: Sequence[tuple[Wanted, str | None]]) -> bool:
    for wanted, anchor in goes:
        system = wanted.system
        line = line_digest(system, message["partitionkey"])
        state = _birth(tx, message, system, line, anchor)
        number = born(
            tx, message_id=message["id"], source=message["source"], system=system, line=line,
            identity=message["identity"], kind=message["kind"], type=message["type"], anchor=anchor,
            state=int(state), expires_at=message["expires_at"], shadow=int(wanted.shadow),
            recipients=listed(wanted.recipients), next_attempt_at=tx.now if state is State.PARKED else None,
        )  # fmt: skip
        write_entries(
            tx,
            [{"what": "routed", "message": message["id"], "delivery": number, "source": message["source"],
              "system": system, "state": int(state), "who": "gateway", "final": state is State.SUPERSEDED}],
        )  # fmt: skip
        if state is State.SUPERSEDED:
            close(tx, [(number,)])
        dispatch(tx, next_heads(tx, [line]), direct=False)
    return bool(goes)


def _birth(
    tx: Transaction, message: Mapping[str, Any], system: str, line: bytes, anchor: str | None
) -> State:
    """Return the state a late-routed delivery is born in: a snapshot older than the line's newest is void."""
    if message["kind"] == Kind.SNAPSHOT and _newer(tx, message, system):
        return State.SUPERSEDED
    if anchor and not tx.rows(_PRESENT, (line, anchor)):
        return State.PARKED
    return State.WAITING


def _newer(tx: Transaction, message: Mapping[str, Any], system: str) -> bool:
    """Tell whether a higher revision has been on its way there; revisions decide, not places in a line."""
    newer = "SELECT id FROM messages WHERE identity = ? AND revision > ?"
    found = [row[0] for row in tx.rows(newer, (message["identity"], message["revision"]))]
    went = "SELECT 1 FROM {} WHERE message_id IN ({{}}) AND system = ?"
    return any(tx.among(went.format(table), found, system) for table in ("deliveries", "history"))
