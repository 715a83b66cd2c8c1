"""Filters of messages in an address: days and times, states, and what is typed into one box."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from lgsp.api.problems import ApiError
from lgsp.api.seeking import moment, named
from tests.api.province import BRING, Province, dossier, dossiers


def micros(text: str) -> int:
    """Return a time as the journal has it."""
    return int(datetime.fromisoformat(text).timestamp() * 1_000_000)


@pytest.mark.parametrize(
    ("text", "first", "behind"),
    [
        ("2026-01-31", "2026-01-31T00:00:00+07:00", "2026-02-01T00:00:00+07:00"),
        ("2026-01-31T08:30", "2026-01-31T08:30:00+07:00", "2026-01-31T08:31:00+07:00"),
        ("2026-01-31T08:30:15", "2026-01-31T08:30:15+07:00", "2026-01-31T08:30:15+07:00"),
        ("2026-01-31T01:30:00+00:00", "2026-01-31T08:30:00+07:00", "2026-01-31T08:30:00+07:00"),
    ],
)
def test_a_day_and_a_minute_belong_to_a_filter_whole(text: str, first: str, behind: str) -> None:
    """From the beginning of a day of Viet Nam, to its end."""
    assert moment("from", text) == micros(first)
    assert moment("to", text, ends=True) == micros(behind)


@pytest.mark.parametrize("text", ["gestern", "2026-02-30", "9999-12-31", "31/01/2026"])
def test_what_is_no_time_is_told_with_its_name(text: str) -> None:
    """The answer names the filter and how a time is written."""
    with pytest.raises(ApiError, match="to is a day"):
        moment("to", text, ends=True)


def test_states_are_named_alone_or_together() -> None:
    """With spaces or underscores, several with commas; groups and the unrouted by their own words."""
    assert named("put_off, held,dead,,unrouted") == {"put off", "held", "dead", "unrouted"}
    assert named("") == set()
    with pytest.raises(ApiError, match="dead, open or unrouted"):
        named("ready,lost")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("q=H44.11", 4),
        ("q=000.00.11.H44-260131-0002", 1),
        ("q=B%E1%BB%99%20T%C6%B0%20ph%C3%A1p", 0),
        ("agency=H44.12,H44.11&alone=1", 4),
        ("agency=H44&alone=1", 0),
        ("state=open", 4),
        ("state=open&q=H44.12", 0),
        ("from=2020-01-01&to=2020-12-31", 0),
        ("finding=any", 0),
        ("cause=nothing", 0),
    ],
)
async def test_the_api_searches_by_the_same_words(paused: Province, query: str, count: int) -> None:
    """Each filter of the console is one of the API."""
    await paused.one_stop.bring(dossiers(4))
    found: dict[str, Any] = (await paused.operator.get("/v1/messages", query)).json()
    assert (len(found["messages"]), found["next"], found["reached"]) == (count, None, None)


async def test_what_was_turned_away_is_found_by_its_code(paused: Province) -> None:
    """In the form in which it was written, whichever form is asked for."""
    await paused.one_stop.post(BRING, dossier("H44.11-260131-0009", received_at="hôm qua"))
    for code in ("H44.11-260131-0009", "000.00.11.H44-260131-0009"):
        assert len((await paused.operator.get("/v1/quarantine", f"code={code}")).json()["quarantine"]) == 1
    assert (await paused.operator.get("/v1/quarantine", "code=H44.11-260131-0008")).json()["quarantine"] == []


async def test_a_system_finds_its_own_alone(paused: Province) -> None:
    """Whatever it asks for, it sees what it brought."""
    await paused.one_stop.bring(dossiers(2))
    assert len((await paused.one_stop.get("/v1/messages", "q=H44.11&source=dms")).json()["messages"]) == 2
    assert (await paused.far.get("/v1/messages", "q=H44.11&source=one-stop")).json()["messages"] == []
