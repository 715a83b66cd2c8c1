"""What a journal must do: the requests it takes, what it answers, and what may be assumed of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from lgsp.catalogue import Catalogued
from lgsp.domain.agencies.facts import Claim as AgencyClaim
from lgsp.domain.retold import Told
from lgsp.errors import GatewayError, Rejected
from lgsp.inbox import Accepted
from lgsp.journal.turns import Claim, Frame, Outcome, Settled
from lgsp.keys import DataKeys
from lgsp.message import Finding, Kind, Message, Raw

T = TypeVar("T")


class JournalError(GatewayError):
    """The journal could not write. Nothing of the request was taken on; it may be asked again."""


class StaleRoutesError(GatewayError):
    """The routes were published anew between routing and accepting: route again."""


class WrongStateError(GatewayError):
    """An act was asked of a delivery whose state does not allow it."""


@dataclass(slots=True, frozen=True)
class Wanted:
    """One system that a message goes to.

    Attributes:
        patience: seconds of the system's last interval of patience: how often a dead fact may be told again.
        last: index of that interval: with how much patience a dead fact told again starts.
        direct: there is room in the system's window: dispatch in this transaction.
        recipients: of the message's receivers those who are there, as written; empty is all of it.
        shadow: nothing is sent: an older connection tells it.
        adopted: nothing is sent: the system held it before us.
    """

    system: str
    patience: float = 0.0
    last: int = 0
    direct: bool = True
    recipients: Sequence[str] = ()
    shadow: bool = False
    adopted: bool = False


@dataclass(slots=True)
class Offer:
    """One message on its way in, with all that its acceptance needs.

    Attributes:
        body: the canonical body as JSON bytes.
        watched: first-seen values that this type declares, as JSON.
        retold: tells what is odd about it, given the snapshots that were taken on before and the moment now.
        item: the message's place in what came.
        aliases: other names of its subject, by which it is found.
        files: names in the store of the files that it refers to.
        alike: those of its names that say that it may be what came before under another name.
        catalogued: what the catalogue of its type keeps of it, if that is one.
        alluded: another key of what an event speaks of, if nothing is known under its own; may be empty.
    """

    message: Message
    kind: Kind
    anchor: str | None
    body: bytes
    wanted: Sequence[Wanted]
    item: int = 0
    watched: str | None = None
    retold: Callable[[Sequence[Told], datetime], list[Finding]] | None = None
    aliases: Sequence[str] = ()
    alike: Sequence[str] = ()
    files: Sequence[str] = ()
    catalogued: Catalogued | None = None
    alluded: str = ""


@dataclass(slots=True, frozen=True)
class CursorAt:
    """Where a run of a job stands behind a page: it commits with what the page brought, or not at all.

    Attributes:
        run: the run that asks; once that was cut short nothing of the page is taken on.
        cursor: as JSON.
        claims: about agencies, which the page brought beside its messages.
        unconfirmed: pages of this run of which the far side could not be told that we have them.
        lists: for types of catalogues, the partitionkeys of all that exists there now.
    """

    system: str
    job: str
    run: int
    cursor: str
    claims: Sequence[AgencyClaim] = ()
    unconfirmed: int = 0
    lists: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(slots=True, frozen=True)
class Part:
    """A part of an adoption: it counts only if the adoption stands where the part begins.

    Attributes:
        handover: its number.
        begins: the first line or item of the part, counted from 0.
        ends: the one behind its last.
        unreadable: how many of them cannot be read.
    """

    handover: int
    begins: int
    ends: int
    unreadable: int = 0


@dataclass(slots=True)
class Arrival:
    """One request at the door: what came, the good items, and those that were turned away.

    Attributes:
        page: what commits with it where it is a page of a job.
        part: what commits with it where it is a part of an adoption.
    """

    source: str
    raw: Raw
    offers: Sequence[Offer]
    rejected: Sequence[tuple[int, Rejected]] = ()
    published: int = 0
    blob: str | None = None
    page: CursorAt | None = None
    part: Part | None = None


@dataclass(slots=True)
class Taken:
    """The answer to an arrival: one result per offer in order, and what the broker must carry."""

    results: list[Accepted | Rejected]
    frames: list[Frame]


class Transaction(Protocol):
    """Statements inside one transaction of the writer."""

    now: int
    collecting: Collection[str]
    """Systems that come for what is meant for them, by the routes of this process."""
    keys: DataKeys
    """Seals and opens what is encrypted at rest: bodies, what came, exchanges. An act lets `KeyUnknownError`
    pass: the journal learns the key and does the act again."""

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Return all rows of a query."""

    def run(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each row of values."""

    def among(
        self, sql: str, values: Sequence[Any], *more: Any, before: Sequence[Any] = (), each: str = "?"
    ) -> list[Any]:
        """Return the rows of a statement whose `{}` stands for a list of values; others stand around it."""

    def lock(self, lines: Sequence[bytes]) -> None:
        """Lock lines, in the order given (sorted), before their order is decided."""

    def horizon(self) -> int | None:
        """Return the transaction below which all is decided; None where nothing commits out of turn."""

    def ids(self, table: str, count: int) -> Sequence[int]:
        """Draw fresh ids, rising in the order in which lines are locked."""


class Journal(Protocol):
    """Every message taken on and everything that befell it.

    What returns has been committed, durably. Requests of one caller are applied in the order of their
    awaits; requests that arrive together share a transaction (outcomes, then acceptances, then claims).

    Attributes:
        collecting: systems that come for what is meant for them; who loads routes keeps it.
        keys: what encrypts and decrypts in its transactions; who opens it teaches them.
    """

    collecting: set[str]
    keys: DataKeys

    async def accept(self, arrival: Arrival) -> Taken:
        """Take on a request: messages, deliveries, entries and quarantine in one transaction."""

    async def claim(self, frames: Sequence[Frame], worker: int) -> list[Claim]:
        """Claim what the frames name; a frame that is stale, doubled or unknown claims nothing."""

    async def settle(self, outcome: Outcome) -> Settled:
        """Apply an outcome if its fence holds, and open the line for the next delivery."""

    async def write(self, act: Callable[[Transaction], T]) -> T:
        """Run any other act of the journal in the writer's transaction."""

    async def read(self, query: Callable[[Transaction], T]) -> T:
        """Run a query on a snapshot, beside the writer."""

    async def tend(self) -> None:
        """Do what the database needs from time to time; harmless whoever does it, and how often."""

    async def close(self) -> None:
        """Finish what is queued and let go."""


def as_uuid(value: bytes) -> UUID:
    """Return a stored outer id."""
    return UUID(bytes=bytes(value))
