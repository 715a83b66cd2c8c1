"""A file server of a one-stop system, and a province whose files go through the gateway."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, MutableMapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from lgsp.app import platform
from lgsp.routes import parse_routes
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.faults import Faults
from lgsp.sandbox.portal import Portal
from lgsp.serving import running
from lgsp.settings import read_settings
from tests.api.province import CODE, OPERATOR, PORTAL_TOKEN, TOKEN, Caller, Province, dossier
from tests.asgi import Reply, call

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
PORTAL = "national-portal"


@dataclass
class Source:
    """Hands out files by their path, and remembers who asked for what.

    Attributes:
        files: status, headers and body by path.
        slow: seconds that a path takes.
    """

    files: dict[str, tuple[int, list[tuple[bytes, bytes]], bytes]] = field(default_factory=dict)
    slow: dict[str, float] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    def put(self, path: str, body: bytes = PDF, status: int = 200, **headers: str) -> None:
        """Hand out a body at a path."""
        said = [(name.encode(), value.encode()) for name, value in headers.items()]
        self.files[path] = (status, said, body)

    async def __call__(self, scope: MutableMapping[str, Any], _: Any, send: Any) -> None:
        """Serve one request."""
        path = scope["path"]
        self.asked[path] += 1
        if path in self.slow:
            await asyncio.sleep(self.slow[path])
        status, headers, body = self.files.get(path, (404, [], b"none"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@dataclass(frozen=True)
class Relayed:
    """A province whose portal fetches files through the gateway.

    Attributes:
        address: of the source's file server, host and port.
        base: what links begin with.
    """

    province: Province
    portal: Portal
    source: Source
    address: str
    base: str

    @property
    def platform(self) -> Any:
        """The running gateway."""
        return self.province.platform

    def url(self, path: str) -> str:
        """Return the source's own address of a file."""
        return f"http://{self.address}{path}"

    def sent(self, code: str) -> dict[str, Any]:
        """Return a dossier as the portal was told of it last."""
        return dict(self.portal.state()["dossiers"][code])

    async def links(self, *paths: str, code: str = CODE, name: str = "tep") -> list[str]:
        """Bring a dossier that names files, and return the links that the portal was given."""
        papers = [{"name": name, "url": path if "://" in path else self.url(path)} for path in paths]
        await self.province.one_stop.bring(dossier(code, papers=papers))
        await self.province.rest("delivered", "superseded")
        return [row["DuongDanTaiTepTin"] for row in self.sent(code)["TaiLieuNop"]]

    async def ask(
        self, link: str, method: str = "GET", headers: dict[str, str] | None = None, peer: str = ""
    ) -> Reply:
        """Ask for a link at the gateway's public door."""
        path = link.removeprefix(self.base.removesuffix("/files"))
        return await call(_from(self.platform.site, peer), method, path, headers=headers)


def _from(app: Any, peer: str) -> Any:
    async def asked(scope: Any, receive: Any, send: Any) -> None:
        await app(scope | ({"client": (peer, 1)} if peer else {}), receive, send)

    return asked


@asynccontextmanager
async def relaying(folder: Path, files: dict[str, Any] | None = None) -> AsyncIterator[Relayed]:
    """Run a source, a portal that fetches, and a gateway between them, served on a port of its own."""
    source, portal = Source(), Portal(Faults(dialects=("number",), fetch_files=True))
    environment = {
        "LGSP_STATE": str(folder),
        "LGSP_TOKEN_ONE_STOP": TOKEN,
        "LGSP_TOKEN_NATIONAL_PORTAL": PORTAL_TOKEN,
        "LGSP_OPERATOR_TOKEN": OPERATOR,
    }
    async with AsyncExitStack() as stack:
        serving = _Late()
        kept = await stack.enter_async_context(running(source))
        far = await stack.enter_async_context(running(Sandbox(national_portal=portal)))
        door = await stack.enter_async_context(running(serving))
        base, address = f"http://127.0.0.1:{door}/files", f"127.0.0.1:{kept}"
        said = {"relay": base, "from": [address]} | (files or {})
        said["from"] = [one.replace("{source}", address) for one in said["from"]]
        whole = await stack.enter_async_context(platform(read_settings(environment), _routes(far, said)))
        serving.app = whole.site
        callers = (Caller(whole.site, who) for who in (TOKEN, PORTAL_TOKEN, OPERATOR, ""))
        yield Relayed(Province(whole, *callers), portal, source, address, base)


class _Late:
    """An application that is there before what it serves."""

    app: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


def _routes(port: int, files: dict[str, Any]) -> Any:
    whole = {
        "systems": {
            "one-stop": {"adapter": "one_stop", "serves": ["H44"]},
            PORTAL: {
                "adapter": "national_portal",
                "config": {
                    "url": f"http://127.0.0.1:{port}/{PORTAL}",
                    "username": "lgsp",
                    "password": "sandbox",
                    "agency": "H44",
                    "files": files,
                },
                "deliver": {"settle": "20ms", "retry": ["20ms", "20ms"]},
            },
        },
        "routes": [{"name": "dossiers", "from": "one-stop", "type": "dossier.v1", "to": [PORTAL]}],
    }
    return parse_routes(orjson.dumps(whole).decode())
