"""Carrying SQLite's log over into its file beside the writer, so that no transaction waits for it."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress

import structlog

log = structlog.get_logger(__name__)
EVERY = 0.25
"""Seconds between two rounds while something is written."""
LONG = 4000
"""Pages from which the log begins anew; the writer takes over itself at four times as many."""
_NICE = 10
"""On one core, whoever answers goes before it."""
_CARRY = "PRAGMA wal_checkpoint(PASSIVE)"


class LogCarrier:
    """A thread with a connection of its own.

    Left to SQLite, whoever's commit makes the log a thousand pages long carries it over, and with it all that
    arrive meanwhile wait: some milliseconds on a quick disk, many on a slow one, several times a second when
    there is much to do. A carrier beside the writer never comes to the end of a log that still grows; so the
    writer goes the last few pages itself, between two transactions, and the log begins anew.

    Args:
        connect: opens a connection to the journal.
        every: seconds between two rounds.
        long: pages from which the log begins anew.
    """

    def __init__(
        self, connect: Callable[[], sqlite3.Connection], every: float = EVERY, long: int = LONG
    ) -> None:
        self._connect = connect
        self._every = every
        self._most = long
        self._written = threading.Event()
        self._closed = threading.Event()
        self._long = False
        self._thread = threading.Thread(target=self._run, name="journal-log", daemon=True)
        self._thread.start()

    def wrote(self) -> None:
        """Take note that the log grew."""
        if not self._written.is_set():
            self._written.set()

    def finish(self, writer: sqlite3.Connection) -> None:
        """Carry the last pages of a long log over by the writer's connection, between two transactions."""
        if self._long:
            self._long = False
            writer.execute(_CARRY).fetchall()

    def close(self) -> None:
        """End the thread; what is in the log stays there."""
        self._closed.set()
        self._written.set()
        self._thread.join()

    def _run(self) -> None:
        with suppress(OSError):  # where the system does not let a thread stand back
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        connection = self._connect()
        try:
            while not self._closed.wait(self._every):
                self._written.wait()
                if not self._closed.is_set():
                    self._written.clear()
                    self.carry(connection)
        finally:
            connection.close()

    def carry(self, connection: sqlite3.Connection) -> None:
        """Carry over what is in the log by now; nobody who writes waits for it."""
        try:
            _, pages, _ = connection.execute(_CARRY).fetchone()
        except sqlite3.Error as fault:  # a full disk, say: the writer hears of it too, and tells
            log.warning("carrying the journal's log over failed", fault=type(fault).__name__)
        else:
            self._long = pages >= self._most
