"""What was turned away becomes entries: at once, then counted; it neither waits nor floods, and is not lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import orjson
import pytest

from lgsp import attempts as attempts_module
from lgsp.attempts import ANYWHERE, NOBODY, Attempts
from lgsp.journal.contract import Journal, JournalError


class Written:
    """A journal that keeps the entries it is given."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self.away = False

    async def write(self, act: Callable[[Any], Any]) -> Any:
        """Do an act."""
        await asyncio.sleep(0)
        if self.away:
            raise JournalError("writing to the journal: away")
        return act(self)

    def told(self) -> list[tuple[str, str, int]]:
        """Return who, why and how often, of each entry."""
        return [
            (one["who"], one["cause"], orjson.loads(one["details"]).get("times", 0)) for one in self.entries
        ]


@pytest.fixture
def journal(monkeypatch: pytest.MonkeyPatch) -> Written:
    """A journal in memory."""
    made = Written()
    monkeypatch.setattr(
        "lgsp.journal.turned_away.write_entries", lambda tx, entries: tx.entries.extend(entries)
    )
    return made


@pytest.fixture
def now() -> list[float]:
    """A clock that is moved by hand."""
    return [0.0]


@pytest.fixture
def attempts(journal: Written, now: list[float]) -> Attempts:
    """What is tested, with a minute of sixty seconds."""
    return Attempts(cast("Journal", journal), clock=lambda: now[0])


def tried(
    attempts: Attempts, times: int = 1, who: str = "desk", address: str = "10.0.0.9", cause: str = "unknown"
) -> None:
    """Note an attempt so many times."""
    for _ in range(times):
        attempts.note("turned away", who, "/v1/messages", address, cause)


async def test_the_first_is_an_entry_at_once_and_the_rest_is_counted(
    attempts: Attempts, journal: Written
) -> None:
    """A thousand tries are two entries: one now, one with their number when the minute is over."""
    tried(attempts)
    await attempts.write()
    tried(attempts, 999)
    await attempts.write()
    assert journal.told() == [("desk", "unknown", 1)]
    await attempts.write(everything=True)
    assert journal.told() == [("desk", "unknown", 1), ("desk", "unknown", 999)]


async def test_who_goes_on_is_counted_minute_by_minute(attempts: Attempts, journal: Written) -> None:
    """An attempt that lasts is one entry a minute; after a minute without it the next one is new again."""
    tried(attempts)
    await attempts.write(everything=True)
    tried(attempts, 5)
    await attempts.write()
    assert journal.told() == [("desk", "unknown", 1)]
    await attempts.write(everything=True)
    await attempts.write(everything=True)
    tried(attempts)
    await attempts.write()
    assert journal.told() == [("desk", "unknown", 1), ("desk", "unknown", 5), ("desk", "unknown", 1)]


async def test_each_who_address_and_cause_is_told_apart(attempts: Attempts, journal: Written) -> None:
    """One of them being counted hides no other."""
    tried(attempts)
    for other in ({"who": "post"}, {"address": "10.0.0.8"}, {"cause": "expired"}, {"who": ""}):
        tried(attempts, 1, **other)
    await attempts.write()
    assert len(journal.entries) == 5
    assert (NOBODY, "unknown", 1) in journal.told()


async def test_memory_is_bounded_and_every_try_is_counted(attempts: Attempts, journal: Written) -> None:
    """A flood from everywhere is counted together by its cause; its number is whole, its entries are few."""
    for n in range(5000):
        tried(attempts, 1, address=f"10.{n >> 8}.{n & 255}.1", who=f"guess-{n}", cause=f"why-{n % 3}")
    assert len(attempts._counted) <= 2 * attempts_module._MOST
    await attempts.write(everything=True)
    assert sum(times for *_, times in journal.told()) == 5000
    assert sum(orjson.loads(one["details"])["address"] == ANYWHERE for one in journal.entries) == 3
    for n in range(5000):
        tried(attempts, 1, address=f"10.{n >> 8}.{n & 255}.1", cause=f"why-{n}")
    assert len(attempts._counted) <= 2 * attempts_module._MOST + 1


async def test_what_the_journal_does_not_take_is_kept(attempts: Attempts, journal: Written) -> None:
    """Row 297: while it is away attempts are counted on, and nothing is told twice or lost."""
    journal.away = True
    tried(attempts, 3)
    with pytest.raises(JournalError):
        await attempts.write()
    tried(attempts, 2)
    journal.away = False
    await attempts.write()
    assert journal.told() == [("desk", "unknown", 5)]


async def test_what_comes_while_it_is_written_is_counted_for_the_next(
    attempts: Attempts, journal: Written
) -> None:
    """Row 297: an attempt in the middle of the writing is in none of what was written, and not lost."""
    tried(attempts)
    writing = asyncio.create_task(attempts.write())
    await asyncio.sleep(0)
    tried(attempts, 4)
    await writing
    await attempts.write(everything=True)
    assert journal.told() == [("desk", "unknown", 1), ("desk", "unknown", 4)]


async def test_a_stop_writes_what_was_counted(attempts: Attempts, journal: Written) -> None:
    """What came in the last minute is entered; a journal that is away holds no stop up."""
    tried(attempts)
    await attempts.write()
    tried(attempts, 7)
    await attempts.close()
    assert journal.told()[-1] == ("desk", "unknown", 7)
    tried(attempts)
    journal.away = True
    await attempts.close()


async def test_it_runs_by_itself(attempts: Attempts, journal: Written, now: list[float]) -> None:
    """In the background: the first at once, the rest once the minute is over."""
    running = asyncio.create_task(attempts.run())
    async with asyncio.timeout(5):
        tried(attempts)
        while len(journal.entries) < 1:  # noqa: ASYNC110 - what is waited for is done by another task
            await asyncio.sleep(0)
        tried(attempts, 3)
        now[0] = 61.0
        tried(attempts, 1, who="post")
        while len(journal.entries) < 3:  # noqa: ASYNC110
            await asyncio.sleep(0)
    running.cancel()
    assert sorted(journal.told()) == [("desk", "unknown", 1), ("desk", "unknown", 3), ("post", "unknown", 1)]


async def test_an_entry_is_short_whatever_was_sent(attempts: Attempts, journal: Written) -> None:
    """Names and paths that a stranger chose are cut; what is not said stands in no entry."""
    attempts.note("turned away", "x" * 5000, "/" + "y" * 5000, "", "unknown")
    await attempts.write()
    (one,) = journal.entries
    assert len(one["who"]) <= 120
    assert len(one["details"]) <= 200
    assert "address" not in orjson.loads(one["details"])


async def test_two_who_write_at_once_write_once(attempts: Attempts, journal: Written) -> None:
    """A stop beside what runs: nothing is counted twice, and nothing below none."""
    tried(attempts)
    await asyncio.gather(*(attempts.write(everything=True) for _ in range(3)))
    assert [times for *_, times in journal.told()] == [1]
    tried(attempts)
    await attempts.write(everything=True)
    assert [times for *_, times in journal.told()] == [1, 1]
