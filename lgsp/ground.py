"""What the processes of an installation stand on: its journal and its broker, by the settings' profile."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from lgsp.broker.contract import Broker
from lgsp.broker.embedded import EmbeddedBroker
from lgsp.journal.contract import Journal
from lgsp.journal.sqlite import SqliteJournal
from lgsp.settings import Settings


@dataclass(slots=True, frozen=True)
class Ground:
    """A journal and a broker that are open."""

    journal: Journal
    broker: Broker


@asynccontextmanager
async def ground_of(settings: Settings) -> AsyncIterator[Ground]:
    """Open journal and broker of a profile while inside.

    Raises:
        ConfigError: another process holds the embedded journal.
        JournalError: the journal's server is not reached.
    """
    journal = await open_journal(settings)
    try:
        broker = _broker(settings)
        try:
            yield Ground(journal, broker)
        finally:
            await broker.close()
    finally:
        await journal.close()


async def open_journal(settings: Settings) -> Journal:
    """Open the journal of a profile; on PostgreSQL `lgsp migrate` has made its tables.

    Raises:
        ConfigError: another process holds the embedded journal.
        JournalError: its server is not reached.
    """
    if settings.embedded:
        return await SqliteJournal.open(settings.journal)
    from lgsp.journal.postgres import PostgresJournal

    return await PostgresJournal.open(settings.journal_url)


def _broker(settings: Settings) -> Broker:
    if settings.embedded:
        return EmbeddedBroker()
    from lgsp.broker.rabbitmq import RabbitBroker

    return RabbitBroker(settings.broker_url, name=f"lgsp {process_name()}")


def process_name() -> str:
    """Return how people find this process: host and pid."""
    return f"{socket.gethostname()}:{os.getpid()}"
