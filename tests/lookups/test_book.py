"""The book of questions: entered together, before anybody is asked; endings are never lost while we live."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from lgsp.enquiry import Ending
from lgsp.journal.asks import Begun, Ended
from lgsp.journal.contract import JournalError
from lgsp.lookups import book as books
from lgsp.lookups.book import Book
from tests.lookups.far_side import settled


class Journal:
    """Notes what each transaction holds; fails while it is told to. What is entered behind stands in `late`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.transactions: list[tuple[int, list[int]]] = []
        self.late: list[Begun] = []
        self.away = False
        self.poison = -1
        self.open = asyncio.Event()
        self.open.set()
        self.wrote = asyncio.Event()
        self._begun = 0
        self._noted: list[tuple[int, list[int]]] = []
        monkeypatch.setattr(books.asks, "begin", self._begin)
        monkeypatch.setattr(books.asks, "end", self._end)
        monkeypatch.setattr(books.asks, "catch_up", self._catch_up)

    async def write(self, act: Callable[[Any], Any]) -> Any:
        """Run an act."""
        await self.open.wait()
        if self.away:
            raise JournalError("writing: away")
        self._opened, self._ended, self._caught_up = 0, [], []
        await asyncio.sleep(0)
        result = act(None)
        if self.poison in self._ended:
            raise JournalError("writing: it cannot hold this")
        self.transactions.append((self._opened, self._ended))
        self.late += self._caught_up
        self.wrote.set()
        return result

    def _begin(self, _: Any, questions: list[Begun]) -> list[int]:
        self._opened = len(questions)
        self._begun += len(questions)
        return list(range(self._begun - len(questions) + 1, self._begun + 1))

    def _end(self, _: Any, endings: list[Ended]) -> None:
        self._ended = [one.number for one in endings]

    def _catch_up(self, _: Any, questions: list[Begun]) -> None:
        self._caught_up = [*questions]


@pytest.fixture
def journal(monkeypatch: pytest.MonkeyPatch) -> Journal:
    """Return a journal."""
    return Journal(monkeypatch)


def _book(journal: Any) -> Book:
    return Book(journal)


def _begun(ended: Ended | None = None) -> Begun:
    return Begun(uuid4(), "one-stop", "pop", "citizen.query.v1", "B", "check", "basis", ended=ended)


def _over() -> Begun:
    return _begun(Ended(0, Ending.TURNED_AWAY, 5, "too-busy"))


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
    journal.open.set()
    assert await tasks[0] == 1
    assert await tasks[2] == 3


async def test_who_waits_no_more_is_not_entered(journal: Journal) -> None:
    """(326) Nobody is asked for it, so there is no trace to be kept of it."""
    book = _book(journal)
    journal.open.clear()
    first = asyncio.create_task(book.begin(_begun()))
    await settled()
    late = asyncio.create_task(book.begin(_begun()))
    await settled()
    late.cancel()
    journal.open.set()
    assert await first == 1
    await book.close()
    assert [opened for opened, _ in journal.transactions] == [1]


async def test_who_went_while_it_was_entered_ends(journal: Journal) -> None:
    """(326) The transaction was under way: its question is over at once, and does not stay open."""
    book = _book(journal)
    journal.open.clear()
    gone = asyncio.create_task(book.begin(_begun()))
    await settled()
    gone.cancel()
    journal.open.set()
    await book.close()
    assert journal.transactions == [(1, []), (0, [1])]


async def test_who_goes_as_the_number_comes_ends_too(journal: Journal) -> None:
    """(326) It was given, and nobody was there to take it any more: its question does not stay open."""
    book = _book(journal)
    gone = asyncio.create_task(book.begin(_begun()))
    await journal.wrote.wait()
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    await book.close()
    assert journal.transactions == [(1, []), (0, [1])]


async def test_what_is_over_ends_once(journal: Journal) -> None:
    """(326) Its caller went while it was entered with its ending: it has that one, and no other."""
    book = _book(journal)
    journal.open.clear()
    gone = asyncio.create_task(book.begin(_over()))
    await settled()
    gone.cancel()
    journal.open.set()
    await book.close()
    assert journal.transactions == [(1, [])]


async def test_who_is_turned_away_is_written_with_the_endings(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """(331) Together, a moment later, and holds up no question; a stop writes what is left."""
    monkeypatch.setattr(books, "_GATHER", 3600.0)
    book = _book(journal)
    book.end(Ended(7, Ending.ANSWERED, 5))
    over = [_over() for _ in range(3)]
    assert [book.over(one) for one in over] == [True] * 3
    assert await book.begin(_begun()) == 1
    assert (journal.transactions, journal.late) == ([(1, [])], [])
    await book.close()
    assert (journal.transactions[1:], journal.late) == ([(0, [7])], over)


async def test_while_the_journal_is_away_nobody_is_noted_behind(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """(334) Those of the first moment are written when it is back; the others hear that it is away."""
    monkeypatch.setattr(books, "_REST", 0.001)
    monkeypatch.setattr(books, "_GATHER", 0.0)
    book = _book(journal)
    journal.away = True
    over = [_over() for _ in range(2)]
    assert all(book.over(one) for one in over)
    await asyncio.sleep(0.01)
    assert not book.over(_over())
    with pytest.raises(JournalError):
        await book.begin(_over())
    journal.away = False
    while len(journal.late) < 2:
        await settled()
    assert {one.uid for one in journal.late} == {one.uid for one in over}
    for number in range(20):
        book.end(Ended(number, Ending.ANSWERED, 5))
        while book._behind:
            await settled()
    assert book.over(_over())
    await book.close()


async def test_those_noted_behind_are_bounded_and_none_is_let_go(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """(334) A journal that hangs fills no memory: who comes behind so many is entered like the others."""
    monkeypatch.setattr(books, "_MOST_OVER", 3)
    monkeypatch.setattr(books, "_GATHER", 0.0)
    book = _book(journal)
    journal.open.clear()
    over = [_over() for _ in range(4)]
    assert [book.over(one) for one in over] == [True, True, True, False]
    journal.open.set()
    await book.close()
    assert journal.late == over[:3]


async def test_an_ending_that_cannot_be_written_keeps_no_other(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """(327) Neither those beside it nor questions that come meanwhile; it is tried behind them."""
    monkeypatch.setattr(books, "_REST", 0.0)
    book = _book(journal)
    journal.poison = 3
    for number in range(6):
        book.end(Ended(number, Ending.ANSWERED, 5))
    while sum(len(ended) for _, ended in journal.transactions) < 5:
        await settled()
    assert await book.begin(_begun()) == 1
    assert sorted(number for _, ended in journal.transactions for number in ended) == [0, 1, 2, 4, 5]
    journal.poison = -1
    await book.close()
    assert sorted(number for _, ended in journal.transactions for number in ended) == list(range(6))


async def test_a_stop_does_not_wait_for_a_journal_that_is_away(journal: Journal) -> None:
    """(328) What cannot be written is told to the log; the sweeper ends what stays open."""
    book = _book(journal)
    journal.away = True
    book.end(Ended(1, Ending.ANSWERED, 5))
    await book.close()
    assert journal.transactions == []


async def test_a_stop_waits_for_what_is_entered_meanwhile(journal: Journal) -> None:
    """(358) It may end at once, from memory: that is written too."""
    book = _book(journal)

    async def ask() -> None:
        book.end(Ended(await book.begin(_begun()), Ending.ANSWERED, 5))

    asking = asyncio.create_task(ask())
    await asyncio.sleep(0)
    await book.close()
    assert (asking.done(), journal.transactions) == (True, [(1, []), (0, [1])])


async def test_those_who_wait_to_be_entered_are_bounded(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """(329) A journal that hangs fills no memory: who comes behind so many is told so."""
    monkeypatch.setattr(books, "_MOST_OPENING", 3)
    book = _book(journal)
    journal.open.clear()
    first = asyncio.create_task(book.begin(_begun()))
    await settled()
    rest = [asyncio.create_task(book.begin(_begun())) for _ in range(3)]
    await settled()
    with pytest.raises(JournalError):
        await book.begin(_begun())
    journal.open.set()
    assert await asyncio.gather(first, *rest) == [1, 2, 3, 4]


async def test_endings_gather_and_hold_up_no_question(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are written together, a moment later; whoever asks meanwhile does not pay for them."""
    monkeypatch.setattr(books, "_GATHER", 3600.0)
    book = _book(journal)
    for number in (1, 2):
        assert await book.begin(_begun()) == number
        book.end(Ended(number, Ending.ANSWERED, 5))
        await settled()
    journal.open.clear()
    third = asyncio.create_task(book.begin(_begun()))
    await settled()
    book.end(Ended(3, Ending.ANSWERED, 5))  # while the transaction of another question is under way
    journal.open.set()
    assert await third == 3
    await settled()
    assert journal.transactions == [(1, [])] * 3
    monkeypatch.setattr(books, "_GATHER", 0.0)
    await book.close()
    assert journal.transactions[3:] == [(0, [1, 2, 3])]


async def test_who_ends_later_puts_off_no_ending(journal: Journal) -> None:
    """(357) Once an ending has gathered the next transaction takes it, whatever ends before that begins."""
    book = _book(journal)
    asking = asyncio.create_task(book.begin(_begun()))
    book.end(Ended(7, Ending.ANSWERED, 5))
    book._gathered()
    book.end(Ended(8, Ending.ANSWERED, 5))
    await asking
    assert [number for _, ended in journal.transactions for number in ended] == [7, 8]


async def test_endings_are_written_by_themselves(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where nobody asks any more."""
    monkeypatch.setattr(books, "_GATHER", 0.0)
    book = _book(journal)
    for number in (1, 2):
        book.end(Ended(number, Ending.ANSWERED, 5))
        while len(journal.transactions) < number:
            await settled()
    assert journal.transactions == [(0, [1]), (0, [2])]


async def test_who_asks_wakes_a_book_that_rests(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """(318) The pause between two tries is for endings; a question is told at once that the journal is away."""
    monkeypatch.setattr(books, "_REST", 3600.0)
    monkeypatch.setattr(books, "_GATHER", 0.0)
    book = _book(journal)
    journal.away = True
    book.end(Ended(7, Ending.ANSWERED, 5))
    await asyncio.sleep(0.01)
    with pytest.raises(JournalError):
        await book.begin(_begun())
    journal.away = False
    assert await book.begin(_begun()) == 1
    await book.close()
    assert [number for _, ended in journal.transactions for number in ended] == [7]
