"""A world of documents for several receivers, some of whom are missed, and of a system that comes for them."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from enum import Enum

from lgsp.adapter import Arrival, Receipt, Waiting
from lgsp.errors import Refused, Unavailable
from lgsp.journal import sweeping
from lgsp.mailbox import SystemMailbox
from lgsp.message import Message
from lgsp.publishing import rehouse
from lgsp.testing.making import DOSSIER, PAPER, PROGRESS, SYSTEM
from tests.core.far_side import FarSide, Mood
from tests.core.rig import fact, rig
from tests.core.world import CHANGES, LeakyBroker, World

BY_RECEIVERS = ("type: document.v1, to: [portal]", "type: document.v1, to: recipients, else: portal")
_LOCKED, _UNKNOWN, _CLOSED = Unavailable("locked", "23"), Refused("unknown", "18"), Refused("closed", "19")


class Miss(Enum):
    """How the next packet misses its last receivers."""

    ONE_LOCKED = (_LOCKED,)
    ONE_UNKNOWN = (_UNKNOWN,)
    TWO_LOCKED = (_LOCKED, _LOCKED)
    TWO_REASONS = (_UNKNOWN, _CLOSED)
    EACH_HIS_OWN = (_LOCKED, _UNKNOWN, _CLOSED)


def letter(key: str, name: str, *codes: str) -> Message:
    """Return a document for receivers."""
    return fact(PAPER, key, name=name, recipients=[{"code": code} for code in codes])


class Picky(FarSide):
    """A far side that reaches some of a packet's receivers, and knows later whom.

    Attributes:
        misses: what befalls the next packets that have receivers.
        collects: it comes for what is meant for it.
    """

    collects = False

    def __init__(self) -> None:
        super().__init__()
        self.misses: deque[Miss] = deque()

    async def send(self, message: Message) -> Receipt:
        """Answer in the next mood, for those whom the packet reaches."""
        codes = message.recipients
        why = self.misses.popleft().value if codes and self.misses else ()
        failed = dict(zip(reversed(codes), why, strict=False))
        reached = [code for code in codes if code not in failed]
        if reached or not codes:
            await super().send(replace(message, recipients=reached))
        return Receipt(failed=failed)

    async def probe(self, message: Message) -> Arrival:
        """Say of a packet that it arrived when all its receivers have it, and that it did not when none has."""
        if not (message.recipients and message.data and self.honest):
            return await super().probe(message)
        have = {code for one in self.landed if one.id == message.id for code in one.recipients}
        missed = set(message.recipients) - have
        if not missed:
            return Arrival.ARRIVED
        return Arrival.UNKNOWN if missed != set(message.recipients) else Arrival.ABSENT


class Office(World):
    """A world whose documents go to receivers; its far side is sent to, or comes for what is there."""

    def __init__(self, *, collects: bool = False) -> None:
        super().__init__()
        self.far: Picky = Picky()
        self.far.collects = collects
        self.hands: list[tuple[Waiting, Message]] = []
        self._has: set[str] = set()

    async def _start(self) -> None:
        changes = [*CHANGES, BY_RECEIVERS]
        self._open = rig(self._folder, portal=self.far, clock=self.clock, changes=changes, broker=LeakyBroker)
        self.rig = await self._open.__aenter__()
        await rehouse(self.rig.gateway)
        await self._act(lambda tx: sweeping.resume(tx, SYSTEM, None))

    @property
    def box(self) -> SystemMailbox:
        """The far side's mailbox."""
        return SystemMailbox(SYSTEM, self.rig.gateway)

    async def miss(self, *misses: Miss) -> None:
        """The next packets miss some of their receivers."""
        self.far.misses.extend(misses)

    async def take(self, *moods: Mood) -> None:
        """The lane takes what the broker has; or the far side comes for all that is there."""
        await super().take(*moods)
        while found := await self._listed():
            for one in found:
                await self._lease(one)
                await self.collect("done", -1)

    async def collect(self, act: str, which: int) -> None:
        """One of the far side's clients takes something, or says of what it has that it is done, or useless."""
        if act == "take":
            if found := await self._listed():
                await self._lease(found[which % len(found)])
        elif self.hands:
            one, message = self.hands[which % len(self.hands)]
            if act == "fail":
                await self.box.fail(one.id, "damaged")
            elif await self.box.done(one.id) and str(one.id) not in self._has:
                self._has.add(str(one.id))
                self.far._land(message)

    async def switch(self) -> None:
        """The far side ceases, or begins, to come for what is there: other routes are in force."""
        self.far.collects = not self.far.collects
        self.rig.gateway.know_who_collects()
        await rehouse(self.rig.gateway)
        self.rig.to.window.look_again()

    async def rest(self) -> None:
        """See `World.rest`."""
        self.far.misses.clear()
        await super().rest()

    async def _moving(self) -> bool:
        return bool(await self.rows("SELECT 1 FROM deliveries WHERE state IN (2, 3, 4, 6)"))

    async def _listed(self) -> list[Waiting]:
        return await self.box.waiting([DOSSIER, PROGRESS, PAPER])

    async def _lease(self, one: Waiting) -> None:
        message = await self.box.take(one.id)
        if message is not None:
            self.hands.append((one, message))
