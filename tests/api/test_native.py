"""Bringing a body in a system's own form, as `lgsp send` does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.province import CODE, NATIVE, ONE_STOP, PORTAL, Caller, Province

OWN = [{"MaHoSo": CODE, "TrangThaiHoSo": "4", "ChuHoSo": "Lò Văn Pánh"}]


@pytest.mark.parametrize("who", ["one_stop", "operator"])
async def test_a_file_is_read_by_the_adapter(paused: Province, who: str) -> None:
    """The system itself or an operator brings it; it is the system's all the same."""
    caller: Caller = getattr(paused, who)
    reply = await caller.post(NATIVE, OWN)
    assert reply.status == 202
    (receipt,) = reply.json()["results"]
    walk = (await paused.one_stop.get(f"/v1/messages/{receipt['id']}")).json()
    assert (walk["source"], walk["subject"]) == (ONE_STOP, CODE)


@pytest.mark.parametrize("said", [b"{", [], [{"MaHoSo": CODE, "TrangThaiHoSo": "11"}]])
async def test_a_broken_file_is_answered_as_an_array_and_kept(paused: Province, said: Any) -> None:
    """422 with the problems of each item; what came lies in quarantine."""
    reply = await paused.operator.post(NATIVE, said)
    assert reply.status == 422
    (result,) = reply.json()["results"]
    kept = (await paused.one_stop.get("/v1/quarantine")).json()["quarantine"]
    assert [p["code"] for p in kept[0]["problems"]] == [p["code"] for p in result["problems"]]


async def test_a_system_that_has_no_form_of_its_own_says_so(paused: Province) -> None:
    """An operator's slip of the system's name is told as such: 422, not a fault of the server."""
    reply = await paused.operator.post(f"/v1/systems/{PORTAL}/native", OWN)
    assert reply.status == 422
    (result,) = reply.json()["results"]
    assert (result["type"], result["status"]) == ("urn:lgsp:problem:invalid", 422)
    assert [problem["code"] for problem in result["problems"]] == ["not-readable"]
    assert result["problems"][0]["en"] == "This system has no form of its own that could be read"
    assert result["problems"][0]["mend_vi"]


async def test_a_system_brings_no_file_in_anothers_name(paused: Province) -> None:
    """Only the operator may; a system's token opens its own door, and a missing system has none."""
    assert (await paused.far.post(NATIVE, OWN)).status == 401
    assert (await paused.nobody.post(NATIVE, OWN)).status == 401
    assert (await paused.operator.post("/v1/systems/no-such-system/native", OWN)).status == 401
