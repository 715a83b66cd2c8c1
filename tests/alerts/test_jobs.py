"""A job that fails, or that nobody hears of any more, is told."""

from __future__ import annotations

from typing import Any

from lgsp.alerts.facts import Eye
from lgsp.alerts.rules import Condition, shared
from lgsp.alerts.wording import say
from lgsp.journal import job_orders, job_runs
from lgsp.journal.job_runs import DONE, FAILED, End, Process
from lgsp.limits import Alerts
from lgsp.schedules import Job
from lgsp.testing.making import SOURCE
from tests.alerts.world import HOUR, MINUTE, World

NAME = "papers"
OFTEN = Job.model_validate({"every": "30s"})
DAILY = Job.model_validate({"every": "1d"})


async def told(here: World, job: Job | None = OFTEN, **rule: Any) -> list[Condition]:
    """Return what the rule says of a home with this job."""
    alerts = Alerts.model_validate({"rules": {"job": rule}} if rule else {})
    facts = await here.scene.journal.read(Eye(alerts.rules).look)
    planned = {(SOURCE, NAME): job} if job else {}
    return [one for one in shared(facts, alerts, (), planned) if one.rule == "job"]


async def ran(here: World, state: str = DONE, cause: str = "", job: Job = OFTEN) -> None:
    """Let the job run now, as if a person had asked, and end so."""
    process, scene = Process(here.scene.worker), here.scene
    await scene.act(lambda tx: job_orders.ask(tx, SOURCE, NAME, "operator"))
    run = await scene.act(lambda tx: job_runs.begin(tx, SOURCE, NAME, job, process))
    assert run is not None
    await scene.act(lambda tx: job_runs.finish(tx, run, End(state, cause), job))


async def test_failures_in_a_row_are_told_with_their_cause(here: World) -> None:
    """Two are chance; the third is told; a success ends it."""
    await ran(here)
    await ran(here, FAILED, "http-503")
    await ran(here, FAILED, "http-503")
    assert await told(here) == []
    await ran(here, FAILED, "http-503")
    (one,) = await told(here)
    assert (one.subject, one.facts["count"], one.facts["cause"]) == (f"{SOURCE} {NAME}", 3, "http-503")
    text = say(one.rule, one.subject, one.facts, "en").text
    assert "3 failures in a row (" in text
    assert await told(here, failures=4) == []
    await ran(here)
    assert await told(here) == []


async def test_silence_is_told_though_nothing_failed(here: World) -> None:
    """No success for three of its turns: no process begins it, or a run never ends."""
    await ran(here, job=DAILY)
    here.scene.clock.move(71 * HOUR)
    assert await told(here, DAILY) == []
    here.scene.clock.move(HOUR + 1)
    (one,) = await told(here, DAILY)
    assert (one.facts["count"], one.facts["last"][:10]) == (0, "2026-01-05")
    assert "cause" not in one.facts


async def test_a_job_of_every_moment_is_given_ten_minutes(here: World) -> None:
    """Three turns of half a minute are no silence."""
    await ran(here)
    here.scene.clock.move(9 * MINUTE)
    assert await told(here) == []
    here.scene.clock.move(MINUTE + 1)
    assert len(await told(here)) == 1
    assert await told(here, after="1h") == []


async def test_one_that_never_succeeded_counts_from_when_it_was_first_seen(here: World) -> None:
    """A job that was added today has not been silent for years."""
    await ran(here, FAILED, "http-503")
    assert await told(here) == []
    here.scene.clock.move(10 * MINUTE + 1)
    (one,) = await told(here)
    assert "chưa có" in say(one.rule, one.subject, one.facts, "vi").text


async def test_what_rests_or_is_gone_needs_nobody(here: World) -> None:
    """Paused by a person or by the home, taken out of the home, or never seen: nothing is told."""
    assert await told(here) == []
    await ran(here, FAILED, "http-503")
    here.scene.clock.move(HOUR)
    assert len(await told(here)) == 1
    assert await told(here, None) == []
    assert await told(here, OFTEN.model_copy(update={"paused": True})) == []
    await here.scene.act(lambda tx: job_orders.pause(tx, SOURCE, NAME, "operator"))
    assert await told(here) == []


async def test_the_watch_looks_at_the_jobs_of_the_home(here: World) -> None:
    """The rule is not only there: it is asked, and what it says is told to people."""
    from dataclasses import replace

    from lgsp.routes import parse_routes

    systems = parse_routes(
        f"systems: {{{SOURCE}: {{adapter: desk, jobs: {{{NAME}: {{every: 30s}}}}}}}}"
    ).systems
    here.home = replace(here.home, systems=systems)
    for _ in range(3):
        await ran(here, FAILED, "http-503")
    await here.round()
    assert here.told() == [("new", "job")]
