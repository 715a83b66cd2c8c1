"""What operators do, and that nobody else does it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from lgsp.sandbox.portal import Portal
from tests.api.province import CODE, PORTAL, Province, dossier, province


async def state(where: Province, receipt: dict[str, Any]) -> str:
    """Return the state of the one delivery of a message."""
    return str((await where.delivery(receipt))["state"])


async def act(where: Province, receipt: dict[str, Any], name: str, query: str = "") -> int:
    """Act on the one delivery of a message as an operator; return the status."""
    number = (await where.delivery(receipt))["id"]
    return (await where.operator.post(f"/v1/deliveries/{number}/{name}", query=query)).status


async def test_a_pause_holds_until_the_resume(here: Province, portal: Portal) -> None:
    """What is brought meanwhile is ours, waits, and goes out when a person says so."""
    await here.operator.post(f"/v1/systems/{PORTAL}/pause")
    receipt = await here.one_stop.bring(dossier())
    assert (await state(here, receipt), portal.state()["dossiers"]) == ("ready", {})
    reply = await here.operator.post(f"/v1/systems/{PORTAL}/resume")
    assert reply.json() == {"system": PORTAL, "standing": "running"}
    await here.rest("delivered")
    assert list(portal.state()["dossiers"]) == [CODE]


async def test_a_held_delivery_goes_on_when_it_is_released(here: Province) -> None:
    """Held, it stays whatever runs; released, it is delivered."""
    await here.operator.post(f"/v1/systems/{PORTAL}/pause")
    receipt = await here.one_stop.bring(dossier())
    assert await act(here, receipt, "hold", "reason=asked+by+phone") == 200
    await here.operator.post(f"/v1/systems/{PORTAL}/resume")
    assert await state(here, receipt) == "held"
    assert await act(here, receipt, "release") == 200
    await here.rest("delivered")


async def test_a_cancelled_delivery_is_closed_and_reported(paused: Province) -> None:
    """Its source learns of it; the act, its doer and the reason stand in the journal; once is enough."""
    receipt = await paused.one_stop.bring(dossier())
    assert await act(paused, receipt, "cancel", "reason=sent+by+mistake") == 200
    assert await state(paused, receipt) == "cancelled"
    (report,) = (await paused.one_stop.get("/v1/systems/one-stop/reports")).json()["reports"]
    assert report["state"] == "cancelled"
    walk = (await paused.operator.get(f"/v1/messages/{receipt['id']}")).json()
    assert [(e["who"], e["cause"]) for e in walk["entries"] if e["what"] == "cancelled"] == [
        ("operator", "sent by mistake")
    ]
    assert await act(paused, receipt, "cancel") == 409


async def test_what_was_refused_is_sent_again(here: Province, portal: Portal) -> None:
    """A replay asks again: refused while the fault is there, delivered when it is gone."""
    portal.trouble(b'{"refuse_fields": {"MaHoSo": ["' + CODE.encode() + b'"]}, "dialects": ["number"]}')
    receipt = await here.one_stop.bring(dossier())
    await here.rest("refused")
    assert await act(here, receipt, "replay") == 200
    await here.rest("refused")
    portal.trouble(b'{"dialects": ["number"]}')
    assert await act(here, receipt, "replay") == 200
    await here.rest("delivered")
    reports = (await here.one_stop.get("/v1/systems/one-stop/reports")).json()["reports"]
    assert [report["state"] for report in reports] == ["refused", "refused", "delivered"]


@pytest.mark.parametrize("name", ["replay", "cancel", "hold", "release"])
async def test_what_a_state_does_not_allow_is_409(here: Province, name: str) -> None:
    """A delivered message is closed: nothing can be done to it, and the answer says which state it is in."""
    receipt = await here.one_stop.bring(dossier())
    await here.rest("delivered")
    number = (await here.delivery(receipt))["id"]
    reply = await here.operator.post(f"/v1/deliveries/{number}/{name}")
    assert (reply.status, reply.json()["type"]) == (409, "urn:lgsp:problem:wrong-state")
    assert str(number) in reply.json()["detail"]
    assert await state(here, receipt) == "delivered"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/deliveries/999/cancel", 409),
        ("/v1/deliveries/first/cancel", 422),
        ("/v1/systems/no-such-system/pause", 404),
        ("/v1/systems/no-such-system/resume", 404),
        ("/v1/systems/no-such-system/drain", 404),
    ],
)
async def test_what_is_not_there_cannot_be_acted_on(paused: Province, path: str, status: int) -> None:
    """Each slip has its status and a problem document."""
    reply = await paused.operator.post(path)
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize("name", ["replay", "cancel", "hold", "release"])
async def test_a_system_acts_on_no_delivery(paused: Province, name: str) -> None:
    """Not even on its own: 403; without a token 401; and nothing happens."""
    receipt = await paused.one_stop.bring(dossier())
    path = f"/v1/deliveries/{(await paused.delivery(receipt))['id']}/{name}"
    assert (await paused.one_stop.post(path)).status == 403
    assert (await paused.nobody.post(path)).status == 401
    assert await state(paused, receipt) == "ready"


async def test_a_system_pauses_nobody(paused: Province) -> None:
    """Pausing, draining and resuming is for operators."""
    for name in ("pause", "drain", "resume"):
        path = f"/v1/systems/{PORTAL}/{name}"
        assert [(await who.post(path)).status for who in (paused.far, paused.nobody)] == [403, 401]
    assert (await _standing(paused))[0] == "paused"


async def test_a_drain_ends_in_a_pause(here: Province, portal: Portal) -> None:
    """Nothing on its way: paused within moments; what is brought then is ours, and waits for the resume."""
    reply = await here.operator.post(f"/v1/systems/{PORTAL}/drain")
    assert reply.json() == {"system": PORTAL, "standing": "draining"}
    receipt = await here.one_stop.bring(dossier())
    async with asyncio.timeout(30):
        while await _standing(here) != ("paused", "drained"):  # noqa: ASYNC110 - it is shown
            await asyncio.sleep(0.02)
    assert (await state(here, receipt), portal.state()["dossiers"]) == ("ready", {})
    await here.operator.post(f"/v1/systems/{PORTAL}/resume")
    await here.rest("delivered")


async def test_a_drain_of_what_rests_already_is_a_pause(paused: Province) -> None:
    """The answer says how it stands."""
    reply = await paused.operator.post(f"/v1/systems/{PORTAL}/drain")
    assert reply.json() == {"system": PORTAL, "standing": "paused"}


@pytest.mark.parametrize(("act", "standing"), [("pause", "paused"), ("drain", "draining")])
async def test_who_ordered_it_stands_in_the_journal(here: Province, act: str, standing: str) -> None:
    """One entry, with the operator's name: not a second one by the process that noticed."""
    await here.operator.post(f"/v1/systems/{PORTAL}/{act}")
    await asyncio.sleep(0.3)
    journal = here.platform.gateway.journal
    rows = await journal.read(lambda tx: tx.rows("SELECT who FROM entries WHERE what = ?", (standing,)))
    assert [tuple(row) for row in rows] == [("operator",)]


async def _standing(where: Province) -> tuple[str, str]:
    systems = (await where.operator.get("/v1/systems")).json()["systems"]
    (far,) = [one for one in systems if one["name"] == PORTAL]
    return far["standing"], far["cause"]


@pytest.mark.parametrize("act", ["pause", "drain"])
async def test_what_a_person_ordered_survives_a_restart(folder: Path, portal: Portal, act: str) -> None:
    """The next process sends nothing either, and the resume ends it there too."""
    async with province(folder, portal) as one:
        await one.operator.post(f"/v1/systems/{PORTAL}/{act}")
    async with province(folder, portal) as two:
        receipt = await two.one_stop.bring(dossier())
        async with asyncio.timeout(30):
            while (await _standing(two))[0] != "paused":  # noqa: ASYNC110 - it is shown
                await asyncio.sleep(0.02)
        assert (await state(two, receipt), portal.state()["dossiers"]) == ("ready", {})
        await two.operator.post(f"/v1/systems/{PORTAL}/resume")
        await two.rest("delivered")
