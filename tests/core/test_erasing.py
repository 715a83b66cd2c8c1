"""A night of retention, on either journal: when it begins, what goes, and who goes on with it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from lgsp.blobs import INLINE, Blobs
from lgsp.broker.contract import Broker
from lgsp.erasing import Erasing, next_at
from lgsp.errors import Invalid, Problem
from lgsp.gateway import Gateway
from lgsp.journal import erasing, erasures
from lgsp.journal.erasures import DONE, RUNNING, Run
from lgsp.journal.postgres import PostgresJournal
from lgsp.journal.sqlite import SqliteJournal
from lgsp.message import Raw
from lgsp.routes import parse_routes
from lgsp.schemas import Types
from lgsp.testing.making import SOURCE, dossier, progress
from lgsp.testing.scene import Opener, Scene

ROUTES = """
systems: {desk: {adapter: desk}, portal: {adapter: portal}}
routes:
  - {name: dossiers, type: dossier.v1, to: [portal]}
  - {name: progress, type: dossier.progress.v1, to: [portal], keep: 200d}
keep: {at: "01:30", types: {dossier.v1: 100d, dossier.progress.v1: 100d}, rejected: 100d}
"""
HOUR, DAY = 3600.0, 86_400.0
IDLE = 20.0


@pytest.fixture(params=["sqlite", "postgres"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """How a journal of each kind is opened."""
    if request.param == "sqlite":
        return lambda clock: SqliteJournal.open(tmp_path / "journal.db", clock)
    url = request.getfixturevalue("database")
    return lambda clock: PostgresJournal.open(url, clock)


@pytest.fixture
async def scene(opener: Opener) -> AsyncIterator[Scene]:
    """A journal at midnight, whose routes were published in that moment."""
    one = await Scene.begin(opener)
    row = (1, ROUTES, b"digest", one.clock.now, "admin")
    sql = "INSERT INTO published (version, text, digest, at, by) VALUES (?, ?, ?, ?, ?)"
    await one.act(lambda tx: tx.run(sql, [row]))
    yield one
    await one.end()


@pytest.fixture
def gateway(scene: Scene, tmp_path: Path) -> Gateway:
    """A gateway of these routes."""
    routes = parse_routes(ROUTES)
    return Gateway(scene.journal, cast("Broker", None), Types({}), Blobs(tmp_path / "blobs"), routes, {})


async def last(scene: Scene) -> Run | None:
    """Return the latest run."""
    return await scene.journal.read(erasures.latest)


async def through(*several: Erasing) -> None:
    """Let several processes look in turn, until none of them has anything to do."""
    for _ in range(50):
        if {await one.look() for one in several} == {IDLE}:
            return
    raise AssertionError("it does not end")


async def test_it_begins_at_its_hour_once_a_night(scene: Scene, gateway: Gateway) -> None:
    """Not before, and not again before the next one; a night that was missed is made good when somebody is there."""
    job = Erasing(gateway)
    for hours, runs in ((0, 0), (1, 0), (1, 1), (20, 1), (3, 1), (1, 2), (72, 3)):
        scene.clock.move(hours * HOUR)
        await through(job)
        found = await scene.journal.read(erasures.runs)
        assert [run.state for run in found] == [DONE] * runs, (hours, runs)
    assert next_at(gateway.routes).strftime("%H:%M") == "01:30"


async def test_each_goes_by_its_own_age(scene: Scene, gateway: Gateway) -> None:
    """By type, by its route where that says longer, and what was turned away by the age of that."""
    job = Erasing(gateway)
    await scene.deliver(dossier("K1"))
    await scene.deliver(dossier("K2"))
    await scene.deliver(progress("K2", 1))
    await gateway.reject(SOURCE, Raw.of(b"<html>"), Invalid([Problem("", "not-json")]))
    scene.clock.move(99 * DAY)
    await through(job)
    assert await scene.rows("SELECT count(*) FROM erased") == [(0,)]
    scene.clock.move(2 * DAY)
    await through(job)
    run = await last(scene)
    assert run is not None
    assert [(row["type"], row["count"]) for row in run.counts.rows()] == [("dossier.v1", 2)]
    assert run.counts.raws == 1
    scene.clock.move(100 * DAY)
    await through(job)
    run = await last(scene)
    assert run is not None
    assert [(row["type"], row["rule"], row["count"]) for row in run.counts.rows()] == [
        ("dossier.progress.v1", "progress", 1)
    ]
    left = await scene.rows("SELECT count(*) FROM raws WHERE body IS NOT NULL")
    assert left == await scene.rows("SELECT count(*) FROM bodies") == [(0,)]


async def test_files_go_with_what_named_them(scene: Scene, gateway: Gateway) -> None:
    """What was turned away as a large file, long ago; what somebody brought today stays."""
    for letter in (b"a", b"b"):
        await gateway.reject(SOURCE, Raw.of(letter * (INLINE + 1)), Invalid([Problem("", "not-json")]))
    (old, new) = [row[0] for row in await scene.rows("SELECT blob FROM raws ORDER BY id")]
    os.utime(gateway.blobs.path(old), (1, 1))
    scene.clock.move(101 * DAY)
    await through(Erasing(gateway))
    assert [gateway.blobs.path(name).exists() for name in (old, new)] == [False, True]


async def test_one_goes_on_where_another_stopped(
    scene: Scene, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is elected no more does nothing more; its heir begins behind its last page."""
    monkeypatch.setattr(erasing, "look", partial(erasing.look, limit=2))
    for n in range(5):
        await scene.deliver(dossier(f"K{n}"))
    scene.clock.move(101 * DAY)
    elected = [True, False]
    first, second = (Erasing(gateway, lambda _, n=n: elected[n]) for n in (0, 1))  # type: ignore[misc]
    assert await second.look() == IDLE
    assert await last(scene) is None
    assert await first.look() < IDLE
    half = await last(scene)
    assert half is not None
    assert (half.state, half.counts.rows()[0]["count"]) == (RUNNING, 2)
    elected[:] = [False, True]
    assert await first.look() == IDLE
    await through(first, second)
    done = await last(scene)
    assert done is not None
    assert (done.id, done.state, done.counts.rows()[0]["count"]) == (half.id, DONE, 5)
    entries = await scene.rows("SELECT what FROM entries WHERE who = 'retention' ORDER BY id")
    assert entries == [("erasing begun",), ("content erased",)]


async def test_a_person_lets_it_rest(scene: Scene, gateway: Gateway) -> None:
    """While it is paused no night begins; then the one that was missed does."""
    job = Erasing(gateway)
    await scene.deliver(dossier("K1"))
    await scene.act(lambda tx: erasures.pause(tx, "admin", "audit", yes=True))
    scene.clock.move(101 * DAY)
    await through(job)
    assert await last(scene) is None
    await scene.act(lambda tx: erasures.pause(tx, "admin", "done", yes=False))
    await through(job)
    run = await last(scene)
    assert run is not None
    assert (run.state, run.counts.rows()[0]["count"]) == (DONE, 1)


async def test_a_home_that_keeps_all_begins_nothing(scene: Scene, gateway: Gateway) -> None:
    """Nothing is written of nights on which there is nothing to do."""
    gateway.routes = parse_routes(ROUTES.partition("keep: {at")[0].replace(", keep: 200d", ""))
    await scene.deliver(dossier("K1"))
    scene.clock.move(5000 * DAY)
    await through(Erasing(gateway))
    assert await last(scene) is None
