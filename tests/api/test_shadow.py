"""Comparing with an older connection over HTTP: which fields differ is seen, values only for a purpose."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.api.province import CODE, PORTAL, Caller, Province, dossier

NAME, NUMBER = "Nguyễn Văn An", "079201001234"
WHY = {"purpose": "fault", "reason": "so sánh trước khi chuyển kết nối"}
OTHER = "H44.11-260131-0002"
SAID = {
    "system": PORTAL,
    "items": [{"MaHoSo": CODE, "DonViXuLy": "Sở Nội vụ"}, {"MaHoSo": OTHER, "DonViXuLy": "Sở Nội vụ"}],
}
COMPARE, REPORT = "/v1/shadow/compare", "/v1/disclosures/report"


@pytest.fixture
async def shadowed(here: Province) -> Province:
    """A province whose portal hears nothing, where a dossier of a citizen was drawn up."""
    gateway = here.platform.gateway
    routes = [route.model_copy(update={"mode": "shadow"}) for route in gateway.routes.routes]
    gateway.routes = replace(gateway.routes, routes=routes)
    await here.one_stop.bring(
        dossier(applicant={"name": NAME, "kind": "citizen", "identity_number": NUMBER, "phone": "0912345678"})
    )
    await here.rest("shadowed")
    return here


async def _compared(caller: Caller, **why: Any) -> dict[str, Any]:
    reply = await caller.post(COMPARE, SAID | why)
    assert reply.status == 200, reply.body
    return dict(reply.json())


async def test_without_a_purpose_fields_are_compared_and_no_value(shadowed: Province) -> None:
    """What one side has not is told as such, the other side masked; nobody's look is written down."""
    told = await _compared(shadowed.operator)
    first, second = told["items"]
    fields = {one["field"]: (one["old"], one["ours"]) for one in first["differences"]}
    assert (told["masked"], first["verdict"], second["verdict"]) == (True, "differs", "only-old")
    assert "DonViXuLy" not in fields
    assert {old for old, _ in fields.values()} == {None}
    assert [
        ours for _, ours in fields.values() if ours is not None and not str(ours).startswith("‹•••")
    ] == []
    assert (await shadowed.operator.post(REPORT, {"code": CODE})).json()["disclosures"] == []


async def test_nobody_finds_a_value_by_trying(shadowed: Province) -> None:
    """A right guess and a wrong one are answered alike without a purpose; with one the look is in the report."""
    ours = (await _compared(shadowed.operator, why=WHY))["items"][0]["differences"]
    right = {one["field"]: one["ours"] for one in ours} | {"MaHoSo": CODE}
    told = []
    for value in (right["DonViXuLy"], "Sở Khác"):
        said = SAID | {"items": [right | {"DonViXuLy": value}]}
        told.append((await shadowed.operator.post(COMPARE, said)).json()["items"])
    assert told[0] == told[1]
    assert [(one["verdict"], one["differences"]) for one in told[0]] == [("not-compared", [])]
    whole = await shadowed.operator.post(COMPARE, SAID | {"items": [right], "why": WHY})
    assert [one["verdict"] for one in whole.json()["items"]] == ["equal"]
    assert len((await shadowed.operator.post(REPORT, {"code": CODE})).json()["disclosures"]) == 2


async def test_a_purpose_shows_them_and_each_dossier_stands_in_the_report(shadowed: Province) -> None:
    """By code and by the citizen's number; what only the older connection knows is no look at ours."""
    told = await _compared(shadowed.operator, why=WHY)
    values = [one["ours"] for one in told["items"][0]["differences"]]
    assert (told["masked"], NAME in values, NUMBER in values) == (False, True, True)
    for asked in ({"code": CODE}, {"number": NUMBER}, {"who": "operator"}):
        (row,) = (await shadowed.operator.post(REPORT, asked)).json()["disclosures"]
        assert (row["item"], row["how"], row["purpose"]) == (f"shadow/{PORTAL}", "shown", "fault")
        assert (row["subject"], row["type"]) == (CODE, "dossier.v1")
    assert (await shadowed.operator.post(REPORT, {"code": OTHER})).json()["disclosures"] == []


@pytest.mark.parametrize("why", [{}, {"purpose": "curiosity", "reason": "just so"}, WHY | {"reason": "x"}])
async def test_a_purpose_that_says_too_little_shows_nothing(shadowed: Province, why: dict[str, Any]) -> None:
    """It is said what is wrong, and nothing is compared."""
    reply = await shadowed.operator.post(COMPARE, SAID | {"why": why})
    assert (reply.status, NAME in reply.body.decode()) == (422, False)
