"""Counting fetches, keeping pace, and telling who asks behind our own proxies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from lgsp.journal.contract import JournalError
from lgsp.relay.asking import Pace, who_asks
from lgsp.relay.counting import Counting


class FakeJournal:
    """Remembers what was counted; fails as often as it is told."""

    def __init__(self) -> None:
        self.writes: list[dict[Any, int]] = []
        self.failures = 0

    async def write(self, act: Callable[[Any], Any]) -> None:
        """Take one act."""
        if self.failures:
            self.failures -= 1
            raise JournalError("writing: the disk is full")
        taken = FakeTransaction()
        act(taken)
        self.writes.append(taken.served)
        await asyncio.sleep(0)


class FakeTransaction:
    """Takes what `relayed.count` writes."""

    now = 1

    def __init__(self) -> None:
        self.served: dict[Any, int] = {}

    def run(self, sql: str, rows: Any) -> None:
        """Remember how often each file was served."""
        if sql.startswith("UPDATE relayed"):
            for times, _, message, file in rows:
                self.served[message, file] = self.served.get((message, file), 0) + times

    def ids(self, _: str, count: int) -> range:
        """Draw ids."""
        return range(count)


def total(journal: FakeJournal) -> int:
    """Return how many fetches were written."""
    return sum(sum(one.values()) for one in journal.writes)


async def test_many_fetches_are_few_writes() -> None:
    """The first of a calm time is written at once, thousands after it together."""
    journal = FakeJournal()
    counting = Counting(journal, pause=30.0)  # type: ignore[arg-type]
    counting.add(1, 0, "/papers/0/url", "192.0.2.1")
    await asyncio.sleep(0.01)
    assert total(journal) == 1
    for n in range(3000):
        counting.add(1, n % 3, "/papers/0/url", "192.0.2.1")
    await counting.close()
    assert total(journal) == 3001
    assert len(journal.writes) <= 3


async def test_a_journal_that_fails_costs_no_count() -> None:
    """What could not be written is written with what comes after."""
    journal = FakeJournal()
    journal.failures = 2
    counting = Counting(journal, pause=0.01)  # type: ignore[arg-type]
    for who in ("192.0.2.1", "192.0.2.2"):
        counting.add(1, 0, "/papers/0/url", who)
    async with asyncio.timeout(5):
        while total(journal) < 2:  # noqa: ASYNC110 - the journal has no event for it
            await asyncio.sleep(0.01)
    await counting.close()
    assert total(journal) == 2


async def test_a_journal_that_is_gone_does_not_hold_up_the_end() -> None:
    """Who stops tries once more, and leaves."""
    journal = FakeJournal()
    journal.failures = 1000
    counting = Counting(journal, pause=30.0)  # type: ignore[arg-type]
    counting.add(1, 0, "/papers/0/url", "192.0.2.1")
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await counting.close()
    assert journal.writes == []


def test_each_address_has_a_pace_of_its_own() -> None:
    """What one used up comes back with time, and costs nobody else anything."""
    now = [100.0]
    pace = Pace(lambda: now[0])
    assert [pace.wait("a", 2) for _ in range(3)] == [0.0, 0.0, 30.0]
    assert pace.spent("a", 2)
    assert not pace.spent("b", 2)
    assert pace.wait("b", 2) == 0.0
    now[0] += 29
    assert pace.wait("a", 2) == pytest.approx(1.0)
    now[0] += 1
    assert pace.wait("a", 2) == 0.0
    now[0] += 3600
    assert [pace.wait("a", 2) for _ in range(3)] == [0.0, 0.0, 30.0]


def test_only_so_many_addresses_are_remembered() -> None:
    """Who comes from millions of addresses fills no memory."""
    pace = Pace(lambda: 0.0)
    for n in range(20_000):
        pace.wait(str(n), 1)
    assert pace.wait("0", 1) == 0.0
    assert pace.wait("19999", 1) > 0


@pytest.mark.parametrize(
    ("peer", "forwarded", "who"),
    [
        ("203.0.113.1", "", "203.0.113.1"),
        ("203.0.113.1", "198.51.100.1", "203.0.113.1"),
        ("10.9.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.9.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("10.9.0.1", "198.51.100.1, 10.9.0.2", "198.51.100.1"),
        ("10.9.0.1", "10.9.0.2", "10.9.0.1"),
        ("10.9.0.1", "", "10.9.0.1"),
        ("10.9.0.1", "unknown", "10.9.0.1"),
        ("10.9.0.1", "198.51.100.1, <script>", "10.9.0.1"),
        ("10.9.0.1", " , ,", "10.9.0.1"),
        ("", "198.51.100.1", ""),
    ],
)
def test_only_our_own_proxies_say_who_asks(peer: str, forwarded: str, who: str) -> None:
    """The last word that a proxy of ours added counts; whatever the asker wrote before it does not."""
    assert who_asks(peer, forwarded, frozenset({"10.9.0.0/24", "10.8.0.1"})) == who
    assert who_asks(peer, forwarded, frozenset()) == peer
