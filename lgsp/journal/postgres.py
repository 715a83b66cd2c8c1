"""The journal on PostgreSQL: group commit, lines locked before they are read, any number of processes.

The acts are the same synchronous code as on SQLite. They run in a greenlet, so that each statement they speak
waits on the event loop instead of holding it.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

import asyncpg
import structlog
from sqlalchemy.util import greenlet_spawn

from lgsp.journal.clocks import Past
from lgsp.journal.contract import Arrival, JournalError, Taken, Transaction
from lgsp.journal.hands import LOST, Hands, PostgresBatches
from lgsp.journal.learning import knowing
from lgsp.journal.partitions import make_ahead
from lgsp.journal.speaking import PostgresTransaction
from lgsp.journal.turns import Claim, Frame, Outcome, Settled
from lgsp.journal.writer import ACCEPT, ACT, CLAIM, SETTLE
from lgsp.keys import DataKeys
from lgsp.redacting import plainly

T = TypeVar("T")
log = structlog.get_logger(__name__)
_COMMAND_TIMEOUT = 60.0
_READERS = 4
_WRITING = {"enable_seqscan": "off", "enable_bitmapscan": "off", "plan_cache_mode": "force_generic_plan"}
"""What an act looks up it looks up by an index. A plan made while a table was empty would read all of it, and
stay in use while it grows; and a plan for each list of values costs more than what it finds. Bitmaps are made
of whole partial indexes, with all that the deliveries of the last minute left behind in them: a claim read
thousands of dead entries for the few ids that it asked for."""


class PostgresJournal:
    """The journal of the production profile. Open it with `PostgresJournal.open`."""

    def __init__(self, url: str, clock: Callable[[], int] | None, keys: DataKeys) -> None:
        self._url = url
        self._clock = clock
        self.collecting: set[str] = set()
        self.keys = keys
        past, collecting = Past(), self.collecting
        self._writer = Hands(
            lambda: PostgresBatches(lambda: connect(url, writes=True), clock, past, collecting, keys)
        )
        self._idle: list[Any] = []
        self._reading = asyncio.Semaphore(_READERS)

    @classmethod
    async def open(
        cls, url: str, clock: Callable[[], int] | None = None, keys: DataKeys | None = None
    ) -> PostgresJournal:
        """Open the journal behind a URL, whose tables `lgsp migrate` has made.

        Raises:
            JournalError: the server is not reached.
        """
        try:
            connection = await connect(url)
        except Exception as fault:
            raise JournalError(f"reaching the journal: {type(fault).__name__}: {fault}") from fault
        journal = cls(url, clock, keys or DataKeys())
        journal._idle.append(connection)
        return journal

    async def accept(self, arrival: Arrival) -> Taken:
        """See `Journal.accept`."""
        taken: Taken = await knowing(self.keys, lambda: self._writer.submit(ACCEPT, arrival))
        return taken

    async def claim(self, frames: Sequence[Frame], worker: int) -> list[Claim]:
        """See `Journal.claim`."""
        claims: list[Claim] = await knowing(self.keys, lambda: self._writer.submit(CLAIM, (frames, worker)))
        return claims

    async def settle(self, outcome: Outcome) -> Settled:
        """See `Journal.settle`."""
        settled: Settled = await knowing(self.keys, lambda: self._writer.submit(SETTLE, outcome))
        return settled

    async def write(self, act: Callable[[Transaction], T]) -> T:
        """See `Journal.write`."""
        result: T = await knowing(self.keys, lambda: self._writer.submit(ACT, act))
        return result

    async def read(self, query: Callable[[Transaction], T]) -> T:
        """See `Journal.read`."""
        return await knowing(self.keys, lambda: self._asked(query))

    async def _asked(self, query: Callable[[Transaction], T]) -> T:
        async with self._reading:
            try:
                if self._idle:
                    return await self._read(query, self._idle.pop())
            except LOST:
                self._drop_idle()  # the server was away: those beside it are as dead
            try:
                return await self._read(query, await connect(self._url))
            except LOST as fault:
                raise JournalError(f"reading the journal: {plainly(fault)}") from fault

    def _drop_idle(self) -> None:
        for connection in self._idle:
            connection.terminate()
        self._idle.clear()

    async def _read(self, query: Callable[[Transaction], T], connection: Any) -> T:
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                tx = PostgresTransaction(connection, self._clock, {}, self.collecting, self.keys)
                tx.now = self._clock() if self._clock else await connection.fetchval(_NOW)
                answer = await greenlet_spawn(query, tx)
        except BaseException:
            connection.terminate()
            raise
        self._idle.append(connection)
        return answer

    async def tend(self) -> None:
        """See `Journal.tend`: there is always an empty partition ahead of the ids."""
        made = await self.write(make_ahead)
        if made:
            log.info("partitions made", names=made)

    async def close(self) -> None:
        """Finish what is queued and let go of the connections."""
        await self._writer.close()
        for connection in self._idle:
            await connection.close(timeout=5)
        self._idle.clear()


_NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"


async def connect(url: str, *, writes: bool = False, patient: bool = False) -> Any:
    """Return a connection that keeps its prepared statements and gives up on a silent server.

    One that is patient waits as long as a statement takes: an index of a large table takes minutes.
    """
    host = urlsplit(url).hostname or ""
    local = host in ("127.0.0.1", "localhost", "::1", "")
    return await asyncpg.connect(
        url,
        ssl=None if "sslmode=" in url or local else ssl.create_default_context(),
        timeout=10,
        command_timeout=None if patient else _COMMAND_TIMEOUT,
        statement_cache_size=512,
        max_cached_statement_lifetime=0,
        server_settings={"application_name": "lgsp", "jit": "off", **(_WRITING if writes else {})},
    )
