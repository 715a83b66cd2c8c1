"""Flights: shared by those who wait, let go with the last of them, and never longer than anybody waits."""

from __future__ import annotations

import asyncio
import time
from typing import cast

import pytest

from lgsp.enquiry import Ending, NoAnswer, Question
from lgsp.journal.asks import Begun
from lgsp.journal.contract import JournalError
from lgsp.lookups.flights import Flight, Flights
from lgsp.lookups.walking import Answer, Answering, Walk
from lgsp.questions import Asked
from tests.lookups.far_side import QUESTION, settled

ANSWER = Answer(b"{}")


class Far:
    """A far side that answers when it is told to; it keeps the flights."""

    def __init__(self) -> None:
        self.flown: list[Flight] = []
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

    async def fly(self, _: Walk, flight: Flight) -> Answer:
        """Fly."""
        self.flown.append(flight)
        return await asyncio.shield(self.answer)


def _walk(within: float = 5.0, key: bytes = b"k") -> Walk:
    request = Question("one-stop", "citizen.query.v1", QUESTION, "check", "B")
    now = time.monotonic()
    return Walk(
        request, cast("Asked", None), cast("Answering", None), now, now + within, cast("Begun", None), key=key
    )


async def test_a_flight_is_shared_and_forgotten() -> None:
    """Equal keys share one; once it has landed the next one takes off anew."""
    far = Far()
    flights = Flights(far.fly)
    tasks = [asyncio.create_task(flights.answer(_walk(key=key))) for key in (b"a", b"a", b"b")]
    await settled()
    assert (len(far.flown), len(flights)) == (2, 2)
    far.answer.set_result(ANSWER)
    assert await asyncio.gather(*tasks) == [ANSWER] * 3
    await settled()
    assert len(flights) == 0
    await flights.answer(_walk(key=b"a"))
    assert len(far.flown) == 3


async def test_a_flight_lasts_as_long_as_the_most_patient() -> None:
    """(320) Each who joins may lengthen it."""
    far = Far()
    flights = Flights(far.fly)
    walks = [_walk(1.0), _walk(9.0), _walk(3.0)]
    tasks = [asyncio.create_task(flights.answer(one)) for one in walks]
    await settled()
    (flight,) = far.flown
    assert (flight.waiting, flight.until) == (3, walks[1].until)
    far.answer.set_result(ANSWER)
    await asyncio.gather(*tasks)
    assert flight.waiting == 0


async def test_the_last_one_lets_it_go() -> None:
    """Who goes before leaves it to the others; who comes after it was let go flies anew."""
    far = Far()
    flights = Flights(far.fly)
    one, other = (asyncio.create_task(flights.answer(_walk())) for _ in range(2))
    await settled()
    one.cancel()
    await settled()
    assert not far.flown[0].task.done()
    other.cancel()
    late = asyncio.create_task(flights.answer(_walk()))
    await settled()
    assert far.flown[0].task.cancelled()
    assert (len(far.flown), len(flights)) == (2, 1)
    far.answer.set_result(ANSWER)
    assert await late == ANSWER


async def test_a_far_side_that_will_not_be_let_go_keeps_nobody() -> None:
    """(318) An adapter that swallows its cancellation holds its place, not its callers."""
    over = asyncio.Event()

    async def stubborn(_: Walk, __: Flight) -> Answer:
        while not over.is_set():
            try:
                await over.wait()
            except asyncio.CancelledError:
                continue
        return ANSWER

    flights = Flights(stubborn)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await flights.answer(_walk(0.05))
    assert len(flights) == 0
    over.set()
    await settled()


@pytest.mark.parametrize(
    "fault", [JournalError("away"), NoAnswer(Ending.ABSENT, "not-found"), asyncio.CancelledError()]
)
async def test_a_fault_is_told_to_each(fault: BaseException) -> None:
    """(316, 317) Also one that nobody counted on; nobody who waits is cancelled by it."""

    async def failing(_: Walk, __: Flight) -> Answer:
        raise fault

    flights = Flights(failing)
    found = await asyncio.gather(*(flights.answer(_walk()) for _ in range(2)), return_exceptions=True)
    if isinstance(fault, JournalError):
        assert found == [fault, fault]
    else:
        causes = [one.cause for one in found if isinstance(one, NoAnswer)]
        assert causes == (["not-found"] * 2 if isinstance(fault, NoAnswer) else ["adapter-bug"] * 2)
        assert found[0] is not found[1]
