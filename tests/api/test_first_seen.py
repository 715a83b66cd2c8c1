"""What was first told of a dossier stays; every change since is a trail, and odd ones are findings."""

from __future__ import annotations

from typing import Any

from tests.api.province import BRING, ONE_STOP, Province, dossier

CODE = "H44.11-260131-0001"
DUE, LATER = "2026-02-06T17:00:00+07:00", "2036-02-06T17:00:00+07:00"


async def tell(here: Province, **said: Any) -> list[tuple[str, str]]:
    """Bring a state of the dossier; return the findings of its receipt."""
    reply = await here.one_stop.post(BRING, dossier(CODE, **said))
    assert reply.status == 202, reply.text
    return [(one["code"], one["place"]) for one in reply.json()["findings"]]


async def test_a_promise_that_is_set_anew_after_it_has_passed_is_seen(paused: Province) -> None:
    """The due date lay in the past when it was changed: the dossier is taken on, and the finding says so."""
    assert await tell(paused, status="processing", due_at=DUE) == []
    assert await tell(paused, status="processing", due_at=LATER) == [
        ("due-date-edited-late", "/due_at"),
        ("reset", "/due_at"),
    ]


async def test_what_was_first_said_and_each_change_are_kept(paused: Province) -> None:
    """Values, moments and messages: first ones never change, and the trail is in the order of telling."""
    await tell(paused, status="processing", due_at=DUE)
    await tell(paused, status="processing", due_at=LATER)
    await tell(paused, status="finished", due_at=LATER, finished_at="2026-02-05T09:00:00+07:00")
    told = (await paused.operator.get("/v1/first-seen", f"code={CODE}")).json()
    assert told == (await paused.one_stop.get("/v1/first-seen", "code=000.00.11.H44-260131-0001")).json()
    trail = told["types"]["dossier.v1"]
    assert trail["first"]["/due_at"]["value"] == DUE
    assert trail["first"]["/finished_at"]["source"] == ONE_STOP
    changes = [(edit["field"], edit["old"], edit["new"]) for edit in trail["edits"]]
    assert changes == [
        ("/due_at", DUE, LATER),
        ("/finished_at", None, "2026-02-05T09:00:00+07:00"),
        ("/status", "processing", "finished"),
    ]
    assert trail["edits"][0]["message"] != trail["first"]["/due_at"]["message"]


async def test_a_return_to_open_after_the_end_is_seen(paused: Province) -> None:
    """A finished dossier that is told as in process again was set anew."""
    await tell(paused, status="finished", due_at=LATER, finished_at="2026-02-05T09:00:00+07:00")
    found = await tell(paused, status="processing", due_at=LATER)
    assert ("reset", "/status") in found


async def test_a_code_must_be_given(paused: Province) -> None:
    """Asking about nothing is a mistake of whoever asks."""
    assert (await paused.operator.get("/v1/first-seen")).status == 422


async def test_strangers_are_told_nothing(paused: Province) -> None:
    """Dates of dossiers are for their source and for operators."""
    assert (await paused.nobody.get("/v1/first-seen", f"code={CODE}")).status == 401
