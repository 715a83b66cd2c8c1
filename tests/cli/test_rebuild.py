"""`lgsp rebuild-broker`: RabbitMQ lost everything, and the journal fills it again."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from lgsp.broker.rabbitmq import RabbitBroker
from lgsp.broker.topology import Topology
from lgsp.journal import acting, sweeping
from lgsp.journal.postgres import PostgresJournal
from lgsp.testing.broker import taken
from lgsp.testing.making import arrival, dossier, outcome
from lgsp.testing.servers.rabbitmq import RabbitServer
from tests.cli.processes import environment, lgsp

PORTAL = "national-portal"


async def test_every_queue_is_filled_again_and_nothing_is_sent_twice(
    database: str, rabbit: RabbitServer, tmp_path: Path
) -> None:
    """After a total loss each delivery comes once; frames of before claim nothing; what is being sent stays."""
    env = environment(tmp_path, LGSP_BROKER_URL=rabbit.url, LGSP_JOURNAL_URL=database)
    journal, broker = await PostgresJournal.open(database), RabbitBroker(rabbit.url, name="test")
    await broker.declare([PORTAL])
    told = [await journal.accept(arrival(dossier(f"K{n}", "A", PORTAL))) for n in range(20)]
    old = [frame for one in told for frame in one.frames]
    broker.publish(old)
    worker = await journal.write(lambda tx: acting.enlist(tx, "w"))
    (sending,) = await journal.claim(old[:1], worker)

    queue = Topology().queue_name(PORTAL)
    await asyncio.to_thread(rabbit.ctl, "delete_queue", queue)
    shown = await asyncio.to_thread(lgsp, env, "rebuild-broker", "--json")
    assert json.loads(shown.stdout) == {"done": False, "dispatched": {PORTAL: 19}, "sending": 1}
    done = await asyncio.to_thread(lgsp, env, "rebuild-broker", "--yes", "--json")
    assert json.loads(done.stdout)["done"], done.stderr
    assert queue in await asyncio.to_thread(rabbit.ctl, "list_queues", "name")

    frames = await journal.write(lambda tx: sweeping.refill(tx, PORTAL, 1000))
    broker.publish(frames)
    again = await taken(broker, 19, PORTAL)
    assert sorted((f.delivery, f.epoch) for f in again) == [(f.delivery, 2) for f in old[1:]]
    assert await journal.claim(old, worker) == []
    claims = await journal.claim([*again, *again], worker)
    assert len(claims) == 19
    for claim in [sending, *claims]:
        assert not (await journal.settle(outcome(claim, worker=worker))).late
    await broker.close()
    await journal.close()
