"""Putting the adapter of the integration platform in front of its stand-in, or of answers that a test names."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson
import pytest
import structlog
from lgsp.adapters.ngsp import Ngsp
from lgsp.adapters.ngsp.meaning import ComplaintError

from lgsp.adapter import Tools
from lgsp.message import VIETNAM, Message
from lgsp.questions import Questions
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.ngsp import Ngsp as Stand
from lgsp.serving import running
from lgsp.wire.http import Answer, Http

TYPES = Questions()
ROOT = "http://platform.example/gw"
TOKEN = Answer(200, '{"access_token": "t0ken", "expires_in": 3600}', "application/json")


class Canned(Http):
    """A platform that answers what a test says, and notes what it was asked."""

    def __init__(self, *answers: Answer, token: Answer = TOKEN) -> None:
        super().__init__()
        self.asked: list[dict[str, Any]] = []
        self.tokens = 0
        self._answers = list(answers)
        self._token = token

    async def _call(self, asked: Any) -> Answer:
        parts = urlsplit(asked.url)
        path = parts.path.removeprefix("/gw/")
        if path == "token":
            self.tokens += 1
            return self._token
        said = {"method": asked.method, "path": path}
        if parts.query:
            said["query"] = dict(parse_qsl(parts.query))
        if asked.body:
            said["body"] = orjson.loads(asked.body)
        self.asked.append(said)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def adapter_of(http: Http, now: Callable[[], datetime] | None = None, **config: Any) -> Ngsp:
    """Return the adapter in front of a platform."""
    said = {"url": ROOT, "client_id": "lgsp", "client_secret": "sandbox"}
    clock = now or (lambda: datetime.now(VIETNAM))
    return Ngsp(Ngsp.Config.model_validate(said | config), Tools(http, clock, structlog.get_logger()))


class _Came:
    """An answer of the stand-in, as the client of `lgsp.wire.http` reads one."""

    def __init__(self, started: dict[str, Any], body: bytes) -> None:
        self.status: int = started["status"]
        self.headers = {name.decode().title(): value.decode() for name, value in started["headers"]}
        self.content_type, _, more = self.headers.get("Content-Type", "").partition(";")
        self.charset = more.partition("charset=")[2] or None
        self.content_length = len(body)
        self._body = body

    async def read(self) -> bytes:
        """Return the body."""
        return self._body


class Near(Http):
    """The gateway's own client, whose connections lead into a stand-in of this process: no port, no server."""

    def __init__(self, stand: Stand) -> None:
        super().__init__()
        self._stand = stand

    def _pool(self) -> Any:
        return self

    @asynccontextmanager
    async def request(
        self, method: str, url: str, *, data: bytes | None, headers: dict[str, str], **more: Any
    ) -> AsyncIterator[_Came]:
        """Put one request to the stand-in, in the time that it may take."""
        parts = urlsplit(url)
        scope = {
            "type": "http",
            "method": method,
            "path": unquote(parts.path),
            "root_path": "/gw",
            "query_string": parts.query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": data or b""}

        async def send(event: Any) -> None:
            sent.append(event)

        async with asyncio.timeout(more["timeout"].total):
            await self._stand(scope, receive, send)
        yield _Came(sent[0], b"".join(one["body"] for one in sent[1:]))


@asynccontextmanager
async def speaking(stand: Stand, **config: Any) -> AsyncIterator[Ngsp]:
    """An adapter in front of the stand-in."""
    adapter = adapter_of(Near(stand), config.pop("now", None), **config)
    try:
        yield adapter
    finally:
        await adapter.close()


@asynccontextmanager
async def over_http(stand: Stand, **config: Any) -> AsyncIterator[Ngsp]:
    """An adapter in front of the stand-in, on a port of its own."""
    now = config.pop("now", None)
    async with running(Sandbox(ngsp=stand)) as port:
        http = Http()
        adapter = adapter_of(http, now, **{"url": f"http://127.0.0.1:{port}/ngsp/", **config})
        try:
            yield adapter
        finally:
            await adapter.close()
            await http.close()


def question(type_: str, data: dict[str, Any], within: float = 5.0) -> Message:
    """Return a question as the gateway would hand it to the adapter; its body fits its type."""
    assert TYPES[type_].problems(data) == []
    until = datetime.now(VIETNAM) + timedelta(seconds=within)
    return Message(type_, "H44.11-260131-0001", "", data, expirytime=until, asker="Trần Thị B")


def business(code: str = "0199000001") -> Message:
    """Return the question for an enterprise."""
    return question("business.query.v1", {"code": code})


def insured(number: str = "0188000002") -> Message:
    """Return the question whose number one is."""
    return question("insurance.query.v1", {"insurance_number": number})


def entries(catalogue: str = "madantoc") -> Message:
    """Return the question for the entries of a catalogue."""
    return question("catalogue.query.v1", {"catalogue": catalogue})


async def told(adapter: Ngsp, asked: Message) -> dict[str, Any]:
    """Return the data of an answer; they fit the type that the question names."""
    answer = await adapter.ask(asked)
    assert answer.type == TYPES[asked.type].answer
    assert TYPES[answer.type].problems(answer.data) == []
    return answer.data


def meaning_of(read: Any, *given: Any) -> tuple[str, str]:
    """Return what reading an answer complains of: a meaning, and a cause where that says more."""
    with pytest.raises(ComplaintError) as fault:
        read(*given)
    return fault.value.meaning, fault.value.cause
