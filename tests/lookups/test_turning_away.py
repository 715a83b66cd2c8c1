"""Who is turned away at the door: at once, truly, with a trace; and nobody for whom somebody would be asked.

Numbers are those of `docs/interleavings.md`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from lgsp.enquiry import Ending, NoAnswer
from lgsp.errors import Problem, Scope, Unavailable
from lgsp.journal.contract import JournalError
from lgsp.message import Message
from lgsp.questioning import Ask
from tests.lookups.far_side import ANSWER, QUESTION, Counter, request, settled


def about(n: int) -> dict[str, Any]:
    """Return the body of a question about somebody else."""
    return QUESTION | {"identity_number": f"{n:012}"}


def full(**more: Any) -> Counter:
    """Return a far side of one place, with nobody inside yet and no room to wait."""
    desk = Counter(Ask.model_validate({"concurrency": 1, "queue": 0} | more))
    desk.adapter.open.clear()
    return desk


async def _busy(desk: Counter) -> None:
    await settled()
    assert desk.care.turnstile.full


async def _ill(desk: Counter) -> None:
    desk.care.health.suspend("unreachable", asyncio.get_running_loop().time() + 3600.0)


async def _spent(desk: Counter) -> None:
    desk.wait = 17.0


@pytest.mark.parametrize(
    ("becomes", "cause"), [(_busy, "too-busy"), (_ill, "suspended"), (_spent, "quota-used-up")]
)
async def test_who_is_turned_away_waits_for_nothing(becomes: Callable[[Counter], Any], cause: str) -> None:
    """(331) Not for the journal either: question and ending are written together, behind, about whom it was."""
    desk = full() if becomes is _busy else Counter()
    inside = [desk.put()] if becomes is _busy else []
    await becomes(desk)
    before = len(desk.book.begun)
    desk.book.open.clear()  # the journal hangs
    fault = await desk.refused(data=about(2))
    assert (fault.ending, fault.cause) == (Ending.TURNED_AWAY, cause)
    assert fault.after
    (begun,) = desk.book.begun[before:]
    assert begun.ended is not None
    assert (begun.ended.ending, begun.ended.cause, begun.about) == (Ending.TURNED_AWAY, cause, [f"{2:012}"])
    assert (fault.ask, begun.who, begun.basis, begun.system) == (
        begun.uid, "Trần Thị B", "căn cứ", "population-db",
    )  # fmt: skip
    assert (desk.book.behind, len(desk.adapter.asked)) == (1, before)
    desk.adapter.open.set()
    await asyncio.gather(*inside)
    assert len(desk.book.ended) == before + 1


async def test_what_is_remembered_or_on_its_way_is_told_whoever_else_is_turned_away() -> None:
    """(333) It costs the far side nothing: also while it is full, suspended, or its quota used up."""
    desk = full(cache={"citizen.query.v1": "10m"})
    desk.adapter.open.set()
    await desk.put(data=about(1))
    desk.adapter.open.clear()
    first = desk.put(data=about(2))
    await _busy(desk)
    assert (await desk.put(data=about(1))).remembered
    joined = desk.put(data=about(2))
    await settled()
    await _ill(desk)
    await _spent(desk)
    last = desk.put(data=about(2))
    assert (await desk.put(data=about(1))).remembered
    assert (await desk.refused(data=about(3))).cause == "suspended"
    desk.adapter.open.set()
    assert [one.data for one in await asyncio.gather(first, joined, last)] == [ANSWER] * 3
    assert (len(desk.adapter.asked), desk.book.behind) == (2, 1)


async def test_who_found_room_at_the_door_and_none_at_its_turn_is_turned_away_there() -> None:
    """(332) Others came before it while it was entered: one trace, one ending, as for anybody."""
    desk = full()
    desk.book.open.clear()
    tasks = [desk.put(data=about(n)) for n in range(3)]
    await settled()
    assert (len(desk.book.begun), desk.book.behind) == (3, 0)
    desk.book.open.set()
    await settled()
    desk.adapter.open.set()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [getattr(one, "cause", "") for one in found] == ["", "too-busy", "too-busy"]
    assert sorted(one.number for one in desk.book.ended) == [1, 2, 3]


async def test_a_place_that_is_free_is_taken() -> None:
    """(332) Look and answer are one step: what was free a moment ago, or is free now, turns nobody away."""
    desk = full(queue=1)
    inside = desk.put(data=about(1))
    await settled()
    waiting = desk.put(data=about(2))
    await _busy(desk)
    assert (await desk.refused(data=about(3))).cause == "too-busy"
    waiting.cancel()
    await settled()
    assert not desk.care.turnstile.full
    next_one = desk.put(data=about(4))
    await _busy(desk)
    desk.adapter.open.set()
    assert [one.data for one in await asyncio.gather(inside, next_one)] == [ANSWER] * 2


async def test_who_would_wait_is_not_judged_by_the_quota_of_now() -> None:
    """(336) When its turn comes there may be a share again: only whose turn is now is told that there is none."""
    desk = full(queue=1)
    inside = desk.put(data=about(1))
    await settled()
    desk.wait = 0.5
    waiting = desk.put(data=about(2))
    await settled()
    assert desk.book.behind == 0
    desk.wait = None
    desk.adapter.open.set()
    assert [one.data for one in await asyncio.gather(inside, waiting)] == [ANSWER] * 2


async def test_a_trial_is_let_in_and_the_others_are_not() -> None:
    """When the time of a trial has come one goes the way of all; its answer opens the door."""
    desk = Counter()
    desk.care.health.suspend("unreachable", -100.0)
    desk.adapter.open.clear()
    trial = desk.put(data=about(1))
    await settled()
    assert (await desk.refused(data=about(2))).cause == "suspended"
    assert desk.book.behind == 1
    desk.adapter.open.set()
    await trial
    assert (await desk.put(data=about(3))).data == ANSWER


async def test_a_book_that_does_not_keep_up_turns_nobody_away_at_the_door() -> None:
    """(334) The question is entered before its caller is told, or its caller hears that it cannot be."""
    desk = full()
    inside = desk.put(data=about(1))
    await _busy(desk)
    desk.book.keeps_up = False
    desk.book.open.clear()
    turned = desk.put(data=about(2))
    await settled()
    assert not turned.done()
    desk.book.open.set()
    with pytest.raises(NoAnswer) as told:
        await turned
    assert (told.value.cause, desk.book.endings) == ("too-busy", [(Ending.TURNED_AWAY, "too-busy")])

    async def away(_: Any) -> int:
        raise JournalError("away")

    desk.book.begin = away  # type: ignore[method-assign]
    with pytest.raises(JournalError):
        await desk.asking.ask(request(data=about(3)))
    desk.adapter.open.set()
    await inside
    assert len(desk.book.ended) == 2


@pytest.mark.parametrize("wrong", [{"purpose": ""}, {"data": {"name": "A"}}])
async def test_what_is_rejected_is_entered_before_it_is_told(wrong: dict[str, Any]) -> None:
    """(331) What was tried against the rules is no matter of load: its trace is durable first, in one go."""
    desk = full()
    inside = desk.put(data=about(1))
    await _busy(desk)
    desk.book.open.clear()
    rejected = desk.put(**wrong)
    denied = asyncio.create_task(desk.asking.deny(request(), [Problem("/type", "type-not-granted")]))
    await settled()
    assert not rejected.done()
    assert not denied.done()
    assert [one.ended is not None for one in desk.book.begun] == [False, True, True]
    desk.book.open.set()
    with pytest.raises(NoAnswer) as told:
        await rejected
    await denied
    assert told.value.ask == desk.book.begun[1].uid
    assert [ending for ending, _ in desk.book.endings] == [Ending.REJECTED] * 2
    desk.adapter.open.set()
    await inside


async def test_nobody_is_turned_away_at_the_door_who_would_not_be_at_its_turn() -> None:
    """(332, 333) Whatever comes in whatever order: with a door and without one everybody hears the same."""
    for seed in range(16):
        told = [await _story(seed, keeps_up=keeps_up) for keeps_up in (True, False)]
        assert told[0] == told[1], seed


async def _story(seed: int, *, keeps_up: bool) -> tuple[list[str], int, list[Any]]:
    """Return what everybody heard, how many were asked, and how each trace ended by its number."""
    dice = Random(seed)
    desk = Counter(Ask.model_validate({"concurrency": 2, "queue": 1, "cache": {"citizen.query.v1": "10m"}}))
    desk.book.keeps_up = keeps_up
    ill = False

    def tell(_: Message) -> dict[str, Any]:
        if ill:
            raise Unavailable("unreachable", scope=Scope.SYSTEM)
        return ANSWER

    desk.adapter.tell = tell
    tasks: list[asyncio.Task[Any]] = []
    for _ in range(60):
        match dice.randrange(8):
            case 0:
                desk.adapter.open.set()
            case 1:
                desk.wait = 5.0 if dice.random() < 0.3 else None
            case 2:
                ill = dice.random() < 0.3
            case 3:
                desk.care.health.next_trial = 0.0
            case 4 if tasks:
                dice.choice(tasks).cancel()
            case _:
                desk.adapter.open.clear()
        await settled()  # the moment in which a question comes is the one that counts
        tasks.append(desk.put(data=about(dice.randrange(8))))
        await settled()
    desk.adapter.open.set()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    await settled()
    heard = [getattr(one, "cause", type(one).__name__) for one in found]
    endings = sorted((one.number, one.ending, one.cause) for one in desk.book.ended)
    assert [number for number, *_ in endings] == list(range(1, len(tasks) + 1))
    assert (desk.book.behind > 0) <= keeps_up
    return heard, len(desk.adapter.asked), endings
