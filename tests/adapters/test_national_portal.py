"""Holding the adapter of the national portal against the stand-in, over real HTTP."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import datetime
from typing import Any

import orjson
import pytest
import structlog
from lgsp.adapters.national_portal import NationalPortal, mapping

from lgsp.adapter import Arrival, Tools
from lgsp.errors import Refused, Scope, Unavailable, Uncertain
from lgsp.message import VIETNAM, Message
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.compare import compare
from lgsp.sandbox.faults import DIALECTS, Faults
from lgsp.sandbox.portal import Portal
from lgsp.sandbox.traffic import Step, Traffic
from lgsp.serving import running
from lgsp.wire.http import Http
from tests.portal_side import dossiers, entry, message, speaking


@pytest.fixture
def portal() -> Portal:
    """A stand-in that answers in the plainest form."""
    return Portal(Faults(dialects=("number",)))


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_every_dialect_carries_a_whole_life(dialect: str) -> None:
    """Create, update and progress arrive as they were told, whatever form the portal answers in."""
    portal = Portal(Faults.model_validate({"dialects": [dialect]}))
    traffic = Traffic(3, crowd=5)
    async with speaking(portal) as adapter:
        for step in [step for step in traffic.take(60) if step.kind == "dossier"]:
            await adapter.send(message(step, there=portal.shelf.knows(step.code)))
        for entries in traffic.expected()["progress"].values():
            for item in entries:
                await adapter.send(message(Step("progress", item["MaHoSo"], item)))
    assert compare(traffic.expected(), portal.state()) == []


async def test_a_create_of_a_known_dossier_becomes_an_update_at_once(portal: Portal) -> None:
    """`đã tồn tại` after a create is answered with the same body as an update."""
    (step,) = dossiers(1)
    async with speaking(portal) as adapter:
        first = await adapter.send(message(step))
        second = await adapter.send(message(step, there=False, TrangThaiHoSo="4"))
    assert (first.repeated, second.repeated) == (False, True)
    assert portal.state()["dossiers"][step.code]["TrangThaiHoSo"] == "4"
    assert portal.state()["calls"]["DongBoHoSoMC"] == 3


async def test_an_update_of_an_unknown_dossier_becomes_a_create_at_once(portal: Portal) -> None:
    """The portal lost it, or never had it: the snapshot is whole, so it can be created."""
    (step,) = dossiers(1)
    async with speaking(portal) as adapter:
        receipt = await adapter.send(message(step, there=True))
    assert not receipt.repeated
    assert portal.state()["versions"] == {step.code: 1}


async def test_a_stored_create_answered_as_existing_ends_as_taken(portal: Portal) -> None:
    """A proxy that sent a create twice makes the portal say `đã tồn tại`; the dossier is delivered all the same."""
    portal.trouble(b'{"already_exists": 1, "dialects": ["text"]}')
    (step,) = dossiers(1)
    async with speaking(portal) as adapter:
        assert (await adapter.send(message(step))).repeated
    assert portal.state()["duplicates"] == 1


async def test_progress_before_its_dossier_is_put_off(portal: Portal) -> None:
    """The portal refuses progress of a dossier it does not know; that passes, so it is no refusal."""
    async with speaking(portal) as adapter:
        with pytest.raises(Unavailable) as fault:
            await adapter.send(message(entry("H44.11-260105-0001")))
    assert (fault.value.cause, fault.value.scope) == ("portal-dossier-missing", Scope.MESSAGE)
    assert portal.state()["early_progress"] == 1


@pytest.mark.parametrize(
    ("changed", "cause", "field"),
    [
        ({"SoDienThoai": "0999999999"}, "portal-field-refused", "SoDienThoai"),
        ({"TrichYeuHoSo": ""}, "portal-field-missing", "TrichYeuHoSo"),
        ({"MaTTHC": "9" * 51}, "portal-field-too-long", "MaTTHC"),
    ],
    ids=["rule", "missing", "too long"],
)
async def test_a_refusal_names_cause_and_native_field(
    portal: Portal, changed: dict[str, str], cause: str, field: str
) -> None:
    """What the portal refuses comes back with a catalogued cause and the vendor's own field name."""
    portal.trouble(b'{"refuse_fields": {"SoDienThoai": {"equals": "0999999999"}}}')
    (step,) = dossiers(1)
    async with speaking(portal) as adapter:
        with pytest.raises(Refused) as fault:
            await adapter.send(message(step, **changed))
        await adapter.send(message(step))
    assert (fault.value.cause, fault.value.fields) == (cause, [field])


async def test_a_time_out_after_storing_is_uncertain(portal: Portal) -> None:
    """The portal stored it and never answered: nobody may call that a failure, and the probe finds it there."""
    portal.trouble(b'{"timeout_after_store": 1, "hang_ms": 400}')
    (step,) = dossiers(1)
    async with speaking(portal, timeout=0.2) as adapter:
        with pytest.raises(Uncertain):
            await adapter.send(message(step))
        assert await adapter.probe(message(step, there=False)) is Arrival.ARRIVED
    assert portal.state()["versions"] == {step.code: 1}


@pytest.mark.parametrize("fault", ["http_500", "html"])
async def test_an_answer_that_is_none_is_uncatalogued(portal: Portal, fault: str) -> None:
    """A 500 or an HTML page is no refusal: it is put off, with a signature that counts equal answers."""
    first, second = dossiers(2)
    async with speaking(portal) as adapter:
        await adapter.check()
        portal.trouble(orjson.dumps({fault: 1}))
        caught = []
        for step in (first, second):
            with pytest.raises(Unavailable) as put_off:
                await adapter.send(message(step))
            caught.append(put_off.value)
    assert [(one.cause, one.scope) for one in caught] == [("uncatalogued", Scope.MESSAGE)] * 2
    assert caught[0].answer
    assert caught[0].answer == caught[1].answer


@pytest.mark.parametrize(
    "faults", [{"http_503": 1, "retry_after": 7}, {"flapping": {"up_ms": 1, "down_ms": 1e9}}]
)
async def test_a_portal_that_is_away_concerns_the_system(portal: Portal, faults: dict[str, Any]) -> None:
    """A 503 suspends, and its Retry-After is heard."""
    async with speaking(portal) as adapter:
        await adapter.check()
        portal.trouble(orjson.dumps(faults))
        await asyncio.sleep(0.005)
        with pytest.raises(Unavailable) as fault:
            await adapter.send(message(*dossiers(1)))
    assert (fault.value.scope, fault.value.after) == (Scope.SYSTEM, faults.get("retry_after"))


async def test_a_probe_says_no_more_than_the_look_up_can(portal: Portal) -> None:
    """Absent is certain. Arrived is certain only of a first snapshot that nobody else can have sent."""
    here, away = dossiers(2)
    async with speaking(portal) as adapter:
        await adapter.send(message(here))
        assert await adapter.probe(message(away, there=True)) is Arrival.ABSENT
        assert await adapter.probe(message(here, there=False)) is Arrival.ARRIVED
        assert await adapter.probe(message(here, there=True)) is Arrival.UNKNOWN
        assert await adapter.probe(message(here, there=None)) is Arrival.UNKNOWN
        assert await adapter.probe(message(entry(here.code))) is Arrival.UNKNOWN
        assert await adapter.probe(message(entry(away.code))) is Arrival.ABSENT
    async with speaking(portal, only_sender=False) as adapter:
        assert await adapter.probe(message(here, there=False)) is Arrival.UNKNOWN


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_probe_without_a_body_asks_for_any_version(dialect: str) -> None:
    """For an anchor it matters only that the dossier is there, in whatever form the portal says so."""
    portal = Portal(Faults.model_validate({"dialects": [dialect]}))
    here, away = dossiers(2)
    async with speaking(portal) as adapter:
        await adapter.send(message(here))
        found = [await adapter.probe(Message("dossier.v1", one.code, one.code, {})) for one in (here, away)]
    assert found == [Arrival.ARRIVED, Arrival.ABSENT]


async def test_an_unreadable_look_up_says_nothing(portal: Portal) -> None:
    """An HTML page in place of the look-up is neither presence nor absence."""
    (step,) = dossiers(1)
    async with speaking(portal) as adapter:
        await adapter.check()
        portal.trouble(b'{"html": 1}')
        assert await adapter.probe(message(step, there=False)) is Arrival.UNKNOWN


async def test_a_progress_entry_told_twice_stands_twice(portal: Portal) -> None:
    """The portal has no key for entries: what we send twice, it holds twice. So we do not send twice lightly."""
    (step,) = dossiers(1)
    async with speaking(portal) as adapter:
        await adapter.send(message(step))
        for _ in range(2):
            await adapter.send(message(entry(step.code)))
    assert len(portal.state()["progress"][step.code]) == 2
    assert portal.state()["duplicates"] == 1


async def test_the_destination_goes_as_header_and_query(portal: Portal) -> None:
    """Clients of the portal differ in where they put `dstcode`; both places are served."""
    seen: list[dict[str, Any]] = []
    sandbox = Sandbox(national_portal=portal)

    async def watching(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)
        await sandbox(scope, receive, send)

    async with running(watching) as port:
        url = f"http://127.0.0.1:{port}/national-portal/"
        settings = {"url": url, "username": "lgsp", "password": "sandbox", "agency": "H44"}
        config = NationalPortal.Config.model_validate(
            settings | {"dstcode": "VN:GOV:000.00.00.G22:vpcpdvcprovider"}
        )
        http = Http()
        adapter = NationalPortal(config, Tools(http, lambda: datetime.now(VIETNAM), structlog.get_logger()))
        await adapter.send(message(*dossiers(1)))
        await http.close()
    for scope in seen:
        headers = dict(scope["headers"])
        assert scope["query_string"] == b"dstcode=VN:GOV:000.00.00.G22:vpcpdvcprovider"
        assert headers[b"dstcode"] == b"VN:GOV:000.00.00.G22:vpcpdvcprovider"
        assert headers[b"content-type"] == b"application/json"
        assert headers[b"charset"] == b"utf-8"
    assert [scope["path"] for scope in seen] == [
        "/national-portal/XrdAdapter/RestService/forward/mapi/login",
        "/national-portal/XrdAdapter/RestService/forward/mapi/g",
    ]


def test_the_envelope_of_a_message_is_not_changed_by_sending() -> None:
    """A message may be sent again after an uncertain outcome, so the mapping takes nothing out of it."""
    step = dossiers(1)[0]
    told = message(step)
    before = dataclasses.replace(told, data=orjson.loads(orjson.dumps(told.data)))
    mapping.dossier(told.data)
    assert told == before
