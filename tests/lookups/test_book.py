"""The book of questions: entered together, before anybody is asked; endings are never lost while we live."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from lgsp.journal.asks import Begun, Ended, Ending
from lgsp.journal.contract import JournalError
from lgsp.lookups import book as books
from lgsp.lookups.book import Book
from tests.lookups.far_side import settled


class Journal:
    """Notes what each transaction holds; fails while it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.transactions: list[tuple[int, list[int]]] = []
        self.away = False
        self.open = asyncio.Event()
        self.open.set()
        self._begun = 0
        self._noted: list[tuple[int, list[int]]] = []
        monkeypatch.setattr(books.asks, "begin", self._begin)
        monkeypatch.setattr(books.asks, "end", self._end)

    async def write(self, act: Callable[[Any], Any]) -> Any:
        """Run an act."""
        await self.open.wait()
        if self.away:
            raise JournalError("writing: away")
        self._opened, self._ended = 0, []
        result = act(None)
        self.transactions.append((self._opened, self._ended))
        return result

    def _begin(self, _: Any, questions: list[Begun]) -> list[int]:
        self._opened = len(questions)
        self._begun += len(questions)
        return list(range(self._begun - len(questions) + 1, self._begun + 1))

    def _end(self, _: Any, endings: list[Ended]) -> None:
        self._ended = [one.number for one in endings]


@pytest.fixture
def journal(monkeypatch: pytest.MonkeyPatch) -> Journal:
    """Return a journal."""
    return Journal(monkeypatch)


def _book(journal: Any) -> Book:
    return Book(journal)


def _begun() -> Begun:
    return Begun(uuid4(), "one-stop", "population-db", "citizen.query.v1", "B", "check", "basis")


async def test_what_comes_together_is_entered_together(journal: Journal) -> None:
    """While one transaction is written the next gathers; each question gets its own number."""
    book = _book(journal)
    journal.open.clear()
    first = asyncio.create_task(book.begin(_begun()))
    await settled()
    rest = [asyncio.create_task(book.begin(_begun())) for _ in range(50)]
    await settled()
    journal.open.set()
    assert await asyncio.gather(first, *rest) == list(range(1, 52))
    assert [opened for opened, _ in journal.transactions] == [1, 50]


async def test_nobody_is_asked_whose_question_is_not_entered(journal: Journal) -> None:
    """A journal that is away says so to each who waits."""
    book = _book(journal)
    journal.away = True
    found = await asyncio.gather(*(book.begin(_begun()) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in found] == [JournalError] * 3


async def test_an_ending_waits_for_the_journal(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be written is written once, in order, when the journal is back."""
    monkeypatch.setattr(books, "_REST", 0.001)
    book = _book(journal)
    journal.away = True
    book.end(Ended(1, Ending.ANSWERED, 5))
    await asyncio.sleep(0.01)
    book.end(Ended(2, Ending.LATE, 5))
    journal.away = False
    await book.close()
    assert [number for _, ended in journal.transactions for number in ended] == [1, 2]


async def test_who_hangs_up_while_it_is_entered_disturbs_nobody(journal: Journal) -> None:
    """The others get their numbers."""
    book = _book(journal)
    journal.open.clear()
    tasks = [asyncio.create_task(book.begin(_begun())) for _ in range(3)]
    await settled()
    tasks[1].cancel()
    await settled()
    journal.open.set()
    assert await tasks[0] == 1
    assert await tasks[2] == 3
