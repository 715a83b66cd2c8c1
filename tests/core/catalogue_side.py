"""A portal with a catalogue of procedures, and what tests of catalogues do with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from lgsp.adapter import Accepted, Page
from lgsp.catalogue_closing import settle_lists
from lgsp.catalogue_learning import Learning
from lgsp.fetching import Fetcher
from lgsp.journal import catalogues_shown, job_orders, job_runs
from lgsp.journal.contract import CursorAt
from lgsp.journal.job_runs import DONE, End, Process
from lgsp.message import Message, Raw, native_digest
from lgsp.schedules import Job
from tests.core.rig import TYPES, Rig, rig
from tests.core.rig import Portal as RigPortal

DOSSIER, PROCEDURE, SERVICE = "dossier.v1", "procedure.v1", "procedures"
PORTAL = "portal"
_JOB = Job.model_validate({"every": "1h"})
MARKS = {
    DOSSIER: {"kind": "snapshot", "subject": "/key", "form": "verbatim", "catalogued": "procedure"},
    PROCEDURE: {
        "kind": "snapshot",
        "subject": "/code",
        "form": "procedure-code",
        "catalogue": {
            "state": "/state", "closed": "closed", "closed_at": "/closed_at", "name": "/name",
            "more": ["/fields/0/code", "/fields/0/name"],
        },
    },
}  # fmt: skip
JOBS = ("    adapter: portal\n", "    adapter: portal\n    jobs: {procedures: {every: 1h}}\n")


class Portal(RigPortal):
    """A far side that wants names filled in, and has a catalogue."""

    brings = frozenset({PROCEDURE})
    completes = MappingProxyType({DOSSIER: SERVICE})
    jobs = frozenset({SERVICE})

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[Page | Exception] = []

    async def fetch(self, job: str, cursor: Any) -> AsyncIterator[Page]:
        """Yield what it was given, or fail where that is a fault."""
        assert (job, cursor) == (SERVICE, None)
        for page in self.pages:
            if isinstance(page, Exception):
                raise page
            yield page


@asynccontextmanager
async def catalogued(
    folder: Path, *, job: bool = True, changes: Sequence[tuple[str, str]] = ()
) -> AsyncIterator[Rig]:
    """Run a process whose portal's catalogue is brought by a job, or by none."""
    with pytest.MonkeyPatch.context() as patch:
        for name, marks in MARKS.items():
            patch.setitem(TYPES, name, marks)
        async with rig(folder, portal=Portal(), changes=[JOBS, *changes] if job else changes) as one:
            one.gateway.filler.learn = Learning(one.gateway).look
            yield one


def procedure(code: str, name: str = "Cấp giấy xác nhận", **more: Any) -> Message:
    """Return a procedure as the job makes it."""
    body = {
        "key": code, "code": code, "name": name, "state": "published",
        "fields": [{"code": "G15-TP110", "name": "Chứng thực"}], **more,
    }  # fmt: skip
    return Message(PROCEDURE, code, code, body, native=native_digest(body))


def dossier(key: str, **named: str) -> Message:
    """Return a dossier that names a procedure."""
    body = {"key": key, "procedure": named}
    return Message(DOSSIER, key, key, body, native=native_digest(body))


def page(numbers: Sequence[str], name: str = "Cấp giấy xác nhận", lists: Sequence[str] = ()) -> Page:
    """Return a page of a job."""
    items = [procedure(code, name) for code in numbers]
    return Page(items, Raw.of(b"[]"), None, lists={PROCEDURE: lists})


async def bring(
    here: Rig, *items: Message, lists: Sequence[str] | None = None, end: bool = True, learn: bool = True
) -> int:
    """Run the job once: one page, which may say all that there is; return the number of the run."""
    await here.journal.write(lambda tx: job_runs.seen(tx, PORTAL, SERVICE))
    await here.journal.write(
        lambda tx: tx.run("UPDATE jobs SET wanted_at = ?, wanted_by = 'operator'", [(tx.now,)])
    )
    process = Process(here.gateway.worker, alone=True)
    run = await here.journal.write(lambda tx: job_runs.begin(tx, PORTAL, SERVICE, _JOB, process))
    said = {} if lists is None else {PROCEDURE: lists}
    page = CursorAt(PORTAL, SERVICE, run.run, "null", lists=said)
    await here.gateway.accept(PORTAL, Raw.of(b"[]"), items, page)
    await settle_lists(here.gateway, PORTAL, run.run)
    if end:
        told = End(DONE, catalogued=True)
        await here.journal.write(lambda tx: job_runs.finish(tx, run, told, _JOB))
    if learn:
        await here.gateway.filler.learn()
    await here.refill()
    return int(run.run)


async def begun(here: Rig) -> int:
    """Begin a run that ends with its process."""
    await here.journal.write(lambda tx: tx.run("UPDATE jobs SET wanted_at = 1, wanted_by = 'operator'", [()]))
    process = Process(here.gateway.worker, alone=True)
    run = await here.journal.write(lambda tx: job_runs.begin(tx, PORTAL, SERVICE, _JOB, process))
    return int(run.run)


async def fetched(here: Rig, *pages: Page | Exception) -> dict[str, Any]:
    """Run the job as its schedule would, and return how it went."""
    here.portal.pages = list(pages)
    await here.journal.write(lambda tx: job_runs.seen(tx, PORTAL, SERVICE))
    await here.journal.write(lambda tx: tx.run("UPDATE jobs SET wanted_at = 1, wanted_by = 'operator'", [()]))
    fetcher = Fetcher(here.gateway, alone=True)
    await fetcher.step()
    await asyncio.gather(*fetcher._tasks)
    told = await here.journal.read(lambda tx: job_orders.history(tx, PORTAL, SERVICE, limit=1))
    return dict(told["runs"][0])


async def shown(here: Rig, code: str, as_of: str = "") -> dict[str, Any]:
    """Return what people see of a procedure."""
    found = await here.journal.read(lambda tx: catalogues_shown.one(tx, PROCEDURE, code, as_of=as_of))
    assert found is not None
    return dict(found)


async def again(here: Rig) -> None:
    """Let what was put off fall due, and send it."""
    await here.journal.write(
        lambda tx: tx.run("UPDATE deliveries SET next_attempt_at = 0 WHERE state = 4", [()])
    )
    await here.sweeper._sweep(0)
    await here.refill()
    await here.go()


def codes(receipt: Accepted) -> list[str]:
    """Return the codes of a receipt's findings."""
    return [one.code for one in receipt.findings]
