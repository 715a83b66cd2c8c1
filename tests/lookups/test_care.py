"""Care for a far side: no more at once than it allows, nobody waits without end, and it is left alone when ill."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from lgsp.enquiry import NoAnswer
from lgsp.errors import Scope, Unavailable
from lgsp.lookups.care import Care, Turnstile
from lgsp.message import Message
from lgsp.questioning import Ask
from tests.lookups.far_side import QUESTION, Counter, settled


def _other(n: int) -> dict[str, object]:
    return QUESTION | {"identity_number": f"{n:012}"}


async def test_so_many_at_once_and_so_many_behind() -> None:
    """Who comes after those that may wait is turned away at once, with the time to try again."""
    desk = Counter(Ask(concurrency=3, queue=2))
    desk.adapter.open.clear()
    tasks = [desk.put(data=_other(n)) for n in range(5)]
    await settled()
    fault = await desk.refused(data=_other(9))
    assert (fault.cause, fault.after) == ("too-busy", 1.0)
    desk.adapter.open.set()
    await asyncio.gather(*tasks)
    assert desk.adapter.most_at_once == 3
    assert (desk.care.turnstile.inside, desk.care.turnstile.waiting) == (0, 0)


async def test_who_gives_up_waiting_leaves_no_place_behind() -> None:
    """Places are neither lost nor doubled, in whichever moment somebody gives up."""
    gate = Turnstile(1, 5)
    await gate.enter()
    waits = [asyncio.create_task(gate.enter()) for _ in range(3)]
    await asyncio.sleep(0)
    waits[1].cancel()
    gate.leave()  # the first of those who wait is in
    waits[0].cancel()  # in the very moment in which it got its place
    await settled()
    assert waits[2].done()
    assert not waits[2].cancelled()
    assert (gate.inside, gate.waiting) == (1, 0)


async def test_more_places_let_in_who_waits() -> None:
    """When other processes leave, this one's part grows, and nobody waits on."""
    gate = Turnstile(1, 5)
    await gate.enter()
    waits = [asyncio.create_task(gate.enter()) for _ in range(2)]
    await asyncio.sleep(0)
    gate.places = 3
    gate.let_in()
    await asyncio.gather(*waits)
    assert gate.inside == 3


async def test_a_far_side_that_is_away_is_left_alone() -> None:
    """After a failure of the whole system nobody asks; one question at a time tries; an answer lets all in."""
    desk = Counter()
    away = True

    def tell(_: Message) -> dict[str, object]:
        if away:
            raise Unavailable("unreachable", scope=Scope.SYSTEM)
        return {"name": "A"}

    desk.adapter.tell = tell
    assert (await desk.refused()).cause == "unreachable"
    fault = await desk.refused(data=_other(1))
    assert fault.cause == "suspended"
    assert fault.after is not None
    assert 0 < fault.after <= 1.0
    assert len(desk.adapter.asked) == 1
    desk.care.health.next_trial = 0.0
    away = False
    assert (await desk.put(data=_other(2))).data == {"name": "A"}
    await asyncio.gather(*(desk.put(data=_other(n)) for n in range(3, 9)))
    assert len(desk.adapter.asked) == 8


async def test_one_question_tries_the_water() -> None:
    """While it is on its way the others are turned away; when it fails they are for longer."""
    care = Care(Ask(), lambda: 100.0)
    care.health.suspend("unreachable", 50.0)
    async with care.place():
        with pytest.raises(NoAnswer):
            async with care.place():
                raise AssertionError("nobody else is let in")
    assert care.retry_after() is None


async def test_failures_of_different_questions_suspend() -> None:
    """As with deliveries: so many different questions fail with no success between."""
    desk = Counter(Ask(suspend_after=3))

    def failing(_: Message) -> dict[str, object]:
        raise Unavailable("uncatalogued")

    desk.adapter.tell = failing
    causes = [(await desk.refused(data=_other(n))).cause for n in (1, 1, 1, 2, 3, 4)]
    assert causes == ["uncatalogued"] * 5 + ["suspended"]


def test_processes_share_what_is_allowed() -> None:
    """Three processes share eight places exactly, and none has none."""
    care = [Care(Ask(concurrency=8)) for _ in range(3)]
    for n, one in enumerate(care):
        one.share(3, n)
    assert [one.turnstile.places for one in care] == [3, 3, 2]
    care[0].share(20, 19)
    assert care[0].turnstile.places == 1


async def test_who_gives_up_as_another_leaves_breaks_neither() -> None:
    """(322) A wait that is given up stands in the line until its task runs: its place goes to the next."""
    gate = Turnstile(1, 5)
    await gate.enter()
    waits = [asyncio.create_task(gate.enter()) for _ in range(2)]
    await asyncio.sleep(0)
    waits[0].cancel()
    gate.leave()
    await settled()
    assert [one.cancelled() for one in waits] == [True, False]
    assert waits[1].done()
    assert (gate.inside, gate.waiting) == (1, 0)
    gate.leave()
    await gate.enter()
    assert (gate.inside, gate.waiting) == (1, 0)


async def test_who_waited_for_a_place_does_not_ask_a_suspended_system() -> None:
    """(323) It was suspended meanwhile: those in the line are turned away, not let loose on it one by one."""
    desk = Counter(Ask(concurrency=1))
    desk.adapter.open.clear()

    def away(_: Message) -> dict[str, object]:
        raise Unavailable("unreachable", scope=Scope.SYSTEM)

    desk.adapter.tell = away
    tasks = [desk.put(data=_other(n)) for n in range(4)]
    await settled()
    desk.adapter.open.set()
    faults = await asyncio.gather(*tasks, return_exceptions=True)
    assert [getattr(one, "cause", "") for one in faults] == ["unreachable", *["suspended"] * 3]
    assert len(desk.adapter.asked) == 1
    assert (desk.care.turnstile.inside, desk.care.turnstile.waiting) == (0, 0)


@pytest.mark.parametrize("ends", ["cancelled", "turned away", "answered", "failed"])
async def test_whatever_becomes_of_a_trial_another_one_may_follow(ends: str) -> None:
    """(324) A trial that its caller gave up, or that no quota allowed, leaves nobody shut out for good."""
    desk = Counter(wait=5.0 if ends == "turned away" else None)
    desk.care.health.suspend("unreachable", -100.0)
    desk.adapter.open.clear()
    if ends == "failed":

        def failing(_: Message) -> dict[str, object]:
            raise Unavailable("unreachable", scope=Scope.SYSTEM)

        desk.adapter.tell = failing
    trial = desk.put()
    await settled()
    if ends == "cancelled":
        trial.cancel()
    desk.adapter.open.set()
    await asyncio.gather(trial, return_exceptions=True)
    await settled()
    desk.care.health.next_trial = 0.0
    desk.wait, desk.adapter.tell = None, lambda _: {"name": "A"}
    assert (await desk.put(data=_other(1))).data == {"name": "A"}
    assert desk.care.health.running


async def test_every_way_out_gives_the_place_back() -> None:
    """(325) Whatever happens to questions, in whatever order: in the end nobody is inside and nobody waits."""
    desk = Counter(Ask(concurrency=2, queue=3, suspend_after=1000))
    told = iter(range(10_000))

    def tell(_: Message) -> dict[str, object]:
        match next(told) % 5:
            case 0:
                raise Unavailable("uncatalogued")
            case 1:
                raise KeyError("a bug")
            case 2:
                raise asyncio.CancelledError
            case _:
                return {"name": "A"}

    desk.adapter.tell = tell
    for n in range(60):
        desk.adapter.open.clear()
        tasks = [desk.put(data=_other(100 * n + m // 2)) for m in range(12)]
        for _ in range(n % 7):
            await asyncio.sleep(0)
        for one in tasks[n % 3 :: 3]:
            one.cancel()
        desk.adapter.open.set()
        with capture_logs():
            await asyncio.gather(*tasks, return_exceptions=True)
            await settled()
        assert (desk.care.turnstile.inside, desk.care.turnstile.waiting) == (0, 0)
        assert desk.adapter.at_once == 0
    assert len(desk.book.begun) == len(desk.book.ended)
    assert {one.number for one in desk.book.ended} == set(range(1, len(desk.book.begun) + 1))
