"""Publishing routes that leave out a system to which something is under way; and which systems have queues."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import asyncpg
import pytest

from lgsp.counterparts import queued
from lgsp.errors import ConfigError
from lgsp.home import packed
from lgsp.journal.postgres import PostgresJournal
from lgsp.publishing import check_open, publish
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


def test_who_only_answers_or_brings_or_collects_has_no_queue() -> None:
    """A queue is for those who are sent to."""
    routes = parse_routes((packed() / "routes.yaml").read_text(encoding="utf-8"))
    assert sorted(queued(routes)) == ["document-axis", "national-portal", "national-reporting"]
    assert {"population-db", "ngsp", "dms", "one-stop", "reporting"} <= set(routes.systems)


@pytest.mark.parametrize(
    ("system", "said"), [("ngsp", "'ngsp' takes nothing now but"), ("gone", "'gone' is gone but")]
)
def test_who_has_open_deliveries_takes_them_still(system: str, said: str) -> None:
    """A name that becomes one of a system that only answers would leave them without a queue."""
    routes = parse_routes((packed() / "routes.yaml").read_text(encoding="utf-8"))
    check_open(routes, ["national-portal", "dms"])
    with pytest.raises(ConfigError, match=f"routes.yaml:[0-9]+: system {said} has open deliveries"):
        check_open(routes, ["national-portal", system])
