"""Two document systems exchange whole document lives through a gateway, each by the axis' own protocol."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from lgsp.app import Platform, platform
from lgsp.errors import Unavailable
from lgsp.formats.axis import province
from lgsp.formats.axis.hashing import hash_file
from lgsp.formats.axis.protocol import FILE_TYPE, JSON_TYPE
from lgsp.formats.axis.replies import Answer, read_answer
from lgsp.formats.axis.signing import sign
from lgsp.journal import reading
from lgsp.journal.contract import JournalError
from lgsp.routes import parse_routes
from lgsp.sandbox.axis.clerk import Clerk
from lgsp.sandbox.axis.directory import Member
from lgsp.sandbox.axis.faults import Habits
from lgsp.sandbox.axis.writing import Answered, Draft
from lgsp.settings import read_settings
from tests.asgi import call

ROUTES = """
systems:
  dms:
    adapter: document_management
    serves: [H44]
    config: {system_id: dms, secret: secret-of-dms}
    deliver: {retry: [50ms, 50ms]}
  far:
    adapter: document_management
    serves: [H37]
    config: {system_id: far, secret: secret-of-far}
routes:
  - {name: documents, type: document.v1, to: recipients, else: far}
  - {name: statuses, type: document.status.v1, to: recipients, else: far}
"""
OPERATOR = "token-of-the-operator"
OFFICE, FINANCE = Member("H44.01", "Văn phòng"), Member("H44.11", "Sở Tài chính")
LANG_SON, COMMUNE = Member("H37", "Lạng Sơn"), Member("H37.02.02", "Xã Thử")
OPEN = {"parked", "waiting", "ready", "sending", "put off", "offered"}
ALL = ["01", "03", "04", "05", "06"]


@dataclass
class Exchange:
    """A gateway and the document systems at its two doors."""

    platform: Platform
    here: Clerk
    there: Clerk

    async def settle(self) -> None:
        """Take turns until nobody has anything left to do, and nothing is on its way."""
        async with asyncio.timeout(30):
            while True:
                turned = [await one.turn() for one in (self.here, self.there)]
                if all(turned) and self.here.idle and self.there.idle:
                    if not await self.open():
                        return
                    await asyncio.sleep(0.05)

    async def open(self) -> int:
        """Return how many deliveries are under way."""
        found = await self.platform.gateway.journal.read(reading.counts)
        counted = [one for states in found["systems"].values() for one in states.items()]
        return sum(count for state, count in counted if state in OPEN)

    async def waiting(self) -> int:
        """Return how much waits in both mailboxes."""
        counts = [
            (await asks(self.platform, system, name, {"servicetype": "eDoc"}, b"{}")).count
            for system in ("dms", "far")
            for name in ("countReceiveEdoc", "countReceiveStatus")
        ]
        return sum(counts)


async def asks(
    whole: Platform, system: str, operation: str, said: dict[str, str], body: bytes = b""
) -> Answer:
    """Ask an operation in a system's name."""
    kind = FILE_TYPE if operation == "sendEdoc" else JSON_TYPE
    headers = sign(f"secret-of-{system}", system, said, datetime.now(UTC), content_type=kind)
    reply = await call(whole.site, "POST", f"/systems/{system}/{operation}", headers=headers, body=body)
    assert reply.status == 200, reply.body
    return read_answer(reply.body)


def clerk(whole: Platform, system: str, *agencies: Member, **habits: Any) -> Clerk:
    """Return a document system at its door; of what it says and lists, each fifth answer is lost."""
    asked = 0

    async def ask(operation: str, headers: dict[str, str], body: bytes) -> bytes:
        nonlocal asked
        asked += operation != "getEdoc"  # what was handed out is leased, and is listed when that has ended
        reply = await call(whole.site, "POST", f"/systems/{system}/{operation}", headers=headers, body=body)
        if reply.status != 200:
            raise Unavailable(f"http-{reply.status}")
        if asked % 5 == 0 and operation != "getEdoc":
            raise Unavailable("connection-lost")
        return reply.body

    return Clerk(ask, system, f"secret-of-{system}", agencies, habits=Habits.model_validate(habits))


@pytest.fixture
def folder() -> Iterator[Path]:
    """A state folder where a sync costs nothing."""
    fast = Path("/dev/shm")
    with TemporaryDirectory(dir=fast if fast.is_dir() else None) as made:
        yield Path(made)


@pytest.fixture
async def exchange(folder: Path) -> AsyncIterator[Exchange]:
    """Run a gateway between two document systems."""
    settings = read_settings(
        {"LGSP_STATE": str(folder), "LGSP_OPERATOR_TOKEN": OPERATOR, "LGSP_TOKEN_DMS": "token-of-dms"}
    )
    async with platform(settings, parse_routes(ROUTES)) as whole:
        yield Exchange(
            whole,
            clerk(whole, "dms", OFFICE, FINANCE),
            clerk(whole, "far", LANG_SON, COMMUNE),
        )


def draft(sender: Member, *to: Member, number: int = 1, **more: Any) -> Draft:
    """Return a document."""
    receivers = tuple((one.code, one.name) for one in to)
    return Draft(sender, receivers, str(number), "VP", "Về việc thử nghiệm", datetime.now(UTC), **more)


async def test_a_document_lives_through_to_its_end(exchange: Exchange) -> None:
    """Sent once, whatever answer is lost; received once; answered 01, 03, 04, 05, 06 in order."""
    document = exchange.here.write(draft(OFFICE, LANG_SON))
    await exchange.settle()
    assert exchange.there.tally.received["H37"][document].what == ["new"]
    assert exchange.here.tally.told[document] == {"H37": ALL}
    assert len(exchange.here.tally.sent[document]) == 24
    assert exchange.here.tally.repeats + exchange.there.tally.repeats > 0


async def test_one_packet_reaches_each_system_once(exchange: Exchange) -> None:
    """Two agencies there, one here: each gets it, and each answers."""
    document = exchange.here.write(draft(OFFICE, LANG_SON, COMMUNE, FINANCE))
    await exchange.settle()
    assert exchange.here.tally.told[document] == {"H37": ALL, "H37.02.02": ALL, "H44.11": ALL}
    assert exchange.there.tally.unread == exchange.here.tally.unread == []
    (row,) = {one["senderDocId"] for one in await sent(exchange)}
    assert row == exchange.here.tally.sent[document]
    assert {one["toCode"]: one["receiveStatus"] for one in await sent(exchange)} == {
        "H37": "done",
        "H37.02.02": "done",
        "H44.11": "done",
    }


async def sent(exchange: Exchange) -> list[dict[str, str]]:
    """Return the sent list of the system here."""
    return (await asks(exchange.platform, "dms", "getSentEdocList", {"messagetype": "edoc"})).items()


async def test_recall_update_reply_and_wish_pass_in_order(exchange: Exchange) -> None:
    """What follows a document comes behind it, and is answered."""
    document = exchange.here.write(draft(OFFICE, LANG_SON))
    exchange.here.write(draft(OFFICE, LANG_SON, number=2, kind=2, about=document))
    await exchange.settle()
    exchange.here.take_back(OFFICE, Answered("H37", "1/VP", document, f"{datetime.now(UTC):%Y/%m/%d}"))
    await exchange.settle()
    exchange.here.write(draft(OFFICE, LANG_SON, number=3, kind=1, about=document))
    await exchange.settle()
    record = exchange.there.tally.received["H37"][document]
    assert record.what == ["new", "update", "recall"]
    assert record.told == ["13"]
    assert [code for code in exchange.here.tally.told[document]["H37"] if code == "15"] == ["15"] * 3


async def test_both_write_to_each_other(exchange: Exchange) -> None:
    """Many documents in both directions end with each received and finished."""
    written = [exchange.here.write(draft(OFFICE, COMMUNE, number=n)) for n in range(6)]
    back = [exchange.there.write(draft(LANG_SON, FINANCE, number=n)) for n in range(6)]
    await exchange.settle()
    assert exchange.here.tally.told == {one: {"H37.02.02": ALL} for one in written}
    assert exchange.there.tally.told == {one: {"H44.11": ALL} for one in back}


async def test_several_clients_poll_side_by_side(exchange: Exchange) -> None:
    """Two clients of one system share what waits: each packet is fetched by one, and done may be said by both."""
    for number in range(8):
        exchange.there.write(draft(LANG_SON, OFFICE, number=number))
    while exchange.there.tally.sent.keys() != {one.document for one in drafts(8)}:
        await exchange.there.turn()
    fetched: list[str] = []

    async def client() -> None:
        listed = await asks(exchange.platform, "dms", "getReceivedEdocList", {"messagetype": "edoc"})
        for one in listed.items():
            got = await asks(exchange.platform, "dms", "getEdoc", {"docId": one["docId"]}, b"{}")
            assert got.ok or got.code == "10"
            fetched.extend([one["docId"]] if got.ok else [])
            said = {"docid": one["docId"], "status": "done"}
            assert (await asks(exchange.platform, "dms", "updateStatus", said, b"{}")).ok

    await asyncio.gather(client(), client(), client())
    assert len(set(fetched)) == 8
    assert await exchange.waiting() == 0


def drafts(count: int) -> list[Draft]:
    """Return the documents of that test."""
    return [draft(LANG_SON, OFFICE, number=n) for n in range(count)]


async def test_what_a_client_cannot_use_comes_back(exchange: Exchange) -> None:
    """`fail` puts it off; it is listed again in its time, and in the end it is for people."""
    document = exchange.there.write(draft(LANG_SON, OFFICE))
    while document not in exchange.there.tally.sent:
        await exchange.there.turn()
    for _ in range(3):
        (one,) = await until_listed(exchange)
        assert (await asks(exchange.platform, "dms", "getEdoc", {"docId": one["docId"]}, b"{}")).ok
        said = {"docid": one["docId"], "status": "fail"}
        assert (await asks(exchange.platform, "dms", "updateStatus", said, b"{}")).ok
    rows = (await asks(exchange.platform, "far", "getSentEdocList", {"messagetype": "edoc"})).items()
    assert [one["receiveStatus"] for one in rows] == ["fail"]
    assert await exchange.waiting() == 0


async def until_listed(exchange: Exchange) -> list[dict[str, str]]:
    """Wait until something is listed for the system here."""
    async with asyncio.timeout(5):
        while True:
            listed = await asks(exchange.platform, "dms", "getReceivedEdocList", {"messagetype": "edoc"})
            if listed.items():
                return listed.items()
            await asyncio.sleep(0.02)


async def test_a_packet_that_is_refused_lies_in_quarantine(exchange: Exchange) -> None:
    """The operator sees it with the reason; the sender of a foreign packet hears of it."""
    packet = b"<edXML/>"
    said = {"messagetype": "edoc", "from": "H44.01", "hash-file": hash_file(packet)}
    answer = await asks(exchange.platform, "dms", "sendEdoc", said, packet)
    assert (answer.ok, answer.code) == (False, "22")
    bearer = {"Authorization": f"Bearer {OPERATOR}"}
    reply = await call(exchange.platform.site, "GET", "/v1/quarantine", headers=bearer)
    assert [one["source"] for one in reply.json()["quarantine"]] == ["dms"]


async def test_a_packet_file_can_be_brought_by_hand(exchange: Exchange) -> None:
    """The same packet by the native door is the same message."""
    document = exchange.here.write(draft(OFFICE, LANG_SON))
    packet = exchange.here._outbox[0].packet
    bearer = {"Authorization": f"Bearer {OPERATOR}"}
    reply = await call(exchange.platform.site, "POST", "/v1/systems/dms/native", headers=bearer, body=packet)
    (told,) = reply.json()["results"]
    assert (told["status"], told["systems"]) == ("accepted", ["far"])
    await exchange.settle()
    assert exchange.here.tally.sent[document] == told["id"].replace("-", "")[:24]
    assert exchange.there.tally.received["H37"][document].what == ["new"]


async def test_while_the_journal_is_away_no_client_reads_done(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each operation that needs it is 503 with FAIL in the client's own form, and works again afterwards."""
    gateway = exchange.platform.gateway

    async def gone(_: Any) -> Any:
        raise JournalError("asking the journal: gone")

    exchange.here.write(draft(OFFICE, LANG_SON))
    with monkeypatch.context() as away:
        for name in ("accept", "read", "write"):
            away.setattr(gateway.journal, name, gone)
        assert not await exchange.here.turn()
        for operation in ("getReceivedEdocList", "getSentEdocList", "countReceiveEdoc"):
            headers = sign("secret-of-dms", "dms", {"messagetype": "edoc"}, datetime.now(UTC))
            reply = await call(exchange.platform.site, "POST", f"/systems/dms/{operation}", headers=headers)
            assert (reply.status, read_answer(reply.body).ok) == (503, False)
    assert exchange.here.tally.sent == {}
    await exchange.settle()
    assert len(exchange.here.tally.sent) == 1


async def test_the_rest_form_shares_the_mailbox(exchange: Exchange) -> None:
    """What waits is listed there too, with a session that the gateway hands out for the system's token."""
    exchange.there.write(draft(LANG_SON, OFFICE))
    await exchange.there.turn()
    site = exchange.platform.site
    login = province.write_login(province.Login("dms", "secret-of-dms"))
    token = (await call(site, "POST", "/systems/dms/v1/auth/login", body=login)).json()["data"]["token"]
    opened = {"Authorization": f"Bearer {token}", "X-SystemId": "dms", "X-SecretKey": "secret-of-dms"}
    path, query = "/systems/dms/v1/syncReceivedEdocList", "messageType=edoc"
    listed = (await call(site, "GET", path, query=query, headers=opened)).json()["data"]
    assert [one["to"] for one in listed] == ["H44.01"]
    login = province.write_login(province.Login("far", "secret-of-far"))
    assert (await call(site, "POST", "/systems/far/v1/auth/login", body=login)).status == 401
