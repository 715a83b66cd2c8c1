"""Dossier statistics over HTTP: the table of a period, the dossiers behind a figure, and who may ask."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

import pytest

from lgsp.journal import statistics_keeping
from tests.api.province import CODE, Province, dossier

JANUARY = {"period": "calendar/1:202601", "agency": "H44"}
DUE = "2026-02-10T17:00:00+07:00"


async def counted(here: Province) -> None:
    """Wait until everything that was accepted by now is counted."""
    journal = here.platform.gateway.journal
    now = await journal.write(lambda tx: tx.now)
    async with asyncio.timeout(20):
        while await journal.read(statistics_keeping.behind) < now:  # noqa: ASYNC110 - it stands in the journal
            await asyncio.sleep(0.05)


async def get(here: Province, path: str = "", **asked: Any) -> dict[str, Any]:
    """Ask for a table, or for what is behind a figure."""
    reply = await here.operator.get(f"/v1/statistics{path}", urlencode(JANUARY | asked))
    assert reply.status == 200, reply.body
    told: dict[str, Any] = reply.json()
    return told


async def test_a_table_says_what_it_is_of_and_how_it_was_counted(paused: Province) -> None:
    """The period by its days, the way to count with its source, as of when, and each body's figures."""
    await paused.one_stop.bring(dossier(channel="online", due_at=DUE))
    await counted(paused)
    told = await get(paused)
    assert told["of"]["period"] == {
        "label": "calendar/1:202601", "first": "2026-01-01", "last": "2026-01-31",
        "vi": "Tháng 1/2026 (01/01/2026 – 31/01/2026)", "en": "Month 1 of 2026 (01/01/2026 – 31/01/2026)",
    }  # fmt: skip
    assert (told["of"]["on"], told["of"]["known"], told["of"]["merged"]) == ("2026-01-31", None, True)
    assert (told["definition"]["definition"], told["definition"]["rule"]) == (
        "standard/1",
        "recommended/2026-01",
    )
    assert told["until"] == "2026-02-01T00:00:00+07:00"
    assert told["as_of"] is not None
    (row,) = told["rows"]
    assert (row["code"], row["counts"]) == ("H44.11", told["total"])
    assert (told["total"]["received"], told["total"]["online"], told["total"]["in_process"]) == (1, 1, 1)


async def test_what_was_told_after_the_cut_off_is_not_in_the_closed_figures(paused: Province) -> None:
    """As known at the cut-off of January 2026, which is long past, nothing had been told."""
    await paused.one_stop.bring(dossier(channel="online", due_at=DUE))
    await counted(paused)
    closed, then = await get(paused, known="cut-off"), await get(paused, known="2026-02-05T08:00")
    assert (closed["rows"], closed["total"]["received"]) == ([], 0)
    assert closed["of"]["known"] == "2026-02-01T00:00:00+07:00"
    assert (then["of"]["known"], then["total"]["received"]) == ("2026-02-05T08:00:00+07:00", 0)


async def test_a_figure_leads_to_its_dossiers(paused: Province) -> None:
    """A page at a time, with where to go on."""
    await paused.one_stop.bring(dossier(channel="online", due_at=DUE))
    await paused.one_stop.bring(dossier("H44.11-260131-0002", channel="post"))
    await counted(paused)
    assert await get(paused, "/dossiers", code="H44.11", column="received") == {
        "dossiers": [CODE],
        "next": None,
    }
    first = await get(paused, "/dossiers", column="received", definition="form-06a/1", limit=1)
    assert first == {"dossiers": [CODE], "next": CODE}
    assert await get(paused, "/dossiers", column="no_due") == {
        "dossiers": ["H44.11-260131-0002"],
        "next": None,
    }


async def test_the_ways_to_count_are_listed(paused: Province) -> None:
    """In both languages, each with its source."""
    told = await get(paused, "/definitions")
    assert [one["definition"] for one in told["definitions"]] == [
        "standard/1", "withdrawn-solved/1", "form-06a/1", "opencps/1",
    ]  # fmt: skip
    assert all(one["vi"] and one["en"] and one["source"] for one in told["definitions"])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("period=202601", "period"), ("period=", "period"), ("period=calendar/1:203001", "period"),
        ("by=day", "by"), ("agency=nobody", "agency"), ("definition=x", "definition"), ("known=soon", "known"),
        ("merged=perhaps", "merged"), ("on=2026-13-01", "on"),
    ],
)  # fmt: skip
async def test_what_cannot_be_counted_names_the_field(paused: Province, query: str, field: str) -> None:
    """And says how it is written."""
    name, _, value = query.partition("=")
    reply = await paused.operator.get("/v1/statistics", urlencode(JANUARY | {name: value}))
    assert (reply.status, reply.json()["detail"].partition(":")[0]) == (422, field)


@pytest.mark.parametrize("query", ["column=x", "column=late&limit=0", "column=late&limit=1001"])
async def test_a_page_that_cannot_be_given_is_refused(paused: Province, query: str) -> None:
    """A column that is none, or a limit out of bounds."""
    reply = await paused.operator.get("/v1/statistics/dossiers", f"{urlencode(JANUARY)}&{query}")
    assert reply.status == 422


async def test_only_an_operator_may_ask(paused: Province) -> None:
    """A system is told that it is none; nobody at all is not admitted."""
    for path in ("", "/definitions", "/dossiers"):
        assert (await paused.one_stop.get(f"/v1/statistics{path}", urlencode(JANUARY))).status == 403
        assert (await paused.nobody.get(f"/v1/statistics{path}", urlencode(JANUARY))).status == 401
