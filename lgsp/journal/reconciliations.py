"""Runs of reconciliations: asked for, moved by people, and taken forward a page at a time by one process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import orjson

from lgsp.errors import GatewayError
from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.journal.lines import line_digest
from lgsp.journal.reading import PAGE, at
from lgsp.journal.reconciliations_tables import reconciliations
from lgsp.journal.rows import insert, write_entries

RUNNING, PAUSED, CANCELLED, DONE, FAILED = "running", "paused", "cancelled", "done", "failed"
OPEN = frozenset({RUNNING, PAUSED})
SCHEDULE = "schedule"
UPLOADING, LISTING, TURNED_AWAY, COMPARING, CLOSING = (
    "uploading", "listing", "turned away", "comparing", "closing",
)  # fmt: skip
"""Phases: a person brings the source's list, or its adapter does; then what was turned away is looked up,
keys are compared one page after the other, and what an earlier run found is set against it."""

_COLUMNS = tuple(column.name for column in reconciliations.columns)
_INSERT = insert(reconciliations)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM reconciliations"
_BEFORE = f"SELECT id FROM reconciliations WHERE series = ? AND state = '{DONE}' ORDER BY id DESC LIMIT 1"
_OPEN_ONE = f"{_SELECT} WHERE series = ? AND state IN ('{RUNNING}', '{PAUSED}') ORDER BY id DESC LIMIT 1"
_LATEST = "SELECT max(asked_at) FROM reconciliations WHERE source = ? AND system = ? AND who = ?"
_FAILING = (
    f"SELECT source, system, id, said, ended_at FROM reconciliations WHERE state = '{FAILED}' AND id IN"
    " (SELECT max(id) FROM reconciliations WHERE who = ? GROUP BY source, system) ORDER BY id"
)
_MOVE = "UPDATE reconciliations SET state = ?, said = ?, changed_at = ?, ended_at = ? WHERE id = ?"
_STEP = "UPDATE reconciliations SET phase = ?, cursor = ?, counts = ?, changed_at = ? WHERE id = ?"
_LISTED = "UPDATE reconciliations SET listed_at = ?, whole = ? WHERE id = ?"
_MOVES = {
    "pause": ("reconciliation paused", PAUSED, {RUNNING}),
    "resume": ("reconciliation resumed", RUNNING, {PAUSED, FAILED}),
    "cancel": ("reconciliation cancelled", CANCELLED, OPEN),
}


class TokenTakenError(GatewayError):
    """The token names another run, of another scope: who asks has mixed something up."""


@dataclass(slots=True, frozen=True)
class Scope:
    """What is reconciled. Times are microseconds since 1970.

    Attributes:
        source: the system that tells of the dossiers.
        system: the far one.
        agency: top of a subtree; empty is all.
        procedure: its code; empty is any.
        since: received at this time or later.
        until: received before this time.
        days: of a run that is asked for every day: its period ends with the day, and is so many days long.
        late: microseconds on the way from which on a delivery is late.
        portal_count: how many dossiers of the scope the far side counts, as somebody read it there.
    """

    source: str
    system: str
    agency: str = ""
    procedure: str = ""
    since: int | None = None
    until: int | None = None
    days: int = 0
    late: int = 3_600_000_000
    portal_count: int | None = None

    @property
    def series(self) -> str:
        """Return the name of the runs that this one can be compared with."""
        period = f"{self.days}d" if self.days else f"{self.since}-{self.until}"
        return f"{self.system}|{self.source}|{self.agency}|{self.procedure}|{period}"


@dataclass(slots=True, frozen=True)
class Order:
    """What starting needs beside the scope.

    Attributes:
        token: made by who asks; asked again with it, nothing is started twice.
        phase: with what it begins: `UPLOADING`, `LISTING` or `TURNED_AWAY`.
    """

    token: str
    who: str
    reason: str
    phase: str


class Run(NamedTuple):
    """A run as who takes it forward needs it."""

    id: int
    scope: Scope
    phase: str
    cursor: str
    counts: Counter[str]
    previous: int | None
    whole: bool
    listed_at: int
    asked_at: int
    state: str


def ask(tx: Transaction, scope: Scope, order: Order) -> tuple[dict[str, Any], bool]:
    """Start a run; return it, and whether it is new: the same token brings the one that was started.

    Raises:
        TokenTakenError: the token stands for another scope.
        WrongStateError: one of the same series is under way.
    """
    tx.lock(
        sorted([line_digest("reconciliations", order.token), line_digest("reconciliations", scope.series)])
    )
    wanted = orjson.dumps(asdict(scope)).decode()
    known = tx.rows(f"{_SELECT} WHERE token = ?", (order.token,))
    if known:
        held = _held(known[0])
        if held["wanted"] != wanted:
            raise TokenTakenError(
                "starting a reconciliation: its token was used for another; make a fresh one"
            )
        return _shown(held), False
    if open_ := tx.rows(_OPEN_ONE, (scope.series,)):
        raise WrongStateError(f"reconciliation {open_[0][0]} of the same scope is under way; cancel it first")
    (number,) = tx.ids("reconciliations", 1)
    before = tx.rows(_BEFORE, (scope.series,))
    row = {
        "id": number, "token": order.token, "series": scope.series, "wanted": wanted, "source": scope.source,
        "system": scope.system, "who": order.who, "reason": order.reason, "state": RUNNING,
        "phase": order.phase, "cursor": "", "counts": "{}", "said": "", "whole": 0, "listed_at": None,
        "previous": before[0][0] if before else None, "as_of": tx.now, "asked_at": tx.now,
        "changed_at": tx.now, "ended_at": None,
    }  # fmt: skip
    tx.run(_INSERT, [[row[name] for name in _COLUMNS]])
    note(tx, "reconciliation asked", number, scope.system, order.who, order.reason)
    return _shown(row), True


def note(  # noqa: PLR0913, PLR0917 - what an entry tells
    tx: Transaction, what: str, number: int, system: str, who: str, reason: str = ""
) -> None:
    """Write into the journal what somebody did of a run."""
    told = orjson.dumps({"reconciliation": number}).decode()
    write_entries(
        tx, [{"what": what, "system": system, "who": who, "cause": reason or None, "details": told}]
    )


def move(tx: Transaction, number: int, act: str, who: str, reason: str = "") -> dict[str, Any] | None:
    """Pause a run, let it go on, or cancel it; return it, or None when there is none.

    Raises:
        WrongStateError: it is over, or stands so already.
    """
    _lock(tx, number)
    held = _find(tx, number)
    if held is None:
        return None
    what, state, from_ = _MOVES[act]
    if held["state"] not in from_:
        raise WrongStateError(f"reconciliation {number}: it is {held['state']}")
    tx.run(_MOVE, [(state, "", tx.now, tx.now if state == CANCELLED else None, number)])
    note(tx, what, number, held["system"], who, reason)
    return find(tx, number)


def _lock(tx: Transaction, number: int) -> None:
    tx.lock([line_digest("reconciliation", str(number))])


def running(tx: Transaction) -> list[Run]:
    """Return the runs that can be taken forward, oldest first: those that wait for no upload."""
    rows = tx.rows(f"{_SELECT} WHERE state = '{RUNNING}' ORDER BY id")
    return [run for run in map(_run, rows) if run.phase != UPLOADING]


def current(tx: Transaction, number: int) -> Run | None:
    """Return a run as it stands, or None."""
    found = tx.rows(f"{_SELECT} WHERE id = ?", (number,))
    return _run(found[0]) if found else None


def still(tx: Transaction, run: Run) -> Run | None:
    """Return a run, locked, if it runs and stands where it was read; else None: another process went on."""
    _lock(tx, run.id)
    now = current(tx, run.id)
    same = now is not None and (now.state, now.phase, now.cursor) == (RUNNING, run.phase, run.cursor)
    return now if same else None


def step(tx: Transaction, run: Run, phase: str, cursor: str, more: Mapping[str, int] | None = None) -> None:
    """Move a run on, and add to what it counted."""
    counts = run.counts + Counter(more or {})
    tx.run(_STEP, [(phase, cursor, orjson.dumps(counts).decode(), tx.now, run.id)])


def listed(tx: Transaction, run: Run, at_: int, *, whole: bool) -> None:
    """Note when the taking of the source's list began, and whether it names all."""
    tx.run(_LISTED, [(min(at_, tx.now), int(whole), run.id)])


def end(tx: Transaction, run: Run, state: str, said: str = "") -> None:
    """End a run; `said` is why it failed, for people."""
    tx.run(_MOVE, [(state, said[:500], tx.now, tx.now, run.id)])
    note(tx, f"reconciliation {state}", run.id, run.scope.system, "gateway", said[:500])


def last_asked(tx: Transaction, source: str, system: str) -> int | None:
    """Return when the schedule last asked for a run of these, or None."""
    found = tx.rows(_LATEST, (source, system, SCHEDULE))[0][0]
    return None if found is None else int(found)


def failing(tx: Transaction) -> list[tuple[str, str, int, str, int]]:
    """Return the newest runs by schedule that failed: source, system, number, why, and when they ended."""
    return [(*row,) for row in tx.rows(_FAILING, (SCHEDULE,))]


def find(tx: Transaction, number: int) -> dict[str, Any] | None:
    """Return a run as people see it."""
    held = _find(tx, number)
    return None if held is None else _shown(held)


def listing(tx: Transaction, *, series_of: int = 0, after: int = 0, limit: int = PAGE) -> dict[str, Any]:
    """Return a page of runs, newest first; `series_of` leaves those that can be compared with a run."""
    rules, values = ["1 = 1"], list[Any]()
    if series_of:
        rules.append("series = (SELECT series FROM reconciliations WHERE id = ?)")
        values.append(series_of)
    if after:
        rules.append("id < ?")
        values.append(after)
    found = tx.rows(f"{_SELECT} WHERE {' AND '.join(rules)} ORDER BY id DESC LIMIT ?", [*values, limit])
    rows = [_shown(_held(row)) for row in found]
    return {"reconciliations": rows, "next": rows[-1]["id"] if len(rows) == limit else None}


def forgettable(tx: Transaction, before: int) -> list[int]:
    """Return runs that ended before a time, and of which differences may be kept still."""
    sql = "SELECT id FROM reconciliations WHERE ended_at < ? AND phase <> 'forgotten' ORDER BY id LIMIT 10"
    return [row[0] for row in tx.rows(sql, (before,))]


def forget(tx: Transaction, number: int, most: int) -> bool:
    """Let go of some differences of an old run; return True when none is left. What it counted stays."""
    rows: Sequence[Any] = tx.rows(
        "SELECT key FROM differences WHERE run = ? ORDER BY key LIMIT ?", (number, most)
    )
    if rows:
        sql = "DELETE FROM differences WHERE run = ? AND key <= ?"
        tx.rows(f"{sql} RETURNING run", (number, rows[-1][0]))
    if len(rows) == most:
        return False
    tx.run("UPDATE reconciliations SET phase = ? WHERE id = ?", [("forgotten", number)])
    return True


def _find(tx: Transaction, number: int) -> dict[str, Any] | None:
    found = tx.rows(f"{_SELECT} WHERE id = ?", (number,))
    return _held(found[0]) if found else None


def _held(row: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(_COLUMNS, row, strict=True))


def _run(row: Sequence[Any]) -> Run:
    held = _held(row)
    counts = Counter[str](orjson.loads(held["counts"]))
    scope = Scope(**orjson.loads(held["wanted"]))
    return Run(
        held["id"], scope, held["phase"], held["cursor"], counts, held["previous"], bool(held["whole"]),
        held["listed_at"] or 0, held["asked_at"], held["state"],
    )  # fmt: skip


def _shown(held: dict[str, Any]) -> dict[str, Any]:
    wanted = orjson.loads(held["wanted"])
    for name in ("since", "until"):
        wanted[name] = at(wanted[name])
    wanted["late"] = wanted["late"] // 1_000_000
    names = ("id", "who", "reason", "state", "phase", "said", "previous")
    times = {name: at(held[name]) for name in ("listed_at", "asked_at", "changed_at", "ended_at")}
    return (
        {name: held[name] for name in names}
        | {"scope": wanted, "counts": orjson.loads(held["counts"])}
        | times
    )
