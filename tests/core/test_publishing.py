"""Routes are published while something is under way to a system that they leave out, on PostgreSQL."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import asyncpg
import pytest

from lgsp.errors import ConfigError
from lgsp.journal.postgres import PostgresJournal
from lgsp.publishing import publish
from lgsp.routes import parse_routes
from lgsp.testing.making import arrival, dossier
from tests.api.test_reload import routes


async def test_a_system_with_an_acceptance_under_way_is_not_left_out(database: str) -> None:
    """Row 120: the publication waits for it, and then sees the delivery that it leaves behind."""
    async with AsyncExitStack() as opened:
        here, there = [await PostgresJournal.open(database) for _ in range(2)]
        for journal in (here, there):
            opened.push_async_callback(journal.close)
        both, one = parse_routes(routes(1, "second", "third")), parse_routes(routes(1, "third"))
        version = await here.write(lambda tx: publish(tx, both, "operator"))
        offer = arrival(dossier("K1", "A", "second"), published=version)
        blocker = await asyncpg.connect(database)
        await blocker.execute("BEGIN")
        await blocker.execute("LOCK TABLE bodies IN ACCESS EXCLUSIVE MODE")
        accepting = asyncio.create_task(here.accept(offer))
        await asyncio.sleep(0.2)
        publishing = asyncio.create_task(there.write(lambda tx: publish(tx, one, "operator")))
        await asyncio.sleep(0.2)
        await blocker.execute("ROLLBACK")
        await blocker.close()
        await accepting
        with pytest.raises(ConfigError, match="open deliveries"):
            await publishing
