"""A province in which one system answers questions about citizens, as a test tells it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lgsp.allowances import Limits
from lgsp.questioning import Ask
from lgsp.routes import Route
from tests.api.province import ONE_STOP, PORTAL, Caller, Province, province
from tests.asgi import Reply
from tests.lookups.far_side import ANSWER, PURPOSES, QUESTION, Citizens

ASK = f"/v1/systems/{ONE_STOP}/ask"
_YET = (None, "open")


def question(**changed: Any) -> dict[str, Any]:
    """Return a question as it is put; what is changed to None is left out."""
    said = {"type": "citizen.query.v1", "data": QUESTION, "purpose": "check", "who": "Trần Thị B"} | changed
    return {name: value for name, value in said.items() if value is not None}


def about(number: str) -> dict[str, Any]:
    """Return the body of a question about a number."""
    return QUESTION | {"identity_number": number}


@dataclass(slots=True)
class Asked:
    """The province, and the far side that answers there."""

    here: Province
    far: Citizens

    async def ask(self, by: Caller | None = None, /, **changed: Any) -> Reply:
        """Put a question in the name of the one-stop."""
        return await (by or self.here.one_stop).post(ASK, question(**changed))

    def become(self, limits: Limits | None = None, **ask: Any) -> None:
        """Publish routes by which the far side is asked in another way, well as on the first day."""
        gateway = self.here.platform.gateway
        to = gateway.counterparts[PORTAL]
        to.spec = to.spec.model_copy(update={"ask": Ask.model_validate(ask)})
        systems = dict(gateway.routes.systems)
        systems[ONE_STOP] = systems[ONE_STOP].model_copy(update={"limits": limits or Limits()})
        gateway.routes = replace(gateway.routes, systems=systems)
        self.far.tell = lambda _: ANSWER

    async def trace(self, reply: Reply) -> dict[str, Any]:
        """Return what the journal has of a question, once it has ended."""
        return await self._ended(reply.json()["ask"])

    async def tried(self) -> dict[str, Any]:
        """Return what the journal has of the newest question, once it has ended."""
        newest = (await self.here.operator.get("/v1/asks", "limit=1")).json()["asks"][0]
        return await self._ended(newest["ask"])

    async def _ended(self, ask: str) -> dict[str, Any]:
        async with asyncio.timeout(20):
            # it stands in the journal; who was turned away does so a moment later
            while (found := (await self.here.operator.get(f"/v1/asks/{ask}")).json()).get("ending") in _YET:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return dict(found)

    async def opened(self, count: int) -> None:
        """Wait until so many questions are under way."""
        async with asyncio.timeout(20):
            while len((await self.here.operator.get("/v1/asks", "ending=open")).json()["asks"]) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


@asynccontextmanager
async def asked(folder: Path) -> AsyncIterator[Asked]:
    """Run the province while inside; its portal, which is paused, answers questions."""
    async with province(folder) as here:
        await here.operator.post(f"/v1/systems/{PORTAL}/pause")
        gateway, far = here.platform.gateway, Citizens()
        to = gateway.counterparts[PORTAL]
        real, to.adapter = to.adapter, far
        routes = [Route(name=one.replace(".", "-"), type=one, to=[PORTAL]) for one in sorted(far.answers)]
        gateway.routes = replace(
            gateway.routes, routes=[*routes, *gateway.routes.routes], purposes=[*PURPOSES.values()]
        )
        try:
            yield Asked(here, far)
        finally:
            to.adapter = real
