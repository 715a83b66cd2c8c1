"""Putting the questions of checks, a few at a time, while nobody waits in a sender's place."""

from __future__ import annotations

import asyncio
import time
from contextvars import Context
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from uuid import UUID

import structlog

from lgsp.broker.contract import Broker
from lgsp.checking.judging import Check
from lgsp.domain.checks import Lacking
from lgsp.enquiry import Ending, Enquirer, NoAnswer, Question, Reply
from lgsp.errors import GatewayError
from lgsp.journal import checks
from lgsp.journal.checks import Put, Result
from lgsp.journal.contract import Journal
from lgsp.message import Message
from lgsp.routes import Routes

log = structlog.get_logger(__name__)
_MICROS = 1_000_000
_MOST = 1000
"""Questions of one process that are under way or wait for their turn; those beyond come by themselves."""
_MARGIN = 5.0
"""Seconds beyond the answering system's time-out after which whoever asks is taken for dead."""
_SHORTEST_REST, _LONGEST_REST = 1.0, 600.0
_PAUSES = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds between looks at whether the put-off of who waits is written down, so that it can be woken."""


class By(Protocol):
    """Who delivers."""

    journal: Journal
    broker: Broker
    routes: Routes


class _Found(NamedTuple):
    """What a question brought: OPEN where nobody answered."""

    result: Result
    cause: str = ""
    fields: tuple[str, ...] = ()
    ask: UUID | None = None


@dataclass(slots=True)
class _UnderWay:
    """A question, and who waits for its answer: deliveries, each with the attempt that began to wait."""

    waiting: dict[int, int]
    until: float


class Questioner:
    """Asks for deliveries that are put off meanwhile, so that none of them takes a sender's place.

    At most half of the places of an answering system are taken by checks: people at counters have the others.

    Attributes:
        enquirer: by whom it is asked; None in a process that asks nobody.
        tasks: what is under way.
    """

    def __init__(self, by: By) -> None:
        self.enquirer: Enquirer | None = None
        self.tasks: set[asyncio.Task[None]] = set()
        self._by = by
        self._under_way: dict[Put, _UnderWay] = {}
        self._places: dict[str, tuple[int, asyncio.Semaphore]] = {}
        self._rests: dict[str, float] = {}

    def rest(self, system: str) -> float:
        """Return the seconds in which a system cannot be asked."""
        return max(0.0, self._rests.get(system, 0.0) - time.monotonic())

    def forget_rests(self) -> None:
        """Ask everybody again: routes were published."""
        self._rests.clear()

    def put(self, check: Check, message: Message, waiting: tuple[int, int], within: float) -> None:
        """Ask, unless it is being asked; who waits is woken by the answer.

        Args:
            check: what is asked.
            message: for which.
            waiting: the delivery, and the attempt that began to wait.
            within: seconds after which nobody waits any more.
        """
        until = time.monotonic() + within
        found = self._under_way.get(check.put)
        if found is not None:
            found.waiting[waiting[0]], found.until = waiting[1], max(found.until, until)
            return
        if self.enquirer is None or len(self._under_way) >= _MOST or self.rest(check.said.against):
            return
        one = self._under_way[check.put] = _UnderWay(dict([waiting]), until)
        # in a context of its own: neither fence nor record of the attempt that began it are this question's
        task = asyncio.create_task(self._run(one, check, message), context=Context())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def close(self) -> None:
        """Leave what is under way to others."""
        tasks = list(self.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, one: _UnderWay, check: Check, message: Message) -> None:
        try:
            async with self._place(check.said.against):
                answered = await self._asked(one, check, message)
        except GatewayError as fault:
            log.warning("asking for a check failed", check=check.said.name, fault=str(fault))
            answered = False
        except Exception:
            log.exception("asking for a check failed", check=check.said.name)
            answered = False
        finally:
            self._under_way.pop(check.put, None)
        if answered:
            await self._wake(one.waiting)

    def _place(self, system: str) -> asyncio.Semaphore:
        """Return what lets so many of a system's questions in at once as checks may put."""
        told = self._by.routes.systems.get(system)
        many = max(1, told.ask.concurrency // 2) if told is not None else 1
        held = self._places.get(system)
        if held is None or held[0] != many:
            held = self._places[system] = (many, asyncio.Semaphore(many))
        return held[1]

    async def _asked(self, one: _UnderWay, check: Check, message: Message) -> bool:
        """Ask if that is still wanted; tell whether there is an answer now."""
        told = self._by.routes.systems.get(check.said.against)
        if told is None or time.monotonic() >= one.until or self.rest(check.said.against):
            return False
        lease = int((told.ask.timeout + _MARGIN) * _MICROS)
        until = await self._by.journal.write(lambda tx: checks.take(tx, check.put, lease))
        if until is None:  # it is answered, or somebody else asks: those who wait look by themselves
            known = await self._by.journal.read(lambda tx: checks.found(tx, [check.put]))
            return any(one.result is not Result.OPEN for one in known.values())
        found = await self._found(check, message)
        if found.result is Result.OPEN:
            cause, ask = found.cause, found.ask
            await self._by.journal.write(lambda tx: checks.let_be(tx, check.put, until, cause, ask))
            return False
        await self._by.journal.write(lambda tx: checks.tell(tx, check.put, *found))
        return True

    async def _found(self, check: Check, message: Message) -> _Found:
        assert self.enquirer is not None  # noqa: S101 - nothing is put without one
        assert not isinstance(check.question, Lacking)  # noqa: S101 - nor what cannot be asked
        said = check.said
        question = Question(
            message.source, check.rule.asks, check.question, said.purpose, said.who, message.subject,
            traceparent=message.traceparent,
        )  # fmt: skip
        try:
            return _read(check, await self.enquirer.ask(question))
        except NoAnswer as fault:
            found = _nothing(fault)
            if found.result is Result.OPEN and fault.after is not None:
                rest = min(max(fault.after, _SHORTEST_REST), _LONGEST_REST)
                self._rests[said.against] = time.monotonic() + rest
            return found

    async def _wake(self, waiting: dict[int, int]) -> None:
        """Make those ready who wait; one whose put-off is not written down yet is looked for again."""
        for pause in _PAUSES:
            await asyncio.sleep(pause)
            try:
                frames, waiting = await self._by.journal.write(lambda tx, who=waiting: checks.wake(tx, who))  # type: ignore[misc]
            except GatewayError as fault:
                log.warning("waking who waits for a check failed", fault=str(fault))
                return
            self._by.broker.publish(frames)
            if not waiting:
                return


def _read(check: Check, reply: Reply) -> _Found:
    """Return what an answer says of a body."""
    differs = tuple(check.rule.differs(check.body, reply.data))
    return _Found(Result.DIFFERS if differs else Result.MATCHES, "", differs, reply.ask)


def _nothing(fault: NoAnswer) -> _Found:
    """Return what it means that there is no answer."""
    if fault.ending is Ending.ABSENT:
        return _Found(Result.NOT_FOUND, fault.cause, (), fault.ask)
    wrong = any(one.place.startswith("/data") for one in fault.problems)
    if fault.ending is Ending.REFUSED or (fault.ending is Ending.REJECTED and wrong):
        return _Found(Result.REFUSED, fault.cause, (), fault.ask)
    return _Found(Result.OPEN, fault.cause, (), fault.ask)
