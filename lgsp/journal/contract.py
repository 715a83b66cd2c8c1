"""What a journal must do: the requests it takes, what it answers, and what may be assumed of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from lgsp.adapter import Accepted
from lgsp.catalogue import Catalogued
from lgsp.domain.agencies.facts import Claim as AgencyClaim
from lgsp.domain.retold import Told
from lgsp.errors import GatewayError, Rejected
from lgsp.journal.states import State
from lgsp.message import Finding, Kind, Message, Raw

T = TypeVar("T")


class JournalError(GatewayError):
    """The journal could not write. Nothing of the request was taken on; it may be asked again."""


class StaleRoutesError(GatewayError):
    """The routes were published anew between routing and accepting: route again."""


class WrongStateError(GatewayError):
    """An act was asked of a delivery whose state does not allow it."""


@dataclass(slots=True, frozen=True)
class Frame:
    """What travels on the broker: a delivery and the epoch in which it was dispatched; nothing else."""

    system: str
    delivery: int
    epoch: int


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


@dataclass(slots=True)
class Claim:
    """A delivery that this worker, and nobody else, may send now.

    Attributes:
        attempt: counted from 1; with the id it is the fence.
        patience: how many intervals of patience are spent.
        uncertain: an earlier attempt may have been applied: probe first.
        message: complete, with `there` set.
        shadow: it is only drawn up; nothing is sent.
        gap: the type of snapshot to ask the system for before anything of its line is sent; empty: none. What
            came before was left to an older connection.
        born: when the delivery began; `completed` is, as JSON, what was filled in in what is sent.
    """

    delivery: int
    system: str
    attempt: int
    patience: int
    lapses: int
    uncertain: bool
    line: bytes
    claimed_at: int
    message: Message
    kind: Kind
    expires_at: int | None = None
    shadow: bool = False
    gap: str = ""
    born: int = 0
    completed: str = ""


@dataclass(slots=True, frozen=True)
class Apart:
    """Receivers whom an attempt did not reach, while it reached others: they get a delivery of their own.

    Attributes:
        state: REFUSED, PUT_OFF or EXHAUSTED.
        wait: for PUT_OFF: microseconds until the next attempt.
        uncertain: it may have reached them all the same.
    """

    recipients: Sequence[str]
    state: State
    cause: str
    said: str = ""
    fields: Sequence[str] = ()
    wait: int = 0
    patience: int = 0
    uncertain: bool = False


@dataclass(slots=True)
class Outcome:
    """What became of one attempt.

    Attributes:
        state: DELIVERED, REFUSED, PUT_OFF, EXHAUSTED, EXPIRED, HELD or SHADOWED; or PARKED where its anchor
            turned out to be absent, which is the verdict on its line.
        wait: for PUT_OFF: microseconds until the next attempt.
        scope: 1 when the system, not the message, was the reason.
        uncertain: the attempt may have been applied; the line settles for `settle` microseconds.
        there: what the answer told of the subject at that system, in whatever state the delivery ends.
        resolved: earlier doubts are settled (it arrived, or it is surely absent).
        repeated: it is going out, or went out, once more although it may have arrived.
        go_on: the worker would send the next delivery of the line at once: the one it holds of a run, or one
            that it is given.
        exchanges: native requests and answers, redacted, as `lgsp.wire.exchange.packed` has them.
        answer: the signature of an answer that no catalogue held, and that nobody had named when it came.
        recipients: those whom it concerns, where that is not all whom the delivery was for.
        apart: what became of the others.
        then: what became of those of its run that were sent right after it; all but the last were delivered.
        flying: the delivery of its run, if any, that is being sent already; it gets its turn in any case.
        rest: deliveries of its run that were not begun: with `go_on` the first of them gets its turn (behind
            what is flying), else all of them are let go.
    """

    claim: Claim
    worker: int
    state: State
    started_at: int
    ended_at: int
    cause: str = ""
    said: str = ""
    fields: Sequence[str] = ()
    wait: int = 0
    scope: int = 0
    patience: int = 0
    uncertain: bool = False
    settle: int = 0
    there: bool | None = None
    resolved: bool = False
    repeated: bool = False
    go_on: bool = False
    exchanges: bytes | None = None
    answer: str = ""
    recipients: Sequence[str] = ()
    apart: Sequence[Apart] = ()
    then: Sequence[Outcome] = ()
    flying: Sequence[int] = ()
    rest: Sequence[int] = ()

    def each(self) -> Sequence[Outcome]:
        """Return it, and those that were sent right after it, in order."""
        return [self, *self.then]


@dataclass(slots=True)
class Settled:
    """The answer to an outcome.

    Attributes:
        late: the fence had moved on; the outcome was kept as evidence and changed nothing.
        state: where the delivery, or the last one of its run, stands now.
        next: the next delivery of the line, claimed for this worker.
        behind: those of its run, claimed as well, to be sent one after the other when it was delivered.
        carried_on: the next one of the run that the worker holds has its turn.
    """

    late: bool
    state: State
    next: Claim | None = None
    behind: Sequence[Claim] = ()
    carried_on: bool = False
    frames: list[Frame] = field(default_factory=list)


class Transaction(Protocol):
    """Statements inside one transaction of the writer."""

    now: int
    collecting: Collection[str]
    """Systems that come for what is meant for them, by the routes of this process."""

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
    """

    collecting: set[str]

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
