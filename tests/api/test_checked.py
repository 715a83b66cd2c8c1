"""A dossier whose owner is asked about before it goes to the portal: from the door to the evidence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from lgsp.check import faults_of
from lgsp.home import packed
from lgsp.route_checks import RouteCheck
from lgsp.sandbox.portal import Portal
from tests.api.province import CODE, Province, dossier, province
from tests.lookups.far_side import Citizens

POPULATION = "population-db"
NUMBER = "001099000001"
OWNER = {"name": "Nguyễn Văn A", "kind": "citizen", "identity_number": NUMBER}
CHECK = {
    "name": "owner", "rule": "owner-identity", "against": POPULATION, "purpose": "dossier",
    "hold": ["differs", "not-found"],
}  # fmt: skip


@dataclass(slots=True)
class Checked:
    """The province, and the far side that is asked about owners."""

    here: Province
    far: Citizens

    async def settled(self, receipt: dict[str, Any], *states: str) -> dict[str, Any]:
        """Return a message's delivery once it stands in one of the states."""
        async with asyncio.timeout(20):
            while (found := await self.here.delivery(receipt))["state"] not in states:  # noqa: ASYNC110 - it stands in the journal
                await asyncio.sleep(0.02)
        return found


@pytest.fixture
async def here(folder: Path, portal: Portal) -> AsyncIterator[Province]:
    """A province that works, with a system that answers questions."""
    async with province(folder, portal, asked=True) as one:
        yield one


@pytest.fixture
async def checked(here: Province) -> AsyncIterator[Checked]:
    """Run with a route that has owners checked."""
    gateway, far = here.platform.gateway, Citizens()
    far.type = "citizen.verified.v1"
    to = gateway.counterparts[POPULATION]
    real, to.adapter = to.adapter, far
    said = RouteCheck.model_validate(CHECK)
    routes = [
        one.model_copy(update={"checks": [said]}) if one.name == "dossiers" else one
        for one in gateway.routes.routes
    ]
    gateway.routes = replace(gateway.routes, routes=routes)
    try:
        yield Checked(here, far)
    finally:
        to.adapter = real


def test_the_packed_home_with_a_check_is_in_order() -> None:
    """What the documents show fits the routes of questions and the purposes that come with us."""
    text = (packed() / "routes.yaml").read_text(encoding="utf-8")
    plain = "type: dossier.v1, to: [national-portal]}"
    assert text.count(plain) == 1
    words = "{name: owner, rule: owner-identity, against: population-db, purpose: dossier, hold: [differs, not-found]}"
    with_check = plain.replace("}", f", checks: [{words}]}}")
    assert faults_of(text.replace(plain, with_check), packed()) == []


async def test_an_owner_who_is_so_goes_to_the_portal(checked: Checked, portal: Portal) -> None:
    """The question stands in the book with its dossier, its purpose and its basis; its number nowhere in the trace."""
    checked.far.tell = lambda _: {"matches": True}
    receipt = await checked.here.one_stop.bring(dossier(applicant=OWNER))
    await checked.settled(receipt, "delivered")
    assert list(portal.state()["dossiers"]) == [CODE]
    (asked,) = (await checked.here.operator.get("/v1/asks", "type=citizen.verification.v1")).json()["asks"]
    assert (asked["dossier"], asked["purpose"], asked["source"], asked["system"], asked["who"]) == (
        CODE, "dossier", "one-stop", POPULATION, "lgsp",
    )  # fmt: skip
    walk = await checked.here.operator.get(f"/v1/messages/{receipt['id']}")
    (kept,) = [one for one in walk.json()["entries"] if one["what"] == "checked"]
    assert kept["details"]["checks"][0]["ask"] == asked["ask"]
    assert NUMBER not in str([one["details"] for one in walk.json()["entries"]])


async def test_an_owner_who_is_not_is_held_until_an_operator_decides(
    checked: Checked, portal: Portal
) -> None:
    """It is shown with who can mend it; checked again it stays; released it goes."""
    checked.far.tell = lambda _: {"matches": False}
    receipt = await checked.here.one_stop.bring(dossier(applicant=OWNER))
    held = await checked.settled(receipt, "held")
    assert (held["cause"], held["explanation"]["vi"]["party"]) == ("check-differs", "agency")
    act = f"/v1/deliveries/{held['id']}"
    assert (await checked.here.operator.post(f"{act}/replay")).status == 200
    await checked.settled(receipt, "put off", "sending", "ready", "held")
    async with asyncio.timeout(20):
        while len(checked.far.asked) < 2:  # noqa: ASYNC110 - the far side notes what it is asked
            await asyncio.sleep(0.02)
    await checked.settled(receipt, "held")
    assert portal.state()["dossiers"] == {}
    assert (await checked.here.operator.post(f"{act}/release", query="reason=papers")).status == 200
    await checked.settled(receipt, "delivered")
    assert list(portal.state()["dossiers"]) == [CODE]
    assert len(checked.far.asked) == 2
