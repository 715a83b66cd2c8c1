"""A gateway beside an older connection: both know one far side, and the older one fails for some."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson

from lgsp.adapter import Accepted, Arrival, Receipt
from lgsp.errors import Refused
from lgsp.journal import walking
from lgsp.journal.clocks import micros
from lgsp.message import Message, Raw
from lgsp.routes import parse_routes
from lgsp.testing.making import PROGRESS
from tests.core.far_side import FarSide
from tests.core.rig import ROUTES, Rig, rig

SHADOW = ROUTES.replace("to: [portal]}", "to: [portal], mode: shadow}")


class Old(FarSide):
    """A far side that an older connection tells too, and whose adapter can say what it would send.

    Attributes:
        drawn: what was drawn up.
        refuses: bodies that cannot be said to it.
        probed_keys: what it was asked for.
    """

    def __init__(self) -> None:
        super().__init__()
        self.drawn: list[Message] = []
        self.refuses: set[Any] = set()
        self.probed_keys: list[str] = []

    async def drawn_up(self, message: Message) -> Raw:
        """Return what would be said."""
        self.drawn.append(message)
        if message.data.get("body") in self.refuses:
            raise Refused("field-rejected", "no")
        return Raw.of(orjson.dumps({"would": message.data}))

    async def send(self, message: Message) -> Receipt:
        """Refuse progress of a dossier that is not there, as the portal does."""
        if message.type == PROGRESS and self.newest(message.partitionkey) is None:
            raise Refused("not-found")
        return await super().send(message)

    async def probe(self, message: Message) -> Arrival:
        """Say of a dossier whether any version is there, and of a dossier of ours no more."""
        self.probed_keys.append(message.partitionkey)
        if not self.honest:
            return Arrival.UNKNOWN
        return await super().probe(message)

    def told(self, *messages: Message) -> None:
        """Let the older connection tell something: progress of what is not there is turned away."""
        for message in messages:
            if message.type != PROGRESS or self.newest(message.partitionkey) is not None:
                self.landed.append(message)

    def of(self, key: str) -> list[Any]:
        """Return what landed of a key, in order: bodies and steps."""
        said = [m.data for m in self.landed if m.partitionkey == key]
        return [one.get("body", one.get("step")) for one in said]


class Beside(Rig):
    """A gateway whose routes are in the shadow until they are switched."""

    def switch(self, *, live: bool = True) -> None:
        """Let other routes be in force."""
        self.gateway.routes = parse_routes(ROUTES if live else SHADOW)

    async def both(self, *messages: Message) -> list[Accepted]:
        """Tell the gateway and the older connection, which tells it on at once; deliver what there is."""
        self.portal.told(*messages)
        return await self.ours(*messages)

    async def ours(self, *messages: Message) -> list[Accepted]:
        """Tell the gateway alone, as where the older connection fails, and deliver what there is."""
        receipts = [await self.told(message) for message in messages]
        await self.run()
        return receipts

    async def run(self) -> None:
        """Deliver until nothing goes any more."""
        await self.refill()
        while await self.go():
            await self.refill()

    async def exchanges(self, receipt: Accepted) -> list[dict[str, Any]]:
        """Return what is kept of the first attempt of a message."""
        one = await self.delivery(receipt)
        return await self.journal.read(lambda tx: walking.exchanges(tx, one["id"], 1))

    async def presence(self) -> list[tuple[str, str]]:
        """Return type and presence of everything that is known of the far side."""
        rows = await self.journal.read(
            lambda tx: tx.rows("SELECT type, how FROM presence ORDER BY type, how")
        )
        return [(type_, how) for type_, how in rows]


@asynccontextmanager
async def beside(
    folder: Path, *, clock: Callable[[], int] = micros, live: bool = False
) -> AsyncIterator[Beside]:
    """Open a gateway in the shadow of an older connection."""
    async with rig(folder, portal=Old(), clock=clock, made=Beside) as one:
        assert isinstance(one, Beside)
        one.switch(live=live)
        yield one
