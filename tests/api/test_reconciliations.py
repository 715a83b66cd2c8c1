"""Reconciliations over HTTP: starting, watching, filtering, exporting and repairing; by operators alone."""

from __future__ import annotations

import asyncio
import csv
import io
from typing import Any

import pytest

from lgsp.journal import dossiers
from lgsp.sandbox.portal import Portal
from tests.api.province import PORTAL, Province, dossier
from tests.api.province import dossiers as many

RUNS = "/v1/reconciliations"
CODES = [one["data"]["code"] for one in many(6)]
START = {"token": "a-token-of-mine"}
OCTOBER = {"since": "2026-10-01T00:00:00+07:00", "until": "2026-11-01T00:00:00+07:00"}
NOVEMBER = {"since": "2026-10-02T00:00:00+07:00", "until": "2026-11-02T00:00:00+07:00"}
MEND = {"token": "mend", "reason": "the portal lost them", "rate": 1000}


async def told(here: Province, count: int = 6) -> None:
    """Bring dossiers and wait until they are delivered and registered."""
    for one in many(count):
        await here.one_stop.bring(one)
    await here.rest("delivered")
    journal = here.platform.gateway.journal
    wanted = dossiers.Wanted()
    async with asyncio.timeout(10):
        while len(await journal.read(lambda tx: dossiers.current(tx, wanted))) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def lost(portal: Portal, *codes: str) -> None:
    """Let the portal lose dossiers."""
    for code in codes:
        del portal.shelf._folders[code]


async def over(here: Province, path: str) -> dict[str, Any]:
    """Return what runs once it is over."""
    async with asyncio.timeout(15):
        while (found := (await here.operator.get(path)).json())["state"] == "running":  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return dict(found)


async def reconciled(here: Province, **asked: Any) -> dict[str, Any]:
    """Start a reconciliation and return it once it is over."""
    reply = await here.operator.post(RUNS, START | asked)
    assert reply.status == 201, reply.body
    return await over(here, f"{RUNS}/{reply.json()['id']}")


async def found(here: Province, run: int, query: str = "") -> list[dict[str, Any]]:
    """Return a page of what a run found."""
    reply = await here.operator.get(f"{RUNS}/{run}/differences", query)
    assert reply.status == 200, reply.body
    return list(reply.json()["differences"])


async def test_what_the_portal_lost_is_found_and_sent_again(here: Province, portal: Portal) -> None:
    """From the question to the repaired dossier, each step over the API, and no duplicate at the portal."""
    await told(here)
    lost(portal, *CODES[:2])
    run = await reconciled(here, agency="000.00.00.H44")
    assert (run["state"], run["counts"]["compared"], run["scope"]["agency"]) == ("done", 6, "H44")
    rows = await found(here, run["id"])
    assert [(one["subject"], one["bucket"], one["owner"]) for one in rows] == [
        (code, "missing-there", "ministry") for code in CODES[:2]
    ]
    assert rows[0]["explanation"]["vi"]["mend"]
    shown = (await here.operator.get(f"/v1/messages/{rows[0]['message']}")).json()
    assert shown["subject"] == CODES[0]
    path = f"{RUNS}/{run['id']}/repairs"
    said = (await here.operator.post(path, {"preview": True})).json()
    assert (said["total"], said["repairable"], said["not"], said["progress"]) == (2, 2, [], 0)
    reply = await here.operator.post(path, MEND)
    repair = await over(here, f"/v1/repairs/{reply.json()['id']}")
    assert (repair["sent"], repair["solved"], repair["unsolved"]) == (2, 2, 0)
    state = portal.state()
    assert (sorted(state["dossiers"]), state["duplicates"]) == (CODES, 0)
    whole = (await here.operator.get(f"{RUNS}/{run['id']}")).json()
    assert [(one["mending"], one["count"]) for one in whole["sums"]] == [("solved", 2)]
    again = await reconciled(here, token="another", agency="H44")
    assert (again["previous"], again["counts"]["solved"], again["sums"]) == (run["id"], 2, [])


async def test_what_the_portal_counts_by_agency_stands_beside_and_in_no_bucket(
    here: Province, portal: Portal
) -> None:
    """An agency counts with what lies under it, each period for itself; a gap says nothing of a dossier."""
    await told(here)
    lost(portal, CODES[0])
    day = {"since": "2026-01-31T00:00:00+07:00", "until": "2026-02-01T00:00:00+07:00"}
    before = {"until": "2026-01-31T00:00:00+07:00"}
    counts: list[dict[str, Any]] = [
        {"agency": "000.00.00.H44", "count": 7},
        {"agency": "H44.11", "count": 5} | day,
        {"agency": "H44.11", "count": 2} | before,
        {"agency": "H44.12", "count": 1},
    ]
    run = await reconciled(here, agency="H44", portal_counts=counts)
    rows = [
        [row[name] for name in ("agency", "count", "there", "held", "gap")] for row in run["portal_counts"]
    ]
    assert rows == [
        ["H44", 7, 5, 6, 2],
        ["H44.11", 5, 5, 6, 0],
        ["H44.11", 2, 0, 0, 2],
        ["H44.12", 1, 0, 0, 1],
    ]
    assert run["portal_counts"][1]["until"] == "2026-02-01T00:00:00.000+07:00"
    assert [(one["bucket"], one["count"]) for one in run["sums"]] == [("missing-there", 1)]


async def test_a_list_of_the_source_is_brought_in_parts(here: Province, portal: Portal) -> None:
    """Parts in their order, one that is brought twice counts once, and the last one lets the run begin."""
    await told(here)
    reply = await here.operator.post(RUNS, START | {"upload": True})
    run = reply.json()["id"]
    path = f"{RUNS}/{run}/holdings"
    first = {"part": 1, "rows": [{"code": code, "status": "Được tiếp nhận"} for code in CODES[:3]]}
    for _ in range(2):
        assert (await here.operator.post(path, first)).status == 200
    assert (await here.operator.post(path, first | {"part": 3})).status == 409
    rows = [{"code": code, "status": "4"} for code in CODES[3:5]] + [{"code": "H44.11-260131-0999"}]
    assert (await here.operator.post(path, {"part": 2, "rows": rows, "last": True})).status == 200
    assert (await here.operator.post(path, {"part": 3, "rows": []})).status == 409
    await over(here, f"{RUNS}/{run}")
    assert {one["subject"]: one["cause"] for one in await found(here, run)} == {
        CODES[3]: "change-not-told",
        CODES[4]: "change-not-told",
        CODES[5]: "not-at-source",
        "H44.11-260131-0999": "never-told",
    }
    assert portal.state()["duplicates"] == 0


async def test_filters_pages_and_tables(here: Province, portal: Portal) -> None:
    """Each side narrows; pages go on behind a key; CSV and XLSX hold what the filter leaves, in Vietnamese."""
    await told(here)
    lost(portal, *CODES[:3])
    run = (await reconciled(here))["id"]
    assert len(await found(here, run, "bucket=missing-there,late&owner=ministry&agency=H44.11")) == 3
    assert await found(here, run, "bucket=late") == []
    assert await found(here, run, "change=still") == []
    page = (await here.operator.get(f"{RUNS}/{run}/differences", "limit=2")).json()
    assert page["next"] == CODES[1]
    rest = (await here.operator.get(f"{RUNS}/{run}/differences", f"limit=2&behind={page['next']}")).json()
    assert [one["key"] for one in rest["differences"]] == [CODES[2]]
    assert rest["next"] is None
    table = await here.operator.get(f"{RUNS}/{run}/export")
    assert table.headers["content-disposition"] == f'attachment; filename="doi-soat-{run}.csv"'
    heading, *rows = csv.reader(io.StringIO(table.body.decode("utf-8-sig"), newline=""))
    assert heading[0] == "Mã hồ sơ"
    assert [row[0] for row in rows] == CODES[:3]
    assert rows[0][3] == "thiếu ở hệ thống nhận"
    book = await here.operator.get(f"{RUNS}/{run}/export", "format=xlsx")
    assert book.body[:2] == b"PK"


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("differences", "bucket=lost"), ("differences", "change=old"), ("differences", "repair=all"),
        ("differences", "mending=never"), ("differences", "agency=x"), ("differences", "limit=0"),
        ("export", "format=pdf"),
    ],
)  # fmt: skip
async def test_a_filter_that_is_none_is_told(paused: Province, path: str, query: str) -> None:
    """422, and what may stand there."""
    await paused.operator.post(RUNS, START)
    reply = await paused.operator.get(f"{RUNS}/1/{path}", query)
    assert (reply.status, reply.json()["type"]) == (422, "urn:lgsp:problem:invalid")


async def test_a_run_waits_while_its_system_is_paused(paused: Province) -> None:
    """It asks nothing, says why it stands still, and can be paused, resumed and called off."""
    await paused.one_stop.bring(dossier())
    run = (await paused.operator.post(RUNS, START)).json()
    assert (run["state"], run["phase"]) == ("running", "turned away")
    async with asyncio.timeout(10):
        while (shown := (await paused.operator.get(f"{RUNS}/1")).json())["phase"] != "comparing":  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert "tạm dừng" in shown["waits"]
    assert (await paused.operator.post(f"{RUNS}/1/pause", query="reason=later")).json()["state"] == "paused"
    assert (await paused.operator.post(f"{RUNS}/1/pause")).status == 409
    assert (await paused.operator.post(f"{RUNS}/1/resume")).json()["state"] == "running"
    assert (await paused.operator.post(f"{RUNS}/1/cancel")).json()["state"] == "cancelled"
    assert (await paused.operator.post(f"{RUNS}/1/repairs", MEND)).status == 409
    assert (await paused.operator.post(f"{RUNS}/9/cancel")).status == 404


async def test_a_double_click_starts_one(paused: Province) -> None:
    """The same token at once; another scope under it, or a second of its kind, is told so."""
    replies = await asyncio.gather(*(paused.operator.post(RUNS, START) for _ in range(3)))
    assert sorted(reply.status for reply in replies) == [200, 200, 201]
    assert (await paused.operator.post(RUNS, START | {"agency": "H44.11"})).status == 409
    assert (await paused.operator.post(RUNS, {"token": "other"})).status == 409
    listed = (await paused.operator.get(RUNS)).json()
    assert [one["id"] for one in listed["reconciliations"]] == [1]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({}, 422),
        (START | {"agency": "nowhere at all"}, 422),
        (START | {"source": "nobody"}, 404),
        (START | {"system": "nobody"}, 404),
        (START | {"since": "2026-01-31T00:00:00"}, 422),
        (START | {"since": "2026-02-01T00:00:00+07:00", "until": "2026-01-01T00:00:00+07:00"}, 422),
        (START | {"sistem": PORTAL}, 422),
        (START | {"portal_count": -1}, 422),
        (START | {"portal_counts": [{"agency": "H44", "count": -1}]}, 422),
        (START | {"portal_counts": [{"agency": "nowhere", "count": 1}]}, 422),
        (START | {"agency": "H44.11", "portal_counts": [{"agency": "H44.12", "count": 1}]}, 422),
        (START | {"portal_counts": [{"agency": "H44", "count": 1}, {"agency": "H44", "count": 2}]}, 422),
        (START | OCTOBER | {"portal_counts": [{"agency": "H44", "count": 1} | NOVEMBER]}, 422),
    ],
)
async def test_what_is_not_as_documented_starts_nothing(paused: Province, said: Any, status: int) -> None:
    """A problem document that names what is wrong."""
    reply = await paused.operator.post(RUNS, said)
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")
    assert (await paused.operator.get(RUNS)).json()["reconciliations"] == []


async def test_only_operators_reconcile(paused: Province) -> None:
    """A system's own token opens none of it, and without one nobody gets in."""
    await paused.operator.post(RUNS, START)
    paths = [
        RUNS,
        f"{RUNS}/1",
        f"{RUNS}/1/differences",
        f"{RUNS}/1/export",
        f"{RUNS}/1/repairs",
        "/v1/repairs/1",
    ]
    acts = [RUNS, f"{RUNS}/1/pause", f"{RUNS}/1/holdings", f"{RUNS}/1/repairs", "/v1/repairs/1/cancel"]
    for caller, status in ((paused.one_stop, 403), (paused.nobody, 401)):
        assert {(await caller.get(path)).status for path in paths} == {status}
        assert {(await caller.post(path, START)).status for path in acts} == {status}


async def test_a_repair_is_told_why_and_once(here: Province, portal: Portal) -> None:
    """Without a reason nothing starts; a token stands for one filter; each stands in the list."""
    await told(here, 2)
    lost(portal, CODES[0])
    run = (await reconciled(here))["id"]
    path = f"{RUNS}/{run}/repairs"
    assert (await here.operator.post(path, {"token": "x"})).status == 422
    assert (await here.operator.post(path, MEND)).status == 201
    assert (await here.operator.post(path, MEND)).status == 200
    assert (await here.operator.post(path, MEND | {"owner": "vendor"})).status == 409
    assert [one["id"] for one in (await here.operator.get(path)).json()["repairs"]] == [1]
    assert (await over(here, "/v1/repairs/1"))["state"] == "done"
    assert (await here.operator.post("/v1/repairs/1/pause")).status == 409
    assert (await here.operator.post(f"{RUNS}/77/repairs", MEND)).status == 404
