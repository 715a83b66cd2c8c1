"""The scoring preview over HTTP: figures of a period, the dossiers that cost points, and who may ask."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

import pytest

from lgsp.api import scores as endpoint
from lgsp.domain.agencies.facts import claim_of
from lgsp.journal import agencies, dossiers
from lgsp.learning import learn_facts
from lgsp.scoring import Counts, Scoring
from tests.api.province import CODE, PORTAL, Province, dossier
from tests.api.province import dossiers as many

JANUARY = {"month": "2026-01"}
EARLIER = "H62.3-260131-0001"


async def registered(here: Province) -> None:
    """Wait until the register holds what was accepted by now."""
    journal = here.platform.gateway.journal
    now = await journal.write(lambda tx: tx.now)
    async with asyncio.timeout(20):
        while await journal.read(dossiers.behind) < now:  # noqa: ASYNC110 - it stands in the journal
            await asyncio.sleep(0.05)


async def figures(here: Province, **asked: Any) -> dict[str, Any]:
    """Ask for figures and return them by measure; `told` is the whole answer."""
    reply = await here.operator.get("/v1/scores", urlencode(JANUARY | asked))
    assert reply.status == 200, reply.body
    told: dict[str, Any] = reply.json()
    return {"told": told} | {one["measure"]: one for one in told["measures"]}


async def costing(here: Province, measure: str, **asked: Any) -> dict[str, Any]:
    """Ask for the dossiers that cost a measure points."""
    reply = await here.operator.get(f"/v1/scores/{measure}/dossiers", urlencode(JANUARY | asked))
    assert reply.status == 200, reply.body
    told: dict[str, Any] = reply.json()
    return told


async def test_what_the_portal_holds_is_counted_as_synchronised(here: Province) -> None:
    """One dossier arrives: the measure is full, and says by which rule, version and source."""
    await here.one_stop.bring(dossier())
    await here.rest("delivered")
    await registered(here)
    found = await figures(here)
    sync = found["1.4"]
    assert (sync["numerator"], sync["denominator"], sync["points"]) == (1, 1, 6.0)
    assert (sync["version"], sync["confidence"]) == ("2026-1", "high")
    assert sync["rule"]["vi"].startswith("Hồ sơ có ngày tiếp nhận")
    assert found["told"]["of"] == {
        "from": "2026-01-01", "to": "2026-01-31", "agency": "", "also": [], "procedure": "", "system": PORTAL,
    }  # fmt: skip
    assert found["told"]["as_of"] is not None
    assert await costing(here, "1.4") == {"dossiers": [], "next": None}


async def test_what_costs_points_is_listed_with_its_reason(paused: Province) -> None:
    """Each dossier once, a page at a time, in both languages, with where its delivery stands."""
    for one in many(5):
        await paused.one_stop.bring(one)
    await registered(paused)
    assert (await figures(paused))["1.4"]["lost"][0]["count"] == 5
    seen: list[Any] = []
    after: str | None = ""
    while after is not None:
        page = await costing(paused, "1.4", after=after, limit=2)
        assert len(page["dossiers"]) <= 2
        seen += page["dossiers"]
        after = page["next"]
    assert [one["code"] for one in seen] == [one["data"]["code"] for one in many(5)]
    assert {one["reason"] for one in seen} == {"not-there"}
    assert {one["delivery"] for one in seen} == {"ready"}
    assert seen[0]["vi"].startswith("Cổng DVCQG chưa nhận được")
    assert (seen[0]["status"], seen[0]["received_at"]) == ("received", "2026-01-31T08:30:00+07:00")


async def test_an_agency_is_counted_with_what_became_part_of_it(paused: Province) -> None:
    """Vĩnh Phúc (H62) went to Phú Thọ (H44) on 1 July 2025: its dossiers count there, and nowhere else."""
    await paused.one_stop.bring(dossier())
    await paused.one_stop.bring(dossier(EARLIER, received_at="2025-01-31T08:30:00+07:00"))
    await registered(paused)
    whole = {"month": "", "year": "2025"}
    assert (await figures(paused, agency="H44", **whole))["1.4"]["denominator"] == 1
    assert "H62" in (await figures(paused, agency="H44"))["told"]["of"]["also"]
    assert (await figures(paused, agency="H44.11"))["1.4"]["denominator"] == 1
    assert (await figures(paused, agency="H44.12"))["1.4"]["denominator"] == 0
    assert (await figures(paused, procedure="1.003897"))["1.4"]["denominator"] == 1
    assert (await figures(paused, procedure="1.0"))["1.4"]["denominator"] == 0


async def test_a_fact_that_is_added_counts_at_once(paused: Province) -> None:
    """A body that is told to have gone to another agency is counted there."""
    await paused.one_stop.bring(dossier())
    await registered(paused)
    content = {
        "predecessor": "H44.11", "successor": "H44.12", "share": "whole", "effective": "2026-02-01",
        "act": "a decision", "source": "a test", "confidence": "high",
    }  # fmt: skip
    claim = claim_of("succession", content)
    gateway = paused.platform.gateway
    await gateway.journal.write(lambda tx: agencies.add(tx, [claim], "admin"))
    await learn_facts(gateway)
    assert (await figures(paused, agency="H44.12"))["told"]["of"]["also"] == ["H44.11"]


@pytest.mark.parametrize(
    "query",
    ["month=2026-13", "month=2026-01&year=2026", "from=x", "to=2026-01-01", "agency=nobody", "quarter=5"],
)
async def test_what_cannot_be_counted_names_the_field(paused: Province, query: str) -> None:
    """A period that is none, or an agency that has no such code."""
    for path in ("/v1/scores", "/v1/scores/1.4/dossiers"):
        reply = await paused.operator.get(path, query)
        assert reply.status == 422
        assert query.partition("=")[0] in reply.json()["detail"]


async def test_what_is_not_there_is_said_to_be_missing(paused: Province) -> None:
    """A measure that no dossier binds, a system that is none; and a page has a bound."""
    assert (await paused.operator.get("/v1/scores/1.1/dossiers")).status == 404
    assert (await paused.operator.get("/v1/scores", "system=nobody")).status == 404
    for limit in ("0", "1001", "x"):
        assert (await paused.operator.get("/v1/scores/1.4/dossiers", f"limit={limit}")).status == 422


async def test_only_operators_see_scores(paused: Province) -> None:
    """A system does not learn how its province is scored; a stranger learns nothing."""
    for path in ("/v1/scores", "/v1/scores/1.4/dossiers"):
        assert (await paused.one_stop.get(path)).status == 403
        assert (await paused.nobody.get(path)).status == 401


async def test_whoever_asks_while_it_is_counted_is_told_how_far_it_is(
    paused: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The count goes on, is joined by the next request for the same, and its figures are kept for a while."""
    began, go_on = 0, asyncio.Event()
    counting = Scoring.figures

    async def slowly(self: Scoring) -> dict[str, Any]:
        nonlocal began
        began += 1
        await go_on.wait()
        return await counting(self)

    monkeypatch.setattr(Scoring, "figures", slowly)
    monkeypatch.setattr(endpoint, "PATIENCE", 0.01)
    await paused.one_stop.bring(dossier(CODE))
    await registered(paused)
    reply = await paused.operator.get("/v1/scores", urlencode(JANUARY))
    assert (reply.status, reply.json()["state"]) == (202, "counting")
    go_on.set()
    monkeypatch.setattr(endpoint, "PATIENCE", 10.0)
    assert (await figures(paused))["told"]["state"] == "counted"
    assert (await figures(paused))["1.4"]["denominator"] == 1
    assert began == 1


async def test_figures_that_are_old_are_counted_anew(paused: Province) -> None:
    """Nobody is shown yesterday's for today's; a count that fails is tried again."""
    journal = paused.platform.gateway.journal
    asked = endpoint.Asked(endpoint.read_period(endpoint.datetime.now().date()), PORTAL)
    counts = Counts(fresh=0.0)
    first = await counts.get(journal, asked, 10.0)
    await paused.one_stop.bring(dossier(received_at=endpoint.datetime.now().astimezone().isoformat()))
    await registered(paused)
    second = await counts.get(journal, asked, 10.0)
    assert [one["measures"][0]["denominator"] for one in (first, second)] == [0, 1]
    broken = asked._replace(agency="nobody")
    for _ in range(2):
        with pytest.raises(ValueError, match="agency code"):
            await counts.get(journal, broken, 10.0)
