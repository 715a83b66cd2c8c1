"""Verifying the log beside what goes on, when somebody asks for it; how far it is, and what came of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

import orjson
import structlog

from lgsp.domain.merkle.notes import Key, Note
from lgsp.errors import GatewayError
from lgsp.journal.contract import Journal, Transaction
from lgsp.journal.people import note
from lgsp.journal.reading import at
from lgsp.journal.remembered import held, remember, remembered
from lgsp.journal.seal_verifying import verify
from lgsp.journal.seal_walk import Asked

log = structlog.get_logger(__name__)
_NAME = "log verification"
_TILES = 4
_EVERY = 1.0
"""Seconds between two notes of how far it is."""
_SILENT = 60_000_000
"""So long after its last note, in microseconds, one that runs counts as cut short."""
RUNNING, DONE, FAILED, CUT = "running", "done", "failed", "cut short"


class BusyError(GatewayError):
    """The log is being verified already."""


class Verifying:
    """Verifies the log of a journal, one time at a time for the whole installation."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._tasks: set[asyncio.Task[None]] = set()
        self._noted = float("-inf")

    async def begin(self, who: str, against: Sequence[Note] = (), keys: Sequence[Key] = ()) -> dict[str, Any]:
        """Begin to verify, in a person's name; return how it stands.

        Raises:
            BusyError: somebody else's has not come to its end.
        """
        told = await self._journal.write(lambda tx: _begin(tx, who, len(against)))
        task = asyncio.create_task(self._run(who, Asked(against, keys, _TILES)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return told

    async def _run(self, who: str, asked: Asked) -> None:
        try:
            verdict = await verify(self._journal, asked, self._tell, _aside)
            told = verdict.as_dict()
            await self._journal.write(lambda tx: _end(tx, who, told))
        except Exception as fault:
            log.exception("verifying the log failed")
            why = type(fault).__name__
            await self._journal.write(lambda tx: _change(tx, state=FAILED, fault=why))

    async def _tell(self, done: int, all_: int) -> None:
        """Note how far it is, and leave as much time to others as a page took."""
        await asyncio.sleep(0.01)
        if time.monotonic() - self._noted >= _EVERY:
            self._noted = time.monotonic()
            await self._journal.write(lambda tx: _change(tx, done=done, total=all_))


async def _aside(work: Callable[[], Any]) -> Any:
    return await asyncio.to_thread(work)


def standing(tx: Transaction) -> dict[str, Any] | None:
    """Return how the newest verification stands, with what came of it; None where there was none."""
    said = remembered(tx, _NAME)
    return _shown(orjson.loads(said), tx.now) if said else None


def _shown(told: dict[str, Any], now: int) -> dict[str, Any]:
    state = told["state"]
    if state == RUNNING and now - told["noted_at"] > _SILENT:
        state = CUT
    times = {name: at(told[name]) if told.get(name) else None for name in ("began_at", "ended_at")}
    rest = {name: value for name, value in told.items() if name != "noted_at"}
    return rest | times | {"state": state}


def _begin(tx: Transaction, who: str, against: int) -> dict[str, Any]:
    said = held(tx, _NAME)
    if said and _shown(orjson.loads(said), tx.now)["state"] == RUNNING:
        raise BusyError("verifying the log: this is under way already")
    told = {
        "state": RUNNING, "who": who, "against": against, "began_at": tx.now, "noted_at": tx.now,
        "ended_at": None, "done": 0, "total": 0, "verdict": None, "fault": "",
    }  # fmt: skip
    remember(tx, _NAME, orjson.dumps(told).decode())
    note(tx, "log verification begun", who)
    return _shown(told, tx.now)


def _change(tx: Transaction, **changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = orjson.loads(held(tx, _NAME)) | {"noted_at": tx.now} | changes
    remember(tx, _NAME, orjson.dumps(told).decode())
    return told


def _end(tx: Transaction, who: str, verdict: dict[str, Any]) -> None:
    leaves = verdict["leaves"]
    _change(tx, state=DONE, ended_at=tx.now, done=leaves, total=leaves, verdict=verdict)
    what = "log verified" if verdict["sound"] else "log found altered"
    note(tx, what, who, details=f"{leaves} leaves, {verdict['count']} findings")
