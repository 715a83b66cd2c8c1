"""A client of the one-stop façade, and an inbox that remembers what the façade did with it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import orjson
from fastapi import FastAPI
from lgsp.adapters.one_stop import Config, OneStop

from lgsp.adapter import Accepted, Found, Report
from lgsp.errors import Forbidden, Problem, Rejected
from lgsp.message import Message, Raw, message_id
from tests.asgi import Reply, call

TOKEN = "token-of-the-one-stop"
SESSION = "session-handed-out-by-us"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
DOSSIERS, PROGRESS = "/api/SynsTTHCC/DongBoHoSoMC", "/api/SynsTTHCC/CapNhatTienDoHoSoMC"
FORWARD = "/XrdAdapter/RestService/forward"
GOOD = {"MaHoSo": "H44.11-260105-0001", "TrangThaiHoSo": "4", "ChuHoSo": "Lò Văn Pánh"}


class FakeInbox:
    """Takes on what is good, knows what it has, and keeps what was turned away."""

    system = "one-stop"

    def __init__(self) -> None:
        self.raws: list[Raw] = []
        self.taken: dict[uuid.UUID, Message] = {}
        self.rejected: list[tuple[Raw, Rejected]] = []
        self.told: list[Report] = []
        self.asked: dict[str, Any] = {}
        self.found: Found | None = None
        self.forbidden = ""

    async def accept(self, raw: Raw, items: Sequence[Message | Rejected]) -> list[Accepted | Rejected]:
        """Take on what is good."""
        self.raws.append(raw)
        return [self._take(item) for item in items]

    def _take(self, item: Message | Rejected) -> Accepted | Rejected:
        if isinstance(item, Rejected):
            return item
        if item.subject == self.forbidden:
            return Forbidden([Problem("/code", "forbidden", "H56")], subject=item.subject, type=item.type)
        id_ = message_id(self.system, item.type, item.key or item.partitionkey, 1)
        known = id_ in self.taken
        self.taken[id_] = item
        return Accepted(id_, known, 1, ["national-portal"], item.findings)

    async def reject(self, raw: Raw, reason: Rejected) -> None:
        """Keep what was turned away."""
        self.rejected.append((raw, reason))

    async def find(self, type_: str, subject: str) -> Found | None:
        """Return what the test put there."""
        self.asked = {"type": type_, "subject": subject}
        return self.found

    async def reports(
        self, *, subjects: Sequence[str] = (), since: int = 0, limit: int = 500
    ) -> list[Report]:
        """Return what the test put there."""
        self.asked = {"subjects": list(subjects), "since": since, "limit": limit}
        return self.told

    def admits(self, credential: str) -> bool:
        """Admit the token and the session."""
        return credential in {TOKEN, SESSION}

    def session(self) -> str:
        """Hand out the session."""
        return SESSION


class Door:
    """A client of the façade."""

    def __init__(self, limit: int = 1000) -> None:
        self.inbox = FakeInbox()
        self.app = FastAPI()
        adapter = OneStop(Config(max_items=limit), None)  # type: ignore[arg-type]
        self.app.include_router(adapter.router(self.inbox))

    async def post(self, path: str, content: Any, *, query: str = "", bearer: bool = True) -> Reply:
        """Post a body, with the system's token unless told otherwise."""
        body = content if isinstance(content, bytes) else orjson.dumps(content)
        return await call(self.app, "POST", path, query=query, headers=BEARER if bearer else {}, body=body)

    async def forward(self, tail: str = "mapi/g", **content: Any) -> Any:
        """Post a wrapped body without a token and return the answer."""
        reply = await self.post(f"{FORWARD}/{tail}", content, bearer=False)
        assert reply.status == 200
        return reply.json()


def silent(reply: Reply) -> bool:
    """Tell that no word of an answer reads as done or as existing, in any case."""
    text = reply.body.decode().lower()
    return "thành công" not in text and "đã tồn tại" not in text
