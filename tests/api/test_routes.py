"""Routes over HTTP: reading versions, checking and trying drafts, and publishing by the one process there is."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import orjson
import pytest

from lgsp.app import platform
from lgsp.home import packed
from lgsp.leases import JOBS, SERVE, WORK
from lgsp.routes import Routes, parse_routes
from lgsp.settings import read_settings
from tests.api.province import OPERATOR, PORTAL, TOKEN, Caller, Province, dossier
from tests.api.test_reload import Many, many, routes

__all__ = ["many"]


async def text_of(province: Province) -> str:
    """Return the text in force."""
    return str((await province.operator.get("/v1/routes")).json()["text"])


def renamed(text: str) -> str:
    """Return routes that say the same under another name."""
    assert "{name: dossiers," in text
    return text.replace("{name: dossiers,", "{name: all-dossiers,")


async def test_routes_are_for_operators(paused: Province) -> None:
    """A system reads no settings of others, and publishes nothing."""
    for path in ("/v1/routes", "/v1/routes/versions", "/v1/routes/versions/1", "/v1/routes/difference"):
        assert (await paused.one_stop.get(path)).status == 403
    for path in ("/v1/routes", "/v1/routes/check", "/v1/routes/try"):
        assert (await paused.one_stop.post(path, {})).status == 403


async def test_what_is_in_force_is_told_with_who_follows(paused: Province) -> None:
    """Version, text, who and when, and each process that lives with its version."""
    told = (await paused.operator.get("/v1/routes")).json()
    assert (told["version"], told["text"]) == (1, paused.platform.gateway.routes.text)
    assert [(one["version"], one["follows"]) for one in told["processes"]] == [(1, True)]
    assert (await paused.operator.get("/v1/routes/versions/9")).status == 404


async def test_a_draft_is_checked_without_being_published(paused: Province) -> None:
    """Every fault with its line; a good draft has none."""
    text = await text_of(paused)
    bad = text.replace("from: one-stop, type: dossier.v1", "from: nobody, type: dossier.v9", 1)
    faults = (await paused.operator.post("/v1/routes/check", {"text": bad})).json()["faults"]
    assert any("names system 'nobody', which is not declared" in fault for fault in faults)
    assert all(fault.startswith("routes.yaml:") for fault in faults)
    good = await paused.operator.post("/v1/routes/check", {"text": renamed(text)})
    assert good.json() == {"faults": [], "open": []}
    assert paused.platform.gateway.published == 1


async def test_what_is_published_is_worked_by_at_once(paused: Province) -> None:
    """The one process of SQLite goes over to it in place; the next message goes by the new routes."""
    text = await text_of(paused)
    unrouted = "\n".join(line for line in text.splitlines() if "name: dossiers," not in line)
    unrouted = unrouted.partition("\ntests:")[0].replace("  - {name: progress", "  # - {name: progress")
    asked = {"text": unrouted + "\n", "base": 1, "reason": "bỏ tuyến hồ sơ"}
    answer = await paused.operator.post("/v1/routes", asked)
    assert (answer.status, answer.json()) == (200, {"version": 2, "before": 1})
    gateway = paused.platform.gateway
    assert (gateway.published, gateway.unready) == (2, "")
    assert (await paused.one_stop.bring(dossier()))["systems"] == []
    again = {"text": text, "base": 2, "reason": "quay lại"}
    assert (await paused.operator.post("/v1/routes", again)).json()["version"] == 3
    listed = (await paused.operator.get("/v1/routes/versions")).json()["versions"]
    assert [(one["version"], one["by"], one["reason"]) for one in listed][:2] == [
        (3, "operator", "quay lại"), (2, "operator", "bỏ tuyến hồ sơ"),
    ]  # fmt: skip
    lines = (await paused.operator.get("/v1/routes/difference", "from=1&to=2")).json()["lines"]
    assert any(line.startswith("-  - {name: dossiers") for line in lines)
    assert (await paused.operator.get("/v1/routes/difference", "from=1&to=3")).json()["lines"] == []


async def test_what_is_faulty_or_stale_is_not_published(paused: Province) -> None:
    """The first with all its faults; the second because another version came between."""
    text = await text_of(paused)
    faulty = {"text": text.replace("adapter: one_stop", "adapter: none_such", 1), "base": 1, "reason": "x"}
    answer = await paused.operator.post("/v1/routes", faulty)
    assert (answer.status, bool(answer.json()["faults"])) == (422, True)
    stale = {"text": renamed(text), "base": 0, "reason": "x"}
    assert (await paused.operator.post("/v1/routes", stale)).status == 409
    assert (await paused.operator.post("/v1/routes", {"text": text, "base": 1, "reason": ""})).status == 422
    assert paused.platform.gateway.published == 1


def shadowed(text: str) -> str:
    """Return routes by which an older connection tells the portal of dossiers."""
    head, _, tests = text.partition("\ntests:")
    lines = [
        line.replace("}", ", mode: shadow}")
        if "name: dossiers," in line or "name: progress," in line
        else line
        for line in head.splitlines()
    ]
    return "\n".join(lines) + "\ntests:" + tests


async def befell(province: Province, receipt: Any) -> list[str]:
    """Return what befell a message."""
    walk = (await province.operator.get(f"/v1/messages/{receipt['id']}")).json()
    return [entry["what"] for entry in walk["entries"]]


async def test_going_back_to_the_shadow_asks_for_a_word_while_something_is_open(paused: Province) -> None:
    """Row 215: counted before, refused without a word, and then left to the older connection, for good."""
    text = await text_of(paused)
    receipt = await paused.one_stop.bring(dossier())
    checked = await paused.operator.post("/v1/routes/check", {"text": shadowed(text)})
    left = [{"system": PORTAL, "queued": 1, "on_its_way": 0, "in_doubt": 0, "more": False}]
    assert checked.json() == {"faults": [], "open": left}
    asked = {"text": shadowed(text), "base": 1, "reason": "quay về"}
    refused = await paused.operator.post("/v1/routes", asked)
    assert (refused.status, refused.json()["type"], refused.json()["open"]) == (
        409, "urn:lgsp:problem:still-open", left,
    )  # fmt: skip
    assert paused.platform.gateway.published == 1
    answer = await paused.operator.post("/v1/routes", asked | {"leave_open": True})
    assert (answer.status, answer.json()["version"]) == (200, 2)
    async with asyncio.timeout(20):
        while "given back" not in await befell(paused, receipt):  # noqa: ASYNC110 - it stands in the journal
            await asyncio.sleep(0.05)
    again = await paused.operator.post("/v1/routes/check", {"text": shadowed(text)})
    assert again.json()["open"] == []
    live = {"text": text, "base": 2, "reason": "chạy thật"}
    assert (await paused.operator.post("/v1/routes", live)).status == 200


async def test_a_sample_is_foreseen_and_nothing_is_kept(paused: Province) -> None:
    """Which route, where to, and what would be said there; the journal holds nothing of it."""
    sample = {"system": "one-stop", "body": orjson.dumps(dossier()).decode()}
    (told,) = (await paused.operator.post("/v1/routes/try", sample)).json()["results"]
    assert (told["taken"], told["goes"]) == (True, ["national-portal"])
    taken = [way["route"] for way in told["ways"] if not way["differs"]]
    assert taken == ["dossiers"]
    (sent,) = told["sent"]
    assert orjson.loads(sent["text"])["data"][0]["MaHoSo"] == dossier()["data"]["code"]
    assert (await paused.operator.get("/v1/messages")).json()["messages"] == []
    assert (await paused.operator.get("/v1/quarantine")).json()["quarantine"] == []


async def test_a_bad_sample_has_its_problems(paused: Province) -> None:
    """What the door would say, with pointers; not JSON is a problem of the whole."""
    bad = {"system": "one-stop", "body": orjson.dumps(dossier(status="nonsense")).decode()}
    (told,) = (await paused.operator.post("/v1/routes/try", bad)).json()["results"]
    assert (told["taken"], told["problems"][0]["pointer"]) == (False, "/status")
    (told,) = (await paused.operator.post("/v1/routes/try", bad | {"body": "{"})).json()["results"]
    assert told["problems"][0]["code"] == "not-json"
    assert (await paused.operator.post("/v1/routes/try", bad | {"system": "nobody"})).status == 422


async def test_a_draft_foresees_by_its_own_routes(paused: Province) -> None:
    """Documents go to whom the draft's systems serve, all others by `else`."""
    text = (packed() / "routes.yaml").read_text(encoding="utf-8")
    data = orjson.loads((packed() / "adapters/document_axis/samples/received.json").read_bytes())
    item = data[0] if isinstance(data, list) else data
    body = orjson.dumps({"type": "document.v1", "data": item}).decode()
    sample = {"system": "dms", "body": body, "routes": text}
    (told,) = (await paused.operator.post("/v1/routes/try", sample)).json()["results"]
    (way,) = [way for way in told["ways"] if not way["differs"]]
    assert way["route"] == "documents"
    assert set(way["served"].values()) <= {"dms", None}
    assert {one["system"] for one in told["sent"]} <= {"dms", "document-axis"}


# --- what a person published, and the home's file -------------------------------------------------------


@pytest.fixture
def home() -> Routes:
    """The packed routes, of two systems."""
    text = (packed() / "routes.yaml").read_text(encoding="utf-8")
    return parse_routes(text)


async def test_a_start_keeps_what_a_person_published(home: Routes, tmp_path: Path) -> None:
    """The file is published anew only when it is another one than a start published last."""
    settings = read_settings(
        {"LGSP_STATE": str(tmp_path), "LGSP_TOKEN_ONE_STOP": TOKEN, "LGSP_OPERATOR_TOKEN": OPERATOR}
    )
    async with platform(settings, home) as one:
        asked = {"text": renamed(home.text), "base": 1, "reason": "đổi tên"}
        assert (await Caller(one.site, OPERATOR).post("/v1/routes", asked)).status == 200
    async with platform(settings, home) as one:
        assert (one.gateway.published, one.gateway.routes.routes[0].name) == (2, "all-dossiers")
    edited = parse_routes(home.text + "# edited\n")
    async with platform(settings, edited) as one:
        assert (one.gateway.published, one.gateway.routes.routes[0].name) == (3, "dossiers")


# --- several processes ----------------------------------------------------------------------------------


async def test_what_one_process_publishes_all_follow(many: Many) -> None:
    """Who is asked goes over to it at once, the others when they look; the journal says who does."""
    async with many.process(SERVE) as door, many.process(WORK, JOBS) as sender:
        asked = {"text": routes(many.port, PORTAL, slots=9), "base": 1, "reason": "x"}
        operator = Caller(door.site, OPERATOR)
        assert (await operator.post("/v1/routes", asked)).json()["version"] == 2
        assert door.gateway.published == 2
        await many.follows(sender, 2)
        assert sender.gateway.counterparts[PORTAL].health.concurrency == 9
