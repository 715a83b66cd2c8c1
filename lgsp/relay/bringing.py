"""Fetching a file from its source, once, however many want it, and keeping it in the store if it is fit."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import structlog

from lgsp.domain.file_kinds import HEAD, TAIL, endings_of, fits
from lgsp.domain.links import Named, Terms, claimed
from lgsp.domain.reachable import standing
from lgsp.errors import GatewayError, Refused, Unavailable
from lgsp.folder import Folder
from lgsp.journal import relayed
from lgsp.journal.contract import Journal, JournalError
from lgsp.store.files import Draft
from lgsp.wire.download import Bounds, Downloads

AT_ONCE, OF_ONE, WAITING = 32, 8, 400
"""Files that are fetched at the same time, of all sources and of one, so that a slow one holds up no other;
and that may be asked for in all: what comes beyond is put off."""
SOON, LATER = 30.0, 600.0
"""Seconds for which a source is not asked again: when it was away, and when its file was not fit."""
_MANY = 10_000
log = structlog.get_logger(__name__)


class Kept(NamedTuple):
    """A file in the store.

    Attributes:
        blob: its SHA-256, in hexadecimal.
        ending: of its content.
        size: in bytes.
    """

    blob: str
    ending: str
    size: int


@dataclass(slots=True, frozen=True)
class Wanted:
    """A file that somebody wants.

    Attributes:
        message: the number of the message that names it.
    """

    message: int
    file: Named
    terms: Terms

    @property
    def key(self) -> tuple[int, int]:
        """What tells it from others."""
        return self.message, self.file.number


class Bringing:
    """Brings files from their sources.

    One process fetches a file once for all who ask at the same time; several processes may each do so once.
    """

    def __init__(self, journal: Journal, folder: Folder, clock: Callable[[], float] = time.monotonic) -> None:
        self._journal = journal
        self._folder = folder
        self._clock = clock
        self._downloads = Downloads(AT_ONCE)
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._turns_of: dict[str, asyncio.Semaphore] = {}
        self._flights: dict[tuple[int, int], asyncio.Task[Kept]] = {}
        self._failed: OrderedDict[tuple[int, int], tuple[float, GatewayError]] = OrderedDict()

    async def bring(self, wanted: Wanted) -> Kept:
        """Return a file that is in the store now.

        Raises:
            Unavailable: it did not come, now or a moment ago.
            Refused: its content may not be handed on.
            JournalError: what came cannot be written down.
        """
        until, fault = self._failed.get(wanted.key, (0.0, None))
        if fault is not None and self._clock() < until:
            raise fault.with_traceback(None)
        flight = self._flights.get(wanted.key)
        if flight is None:
            if len(self._flights) >= WAITING:
                raise Unavailable("file-source-slow", "too many files at once")
            flight = self._flights[wanted.key] = asyncio.create_task(self._flight(wanted))
            flight.add_done_callback(lambda done: self._landed(wanted, done))
        return await asyncio.shield(flight)

    async def close(self) -> None:
        """Let go of what is under way, and of the connections."""
        for flight in list(self._flights.values()):
            flight.cancel()
        await asyncio.gather(*self._flights.values(), return_exceptions=True)
        await self._downloads.close()

    def _landed(self, wanted: Wanted, flight: asyncio.Task[Kept]) -> None:
        self._flights.pop(wanted.key, None)
        if not flight.cancelled():
            flight.exception()  # whoever waited for it may have gone

    async def _flight(self, wanted: Wanted) -> Kept:
        async with self._turn_of(wanted), self._turns:
            try:
                kept = await self._fetch(wanted)
            except (Unavailable, Refused) as fault:
                self._remember(wanted, fault)
                await self._tell(wanted, fault)
                raise
        self._failed.pop(wanted.key, None)
        file = (wanted.file.number, wanted.file.place)
        await self._journal.write(lambda tx: relayed.keep(tx, wanted.message, file, kept))
        return kept

    def _turn_of(self, wanted: Wanted) -> asyncio.Semaphore:
        host = standing(wanted.file.url).host
        if len(self._turns_of) > _MANY and host not in self._turns_of:
            self._turns_of.clear()
        return self._turns_of.setdefault(host, asyncio.Semaphore(OF_ONE))

    async def _fetch(self, wanted: Wanted) -> Kept:
        terms = wanted.terms
        try:
            draft = await asyncio.to_thread(self._folder.draft)
            try:
                bounds = Bounds(terms.allows, terms.largest, terms.timeout)
                size = await self._downloads.fetch(wanted.file.url, draft.write, bounds)
                return await asyncio.to_thread(self._kept, wanted, draft, size)
            finally:
                draft.away()
        except OSError as fault:
            raise Unavailable("file-store-away", type(fault).__name__) from fault

    def _kept(self, wanted: Wanted, draft: Draft, size: int) -> Kept:
        digest = draft.finish()
        ending = _ending(draft, size, claimed(wanted.file))
        draft.place()
        return Kept(digest, ending, size)

    def _remember(self, wanted: Wanted, fault: Unavailable | Refused) -> None:
        pause = LATER if isinstance(fault, Refused) or fault.cause == "file-too-large" else SOON
        self._failed[wanted.key] = (self._clock() + pause, fault)
        self._failed.move_to_end(wanted.key)
        while len(self._failed) > _MANY:
            self._failed.popitem(last=False)

    async def _tell(self, wanted: Wanted, fault: Unavailable | Refused) -> None:
        file = (wanted.file.number, wanted.file.place)
        cause, said = fault.cause, fault.said
        try:
            await self._journal.write(lambda tx: relayed.fail(tx, wanted.message, file, cause, said))
        except JournalError:
            log.warning("a file did not come", message=wanted.message, file=file[0], why=cause)


def _ending(draft: Draft, size: int, claims: str) -> str:
    """Return the ending under which a file is handed out.

    Raises:
        Refused: its content is of no accepted format, or not what its name says.
    """
    with draft.open() as file:
        head = file.read(HEAD)
        file.seek(max(0, size - TAIL))
        endings = endings_of(head, file.read(TAIL))
    ending = fits(endings, claims)
    if ending is not None:
        return ending
    if endings and claims:
        raise Refused("file-type-differs", endings[0])
    raise Refused("file-type-refused")
