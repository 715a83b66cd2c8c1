"""What an adapter is: the one contract between the gateway and a kind of system."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict

from lgsp.domain.agencies.facts import Claim
from lgsp.domain.links import Links
from lgsp.domain.reports.defined import BUILT_IN, Definitions
from lgsp.errors import GatewayError, Invalid, Problem, Refused, Rejected, Unavailable
from lgsp.folder import NOWHERE, Folder
from lgsp.inbox import Accepted, Catalogue, Directory, Found, Inbox, Mailbox, Report, Sent, Standing, Waiting
from lgsp.message import Message, Raw

if TYPE_CHECKING:  # they cost a second to import, and a home is read by many who call and serve nobody
    import structlog
    from fastapi import APIRouter

    from lgsp.wire.http import Http

__all__ = [
    "Accepted",
    "Adapter",
    "Arrival",
    "Catalogue",
    "Config",
    "Directory",
    "DrawsUp",
    "Found",
    "Holding",
    "Holds",
    "Inbox",
    "Known",
    "Knows",
    "Listing",
    "Mailbox",
    "Page",
    "Receipt",
    "Relays",
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
        lists: for a type of a catalogue, the partitionkeys of all that exist there now: what the journal has
            open of that system and is not among them is closed. Whoever says a type here says all of it on
            this one page; a type of which nothing can be told is left out, never given empty.
    """

    items: Sequence[Message | Rejected]
    raw: Raw
    cursor: Any
    confirm: Callable[[], Awaitable[None]] | None = None
    facts: Sequence[Claim] = ()
    lists: Mapping[str, Collection[str]] = field(default_factory=dict)


async def _nothing(type_: str, partitionkey: str) -> Found | None:  # noqa: ARG001 - nothing is known of anything
    return None


@dataclass(slots=True, frozen=True)
class Tools:
    """What the gateway lends an adapter.

    Attributes:
        http: to its system.
        clock: the time in Viet Nam.
        files: keeps attachments by the hash of their content, and opens them.
        definitions: the forms and indicators of reports that are in use.
        find: returns the newest message that this system brought, by type and partitionkey.
    """

    http: Http
    clock: Callable[[], datetime]
    log: structlog.stdlib.BoundLogger
    files: Folder = NOWHERE
    definitions: Definitions = BUILT_IN
    find: Callable[[str, str], Awaitable[Found | None]] = _nothing


class Adapter:
    """Speaks one kind of system's tongue. Every method has a no-op default; most adapters write a few.

    One instance serves one configured system and is shared by many tasks of one event loop.

    Attributes:
        brings: canonical types that it can bring in.
        takes: canonical types that it can take.
        answers: types of questions that it can answer.
        collects: its system comes for its deliveries: they wait in a mailbox, and `send` is never called.
        jobs: names of what `fetch` can bring.
        optional: jobs that only some systems of the kind have, each with the setting that it needs.
        by_token: its system comes in by a token of ours; False where its façade has a secret of its own.
        largest: bytes that a request to its façade may have, where that is more than any request may.
        completes: types whose empty names are filled, before they are sent, from a catalogue of the system's
            own, each with the name of the job that brings it.
    """

    Config: type[BaseModel] = Config
    brings: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()
    answers: frozenset[str] = frozenset()
    collects: bool = False
    by_token: bool = True
    largest: int = 0
    jobs: frozenset[str] = frozenset()
    optional: Mapping[str, str] = MappingProxyType({})
    completes: Mapping[str, str] = MappingProxyType({})

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
        """Answer a question while somebody waits; `question.expirytime` says until when.

        Raises:
            Refused: `not-found` where what is asked for is known not to exist; else it said no, with
                `fields` where the question itself is wrong.
            Unavailable: no answer came.
        """
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


@dataclass(slots=True, frozen=True)
class Known:
    """What a system answered when it was asked for one subject.

    Attributes:
        there: ARRIVED when some version is there, ABSENT when none is, UNKNOWN when the answer says neither.
        status: the subject's state as a canonical word, where the answer tells it; it rarely does.
        count: how many entries of that subject the answer held.
    """

    there: Arrival
    status: str = ""
    count: int = 1


@runtime_checkable
class Knows(Protocol):
    """An adapter that can tell more of a subject than a probe without a body."""

    async def known(self, subject: str) -> Known:
        """Ask the system for one subject, by its code as it was sent; it changes nothing there.

        Raises:
            Unavailable: it did not answer.
        """
        ...


@dataclass(slots=True, frozen=True)
class Listing:
    """Which dossiers a source is asked to list; times are microseconds since 1970, None does not restrict.

    Attributes:
        agency: top of a subtree; empty is all.
    """

    agency: str = ""
    procedure: str = ""
    since: int | None = None
    until: int | None = None


@dataclass(slots=True, frozen=True)
class Holding:
    """One dossier as the source's own list names it; what the list does not tell is empty.

    Attributes:
        code: as written.
        status: canonical word.
        changed_at: when it last changed there.
    """

    code: str
    status: str = ""
    received_at: datetime | None = None
    changed_at: datetime | None = None


@runtime_checkable
class Holds(Protocol):
    """An adapter whose system can list the dossiers that it has."""

    @property
    def lists(self) -> bool:
        """Whether this system is configured to be asked."""

    def holdings(self, wanted: Listing) -> AsyncIterator[Sequence[Holding]]:
        """Yield all that it has of what is wanted, a page at a time, in any order.

        Raises:
            Unavailable: it did not answer; what was yielded is not all.
        """
        ...


@runtime_checkable
class Relays(Protocol):
    """An adapter whose system fetches files by their addresses, some of them through us."""

    @property
    def links(self) -> Links | None:
        """What draws and reads links to such files; None where none go through us."""


def sent_to(adapter: Adapter | type[Adapter]) -> bool:
    """Tell whether deliveries to a system wait in a queue: not where it collects them, or takes nothing."""
    return bool(adapter.takes) and not adapter.collects


def needs_token(adapter: Adapter) -> bool:
    """Tell whether a system comes in by a token of ours: not where we fetch, or its façade has a secret.

    What may be fetched besides leaves it a system that comes in.
    """
    return bool(adapter.brings) and adapter.jobs <= adapter.optional.keys() and adapter.by_token
