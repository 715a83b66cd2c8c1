"""Quotas in a process: portions from the journal, memory for the rest; two processes share what one may do."""

from __future__ import annotations

import asyncio
import math
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from lgsp.allowances import Rate, Taken
from lgsp.journal.columns import metadata
from lgsp.journal.contract import Journal, JournalError
from lgsp.journal.quotas import SECOND
from lgsp.journal.sqlite import SqliteTransaction
from lgsp.quotas import Quotas

NOON = 1_767_243_600 * SECOND
REQUESTS, ITEMS = Taken.REQUESTS, Taken.ITEMS


class Time:
    """One time for all: the journal's and the processes'."""

    def __init__(self) -> None:
        self.passed = 0.0

    def journal(self) -> int:
        """Return what the journal's clock says."""
        return NOON + int(self.passed * SECOND)

    def process(self) -> float:
        """Return what a process' clock says."""
        return self.passed


class Kept:
    """A journal that keeps the table of quotas in memory, and counts how often it is asked."""

    def __init__(self, time: Time) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        columns = ", ".join(column.name for column in metadata.tables["quotas"].columns)
        self._connection.execute(f"CREATE TABLE quotas ({columns}, PRIMARY KEY (subject, kind))")
        self._clock = time.journal
        self.asked = 0
        self.away = False
        self.before: Callable[[], None] = lambda: None

    async def write(self, act: Callable[[Any], Any]) -> Any:
        """Do an act after a turn of the loop, as a journal does."""
        self.asked += 1
        await asyncio.sleep(0)
        self.before()
        if self.away:
            raise JournalError("writing to the journal: away")
        tx = SqliteTransaction(self._connection, self._clock)
        tx.start()
        try:
            return act(tx)
        finally:
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Let go."""
        self._connection.close()


@pytest.fixture
def time() -> Time:
    """A time that stands still until it is moved."""
    return Time()


@pytest.fixture
def journal(time: Time) -> Iterator[Kept]:
    """A journal in memory."""
    made = Kept(time)
    yield made
    made.close()


def process(journal: Kept, time: Time) -> Quotas:
    """Return the quotas of one more process."""
    return Quotas(cast("Journal", journal), time.process)


async def let(quotas: Quotas, rate: Rate, times: int, count: int = 1) -> int:
    """Ask so many times, one after another; return how many were let through."""
    answers = [await quotas.take("desk", REQUESTS, rate, count) for _ in range(times)]
    return answers.count(None)


async def test_that_nothing_is_left_is_known_without_asking(journal: Kept, time: Time) -> None:
    """Only what `take` would say without the journal, for as long as it would; looking takes nothing."""
    rate, one = Rate(per_minute=3), process(journal, time)
    assert one.none_left("desk", REQUESTS, rate) is None
    for _ in range(3):
        assert one.none_left("desk", REQUESTS, rate) is None
        assert await let(one, rate, 1) == 1
    assert one.none_left("desk", REQUESTS, rate) is None  # the journal was not asked since
    told = await one.take("desk", REQUESTS, rate)
    asked = journal.asked
    assert told is not None
    assert one.none_left("desk", REQUESTS, rate) == await one.take("desk", REQUESTS, rate) == told
    assert one.none_left("other", REQUESTS, rate) is None
    assert journal.asked == asked
    time.passed = 1.5  # a no is believed for a second
    assert one.none_left("desk", REQUESTS, rate) is None


async def test_what_is_left_is_not_denied_because_more_was(journal: Kept, time: Time) -> None:
    """Three were too many: one may still be let through, and is not told otherwise."""
    rate, one = Rate(per_minute=3), process(journal, time)
    assert await let(one, rate, 1) == 1
    assert await let(one, rate, 1, 3) == 0
    assert one.none_left("desk", REQUESTS, rate) is None
    assert await let(one, rate, 2) == 2


async def test_two_processes_share_a_minute(journal: Kept, time: Time) -> None:
    """Row 290: whoever asks first gets it; together they get what one may do, and not one more."""
    rate = Rate(per_minute=100)
    one, other = process(journal, time), process(journal, time)
    through = 0
    for _ in range(90):
        through += await let(one, rate, 1) + await let(other, rate, 1)
        await one.tidy()
        await other.tidy()
    time.passed = 2.0
    await one.tidy()
    await other.tidy()
    time.passed = 4.0
    through += await let(one, rate, 90) + await let(other, rate, 90)
    assert through == 100


async def test_the_hot_path_asks_memory(journal: Kept, time: Time) -> None:
    """As long as a portion lasts nobody waits for the journal; portions grow with what is used."""
    rate = Rate(per_day=1_000_000)
    quotas = process(journal, time)
    assert await let(quotas, rate, 5000) == 5000
    assert journal.asked < 20


async def test_many_that_wait_share_one_look(journal: Kept, time: Time) -> None:
    """What asks in the same instant is drawn at once, and is let through in its order."""
    rate = Rate(per_second=1, burst=5)
    quotas = process(journal, time)
    answers = await asyncio.gather(*(quotas.take("desk", REQUESTS, rate) for _ in range(40)))
    assert answers[:5] == [None] * 5
    assert all(answer is not None and 0 < answer <= 1 for answer in answers[5:])
    assert journal.asked <= 2


async def test_a_no_is_remembered_for_a_moment(journal: Kept, time: Time) -> None:
    """Whoever asks on and on costs the journal nothing; the wait shrinks as time passes."""
    rate = Rate(per_minute=1)
    quotas = process(journal, time)
    assert await quotas.take("desk", REQUESTS, rate) is None
    first = await quotas.take("desk", REQUESTS, rate)
    asked, time.passed = journal.asked, 0.5
    later = await quotas.take("desk", REQUESTS, rate)
    assert journal.asked == asked
    assert first is not None
    assert later == pytest.approx(first - 0.5)


async def test_a_crash_with_a_portion_passes_no_limit(journal: Kept, time: Time) -> None:
    """Row 291: what a process took along counts as used until its window ends."""
    rate = Rate(per_minute=100)
    dying, heir = process(journal, time), process(journal, time)
    gone = await let(dying, rate, 4)
    assert gone == 4
    left = await let(heir, rate, 200)
    assert 90 <= left <= 96
    time.passed = 60.0
    assert await let(heir, rate, 200) == 100


async def test_a_stop_gives_its_portions_back(journal: Kept, time: Time) -> None:
    """What a process did not use is there for the others, to the last one."""
    rate = Rate(per_day=1000)
    stopping, other = process(journal, time), process(journal, time)
    used = await let(stopping, rate, 30)
    await stopping.close()
    assert used + await let(other, rate, 1100) == 1000


async def test_what_nobody_uses_is_given_back(journal: Kept, time: Time) -> None:
    """A process that falls silent keeps nothing from the others; and forgets who is silent for a minute."""
    rate = Rate(per_day=1000)
    silent, other = process(journal, time), process(journal, time)
    used = await let(silent, rate, 30)
    time.passed = 1.5
    await silent.tidy()
    assert used + await let(other, rate, 1100) == 1000
    time.passed = 90.0
    await silent.tidy()
    asked = journal.asked
    await silent.tidy()
    await silent.close()
    assert journal.asked == asked


async def test_other_limits_hold_at_once(journal: Kept, time: Time) -> None:
    """Row 294: neither a portion nor a no of before counts once the limits are others."""
    quotas = process(journal, time)
    assert await let(quotas, Rate(per_day=10_000), 100) == 100
    assert await let(quotas, Rate(per_day=50), 10) == 0
    assert await let(quotas, Rate(per_day=10_000), 10) == 10


async def test_what_the_journal_cannot_give_is_not_let_through(journal: Kept, time: Time) -> None:
    """Row 296: it is away, or the answer is lost: nothing is let through on trust, and nothing hangs."""
    rate = Rate(per_second=100)
    quotas = process(journal, time)
    assert await let(quotas, rate, 3) == 3
    journal.away, time.passed = True, 1.0
    for _ in range(2):
        with pytest.raises(JournalError):
            await quotas.take("desk", REQUESTS, rate)
    journal.away = False
    assert await let(quotas, rate, 1) == 1


async def test_a_client_that_went_away_holds_nobody_up(journal: Kept, time: Time) -> None:
    """Who is cancelled while it waits is passed over; what was drawn for it serves the next."""
    rate = Rate(per_second=1, burst=1)
    quotas = process(journal, time)
    gone = asyncio.create_task(quotas.take("desk", REQUESTS, rate))
    await asyncio.sleep(0)
    gone.cancel()
    assert await quotas.take("desk", REQUESTS, rate) is None


async def test_callers_and_kinds_have_quotas_of_their_own(journal: Kept, time: Time) -> None:
    """Nobody is sent away for what another asked, nor a request for what it brings."""
    rate = Rate(per_minute=1)
    quotas = process(journal, time)
    assert await quotas.take("desk", REQUESTS, rate) is None
    assert await quotas.take("desk", ITEMS, rate) is None
    assert await quotas.take("post", REQUESTS, rate) is None
    assert await quotas.take("desk", REQUESTS, rate) is not None


async def test_more_than_a_window_holds_waits_for_ever(journal: Kept, time: Time) -> None:
    """Whoever brings more than may ever be brought at once is told that waiting does not help."""
    quotas = process(journal, time)
    assert await quotas.take("desk", ITEMS, Rate(per_minute=10), 11) == math.inf
    assert await quotas.take("desk", ITEMS, Rate(per_minute=10), 10) is None


async def test_a_portion_ends_with_its_time(journal: Kept, time: Time) -> None:
    """Row 293: what was drawn in one minute is not spent in the next, whose own it would add to."""
    rate = Rate(per_minute=500)
    quotas = process(journal, time)
    time.passed = 59.9
    assert await let(quotas, rate, 20) == 20
    time.passed = 60.0
    assert await let(quotas, rate, 600) == 500


async def test_a_slow_journal_lengthens_no_portion(journal: Kept, time: Time) -> None:
    """Row 293: the time of a portion runs from before it was asked for; what came too late is used at once or not."""
    rate = Rate(per_second=100)
    quotas = process(journal, time)
    assert await let(quotas, rate, 10) == 10

    def slow() -> None:
        time.passed += 5.0

    journal.before = slow
    asked = journal.asked
    assert await let(quotas, rate, 3) == 3
    assert journal.asked >= asked + 2


async def test_what_another_quota_forbids_is_not_spent(journal: Kept, time: Time) -> None:
    """What was let through and not done comes back to the portion."""
    rate = Rate(per_minute=1)
    quotas = process(journal, time)
    assert await quotas.take("desk", REQUESTS, rate) is None
    quotas.give_back("desk", REQUESTS, rate, 1, quotas.portion("desk", REQUESTS, rate))
    assert await quotas.take("desk", REQUESTS, rate) is None


async def test_what_comes_back_late_is_not_put_into_a_newer_minute(journal: Kept, time: Time) -> None:
    """The other quota's no came after the minute had changed: this minute grants what it grants, and no more."""
    rate = Rate(per_minute=500)
    quotas = process(journal, time)
    time.passed = 59.9
    assert await quotas.take("desk", REQUESTS, rate, 20) is None
    before = quotas.portion("desk", REQUESTS, rate)
    time.passed = 60.0
    assert await let(quotas, rate, 1) == 1
    quotas.give_back("desk", REQUESTS, rate, 20, before)
    assert await let(quotas, rate, 600) == 499


async def test_what_comes_back_late_is_not_put_into_a_newer_portion(journal: Kept, time: Time) -> None:
    """Of a limit by the second what was drawn seconds ago is gone, as it is when a portion ends unused."""
    rate = Rate(per_second=100, burst=100)
    quotas = process(journal, time)
    assert await quotas.take("desk", REQUESTS, rate, 50) is None
    before = quotas.portion("desk", REQUESTS, rate)
    time.passed = 5.0
    fresh = await let(quotas, rate, 1)
    quotas.give_back("desk", REQUESTS, rate, 50, before)
    assert fresh + await let(quotas, rate, 200) <= 100


async def test_limits_that_changed_meanwhile_take_nothing_back(journal: Kept, time: Time) -> None:
    """What was granted by other limits says nothing of what these grant."""
    wide, narrow = Rate(per_minute=500), Rate(per_minute=5)
    quotas = process(journal, time)
    assert await quotas.take("desk", REQUESTS, wide, 3) is None
    before = quotas.portion("desk", REQUESTS, wide)
    assert await let(quotas, narrow, 10) == 2
    quotas.give_back("desk", REQUESTS, narrow, 3, before)
    assert await let(quotas, narrow, 10) == 0
