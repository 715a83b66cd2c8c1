"""Holding that a local document system and the peers of the axis live whole document lives together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lgsp.errors import Unavailable
from lgsp.formats.axis.listing import Received
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.axis.clerk import Clerk, over
from lgsp.sandbox.axis.directory import Member
from lgsp.sandbox.axis.faults import Habits
from lgsp.sandbox.axis.writing import Answered, Draft
from lgsp.serving import running
from lgsp.wire.http import Http
from tests.asgi import call
from tests.sandbox.axis_client import MOMENT, Client, client

HERE, THERE = Member("H37", "Lạng Sơn", "000.00.00.H37"), Member("H37.02.02", "Xã Thử")
ALL = ["01", "03", "04", "05", "06"]


def clerk(
    side: Client,
    of_agency: dict[str, Habits] | None = None,
    tells_arrival: Callable[[str], bool] = lambda _: True,
    **habits: Any,
) -> Clerk:
    """Return a document system that asks an axis without a server."""

    async def ask(operation: str, headers: dict[str, str], body: bytes) -> bytes:
        reply = await call(side.axis, "POST", f"/{operation}", headers=headers, body=body)
        if reply.status >= 500:
            raise Unavailable(f"http-{reply.status}")
        return reply.body

    habits_ = Habits.model_validate(habits)
    return Clerk(
        ask,
        "lgsp",
        "sandbox",
        (HERE, THERE),
        habits=habits_,
        of_agency=of_agency,
        tells_arrival=tells_arrival,
        now=side.times.now,
    )


def draft(number: int = 1, to: tuple[str, ...] = ("G22", "G12"), **more: Any) -> Draft:
    """Return a document of the province."""
    receivers = tuple((code, code) for code in to)
    return Draft(HERE, receivers, str(number), "UBND-VP", "Về việc thử nghiệm", MOMENT, **more)


async def until_idle(desk: Clerk, most: int = 40) -> None:
    """Take turns until nothing is left to do."""
    for _ in range(most):
        if await desk.turn() and desk.idle:
            await desk.turn()
            return
    raise AssertionError("the clerk is never idle")


async def test_a_document_lives_through_to_its_end() -> None:
    """Sent once, answered 01, 03, 04, 05, 06 by each receiver."""
    side = client()
    desk = clerk(side)
    document = desk.write(draft())
    await until_idle(desk)
    assert desk.tally.told == {document: {"G22": ALL, "G12": ALL}}
    assert len(desk.tally.sent[document]) == 24


async def test_agencies_of_one_system_write_to_each_other() -> None:
    """The receiver under the same roof answers in order too, one step a turn, and the sender hears it."""
    side = client()
    desk = clerk(side)
    document = desk.write(draft(to=("H37.02.02",)))
    await until_idle(desk)
    assert desk.tally.told == {document: {"H37.02.02": ALL}}
    assert desk.tally.received["H37.02.02"][document].answered == ALL
    assert desk.tally.received["H37"][document].told == ALL


async def test_what_peers_write_is_answered() -> None:
    """A document of a peer is received, finished and replied to; the peer hears each status in order."""
    side = client(offices={"steps": []})
    desk = clerk(side, reply=1)
    told = await side.control("POST", "_write", {"sender": "G22", "to": ["H37"]})
    await until_idle(desk)
    assert side.axis.offices.records["G22"][told["document"]].told == ALL
    [reply] = desk.tally.sent
    assert side.axis.offices.records["G22"][reply].what == ["new"]


async def test_agencies_of_one_system_have_their_own_habits() -> None:
    """One refuses everything, the other works as the system does; what both said is on the clerk's own list."""
    side = client(offices={"steps": []})
    desk = clerk(side, of_agency={"H37.02.02": Habits(refuse=1.0)})
    told = await side.control("POST", "_write", {"sender": "G22", "to": ["H37", "H37.02.02"]})
    await until_idle(desk)
    said = [(one.teller, one.code) for one in desk.tally.said if one.document == told["document"]]
    assert [code for teller, code in said if teller == "H37"] == ALL
    assert [code for teller, code in said if teller == "H37.02.02"] == ["01", "02"]


async def test_the_arrival_may_be_left_to_the_gateway() -> None:
    """Where somebody else tells 01 to far senders it is not told twice; agencies here hear it from each other."""
    side = client(offices={"steps": []})
    desk = clerk(side, tells_arrival=lambda sender: sender.startswith("H37"))
    far = await side.control("POST", "_write", {"sender": "G22", "to": ["H37"]})
    near = desk.write(draft(2, to=("H37.02.02",)))
    await until_idle(desk)
    assert side.axis.offices.records["G22"][far["document"]].told == ALL[1:]
    assert desk.tally.told[near] == {"H37.02.02": ALL}
    assert [one.document for one in desk.tally.written] == [near]


async def test_an_agency_with_two_codes_gets_a_packet_once() -> None:
    """The axis names it by both, in one list; it is one receiver."""
    side = client(offices={"steps": []})
    desk = clerk(side)
    item = Received(docid="1", receiver="000.00.00.H37;H37;H37.77")
    assert [one.code for one in desk._meant(item)] == ["H37"]
    assert desk.tally.unread == ["1: H37.77 is no agency of this clerk"]


async def test_a_recall_reaches_everybody() -> None:
    """Each receiver agrees or declines; who agreed has it no more."""
    side = client(offices={"pace_ms": 1000})
    desk = clerk(side)
    document = desk.write(draft())
    await desk.turn()
    desk.write(draft(2, kind=1, about=document))
    side.times.passed = 60
    await until_idle(desk)
    assert {codes[-1] for codes in desk.tally.told[document].values()} == {"15"}
    assert all(side.axis.offices.records[peer][document].gone for peer in ("G22", "G12"))


async def test_a_wish_to_take_back_is_heard() -> None:
    """Status 13 goes to the receiver that it names, and is answered."""
    side = client(offices={"steps": [], "decline": 1})
    desk = clerk(side)
    document = desk.write(draft(to=("G22",)))
    await desk.turn()
    desk.take_back(HERE, Answered("G22", "1/UBND-VP", document, "2026/03/05"))
    await until_idle(desk)
    assert desk.tally.told[document] == {"G22": ["01", "16"]}


async def test_refusals_are_kept_with_their_words() -> None:
    """What nobody takes does not stop what comes after it."""
    side = client()
    desk = clerk(side, refuse=1)
    desk.write(draft(to=("Z99",)))
    document = desk.write(draft(2, to=("H37.02.02",)))
    await until_idle(desk)
    assert desk.tally.refused == [("H37,2026/03/05,1/UBND-VP", "18: Don vi nhan khong ton tai: Z99")]
    assert desk.tally.told[document] == {"H37.02.02": ["01", "02"]}


@pytest.mark.parametrize(
    "faults",
    [
        {"http_502": 0.3},
        {"html": 0.3},
        {"broken_json": 0.2},
        {"truncated_data": 0.4},
        {"list_twice": 0.5, "duplicate": 0.5},
    ],
)
async def test_nothing_is_lost_in_bad_weather(faults: dict[str, float]) -> None:
    """Everybody repeats until it is answered: what arrives twice is answered once, and nothing is missing."""
    side = client(seed=3, **faults)
    desk = clerk(side)
    documents = [desk.write(draft(number, to=("G22", "H37.02.02"))) for number in range(5)]
    await until_idle(desk, 400)
    await side.control("PUT", "_faults", {})
    await until_idle(desk)
    for document in documents:
        assert side.axis.offices.records["G22"][document].answered == ALL
        assert desk.tally.received["H37.02.02"][document].answered == ALL
        assert set(desk.tally.told[document]["H37.02.02"]) == set(ALL)


async def test_what_cannot_be_read_is_said_to_have_failed() -> None:
    """A damaged packet is fetched once, told `fail`, and shown."""
    side = client(damage={"junk-prolog": 1})
    desk = clerk(side)
    await side.control("POST", "_write", {"sender": "G22", "to": ["H37"]})
    await until_idle(desk)
    assert len(desk.tally.unread) == 1
    assert [one["status"] for one in side.axis.state()["deliveries"]] == ["fail"]


async def test_what_is_for_nobody_here_is_shown() -> None:
    """A document for an agency that this system does not know is not swallowed."""
    side = client()
    desk = clerk(side)
    desk.write(draft(to=("H37.77.01",)))
    await until_idle(desk)
    assert [line.partition(": ")[2] for line in desk.tally.unread] == ["H37.77.01 is no agency of this clerk"]


async def test_it_works_over_a_real_connection() -> None:
    """The same over HTTP, beside the other stand-ins."""
    side = client()
    http = Http()
    async with running(Sandbox(document_axis=side.axis)) as port:
        ask = over(http, f"http://127.0.0.1:{port}/document-axis")
        desk = Clerk(ask, "lgsp", "sandbox", (HERE, THERE), now=side.times.now)
        document = desk.write(draft(to=("G22",)))
        await until_idle(desk)
        await http.close()
    assert desk.tally.told == {document: {"G22": ALL}}
