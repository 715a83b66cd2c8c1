"""A gateway with the packed home's routes in front of a stand-in portal, and those who call its API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from lgsp.app import Platform, platform
from lgsp.home import packed
from lgsp.journal import reading
from lgsp.routes import Routes, parse_routes
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.portal import Portal
from lgsp.sandbox.reporting import Reporting
from lgsp.serving import running
from lgsp.settings import read_settings
from tests.asgi import Reply, call

ONE_STOP, PORTAL = "one-stop", "national-portal"
TOKEN, PORTAL_TOKEN, OPERATOR = "token-of-one-stop", "token-of-the-portal", "token-of-the-operator"
BRING = f"/v1/systems/{ONE_STOP}/messages"
NATIVE = f"/v1/systems/{ONE_STOP}/native"
CODE = "H44.11-260131-0001"
THERE = "{port}"


def dossier(code: str = CODE, **changed: Any) -> dict[str, Any]:
    """Return a dossier as it is brought; the portal takes it unless something is changed to None."""
    data = {
        "code": code,
        "status": "received",
        "procedure": {"code": "1.003897", "name": "Cấp giấy", "field_code": "G15", "field_name": "Hộ tịch"},
        "applicant": {"name": "Nguyễn Văn A", "kind": "citizen"},
        "subject": "Đề nghị cấp giấy xác nhận",
        "received_at": "2026-01-31T08:30:00+07:00",
        "handling_unit": "Sở Tư pháp",
    } | changed
    return {"type": "dossier.v1", "data": {name: value for name, value in data.items() if value is not None}}


def dossiers(count: int) -> list[dict[str, Any]]:
    """Return so many different dossiers."""
    return [dossier(f"H44.11-260131-{n:04d}") for n in range(1, count + 1)]


@dataclass(slots=True, frozen=True)
class Caller:
    """Somebody who calls with a credential; an empty one sends no header."""

    app: Any
    credential: str = ""

    async def get(self, path: str, query: str = "") -> Reply:
        """Read."""
        return await call(self.app, "GET", path, query=query, headers=self._headers())

    async def post(
        self, path: str, said: Any = b"", query: str = "", headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Post bytes as they are, anything else as JSON."""
        body = said if isinstance(said, bytes) else orjson.dumps(said)
        sent = self._headers() | {"Content-Length": str(len(body))} | dict(headers or {})
        return await call(self.app, "POST", path, query=query, headers=sent, body=body)

    async def bring(self, said: Any) -> dict[str, Any]:
        """Bring what is taken on, and return the receipt."""
        reply = await self.post(BRING, said)
        assert reply.status == 202, reply.body
        told: dict[str, Any] = reply.json()
        return told

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.credential}"} if self.credential else {}


@dataclass(slots=True, frozen=True)
class Province:
    """What a test works with.

    Attributes:
        one_stop: calls with the one-stop's token.
        far: calls with the portal's, which brings nothing.
    """

    platform: Platform
    one_stop: Caller
    far: Caller
    operator: Caller
    nobody: Caller

    async def rest(self, *states: str) -> None:
        """Wait until every delivery stands in one of the states."""
        journal = self.platform.gateway.journal
        async with asyncio.timeout(40):
            while set(await self._states(journal)) - set(states):  # noqa: ASYNC110 - it stands in the journal
                await asyncio.sleep(0.01)

    async def _states(self, journal: Any) -> list[str]:
        counted = (await journal.read(reading.counts))["systems"].get(PORTAL, {})
        return [state for state, count in counted.items() if count and state != "repeated"]

    async def delivery(self, receipt: Mapping[str, Any]) -> dict[str, Any]:
        """Return the one delivery of a message as the operator sees it."""
        walk = (await self.operator.get(f"/v1/messages/{receipt['id']}")).json()
        (found,) = walk["deliveries"]
        return dict(found)


@asynccontextmanager
async def province(
    folder: Path,
    portal: Portal | None = None,
    reporting: Reporting | None = None,
    more: Mapping[str, str] | None = None,
    *,
    asked: bool = False,
) -> AsyncIterator[Province]:
    """Run a gateway while inside, and on loopback the stand-ins that there are; without the portal's, pause first.

    The systems that report and take reports are there where their stand-in is, and those that only answer
    questions where they are `asked`; `more` is of the environment.
    """
    environment = dict(more or {}) | {
        "LGSP_STATE": str(folder),
        "LGSP_TOKEN_ONE_STOP": TOKEN,
        "LGSP_TOKEN_NATIONAL_PORTAL": PORTAL_TOKEN,
        "LGSP_OPERATOR_TOKEN": OPERATOR,
    }
    async with AsyncExitStack() as stack:
        stands = {"national_portal": portal} | ({"national_reporting": reporting} if reporting else {})
        port = await stack.enter_async_context(running(Sandbox(**stands))) if portal else 1
        routes = _routes(port, reports=reporting is not None, asked=asked)
        whole = await stack.enter_async_context(platform(read_settings(environment), routes))
        yield Province(whole, *(Caller(whole.site, who) for who in (TOKEN, PORTAL_TOKEN, OPERATOR, "")))


def _routes(port: int, *, reports: bool = False, asked: bool = False) -> Routes:
    """Return the packed routes, turned to the stand-in and made impatient."""
    read = _impatient()
    systems = {name: deepcopy(one) for name, one in read.systems.items()}
    for name, one in systems.items():
        systems[name] = one.model_copy(update={"config": _turned(one.config, str(port))})
    routes = replace(read, text=_turned(read.text, str(port)), systems=systems, routes=deepcopy(read.routes))
    return _without(routes, reports=reports, asked=asked)


@cache
def _impatient() -> Routes:
    """Return the packed routes with `THERE` for the stand-in's port: to read them takes longer than the rest."""
    text = (packed() / "routes.yaml").read_text(encoding="utf-8")
    changes = {
        "${env:LGSP_PORTAL_URL:-http://127.0.0.1:9100/national-portal}": f"http://127.0.0.1:{THERE}/{PORTAL}",
        "${env:LGSP_REPORTING_URL:-http://127.0.0.1:9100": f"${{env:LGSP_REPORTING_URL:-http://127.0.0.1:{THERE}",
        "statuses: {every: 1m}": "statuses: {every: 1s}",
        "settle: 2s": "settle: 20ms",
        "retry: [1s, 2s, 3s, 5s, 8s, 8s, 8s, 8s, 8s, 8s]": "retry: [20ms, 20ms]",
    }
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return parse_routes(text)


def _turned(part: Any, port: str) -> Any:
    """Return a part of the routes with the stand-in's port in it."""
    if isinstance(part, dict):
        return {name: _turned(one, port) for name, one in part.items()}
    if isinstance(part, list):
        return [_turned(one, port) for one in part]
    return part.replace(THERE, port) if isinstance(part, str) else part


def _without(routes: Routes, *, reports: bool, asked: bool) -> Routes:
    """Return routes without the systems of documents, and of reports and answers unless they are played."""
    theirs = {"dms", "document-axis"}
    theirs |= set() if reports else {"reporting", "national-reporting"}
    theirs |= set() if asked else {"population-db", "ngsp"}
    systems = {name: system for name, system in routes.systems.items() if name not in theirs}
    types = ("document",) if reports else ("document", "report")
    kept = [r for r in routes.routes if not r.type.startswith(types) and not theirs.intersection(r.systems)]
    return replace(routes, systems=systems, routes=kept, tests=())
