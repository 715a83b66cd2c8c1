"""Bringing a journal's tables to the newest revision, with Alembic."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import Connection, create_engine, text

from lgsp.journal.postgres import connect


def migrate(url: str, revision: str = "head") -> None:
    """Upgrade the tables behind a URL to a revision, the newest; create them where there are none.

    Args:
        url: `sqlite:///path` or `postgresql://…`. Blocks; a server is spoken to in a loop of its own.
        revision: an older one, to stop there.
    """
    if url.startswith("sqlite"):
        engine = create_engine(url)
        try:
            with engine.begin() as connection:
                # the driver begins before the first row that is written, and tables are made before that
                connection.exec_driver_sql("BEGIN")
                _upgrade(connection, revision)
        finally:
            engine.dispose()
    else:
        asyncio.run(_migrate_server(url, revision))


async def _migrate_server(url: str, revision: str) -> None:
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: connect(url, patient=True))
    try:
        async with engine.begin() as connection:
            # two that migrate at the same time go one behind the other
            await connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('lgsp migrate'))"))
            await connection.run_sync(_upgrade, revision)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, revision: str) -> None:
    # most processes, and most commands, find their tables made: only who makes them waits for what makes them
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
