"""From the portal's list to the one-stop system: what changed goes out, is picked up, and is told as delivered."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lgsp.journal import reading
from lgsp.sandbox.portal import Portal
from tests.api.province import ONE_STOP, PORTAL, Province

FACADE = f"/systems/{ONE_STOP}"
BARE = f"{FACADE}/api/SynsTTHCC"


async def run(here: Province, job: str) -> dict[str, Any]:
    """Run a job now, and return its run when it has ended."""
    address = f"/v1/jobs/{PORTAL}/{job}"
    before = len((await here.operator.get(f"{address}/history")).json()["runs"])
    reply = await here.operator.post(f"{address}/run")
    assert reply.status == 200, reply.body
    async with asyncio.timeout(60):
        while True:
            runs = (await here.operator.get(f"{address}/history")).json()["runs"]
            if len(runs) > before and runs[0]["state"] != "running":
                return dict(runs[0])
            await asyncio.sleep(0.02)


async def waiting(here: Province) -> list[tuple[str, str]]:
    """Return what the one-stop is told to have changed."""
    told = (await here.one_stop.get(f"{FACADE}/changes")).json()
    return [(one["Loai"], one["Ma"]) for one in told]


async def ask(here: Province, service: str, query: str = "") -> Any:
    """Return the rows of a read service."""
    said = (await here.one_stop.get(f"{BARE}/{service}", query)).json()
    assert said["error_code"] == "0", said
    return said["result"]


async def states(here: Province) -> dict[str, int]:
    """Count the one-stop's deliveries by their states."""
    counted = await here.platform.gateway.journal.read(reading.counts)
    found: dict[str, int] = counted["systems"].get(ONE_STOP, {})
    return {state: count for state, count in found.items() if count}


@pytest.fixture
def portal() -> Portal:
    """A stand-in with four procedures and twelve agencies, which answers in every form."""
    stand = Portal()
    stand.arrange(b'{"size": {"procedures": 4, "agencies": 12}}')
    return stand


async def test_a_changed_procedure_reaches_the_one_stop(here: Province, portal: Portal) -> None:
    """First all of them; then what is new, renamed and closed: each is delivered when it was picked up."""
    first = await run(here, "procedures")
    assert (first["state"], first["new"], first["rejected"]) == ("done", 4, 0)
    codes = [code for _, code in await waiting(here)]
    assert len(codes) == 4
    for code in codes:
        (record,) = await ask(here, "LayThuTuc", f"maTTHC={code}")
        assert record == portal.reading.catalogue.record(code)
    assert (await waiting(here), await states(here)) == ([], {"delivered": 4})

    portal.change(b'{"add": 1, "rename": ["1.003897"], "close": ["2.000815"]}')
    second = await run(here, "procedures")
    assert second["state"] == "done"
    assert sorted(code for _, code in await waiting(here)) == ["1.003897", "2.000815", "9.000001"]
    listed = {row["MATTHC"]: row["TENTTHC"] for row in await ask(here, "LayDanhSachTTHC")}
    assert listed == {row["MATTHC"]: row["TENTTHC"] for row in portal.reading.catalogue.procedures()}
    assert sorted(code for _, code in await waiting(here)) == ["1.003897", "9.000001"]
    (renamed,) = await ask(here, "LayThuTuc", "maTTHC=1.003897")
    assert renamed["TENTTHC"].endswith("(sửa đổi lần 1)")
    await ask(here, "LayThuTuc", "maTTHC=9.000001")
    assert (await waiting(here), await states(here)) == ([], {"delivered": 7})
    assert await ask(here, "LayThuTuc", "maTTHC=2.000815") == []


async def test_nothing_new_is_nothing_to_pick_up(here: Province) -> None:
    """A second run of an unchanged list brings nothing."""
    await run(here, "fields")
    count = len(await waiting(here))
    again = await run(here, "fields")
    assert (again["new"], len(await waiting(here))) == (0, count)


async def test_agencies_of_the_province_go_to_its_systems(here: Province, portal: Portal) -> None:
    """All are known here; those under the province are picked up with the list that tells them."""
    brought = await run(here, "agencies")
    assert (brought["state"], brought["whole"]) == ("done", True)
    found = await waiting(here)
    assert {type_ for type_, _ in found} == {"agency.v1"}
    assert all(code.startswith("H44") for _, code in found)
    rows = await ask(here, "LayDanhMucCoQuan")
    assert sorted(row["MADONVI"] for row in rows) == sorted(
        row["MADONVI"] for row in portal.reading.catalogue.agencies()
    )
    assert await waiting(here) == []


async def test_before_a_catalogue_is_here_nobody_is_told_an_empty_one(here: Province) -> None:
    """The answer is a failure in the client's own terms."""
    said = (await here.one_stop.get(f"{BARE}/LayDanhSachTTHC")).json()
    assert (said["error_code"], said["result"]) == ("-1", [])
    assert "thành công" not in said["message"].lower()


async def test_a_one_stop_still_comes_in_by_its_token(here: Province) -> None:
    """That it collects changes nothing of that: its token is asked for, and shown as set."""
    told = (await here.operator.get(f"/v1/systems/{ONE_STOP}")).json()
    assert told["collects"] is True
    assert {one["name"]: one["state"] for one in told["credentials"]} == {"token": "set"}


async def test_a_result_of_the_one_stop_reaches_the_portal(here: Province, portal: Portal) -> None:
    """`DongBoDanhGia` is taken at the one-stop's door and told to the portal."""
    row = {"NgayTongHop": "1-2026", "Madonvi": "H44.11", "TongSoNguoiDanhGia": 5, "NoiDung": "A"}
    said = (await here.one_stop.post(f"{BARE}/DongBoDanhGia", [row])).json()
    assert said["error_code"] == "0"
    await here.rest("delivered")
    (kept,) = portal.state()["told"]["DongBoDanhGia"]
    assert (kept["TongSoNguoiDanhGia"], kept["NgayTongHop"]) == (5, "1-2026")
