"""Putting the adapter of the document axis in front of the stand-in axis, over real HTTP."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import structlog
from lgsp.adapters.document_axis import DocumentAxis

from lgsp.adapter import Page, Tools
from lgsp.errors import Rejected
from lgsp.folder import Folder
from lgsp.formats.axis.protocol import MessageType
from lgsp.message import VIETNAM, Message
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.axis.axis import Axis
from lgsp.sandbox.axis.faults import AxisFaults
from lgsp.schemas import Types
from lgsp.serving import running
from lgsp.wire.http import Http
from tests.asgi import call
from tests.on_its_way import on_its_way

DOCUMENT, STATUS = "document.v1", "document.status.v1"
TYPES = Types()


@dataclass
class Side:
    """An adapter, and the axis that it talks to."""

    adapter: DocumentAxis
    axis: Axis
    files: Folder
    port: int

    def trouble(self, **faults: Any) -> None:
        """Switch faults of the axis on; what is left out is off."""
        self.axis.trouble(AxisFaults.model_validate(faults).model_dump_json().encode())

    async def write(self, number: str = "7", sender: str = "G22", **wish: Any) -> str:
        """Let a peer send a document; return its id."""
        wanted = {"sender": sender, "to": ["H44.01"], "number": number} | wish
        told = (await call(self.axis, "POST", "/_write", body=orjson.dumps(wanted))).json()
        return str(told["document"])

    async def pages(self, job: str = "documents", cursor: Any = None, *, confirm: bool = True) -> list[Took]:
        """Run a job as the gateway does: each page is taken, then confirmed, then the next one is asked for."""
        taken = []
        async for page in self.adapter.fetch(job, cursor):
            taken.append(Took(page, page.raw.read()))
            if confirm and page.confirm is not None:
                await page.confirm()
        return taken

    def listed(self) -> int:
        """Return how much waits for our agencies."""
        return sum(
            len(self.axis.world.post.waiting(kind, lambda code: "H44" in code)) for kind in MessageType
        )

    @property
    def documents(self) -> dict[str, Any]:
        """What the axis took, by document."""
        found: dict[str, Any] = self.axis.state()["documents"]
        return found


@dataclass
class Took:
    """A page, and its body as it was when the page was there."""

    page: Page
    body: bytes

    @property
    def messages(self) -> list[Message]:
        """What is good on it."""
        return [item for item in self.page.items if isinstance(item, Message)]

    @property
    def rejected(self) -> list[Rejected]:
        """What is not."""
        return [item for item in self.page.items if isinstance(item, Rejected)]


@asynccontextmanager
async def axis_side(
    folder: Path | None = None, axis: Axis | None = None, **config: Any
) -> AsyncIterator[Side]:
    """An adapter in front of a stand-in axis of its own, on a port of its own."""
    stand = axis or Axis(AxisFaults())
    now = config.pop("now", lambda: datetime.now(VIETNAM))
    with tempfile.TemporaryDirectory() as own:
        files = Folder(folder or Path(own))
        async with running(Sandbox(document_axis=stand)) as port:
            said = {"url": f"http://127.0.0.1:{port}/document-axis", "system_id": "lgsp", "secret": "sandbox"}
            settings = DocumentAxis.Config.model_validate({"agency": "H44", **said, **config})
            http = Http()
            adapter = DocumentAxis(settings, Tools(http, now, structlog.get_logger(), files))
            try:
                yield Side(adapter, stand, files, port)
                assert on_its_way(files) == [], "what was on its way is gone when it has arrived"
            finally:
                await adapter.close()
                await http.close()


def document(number: int = 15, to: tuple[str, ...] = ("G22",), **over: Any) -> Message:
    """Return a document of ours, as the gateway hands it to the adapter."""
    key = over.pop("key", f"H44.01,2026/03/05,{number}/UBND-VP")
    data = {
        "key": key,
        "id": key,
        "act": "new",
        "sender": {"code": "H44.01", "name": "Văn phòng UBND tỉnh"},
        "recipients": [{"code": code, "name": f"Cơ quan {code}"} for code in to],
        "number": str(number),
        "notation": "UBND-VP",
        "promulgated_on": "2026-03-05",
        "subject": f"V/v phối hợp thử nghiệm số {number}",
        "steering": "none",
    } | over
    data = {name: value for name, value in data.items() if value is not None}
    return _message(DOCUMENT, data, list(to))


def status(code: str = "03", key: str = "G22,2026/03/05,7/TB-VP", about: str = "G22") -> Message:
    """Return a status of ours about a document of another agency."""
    words = {"01": "arrived", "03": "received", "06": "finished"}
    data = {
        "key": key,
        "code": code,
        "status": words[code],
        "sender": {"code": "H44.01", "name": "Văn phòng UBND tỉnh"},
        "about": {"agency": about, "code": "7/TB-VP", "id": key, "promulgated_on": "2026-03-05"},
        "at": "2026-03-05T09:00:00+07:00",
    }
    return _message(STATUS, data, [about])


def _message(type_: str, data: dict[str, Any], recipients: list[str]) -> Message:
    assert TYPES.check(type_, data) == []
    made = TYPES.message(type_, data)
    made.recipients, made.id = recipients, uuid.uuid4()
    return made
