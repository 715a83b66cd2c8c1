"""A journal that comes from a backup: what is frozen, what is in doubt, and what must not be sent any more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lgsp.errors import ConfigError
from lgsp.journal import leasing, restoring, sweeping
from lgsp.journal.contract import Journal
from lgsp.journal.partitions import partitions
from lgsp.journal.postgres import PostgresJournal
from lgsp.journal.sqlite import SqliteJournal
from lgsp.journal.states import State
from lgsp.testing.making import OTHER, POLICIES, SYSTEM, arrival, dossier, paper, progress
from lgsp.testing.scene import Clock, Scene

WHO = "restorer"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """Name each of the two databases in turn; SQLite has no address."""
    return str(request.getfixturevalue("database")) if request.param == "postgresql" else ""


@pytest.fixture
async def scene(url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Lend a journal on each of the two databases."""

    async def opened(clock: Clock) -> Journal:
        if url:
            return await PostgresJournal.open(url, clock)
        return await SqliteJournal.open(tmp_path / "journal.db", clock)

    one = await Scene.begin(opened)
    yield one
    await one.end()


async def freeze(scene: Scene, *systems: str) -> restoring.Frozen:
    """Freeze the journal as the command does, some time after its last entry."""
    scene.clock.move(3600)
    frozen = await scene.act(lambda tx: restoring.freeze(tx, systems, POLICIES, WHO))
    scene.frames.clear()
    scene.clock.move(60)
    return frozen


async def thawed(scene: Scene) -> int:
    """Do what a resume does first; return how many snapshots were superseded."""
    return await scene.act(lambda tx: restoring.thaw(tx, SYSTEM))


async def go(scene: Scene) -> list[object]:
    """Deliver everything, as a resumed system does."""
    await scene.act(lambda tx: sweeping.resume(tx, SYSTEM, restoring.CAUSE))
    await scene.due(3600)
    await scene.refill()
    return await scene.run()


async def test_every_system_is_paused_whoever_names_it(scene: Scene) -> None:
    """Systems of the routes, of open deliveries, and of which a standing is kept: none goes on by itself."""
    await scene.told(dossier())
    await scene.act(lambda tx: leasing.set_system(tx, "running-one", "running", None, WHO))
    frozen = await freeze(scene, OTHER)
    stands = await scene.journal.read(leasing.stands)
    assert frozen.systems == sorted([SYSTEM, OTHER, "running-one"])
    assert {(one.state, one.cause) for one in stands.values()} == {("paused", "restored")}


async def test_what_is_open_is_in_doubt_and_asked_about_first(scene: Scene) -> None:
    """It may have gone out after the backup: the next attempt probes, whatever state it stood in."""
    await scene.told(dossier("K1"))
    (put_off,) = [await scene.claim()]
    await scene.settle(put_off[0], State.PUT_OFF, cause="odd")
    await scene.told(dossier("K2"))
    await freeze(scene)
    await scene.act(lambda tx: sweeping.resume(tx, SYSTEM, restoring.CAUSE))
    await scene.due(3600)
    await scene.refill()
    claims = await scene.claim()
    assert [(claim.uncertain, claim.message.there) for claim in claims] == [(True, None), (True, None)]


async def test_an_attempt_that_was_under_way_lapses(scene: Scene) -> None:
    """Whoever was sending at the backup is gone: the line settles, and an outcome kept elsewhere is too late."""
    receipt = await scene.told(dossier())
    claim = await scene.one()
    await freeze(scene)
    shown = await scene.delivery(receipt)
    assert (shown["state"], shown["uncertain"]) == ("put off", 2)
    assert (await scene.settle(claim, State.REFUSED, cause="odd")).late
    assert await scene.state(receipt) == "put off"


async def test_the_outcome_of_an_attempt_that_was_lost_counts_for_no_later_one(scene: Scene) -> None:
    """A worker's spool may name attempts that the restored journal never made; their numbers are not reused."""
    await scene.told(dossier())
    lost = await scene.one()
    await scene.settle(lost, State.PUT_OFF, cause="odd")
    await freeze(scene)
    await scene.act(lambda tx: sweeping.resume(tx, SYSTEM, restoring.CAUSE))
    await scene.due(3600)
    assert (await scene.one()).attempt > lost.attempt + 900


async def test_an_old_snapshot_is_not_sent_once_a_newer_one_was_told(scene: Scene) -> None:
    """The far side may hold the newer one already: the old one of the backup is superseded by the resume."""
    old = await scene.told(dossier(body="old"))
    await freeze(scene)
    await scene.told(dossier(body="newest"))
    assert await thawed(scene) == 1
    assert await scene.state(old) == "superseded"
    assert await go(scene) == [{"body": "newest"}]


async def test_nor_one_that_waits_behind_an_event(scene: Scene) -> None:
    """Old snapshots anywhere in a line are superseded; the events between them stay."""
    await scene.deliver(dossier(body="first"))
    await scene.told(progress(step=1))
    await scene.told(dossier(body="old"))
    await scene.told(progress(step=2))
    await scene.told(dossier(body="older than what is there"))
    await freeze(scene)
    await scene.told(dossier(body="newest"))
    assert await thawed(scene) == 2
    assert await go(scene) == [{"of": "K1", "step": 1}, {"of": "K1", "step": 2}, {"body": "newest"}]
    assert await scene.wedged() == []


async def test_a_snapshot_that_nobody_overtook_goes_with_the_resume(scene: Scene) -> None:
    """What was compared and is still the newest is sent; nothing open is lost by a restore."""
    await scene.told(dossier(body="still true"))
    await freeze(scene)
    assert await thawed(scene) == 0
    assert await go(scene) == [{"body": "still true"}]


async def test_a_resume_without_a_restore_supersedes_nothing(scene: Scene) -> None:
    """In a journal that was never restored each snapshot of a line is sent, in order."""
    await scene.told(dossier(body="A"))
    await scene.told(dossier(body="B"))
    assert await thawed(scene) == 0
    assert await scene.run() == [{"body": "A"}, {"body": "B"}]


async def test_what_came_after_the_restore_is_not_superseded_by_a_resume(scene: Scene) -> None:
    """Only what stood in the backup is doubted: newer messages follow the rules of every day."""
    await freeze(scene, SYSTEM)
    await scene.told(dossier(body="A"))
    await scene.told(dossier(body="B"))
    assert await thawed(scene) == 0


async def test_the_comparison_says_of_each_what_its_source_told_since(scene: Scene) -> None:
    """Told anew, told the same again, or silence: the last are the ones that a person has to ask about."""
    for key in ("K-newer", "K-same", "K-silent"):
        await scene.told(dossier(key, "old"))
    await freeze(scene)
    await scene.told(dossier("K-newer", "new"))
    await scene.told(dossier("K-same", "old"))
    await scene.told(dossier("K-after", "not in the backup"))
    compared = await scene.journal.read(lambda tx: restoring.compare(tx, SYSTEM, 10))
    assert compared is not None
    told = {one["partitionkey"]: one["told"] for one in compared["deliveries"]}
    assert told == {"K-newer": "newer", "K-same": "same", "K-silent": "silent"}
    assert compared["counts"] == {"newer": 1, "same": 1, "silent": 1}


async def test_there_is_nothing_to_compare_where_nothing_was_restored(scene: Scene) -> None:
    """A journal that was never restored says so."""
    await scene.told(dossier())
    assert await scene.journal.read(lambda tx: restoring.compare(tx, SYSTEM, 10)) is None


async def test_silent_snapshots_can_be_held_and_the_rest_goes(scene: Scene) -> None:
    """A person may let go what is surely right at once, and keep back what only its source can tell."""
    for key in ("K-same", "K-silent"):
        await scene.told(dossier(key, key))
    await scene.told(paper("K-paper"))
    await freeze(scene)
    await scene.told(dossier("K-same", "K-same"))
    assert await scene.act(lambda tx: restoring.hold_silent(tx, SYSTEM, WHO)) == 1
    assert await scene.act(lambda tx: restoring.hold_silent(tx, SYSTEM, WHO)) == 0
    assert await go(scene) == [{"body": "K-same"}, {"name": "P1", "body": "A"}]
    assert await scene.count(State.HELD) == 1


async def test_no_cursor_of_a_source_is_ahead_where_ids_are_cursors(tmp_path: Path) -> None:
    """What a source is told after the restore lies behind every cursor it may have; servers: see test_restore."""

    async def opened(clock: Clock) -> Journal:
        return await SqliteJournal.open(tmp_path / "journal.db", clock)

    scene = await Scene.begin(opened)
    await scene.deliver(dossier("K1"))
    lost = (await scene.reports())[-1].cursor + 1000
    await freeze(scene)
    await scene.restart()
    await scene.deliver(dossier("K2"))
    assert [one.subject for one in await scene.reports(lost)] == ["K2"]
    await scene.end()


async def test_numbers_of_a_server_go_on_far_beyond_in_few_partitions(database: str) -> None:
    """Ids that were given out after the backup are never given out again, and the gap costs one partition."""
    journal = await PostgresJournal.open(database)
    before = await journal.write(lambda tx: tx.ids("deliveries", 1)[0])
    await journal.write(lambda tx: restoring.freeze(tx, [], POLICIES, WHO))
    after, made = await journal.write(
        lambda tx: (tx.ids("deliveries", 1)[0], [p.upto for p in partitions(tx, "history")])
    )
    await journal.close()
    assert after > before + restoring.LEAP
    assert made[-2] <= after < made[-1] or made[-3] <= after < made[-2]
    assert len(made) < 8


async def test_a_server_that_counts_transactions_anew_is_refused(database: str) -> None:
    """Dumped into a fresh cluster, every report would lie before the cursors of the sources: say so, freeze nothing."""
    journal = await PostgresJournal.open(database)
    await journal.accept(arrival(dossier()))
    await journal.write(lambda tx: tx.run("UPDATE entries SET tx = ?", [(1 << 40,)]))
    with pytest.raises(ConfigError) as told:
        await journal.write(lambda tx: restoring.freeze(tx, [SYSTEM], POLICIES, WHO))
    assert "pg_resetwal --epoch=257" in str(told.value.faults)
    assert await journal.read(leasing.stands) == {}
    await journal.close()
