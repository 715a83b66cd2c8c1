"""Putting the adapter of the population database in front of its stand-in, by each of its ways in."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import structlog
from lgsp.adapters.population_db import PopulationDb as Adapter

from lgsp.adapter import Tools
from lgsp.errors import GatewayError
from lgsp.message import VIETNAM, Message
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.population import PopulationDb
from lgsp.sandbox.population_book import Person, whole_name
from lgsp.sandbox.population_faults import PopulationFaults
from lgsp.serving import running
from lgsp.wire.http import Http

WAYS = ("direct", "provincial", "json")
ASKER = "Trần Thị B"


def settings(address: str, way: str = "direct", **config: Any) -> dict[str, Any]:
    """Return the settings by which a stand-in at an address lets us in."""
    if way == "direct":
        return {"url": f"{address}/service", "direct": {"username": "lgsp", "secret": "sandbox"}, **config}
    gate = {"access_key": "lgsp", "secret_key": "sandbox", "token_url": f"{address}/token"}
    form = "json" if way == "json" else "soap"
    return {
        "url": f"{address}/{way}",
        "form": form,
        "provincial": {**gate, **config.pop("gate", {})},
        **config,
    }


class Line:
    """One server for many tests, each with a stand-in of its own behind it."""

    def __init__(self) -> None:
        self.port = 0
        self.stand = PopulationDb()

    @contextmanager
    def open(self) -> Iterator[None]:
        """Serve while inside, in a thread."""
        up, loop, done = threading.Event(), asyncio.new_event_loop(), asyncio.Event()

        async def serve() -> None:
            async with running(self) as self.port:
                up.set()
                await done.wait()

        thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
        thread.start()
        up.wait(30)
        try:
            yield
        finally:
            loop.call_soon_threadsafe(done.set)
            thread.join(30)
            loop.close()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Let the stand-in of the moment answer."""
        await Sandbox(population_db=self.stand)(scope, receive, send)


LINE = Line()


@asynccontextmanager
async def speaking(stand: PopulationDb, way: str = "direct", **config: Any) -> AsyncIterator[Adapter]:
    """An adapter in front of the stand-in; `LINE` is open."""
    now = config.pop("now", lambda: datetime.now(VIETNAM))
    LINE.stand = stand
    said = settings(f"http://127.0.0.1:{LINE.port}/population-db", way, **config)
    http = Http()
    adapter = Adapter(Adapter.Config.model_validate(said), Tools(http, now, structlog.get_logger()))
    try:
        yield adapter
    finally:
        await adapter.close()
        await http.close()


def about(person: Person, **changed: Any) -> dict[str, Any]:
    """Return a question about somebody of the book; what is changed to None is left out."""
    born = person["NgayThangNamSinh"]
    exact = born["NgayThangNam"]
    birth = {"date": f"{exact[:4]}-{exact[4:6]}-{exact[6:]}"} if len(exact) == 8 else {"year": born["Nam"]}
    data = {"identity_number": person["SoDinhDanh"], "name": whole_name(person).title(), "birth": birth}
    return {name: value for name, value in (data | changed).items() if value is not None}


def question(
    data: dict[str, Any], *, verify: bool = False, within: float = 5.0, asker: str = ASKER
) -> Message:
    """Return a question as the desk hands it to an adapter."""
    type_ = "citizen.verification.v1" if verify else "citizen.query.v1"
    until = datetime.now(VIETNAM) + timedelta(seconds=within)
    return Message(type_, "H44.11-260131-0001", "", data, id=uuid4(), expirytime=until, asker=asker)


def exact(stand: PopulationDb) -> Person:
    """Return the first of the book whose day of birth is known and who has an old number too."""
    people = stand.book.first(len(stand.book))
    return next(one for one in people if len(one["NgayThangNamSinh"]["NgayThangNam"]) == 8 and one["SoCMND"])


def stand_in(**faults: Any) -> PopulationDb:
    """Return a stand-in with faults."""
    return PopulationDb(PopulationFaults.model_validate(faults))


async def refused(stand: PopulationDb, way: str = "direct", **config: Any) -> Any:
    """Return what a question about somebody who is there raises."""
    async with speaking(stand, way, **config) as adapter:
        with pytest.raises(GatewayError) as raised:
            await adapter.ask(question(about(exact(stand))))
    return raised.value
