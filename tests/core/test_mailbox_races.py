"""Clients of two processes, and people, want the same delivery of one mailbox in the same instant, on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from lgsp.journal import acting, mailboxes, reporting, sweeping
from lgsp.journal.contract import Offer, Transaction, WrongStateError
from lgsp.journal.mailboxes import Offered
from lgsp.journal.postgres import PostgresJournal
from lgsp.journal.states import State
from lgsp.testing.making import PAPER, SOURCE, SYSTEM, arrival, outcome, paper

TIMES = 25
_BOTH = "SELECT state FROM deliveries UNION ALL SELECT state FROM history"
_ALONE = (
    "SELECT line FROM deliveries WHERE state IN (1, 2, 3, 4, 6) GROUP BY line"
    " HAVING sum(CASE WHEN state = 1 THEN 0 ELSE 1 END) <> 1"
)


class Place:
    """One process on the journal, and the client that works by it."""

    def __init__(self, journal: PostgresJournal) -> None:
        self.journal = journal

    async def tell(self, offer: Offer) -> None:
        """Take a document on for the mailbox."""
        await self.journal.accept(arrival(offer))

    async def listed(self) -> list[Offered]:
        """Return what is there."""
        return await self.journal.read(lambda tx: mailboxes.waiting(tx, SYSTEM, [PAPER], 1000))

    async def act(self, act: Callable[[Transaction], Any]) -> Any:
        """Act; what the state does not allow is answered by None."""
        try:
            return await self.journal.write(act)
        except WrongStateError:
            return None

    async def take(self, one: Offered) -> Any:
        """Take a delivery."""
        return await self.act(lambda tx: mailboxes.take(tx, SYSTEM, one.delivery, one.uid))

    async def done(self, one: Offered) -> Any:
        """Say that it is done."""
        return await self.act(lambda tx: mailboxes.done(tx, SYSTEM, one.delivery, one.uid, ""))

    async def fail(self, one: Offered) -> Any:
        """Say that it cannot be used."""
        return await self.act(lambda tx: mailboxes.fail(tx, SYSTEM, one.delivery, one.uid, "", lambda _: 1))

    async def rows(self, sql: str) -> list[Any]:
        """Return the rows of a query."""
        return await self.journal.read(lambda tx: tx.rows(sql))


@pytest.fixture
async def places(database: str) -> AsyncIterator[tuple[Place, Place]]:
    """Lend two processes on one database."""
    async with AsyncExitStack() as opened:
        found = []
        for _ in range(2):
            journal = await PostgresJournal.open(database)
            opened.push_async_callback(journal.close)
            journal.collecting.add(SYSTEM)
            found.append(Place(journal))
        yield found[0], found[1]


async def states(place: Place) -> set[State]:
    """Return the states in which deliveries stand."""
    return {State(row[0]) for row in await place.rows(_BOTH)}


async def each(places: tuple[Place, Place], race: Callable[[Offered], Awaitable[Any]]) -> list[Any]:
    """Run a race for each of many documents, each in a line of its own; return how they ended."""
    here, _ = places
    for n in range(TIMES):
        await here.tell(paper(f"K{n}", f"P{n}"))
    return [await race(one) for one in await here.listed()]


async def test_done_and_fail_at_once_is_done(places: tuple[Place, Place]) -> None:
    """Row 102: whichever came first, somebody has it; it is delivered, and told so once."""
    here, there = places
    ended = await each(places, lambda one: asyncio.gather(here.done(one), there.fail(one)))
    assert (len(ended), {done for done, _ in ended}) == (TIMES, {True})
    assert await states(here) == {State.DELIVERED}
    told = await here.journal.read(lambda tx: reporting.reports(tx, SOURCE))
    assert [report.state for report in told] == ["delivered"] * TIMES


async def test_done_by_two_at_once_is_one_delivery(places: tuple[Place, Place]) -> None:
    """Row 100: both are told that it is so; there is one end of it in the journal."""
    here, there = places
    ended = await each(places, lambda one: asyncio.gather(here.done(one), there.done(one)))
    assert ended == [[True, True]] * TIMES
    told = await here.journal.read(lambda tx: reporting.reports(tx, SOURCE))
    assert [report.state for report in told] == ["delivered"] * TIMES


async def test_who_joins_a_line_while_its_head_is_done_is_offered(places: tuple[Place, Place]) -> None:
    """Rows 1 and 97: the newcomer sees the head, or its end: it never waits for nobody."""
    here, there = places
    await here.tell(paper("L", "P0"))
    for n in range(1, TIMES):
        (head,) = await here.listed()
        await asyncio.gather(here.done(head), there.tell(paper("L", f"P{n}")))
        (after,) = await here.listed()
        assert after.delivery > head.delivery
    assert await here.rows(_ALONE) == []


async def test_done_and_cancel_at_once_do_not_both_win(places: tuple[Place, Place]) -> None:
    """Row 104: who is told that it counts has it; what was called off counts for nobody."""
    here, there = places

    async def race(one: Offered) -> bool:
        call_off = lambda tx: bool(acting.cancel(tx, one.delivery, "operator", "twice") is not None)  # noqa: E731
        done, off = await asyncio.gather(here.done(one), there.act(call_off))
        return bool(done) is not bool(off)

    assert await each(places, race) == [True] * TIMES
    assert await states(here) <= {State.DELIVERED, State.CANCELLED}


async def test_what_expires_while_it_is_taken_is_taken_or_void(places: tuple[Place, Place]) -> None:
    """Row 104: a sweep goes by what it finds under the lock; in the end nobody has it and all of it is void."""
    here, there = places
    void = "UPDATE deliveries SET expires_at = ? WHERE id = ?"

    async def race(one: Offered) -> None:
        await here.journal.write(lambda tx: tx.run(void, [(tx.now, one.delivery)]))
        await asyncio.gather(here.take(one), there.act(lambda tx: sweeping.expire(tx, {})))

    await each(places, race)
    await there.act(lambda tx: sweeping.expire(tx, {}))
    assert (await states(here), await here.listed()) == ({State.EXPIRED}, [])


async def test_two_processes_rehouse_while_messages_come(places: tuple[Place, Place]) -> None:
    """Row 107: both load the routes; nothing is offered to who is sent to, nor ready for who collects."""
    here, there = places
    for n in range(8):
        collects = n % 2 == 0
        for place in places:
            (place.journal.collecting.add if collects else place.journal.collecting.discard)(SYSTEM)
        change = lambda tx: mailboxes.rehouse(tx, [SYSTEM])  # noqa: E731
        told = [here.tell(paper(f"K{n}", f"P{n}-{m}")) for m in range(3)]
        await asyncio.gather(here.act(change), there.act(change), *told)
        astray = State.READY if collects else State.OFFERED
        assert await here.rows(f"SELECT id FROM deliveries WHERE state = {int(astray)}") == []
    assert await here.rows(_ALONE) == []


async def test_what_is_withdrawn_while_it_is_taken_is_sent_once(places: tuple[Place, Place]) -> None:
    """Row 116: the system ceases to collect in that moment; a worker's outcome is not taken for a late one."""
    here, there = places
    worker = await there.journal.write(lambda tx: acting.enlist(tx, "worker"))
    for n in range(TIMES):
        for place in places:
            place.journal.collecting.add(SYSTEM)
        await there.act(lambda tx: mailboxes.rehouse(tx, [SYSTEM]))
        await here.tell(paper(f"K{n}", f"P{n}"))
        (one,) = await here.listed()

        async def send() -> bool:
            there.journal.collecting.discard(SYSTEM)
            await there.act(lambda tx: mailboxes.rehouse(tx, [SYSTEM]))
            frames = await there.act(lambda tx: sweeping.refill(tx, SYSTEM, 10))
            (claim,) = await there.journal.claim(frames, worker)
            return (await there.journal.settle(outcome(claim, worker=worker))).late

        _, late = await asyncio.gather(here.take(one), send())
        assert not late
