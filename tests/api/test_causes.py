"""Operators see the catalogue and what it lacks over HTTP, and name that; it takes effect at once."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from lgsp.domain.causes import CAUSES
from lgsp.sandbox.portal import Portal
from tests.api.province import PORTAL, Province, dossier, dossiers

OWN = {
    "code": "portal-locked",
    "vi": "Cổng đang khóa hồ sơ",
    "en": "The portal locks the dossier",
    "party": "ministry",
    "mend_vi": "Đề nghị Cổng mở khóa.",
    "mend_en": "Ask the portal to unlock it.",
    "retry_helps": False,
    "severity": "error",
}


async def unnamed(here: Province) -> list[dict[str, Any]]:
    """Return the unnamed answers as the API tells them."""
    reply = await here.operator.get("/v1/causes/unnamed")
    assert reply.status == 200
    rows: list[dict[str, Any]] = reply.json()["unnamed"]
    return rows


async def log_in(here: Province) -> None:
    """Deliver something, so that what fails from here on is the dossier's own call."""
    await here.one_stop.bring(dossier("H44.11-260131-9999"))
    await here.rest("delivered")


async def page_of_html(here: Province, portal: Portal, code: str = "H44.11-260131-0001") -> dict[str, Any]:
    """Bring a dossier to a portal that answers with an HTML page, until its patience is spent."""
    await log_in(here)
    portal.trouble(orjson.dumps({"html": 1}))
    receipt = await here.one_stop.bring(dossier(code))
    await here.rest("delivered", "exhausted")
    return receipt


async def test_the_catalogue_tells_who_mends_what_and_how(paused: Province) -> None:
    """Each cause stands there in both languages, with party, severity and whether a retry helps."""
    told = {one["code"]: one for one in (await paused.one_stop.get("/v1/causes")).json()["causes"]}
    assert told.keys() == CAUSES.keys()
    assert told["portal-credentials"] | {"vi": 0, "en": 0} == {
        "code": "portal-credentials", "vi": 0, "en": 0, "party": "platform", "retry_helps": True,
        "severity": "critical", "concerns": "system", "built_in": True,
    }  # fmt: skip


async def test_an_answer_is_shown_named_and_means_that(here: Province, portal: Portal) -> None:
    """From the unnamed answer with its sample to the refusal of the next dossier, which the source is told."""
    receipt = await page_of_html(here, portal)
    (row,) = await unnamed(here)
    assert (row["system"], row["times"], row["deliveries"]) == (PORTAL, 3, 1)
    assert row["sample"]["message"] == receipt["id"]
    assert (row["sample"]["exchanges"], row["sample"]["withheld"] > 0) == ([], True)
    why = {"purpose": "fault", "reason": "naming an answer"}
    assert (await here.operator.post(f"/v1/messages/{receipt['id']}/disclose", why)).status == 200
    (row,) = await unnamed(here)
    assert "Security Server" in row["sample"]["exchanges"][-1]["answer"]
    reply = await here.operator.post("/v1/causes/names", OWN | {"answer": row["id"]})
    assert (reply.status, reply.json()["code"], reply.json()["who"]) == (201, "portal-locked", "operator")
    assert await unnamed(here) == []
    died = await here.delivery(receipt)
    assert (died["cause"], died["explanation"]["vi"]["text"]) == ("portal-locked", OWN["vi"])
    other = await here.one_stop.bring(dossier("H44.11-260131-0002"))
    await here.rest("delivered", "exhausted", "refused")
    refused = await here.delivery(other)
    assert (refused["state"], refused["cause"], refused["attempt"]) == ("refused", "portal-locked", 1)
    reports = (await here.one_stop.get("/v1/systems/one-stop/reports")).json()["reports"]
    assert [one["explanation"]["en"]["text"] for one in reports[1:]] == [OWN["en"]] * 2
    walk = (await here.operator.get(f"/v1/messages/{receipt['id']}")).json()
    assert {one["explanation"]["vi"]["code"] for one in walk["attempts"]} == {"portal-locked"}


async def test_an_answer_may_be_one_of_the_catalogue(here: Province, portal: Portal) -> None:
    """A code that is there needs nothing but itself."""
    await page_of_html(here, portal)
    (row,) = await unnamed(here)
    reply = await here.operator.post(
        "/v1/causes/names", {"answer": row["id"], "code": "portal-dossier-refused"}
    )
    assert reply.status == 201
    dead = (await here.operator.get("/v1/deliveries", "state=dead")).json()["deliveries"]
    assert [one["cause"] for one in dead] == ["portal-dossier-refused"]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"vi": None}, "vi"),
        ({"party": None, "retry_helps": None}, "party, retry_helps"),
        ({"mend_en": "  "}, "mend_en"),
        ({"code": "portal-away"}, "leave out"),
        ({"code": "superseded", "vi": "x"}, "choose another code"),
    ],
)
async def test_what_is_not_described_rightly_is_not_named(
    paused: Province, changed: dict[str, Any], named: str
) -> None:
    """422, with the field and what to do; and nothing was named."""
    said = {name: value for name, value in (OWN | {"answer": 1} | changed).items() if value is not None}
    reply = await paused.operator.post("/v1/causes/names", said)
    assert (reply.status, reply.json()["type"]) == (422, "urn:lgsp:problem:invalid")
    assert named in reply.json()["detail"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"code": "Not A Code"}, "wrong-parameter"),
        ({"severity": "bad"}, "not-one-of"),
        ({"vi": "{place}"}, "wrong-parameter"),
        ({"answer": 0}, "wrong-parameter"),
        ({"odd": 1}, "unknown-field"),
    ],
)
async def test_what_has_no_form_is_pointed_at(paused: Province, changed: dict[str, Any], code: str) -> None:
    """422 with the place of each fault, in words of both languages and never a library's own code."""
    reply = await paused.operator.post("/v1/causes/names", OWN | {"answer": 1} | changed)
    (problem,) = reply.json()["problems"]
    assert reply.status == 422
    assert problem["pointer"] == f"/{next(iter(changed))}"
    assert (problem["code"], bool(problem["vi"]), bool(problem["mend_en"])) == (code, True, True)


async def test_an_answer_that_is_not_there_cannot_be_named(paused: Province) -> None:
    """404, in both languages, with where to look."""
    reply = await paused.operator.post("/v1/causes/names", OWN | {"answer": 99})
    told = reply.json()
    assert (reply.status, told["vi"]) == (404, CAUSES["not-found"].vi)
    assert "/v1/causes/unnamed" in told["detail"]


async def test_only_operators_see_samples_and_name(paused: Province) -> None:
    """A system's token reads the catalogue, and no answers that others drew."""
    assert (await paused.one_stop.get("/v1/causes/unnamed")).status == 403
    assert (await paused.one_stop.post("/v1/causes/names", OWN)).status == 403
    assert (await paused.nobody.get("/v1/causes")).status == 401


async def test_a_suspension_for_such_answers_is_tried_at_once(here: Province, portal: Portal) -> None:
    """Many dossiers drew it and the system rests; once it is named nobody waits for the next time to try."""
    await log_in(here)
    portal.trouble(orjson.dumps({"html": 1}))
    health = here.platform.gateway.counterparts[PORTAL].health
    for one in dossiers(30):
        await here.one_stop.bring(one)
    async with asyncio.timeout(30):
        while health.running:  # noqa: ASYNC110 - the lane suspends it
            await asyncio.sleep(0.01)
    health.next_trial += 3600
    portal.trouble(b"{}")
    rows = await unnamed(here)
    assert (await here.operator.post("/v1/causes/names", OWN | {"answer": rows[0]["id"]})).status == 201
    await here.rest("delivered", "exhausted")
    assert health.running
