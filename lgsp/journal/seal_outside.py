"""Reading a journal from outside, page after page, whether a gateway has it open or not."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from lgsp.errors import ConfigError
from lgsp.journal.clocks import micros
from lgsp.journal.contract import Journal, Transaction
from lgsp.journal.sqlite import SqliteTransaction
from lgsp.keys import DataKeys

T = TypeVar("T")
_ASK = 10_000


class Outside:
    """A journal's file, opened to be read only.

    Attributes:
        keys: its data keys; whoever wants to read bodies teaches them.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.keys = DataKeys()
        self._connection = connection

    async def read(self, query: Callable[[Transaction], T]) -> T:
        """See `Journal.read`; the query runs here and now."""
        self._connection.execute("BEGIN")
        try:
            return query(SqliteTransaction(self._connection, micros, (), self.keys))
        finally:
            self._connection.execute("ROLLBACK")


@asynccontextmanager
async def journal_file(path: Path) -> AsyncIterator[Outside]:
    """Open the file of a journal while inside.

    Raises:
        ConfigError: there is none, or it is no journal with a log.
    """
    connection = _connect(path)
    try:
        # texts that somebody broke are shown broken, and not an error
        connection.text_factory = _text
        connection.execute(f"PRAGMA busy_timeout={_ASK}")
        connection.execute("SELECT n FROM log_tiles LIMIT 1")
        yield Outside(connection)
    except sqlite3.DatabaseError as fault:
        raise ConfigError([f"{path}: reading the journal: {fault}"]) from fault
    finally:
        connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise ConfigError([f"{path}: there is no journal here; set LGSP_JOURNAL_URL"])
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


@asynccontextmanager
async def journal_server(url: str) -> AsyncIterator[Journal]:
    """Open the journal of a server while inside.

    Raises:
        JournalError: it is not reached.
    """
    from lgsp.journal.postgres import PostgresJournal

    journal = await PostgresJournal.open(url)
    try:
        yield journal
    finally:
        await journal.close()
