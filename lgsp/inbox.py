"""What a façade works with: taking messages on in its system's name, its mailbox, and what is known."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from lgsp.domain.agencies.facts import Claim
from lgsp.domain.agencies.register import Register
from lgsp.domain.cause import Cause
from lgsp.enquiry import Enquirer, Visitors
from lgsp.errors import Rejected
from lgsp.message import Finding, Message, Raw


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
        state: `delivered`, `refused`, `exhausted`, `expired`, `cancelled`, `superseded` or `replaced`; or
            `shadowed`: an older connection tells it, and nothing was sent by us.
        fields: native names of the fields the far side named.
        recipients: of the message's receivers at that system those whom it concerns; empty is all of them.
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
    recipients: Sequence[str] = ()


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


@dataclass(slots=True, frozen=True)
class Standing:
    """Where a message stands on its way to one system.

    Attributes:
        recipients: receivers there, as written; empty is all of them.
        state: as `lgsp.journal.states` words it.
        at: when it came to stand there.
    """

    system: str
    recipients: Sequence[str]
    state: str
    at: datetime
    cause: str = ""
    said: str = ""


@dataclass(slots=True, frozen=True)
class Sent:
    """A message that a system brought, and where it stands."""

    message: UUID
    type: str
    subject: str
    at: datetime
    data: dict[str, Any]
    went: Sequence[Standing]


@dataclass(slots=True, frozen=True)
class Waiting:
    """What waits in a system's mailbox, and whose turn it is.

    Attributes:
        id: names this delivery for its system; the same for whoever lists it, as often as it is listed.
        message: the outer id of the message.
        recipients: codes of the receivers it is meant for at this system, as written; empty is all of it.
        since: when it was taken on.
    """

    id: UUID
    message: UUID
    type: str
    subject: str
    source: str
    agency: str
    recipients: Sequence[str]
    since: datetime


class Mailbox(Protocol):
    """The deliveries of a system that collects instead of being called.

    Of each line only the head is there. What was taken is not listed for a while (a lease), and is listed
    again when nobody says `done` by then. Several clients of a system may work side by side.
    """

    async def waiting(self, types: Collection[str], *, limit: int = 100) -> list[Waiting]:
        """Return what waits of these types and was not taken just now, oldest first."""

    async def named(self, type_: str, subject: str) -> Waiting | None:
        """Return what waits of one subject, taken just now or not; None when nothing does."""

    async def count(self, types: Collection[str]) -> int:
        """Return how much waits of these types, taken just now or not."""

    async def take(self, id: UUID) -> Message | None:  # noqa: A002 - the word of the rules
        """Return a message whole, narrowed to its recipients, and lease it.

        None when nothing of that id waits. Whoever lost the answer takes it again.
        """

    async def done(self, id: UUID, note: str = "") -> bool:  # noqa: A002
        """Say that it was collected for good: it is delivered, and the next of its line is listed.

        True as often as it is said; False when nothing of that id waits or was delivered.
        """

    async def fail(self, id: UUID, why: str) -> bool:  # noqa: A002
        """Say that it could not be used: it is put off, and listed again by the patience of the system."""


class Directory(Protocol):
    """What is known of agencies, and which of them a system serves."""

    def register(self) -> Register:
        """Return what is known of agencies now."""

    def serves(self, code: str) -> bool:
        """Tell whether an agency is among those that this system serves, now or as what it became."""

    async def tell(self, claims: Sequence[Claim]) -> None:
        """Add claims about agencies that this system serves.

        Raises:
            Invalid: one withdraws what is not there.
        """


class Catalogue(Protocol):
    """What the catalogues of all systems hold: items in force, as the newest message of each says."""

    async def whole(self, type_: str) -> bool:
        """Tell whether a catalogue of this type was brought from end to end, and so can be handed on."""

    def names(self, type_: str) -> AsyncIterator[Sequence[tuple[str, str]]]:
        """Yield code (as written) and name of all items in force, some hundred at a time, by their keys."""

    def items(self, type_: str) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
        """Yield the bodies of all items in force, some hundred at a time, by their keys."""

    async def item(self, type_: str, subject: str) -> Mapping[str, Any] | None:
        """Return the body of an item in force; None when there is none."""


class Inbox(Protocol):
    """What a façade may do in its system's name.

    Attributes:
        mailbox: what waits for the system, if its adapter `collects`.
        directory: agencies.
        catalogue: procedures and other lists, as the systems that keep them told.
        questions: to other systems, which its credential must have been granted; `source` is this system.
        visitors: other systems that put questions at this one's façade, with credentials of their own.
    """

    system: str
    mailbox: Mailbox
    directory: Directory
    catalogue: Catalogue
    questions: Enquirer
    visitors: Visitors

    async def accept(self, raw: Raw, items: Sequence[Message | Rejected]) -> list[Accepted | Rejected]:
        """Take on what is good, quarantine what is not; the answers stand in the order of the items."""

    async def reject(self, raw: Raw, reason: Rejected) -> None:
        """Quarantine a body of which nothing could be read."""

    async def find(self, type_: str, subject: str) -> Found | None:
        """Return the newest message of this subject that this system brought."""

    async def sent(
        self, types: Collection[str], since: datetime, until: datetime, *, limit: int = 1000
    ) -> list[Sent]:
        """Return what this system brought of some types in [since, until), oldest first."""

    async def reports(
        self, *, subjects: Sequence[str] = (), since: int = 0, limit: int = 500
    ) -> list[Report]:
        """Return final transitions of this system's messages, by subject or since a cursor."""

    def admits(self, credential: str | Callable[[str], bool]) -> bool:
        """Tell whether a token, a session that `session` handed out, or a signature opens this system's door.

        A signature is given as what tells whether it was made with a secret: that is asked for each secret on
        record with which this system signs.
        """

    def session(self) -> str:
        """Hand out a session: a MACed token that any process can check."""
