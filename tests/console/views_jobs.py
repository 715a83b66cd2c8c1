"""What the pictures of the screen of jobs show: one that works, one that fails, one that rests, one under way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

from lgsp.adapter import Page
from lgsp.adapters import adapter_class
from lgsp.errors import Unavailable
from lgsp.journal import job_orders
from lgsp.message import Message, Raw, native_digest
from lgsp.schedules import Job
from tests.api.province import ONE_STOP, dossier
from tests.console.moments import keep_clear_of
from tests.console.stage import Stage

PLAN = {
    "dossiers": Job.model_validate({"at": "02:30"}),
    "progress": Job.model_validate({"every": "1d"}),
    "procedures": Job.model_validate({"every": "1h", "paused": True}),
    "agencies": Job.model_validate({"every": "2d", "at": "03:00"}),
}


class Source:
    """What the one-stop system lists when it is asked; a test may hold it up or have it fail.

    Attributes:
        open: a page goes on only while it is set.
        fault: what every fetch of `progress` ends with.
    """

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.fault: Exception | None = Unavailable("http-503", "Service Unavailable")

    async def fetch(self, job: str, cursor: Any) -> AsyncIterator[Page]:
        """List each dossier on a page of its own."""
        done = (cursor or {}).get("listed", 0)
        for n in range(done + 1, done + 4):
            code = f"H44.11-260301-{n:04d}"
            data = dossier(code)["data"]
            message = Message("dossier.v1", code, code, data, native=native_digest(data))
            yield Page([message], Raw.of(code.encode()), {"listed": n})
            await self.open.wait()
        if job == "progress" and self.fault is not None:
            raise self.fault


def plan(stage: Stage) -> Source:
    """Give the one-stop system jobs, and an adapter that fetches."""
    keep_clear_of("02:30", "03:00")  # then some of them would run by themselves
    source = Source()
    adapter_class("one_stop").fetch = lambda _, job, cursor: source.fetch(job, cursor)  # type: ignore[method-assign]
    gateway = stage.province.platform.gateway
    spec = gateway.routes.systems[ONE_STOP].model_copy(update={"jobs": PLAN})
    gateway.routes = replace(gateway.routes, systems=dict(gateway.routes.systems) | {ONE_STOP: spec})
    return source


def runs(stage: Stage, job: str) -> list[dict[str, Any]]:
    """Return the runs of a job, newest first."""
    journal = stage.province.platform.gateway.journal

    async def ask() -> list[dict[str, Any]]:
        found = await journal.read(lambda tx: job_orders.history(tx, ONE_STOP, job))
        return list(found["runs"])

    return stage.run(ask())


def order(stage: Stage, job: str, word: str, who: str = "lan.nguyen") -> None:
    """Have somebody run or pause a job."""
    acts = {"run": job_orders.ask, "pause": job_orders.pause}
    journal = stage.province.platform.gateway.journal

    async def act() -> None:
        await journal.write(lambda tx: acts[word](tx, ONE_STOP, job, who, "bảo trì phía nguồn"))

    stage.run(act())


def until(stage: Stage, job: str, states: tuple[str, ...], count: int = 1) -> None:
    """Wait until a job has so many runs, and the newest stands in one of some states."""
    for _ in range(600):
        found = runs(stage, job)
        if len(found) >= count and found[0]["state"] in states:
            return
        stage.run(asyncio.sleep(0.05))
    raise AssertionError(f"{job} did not come to stand {states}: {runs(stage, job)[:1]}")


def prepare(stage: Stage) -> Mapping[str, str]:
    """Run jobs to all sorts of ends, and return their pages."""
    source = plan(stage)
    until(stage, "progress", ("failed",))
    order(stage, "dossiers", "run")
    until(stage, "dossiers", ("done",))
    order(stage, "agencies", "pause")
    source.open.clear()
    order(stage, "dossiers", "run")
    until(stage, "dossiers", ("running",), 2)
    here = f"/console/jobs/{ONE_STOP}"
    return {
        "jobs": "/console/jobs",
        "jobs-running": f"{here}/dossiers",
        "jobs-failed": f"{here}/progress",
        "jobs-paused": f"{here}/agencies",
        "jobs-pause": f"{here}/progress/pause",
    }
