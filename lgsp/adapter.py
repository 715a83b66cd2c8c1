"""What an adapter is: the one contract between the gateway and a kind of system."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from lgsp.domain.agencies.facts import Claim
from lgsp.errors import GatewayError, Invalid, Problem, Refused, Rejected, Unavailable
from lgsp.folder import NOWHERE, Folder
from lgsp.inbox import Accepted, Directory, Found, Inbox, Mailbox, Report, Sent, Standing, Waiting
from lgsp.message import Message, Raw
from lgsp.wire.http import Http

if TYPE_CHECKING:
    import structlog

__all__ = [
    "Accepted",
    "Adapter",
    "Arrival",
    "Config",
    "Directory",
    "DrawsUp",
    "Found",
    "Inbox",
    "Mailbox",
    "Page",
    "Receipt",
    "Report",
    "Sent",
    "Standing",
    "Tools",
    "Waiting",
    "needs_token",
]


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
        failed: recipients that it did not take, each with the reason; the others were delivered. Those become
            a delivery of their own, so that nobody is sent to twice.
        follow: messages that the answer itself brought, accepted in the same transaction.
    """

    note: str = ""
    repeated: bool = False
    failed: Mapping[str, Refused | Unavailable] = field(default_factory=dict)
    follow: Sequence[Message] = ()


@dataclass(slots=True, frozen=True)
class Page:
    """One page of a fetch: messages and the cursor behind them commit together, then `confirm` is called.

    Attributes:
        items: messages, and what could not be taken, in the order of the page.
        raw: what came, verbatim.
        cursor: JSON that the next `fetch` is given; it is kept even where the items were known already.
        confirm: tells the far side that we have it. It may be called twice for the same page, or never.
        facts: claims about agencies that a page brings beside messages, or instead of them. Who brings them
            brings a list of all there are: each run from its beginning (the cursor stays None), all that is
            said of one agency on one page, and a list that breaks off raises.
    """

    items: Sequence[Message | Rejected]
    raw: Raw
    cursor: Any
    confirm: Callable[[], Awaitable[None]] | None = None
    facts: Sequence[Claim] = ()


@dataclass(slots=True, frozen=True)
class Tools:
    """What the gateway lends an adapter.

    Attributes:
        http: to its system.
        clock: the time in Viet Nam.
        files: keeps attachments by the hash of their content, and opens them.
    """

    http: Http
    clock: Callable[[], datetime]
    log: structlog.stdlib.BoundLogger
    files: Folder = NOWHERE


class Adapter:
    """Speaks one kind of system's tongue. Every method has a no-op default; most adapters write a few.

    One instance serves one configured system and is shared by many tasks of one event loop.

    Attributes:
        brings: canonical types that it can bring in.
        takes: canonical types that it can take.
        collects: its system comes for its deliveries: they wait in a mailbox, and `send` is never called.
        jobs: names of what `fetch` can bring.
        largest: bytes that a request to its façade may have, where that is more than any request may.
    """

    Config: type[BaseModel] = Config
    brings: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()
    collects: bool = False
    largest: int = 0
    jobs: frozenset[str] = frozenset()

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
        """Tell whether this exact message arrived, or, without data, whether any version is there.

        Arrived is what has reached all of the message's receivers; of some of them nothing can be said here.
        """
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


@runtime_checkable
class DrawsUp(Protocol):
    """An adapter that can tell beforehand what it would send; one that cannot is none the worse."""

    async def drawn_up(self, message: Message) -> Raw:
        """Return what `send` would say of a message, without asking anybody.

        Raises:
            Refused: it cannot be said to this system.
        """
        ...


def needs_token(adapter: Adapter) -> bool:
    """Tell whether a system comes in by a token of ours: not where we fetch, or its façade has a secret."""
    return bool(adapter.brings) and not adapter.jobs and not adapter.collects
