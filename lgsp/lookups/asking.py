"""How one question walks: checked, entered, routed; answered from memory or by the far side, in time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import structlog

from lgsp.enquiry import Ending, NoAnswer, Question, Reply
from lgsp.errors import Invalid, Problem, Refused, Scope, Unavailable
from lgsp.health import LONGEST_WAIT
from lgsp.journal.asks import Begun, Ended
from lgsp.journal.contract import JournalError
from lgsp.journal.salts import Salts
from lgsp.lookups.book import Book
from lgsp.lookups.flights import LEAST, Flight, Flights
from lgsp.lookups.judging import begun, judged, names, odd, wrong
from lgsp.lookups.remembering import Memory
from lgsp.lookups.walking import (
    Answer,
    Answering,
    Sources,
    Walk,
    key_of,
    message_of,
    micros_since,
    spoken,
)
from lgsp.message import Message
from lgsp.personal_classes import personal_texts
from lgsp.redacting import about, redacted

log = structlog.get_logger(__name__)
_MICROS = 1_000_000
_LONGEST = 120.0
"""Seconds that a caller may at most say it will wait."""
_ENOUGH = 0.5
"""This part of what the home gives a far side it must have had for its silence to say anything of it."""
_SAID, _LOOKED = 500, 20_000
"""Characters of what a far side said: those told, and those looked through for what nobody is told."""
_CAUSE = 100
_NOTHING = Answer(b"")


class Asking:
    """Asks in the name of systems: nothing is queued, nothing is replayed.

    Args:
        book: where each question is entered.
        sources: what the home and the journal lend; replaced when routes are published.
    """

    def __init__(self, book: Book, sources: Sources, memory: Memory | None = None) -> None:
        self.book = book
        self.sources = sources
        self._memory = memory or Memory()
        self._flights = Flights(self._fly)
        self._salts = Salts()

    async def ask(self, request: Question) -> Reply:
        """Return the answer to a question.

        Raises:
            NoAnswer: there is none, with the reason; also that is in the journal, or will be in a moment.
            JournalError: the question, or its share of a quota, could not be entered; nobody was asked.
        """
        walk = await self._come(request)
        self._turn_away(walk)
        try:
            answer = await self._in_time(walk)
        except NoAnswer as fault:
            fault.ask = walk.entered.uid
            self._end(walk, fault.ending, fault.cause)
            raise
        except JournalError:
            self._end(walk, Ending.FAILED, "journal-unavailable")
            raise
        except BaseException as fault:  # whatever it is: what was entered ends
            gone = isinstance(fault, asyncio.CancelledError)
            self._end(walk, Ending.FAILED, "caller-gone" if gone else "adapter-bug")
            raise
        self._end(walk, Ending.ANSWERED, answer=answer)
        return Reply(
            walk.entered.uid, walk.kind.answer, walk.to.name, answer.packed, walk.age, walk.remembered
        )

    async def deny(self, request: Question, problems: Sequence[Problem]) -> None:
        """Enter a question that may not be put, with why; nobody is asked.

        Raises:
            NoAnswer: its caller waits no more before it was.
            JournalError: it could not be entered.
        """
        now = time.monotonic()
        kind = self.sources.questions.get(request.type)
        to = self.sources.route(request.source, request.type) if kind else None
        entered = begun(self.sources, request, kind, to, good=False)
        await self._entered(_rejected(entered, now, problems), _within(request, to))

    # --- at the door ------------------------------------------------------------------------------------

    async def _come(self, request: Question) -> Walk:
        """Return a question that may be put.

        Raises:
            NoAnswer: it may not; it is entered with what is wrong, before its caller is told.
        """
        now, said = time.monotonic(), spoken(request.data)
        kind, faults = judged(self.sources, request, said)
        to = self.sources.route(request.source, request.type) if kind else None
        if kind is not None and to is None:
            faults.append(Problem("/type", "nobody-answers", kind.name))
        within = _within(request, to)
        entered = begun(self.sources, request, kind, to, good=not faults)
        if kind is None or to is None or said is None or faults:
            await self._entered(_rejected(entered, now, faults), within)
            raise NoAnswer(Ending.REJECTED, "invalid", problems=tuple(faults), ask=entered.uid)
        key = key_of(to, kind, request, said)
        return Walk(request, kind, to, now, now + within, entered, key=key, said=said)

    async def _entered(self, question: Begun, within: float) -> None:
        """Enter a question that is over; a journal that is slow keeps no caller longer than it waits."""
        try:
            async with asyncio.timeout(within):
                await self.book.begin(question)
        except TimeoutError:
            raise NoAnswer(Ending.LATE, "deadline-passed", ask=question.uid) from None

    def _turn_away(self, walk: Walk) -> None:
        """Turn a question away for which nobody would be asked if its turn were now.

        Nobody waits for its being written down: nothing was asked, and nothing is told of anybody. What is
        remembered, or on its way, is told; and where the book does not keep up it goes the way of the others.

        Raises:
            NoAnswer: it is turned away.
        """
        fault = self._refusal(walk)
        if fault is None or self._at_hand(walk):
            return
        ended = Ended(0, fault.ending, walk.took(), fault.cause)
        if self.book.over(walk.entered._replace(ended=ended)):
            fault.ask = walk.entered.uid
            raise fault

    def _refusal(self, walk: Walk) -> NoAnswer | None:
        """Return why nobody is asked for a question whose turn is now; who would wait is not judged yet."""
        care = walk.to.care
        fault = care.refusal()
        if fault is None and care.turnstile.free:
            wait = self.sources.allow.none_left(walk.to.name, care.ask)
            return None if wait is None else _used_up(wait)
        return fault

    def _at_hand(self, walk: Walk) -> bool:
        """Tell whether a question is answered without being asked, or is being asked already."""
        fresh = _fresh(walk)
        return walk.key in self._flights or bool(fresh and self._memory.find(walk.key, fresh))

    # --- the answer -------------------------------------------------------------------------------------

    async def _in_time(self, walk: Walk) -> Answer:
        """Enter a question and return its answer, both before its caller waits no more."""
        try:
            async with asyncio.timeout(walk.left()) as patience:
                walk.number = await self.book.begin(walk.entered)
                return await self._answer(walk)
        except TimeoutError:
            if not patience.expired():
                raise
            raise NoAnswer(Ending.LATE, "deadline-passed") from None

    async def _answer(self, walk: Walk) -> Answer:
        """Return the answer, from memory or from the far side."""
        fresh = _fresh(walk)
        found = self._memory.find(walk.key, fresh) if fresh else None
        if found is None:
            return await self._flights.answer(walk)
        walk.age, walk.remembered = found[1], True
        return found[0]

    async def _fly(self, walk: Walk, flight: Flight) -> Answer:
        """Ask the far side, once it may be asked."""
        care = walk.to.care
        with about(lambda: personal_texts(walk.request.data, walk.kind.schema)):
            async with care.place():
                wait = await self.sources.allow.take(walk.to.name, care.ask)
                if wait is not None:
                    raise _used_up(wait)
                said = await self._asked(walk, flight)
            answer = self._checked(walk, said)
        if life := _fresh(walk):
            self._memory.keep(walk.key, answer._replace(found=()), life)
        return answer

    async def _asked(self, walk: Walk, flight: Flight) -> Message:
        """Return what the adapter answers, its faults turned into ours; the last who waits lets it go."""
        care, began = walk.to.care, time.monotonic()
        try:
            answer = await walk.to.adapter.ask(message_of(walk, flight.until))
        except asyncio.CancelledError:
            _note_silence(walk, flight, began)
            raise
        except Exception as fault:
            if _waited(fault) and flight.left <= LEAST:
                # the adapter keeps the same deadline: its clock may strike first
                _note_silence(walk, flight, began)
                raise NoAnswer(Ending.LATE, "deadline-passed") from None
            raise _no_answer(walk, fault, began) from fault
        care.answered()
        return answer

    def _checked(self, walk: Walk, answer: Message) -> Answer:
        """Return what an adapter answered, as those get it who asked.

        Raises:
            NoAnswer: it is not what was asked for.
        """
        places = [f"/type {walk.kind.answer}"]
        if isinstance(answer, Message) and answer.type == walk.kind.answer:
            kind = self.sources.questions[walk.kind.answer]
            try:
                places = [f"{one.place} {one.code}" for one in kind.problems(answer.data)]
                packed = b"" if places else orjson.dumps(answer.data)
            except (TypeError, ValueError):  # of Python's own things that JSON has no word for
                places = ["/ bad-format"]
            if not places:
                return Answer(packed, names(kind, answer.data), odd(walk, answer.findings))
        log.error("answer broken", system=walk.to.name, places=places[:5])
        raise NoAnswer(Ending.FAILED, "answer-broken")

    # --- the trace --------------------------------------------------------------------------------------

    def _end(self, walk: Walk, ending: Ending, cause: str = "", answer: Answer = _NOTHING) -> None:
        """Note what became of a question; of one that was not entered, nothing."""
        if not walk.number:
            return
        age = int(walk.age * _MICROS) if walk.remembered else None
        keep = walk.to.care.ask.keep.get(walk.request.type, walk.kind.keep)
        packed = answer.packed if keep != "nothing" else b""
        kept = self._salts.salted(packed) if packed else None
        body = packed if packed and keep == "answer" else None
        # whom the question named stands with it already
        others = [one for one in answer.about if one not in walk.entered.about]
        self.book.end(Ended(walk.number, ending, walk.took(), cause, age, kept, body, others, answer.found))


def _rejected(question: Begun, began: float, faults: Sequence[Problem]) -> Begun:
    """Return a question with what is wrong with it: so it is entered, and nobody is asked."""
    ended = Ended(0, Ending.REJECTED, micros_since(began), faults[0].code, found=wrong(faults))
    return question._replace(ended=ended)


def _used_up(wait: float) -> NoAnswer:
    return NoAnswer(Ending.TURNED_AWAY, "quota-used-up", after=wait)


def _within(request: Question, to: Answering | None) -> float:
    """Return the seconds that a caller waits: no longer than the home lets anybody."""
    most = to.care.ask.timeout if to is not None else _LONGEST
    return most if request.within is None else min(max(request.within, LEAST), _LONGEST, most)


def _fresh(walk: Walk) -> float:
    return walk.to.care.ask.cache.get(walk.request.type, 0.0)


def _waited(fault: Exception) -> bool:
    return isinstance(fault, Unavailable) and fault.scope is Scope.MESSAGE


def _note_silence(walk: Walk, flight: Flight, began: float) -> None:
    """Count a far side that did not answer, if it had a fair time; a hasty caller says nothing of it."""
    care = walk.to.care
    if flight.left <= LEAST and time.monotonic() - began >= _ENOUGH * care.ask.timeout:
        care.late(walk.matter, began)


def _no_answer(walk: Walk, fault: Exception, began: float) -> NoAnswer:
    """Return what the caller is told of a fault of the far side, and note what it says of that."""
    care = walk.to.care
    if isinstance(fault, Unavailable):
        care.failed(walk.matter, fault, began)
        after = care.retry_after() if fault.after is None else _soon(fault.after)
        return NoAnswer(Ending.FAILED, _cause(fault.cause), after=after, said=_said(walk, fault.said))
    if isinstance(fault, Refused):
        care.answered()
        return _refused(walk, fault)
    if isinstance(fault, Invalid):
        care.answered()
        return NoAnswer(Ending.REJECTED, "invalid", problems=tuple(fault.problems))
    log.error("adapter bug", system=walk.to.name, exc_info=fault)
    care.failed(walk.matter, Unavailable("adapter-bug"), began)
    return NoAnswer(Ending.FAILED, "adapter-bug")


def _soon(after: float) -> float:
    """Return after how long to ask again, whatever a far side says: it is tried again then by us too."""
    return max(0.0, min(after, LONGEST_WAIT)) if after == after else 0.0  # noqa: PLR0124 - no number


def _refused(walk: Walk, fault: Refused) -> NoAnswer:
    if fault.cause == "not-found":
        return NoAnswer(Ending.ABSENT, "not-found")
    cause = _cause(fault.cause)
    problems = tuple(Problem(place, cause) for place in fault.fields)
    return NoAnswer(Ending.REFUSED, cause, problems=problems, said=_said(walk, fault.said))


def _cause(named: str) -> str:
    """Return a cause as it is written down; an adapter may have taken it out of an answer."""
    return named if named.isprintable() and 0 < len(named) <= _CAUSE else "uncatalogued"


def _said(walk: Walk, text: str) -> str:
    """Return what a far side said without what the question named: it is told, logged and written down."""
    data: Mapping[str, Any] = walk.request.data
    return redacted(text[:_LOOKED], personal_texts(data, walk.kind.schema))[:_SAID]
