"""What one process does for all, held by lease; and what each says of itself."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from lgsp.journal import leasing
from lgsp.journal.contract import JournalError
from lgsp.leases import DUTY, JOBS, LEASE, SERVE, WORK, roles_text, works_for
from tests.core.crew import Crew, Member, crew
from tests.core.rig import dossier


async def held(member: Member) -> bool:
    """Ask whether a process is the one that sweeps."""
    return bool(await member.journal.write(member.duty.held))


async def taken_while_ahead(us: Crew, member: Member) -> None:
    """Let a process take the duty while the clock is an hour ahead; then the clock is right again."""
    us.step(3600)
    assert await held(member)
    us.step(-3600)


async def test_one_process_sweeps(tmp_path: Path) -> None:
    """Row 45: the first that asks is the one, as long as it renews."""
    async with crew(tmp_path, 3) as us:
        assert [await held(one) for one in us.members] == [True, False, False]
        for _ in range(10):
            await us.pass_time(DUTY / 2, *us.members)
            assert [await held(one) for one in us.members] == [True, False, False]


async def test_another_takes_over_when_the_one_is_gone(tmp_path: Path) -> None:
    """Row 45: silent for the time of a duty, it is the one no more; and it knows when it wakes."""
    async with crew(tmp_path) as us:
        here, there = us.members
        assert await held(here)
        await us.pass_time(DUTY + 1, here, there)
        assert await held(there)
        assert not await held(here)
        assert (here.duty.mine(), there.duty.mine()) == (False, True)


async def test_who_leaves_frees_its_duties(tmp_path: Path) -> None:
    """Row 45: a rolling restart leaves nobody waiting for a lease to run out."""
    async with crew(tmp_path) as us:
        here, there = us.members
        assert await held(here)
        await here.lease.leave()
        assert await held(there)


async def test_a_duty_taken_by_a_clock_that_was_ahead_binds_nobody(tmp_path: Path) -> None:
    """Row 81: its holder died while the clock was an hour ahead; the next one does not wait for that hour."""
    async with crew(tmp_path) as us:
        here, there = us.members
        await taken_while_ahead(us, here)
        assert await held(there)
        assert not await held(here)


async def test_a_living_holder_brings_its_duty_back_from_a_clock_that_was_ahead(tmp_path: Path) -> None:
    """Row 81: it renews what lies too far ahead, and then it lasts as long as any other."""
    async with crew(tmp_path) as us:
        here, there = us.members
        await taken_while_ahead(us, here)
        assert [await held(here), await held(there)] == [True, False]
        await us.pass_time(DUTY + 1, there)
        assert await held(there)


async def test_who_sweeps_notices_that_the_clock_was_set_back(tmp_path: Path) -> None:
    """Row 81: what was put off while it was ahead is due after its own wait, not after that hour."""
    async with crew(tmp_path) as us:
        here, there = us.members
        receipt = await here.told(dossier())
        claim = await there.claimed()
        await here.sweeper._sweep(0)
        us.step(3600)
        await us.pass_time(2, here, there)
        await there.gateway.hand_back(claim)
        us.step(-3600)
        await us.pass_time(4, here, there)
        await here.sweeper._sweep(0)
        await us.pass_time(2, here, there)
        await here.sweeper._sweep(1)
        assert await here.states(receipt) == ["ready"]


async def test_a_process_without_a_lease_holds_no_duty(tmp_path: Path) -> None:
    """Row 45: the duty may be its own still, by the journal; but others may have buried it by now."""
    async with crew(tmp_path) as us:
        (here, _) = us.members
        assert await held(here)
        here.ticks.now += LEASE
        assert not await held(here)


async def test_who_does_not_sweep_changes_nothing(tmp_path: Path) -> None:
    """Row 45: a due retry is made ready by the one that sweeps, and only by that one."""
    async with crew(tmp_path) as us:
        here, there = us.members
        assert await held(here)
        receipt = await here.told(dossier())
        await there.gateway.hand_back(await there.claimed())
        await us.pass_time(0.5, here, there)
        await there.sweeper._sweep(0)
        assert await here.states(receipt) == ["put off"]
        await here.sweeper._sweep(0)
        assert await here.states(receipt) == ["ready"]


async def test_a_beat_that_fails_is_tried_again(tmp_path: Path) -> None:
    """A journal that is away for a moment, or a bug, stops no heart."""
    async with crew(tmp_path, 1) as us:
        (one,) = us.members
        plain, faults = one.journal.write, [JournalError("writing to the journal: away"), ValueError("a bug")]
        beats: list[Any] = []

        async def write(act: Any) -> Any:
            if faults:
                raise faults.pop()
            beats.append(act)
            return await plain(act)

        one.journal.write = write
        heart = asyncio.create_task(one.lease.run())
        async with asyncio.timeout(30):
            while not beats:  # noqa: ASYNC110 - counted by the journal
                await asyncio.sleep(0.02)
        heart.cancel()
        await asyncio.gather(heart, return_exceptions=True)


def test_roles_are_written_and_read() -> None:
    """Who sends, and to which systems, can be told from what stands in the journal."""
    assert roles_text({WORK, JOBS, SERVE}) == "jobs,serve,work"
    assert roles_text({WORK}, ["b", "a"]) == "work:a b"
    assert works_for("jobs,serve,work", "a")
    assert works_for("work:a b", "b")
    assert not works_for("work:a b", "c")
    assert not works_for("jobs,serve", "a")


async def test_the_living_are_listed_with_what_they_do(tmp_path: Path) -> None:
    """Who looks sees each process, its roles and the routes that it works by; those that ended are gone."""
    async with crew(tmp_path) as us:
        here, there = us.members
        there.lease.published = 7
        await there.lease.beat()
        await here.lease.leave()
        (one,) = await here.journal.read(leasing.alive)
        assert (one.number, one.name, one.roles, one.published) == (
            there.gateway.worker,
            "host:1",
            "jobs,serve,work",
            7,
        )
