"""A client of the one-stop façade, and an inbox that remembers what the façade did with it."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import datetime
from typing import Any

import orjson
from fastapi import FastAPI
from lgsp.adapters.one_stop import Config, OneStop

from lgsp.adapter import Accepted, Found, Report, Waiting
from lgsp.errors import Forbidden, Problem, Rejected
from lgsp.message import VIETNAM, Message, Raw, message_id
from tests.asgi import Reply, call

TOKEN = "token-of-the-one-stop"
SESSION = "session-handed-out-by-us"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
DOSSIERS, PROGRESS = "/api/SynsTTHCC/DongBoHoSoMC", "/api/SynsTTHCC/CapNhatTienDoHoSoMC"
FORWARD = "/XrdAdapter/RestService/forward"
GOOD = {"MaHoSo": "H44.11-260105-0001", "TrangThaiHoSo": "4", "ChuHoSo": "Lò Văn Pánh"}


class FakeCatalogue:
    """Holds bodies by type and code, whole or not; `before` is called when something is read."""

    def __init__(self) -> None:
        self.held: dict[str, dict[str, dict[str, Any]]] = {}
        self.before: Callable[[], None] = lambda: None

    async def whole(self, type_: str) -> bool:
        """Tell whether the test put something there."""
        return type_ in self.held

    async def names(self, type_: str) -> AsyncIterator[list[tuple[str, str]]]:
        """Yield codes and names one by one, so that there are pages."""
        for code, data in sorted(self.held[type_].items()):
            yield [(code, data["name"])]

    async def items(self, type_: str) -> AsyncIterator[list[dict[str, Any]]]:
        """Yield bodies one by one, and an empty page."""
        for _, data in sorted(self.held[type_].items()):
            yield [data]
        yield []

    async def item(self, type_: str, subject: str) -> dict[str, Any] | None:
        """Return a body."""
        self.before()
        return self.held[type_].get(subject)


class FakeMailbox:
    """Holds what waits, oldest first, and what was collected for good, with the note."""

    def __init__(self) -> None:
        self.held: list[Waiting] = []
        self.collected: list[tuple[str, str]] = []

    def put(self, type_: str, subject: str) -> None:
        """Let something wait."""
        at = datetime(2026, 1, 31, 8, tzinfo=VIETNAM)
        one = Waiting(uuid.uuid4(), uuid.uuid4(), type_, subject, "national-portal", "", (), at)
        self.held.append(one)

    async def waiting(self, types: Collection[str], *, limit: int = 100) -> list[Waiting]:
        """Return what waits."""
        return [one for one in self.held if one.type in types][:limit]

    async def named(self, type_: str, subject: str) -> Waiting | None:
        """Return the first that waits of a subject."""
        return next((one for one in self.held if (one.type, one.subject) == (type_, subject)), None)

    async def done(self, id: uuid.UUID, note: str = "") -> bool:  # noqa: A002 - as the contract names it
        """Collect it for good."""
        (found,) = [one for one in self.held if one.id == id]
        self.held.remove(found)
        self.collected.append((found.subject, note))
        return True


class FakeInbox:
    """Takes on what is good, knows what it has, and keeps what was turned away."""

    system = "one-stop"

    def __init__(self) -> None:
        self.catalogue = FakeCatalogue()
        self.mailbox = FakeMailbox()
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

    async def get(self, path: str, *, query: str = "", bearer: bool = True) -> Reply:
        """Ask for something, with the system's token unless told otherwise."""
        return await call(self.app, "GET", path, query=query, headers=BEARER if bearer else {})

    async def forward(self, tail: str = "mapi/g", **content: Any) -> Any:
        """Post a wrapped body without a token and return the answer."""
        reply = await self.post(f"{FORWARD}/{tail}", content, bearer=False)
        assert reply.status == 200
        return reply.json()


def silent(reply: Reply) -> bool:
    """Tell that no word of an answer reads as done or as existing, in any case."""
    text = reply.body.decode().lower()
    return "thành công" not in text and "đã tồn tại" not in text
