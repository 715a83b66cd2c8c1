"""A world with an older connection beside us, which fails for some dossiers, until we take over."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from lgsp.cut_over import CutOver
from lgsp.journal import handovers
from lgsp.journal.handovers import Order
from lgsp.journal.states import State
from lgsp.message import Message
from lgsp.routes import parse_routes
from lgsp.testing.making import DOSSIER, PROGRESS, SYSTEM
from tests.core.beside import SHADOW, Beside, Old
from tests.core.rig import ROUTES, rig
from tests.core.world import CHANGES, LeakyBroker, World

FAILING = frozenset({"K2", "K4"})
"""Dossiers for which the older connection fails."""


class Takeover(World):
    """Starts in the shadow; both are told everything until the switch, and we alone after it."""

    def __init__(self) -> None:
        super().__init__()
        self.far: Old = Old()
        self.live = False
        self._late: list[Message] = []
        self._cut = 0

    async def _start(self) -> None:
        self._open = rig(
            self._folder, portal=self.far, clock=self.clock, changes=CHANGES, broker=LeakyBroker, made=Beside
        )
        self.rig = await self._open.__aenter__()
        self._route()

    def _route(self) -> None:
        text = ROUTES if self.live else SHADOW
        for old, new in CHANGES:
            text = text.replace(old, new)
        self.rig.gateway.routes = parse_routes(text)

    async def tell(self, *messages: Message) -> None:
        """The desk tells both connections, or us alone after the switch."""
        if not self.live:
            for message in messages:
                self._old(replace(message))
        await super().tell(*messages)

    def _old(self, message: Message) -> None:
        """The older connection tells on what it does not fail with; progress waits for its dossier there."""
        seen = {(m.type, m.native) for m in (*self.far.landed, *self._late) if m.type == PROGRESS}
        if message.partitionkey in FAILING or (message.type, message.native) in seen:
            return
        self._late.append(message)
        if message.type == DOSSIER:
            self._late.remove(message)
            self.far.told(message)
        there = [m for m in self._late if self.far.newest(m.partitionkey) is not None]
        self.far.told(*there)
        self._late = [m for m in self._late if m not in there]

    async def switch(self) -> None:
        """Our routes go live; the older connection is switched off."""
        self.live = True
        self._route()

    async def cut_over(self) -> None:
        """A cut-over takes some steps."""
        self._cut += 1
        order = Order(f"cut {self._cut}", "cut-over", SYSTEM, "operator", "test", {}, 1000)
        await self._act(lambda tx: handovers.ask(tx, order))
        ticks = iter(range(10**6))
        runner = CutOver(self.rig.gateway, clock=lambda: float(next(ticks)))
        for _ in range(3):
            await runner.step()

    async def rest(self) -> None:
        """See `World.rest`; then whatever the older connection did not tell comes to life."""
        await super().rest()
        await self.switch()
        self.far.honest = True
        for _ in range(2):
            await self.cut_over()
            await super().rest()


class _Fate(NamedTuple):
    uid: bytes
    native: bytes
    key: str
    type: str
    revision: int
    state: int
    shadow: int


_EVERY = (
    "SELECT m.uid, m.native, m.partitionkey, m.type, m.revision, d.state, d.shadow FROM messages m JOIN"
    " (SELECT message_id, state, shadow FROM deliveries UNION ALL SELECT message_id, state, shadow FROM history"
    ") d ON d.message_id = m.id ORDER BY m.id"
)


async def faults(world: Takeover) -> list[str]:
    """Return every breach, in words: of what nobody told, of what both told, and of its order."""
    fates = [_Fate._make(row) for row in await world.rows(_EVERY)]
    twice = await world.rows(
        "SELECT 1 FROM deliveries WHERE state IN (2, 3, 4) OR (state = 1 AND shadow = 1)"
    )
    left = await world.rows("SELECT 1 FROM presence WHERE how = 'shadowed'")
    return [
        *world.far.wrongs, *(["stuck"] if twice else []), *(["not judged"] if left else []), *_unsent(world, fates),
        *_no_gap(world, fates), *_newest(world, fates), *_in_order(world, fates),
    ]  # fmt: skip


def _unsent(world: Takeover, fates: list[_Fate]) -> Iterator[str]:
    """What ended in the shadow was never sent by us, and its subject was told by somebody."""
    ours = {m.id.bytes for m in world.far.landed if m.id}
    for one in fates:
        if one.state == State.SHADOWED and one.uid in ours:
            yield f"{one.type} {one.key} revision {one.revision} is shadowed, and was sent"
        if one.state == State.SHADOWED and one.key not in FAILING and world.far.newest(one.key) is None:
            yield f"{one.key} was told by nobody"


def _no_gap(world: Takeover, fates: list[_Fate]) -> Iterator[str]:
    """Each event of a dossier that is there is there, whoever told it."""
    there = {m.native for m in world.far.landed}
    told: Counter[bytes] = Counter(m.native for m in world.far.landed if not m.id)
    ours = {m.native for m in world.far.landed if m.id}
    for one in fates:
        if one.type == PROGRESS and world.far.newest(one.key) is not None and one.native not in there:
            yield f"progress of {one.key} ({State(one.state).word}, shadow {one.shadow}) was told by nobody"
        if one.type == PROGRESS and told[one.native] and one.native in ours:
            yield f"progress of {one.key} was told by both"


def _newest(world: Takeover, fates: list[_Fate]) -> Iterator[str]:
    """The far side holds the newest snapshot of each dossier, whoever told it."""
    newest = {one.key: one for one in fates if one.type == DOSSIER}
    for key, one in newest.items():
        held = world.far.newest(key)
        if one.state not in (State.DELIVERED, State.SHADOWED):
            yield f"{key} revision {one.revision} ended as {State(one.state).word}"
        if held is None or held.native != one.native:
            yield f"{key} revision {one.revision} ({State(one.state).word}) is not what is there"


def _in_order(world: Takeover, fates: list[_Fate]) -> Iterator[str]:
    """Events of a dossier landed first in the order in which they were taken on."""
    places = {one.native: n for n, one in enumerate(fates) if one.type == PROGRESS}
    landed: dict[str, list[int]] = defaultdict(list)
    for message in world.far.landed:
        if message.native in places and places[message.native] not in landed[message.partitionkey]:
            landed[message.partitionkey].append(places[message.native])
    yield from (
        f"progress of {key} landed out of order: {order}"
        for key, order in landed.items()
        if order != sorted(order)
    )
