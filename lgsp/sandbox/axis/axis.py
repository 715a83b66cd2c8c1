"""Standing in for the national document axis: one ASGI part with its own state and faults."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lgsp.sandbox.app import Event, Receive, Send, tend
from lgsp.sandbox.axis.asked import Asked, Said, asked_of, body_of, say
from lgsp.sandbox.axis.directory import Directory
from lgsp.sandbox.axis.facade import Facade
from lgsp.sandbox.axis.faults import AxisFaults
from lgsp.sandbox.axis.office import Offices
from lgsp.sandbox.axis.operations import Operations
from lgsp.sandbox.axis.post import Post
from lgsp.sandbox.axis.weather import AxisWeather
from lgsp.sandbox.axis.world import Denied, World
from lgsp.sandbox.axis.writing import Draft
from lgsp.sandbox.climate import Troubled

_NOWHERE = Said.of(b'{"title":"no such operation"}', 404)


class Wish(BaseModel):
    """What `POST _write` asks a peer to send."""

    model_config = ConfigDict(extra="forbid")

    sender: str = Field(description="code of the peer")
    to: list[str] = Field(min_length=1, description="codes of the receivers")
    number: str = Field(default="1", description="its number; with the day and the notation it is its id")
    notation: str = Field(default="TB-VP")
    subject: str = Field(default="Về việc thử nghiệm liên thông văn bản")
    kind: int = Field(default=0, ge=0, le=3, description="0 new, 1 recall, 2 update, 3 replacement")
    about: str = Field(default="", description="the document that is recalled, updated or replaced")
    files: list[str] = Field(default=["van_ban.pdf"], description="names of attachments, each a small PDF")


class Axis(Troubled[AxisFaults, AxisWeather]):
    """The axis, its peers and a province's façade, as an ASGI app under one path.

    `_state`, `_faults` as any stand-in; `POST _write` lets a peer send a document (`Wish`), `POST _turn` lets
    the peers do what is due. Every other request lets them catch up first, too.
    """

    def __init__(  # noqa: PLR0913 - each is one independent property of the stand-in
        self,
        faults: AxisFaults | None = None,
        *,
        directory: Directory | None = None,
        seed: int = 0,
        remember: bool = True,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        weather = AxisWeather(faults or AxisFaults(), seed, clock)
        self.world = World(directory or Directory(), Post(now, remember), weather, now)
        self.offices = Offices(self.world, clock)
        self._operations = Operations(self.world)
        self._facade = Facade(self.world, clock)

    @property
    def _weather(self) -> AxisWeather:
        return self.world.weather

    @_weather.setter
    def _weather(self, weather: AxisWeather) -> None:
        self.world.weather = weather

    def state(self) -> dict[str, Any]:
        """Return what it holds."""
        return {
            **self.world.post.state(),
            "peers": self.offices.state(),
            "calls": dict(self.world.calls),
            "refused": dict(self.world.refused),
            "agencies": sorted(self.world.directory.members),
        }

    def forget(self) -> None:
        """Hold nothing, as on the first day; faults stay."""
        self.world.post = Post(self.world.now, self.world.post.remember)
        self.world.directory.forget()
        self.world.calls.clear()
        self.world.refused.clear()
        self.offices.forget()

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        """Serve one HTTP request; nothing else is spoken here."""
        if scope["type"] != "http":
            raise NotImplementedError(f"serving {scope['type']}: the axis speaks HTTP only")
        asked = asked_of(scope)
        if self.faults.slow_continue_ms and asked.header("expect"):
            # the server says 100 Continue when somebody wants the body
            await asyncio.sleep(self.faults.slow_continue_ms / 1000)
        asked = dataclasses.replace(asked, body=await body_of(receive))
        await say(send, await self._answer(asked))

    async def _answer(self, asked: Asked) -> Said:
        if asked.tail.startswith("_"):
            return await self._control(asked)
        outage = self.world.weather.outage()
        if outage is not None:
            return outage
        await self.offices.catch_up()
        said = await self._spoken(asked)
        await self.offices.catch_up()
        return self._weathered(said)

    async def _spoken(self, asked: Asked) -> Said:
        if self._operations.knows(asked):
            return await self._operations.answer(asked)
        return await self._facade.answer(asked) or _NOWHERE

    def _weathered(self, said: Said) -> Said:
        weather = self.world.weather
        pieces = said.pieces
        if weather.strikes(weather.faults.broken_json):
            whole = b"".join(pieces)
            pieces = (whole[: len(whole) * 2 // 3],)
        return dataclasses.replace(said, pieces=pieces, delay=said.delay + weather.faults.latency_ms / 1000)

    async def _control(self, asked: Asked) -> Said:
        if (asked.method, asked.tail) == ("POST", "_write"):
            return await self._write(asked)
        await self.offices.catch_up()
        if (asked.method, asked.tail) == ("POST", "_turn"):
            return Said.of(b"{}")
        reply = tend(self, asked.method, asked.tail, asked.body)
        return Said.of(reply.body, reply.status)

    async def _write(self, asked: Asked) -> Said:
        try:
            draft = self._draft(Wish.model_validate_json(asked.body))
            docid = await self.offices.write(draft)
        except ValidationError as fault:
            return Said.of(fault.json(include_url=False, include_input=False).encode(), 422)
        except Denied as no:
            return Said.of(orjson.dumps({"title": no.text, "code": no.code}), 422)
        await self.offices.catch_up()
        return Said.of(orjson.dumps({"document": draft.document, "docid": docid}))

    def _draft(self, wish: Wish) -> Draft:
        members = self.world.directory.members
        if wish.sender not in members or not members[wish.sender].persona:
            raise Denied("", f"{wish.sender} is no peer")
        found = {code: self.world.directory.find(code) for code in wish.to}
        return Draft(
            members[wish.sender],
            tuple((code, member.name if member else code) for code, member in found.items()),
            wish.number,
            wish.notation,
            wish.subject,
            self.world.now(),
            wish.kind,
            wish.about,
            files=tuple(wish.files),
        )
