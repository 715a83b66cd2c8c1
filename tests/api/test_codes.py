"""Agencies' codes over HTTP, and at the door where dossiers are judged."""

from __future__ import annotations

from typing import Any

import pytest

from lgsp.adapter import Accepted
from lgsp.message import Message, Raw, native_digest
from tests.api.province import BRING, ONE_STOP, Province, dossier

FACTS = "/v1/agencies/facts"
OFFICE = {"code": "H44.99", "name": "Sở Mới", "source": "QĐ 1", "confidence": "high"}
CLOSING = {
    "predecessor": "H44.11", "successor": "H44.12", "share": "whole", "effective": "2026-01-31",
    "act": "QĐ 2", "source": "QĐ 2", "confidence": "high",
}  # fmt: skip


def fact(**content: Any) -> dict[str, Any]:
    """Return a fact as it is added."""
    return {"kind": "fact", "content": OFFICE | content}


async def test_a_code_is_told_as_of_its_day(paused: Province) -> None:
    """Systems and operators may ask; a code that named two bodies needs a day."""
    told = (await paused.one_stop.get("/v1/agencies/H28", "on=2025-06-30")).json()
    assert (told["standing"], told["name"], told["valid_to"]) == ("live", "Hòa Bình", "2025-06-30")
    assert [one["code"] for one in told["successors"]] == ["H44"]
    told = (await paused.operator.get("/v1/agencies/24")).json()
    assert (told["standing"], len(told["readings"]), told["on"]) == ("ambiguous", 2, None)
    told = (await paused.operator.get("/v1/agencies/000.00.00.H44", "scheme=identifier")).json()
    assert (told["form"], told["normal"], told["standing"]) == ("old", "H44", "live")
    assert (await paused.nobody.get("/v1/agencies/H28")).status == 401
    for query in ("on=30/6/2025", "scheme=other"):
        assert (await paused.operator.get("/v1/agencies/H28", query)).status == 422


async def test_an_added_fact_holds_at_once(paused: Province) -> None:
    """What an operator adds is known with the answer, and listed with who added it."""
    reply = await paused.operator.post(FACTS, fact() | {"note": "why"})
    assert reply.status == 201
    told = (await paused.operator.get("/v1/agencies/H44.99")).json()
    assert (told["known"], told["name"], told["fact"]) == (True, "Sở Mới", reply.json()["id"])
    (listed,) = (await paused.operator.get(FACTS)).json()["facts"]
    assert (listed["added_by"], listed["note"], listed["content"]["code"]) == ("operator", "why", "H44.99")
    assert (await paused.one_stop.post(FACTS, fact())).status == 403


@pytest.mark.parametrize(
    ("said", "pointers"),
    [
        ({"kind": "fact", "content": {}}, ["/code", "/name", "/source", "/confidence"]),
        (fact(code="25"), ["/code"]),
        (fact(level=0), ["/level"]),
        (fact(valid_from="2026-02-30"), ["/valid_from"]),
        (fact(valid_from="2026-02-02", valid_to="2026-02-01"), ["/valid_to"]),
        (fact(valid_to="9999-12-31"), ["/valid_to"]),
        (fact(colour="red"), ["/colour"]),
        (fact(withdraws="added-9"), ["/withdraws"]),
        ({"kind": "succession", "content": CLOSING | {"share": "most"}}, ["/share"]),
        ({"kind": "rumour", "content": {}}, ["/kind"]),
        ({"kind": "withdrawal", "content": {"source": "x"}}, ["/withdraws"]),
    ],
)
async def test_a_wrong_fact_is_told_field_by_field(
    paused: Province, said: dict[str, Any], pointers: list[str]
) -> None:
    """Every fault is named at once with its mend, and nothing is added."""
    reply = await paused.operator.post(FACTS, said)
    assert reply.status == 422
    told = reply.json()["problems"]
    assert [one["pointer"] for one in told] == pointers
    assert all(one["vi"] and one["mend_vi"] for one in told)
    assert (await paused.operator.get(FACTS)).json()["facts"] == []


async def reply_to(here: Province, code: str, **changed: Any) -> dict[str, Any]:
    """Bring a dossier and return the answer."""
    told: dict[str, Any] = (await here.one_stop.post(BRING, dossier(code, **changed))).json()
    return told


async def test_a_new_dossier_under_a_closed_code_is_rejected_and_told_the_successor(paused: Province) -> None:
    """Received on the day of the closing or later: turned away with the code to use, and kept in quarantine."""
    told = await reply_to(paused, "H28.11-250702-0001", received_at="2025-07-02T08:00:00+07:00")
    (problem,) = told["problems"]
    assert (problem["code"], problem["pointer"]) == ("agency-code-closed", "/code")
    assert "H44 (Phú Thọ)" in problem["vi"]
    assert "H44 (Phú Thọ)" in problem["mend_en"]
    (kept,) = (await paused.operator.get("/v1/quarantine")).json()["quarantine"]
    assert (kept["source"], kept["problems"][0]["code"]) == (ONE_STOP, "agency-code-closed")


@pytest.mark.parametrize(
    ("code", "received", "taken"),
    [
        ("H28.11-250630-0001", "2025-06-30T23:59:59+07:00", True),
        ("H28.11-250630-0001", "2025-06-30T17:00:00+00:00", False),
        ("H28.11-250630-0001", None, True),
        ("000.00.11.H28-250701-0001", None, False),
        ("H44.11-250702-0001", "2025-07-02T08:00:00+07:00", True),
        ("G05.11-20250414-0001", None, False),
    ],
)
async def test_the_day_that_counts_is_that_of_receipt_in_viet_nam(
    paused: Province, code: str, received: str | None, taken: bool
) -> None:
    """The dossier's own moment of receipt, else the date in its code; what was received before stays allowed."""
    told = await reply_to(paused, code, received_at=received)
    assert ("id" in told) is taken


async def test_an_unknown_code_is_a_finding(paused: Province) -> None:
    """Nobody knows H99 to be closed: it is taken on of whoever has no bounds, and noticed once."""
    code = "H99.11-260131-0001"
    told = await reply_to(paused, code)
    assert [one["code"] for one in told["problems"]] == ["agency-not-granted"]
    data = dossier(code)["data"]
    made = Message("dossier.v1", code, code, data, native=native_digest(data))
    (taken,) = await paused.platform.gateway.accept(ONE_STOP, Raw.of(b"{}"), [made])
    assert isinstance(taken, Accepted)
    assert [(one.code, one.place) for one in taken.findings] == [("agency-code-unknown", "/code")]


async def test_progress_of_what_began_earlier_is_not_judged(paused: Province) -> None:
    """Handling goes on under the old code for as long as it takes."""
    data = {"code": "H28.11-250630-0001", "status": "processing", "handled_at": "2026-01-31T08:00:00+07:00"}
    reply = await paused.one_stop.post(BRING, {"type": "dossier.progress.v1", "data": data})
    assert reply.status == 202
    assert reply.json()["findings"] == []


async def test_a_succession_that_is_added_closes_the_door_for_new_dossiers(paused: Province) -> None:
    """A code that an operator's fact closes is closed here, and its ambiguity would be a finding only."""
    assert "id" in await reply_to(paused, "H44.11-260131-0001")
    assert (await paused.operator.post(FACTS, {"kind": "succession", "content": CLOSING})).status == 201
    told = await reply_to(paused, "H44.11-260131-0002")
    assert [one["code"] for one in told["problems"]] == ["agency-code-closed"]
    for name in ("Một", "Hai"):
        await paused.operator.post(FACTS, fact(code="H44.13", name=name))
    told = await reply_to(paused, "H44.13-260131-0003")
    assert [f["code"] for f in told["findings"]] == ["agency-code-ambiguous"]
