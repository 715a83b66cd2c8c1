"""Running the jobs that fetch: each by one process at a time, page by page, each page with its cursor."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import orjson
import structlog

from lgsp.adapter import Page
from lgsp.catalogue_closing import settle_lists
from lgsp.enduring import steadily
from lgsp.errors import GatewayError, Refused, Unavailable
from lgsp.gateway import Gateway
from lgsp.journal import job_runs
from lgsp.journal.contract import CursorAt, JournalError
from lgsp.journal.job_runs import CUT_SHORT, DONE, FAILED, Begun, End, Held, Process, StaleRunError, Tally
from lgsp.schedules import Job
from lgsp.wire.fence import Fenced, fenced

log = structlog.get_logger(__name__)
_TICK = 0.5
"""Seconds between two looks at whose turn it is."""
STOPPED, PAUSED, CHANGED, FENCED = "stopped", "paused", "changed", "fenced"
"""Why a run is cut short: this process ends, a person paused the job, newer routes are in force, or this
process lost the right to ask."""


class Fetcher:
    """Runs each job when its turn comes. Any number of processes may: the journal lets one of them begin.

    A run belongs to its process as long as that lives, like a claim. Whoever finds it lost cuts it short and
    goes on from the cursor; a page of a run that was cut short is not taken on.

    Args:
        gateway: whose systems are asked, and which takes on what they bring.
        alone: no other process uses this journal: what an earlier one ran is lost.
        clock: seconds that never run back.
    """

    def __init__(
        self, gateway: Gateway, *, alone: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._gateway = gateway
        self._alone = alone
        self._clock = clock
        self._runs: dict[int, Run] = {}
        self._tasks: dict[asyncio.Task[None], Run] = {}
        self._ends = False

    async def run(self) -> None:
        """Run jobs until cancelled."""
        await steadily(self.step, "looking for jobs", log, _TICK)

    async def step(self) -> None:
        """Begin what is due, and stop what was paused."""
        jobs = self._gateway.routes.jobs()
        if not jobs or self._ends or not self._gateway.may_send(self._gateway.worker):
            return
        now, held = await self._gateway.journal.read(job_runs.all_held)
        self._stop_paused(held)
        for (system, name), job in jobs.items():
            if self._may_begin(held.get((system, name)), job, now):
                await self._begin(system, name, job)

    async def stop(self, grace: float) -> None:
        """Begin nothing more. A page that is here is finished within so many seconds, or dropped whole.

        One that has yet to come is dropped at once.
        """
        self._ends = True
        tasks = dict(self._tasks)
        for task, run in tasks.items():
            run.stop(STOPPED)
            if run.waits:
                task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=grace)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _process(self) -> Process:
        return Process(self._gateway.worker, tuple(self._runs), self._alone)

    def _may_begin(self, held: Held | None, job: Job, now: int) -> bool:
        """Tell whether it is worth asking for a run; the journal decides."""
        if held is None or held.lost(self._process()):
            return True
        return held.state != job_runs.RUNNING and bool(held.turn(job, now))

    def _stop_paused(self, held: Mapping[tuple[str, str], Held]) -> None:
        for one in held.values():
            run = self._runs.get(one.run or 0)
            if run is not None and one.paused_at is not None and one.paused_at > (one.started_at or 0):
                run.stop(PAUSED)

    async def _begin(self, system: str, name: str, job: Job) -> None:
        process = self._process()
        begun = await self._gateway.journal.write(lambda tx: job_runs.begin(tx, system, name, job, process))
        if begun is None:
            return
        run = self._runs[begun.run] = Run(self._gateway, begun, job, self._clock)
        if self._ends:
            run.stop(STOPPED)
        task = asyncio.create_task(self._drive(run, begun))
        self._tasks[task] = run
        task.add_done_callback(lambda _: self._tasks.pop(task))

    async def _drive(self, run: Run, begun: Begun) -> None:
        try:
            await run.drive()
        except GatewayError as fault:
            log.warning("a run's end could not be noted", run=begun.run, fault=str(fault))
        except Exception:
            log.exception("a run's end could not be noted", run=begun.run)
        finally:
            del self._runs[begun.run]


class Run:
    """One run of a job, from its cursor until there is nothing more, it fails, or it is stopped.

    Args:
        gateway: takes on what comes.
        begun: the right to it.
        job: its schedule.
        clock: seconds that never run back.

    Attributes:
        waits: the next page was asked for and is not here yet.
    """

    def __init__(self, gateway: Gateway, begun: Begun, job: Job, clock: Callable[[], float]) -> None:
        self._gateway = gateway
        self._begun = begun
        self._job = job
        self._clock = clock
        self._adapter = gateway.counterparts[begun.system].adapter
        self._stop = asyncio.Event()
        self._why = ""
        self._asked = float("-inf")
        self._unconfirmed = 0
        self._listed = False
        brings = self._adapter.brings
        self._catalogued = not brings.isdisjoint(gateway.catalogues.marks)
        self.waits = False
        self._log = log.bind(system=begun.system, job=begun.job, run=begun.run)

    def stop(self, why: str) -> None:
        """Let it end behind the page under way."""
        self._why = self._why or why
        self._stop.set()

    async def drive(self) -> None:
        """Fetch until the end, and note how it ended.

        Raises:
            JournalError: its end cannot be noted; it is found to be lost later, and begun anew.
        """
        self._log.info("run began", who=self._begun.who)
        try:
            with fenced(lambda: self._gateway.may_send(self._begun.worker)):
                end = await self._fetched()
        except asyncio.CancelledError:
            await asyncio.shield(self._note(End(CUT_SHORT, self._why or STOPPED)))
            raise
        await self._note(end)

    async def _note(self, end: End) -> None:
        begun, job = self._begun, self._job
        end = replace(end, unconfirmed=self._unconfirmed, listed=self._listed, catalogued=self._catalogued)
        noted = await self._gateway.journal.write(lambda tx: job_runs.finish(tx, begun, end, job))
        tell = self._log.warning if end.state == FAILED else self._log.info
        tell("run ended" if noted else "run was cut short by another process", state=end.state, why=end.cause)

    async def _fetched(self) -> End:
        """Take page after page; return how it ended, whatever happens."""
        try:
            stopped = await self._pages()
            if not stopped and self._catalogued:
                await settle_lists(self._gateway, self._begun.system, self._begun.run)
        except (StaleRunError, Fenced):
            return End(CUT_SHORT, FENCED)
        except Exception as fault:  # noqa: BLE001 - whatever an adapter does, its run ends and is told
            return self._failed(fault)
        return End(CUT_SHORT, self._why) if stopped else End(DONE)

    def _failed(self, fault: Exception) -> End:
        """Return the end by a fault; where the adapter was closed under it, newer routes go on."""
        if self._changed():
            return End(CUT_SHORT, CHANGED)
        if isinstance(fault, Unavailable):
            meant = self._gateway.names.meant(self._begun.system, fault)
            return End(FAILED, meant.cause, meant.said, fault.after or 0.0)
        if isinstance(fault, Refused):
            return End(FAILED, fault.cause, fault.said)
        if isinstance(fault, JournalError):
            return End(FAILED, "journal-unavailable")
        if isinstance(fault, TimeoutError):
            return End(FAILED, "timed-out")
        self._log.error("adapter bug", exc_info=fault)
        return End(
            FAILED, "adapter-bug", str(fault) if isinstance(fault, GatewayError) else type(fault).__name__
        )

    async def _pages(self) -> bool:
        """Take what there is, one page after the other; return whether it was stopped before the end."""
        pages = self._adapter.fetch(self._begun.job, self._begun.cursor)
        try:
            while not await self._stopped():
                page = await self._next(pages)
                if page is None:
                    return False
                await self._take(page)
                del page  # the next one may be as large
            return True
        finally:
            await _closed(pages)

    async def _next(self, pages: AsyncIterator[Page]) -> Page | None:
        """Return the next page; None when there is none."""
        self.waits = True
        try:
            async with asyncio.timeout(self._job.timeout):
                return await anext(pages, None)
        finally:
            self.waits = False

    async def _stopped(self) -> bool:
        """Wait until the next page may be asked for; tell whether it may not be any more."""
        if self._job.rate is not None:
            wait = self._asked + 1 / self._job.rate - self._clock()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), max(wait, 0.0))
        self._asked = self._clock()
        if self._changed():
            self.stop(CHANGED)
        return self._stop.is_set()

    def _changed(self) -> bool:
        to = self._gateway.counterparts.get(self._begun.system)
        return to is None or to.adapter is not self._adapter

    async def _take(self, page: Page) -> None:
        """Commit a page and the cursor behind it; only then tell the far side that we have it."""
        begun, cursor = self._begun, orjson.dumps(page.cursor).decode()
        behind = CursorAt(
            begun.system, begun.job, begun.run, cursor, page.facts, self._unconfirmed, page.lists
        )
        self._listed = self._listed or bool(page.facts)
        if page.items or page.lists:
            await self._gateway.accept(begun.system, page.raw, page.items, behind)
        else:
            await self._gateway.journal.write(lambda tx: job_runs.keep(tx, behind, Tally()))
        if page.lists:
            await settle_lists(self._gateway, begun.system, begun.run, reopen=False)
        if page.confirm is not None:
            await self._confirm(page)

    async def _confirm(self, page: Page) -> None:
        """Tell the far side; where that fails it lists the page again, and what is in it is known then."""
        assert page.confirm is not None  # noqa: S101 - asked of pages that have one
        try:
            async with asyncio.timeout(self._job.timeout):
                await page.confirm()
        except Fenced:
            raise
        except Exception as fault:  # noqa: BLE001 - whatever it is, the page is ours
            self._unconfirmed += 1
            told = str(fault) if isinstance(fault, GatewayError) else type(fault).__name__
            self._log.warning("confirming a page failed", fault=told)


async def _closed(pages: AsyncIterator[Any]) -> None:
    """Let an adapter let go of what it holds between two pages."""
    close = getattr(pages, "aclose", None)
    if close is not None:
        with suppress(Exception):
            await close()
