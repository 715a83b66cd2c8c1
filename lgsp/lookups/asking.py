"""How one question walks: checked, entered, routed; answered from memory or by the far side, in time."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID, uuid4

import orjson
import structlog

from lgsp.adapter import Adapter
from lgsp.errors import Invalid, Problem, Refused, Unavailable
from lgsp.journal.asks import Begun, Ended, Ending
from lgsp.journal.salts import Salts
from lgsp.lookups.book import Book
from lgsp.lookups.care import Care
from lgsp.lookups.remembering import Memory
from lgsp.lookups.terms import NoAnswer, Reply, Request
from lgsp.masking import identity
from lgsp.message import VIETNAM, Message
from lgsp.questioning import Purpose
from lgsp.questions import Asked, Questions

log = structlog.get_logger(__name__)
_MICROS = 1_000_000
_LEAST, _LONGEST = 0.05, 120.0
"""Seconds that a caller may at least, and at most, say it will wait."""
_LONGEST_WHO = 200


class Allowance(Protocol):
    """What may be asked of a system, shared by all processes."""

    async def take(self, system: str) -> float | None:
        """Take one question's share; return None, or the seconds until there is one again."""


@dataclass(slots=True)
class Answering:
    """A system that answers, as this process knows it."""

    name: str
    adapter: Adapter
    care: Care


@dataclass(slots=True, frozen=True)
class Sources:
    """What the home and the journal lend to asking.

    Attributes:
        questions: types of questions and answers.
        purposes: by their codes.
        route: returns the system that answers a type for a system that asks, or None.
        allow: the share of each system that this process may take.
    """

    questions: Questions
    purposes: Mapping[str, Purpose]
    route: Callable[[str, str], Answering | None]
    allow: Allowance


@dataclass(slots=True)
class _Walk:
    """One question under way."""

    request: Request
    kind: Asked
    to: Answering
    began: float
    until: float
    uid: UUID
    number: int = 0
    key: bytes = b""
    age: float = 0.0
    remembered: bool = False

    def left(self) -> float:
        """Return the seconds that the caller still waits."""
        return self.until - time.monotonic()

    def took(self) -> int:
        """Return the microseconds since the question came."""
        return int((time.monotonic() - self.began) * _MICROS)


@dataclass(slots=True)
class _Flight:
    """A question that is being asked, and how many wait for the answer."""

    task: asyncio.Task[Mapping[str, Any]]
    waiting: int = field(default=0)


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
        self._flights: dict[bytes, _Flight] = {}
        self._salts = Salts()

    async def ask(self, request: Request) -> Reply:
        """Return the answer to a question.

        Raises:
            NoAnswer: there is none, with the reason; also that is in the journal.
            JournalError: the question could not be entered, and nobody was asked.
        """
        walk = await self._begun(request)
        try:
            data = await self._answer(walk)
        except NoAnswer as fault:
            fault.ask = walk.uid
            self._end(walk, fault.ending, fault.cause)
            raise
        except asyncio.CancelledError:
            self._end(walk, Ending.FAILED, "caller-gone")
            raise
        self._end(walk, Ending.ANSWERED, data=data)
        return Reply(walk.uid, walk.kind.answer, walk.to.name, data, walk.age, walk.remembered)

    # --- at the door ------------------------------------------------------------------------------------

    async def _begun(self, request: Request) -> _Walk:
        """Check a question and enter it; what is rejected is entered too."""
        now = time.monotonic()
        kind, faults = self._judged(request)
        to = self.sources.route(request.source, request.type) if kind else None
        uid = uuid4()
        known = self.sources.purposes.get(request.purpose)
        begun = Begun(
            uid, request.source, to.name if to else "", request.type[:100], request.who[:_LONGEST_WHO],
            request.purpose[:100], known.basis if known else "", request.dossier[:100],
            _names(kind, request.data) if kind and not faults else (),
        )  # fmt: skip
        number = await self.book.begin(begun)
        if kind is None or faults:
            self._reject(number, now, uid, faults)
        if to is None:
            self._reject(number, now, uid, [Problem("/type", "nobody-answers", request.type[:100])])
        assert kind is not None  # noqa: S101 - rejected above
        assert to is not None  # noqa: S101 - rejected above
        most = to.care.ask.timeout
        within = most if request.within is None else min(max(request.within, _LEAST), _LONGEST, most)
        key = _key(to.name, request)
        return _Walk(request, kind, to, now, now + within, uid, number, key)

    def _judged(self, request: Request) -> tuple[Asked | None, list[Problem]]:
        kind = self.sources.questions.get(request.type)
        if kind is None or not kind.answer:
            return None, [Problem("/type", "not-one-of", ", ".join(self.sources.questions.asked))]
        faults = self._unfounded(request)
        faults += [Problem(f"/data{one.place}", one.code, one.detail) for one in kind.problems(request.data)]
        return kind, faults

    def _unfounded(self, request: Request) -> list[Problem]:
        """Return what is missing of the reason for which it is asked."""
        purpose, faults = self.sources.purposes.get(request.purpose), []
        if not request.purpose:
            faults.append(Problem("/purpose", "missing"))
        elif purpose is None or not purpose.allows(request.type):
            allowed = [one.code for one in self.sources.purposes.values() if one.allows(request.type)]
            faults.append(Problem("/purpose", "not-one-of", ", ".join(sorted(allowed))))
        elif purpose.dossier == "required" and not request.dossier.strip():
            faults.append(Problem("/dossier", "missing"))
        if not request.who.strip():
            faults.append(Problem("/who", "missing"))
        return faults

    def _reject(self, number: int, began: float, uid: UUID, faults: Sequence[Problem]) -> None:
        cause = faults[0].code if faults else "rejected"
        took = int((time.monotonic() - began) * _MICROS)
        self.book.end(Ended(number, Ending.REJECTED, took, cause))
        raise NoAnswer(Ending.REJECTED, "invalid", problems=tuple(faults), ask=uid)

    # --- the answer -------------------------------------------------------------------------------------

    async def _answer(self, walk: _Walk) -> Mapping[str, Any]:
        """Return the answer, from memory, from a flight that is under way, or from the far side."""
        fresh = walk.to.care.ask.cache.get(walk.request.type, 0.0)
        found = self._memory.find(walk.key, fresh) if fresh else None
        if found is not None:
            walk.age, walk.remembered = found[1], True
            return found[0]
        while True:
            flight = self._flights.get(walk.key)
            own = flight is None
            flight = flight or self._take_off(walk)
            try:
                return await self._land(walk, flight)
            except NoAnswer as fault:
                # who joined somebody else's flight may have more patience than that one had
                if own or fault.ending is not Ending.LATE or walk.left() <= _LEAST:
                    raise

    def _take_off(self, walk: _Walk) -> _Flight:
        flight = _Flight(asyncio.create_task(self._fly(walk)))
        self._flights[walk.key] = flight
        flight.task.add_done_callback(lambda task: self._landed(walk.key, task))
        return flight

    def _landed(self, key: bytes, task: asyncio.Task[Mapping[str, Any]]) -> None:
        flight = self._flights.get(key)
        if flight is not None and flight.task is task:
            del self._flights[key]
        if not task.cancelled():
            task.exception()  # nobody may be left to hear of it

    async def _land(self, walk: _Walk, flight: _Flight) -> Mapping[str, Any]:
        flight.waiting += 1
        try:
            async with asyncio.timeout(max(walk.left(), 0.0)):
                return await asyncio.shield(flight.task)
        except NoAnswer as fault:
            raise fault.again() from fault  # each who waits hears it with a question of its own
        except TimeoutError:
            raise NoAnswer(Ending.LATE, "deadline-passed") from None
        finally:
            flight.waiting -= 1
            if not flight.waiting and not flight.task.done():
                self._flights.pop(walk.key, None)
                flight.task.cancel()

    async def _fly(self, walk: _Walk) -> Mapping[str, Any]:
        """Ask the far side, once it may be asked."""
        care = walk.to.care
        async with care.place():
            wait = await self.sources.allow.take(walk.to.name)
            if wait is not None:
                raise NoAnswer(Ending.TURNED_AWAY, "quota-used-up", after=wait)
            began = time.monotonic()
            answer = await self._asked(walk, began)
            care.answered()
        faults = self.sources.questions[walk.kind.answer].problems(answer)
        if faults:
            log.error(
                "answer broken", system=walk.to.name, places=[f"{f.place} {f.code}" for f in faults[:5]]
            )
            raise NoAnswer(Ending.FAILED, "answer-broken")
        life = care.ask.cache.get(walk.request.type, 0.0)
        if life:
            self._memory.keep(walk.key, answer, len(orjson.dumps(answer)), life)
        return answer

    async def _asked(self, walk: _Walk, began: float) -> Mapping[str, Any]:
        """Return what the adapter answers, its faults turned into ours."""
        care = walk.to.care
        try:
            async with asyncio.timeout(max(walk.left(), 0.0)):
                return (await walk.to.adapter.ask(_question(walk))).data
        except TimeoutError:
            care.late(walk.key, began)
            raise NoAnswer(Ending.LATE, "deadline-passed") from None
        except Refused as fault:
            care.answered()
            raise _refused(fault) from fault
        except Unavailable as fault:
            care.failed(walk.key, fault, began)
            raise _unavailable(fault, care) from fault
        except Invalid as fault:
            care.answered()
            raise NoAnswer(Ending.REJECTED, "invalid", problems=tuple(fault.problems)) from fault
        except Exception as fault:
            log.exception("adapter bug", system=walk.to.name)
            care.failed(walk.key, Unavailable("adapter-bug"), began)
            raise NoAnswer(Ending.FAILED, "adapter-bug") from fault

    # --- the trace --------------------------------------------------------------------------------------

    def _end(
        self, walk: _Walk, ending: Ending, cause: str = "", data: Mapping[str, Any] | None = None
    ) -> None:
        age = int(walk.age * _MICROS) if walk.remembered else None
        keep = walk.to.care.ask.keep.get(walk.request.type, walk.kind.keep)
        body = orjson.dumps(data) if data is not None and keep != "nothing" else None
        about = _names(self.sources.questions[walk.kind.answer], data) if data is not None else []
        self.book.end(
            Ended(
                walk.number, ending, walk.took(), cause, age,
                self._salts.salted(body) if body is not None else None,
                body if keep == "answer" else None,
                about,
            )
        )  # fmt: skip


def _key(system: str, request: Request) -> bytes:
    said = orjson.dumps(request.data, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(b"\x1f".join((system.encode(), request.type.encode(), said))).digest()


def _names(kind: Asked, data: Mapping[str, Any]) -> list[str]:
    """Return the numbers that a body names, as the report of accesses looks for them."""
    return [identity(name, strict=True) or name.strip() for name in kind.names(data)]


def _question(walk: _Walk) -> Message:
    asked = walk.request
    until = datetime.now(VIETNAM) + timedelta(seconds=max(walk.left(), 0.0))
    return Message(
        asked.type, asked.dossier, "", dict(asked.data), source=asked.source, id=walk.uid,
        traceparent=asked.traceparent, expirytime=until, asker=asked.who,
    )  # fmt: skip


def _refused(fault: Refused) -> NoAnswer:
    if fault.cause == "not-found":
        return NoAnswer(Ending.ABSENT, "not-found")
    problems = tuple(Problem(place, fault.cause) for place in fault.fields)
    return NoAnswer(Ending.REFUSED, fault.cause, problems=problems, said=fault.said)


def _unavailable(fault: Unavailable, care: Care) -> NoAnswer:
    after = fault.after if fault.after is not None else care.retry_after()
    return NoAnswer(Ending.FAILED, fault.cause, after=after, said=fault.said)
