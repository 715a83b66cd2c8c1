"""The parts of a stage: the ledger that believes only what it was told, the proxy, the course of faults."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import orjson
import pytest

from lgsp.drill.checker import Verdict
from lgsp.drill.command import in_words, told
from lgsp.drill.evidence import Violation
from lgsp.drill.faults import FAULTS
from lgsp.drill.faults.steps import STEPWISE
from lgsp.drill.ledger import Ledger, Receipt
from lgsp.drill.play import Account, Course
from lgsp.drill.relay import relaying
from lgsp.drill.stage import Plan
from lgsp.drill.traps import STEPS
from lgsp.sandbox.compare import digest
from lgsp.testing.servers.postgres import free_port
from lgsp.wire.http import Answer

ITEM = {"MaHoSo": "H44.1-260105-0001", "MaTTHC": "1"}
STEP = {"MaHoSo": "H44.1-260105-0001", "NoiDungXuLy": "x"}


def answer(*results: dict[str, str], status: int = 200) -> Answer:
    """Return an answer with these results."""
    return Answer(status, orjson.dumps({"error_code": "0", "result": list(results)}).decode())


def test_a_receipt_is_what_the_gateway_said_it_took_on() -> None:
    """Item by item, in bare and in wrapped posts; what was not taken on has none."""
    ledger = Ledger()
    ledger.note(orjson.dumps([ITEM, ITEM]), answer({"id": "a", "error_code": "0"}, {"error_code": "-1"}))
    ledger.note(orjson.dumps({"service": "x", "data": [STEP]}), answer({"id": "b", "error_code": "0"}))
    code = ITEM["MaHoSo"]
    assert ledger.receipts == [
        Receipt("a", code, "dossier", digest(ITEM)),
        Receipt("b", code, "progress", digest(STEP)),
    ]


@pytest.mark.parametrize(
    "said",
    [
        Answer(503, "Service Unavailable"), Answer(200, "[]"), Answer(200, '{"session": "s"}'),
        Answer(200, '{"result": [{"error_code": 0}]}'), Answer(200, '{"result": []}'),
    ],
)  # fmt: skip
def test_nothing_else_is_a_receipt(said: Answer) -> None:
    """Problem documents, logins and look-ups bring none."""
    ledger = Ledger()
    ledger.note(orjson.dumps([ITEM]), said)
    assert ledger.receipts == []


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say everything back."""
    while chunk := await reader.read(100):
        writer.write(chunk)
    writer.close()


async def test_the_proxy_goes_to_whoever_is_up() -> None:
    """A connection is passed on whole; a process that is down is passed over."""
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    up = server.sockets[0].getsockname()[1]
    async with server, relaying([free_port(), up, free_port()]) as url:
        for _ in range(4):
            reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
            writer.write(b"hello")
            assert await reader.readexactly(5) == b"hello"
            writer.close()
            await writer.wait_closed()


async def test_the_proxy_ends_a_connection_when_nobody_is_up() -> None:
    """The client sees it at once and asks again."""
    async with relaying([free_port()]) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        assert await reader.read() == b""
        writer.close()


def test_a_round_holds_every_fault_once_in_an_order_of_its_seed() -> None:
    """Without a duration there is one round; those for a cluster are left to a cluster."""
    (first,) = Course().rounds(Plan(), random.Random(1))
    (again,) = Course().rounds(Plan(), random.Random(1))
    (other,) = Course().rounds(Plan(), random.Random(2))
    assert first == again != other
    assert len(set(first)) == len(first) == sum(fault.fits(Plan()) for fault in FAULTS)


def test_each_fault_fits_some_stage() -> None:
    """What needs a cluster, or `lgsp run --workers`, is left to a stage that has it."""
    left_out = {fault.name for fault in FAULTS if not fault.fits(Plan())}
    assert left_out == {"cluster-leader", "cluster-minority", "run-child", "run-parent"}
    assert {f.name for f in FAULTS if f.fits(Plan(cluster=True))} >= {"cluster-leader", "cluster-minority"}
    supervised = {f.name for f in FAULTS if f.fits(Plan(supervised=True))}
    assert {"run-child", "run-parent", "broker-killed", "journal-killed"} <= supervised
    assert not any(name.startswith("dies-") for name in supervised)


def test_only_what_is_named_is_played_and_rounds_go_on_while_there_is_time() -> None:
    """`--only` and `--for`."""
    rounds = Course(60.0, ("far-down", "process-killed")).rounds(Plan(), random.Random(1))
    for _ in range(3):
        assert {fault.name for fault in next(rounds)} == {"far-down", "process-killed"}


def test_there_is_a_fault_for_each_step_of_the_walk() -> None:
    """No step is named that nobody dies at."""
    assert [fault.name for fault in STEPWISE] == [f"dies-{step}" for step in STEPS]
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


def test_an_account_says_its_seed_and_what_was_breached() -> None:
    """Whoever reads it can play the same again, and knows where to look."""
    verdict = Verdict([Violation("lost", "dossier X")], Counter(lapsed=2))
    account = Account(Plan(seed=42), verdict, "/somewhere", missed=["far-down: why"])
    assert not account.sound
    assert told(account)["violations"] == [{"rule": "lost", "told": "dossier X"}]
    words = in_words(account)
    assert all(part in words for part in ("42", "lost", "dossier X", "far-down: why", "/somewhere"))
    assert Account(Plan(), Verdict([], verdict.explained), "").sound
