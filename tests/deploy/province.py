"""A small province on private servers: a gateway as people start it, a stand-in portal, and its one-stop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from lgsp.sandbox.compare import digest
from lgsp.sandbox.portal import Portal
from lgsp.sandbox.traffic import Traffic
from lgsp.wire.http import Http
from tests.cli.processes import TOKEN, lgsp, started

PORTAL, AWAY = "national-portal", b'{"http_503": 1}'
OPERATOR = {"Authorization": "Bearer operator"}


@dataclass(slots=True)
class Province:
    """What a test tells, and what it sees.

    Attributes:
        url: of the gateway that runs now.
        told: the items told of each dossier, in order.
    """

    portal: Portal
    http: Http
    env: Mapping[str, str]
    codes: list[str] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        steps = {step.code: step.item for step in Traffic(3).take(200) if step.kind == "dossier"}
        self.codes, self.items = list(steps), list(steps.values())

    @asynccontextmanager
    async def gateway(self) -> AsyncIterator[None]:
        """Run `lgsp run` while inside; it is killed at the end."""
        async with started(self.env, "run", "--port", "0") as one:
            self.url = one.said["url"]
            yield

    def version(self, which: int, number: int) -> dict[str, Any]:
        """Return a dossier in one of its versions."""
        return self.items[which] | {"ChuHoSo": f"Lò Thị Bản {number}"}

    async def tell(self, which: int, number: int = 1, padding: int = 0) -> None:
        """Tell a dossier in one of its versions, as a one-stop does."""
        body = json.dumps([self.version(which, number)]).encode() + b" " * padding
        path = f"{self.url}/systems/one-stop/key/{TOKEN}/api/SynsTTHCC/DongBoHoSoMC"
        answer = await self.http.post(path, body)
        assert "thành công" in answer.text, answer.text

    def held(self, which: int) -> list[str]:
        """Return what the portal got of a dossier, in order, as digests."""
        return list(self.portal.state()["history"].get(self.codes[which], []))

    def as_held(self, which: int, number: int) -> str:
        """Return the digest of a version."""
        return digest(self.version(which, number))

    async def until_held(self, *whiches: int, seconds: float = 20) -> None:
        """Wait until the portal holds these dossiers."""
        async with asyncio.timeout(seconds):
            while not all(self.held(which) for which in whiches):  # noqa: ASYNC110 - it has no event
                await asyncio.sleep(0.05)

    async def ask(self, path: str) -> Any:
        """Ask the gateway as an operator."""
        return (await self.http.get(f"{self.url}{path}", headers=OPERATOR)).json()

    async def until_counted(self, **states: int) -> None:
        """Wait until so many deliveries to the portal stand in these states."""
        async with asyncio.timeout(20):
            while True:
                counts = (await self.ask("/v1/counts"))["systems"].get(PORTAL, {})
                if all(counts.get(state.replace("_", " "), 0) == n for state, n in states.items()):
                    return
                await asyncio.sleep(0.1)

    async def command(self, *words: str) -> Any:
        """Run a command and return the JSON document that it prints."""
        told = await asyncio.to_thread(lgsp, self.env, *words, "--json")
        assert told.returncode == 0, told.stderr
        return json.loads(told.stdout)
