"""Jobs and their runs as people see them, and what people order of them."""

from __future__ import annotations

from typing import Any

import orjson

from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.journal.job_runs import RUNNING, Held, held, seen
from lgsp.journal.reading import PAGE, at
from lgsp.journal.rows import write_entries
from lgsp.schedules import Job

WAITING, ASKED_FOR, PAUSED = "waiting", "asked for", "paused"
"""How a job stands that is not running."""

_RUN = (
    "id", "system", "job", "who", "state", "started_at", "changed_at", "ended_at", "whole", "pages", "new",
    "known", "rejected", "facts_new", "facts_changed", "facts_gone", "unconfirmed", "cause", "said",
    "next_at",
)  # fmt: skip
_MOMENTS = ("started_at", "changed_at", "ended_at", "next_at")
_FACTS = ("new", "changed", "gone")
_RUNS = f"SELECT {', '.join(_RUN)} FROM job_runs"
_OF = f"{_RUNS} WHERE system = ? AND job = ? AND id < ? ORDER BY id DESC LIMIT ?"
_CURSORS = "SELECT system, job, at FROM cursors"
_CURSOR = "SELECT cursor FROM cursors WHERE system = ? AND job = ?"
_PAUSE = "UPDATE jobs SET paused_at = ?, paused_by = ? WHERE system = ? AND job = ?"
_WANT = "UPDATE jobs SET wanted_at = ?, wanted_by = ? WHERE system = ? AND job = ?"


def listed(tx: Transaction, planned: dict[tuple[str, str], Job]) -> list[dict[str, Any]]:
    """Return the jobs of a home with how each stands, and its last run."""
    cursors = {(system, job): moment for system, job, moment in tx.rows(_CURSORS)}
    return [
        _shown(tx, system, name, job, cursors.get((system, name)))
        for (system, name), job in sorted(planned.items())
    ]


def shown(tx: Transaction, system: str, name: str, job: Job) -> dict[str, Any]:
    """Return one job with how it stands, and its last run."""
    (one,) = listed(tx, {(system, name): job})
    return one


def history(tx: Transaction, system: str, job: str, *, after: int = 0, limit: int = PAGE) -> dict[str, Any]:
    """Return a page of a job's runs, newest first."""
    rows = [_run(row) for row in tx.rows(_OF, (system, job, after or 2**62, limit))]
    return {"runs": rows, "next": rows[-1]["id"] if len(rows) == limit else None}


def cursor(tx: Transaction, system: str, job: str) -> Any:
    """Return where a job stands, in the words of its adapter; None at its beginning."""
    found = tx.rows(_CURSOR, (system, job))
    return orjson.loads(found[0][0]) if found else None


def pause(tx: Transaction, system: str, name: str, who: str, reason: str = "") -> None:
    """Let a job's schedule rest; a run under way ends behind its page.

    Raises:
        WrongStateError: it rests already.
    """
    found = seen(tx, system, name)
    if found.paused_at is not None:
        raise WrongStateError(f"job {name} of {system}: it is paused")
    tx.run(_PAUSE, [(tx.now, who, system, name)])
    _note(tx, found, "job paused", who, reason)


def resume(  # noqa: PLR0913, PLR0917 - which job, who orders it, and why
    tx: Transaction, system: str, name: str, who: str, job: Job, reason: str = ""
) -> None:
    """Let a job's schedule go on.

    Raises:
        WrongStateError: it does not rest, or the home has it rest.
    """
    found = seen(tx, system, name)
    if found.paused_at is None:
        why = "routes.yaml has it paused; mend it there" if job.paused else "it is not paused"
        raise WrongStateError(f"job {name} of {system}: {why}")
    tx.run(_PAUSE, [(None, "", system, name)])
    _note(tx, found, "job resumed", who, reason)


def ask(tx: Transaction, system: str, name: str, who: str, reason: str = "") -> None:
    """Have a job run now, whatever its schedule says; asked for twice it runs once.

    Raises:
        WrongStateError: it is running.
    """
    found = seen(tx, system, name)
    if found.state == RUNNING:
        raise WrongStateError(f"job {name} of {system}: it is running (run {found.run})")
    if found.wanted_at is None:
        tx.run(_WANT, [(tx.now, who, system, name)])
        _note(tx, found, "job asked for", who, reason)


def _note(tx: Transaction, found: Held, what: str, who: str, reason: str) -> None:
    details = orjson.dumps({"job": found.job}).decode()
    told = {"what": what, "system": found.system, "who": who, "cause": reason or None, "details": details}
    write_entries(tx, [told])


def _shown(tx: Transaction, system: str, name: str, job: Job, moved: int | None) -> dict[str, Any]:
    found = held(tx, system, name) or _unseen(tx, system, name)
    newest = tx.rows(_OF, (system, name, 2**62, 1))
    return {
        "system": system,
        "job": name,
        "every": job.every,
        "at": None if job.at is None else f"{job.at:%H:%M}",
        "rate": job.rate,
        "state": _state(found, job),
        "paused_at": at(found.paused_at),
        "paused_by": found.paused_by or ("routes.yaml" if job.paused else ""),
        "next_at": at(found.next_at(job)),
        "failures": found.failures,
        "succeeded_at": at(found.succeeded_at),
        "cursor_at": at(moved),
        "run": _run(newest[0]) if newest else None,
    }


def _unseen(tx: Transaction, system: str, name: str) -> Held:
    never = (None, None, None, None, None, None, None)
    return Held(system, name, tx.now, None, "", None, "", 0, None, 0, *never)


def _state(found: Held, job: Job) -> str:
    if found.state == RUNNING:
        return RUNNING
    if found.wanted_at is not None:
        return ASKED_FOR
    return PAUSED if found.paused(job) else WAITING


def _run(row: Any) -> dict[str, Any]:
    """Return a run as it is shown: times as ISO 8601, and what it brought of agencies by itself."""
    told = dict(zip(_RUN, row, strict=True))
    told |= {name: at(told[name]) for name in _MOMENTS} | {"whole": bool(told["whole"])}
    return told | {"facts": {name: told.pop(f"facts_{name}") for name in _FACTS}}
