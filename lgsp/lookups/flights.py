"""Questions on their way to far sides: equal ones share a flight, and nobody waits longer than it said."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from lgsp.enquiry import Ending, NoAnswer
from lgsp.lookups.walking import Answer, Walk

LEAST = 0.05
"""Seconds below which nobody is asked again."""


@dataclass(slots=True)
class Flight:
    """A question that is being asked.

    Attributes:
        until: when the last of those who wait gives up, on the clock of `time.monotonic`.
        waiting: how many wait for the answer.
        over: set when there is one, or none will come.
    """

    until: float
    waiting: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    task: asyncio.Task[Answer] = field(init=False, repr=False)

    @property
    def left(self) -> float:
        """Return the seconds that somebody still waits."""
        return max(self.until - time.monotonic(), 0.0)


class Flights:
    """The flights of one process.

    A flight is nobody's own: it goes on while anybody waits for it, and ends with the last one. Whoever waits
    hears its answer, or its fault, by a copy; and gives up by being cancelled, when its own time is over.

    Args:
        fly: asks the far side for a walk and returns the answer; its flight says until when.
    """

    def __init__(self, fly: Callable[[Walk, Flight], Coroutine[Any, Any, Answer]]) -> None:
        self._fly = fly
        self._flights: dict[bytes, Flight] = {}

    def __len__(self) -> int:
        return len(self._flights)

    def __contains__(self, key: bytes) -> bool:
        """Tell whether who asks this now would join a flight."""
        return key in self._flights

    async def answer(self, walk: Walk) -> Answer:
        """Return the answer to a question, from a flight that is under way or from one of its own.

        Raises:
            NoAnswer: there is none.
        """
        while True:
            flight = self._flights.get(walk.key)
            joined = flight is not None
            flight = flight or self._take_off(walk)
            try:
                return await self._land(walk, flight)
            except NoAnswer as fault:
                # who joined a flight that had left may have more patience than that one had
                if not joined or fault.ending is not Ending.LATE or walk.left() <= LEAST:
                    raise

    def _take_off(self, walk: Walk) -> Flight:
        flight = self._flights[walk.key] = Flight(walk.until)
        flight.task = asyncio.create_task(self._fly(walk, flight))
        flight.task.add_done_callback(lambda _: self._over(walk.key, flight))
        return flight

    def _over(self, key: bytes, flight: Flight) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
        flight.over.set()
        if not flight.task.cancelled():
            flight.task.exception()  # nobody may be left to hear of it

    async def _land(self, walk: Walk, flight: Flight) -> Answer:
        flight.waiting += 1
        flight.until = max(flight.until, walk.until)
        try:
            # not a wait that raises what the flight raises: its end is not the end of whoever waits
            await flight.over.wait()
        finally:
            flight.waiting -= 1
            if not flight.waiting and not flight.task.done():
                self._over_for_all(walk.key, flight)
        return _brought(flight.task)

    def _over_for_all(self, key: bytes, flight: Flight) -> None:
        """Let the far side go: nobody waits any more, and who comes now asks anew."""
        if self._flights.get(key) is flight:
            del self._flights[key]
        flight.task.cancel()


def _brought(task: asyncio.Task[Answer]) -> Answer:
    """Return what a flight brought back.

    Raises:
        NoAnswer: for this one of those who waited.
    """
    if task.cancelled():  # by the adapter itself, or by what it is built on: nobody else does
        raise NoAnswer(Ending.FAILED, "adapter-bug")
    fault = task.exception()
    if isinstance(fault, NoAnswer):
        raise fault.again() from fault
    if fault is not None:
        raise fault
    return task.result()
