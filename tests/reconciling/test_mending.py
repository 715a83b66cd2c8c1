"""Repairs at work, and nights: what is sent at which rate, looked at again, and begun by itself."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from typing import Any

import pytest

from lgsp.errors import Refused
from lgsp.journal import reconciliations as journalled
from lgsp.journal import reconciliations_holdings as holdings
from lgsp.journal import reconciliations_repairs as repairs
from lgsp.journal.clocks import micros
from lgsp.journal.reconciliations import SCHEDULE, UPLOADING
from lgsp.journal.reconciliations_differences import Filter
from lgsp.journal.reconciliations_holdings import Named
from lgsp.message import VIETNAM
from lgsp.nightly import Reconcile
from lgsp.reconciling.mending import Mending
from lgsp.reconciling.reconciler import Reconciler, nightly
from lgsp.routes import parse_routes
from lgsp.testing.making import SYSTEM
from tests.core.beside import SHADOW
from tests.core.rig import ROUTES, TAKEN, Rig, odd, progress, rig
from tests.reconciling.far import TYPE, Far, runs, start, through, told


class Seconds:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


async def repairing(one: Rig, run: int, rate: int = 1000) -> int:
    """Start a repair of all that a run found."""
    order = repairs.Order("mend", "operator", "lost", rate)
    started, _ = await one.journal.write(lambda tx: repairs.ask(tx, run, Filter(), order))
    return int(started["id"])


async def of(one: Rig, number: int) -> dict[str, Any]:
    """Return a repair as people see it."""
    return dict(await one.journal.read(lambda tx: repairs.find(tx, number)))


async def test_a_repair_sends_at_its_rate_and_looks_again(one: Rig) -> None:
    """Two a second: after two seconds four; then all of them are looked at, and solved."""
    keys = await told(one, 8)
    one.portal.lose(*keys[:6])
    run = await start(one)
    at_work = runs(one)
    await through(at_work)
    number, clock = await repairing(one, run, rate=2), Seconds()
    mending = Mending(one.gateway, at_work.asking, at_work.known, clock=clock)
    sent = []
    for _ in range(3):
        await mending.step()
        sent.append((await of(one, number))["sent"])
        clock.now += 1.0
    assert sent == [0, 2, 4]
    clock.now += 5.0
    await through(mending)
    await one.refill()
    while await one.go():
        pass
    for _ in range(5):
        clock.now += 1.0
        await mending.step()
    told_ = await of(one, number)
    assert (told_["state"], told_["sent"], told_["solved"], told_["unsolved"]) == ("done", 6, 6, 0)
    assert len(one.portal.log) == 14


async def test_what_came_back_by_itself_is_not_sent(one: Rig) -> None:
    """The far side is asked again before anything is sent."""
    keys = await told(one, 2)
    held = dict(one.portal.held)
    one.portal.lose(*keys)
    run = await start(one)
    at_work = runs(one)
    await through(at_work)
    one.portal.held.update(held)
    number, clock = await repairing(one, run), Seconds()
    mending = Mending(one.gateway, at_work.asking, at_work.known, clock=clock)
    clock.now = 1.0
    await through(mending)
    told_ = await of(one, number)
    assert (told_["state"], told_["sent"], told_["solved"]) == ("done", 0, 2)
    assert len(one.portal.log) == 2


async def test_what_still_differs_after_it_was_sent_is_left(one: Rig) -> None:
    """It was taken once more, and is gone again: people are told, and nothing is sent a third time."""
    (key,) = await told(one, 1)
    one.portal.lose(key)
    run = await start(one)
    at_work = runs(one)
    await through(at_work)
    number, clock = await repairing(one, run), Seconds()
    mending = Mending(one.gateway, at_work.asking, at_work.known, clock=clock)
    clock.now = 1.0
    await mending.step()
    await one.refill()
    await one.go()
    one.portal.lose(key)
    for _ in range(5):
        await mending.step()
    told_ = await of(one, number)
    assert (told_["state"], told_["sent"], told_["unsolved"], len(one.portal.log)) == ("done", 1, 1, 2)


async def lost_with_progress(one: Rig, steps: int = 2) -> tuple[Mending, int, Seconds]:
    """Tell a dossier with progress, lose it, and start its repair."""
    (key,) = await told(one, 1)
    for step in range(steps):
        await one.told(progress(key, step))
        await one.go()
    one.portal.lose(key)
    run = await start(one)
    at_work = runs(one)
    await through(at_work)
    number, clock = await repairing(one, run), Seconds()
    mending = Mending(one.gateway, at_work.asking, at_work.known, clock=clock)
    clock.now = 1.0
    return mending, number, clock


async def test_a_repair_is_over_when_what_was_lost_with_the_dossier_is_there(one: Rig) -> None:
    """Row 231: the dossier is there at once; its progress follows, and then it is solved."""
    mending, number, _ = await lost_with_progress(one)
    await mending.step()
    await one.refill()
    one.portal.script.extend([TAKEN, odd()])
    await one.go()
    for _ in range(4):
        await mending.step()
    assert ((await of(one, number))["state"], one.portal.log[-1].get("step")) == ("running", 0)
    async with one.working():
        await one.rest("delivered")
    for _ in range(4):
        await mending.step()
    told_ = await of(one, number)
    assert (told_["state"], told_["solved"], told_["unsolved"]) == ("done", 1, 0)
    assert [body.get("step") for body in one.portal.log][-2:] == [0, 1]


@pytest.mark.parametrize("live", [True, False])
async def test_what_an_older_connection_did_not_tell_is_sent_once_the_routes_do(one: Rig, live: bool) -> None:
    """Row 232: with its progress, in order; while the routes are in the shadow nothing is."""
    one.gateway.routes = parse_routes(SHADOW)
    there, missing = await told(one, 2)
    await one.told(progress(missing, 1))
    await one.go()
    one.portal.held[TYPE, there] = "as the older connection told it"
    one.gateway.routes = parse_routes(ROUTES if live else SHADOW)
    run, at_work = await start(one), runs(one)
    await through(at_work)
    number, clock = await repairing(one, run), Seconds()
    mending = Mending(one.gateway, at_work.asking, at_work.known, clock=clock)
    clock.now = 1.0
    await mending.step()
    async with one.working():
        await one.rest("delivered", "shadowed")
    for _ in range(4):
        await mending.step()
    told_ = await of(one, number)
    assert (told_["state"], told_["sent"], told_["solved"]) == ("done", int(live), int(live))
    sent = [(body.get("key") or body.get("of"), body.get("step")) for body in one.portal.log]
    assert sent == ([(missing, None), (missing, 1)] if live else [])


async def test_a_dossier_of_which_an_entry_was_refused_is_left(one: Rig) -> None:
    """Row 231: it is there, and not all of it is."""
    mending, number, _ = await lost_with_progress(one)
    await mending.step()
    await one.refill()
    one.portal.script.extend([TAKEN, Refused("field-rejected", "no", ())])
    await one.go()
    for _ in range(4):
        await mending.step()
    told_ = await of(one, number)
    assert (told_["state"], told_["solved"], told_["unsolved"]) == ("done", 0, 1)


async def test_a_repair_stops_before_a_dossier_of_which_something_is_on_the_wire(one: Rig) -> None:
    """Row 223: it passes nobody over, and goes on once the outcome is known."""
    keys = await told(one, 4)
    held = dict(one.portal.held)
    one.portal.lose(*keys)
    run = await start(one)
    at_work = runs(one)
    await through(at_work)
    one.portal.held[TYPE, keys[3]] = held[TYPE, keys[3]]
    number, clock = await repairing(one, run), Seconds()
    mending = Mending(one.gateway, at_work.asking, at_work.known, clock=clock)
    await one.told(progress(keys[1], 9))
    (claim,) = await one.journal.claim(await one.broker.take(SYSTEM, 1), one.gateway.worker)
    clock.now = 1.0
    assert (await mending.step(), await mending.step()) == (True, False)
    assert (await of(one, number))["sent"] == 1
    await one.send(claim)
    clock.now = 2.0
    await through(mending)
    assert (await of(one, number))["sent"] == 3


# --- nights ---------------------------------------------------------------------------------------------

NIGHT = datetime(2026, 1, 31, 1, 0, tzinfo=VIETNAM)


class Wall:
    """A journal's clock that a test moves, in microseconds."""

    def __init__(self, moment: datetime) -> None:
        self.now = int(moment.timestamp() * 1_000_000)

    def __call__(self) -> int:
        """Return the time."""
        return self.now


async def test_a_night_starts_one_run_at_its_hour(tmp_path: Path) -> None:
    """Not before, once, and again the night after; its period ends with the day before."""
    clock = Wall(NIGHT.replace(hour=0))
    change = [("    adapter: portal\n", "    adapter: portal\n    reconcile: {at: '01:00', days: 30}\n")]
    async with rig(tmp_path, portal=Far(), clock=clock, changes=change) as one:
        reconciler = Reconciler(one.gateway)
        await told(one, 0)
        counts = []
        for minutes in (0, 61, 5, 24 * 60):
            clock.now += minutes * 60_000_000
            await reconciler.tend()
            await through(reconciler.runs)
            listed = await one.journal.read(journalled.listing)
            counts.append(len(listed["reconciliations"]))
        assert counts == [0, 1, 1, 2]
        newest, oldest = listed["reconciliations"]
        assert (oldest["who"], newest["previous"]) == (SCHEDULE, oldest["id"])
        assert oldest["scope"]["since"] == "2026-01-01T00:00:00.000+07:00"
        assert oldest["scope"]["until"] == "2026-01-31T00:00:00.000+07:00"


async def test_what_was_laid_for_a_run_that_is_over_is_taken_away(one: Rig) -> None:
    """Called off with half a list: its rows do not stay for ever; those of one that goes on do."""
    number = await start(one, UPLOADING)
    rows = [Named(f"K{n:04d}", f"K{n:04d}") for n in range(1200)]
    await one.journal.write(lambda tx: holdings.stage(tx, number, rows))
    reconciler = Reconciler(one.gateway, tick=0.001)
    await reconciler.tend()
    assert len(await one.journal.read(lambda tx: holdings.page(tx, number, "", 2000))) == 1200
    await one.journal.write(lambda tx: journalled.move(tx, number, "cancel", "operator"))
    await reconciler.tend()
    assert await one.journal.read(lambda tx: holdings.page(tx, number, "", 2000)) == []


async def test_no_hour_no_night(one: Rig) -> None:
    """A home that says nothing reconciles on demand alone."""
    await Reconciler(one.gateway).tend()
    assert (await one.journal.read(journalled.listing))["reconciliations"] == []


def test_a_night_looks_so_many_days_back() -> None:
    """To the midnight before it, in Viet Nam time."""
    spec = Reconcile(at="01:00", days=2, late="30m")  # type: ignore[arg-type]
    assert spec.at == time(1, 0)
    scope = nightly("desk", "portal", spec, int(NIGHT.timestamp() * 1_000_000))
    assert scope.until is not None
    assert scope.since is not None
    assert (scope.until - scope.since) / 86_400_000_000 == 2
    assert (scope.days, scope.late, scope.series) == (2, 1_800_000_000, "portal|desk|||2d")
    assert scope.until < micros()
