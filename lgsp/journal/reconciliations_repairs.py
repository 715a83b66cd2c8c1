"""Repairs of what a run found: what one would do, carrying it out by existing acts, and looking again.

Nothing is done because a run said so once: each dossier is judged again, by what the journal and the far side
say then (`lgsp.reconciling.mending`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from lgsp.domain.reconciling.buckets import SAFE
from lgsp.journal import acting
from lgsp.journal import reconciliations as runs
from lgsp.journal import reconciliations_progress as progress
from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.journal.lines import line_digest
from lgsp.journal.reading import PAGE, at
from lgsp.journal.reconciliations import CANCELLED, DONE, OPEN, PAUSED, RUNNING, TokenTakenError
from lgsp.journal.reconciliations_differences import Filter
from lgsp.journal.reconciliations_sending import LEFT, MENDED, SENT, SKIPPED, UNDONE, Repair, room
from lgsp.journal.reconciliations_tables import repairs
from lgsp.journal.rows import insert, write_entries
from lgsp.journal.states import State

SENDING, CHECKING = "sending", "checking"
_SAFE = ", ".join(f"'{one.value}'" for one in sorted(SAFE))
_COLUMNS = tuple(column.name for column in repairs.columns)
_INSERT = insert(repairs)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM repairs"
_REPAIRABLE = f"d.repair IN ({_SAFE}) AND d.mending NOT IN ('{SENT}', '{MENDED}')"
_GROUPED = "SELECT d.bucket, d.cause, d.owner, d.repair, {rule}, count(*) FROM differences d WHERE d.run = ?"
_NEXT = f"SELECT d.key, d.subject FROM differences d WHERE d.run = ? AND d.key > ? AND {_REPAIRABLE}"
_SENT = (
    f"SELECT key, subject FROM differences WHERE mended_by = ? AND mending = '{SENT}' AND key > ?"
    " ORDER BY key LIMIT ?"
)
_MARK = (
    "UPDATE differences SET mending = ?, mended_by = ?, delivery = ?, changed_at = ?"
    " WHERE key = ? AND run = {}"
)
_MOVE = "UPDATE repairs SET state = ?, changed_at = ? WHERE id = ?"
_STEP = (
    "UPDATE repairs SET phase = ?, after = ?, sent = sent + ?, skipped = skipped + ?, solved = solved + ?,"
    " unsolved = unsolved + ?, changed_at = ? WHERE id = ?"
)
_UNSENT = (
    "SELECT w.id, w.line FROM deliveries w JOIN differences d ON d.delivery = w.id WHERE d.mended_by = ?"
    f" AND d.mending = '{SENT}' AND w.resend_of IS NOT NULL AND w.state IN ({int(State.WAITING)},"
    f" {int(State.READY)}) AND w.dispatched_at IS NULL AND w.worker IS NULL ORDER BY w.line LIMIT 1000"
)
_MOVES = {
    "pause": ("repair paused", PAUSED, {RUNNING}),
    "resume": ("repair resumed", RUNNING, {PAUSED}),
    "cancel": ("repair cancelled", CANCELLED, OPEN),
}


@dataclass(slots=True, frozen=True)
class Order:
    """What starting a repair needs beside its filter; `rate` is so many a second at most."""

    token: str
    who: str
    reason: str
    rate: int


def preview(tx: Transaction, run: int, wanted: Filter) -> dict[str, Any]:
    """Return what a repair would do: how many of which kind, and what not and why."""
    rules, values = wanted.rules()
    sql = _GROUPED.format(rule=f"CASE WHEN {_REPAIRABLE} THEN 1 ELSE 0 END") + rules
    groups = " GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5"
    names = ("bucket", "cause", "owner", "repair", "would", "count")
    rows = [dict(zip(names, row, strict=True)) for row in tx.rows(sql + groups, (run, *values))]
    would = [row for row in rows if row.pop("would")]
    rest = [row for row in rows if row not in would]
    total = sum(row["count"] for row in rows)
    return {"total": total, "repairable": sum(row["count"] for row in would), "would": would, "not": rest}


def foreseen(tx: Transaction, run: int, wanted: Filter) -> dict[str, Any]:
    """Return the preview, and how many progress entries would follow dossiers that are missing there."""
    rules, values = wanted.rules()
    following = progress.count(tx, run, f" AND {_REPAIRABLE}{rules}", values)
    return preview(tx, run, wanted) | {"progress": following}


def ask(tx: Transaction, run: int, wanted: Filter, order: Order) -> tuple[dict[str, Any], bool]:
    """Start a repair; return it, and whether it is new: the same token brings the one that was started.

    Raises:
        TokenTakenError: the token stands for another one.
        WrongStateError: there is no such run, or it still compares.
    """
    tx.lock([line_digest("repairs", order.token)])
    said = orjson.dumps(asdict(wanted)).decode()
    known = tx.rows(f"{_SELECT} WHERE token = ?", (order.token,))
    if known:
        held = dict(zip(_COLUMNS, known[0], strict=True))
        if (held["wanted"], held["run"]) != (said, run):
            raise TokenTakenError("starting a repair: its token was used for another one; make a fresh one")
        return _shown(tx, held), False
    of = runs.current(tx, run)
    if of is None or of.state != DONE:
        raise WrongStateError(f"repairing what reconciliation {run} found: it is not done")
    (number,) = tx.ids("repairs", 1)
    total = preview(tx, run, wanted)["repairable"]
    row = {
        "id": number, "token": order.token, "who": order.who, "reason": order.reason, "wanted": said,
        "state": RUNNING, "phase": SENDING, "after": "", "run": run, "rate": order.rate, "total": total,
        "sent": 0, "skipped": 0, "solved": 0, "unsolved": 0, "asked_at": tx.now, "changed_at": tx.now,
    }  # fmt: skip
    tx.run(_INSERT, [[row[name] for name in _COLUMNS]])
    _note(tx, number, "repair asked", of.scope.system, order.who, order.reason)
    return _shown(tx, row), True


def _note(  # noqa: PLR0913, PLR0917 - what an entry tells
    tx: Transaction, number: int, what: str, system: str, who: str, reason: str = ""
) -> None:
    told = orjson.dumps({"repair": number}).decode()
    write_entries(
        tx, [{"what": what, "system": system, "who": who, "cause": reason or None, "details": told}]
    )


def move(tx: Transaction, number: int, act: str, who: str, reason: str = "") -> dict[str, Any] | None:
    """Pause a repair, let it go on, or cancel it; return it, or None when there is none.

    Cancelled, what it has given to be sent once more, and what nobody began to send, is called off too; what
    it revived goes on.

    Raises:
        WrongStateError: it is over, or stands so already.
    """
    _lock(tx, number)
    held = _find(tx, number)
    if held is None:
        return None
    what, state, from_ = _MOVES[act]
    if held["state"] not in from_:
        raise WrongStateError(f"repair {number}: it is {held['state']}")
    if state == CANCELLED:
        _call_off(tx, number, held["run"], who, reason or f"repair {number} cancelled")
    tx.run(_MOVE, [(state, tx.now, number)])
    _note(tx, number, what, _system(tx, held["run"]), who, reason)
    return find(tx, number)


def _call_off(tx: Transaction, number: int, run: int, who: str, reason: str) -> None:
    unsent = tx.rows(_UNSENT, (number,))
    tx.lock(sorted({bytes(line) for _, line in unsent}))
    gone = []
    for delivery, line in unsent:
        with suppress(WrongStateError):
            acting.cancel(tx, delivery, who, reason)
            gone.append(delivery)
            progress.call_off(tx, bytes(line), who, reason)
    sql = "SELECT delivery, key FROM differences WHERE delivery IN ({}) AND run = ?"
    keys = dict(tx.among(sql, gone, run))
    mark(tx, number, run, {keys[one]: (UNDONE, one) for one in gone})


def _lock(tx: Transaction, number: int) -> None:
    tx.lock([line_digest("repair", str(number))])


def _system(tx: Transaction, run: int) -> str:
    found = tx.rows("SELECT system FROM reconciliations WHERE id = ?", (run,))
    return str(found[0][0]) if found else ""


def running(tx: Transaction) -> list[Repair]:
    """Return the repairs that run, oldest first."""
    return [_repair(tx, row) for row in tx.rows(f"{_SELECT} WHERE state = '{RUNNING}' ORDER BY id")]


def _repair(tx: Transaction, row: Sequence[Any]) -> Repair:
    held = dict(zip(_COLUMNS, row, strict=True))
    of = runs.current(tx, held["run"])
    assert of is not None  # noqa: S101 - runs are never taken away
    wanted = Filter(**orjson.loads(held["wanted"]))
    names = ("who", "reason", "rate", "phase", "after")
    return Repair(held["id"], held["run"], of.scope, wanted, *(held[name] for name in names))


def still(tx: Transaction, repair: Repair) -> bool:
    """Tell, having locked it, whether a repair runs and stands where it was read."""
    _lock(tx, repair.id)
    held = _find(tx, repair.id)
    return held is not None and (held["state"], held["phase"], held["after"]) == (
        RUNNING, repair.phase, repair.after,
    )  # fmt: skip


def following(tx: Transaction, repair: Repair, limit: int) -> dict[str, str]:
    """Return keys and codes of what a repair has to see to next, in order."""
    if repair.phase == CHECKING:
        return dict(tx.rows(_SENT, (repair.id, repair.after, limit)))
    rules, values = repair.wanted.rules()
    sql = f"{_NEXT}{rules} ORDER BY d.key LIMIT ?"
    return dict(tx.rows(sql, (repair.run, repair.after, *values, limit)))


def mark(tx: Transaction, repair: int, run: int, done: Mapping[str, tuple[str, int]]) -> None:
    """Note how far the repair of differences is."""
    rows = [(word, repair, delivery or None, tx.now, key) for key, (word, delivery) in done.items()]
    tx.run(_MARK.format(int(run)), rows)


def advance(
    tx: Transaction, repair: Repair, phase: str, after: str, done: Mapping[str, tuple[str, int]]
) -> None:
    """Note what a step did, and move the repair on."""
    mark(tx, repair.id, repair.run, done)
    words = [word for word, _ in done.values()]
    counts = (words.count(word) for word in (SENT, SKIPPED, MENDED, LEFT))
    tx.run(_STEP, [(phase, after, *counts, tx.now, repair.id)])


def end(tx: Transaction, repair: Repair) -> None:
    """End a repair that is through."""
    tx.run(_MOVE, [(DONE, tx.now, repair.id)])
    _note(tx, repair.id, "repair done", repair.scope.system, "gateway")


def _find(tx: Transaction, number: int) -> dict[str, Any] | None:
    found = tx.rows(f"{_SELECT} WHERE id = ?", (number,))
    return dict(zip(_COLUMNS, found[0], strict=True)) if found else None


def find(tx: Transaction, number: int) -> dict[str, Any] | None:
    """Return a repair as people see it."""
    held = _find(tx, number)
    return None if held is None else _shown(tx, held)


def listing(tx: Transaction, *, run: int = 0, after: int = 0, limit: int = PAGE) -> dict[str, Any]:
    """Return a page of repairs, of a run or of all, newest first."""
    rules = ["1 = 1", *(["run = ?"] if run else []), *(["id < ?"] if after else [])]
    values = [value for value in (run, after) if value]
    sql = f"{_SELECT} WHERE {' AND '.join(rules)} ORDER BY id DESC LIMIT ?"
    rows = [_shown(tx, dict(zip(_COLUMNS, row, strict=True))) for row in tx.rows(sql, [*values, limit])]
    return {"repairs": rows, "next": rows[-1]["id"] if len(rows) == limit else None}


def _shown(tx: Transaction, held: dict[str, Any]) -> dict[str, Any]:
    names = (
        "id",
        "run",
        "state",
        "phase",
        "who",
        "reason",
        "rate",
        "total",
        "sent",
        "skipped",
        "solved",
        "unsolved",
    )
    waits = room(tx, _system(tx, held["run"]), 1)[0] if held["state"] == RUNNING else ""
    return {name: held[name] for name in names} | {
        "waits": waits,
        "filter": orjson.loads(held["wanted"]),
        "asked_at": at(held["asked_at"]),
        "changed_at": at(held["changed_at"]),
    }
