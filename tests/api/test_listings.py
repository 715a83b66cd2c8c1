"""Lists of agencies over HTTP: found by name, held against decisions, and believed by a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import pytest

from lgsp.domain.agencies.facts import Claim, Fact
from lgsp.journal import agency_lists
from lgsp.learning import Lists
from lgsp.testing.rules.agency_lists import AXIS, JOB, agency, many
from tests.api.province import Province, dossier

BELIEVE = f"/v1/agencies/lists/{AXIS}/{JOB}/believe"


async def bring(here: Province, claims: Sequence[Claim], run: int = 1) -> None:
    """Bring a list whole, and let the process learn it."""
    gateway = here.platform.gateway
    await gateway.journal.write(lambda tx: agency_lists.bring(tx, AXIS, JOB, claims, run))
    await gateway.journal.write(lambda tx: agency_lists.brought(tx, AXIS, JOB, run))
    await Lists(gateway).look()


async def search(here: Province, **terms: Any) -> dict[str, Any]:
    """Search, and return the answer."""
    reply = await here.operator.get("/v1/agencies", urlencode(terms))
    assert reply.status == 200, reply.body
    told: dict[str, Any] = reply.json()
    return told


async def test_agencies_are_found_in_lists_and_decisions(paused: Province) -> None:
    """By name without marks or by code, as of a day, a page at a time, with source and confidence."""
    await bring(paused, [*many(5), *agency(7, "Sở Tài chính", "000.00.07.H44")])
    told = await search(paused, q="so tai chinh", on="2026-11-22")
    (found,) = told["agencies"]
    assert (found["code"], found["name"], found["standing"]) == ("H44.7", "Sở Tài chính", "live")
    assert (found["source"], found["confidence"], found["also"]) == ("the list", "medium", ["000.00.07.H44"])
    assert (told["on"], told["next"]) == ("2026-11-22", None)
    assert (await search(paused, q="000.00.07.H44"))["agencies"][0]["code"] == "H44.7"
    first = await search(paused, q="H44.", limit=4)
    assert ([one["code"] for one in first["agencies"]], first["next"]) == (
        [f"H44.{n}" for n in range(4)],
        "H44.3",
    )
    rest = await search(paused, q="H44.", limit=4, after=first["next"])
    assert ([one["code"] for one in rest["agencies"]], rest["next"]) == (["H44.4", "H44.7"], None)
    assert [one["name"] for one in (await search(paused, q="phú thọ"))["agencies"]] == ["Phú Thọ", "Phú Thọ"]
    await bring(paused, [*many(5), *agency(7, "Sở Kho bạc")], 2)
    assert len((await search(paused, q="kho bac"))["agencies"]) == 1


@pytest.mark.parametrize(
    "query", ["", "q=", "q=" + "x" * 201, "q=x&limit=0", "q=x&limit=1001", "q=x&limit=-1", "q=x&on=x"]
)
async def test_a_search_that_says_nothing_is_told_what_to_mend(paused: Province, query: str) -> None:
    """Nothing to look for, or a page of no size."""
    assert (await paused.operator.get("/v1/agencies", query)).status == 422


async def test_who_may_ask(paused: Province) -> None:
    """Systems search; lists, differences and acts are for operators."""
    assert (await paused.one_stop.get("/v1/agencies", "q=x")).status == 200
    assert (await paused.nobody.get("/v1/agencies", "q=x")).status == 401
    for path in ("/v1/agencies/lists", "/v1/agencies/differences"):
        assert (await paused.one_stop.get(path)).status == 403
        assert (await paused.operator.get(path)).status == 200
    assert (await paused.one_stop.post(BELIEVE, {"run": 1})).status == 403


async def test_a_difference_is_shown_with_what_the_list_says(paused: Province) -> None:
    """A closed province that is listed, with how many are listed below it; the answer about the code says so too."""
    await bring(paused, [Fact("H28", "Tỉnh Hòa Bình", source="axis"), Fact("H28.1", "Xã", source="axis")])
    (one,) = (await paused.operator.get("/v1/agencies/differences", "on=2026-11-22")).json()["differences"]
    assert (one["code"], one["differs"], one["below"], one["standing"]) == ("H28", ["standing"], 1, "closed")
    assert one["listed"][0]["name"] == "Tỉnh Hòa Bình"
    told = (await paused.one_stop.get("/v1/agencies/H28")).json()
    assert (told["name"], told["differs"]) == ("Hòa Bình", ["standing"])
    before = (await paused.operator.get("/v1/agencies/differences", "on=2025-06-30")).json()["differences"]
    assert before == []


async def test_a_short_list_is_believed_by_a_person(paused: Province) -> None:
    """It closes nothing until the run that was looked at is named; a second time there is nothing to believe."""
    await bring(paused, many(60))
    await bring(paused, many(30), 2)
    (one,) = (await paused.operator.get("/v1/agencies/lists")).json()["lists"]
    assert (one["state"], one["missing"], one["size"], one["run"]) == ("short", 30, 60, 2)
    assert (await paused.operator.post(BELIEVE, {"run": 1})).status == 409
    assert (await paused.operator.post(BELIEVE, {"run": "x"})).status == 422
    assert (await paused.operator.post(BELIEVE, {"run": 2})).json() == {"gone": 30}
    assert (await paused.operator.post(BELIEVE, {"run": 2})).status == 409
    (one,) = (await paused.operator.get("/v1/agencies/lists")).json()["lists"]
    assert (one["state"], one["missing"], one["size"]) == ("whole", 0, 30)


async def test_a_listed_code_is_no_finding_at_the_door_and_one_that_was_dropped_is(paused: Province) -> None:
    """What a list has no more turns no dossier away."""
    rest = [claim for n in range(100, 130) for claim in agency(n)]
    await bring(paused, [Fact("H44.99", "Sở", source="axis"), *rest])
    assert (await paused.one_stop.bring(dossier("H44.99-260131-0001")))["findings"] == []
    await bring(paused, rest, 2)
    told = await paused.one_stop.bring(dossier("H44.99-260131-0002", received_at=None) | {})
    assert told["findings"] == []
    await paused.platform.gateway.journal.write(
        lambda tx: tx.run("UPDATE agency_entries SET since = '2026-01-01' WHERE listed = 0", [()])
    )
    gateway = paused.platform.gateway
    gateway.agencies = gateway.agencies.with_lists(type(gateway.agencies.lists)())
    await Lists(gateway).look()
    told = await paused.one_stop.bring(dossier("H44.99-260131-0003"))
    assert [one["code"] for one in told["findings"]] == ["agency-code-unlisted"]
