"""Whether systems are sent to, held alike by several processes: one writes, the others follow."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from lgsp.errors import ConfigError, Scope, Unavailable
from lgsp.health import Standing
from lgsp.journal import acting, leasing, reading
from lgsp.testing.making import SYSTEM
from tests.core.crew import Crew, Member, crew
from tests.core.rig import away, dossier


async def recorded(one: Member) -> str:
    """Return the standing that stands in the journal."""
    return (await one.journal.read(reading.standings))[SYSTEM][0]


def suspend(one: Member, after: float | None = None) -> None:
    """Let a process meet a failure of the whole system."""
    fault = Unavailable("not-reachable", scope=Scope.SYSTEM, after=after)
    now = time.monotonic()
    one.to.health.failed(b"line", fault, now, now)


async def test_a_pause_reaches_the_lanes_of_all(tmp_path: Path) -> None:
    """An operator pauses through one process; the lane of another sends nothing until it is resumed."""
    async with crew(tmp_path) as us:
        here, there = us.members
        await here.journal.write(lambda tx: acting.set_system(tx, SYSTEM, "paused", "paused", "operator"))
        await there.follower.look()
        assert there.to.health.standing is Standing.PAUSED
        receipt = await here.told(dossier())
        lane = asyncio.create_task(there.lane.run())
        await asyncio.sleep(0.1)
        assert await here.states(receipt) == ["ready"]
        await here.journal.write(lambda tx: acting.set_system(tx, SYSTEM, "running", None, "operator"))
        await there.follower.look()
        await here.rest("delivered")
        await there.lane.stop(1)
        await lane


async def test_a_suspension_by_one_is_known_to_all(tmp_path: Path) -> None:
    """What one process learnt of a system the others need not learn by failing."""
    async with crew(tmp_path) as us:
        here, there = us.members
        suspend(here)
        await here.standings.note(here.to)
        await there.follower.look()
        assert (there.to.health.standing, there.to.health.cause) == (Standing.SUSPENDED, "not-reachable")


async def test_a_person_decides_over_a_process(tmp_path: Path) -> None:
    """Row 50: paused by a person at the moment at which a process would resume: it stays paused, everywhere."""
    async with crew(tmp_path) as us:
        here, _ = us.members
        suspend(here)
        await here.standings.note(here.to)
        await here.journal.write(lambda tx: acting.set_system(tx, SYSTEM, "paused", "paused", "operator"))
        here.to.health.resume(5.0)
        await here.standings.note(here.to)
        assert (await recorded(here), here.to.health.standing) == ("paused", Standing.PAUSED)


async def test_a_resume_by_a_person_releases_what_waited(tmp_path: Path) -> None:
    """What a person records is carried out by the process that was asked: put-offs of the system are ready."""
    async with crew(tmp_path) as us:
        here, _ = us.members
        receipt = await here.told(dossier())
        claim = await here.claimed()
        suspend(here)
        await here.standings.note(here.to)
        await here.gateway.hand_back(claim)
        assert await here.states(receipt) == ["put off"]
        await here.journal.write(lambda tx: acting.set_system(tx, SYSTEM, "running", None, "operator"))
        here.to.health.resume(time.monotonic())
        await here.standings.note(here.to)
        assert await here.states(receipt) == ["ready"]


async def test_an_older_look_changes_nothing(tmp_path: Path) -> None:
    """Row 50: read before this process recorded a change, and told after it: what it says is past."""
    async with crew(tmp_path) as us:
        here, _ = us.members
        await here.journal.write(lambda tx: acting.set_system(tx, SYSTEM, "paused", "paused", "operator"))
        stands = await here.journal.read(leasing.stands)
        here.standings.follow(stands)
        us.step(1)
        here.to.health.resume(time.monotonic())
        await here.standings.note(here.to)
        here.standings.follow(stands)
        assert (await recorded(here), here.to.health.running) == ("running", True)


async def test_what_two_processes_find_alike_is_one_change(tmp_path: Path) -> None:
    """Row 50: both meet the failure; it is written once, and neither overrides the other."""
    async with crew(tmp_path) as us:
        for one in us.members:
            suspend(one)
            await one.standings.note(one.to)
        changes = await us.members[0].journal.read(
            lambda tx: tx.rows("SELECT count(*) FROM entries WHERE what = 'suspended'")
        )
        assert changes == [(1,)]
        assert [one.to.health.standing for one in us.members] == [Standing.SUSPENDED] * 2


async def test_one_process_tries_a_suspended_system(tmp_path: Path) -> None:
    """Row 51: who found it suspended tries it; the others wait, also when the far side asked for an hour."""
    async with crew(tmp_path) as us:
        here, there = us.members
        suspend(here, after=3000.0)
        await here.standings.note(here.to)
        await there.follower.look()
        await us.pass_time(2000, here, there)
        assert not await there.standings.may_try(there.to)
        assert await here.standings.may_try(here.to)


async def test_another_process_tries_when_the_first_is_gone(tmp_path: Path) -> None:
    """Row 51: the trials go over with the lease of the process."""
    async with crew(tmp_path) as us:
        here, there = us.members
        suspend(here, after=3000.0)
        await here.standings.note(here.to)
        await there.follower.look()
        await us.pass_time(11, there)
        await there.sweeper._bury_the_dead(look_anyway=False)
        assert await there.standings.may_try(there.to)


async def test_a_resume_ends_the_trials(tmp_path: Path) -> None:
    """No duty is left behind that nobody would renew."""
    async with crew(tmp_path) as us:
        here, there = us.members
        suspend(here)
        await here.standings.note(here.to)
        here.to.health.resume(9.0)
        await here.standings.note(here.to)
        assert (
            await here.journal.read(lambda tx: tx.rows("SELECT 1 FROM leases WHERE name LIKE 'trial:%'"))
            == []
        )
        await there.follower.look()
        assert there.to.health.running


async def test_an_outage_seen_by_two_lanes_ends_for_both(tmp_path: Path) -> None:
    """Two processes send; the system fails and comes back; one tries it, all is delivered in order."""
    async with crew(tmp_path) as us:
        here, there = us.members
        here.portal.script.extend(away() for _ in range(4))
        here.portal.checks.extend(away() for _ in range(3))
        lanes = [asyncio.create_task(one.lane.run()) for one in us.members]
        followers = [asyncio.create_task(one.follower.run()) for one in us.members]
        sweeping = asyncio.create_task(here.sweeper.run())
        for n in range(3):
            await here.tell(*(dossier(f"K{k}", n) for k in range(6)))
        async with asyncio.timeout(30):
            while set(await here.counted()) != {"delivered"}:
                for one in us.members:
                    await one.refill()
                    one.ticks.now += 0.01
                us.step(0.05)
                await asyncio.sleep(0.01)
        for one in us.members:
            await one.lane.stop(1)
        for task in [*followers, sweeping]:
            task.cancel()
        await asyncio.gather(*lanes, *followers, sweeping, return_exceptions=True)
        assert {data["body"] for data in here.portal.held.values()} == {2}
        await there.follower.look()
        assert there.to.health.running


# --- what else is followed ------------------------------------------------------------------------------


async def test_the_windows_of_all_know_what_waits(tmp_path: Path) -> None:
    """Row 52: a process that dispatches nothing learns when it may dispatch directly, and when it may not."""
    async with crew(tmp_path) as us:
        here, there = us.members
        await there.follower.look()
        assert there.to.window.behind is False
        here.to.window.look_again()
        await here.told(dossier())
        await there.follower.look()
        assert there.to.window.behind is True
        await here.refill()
        await there.follower.look()
        assert there.to.window.behind is False


async def test_what_is_turned_away_during_a_look_is_not_forgotten(tmp_path: Path) -> None:
    """Row 52: taken on undispatched after the look had read, it keeps the window shut until the next."""
    async with crew(tmp_path, 1) as us:
        (one,) = us.members
        plain = one.journal.read

        async def read(query: object) -> object:
            told = await plain(query)
            one.to.window.left_behind()
            return told

        one.journal.read = read
        await one.follower.look()
        assert one.to.window.behind is True


async def test_what_a_system_allows_is_shared(tmp_path: Path) -> None:
    """Four at once for the installation: two for each of two, and all four for the one that is left."""
    async with crew(tmp_path) as us:
        here, there = us.members
        for one in us.members:
            await one.follower.look()
        assert [one.to.health.slots for one in us.members] == [2, 2]
        await here.lease.leave()
        await there.follower.look()
        assert there.to.health.slots == 4


async def publish(us: Crew, text: str) -> None:
    """Publish a text as the routes, whatever it says."""
    await us.members[0].journal.write(lambda tx: acting.publish(tx, text, "operator"))


async def test_newer_routes_are_taken_over(tmp_path: Path) -> None:
    """Each process goes over once to what is in force, in place."""
    async with crew(tmp_path) as us:
        await publish(us, "one")
        await publish(us, "two")
        for one in us.members:
            await one.follower.look()
            await one.follower.look()
            assert one.loaded == [2]


@pytest.mark.parametrize("fault", [ConfigError(["routes.yaml:1: wrong"]), RuntimeError("a bug")])
async def test_a_process_that_cannot_follow_takes_no_work(tmp_path: Path, fault: Exception) -> None:
    """Row 53: it says why, sends nothing and accepts nothing, until it can; the others are not held up."""
    async with crew(tmp_path) as us:
        here, there = us.members
        receipt = await there.told(dossier())
        await publish(us, "two")

        async def load(_: int, __: str) -> None:
            raise fault

        plain, here.follower._reload = here.follower._reload, load
        await here.follower.look()
        assert "version 1 of the routes cannot be loaded here" in here.gateway.unready
        lane = asyncio.create_task(here.lane.run())
        await asyncio.sleep(0.1)
        assert await here.states(receipt) == ["ready"]
        here.follower._reload = plain
        await here.follower.look()
        assert here.gateway.unready == ""
        await here.rest("delivered")
        await here.lane.stop(1)
        await lane


async def test_the_journal_names_what_is_in_force(tmp_path: Path) -> None:
    """Version and text belong together; before the first there is none."""
    async with crew(tmp_path, 1) as us:
        (one,) = us.members
        assert await one.journal.read(leasing.newest) is None
        assert await one.journal.read(leasing.version) == 0
        await publish(us, "one")
        assert await one.journal.read(leasing.newest) == (1, "one")
