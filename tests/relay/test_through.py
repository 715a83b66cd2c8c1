"""Files that the portal cannot reach, from the dossier that names them to the portal that fetches them."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.province import CODE, dossier
from tests.relay.source import PDF, PNG, Relayed, relaying


@pytest.fixture
async def here(folder: Path) -> AsyncIterator[Relayed]:
    """A province whose files go through the gateway, and whose portal fetches them."""
    async with relaying(folder) as one:
        yield one


async def fetched(here: Relayed, count: int) -> list[dict[str, Any]]:
    """Return what the portal fetched, once it has tried so many files."""
    async with asyncio.timeout(20):
        while len(here.portal.state()["files"]) < count:  # noqa: ASYNC110 - it stands in the stand-in
            await asyncio.sleep(0.01)
    return list(here.portal.state()["files"])


async def entries(here: Relayed, message: str, what: str, count: int = 1) -> list[dict[str, Any]]:
    """Return the entries of a kind, once there are so many."""
    async with asyncio.timeout(20):
        while True:
            walk = (await here.province.operator.get(f"/v1/messages/{message}")).json()
            found = [one for one in walk["entries"] if one["what"] == what]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.02)


async def test_the_portal_gets_files_that_it_cannot_reach(here: Relayed) -> None:
    """What is sent names our links, what is kept names the source's; the portal fetches the same bytes."""
    here.source.put("/don.pdf")
    here.source.put("/anh.png", PNG)
    papers = [
        {"name": "Đơn đề nghị.pdf", "url": here.url("/don.pdf")},
        {"name": "x", "url": "https://tep.h44.example.gov.vn/1.pdf"},
    ]
    results = [{"name": "Kết quả", "url": here.url("/anh.png")}]
    receipt = await here.province.one_stop.bring(dossier(papers=papers, results=results))
    assert [(one["code"], one["place"], one["read"]) for one in receipt["findings"]] == [
        ("file-unreachable", "/papers/0/url", "127.0.0.1"),
        ("file-unreachable", "/results/0/url", "127.0.0.1"),
    ]
    await here.province.rest("delivered")
    sent = here.sent(CODE)
    links = [row["DuongDanTaiTepTin"] for row in sent["TaiLieuNop"]]
    assert links[0].startswith(f"{here.base}/")
    assert links[0].endswith("/Don-de-nghi.pdf")
    assert links[1] == "https://tep.h44.example.gov.vn/1.pdf"
    place = f"/v1/messages/{receipt['id']}"
    assert here.url("/don.pdf") not in (await here.province.operator.get(place)).body.decode()
    why = {"purpose": "fault", "reason": "a file that the portal cannot reach"}
    assert (await here.province.operator.post(f"{place}/disclose", why)).status == 200
    walk = (await here.province.operator.get(place)).json()
    assert walk["data"]["papers"][0]["url"] == here.url("/don.pdf")
    assert links[0] in walk["attempts"][0]["exchanges"][-1]["request"]
    found = {one["url"]: one for one in await fetched(here, 3)}
    assert found[links[0]]["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert found[sent["DanhSachGiayToKetQua"][0]["DuongDanTepTinKetQua"]]["size"] == len(PNG)


async def test_operators_see_what_went_through(here: Relayed) -> None:
    """Each file with its host, how often it was handed out, and in the trace who fetched it."""
    here.source.put("/don.pdf")
    papers = [{"name": "Đơn.pdf", "url": here.url("/don.pdf")}, {"name": "y", "url": here.url("/no.pdf")}]
    receipt = await here.province.one_stop.bring(dossier(papers=papers))
    await fetched(here, 2)
    (one,) = await entries(here, receipt["id"], "file fetched")
    assert (one["who"], one["details"]) == ("127.0.0.1", {"place": "/papers/0/url", "times": 1})
    (lost,) = await entries(here, receipt["id"], "file failed")
    assert (lost["cause"], lost["details"]) == (
        "file-source-answer",
        {"place": "/papers/1/url", "said": "404"},
    )
    reply = await here.province.operator.get("/v1/files", f"message={receipt['id']}")
    good, bad = reply.json()["files"]
    assert (good["host"], good["unreachable"], good["through"]) == (
        "127.0.0.1", "private-address", ["national-portal"],
    )  # fmt: skip
    assert (good["served"], good["kept"]["size"], good["kept"]["ending"]) == (1, len(PDF), "pdf")
    assert (bad["served"], bad["kept"], bad["failures"]) == (0, None, 1)
    assert bad["last_error"]["explanation"]["en"]["party"] == "vendor"
    assert (await here.province.one_stop.get("/v1/files", f"message={receipt['id']}")).status == 403
    assert (await here.province.operator.get("/v1/files", "message=x")).status == 404


async def test_one_fetch_serves_all_who_want_the_same_file(here: Relayed) -> None:
    """However many ask at once, the source is asked once, and not again while the file is kept."""
    here.source.put("/don.pdf")
    here.source.slow["/don.pdf"] = 0.1
    here.portal.trouble(b'{"dialects": ["number"]}')
    await here.province.one_stop.bring(dossier(papers=[{"name": "Đơn.pdf", "url": here.url("/don.pdf")}]))
    await here.province.rest("delivered")
    (row,) = here.sent(CODE)["TaiLieuNop"]
    replies = await asyncio.gather(*(here.ask(row["DuongDanTaiTepTin"]) for _ in range(20)))
    replies.append(await here.ask(row["DuongDanTaiTepTin"]))
    assert {(one.status, one.body) for one in replies} == {(200, PDF)}
    assert here.source.asked["/don.pdf"] == 1


async def test_fetches_are_counted_also_when_the_gateway_stops(folder: Path) -> None:
    """Thousands of fetches are a few entries, and what was not written yet is written at the end."""
    async with relaying(folder) as here:
        here.source.put("/don.pdf")
        here.portal.trouble(b'{"dialects": ["number"]}')
        papers = [{"name": "Đơn.pdf", "url": here.url("/don.pdf")}]
        receipt = await here.province.one_stop.bring(dossier(papers=papers))
        await here.province.rest("delivered")
        (row,) = here.sent(CODE)["TaiLieuNop"]
        for _ in range(50):
            assert (await here.ask(row["DuongDanTaiTepTin"])).status == 200
    async with relaying(folder) as here:
        reply = await here.province.operator.get("/v1/files", f"message={receipt['id']}")
        assert reply.json()["files"][0]["served"] == 50
        counted = await entries(here, receipt["id"], "file fetched")
        assert sum(one["details"]["times"] for one in counted) == 50
        assert len(counted) < 10


async def test_without_a_relay_the_finding_is_all(folder: Path) -> None:
    """Addresses of hosts that are not listed go out as they came, and are a finding all the same."""
    async with relaying(folder, {"from": ["10.0.0.1"]}) as here:
        url = here.url("/don.pdf")
        receipt = await here.province.one_stop.bring(dossier(papers=[{"name": "Đơn", "url": url}]))
        assert [one["code"] for one in receipt["findings"]] == ["file-unreachable"]
        await here.province.rest("delivered")
        assert here.sent(CODE)["TaiLieuNop"][0]["DuongDanTaiTepTin"] == url
