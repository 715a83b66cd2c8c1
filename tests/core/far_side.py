"""A far side that misbehaves as it is told, and notes what no gateway may do to it."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from lgsp.adapter import Adapter, Arrival, Receipt
from lgsp.errors import Refused, Scope, Unavailable, Uncertain
from lgsp.message import Message
from lgsp.testing.making import DOSSIER, PAPER, PROGRESS

WALK: ContextVar[Any] = ContextVar("WALK", default=None)
"""The task that walks along a line, also inside those that it begins."""


class Mood(Enum):
    """How a send is answered."""

    TAKE = "taken"
    REFUSE = "refused by the catalogue"
    ODD = "an answer nobody catalogued"
    AWAY = "the whole system is away"
    LOST = "timed out, and not stored"
    STORED = "timed out, but stored"
    AFLOAT = "timed out, and stored later, before the line has settled"
    SLOW = "answered when it is let go"


@dataclass(slots=True, eq=False)
class Call:
    """A send that waits to be let go.

    Attributes:
        lapsed: the journal has given it up; it may land long after.
        cut: its connection is gone; it never lands.
    """

    message: Message
    task: asyncio.Task[Any]
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    lapsed: bool = False
    cut: bool = False


class FarSide(Adapter):
    """Holds what landed, in order, over any number of our restarts.

    Attributes:
        moods: how the next sends are answered; at its end everything is taken.
        landed: every message that was stored, in the order of storing.
        afloat: requests that are still on their way although their caller gave them up.
        calls: sends that wait to be let go.
        honest: whether `probe` says what it knows of this exact message.
        wrongs: what happened that must not.
    """

    takes = frozenset({DOSSIER, PROGRESS, PAPER})

    def __init__(self) -> None:
        super().__init__(None, None)  # type: ignore[arg-type]
        self.moods: deque[Mood] = deque()
        self.landed: list[Message] = []
        self.afloat: list[Message] = []
        self.calls: list[Call] = []
        self.honest = True
        self.wrongs: list[str] = []

    # --- the adapter ------------------------------------------------------------------------------------

    async def send(self, message: Message) -> Receipt:
        """Answer in the next mood."""
        mood = self.moods.popleft() if self.moods else Mood.TAKE
        if mood is Mood.SLOW:
            await self._wait(message)
        elif mood is not Mood.TAKE:
            self._misbehave(mood, message)
        self._land(message)
        return Receipt()

    def _misbehave(self, mood: Mood, message: Message) -> None:
        if mood is Mood.STORED:
            self._land(message)
        if mood is Mood.AFLOAT:
            self.afloat.append(message)
        if mood in {Mood.LOST, Mood.STORED, Mood.AFLOAT}:
            raise Uncertain("timed-out")
        if mood is Mood.REFUSE:
            raise Refused("field-rejected")
        raise Unavailable(mood.name.lower(), scope=Scope.SYSTEM if mood is Mood.AWAY else Scope.MESSAGE)

    async def _wait(self, message: Message) -> None:
        task = WALK.get() or asyncio.current_task()
        assert task is not None
        call = Call(message, task)
        self.calls.append(call)
        try:
            await call.gate.wait()
        finally:
            self.calls.remove(call)
        if call.cut:
            raise Uncertain("timed-out")

    async def probe(self, message: Message) -> Arrival:
        """Say what is there; of this exact message only what is known for certain."""
        versions = [
            m for m in self.landed if (m.type, m.partitionkey) == (message.type, message.partitionkey)
        ]
        if not message.data:
            return Arrival.ARRIVED if versions else Arrival.ABSENT
        if not self.honest:
            return Arrival.UNKNOWN
        if message.type == DOSSIER:
            newest = bool(versions) and versions[-1].id == message.id
            return Arrival.ARRIVED if newest else Arrival.UNKNOWN if versions else Arrival.ABSENT
        return Arrival.ARRIVED if any(m.id == message.id for m in versions) else Arrival.ABSENT

    # --- what the world does to it ----------------------------------------------------------------------

    def float_in(self, *, sink: bool) -> None:
        """Let everything that is afloat land, or be lost for ever."""
        for message in self.afloat:
            if not sink:
                self._land(message)
        self.afloat.clear()

    def _land(self, message: Message) -> None:
        dossiers = {m.partitionkey for m in self.landed if m.type == DOSSIER}
        if message.type == PROGRESS and message.partitionkey not in dossiers:
            self.wrongs.append(f"progress of {message.partitionkey} came before its dossier")
        self.landed.append(message)

    def newest(self, key: str) -> Message | None:
        """Return the dossier that it holds of a key."""
        return next((m for m in reversed(self.landed) if m.type == DOSSIER and m.partitionkey == key), None)


class Capricious(FarSide):
    """A far side whose moods are drawn by lot, and which takes its time, until it is told to be calm."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._dice = random.Random(seed)
        self.calm = False

    async def send(self, message: Message) -> Receipt:
        """Answer in a mood drawn by lot, after a while; what is afloat lands within a few milliseconds."""
        await asyncio.sleep(self._dice.random() * 0.005)
        mood = Mood.TAKE if self.calm else self._dice.choice([Mood.TAKE] * 8 + list(Mood))
        if mood is Mood.AFLOAT:
            asyncio.get_running_loop().call_later(0.005, self._land, message)
            raise Uncertain("timed-out")
        if mood not in {Mood.TAKE, Mood.SLOW}:
            self._misbehave(mood, message)
        await asyncio.sleep(0.02 if mood is Mood.SLOW else 0)
        self._land(message)
        return Receipt()
