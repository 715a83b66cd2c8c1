"""Bulk replays over HTTP, and that nobody but operators asks for them."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from lgsp.sandbox.portal import Portal
from tests.api.province import PORTAL, Province, dossier, dossiers

START = {"system": PORTAL, "token": "a-token-of-mine", "reason": "the portal mended its list", "rate": 1000}
MINE = {"system": PORTAL}
CODES = [one["data"]["code"] for one in dossiers(5)]


async def refused(here: Province, portal: Portal, count: int = 5) -> list[dict[str, Any]]:
    """Bring dossiers and see the portal refuse each; then it would take them."""
    faults = {"refuse_fields": {"MaHoSo": CODES}, "dialects": ["number"]}
    portal.trouble(orjson.dumps(faults))
    receipts = [await here.one_stop.bring(dossier(code)) for code in CODES[:count]]
    await here.rest("refused")
    portal.trouble(b'{"dialects": ["number"]}')
    return receipts


async def ended(here: Province, number: int) -> dict[str, Any]:
    """Return a replay once it is over."""
    async with asyncio.timeout(30):
        while (told := (await here.operator.get(f"/v1/replays/{number}")).json())["state"] == "running":  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return dict(told)


async def test_a_preview_tells_and_starts_nothing(here: Province, portal: Portal) -> None:
    """How many, whose, why they died, since when; the dead stay dead."""
    await refused(here, portal)
    told = (await here.operator.post("/v1/replays", MINE | {"preview": True})).json()
    assert (told["total"], told["replayable"]) == (5, 5)
    assert told["skipped"] == {"overtaken": 0, "outlived": 0}
    assert told["agencies"] == [{"name": "H44.11", "count": 5}]
    assert [one["count"] for one in told["causes"]] == [5]
    assert told["oldest"] <= told["newest"]
    assert (await here.operator.get("/v1/replays")).json() == {"replays": [], "next": None}
    await here.rest("refused")


async def test_a_replay_brings_the_dead_to_the_far_side(here: Province, portal: Portal) -> None:
    """Started with a reason and a token, it runs by itself, and its progress can be watched."""
    receipts = await refused(here, portal)
    reply = await here.operator.post("/v1/replays", START)
    started = reply.json()
    assert (reply.status, started["who"], started["total"]) == (201, "operator", 5)
    over = await ended(here, started["id"])
    assert (over["state"], over["done"], over["skipped"], over["left"]) == ("done", 5, 0, 0)
    await here.rest("delivered")
    assert sorted(portal.state()["dossiers"]) == CODES
    walk = (await here.operator.get(f"/v1/messages/{receipts[0]['id']}")).json()
    assert [(e["who"], e["cause"]) for e in walk["entries"] if e["what"] == "replayed"] == [
        ("operator", f"replay {started['id']}")
    ]


async def test_a_double_click_starts_one(here: Province, portal: Portal) -> None:
    """The same token twice at once: one is started, both are told the same number."""
    await refused(here, portal)
    replies = await asyncio.gather(*(here.operator.post("/v1/replays", START) for _ in range(3)))
    assert sorted(reply.status for reply in replies) == [200, 200, 201]
    assert len({reply.json()["id"] for reply in replies}) == 1
    await here.rest("delivered")
    assert len((await here.operator.get("/v1/replays")).json()["replays"]) == 1


async def test_a_token_is_not_used_for_another_filter(paused: Province) -> None:
    """409, and what to do."""
    assert (await paused.operator.post("/v1/replays", START)).status == 201
    reply = await paused.operator.post("/v1/replays", START | {"cause": "odd"})
    assert (reply.status, reply.json()["type"]) == (409, "urn:lgsp:problem:conflict")
    assert "fresh one" in reply.json()["detail"]


async def test_a_filter_narrows_it(here: Province, portal: Portal) -> None:
    """What does not fit is left dead; a time without an offset is not guessed at."""
    await refused(here, portal)
    counts = {}
    for name, value in (
        ("agency", "H44"), ("agency", "H45"), ("cause", "no-such-cause"), ("type", "dossier.v1"),
        ("state", ["exhausted"]), ("since", "2020-01-01T00:00:00+07:00"), ("until", "2020-01-01T00:00:00+07:00"),
    ):  # fmt: skip
        reply = await here.operator.post("/v1/replays", MINE | {"preview": True, name: value})
        counts[name, str(value)] = reply.json()["total"]
    assert list(counts.values()) == [5, 0, 0, 5, 0, 5, 0]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"system": PORTAL},
        {"system": PORTAL, "token": "t"},
        {"system": PORTAL, "token": "t", "reason": "  "},
        {"system": PORTAL, "token": " ", "reason": "r"},
        START | {"rate": 0},
        START | {"rate": 5000},
        START | {"state": ["delivered"]},
        START | {"since": "2026-01-31T08:30:00"},
        START | {"sistem": PORTAL},
        [START],
        b"{",
    ],
)
async def test_what_is_not_as_documented_starts_nothing(paused: Province, said: Any) -> None:
    """422 as a problem document: a replay needs a system, a token and a reason, and knows every word."""
    reply = await paused.operator.post("/v1/replays", said)
    assert (reply.status, reply.headers["content-type"]) == (422, "application/problem+json")
    assert (await paused.operator.get("/v1/replays")).json()["replays"] == []


async def test_it_is_paused_goes_on_and_is_called_off(paused: Province) -> None:
    """Each act is answered with how it stands; what a state does not allow is 409."""
    number = (await paused.operator.post("/v1/replays", START)).json()["id"]
    path = f"/v1/replays/{number}"
    states = [
        (await paused.operator.post(f"{path}/{act}")).json()["state"] for act in ("pause", "resume", "cancel")
    ]
    assert states == ["paused", "running", "cancelled"]
    for act in ("pause", "resume", "cancel"):
        reply = await paused.operator.post(f"{path}/{act}")
        assert (reply.status, reply.json()["type"]) == (409, "urn:lgsp:problem:wrong-state")
    assert (await paused.operator.get(path)).json()["state"] == "cancelled"


async def test_it_waits_for_a_paused_system_and_says_so(here: Province, portal: Portal) -> None:
    """The dead are not poured onto a system that rests; after the resume they go."""
    await refused(here, portal)
    await here.operator.post(f"/v1/systems/{PORTAL}/pause")
    number = (await here.operator.post("/v1/replays", START)).json()["id"]
    await asyncio.sleep(0.6)
    told = (await here.operator.get(f"/v1/replays/{number}")).json()
    assert (told["state"], told["done"], told["waits"]) == ("running", 0, "paused")
    await here.operator.post(f"/v1/systems/{PORTAL}/resume")
    await here.rest("delivered")


async def test_replays_are_listed_in_pages(paused: Province) -> None:
    """Newest first, as every list."""
    for n in range(3):
        await paused.operator.post("/v1/replays", START | {"token": str(n)})
    first = (await paused.operator.get("/v1/replays", query="limit=2")).json()
    second = (await paused.operator.get("/v1/replays", query=f"limit=2&after={first['next']}")).json()
    assert [one["token"] for one in (*first["replays"], *second["replays"])] == ["2", "1", "0"]
    assert (await paused.operator.get("/v1/replays", query="limit=0")).status == 422


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/v1/replays/999", 404),
        ("get", "/v1/replays/first", 422),
        ("get", f"/v1/replays/{2**70}", 422),
        ("post", "/v1/replays/999/pause", 404),
        ("post", "/v1/replays/999/burn", 404),
    ],
)
async def test_what_is_not_there_is_a_problem_document(
    paused: Province, method: str, path: str, status: int
) -> None:
    """Each slip has its status."""
    reply = await getattr(paused.operator, method)(path)
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")


async def test_a_system_that_is_not_there_has_no_dead(paused: Province) -> None:
    """404 before anything is counted."""
    assert (await paused.operator.post("/v1/replays", START | {"system": "nobody"})).status == 404


async def test_no_system_replays_or_looks(paused: Province) -> None:
    """Not even its own dead: for operators only, and a token is needed."""
    number = (await paused.operator.post("/v1/replays", START)).json()["id"]
    for path in ("/v1/replays", *(f"/v1/replays/{number}/{act}" for act in ("pause", "resume", "cancel"))):
        said = START | {"token": "theirs"} if path == "/v1/replays" else b""
        assert [(await who.post(path, said)).status for who in (paused.far, paused.nobody)] == [403, 401]
    for path in ("/v1/replays", f"/v1/replays/{number}"):
        assert [(await who.get(path)).status for who in (paused.far, paused.nobody)] == [403, 401]
    assert (await paused.operator.get(f"/v1/replays/{number}")).json()["state"] in {"running", "done"}
    assert len((await paused.operator.get("/v1/replays")).json()["replays"]) == 1
