"""A client of the façade for document systems, and an inbox that remembers what the façade did with it."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI
from lgsp.adapters.document_management import DocumentManagement

from lgsp.adapter import Accepted, Found, Report, Sent, Tools, Waiting
from lgsp.domain.agencies.facts import Claim
from lgsp.domain.agencies.known import built_in
from lgsp.domain.agencies.register import Register
from lgsp.domain.codes import under
from lgsp.errors import Conflict, GatewayError, Problem, Rejected
from lgsp.folder import Folder
from lgsp.formats import edxml
from lgsp.formats.edxml.answering import narrowed
from lgsp.message import VIETNAM, Message, Raw, message_id
from lgsp.testing.adapter import NobodyThere
from tests.asgi import Reply, call
from tests.on_its_way import on_its_way
from tests.sandbox.axis_client import MINIMAL, Client, Times

SYSTEM, SECRET, TOKEN = "dms-of-the-province", "shared-secret", "token-of-the-dms"
SETTINGS = {"system_id": SYSTEM, "secret": SECRET}


class JournalAwayError(GatewayError):
    """What the journal's own fault is to an adapter."""


@dataclass
class FakeMailbox:
    """Holds what waits, in order; leases nothing."""

    held: dict[uuid.UUID, Message] = field(default_factory=dict)
    gone: set[uuid.UUID] = field(default_factory=set)
    failed: list[tuple[uuid.UUID, str]] = field(default_factory=list)
    since: datetime = datetime(2026, 3, 5, 8, 30, tzinfo=VIETNAM)

    def put(self, message: Message, recipients: Sequence[str] = ()) -> uuid.UUID:
        """Let a message wait for some of its receivers, or all."""
        id_ = uuid.uuid4()
        about = message.data.get("about", {}).get("agency")
        codes = recipients or message.recipients or ([about] if about else [])
        data = narrowed(message.data, codes) if recipients and message.type == "document.v1" else message.data
        self.held[id_] = replace(message, data=data, recipients=list(codes), id=message.id or uuid.uuid4())
        return id_

    async def waiting(self, types: Collection[str], *, limit: int = 100) -> list[Waiting]:
        """Return what waits."""
        found = [(id_, one) for id_, one in self.held.items() if one.type in types][:limit]
        return [
            Waiting(
                id_, one.id or id_, one.type, one.subject, one.source, one.agency, one.recipients, self.since
            )
            for id_, one in found
        ]

    async def count(self, types: Collection[str]) -> int:
        """Return how much waits."""
        return sum(one.type in types for one in self.held.values())

    async def take(self, id: uuid.UUID) -> Message | None:  # noqa: A002
        """Return a message."""
        return self.held.get(id)

    async def done(self, id: uuid.UUID, note: str = "") -> bool:  # noqa: A002
        """Let it go."""
        if self.held.pop(id, None) is not None:
            self.gone.add(id)
        return id in self.gone

    async def fail(self, id: uuid.UUID, why: str) -> bool:  # noqa: A002
        """Keep the reason."""
        self.failed.append((id, why))
        return id in self.held


@dataclass
class FakeDirectory:
    """Serves some subtrees, and keeps what it is told."""

    serving: tuple[str, ...] = ("H37",)
    known: Register = field(default_factory=built_in)
    told: list[Claim] = field(default_factory=list)

    def register(self) -> Register:
        """Return what is known."""
        return self.known

    def serves(self, code: str) -> bool:
        """Tell whether a code is served."""
        return any(under(code, top) for top in self.serving)

    async def tell(self, claims: Sequence[Claim]) -> None:
        """Add claims."""
        numbered = [
            claim._replace(id=f"told-{len(self.told) + n}") if not claim.id else claim
            for n, claim in enumerate(claims)
        ]
        self.told += numbered
        self.known = self.known.extended(numbered)


class FakeInbox:
    """Takes on what is good, knows what it has, and keeps what was turned away."""

    system = "dms"

    def __init__(self) -> None:
        self.mailbox = FakeMailbox()
        self.directory = FakeDirectory()
        self.raws: list[Raw] = []
        self.bodies: list[bytes] = []
        self.taken: dict[uuid.UUID, Message] = {}
        self.rejected: list[tuple[bytes, Rejected]] = []
        self.told: list[Sent] = []
        self.asked: list[tuple[datetime, datetime]] = []
        self.away = False
        self.admitting = True
        self.secrets: list[str] = []

    async def accept(self, raw: Raw, items: Sequence[Message | Rejected]) -> list[Accepted | Rejected]:
        """Take on what is good; the same document with another body is a conflict."""
        if self.away:
            raise JournalAwayError("accepting: away")
        self.raws.append(raw)
        self.bodies.append(raw.read())
        return [self._take(item) for item in items]

    def _take(self, item: Message | Rejected) -> Accepted | Rejected:
        if isinstance(item, Rejected):
            return item
        id_ = message_id(self.system, item.type, item.key or item.partitionkey, 1)
        known = self.taken.get(id_)
        if known is not None and known.native != item.native:
            return Conflict([Problem("", "conflict")], subject=item.subject, type=item.type)
        self.taken[id_] = item
        return Accepted(id_, known is not None, 1, ["document-axis"], item.findings)

    async def reject(self, raw: Raw, reason: Rejected) -> None:
        """Keep what was turned away."""
        self.rejected.append((raw.read(), reason))

    async def find(self, type_: str, subject: str) -> Found | None:
        """Nobody asks."""
        raise NotImplementedError

    async def reports(
        self, *, subjects: Sequence[str] = (), since: int = 0, limit: int = 500
    ) -> list[Report]:
        """Nobody asks."""
        raise NotImplementedError

    async def sent(
        self, types: Collection[str], since: datetime, until: datetime, *, limit: int = 1000
    ) -> list[Sent]:
        """Return what the test put there."""
        if self.away:
            raise JournalAwayError("reading: away")
        self.asked.append((since, until))
        found = [one for one in self.told if one.type in types and since <= one.at < until]
        return sorted(found, key=lambda one: one.at)[:limit]

    def admits(self, credential: str | Callable[[str], bool]) -> bool:
        """Admit the session, and what is signed with a secret on record."""
        if callable(credential):
            return any(credential(secret) for secret in self.secrets)
        return self.admitting and credential == TOKEN

    def session(self) -> str:
        """Hand out the session."""
        return TOKEN


class Desk(Client):
    """A client of the façade, as `Client` is one of an axis."""

    def __init__(self, folder: Path, inbox: FakeInbox | None = None, **settings: Any) -> None:
        self.inbox = inbox or FakeInbox()
        self.files = Folder(folder)
        times = Times()
        tools = Tools(
            NobodyThere(), lambda: times.now().astimezone(VIETNAM), structlog.get_logger("dms"), self.files
        )
        self.adapter = DocumentManagement(
            DocumentManagement.Config.model_validate({**SETTINGS, **settings}), tools
        )
        app = FastAPI()
        app.include_router(self.adapter.router(self.inbox))
        super().__init__(app, times, SYSTEM, SECRET)  # type: ignore[arg-type]

    async def rest(self, method: str, name: str, query: str = "", body: bytes = b"", **headers: str) -> Reply:
        """Ask in the REST form, with everything that opens the door unless told otherwise."""
        opened = {"Authorization": f"Bearer {TOKEN}", "X-SystemId": SYSTEM, "X-SecretKey": SECRET}
        given = {**opened, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return await call(self.axis, method, f"/v1/{name}", query=query, headers=given, body=body)

    async def message(self, packet: bytes) -> Message:
        """Return a packet as a message that may wait in the mailbox."""
        (message,) = await self.adapter.read(Raw.of(packet, "application/xml"))
        assert isinstance(message, Message)
        return message

    def leftovers(self) -> list[str]:
        """Return what was put down and not taken away."""
        return on_its_way(self.files)


def with_file(desk: Desk, size: int) -> bytes:
    """Return a packet with one attachment of so many random bytes."""
    content = os.urandom(size)
    attachment = {
        "id": "1",
        "name": "van-ban.pdf",
        "dataref": desk.files.keep([content]),
        "sha256": sha256(content).hexdigest(),
        "size": size,
        "media_type": "application/octet-stream",
    }
    head = edxml.read(BytesIO(MINIMAL), desk.files)
    return edxml.packet_of(head.type, {**head.data, "attachments": [attachment]}, desk.files)
