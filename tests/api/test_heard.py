"""What a far side said in its own words is read by those who may read bodies, and by nobody else anywhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lgsp.adapter import Receipt
from lgsp.errors import Refused, Unavailable
from lgsp.message import Message
from lgsp.sandbox.portal import Portal
from lgsp.sandbox.reporting import Reporting
from tests.api.permissions import Crowd, Endpoint
from tests.api.province import CODE, PORTAL, Province, dossier, province
from tests.asgi import call

SAID, FIELD, SHAPE = "canarysaid", "CanaryField", "canaryshape"
WORDS = (SAID, FIELD, SHAPE)
PLACES = (
    "/v1/messages", "/v1/messages/{uid}", "/v1/deliveries", "/v1/deliveries?state=refused",
    "/v1/systems/one-stop/reports", "/v1/causes/unnamed", "/console/messages/{uid}", "/console/messages/{uid}/live",
    f"/console/threads/dossier?key={CODE}", f"/console/problems/group?system={PORTAL}&state=refused&cause=field-rejected",
    f"/console/problems/group/part?system={PORTAL}&state=refused&cause=field-rejected", "/console/problems/answers",
    "/console/problems/answers/1",
)  # fmt: skip
"""Where a delivery is shown with what became of it."""


async def _send(message: Message) -> Receipt:
    """Play a far side that says no in its own words, and once something that nobody knows."""
    if message.subject == CODE:
        raise Refused("field-rejected", f"{SAID} là sai", [FIELD])
    raise Unavailable("uncatalogued", f"{SAID} khác", answer=SHAPE)


@pytest.fixture
async def heard(folder: Path, portal: Portal) -> AsyncIterator[tuple[Province, Crowd]]:
    """A province to which the portal has said no, and those who look."""
    async with province(folder, portal, Reporting()) as here:
        here.platform.gateway.counterparts[PORTAL].adapter.send = _send  # type: ignore[method-assign]
        await here.one_stop.bring(dossier())
        await here.one_stop.bring(dossier("H44.11-260131-0002"))
        await here.rest("refused", "exhausted")
        yield here, await Crowd(here).gather()


async def _shown(here: Province, crowd: Crowd, who: str) -> dict[str, list[str]]:
    """Return which of the words each place shows somebody."""
    listed = (await here.operator.get("/v1/messages")).json()["messages"]
    (uid,) = [one["id"] for one in listed if one["subject"] == CODE]
    found: dict[str, list[str]] = {}
    for place in PLACES:
        path, _, query = place.format(uid=uid).partition("?")
        one = Endpoint("GET", path, path)
        headers = crowd.browser(who) if one.console else crowd.client(one, who)
        text = (await call(here.platform.site, "GET", path, query=query, headers=headers)).body.decode()
        found[place] = [word for word in WORDS if word in text]
    return found


async def test_auditors_hear_no_far_side(heard: tuple[Province, Crowd]) -> None:
    """On no page and at no endpoint, while a viewer, who reads bodies masked, hears it wherever deliveries stand."""
    here, crowd = heard
    assert {place: words for place, words in (await _shown(here, crowd, "auditor")).items() if words} == {}
    assert [place for place, words in (await _shown(here, crowd, "viewer")).items() if not words] == []


async def test_a_cause_is_explained_to_those_who_do_not_hear_it(heard: tuple[Province, Crowd]) -> None:
    """An auditor knows why it stands, in our words; a system hears what was said of its own."""
    here, crowd = heard
    headers = {"Authorization": f"Bearer {crowd.bearers['auditor']}"}
    reply = await call(here.platform.site, "GET", "/v1/deliveries", headers=headers)
    (refused,) = [one for one in reply.json()["deliveries"] if one["state"] == "refused"]
    assert (refused["cause"], refused["said"], refused["fields"]) == ("field-rejected", "", [])
    assert refused["explanation"]["vi"]["text"]
    own = (await here.one_stop.get("/v1/deliveries")).json()["deliveries"]
    assert {one["said"] for one in own} == {f"{SAID} là sai", f"{SAID} khác"}
