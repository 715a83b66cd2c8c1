"""A local system picks up what receivers say of its reports, and asks what became of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from lgsp.message import Message, Raw, native_digest
from tests.adapters import reporting_side
from tests.adapters.reporting_side import CODE, TOKEN, xlsx
from tests.api.province import Caller

DOOR = "/systems/reporting"
HOME = """
systems:
  reporting: {{adapter: reporting}}
  national: {{adapter: national_reporting, config: {{url: "http://127.0.0.1:9", username: lgsp, password: x}}}}
routes:
  - {{name: statuses, from: national, type: report.status.v1, to: [reporting]}}
"""


@pytest.fixture
async def sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Any, Caller]]:
    """A gateway that took a report of a local system on, and that system."""
    monkeypatch.setattr(reporting_side, "HOME", HOME)
    async with reporting_side.gateway(tmp_path) as (whole, local, _):
        assert (await local.post(f"{DOOR}/files", xlsx())).status == 202
        yield whole, local


async def _say(whole: Any, state: str, reason: str = "") -> None:
    data = {"code": CODE, "version": 1, "state": state, "at": "2024-03-18T09:30:00+07:00"}
    data |= {"reason": reason} if reason else {}
    native = native_digest(data)
    message = Message("report.status.v1", CODE, CODE, data, native, native.hex(), agency="H44.11")
    (taken,) = await whole.gateway.accept("national", Raw.of(b"{}"), [message])
    assert list(taken.systems) == ["reporting"]


async def _statuses(local: Caller) -> list[dict[str, Any]]:
    async with asyncio.timeout(20):
        while True:
            reply = await local.get(f"{DOOR}/statuses")
            assert reply.status == 200
            told: list[dict[str, Any]] = reply.json()
            if told:
                return told
            await asyncio.sleep(0.02)


async def test_what_a_receiver_says_is_picked_up_once_and_for_good(sides: tuple[Any, Caller]) -> None:
    """It is told until it is said to be done; the reason is in the receiver's own words."""
    whole, local = sides
    await _say(whole, "returned", "Đối chiếu lại với kỳ trước")
    (told,) = await _statuses(local)
    assert (told["code"], told["version"], told["state"], told["from"]) == (CODE, 1, "returned", "national")
    assert told["reason"] == "Đối chiếu lại với kỳ trước"
    assert told["state_vi"] == "Bị trả lại, yêu cầu sửa"
    assert (await local.post(f"{DOOR}/statuses/{told['id']}/done")).json() == {"done": True}
    assert (await local.get(f"{DOOR}/statuses")).json() == []


@pytest.mark.parametrize("name", ["nonsense", "965251c6-ed24-4f98-91d2-ae00ae120abe"])
async def test_what_does_not_wait_cannot_be_done(sides: tuple[Any, Caller], name: str) -> None:
    """An id of nothing is told as such."""
    assert (await sides[1].post(f"{DOOR}/statuses/{name}/done")).status == 404


async def test_a_report_is_found_by_its_code(sides: tuple[Any, Caller]) -> None:
    """Its version and what became of it; one that this system never brought is not there."""
    local = sides[1]
    found = (await local.get(f"{DOOR}/report", query=f"code={CODE}")).json()
    assert (found["code"], found["version"], found["delivered"]) == (CODE, 1, [])
    assert (await local.get(f"{DOOR}/report", query="code=06a/H44.12/government/1:202403")).status == 404
    assert (await local.get(f"{DOOR}/report")).status == 404
    assert (await local.get(f"{DOOR}/reports", query=f"codes={CODE}&since=0")).json() == []
    assert (await local.get(f"{DOOR}/reports", query="since=x")).status == 422


async def test_a_token_for_an_hour_opens_the_same_door(sides: tuple[Any, Caller]) -> None:
    """Clients that ask for a token first get a session of ours, and never our token back."""
    whole, local = sides
    told = (await local.post(f"{DOOR}/token")).json()
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 3600)
    assert told["access_token"] != TOKEN
    assert (await Caller(whole.site, told["access_token"]).get(f"{DOOR}/statuses")).status == 200


@pytest.mark.parametrize(
    ("verb", "path"),
    [("GET", "statuses"), ("GET", "reports"), ("GET", "report"), ("GET", "template"), ("POST", "token")],
)
async def test_without_a_token_nothing_is_told(sides: tuple[Any, Caller], verb: str, path: str) -> None:
    """Nobody learns which reports there are."""
    nobody = Caller(sides[0].site, "")
    act = nobody.get if verb == "GET" else nobody.post
    assert (await act(f"{DOOR}/{path}")).status == 401
