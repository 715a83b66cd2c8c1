"""What an adapter is: the one contract between the gateway and a kind of system."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from lgsp.domain.cause import Cause
from lgsp.errors import GatewayError, Invalid, Problem, Rejected
from lgsp.message import Finding, Message, Raw
from lgsp.wire.http import Http

if TYPE_CHECKING:
    import structlog


class Config(BaseModel):
    """An adapter's settings in `routes.yaml`. Unknown keys are refused; secrets are `SecretStr`."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Arrival(Enum):
    """What a probe can say of this exact message (or, without a body, of any version of its subject)."""

    ARRIVED = "arrived"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(slots=True, frozen=True)
class Receipt:
    """The far side took it.

    Attributes:
        note: what it said, shortened, for people.
        repeated: the far side held it already (a snapshot sent again).
        refused: recipients that were refused, with the cause; the others were delivered.
        follow: messages that the answer itself brought, accepted in the same transaction.
    """

    note: str = ""
    repeated: bool = False
    refused: Mapping[str, str] = field(default_factory=dict)
    follow: Sequence[Message] = ()


@dataclass(slots=True, frozen=True)
class Page:
    """One page of a fetch: messages and the cursor behind them commit together, then `confirm` is called."""

    items: Sequence[Message | Rejected]
    raw: Raw
    cursor: Any
    confirm: Callable[[], Awaitable[None]] | None = None


@dataclass(slots=True, frozen=True)
class Accepted:
    """Our receipt for one item: it is journalled, and it stays so.

    Attributes:
        id: the message's id; the same fact told twice has the same.
        known: True when it had been taken on before.
        revision: of its subject, counted from 1.
        systems: to which systems it goes; empty is `unrouted`.
    """

    id: UUID
    known: bool
    revision: int
    systems: Sequence[str]
    findings: Sequence[Finding]


@dataclass(slots=True, frozen=True)
class Report:
    """A final transition, told to the source: what became of one of its messages at one system.

    Attributes:
        cursor: ask for reports since the last one seen.
        state: `delivered`, `refused`, `exhausted`, `expired`, `cancelled`, `superseded` or `replaced`.
        fields: native names of the fields the far side named.
        why: the cause as it is described now, by the catalogue or by an operator; None where nobody did.
    """

    cursor: int
    message: UUID
    type: str
    subject: str
    revision: int
    system: str
    state: str
    at: datetime
    cause: str = ""
    said: str = ""
    fields: Sequence[str] = ()
    why: Cause | None = None


@dataclass(slots=True, frozen=True)
class Found:
    """What the journal knows of a subject that this system brought.

    Attributes:
        data: the newest accepted body.
        there: the systems that are known to hold some version.
    """

    message: UUID
    type: str
    subject: str
    revision: int
    data: dict[str, Any]
    there: Sequence[str]


class Inbox(Protocol):
    """What a façade may do in its system's name."""

    system: str

    async def accept(self, raw: Raw, items: Sequence[Message | Rejected]) -> list[Accepted | Rejected]:
        """Take on what is good, quarantine what is not; the answers stand in the order of the items."""

    async def reject(self, raw: Raw, reason: Rejected) -> None:
        """Quarantine a body of which nothing could be read."""

    async def find(self, type_: str, subject: str) -> Found | None:
        """Return the newest message of this subject that this system brought."""

    async def reports(
        self, *, subjects: Sequence[str] = (), since: int = 0, limit: int = 500
    ) -> list[Report]:
        """Return final transitions of this system's messages, by subject or since a cursor."""

    def admits(self, credential: str) -> bool:
        """Tell whether a token, or a session that `session` handed out, opens this system's door."""

    def session(self) -> str:
        """Hand out a session: a MACed token that any process can check."""


@dataclass(slots=True, frozen=True)
class Tools:
    """What the gateway lends an adapter."""

    http: Http
    clock: Callable[[], datetime]
    log: structlog.stdlib.BoundLogger


class Adapter:
    """Speaks one kind of system's tongue. Every method has a no-op default; most adapters write a few.

    One instance serves one configured system and is shared by many tasks of one event loop.
    """

    Config: type[BaseModel] = Config
    brings: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()

    def __init__(self, config: Any, tools: Tools) -> None:
        self.config = config
        self.tools = tools

    async def read(self, raw: Raw) -> list[Message | Rejected]:  # noqa: ARG002 - the default reads nothing
        """Turn what a system sent into messages; an item that cannot be taken stands as its `Rejected`.

        Raises:
            Rejected: nothing of the body could be read.
        """
        raise Invalid([Problem("", "not-readable")])

    def fetch(self, job: str, cursor: Any) -> AsyncIterator[Page]:
        """Ask the system for what is new since the cursor, page by page."""
        raise GatewayError(f"fetching {job}: {type(self).__module__} does not fetch (cursor {cursor!r})")

    async def send(self, message: Message) -> Receipt:
        """Tell the system. `message.there` says whether it holds a version already.

        Raises:
            Refused: it understood and said no.
            Unavailable: try again later.
            Uncertain: the request was written and no answer came.
        """
        raise GatewayError(f"sending {message.type}: {type(self).__module__} does not send")

    async def probe(self, message: Message) -> Arrival:  # noqa: ARG002 - the default knows nothing
        """Tell whether this exact message arrived, or, without data, whether any version is there."""
        return Arrival.UNKNOWN

    async def ask(self, question: Message) -> Message:
        """Answer a question while somebody waits."""
        raise GatewayError(f"asking {question.type}: {type(self).__module__} does not answer")

    async def check(self) -> None:
        """Return when the system is there; raise Unavailable when it is not."""

    async def close(self) -> None:
        """Let go of what was opened."""

    def router(self, inbox: Inbox) -> APIRouter | None:  # noqa: ARG002 - the default has no façade
        """Return a façade in the system's own protocol, mounted under `/systems/<name>`."""
        return None
