"""A gateway whose dossiers are checked before they go, with somebody who answers as a test tells it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from lgsp.adapter import Accepted
from lgsp.journal import reading, sweeping
from lgsp.journal.turns import Claim
from lgsp.message import Message
from lgsp.routes import parse_routes
from lgsp.testing.making import DOSSIER, SYSTEM
from lgsp.testing.scene import Clock
from tests.checking.making import OWNER, Answers
from tests.core.rig import Rig, fact, rig

_PLAIN = "  - {name: dossiers, from: desk, type: dossier.v1, to: [portal]}\n"
_ASKED = (
    "  desk: {adapter: desk}\n",
    "  desk: {adapter: desk}\n  citizens: {adapter: desk, ask: {timeout: 2s, concurrency: 4}}\n",
)


def routed(**said: str) -> tuple[str, str]:
    """Return the change of the routes by which dossiers are checked; words stand as YAML has them."""
    told = {"name": "owner", "rule": "owner-identity", "against": "citizens", "purpose": "dossier", **said}
    words = ", ".join(f"{name}: {word}" for name, word in told.items())
    return _PLAIN, _PLAIN.replace("}\n", f", checks: [{{{words}}}]}}\n")


@dataclass(slots=True)
class Here:
    """One process."""

    rig: Rig
    clock: Clock
    answers: Answers = field(default_factory=Answers)

    def __post_init__(self) -> None:
        self.asking.enquirer = self.answers

    @property
    def asking(self) -> Any:
        """What puts the questions."""
        return self.rig.gateway.checks.asking

    async def told(self, key: str = "K1", body: Any = "A", **owner: Any) -> Accepted:
        """Tell a dossier of an owner."""
        return await self.rig.told(dossier(key, body, **owner))

    async def answered(self) -> None:
        """Wait until nothing is asked any more, and who waited is woken."""
        while self.asking.tasks:
            await asyncio.gather(*self.asking.tasks)

    async def go(self) -> None:
        """Deliver all that can be delivered, while questions are answered."""
        while await self.rig.go() or self.asking.tasks:
            await self.answered()

    async def begun(self, count: int) -> None:
        """Wait until so many questions were put."""
        while len(self.answers.asked) < count:  # noqa: ASYNC110 - who answers is a task of its own
            await asyncio.sleep(0.005)

    async def claim(self) -> Claim:
        """Claim the one delivery that the broker holds."""
        frames = await self.rig.broker.take(SYSTEM, 1)
        (claim,) = await self.rig.journal.claim(frames, self.rig.gateway.worker)
        return claim  # type: ignore[no-any-return]

    async def due(self, seconds: float) -> None:
        """Let time pass, make ready what fell due, and deliver it; each transaction takes a moment too."""
        self.clock.move(seconds + 0.01)
        frames = await self.rig.journal.write(lambda tx: sweeping.due(tx, [SYSTEM]))
        self.rig.broker.publish(frames)
        await self.go()

    async def act(self, act: Any, receipt: Accepted, reason: str = "") -> None:
        """Do what a person does to a message's delivery."""
        number = (await self.rig.delivery(receipt))["id"]
        frames = await self.rig.journal.write(lambda tx: act(tx, number, "operator", reason))
        self.rig.broker.publish(frames or [])
        await self.go()

    def publish(self, *changes: tuple[str, str]) -> None:
        """Go over to other routes."""
        text = self.rig.gateway.routes.text
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        self.rig.gateway.routes = parse_routes(text)

    async def stands(self, receipt: Accepted) -> tuple[str, str | None]:
        """Return a delivery's state and cause."""
        one = await self.rig.delivery(receipt)
        return one["state"], one["cause"]

    async def findings(self, receipt: Accepted) -> list[tuple[str, str]]:
        """Return what was found odd of a message, with its place."""
        shown = await self.rig.journal.read(lambda tx: reading.walk(tx, receipt.id))
        return [(one["code"], one["place"]) for one in shown["findings"]]

    async def evidence(self, receipt: Accepted) -> list[dict[str, Any]]:
        """Return what was kept beside a message of its checks, in order."""
        shown = await self.rig.journal.read(lambda tx: reading.walk(tx, receipt.id))
        kept = [one["details"] for one in shown["entries"] if one["what"] == "checked"]
        return [
            check for one in kept for check in (orjson.loads(one) if isinstance(one, str) else one)["checks"]
        ]


def dossier(key: str = "K1", body: Any = "A", **owner: Any) -> Message:
    """Return a dossier of an owner."""
    return fact(DOSSIER, key, body=body, applicant={**OWNER, **owner})


@asynccontextmanager
async def checked(folder: Path, *changes: tuple[str, str], **said: str) -> AsyncIterator[Here]:
    """Run a process whose dossiers are checked."""
    clock = Clock()
    async with rig(folder, clock=clock, changes=[_ASKED, routed(**said), *changes]) as one:
        here = Here(one, clock)
        try:
            yield here
        finally:
            await here.asking.close()
