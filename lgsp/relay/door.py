"""What a link opens: the ticket is read, its message found, its file brought if it is not here yet."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

from lgsp.adapter import Relays
from lgsp.domain.file_kinds import ACCEPTED
from lgsp.domain.links import Links, Named, Terms, Ticket, file_name
from lgsp.errors import GatewayError
from lgsp.gateway import Gateway
from lgsp.journal import relayed
from lgsp.journal.relayed import Sought
from lgsp.linking import files_of
from lgsp.relay.asking import Pace, who_asks
from lgsp.relay.bringing import Bringing, Kept, Wanted
from lgsp.relay.counting import Counting

WRONG = 60
"""Wrong links of one address that are looked at in a minute."""


class UnknownLinkError(GatewayError):
    """A link is none of ours, or leads to what may not be asked any more."""


class ExpiredLinkError(GatewayError):
    """A link was ours, and has ended; or its message is kept no more."""


class TooOftenError(GatewayError):
    """An address asks too often.

    Attributes:
        after: whole seconds until it may ask again.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__("opening a link: asked too often")
        self.after = max(1, math.ceil(seconds))


@dataclass(slots=True, frozen=True)
class Opened:
    """A file that may be handed out.

    Attributes:
        name: what it is called.
        media: its type.
        blob: the SHA-256 of its content, under which it lies in the store.
        who: the address that asks.
    """

    name: str
    media: str
    blob: str
    message: int
    file: Named
    who: str


class FileDoor:
    """Opens links; one for each application. It reads the routes anew at each request."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._counting: Counting | None = None
        self._bringing: Bringing | None = None
        self._asked = Pace(time.monotonic)
        self._wrong = Pace(time.monotonic)

    def relaying(self) -> Iterator[tuple[str, Links]]:
        """Yield the systems whose files go through us, with what reads their links."""
        for name, to in self._gateway.counterparts.items():
            if isinstance(to.adapter, Relays) and to.adapter.links is not None:
                yield name, to.adapter.links

    async def open(self, token: str, peer: str, forwarded: str = "") -> Opened:
        """Return the file that a token opens; it is fetched from its source if it is not here.

        Args:
            token: the part of a link that says what it is for.
            peer: the address of the connection.
            forwarded: its `X-Forwarded-For`.

        Raises:
            UnknownLinkError: it opens nothing.
            ExpiredLinkError: it opened something once.
            TooOftenError: the address asks too often.
            Unavailable: the file cannot be fetched now.
            Refused: the file may not be handed on.
            JournalError: the journal does not answer.
        """
        doors = [links for _, links in self.relaying()]
        if not doors:
            raise UnknownLinkError("opening a link: no files go through here")
        who = who_asks(peer, forwarded, frozenset().union(*(links.terms.proxies for links in doors)))
        self._keep_pace(who, max(links.terms.per_minute for links in doors))
        links, ticket = self._read(doors, token, who)
        if ticket.until <= time.time():
            raise ExpiredLinkError("opening a link: it has ended")
        found = await self._gateway.journal.read(lambda tx: relayed.sought(tx, ticket.message, ticket.file))
        wanted = self._wanted(found, ticket, links.terms)
        assert found is not None  # noqa: S101 - `_wanted` has raised
        return self._opened(wanted, await self._here(found, wanted), who)

    def count(self, opened: Opened) -> None:
        """Count that a file was handed out."""
        self._counting = self._counting or Counting(self._gateway.journal)
        self._counting.add(opened.message, opened.file.number, opened.file.place, opened.who)

    async def close(self) -> None:
        """Write what was counted, and let go of what is being fetched."""
        if self._counting is not None:
            await self._counting.close()
        if self._bringing is not None:
            await self._bringing.close()

    def _keep_pace(self, who: str, per_minute: int) -> None:
        wait = self._asked.wait(who, per_minute)
        if wait or self._wrong.spent(who, WRONG):
            raise TooOftenError(wait)

    def _read(self, doors: list[Links], token: str, who: str) -> tuple[Links, Ticket]:
        """Return the ticket; each key is tried, so that the time says nothing of which one it is."""
        found = [(links, ticket) for links in doors if (ticket := links.read(token)) is not None]
        if not found:
            self._wrong.wait(who, WRONG)
            raise UnknownLinkError("opening a link: it is none of ours")
        return found[0]

    def _wanted(self, found: Sought | None, ticket: Ticket, terms: Terms) -> Wanted:
        if found is None:
            raise UnknownLinkError("opening a link: there is no such message")
        if found.data is None:
            raise ExpiredLinkError("opening a link: its message is kept no more")
        info = self._gateway.types.get(found.type)
        files = files_of(info, found.data) if info is not None else ()
        file = next((one for one in files if one.number == ticket.file), None)
        if file is None or not terms.serves(file.url):
            raise UnknownLinkError("opening a link: its file may not be asked for")
        return Wanted(found.number, file, terms)

    async def _here(self, found: Sought, wanted: Wanted) -> Kept:
        state = found.states.get(wanted.file.number)
        if state is not None and state.blob and state.ending and state.size is not None:
            kept = Kept(state.blob, state.ending, state.size)
            if await asyncio.to_thread(self._gateway.blobs.files.there, kept.blob):
                return kept
        self._bringing = self._bringing or Bringing(self._gateway.journal, self._gateway.blobs.files)
        return await self._bringing.bring(wanted)

    def _opened(self, wanted: Wanted, kept: Kept, who: str) -> Opened:
        name = file_name(wanted.file, kept.ending)
        return Opened(name, ACCEPTED[kept.ending], kept.blob, wanted.message, wanted.file, who)
