"""What the processes of an installation stand on: its journal and its broker, by the settings' profile."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from lgsp.broker.contract import Broker
from lgsp.broker.embedded import EmbeddedBroker
from lgsp.journal.contract import Journal
from lgsp.journal.sqlite import SqliteJournal
from lgsp.keyring import Keyring
from lgsp.keyring_file import SETTING, KeyFile, make_key
from lgsp.settings import Settings

log = structlog.get_logger(__name__)
FIRST = "first"
"""Name of the key-encryption key that the embedded profile makes for itself."""


@dataclass(slots=True, frozen=True)
class Ground:
    """A journal and a broker that are open."""

    journal: Journal
    broker: Broker


@asynccontextmanager
async def ground_of(settings: Settings) -> AsyncIterator[Ground]:
    """Open journal and broker of a profile while inside.

    Raises:
        ConfigError: another process holds the embedded journal; or its data keys cannot be unwrapped.
        JournalError: the journal's server is not reached.
    """
    journal = await _journal(settings)
    try:
        await _begin(settings, keyring_of(settings, journal))
        broker = _broker(settings)
        try:
            yield Ground(journal, broker)
        finally:
            await broker.close()
    finally:
        await journal.close()


async def open_journal(settings: Settings) -> Journal:
    """Open the journal of a profile and learn its data keys; on PostgreSQL `lgsp migrate` made its tables.

    Raises:
        ConfigError: another process holds the embedded journal; or its data keys cannot be unwrapped.
        JournalError: its server is not reached.
    """
    journal = await _journal(settings)
    try:
        await keyring_of(settings, journal).begin()
    except BaseException:
        await journal.close()
        raise
    return journal


async def _journal(settings: Settings) -> Journal:
    if settings.embedded:
        return await SqliteJournal.open(settings.journal)
    from lgsp.journal.postgres import PostgresJournal

    return await PostgresJournal.open(settings.journal_url)


def keyring_of(settings: Settings, journal: Journal) -> Keyring:
    """Return what makes and unwraps a journal's data keys in this process."""
    return Keyring(journal, KeyFile(settings.key_file) if settings.key_file is not None else None)


async def _begin(settings: Settings, keyring: Keyring) -> None:
    """See to it that there is a first data key; the embedded profile makes its own key file."""
    path = settings.key_file
    if path is not None and settings.own_key_file and not path.exists() and not (await keyring.book()).keys:
        make_key(path, FIRST)
        log.warning("key file made; keep a copy of it, apart from copies of the journal", file=str(path))
    await keyring.begin(process_name())
    if path is None:
        log.warning("what the journal keeps is not encrypted: no key file is set", setting=SETTING)


def _broker(settings: Settings) -> Broker:
    if settings.embedded:
        return EmbeddedBroker()
    from lgsp.broker.rabbitmq import RabbitBroker

    return RabbitBroker(settings.broker_url, name=f"lgsp {process_name()}")


def process_name() -> str:
    """Return how people find this process: host and pid."""
    return f"{socket.gethostname()}:{os.getpid()}"
