"""The doctor before real servers: PostgreSQL with and without a standby, RabbitMQ with and without queues."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable
from pathlib import Path

import pytest

from lgsp.broker.link import Gone
from lgsp.broker.rabbitmq import RabbitBroker
from lgsp.broker.topology import Topology
from lgsp.doctor import queues, records
from lgsp.doctor.verdict import Grade
from lgsp.journal.postgres import PostgresJournal
from lgsp.journal.turns import Frame
from lgsp.testing.servers.postgres import PostgresServer, free_port
from lgsp.testing.servers.rabbitmq import RabbitServer
from tests.doctor.patients import Far, grades, patient

MEMORY = "amqp://u:p@127.0.0.1:1/"


async def test_postgresql_without_a_standby_is_told(folder: Path, database: str) -> None:
    """The tests' own server syncs nothing and has no standby: both are told, and the clocks agree."""
    journal = await PostgresJournal.open(database)
    one = patient(folder, {"LGSP_JOURNAL_URL": database, "LGSP_BROKER_URL": MEMORY}, journal=journal)
    assert grades(await records.journal(one)) == [("journal", "", "well")]
    found = await records.standby(one)
    assert sorted(verdict.grade.value for verdict in found) == ["broken", "broken", "poor"]
    assert any("fsync" in verdict.vi for verdict in found)
    (clock,) = await records.clock(one)
    assert clock.grade is Grade.WELL
    await journal.close()


async def test_a_synchronous_standby_that_is_away_is_told(
    folder: Path, postgres: PostgresServer, database: str
) -> None:
    """Named and not streaming: every commit waits for it."""
    postgres.sql("ALTER SYSTEM SET synchronous_standby_names = 'b'")
    postgres.sql("SELECT pg_reload_conf()")
    journal = await PostgresJournal.open(database)
    one = patient(folder, {"LGSP_JOURNAL_URL": database, "LGSP_BROKER_URL": MEMORY}, journal=journal)
    try:
        async with asyncio.timeout(10):
            while not any("không theo kịp" in verdict.vi for verdict in await records.standby(one)):  # noqa: ASYNC110 - in the server
                await asyncio.sleep(0.05)
    finally:
        postgres.sql("ALTER SYSTEM RESET synchronous_standby_names")
        postgres.sql("SELECT pg_reload_conf()")
        await journal.close()


class Mailbox(Far):
    """Comes for what is meant for it."""

    collects = True


class Registry(Far):
    """Only answers."""

    takes = frozenset()


@pytest.mark.parametrize(
    ("there", "found"),
    [
        ({}, [("portal", "broken")]),
        ({"portal": 0}, [("portal", "well")]),
        ({"portal": 0, "dms": 0, "registry": 3}, [("portal", "well"), ("dms", "poor"), ("registry", "poor")]),
    ],
)
async def test_each_who_is_sent_to_has_a_queue_and_nobody_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch, there: dict[str, int], found: list[tuple[str, str]]
) -> None:
    """Who collects from a mailbox, or only answers, lacks nothing; a queue left of other times is named."""

    async def look(_: str, systems: Iterable[str]) -> list[queues.Queue]:
        return [queues.Queue(name, f"lgsp.system.{name}", there.get(name)) for name in systems]

    monkeypatch.setattr(queues, "look", look)
    far = {"portal": Far(), "dms": Mailbox(), "registry": Registry()}
    one = patient(folder, {"LGSP_JOURNAL_URL": "postgresql://h/d", "LGSP_BROKER_URL": MEMORY}, adapters=far)
    verdicts = await queues.broker(one)
    assert [(verdict.subject, verdict.grade.value) for verdict in verdicts] == found
    left = [verdict for verdict in verdicts if verdict.grade is Grade.POOR]
    assert all(f"lgsp.system.{one.subject}" in one.vi and "delete_queue" in one.mend_vi for one in left)


async def test_queues_that_are_not_there_hide_none_that_is(rabbit: RabbitServer) -> None:
    """A missing one ends the channel it was asked on; those behind it are looked at all the same."""
    prefix = f"t{secrets.token_hex(4)}"
    topology, broker = Topology(prefix), RabbitBroker(rabbit.url, prefix=prefix)
    try:
        await broker.declare(["registry"])
        found = await queues.look(rabbit.url, ["portal", "registry", "dms"], topology)
        assert [queue.frames for queue in found] == [None, 0, None]
    finally:
        await broker.close()


async def test_a_queue_that_is_not_there_is_told_and_not_made(rabbit: RabbitServer) -> None:
    """Looking changes nothing: it is still not there the second time."""
    topology = Topology(f"t{secrets.token_hex(4)}")
    for _ in range(2):
        (queue,) = await queues.look(rabbit.url, ["portal"], topology)
        assert queue.frames is None
    assert queues._queue(queue).grade is Grade.BROKEN
    assert "lgsp declare" in queues._queue(queue).mend_vi


async def test_a_queue_that_nobody_takes_from_is_told(rabbit: RabbitServer) -> None:
    """Frames without a consumer are broken; with one they are on their way."""
    prefix = f"t{secrets.token_hex(4)}"
    topology, broker = Topology(prefix), RabbitBroker(rabbit.url, prefix=prefix)
    try:
        await broker.declare(["portal"])
        broker.publish([Frame("portal", 1, 1)])
        async with asyncio.timeout(20):
            while True:
                (queue,) = await queues.look(rabbit.url, ["portal"], topology)
                if queue.frames:
                    break
        assert (queue.frames, queue.consumers) == (1, 0)
        assert queues._queue(queue).grade is Grade.BROKEN
        await broker.take("portal", 1)
        (queue,) = await queues.look(rabbit.url, ["portal"], topology)
        assert queue.consumers == 1
        assert queues._queue(queue).grade is Grade.WELL
    finally:
        await broker.close()


async def test_a_broker_that_is_away_or_refuses_is_told_in_words(
    folder: Path, rabbit: RabbitServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unreachable and a wrong password are different faults, each with its mend."""
    monkeypatch.setattr(queues, "_PATIENCE", 2.0)
    wrong = rabbit.url.replace(rabbit.password, "wrong")
    with pytest.raises(Gone, match="credentials-refused"):
        await queues.look(wrong, [])
    away = {"LGSP_JOURNAL_URL": "postgresql://h/d", "LGSP_BROKER_URL": f"amqp://u:p@127.0.0.1:{free_port()}/"}
    (one,) = await queues.broker(patient(folder, away, adapters={"portal": Far()}))
    assert one.grade is Grade.BROKEN
    assert "không kết nối được RabbitMQ" in one.vi
