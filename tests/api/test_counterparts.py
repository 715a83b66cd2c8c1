"""One counterpart over HTTP: what is told of it, whom an order touches, and asking whether it is there."""

from __future__ import annotations

from tests.api.province import PORTAL, Province, dossier

ONE = f"/v1/systems/{PORTAL}"


async def test_one_system_is_told_whole(paused: Province) -> None:
    """Standing with who and why, what waits and how, routes, limits, and which secrets are there."""
    await paused.one_stop.bring(dossier())
    await paused.operator.post(f"{ONE}/resume", query="reason=over")
    await paused.operator.post(f"{ONE}/pause", query="reason=they+move+house")
    told = (await paused.operator.get(ONE)).json()
    assert (told["standing"], told["who"], told["collects"]) == ("paused", "operator", False)
    assert told["asking"] is None, "it answers no questions"
    newest = told["history"][0]
    assert (newest["what"], newest["who"], newest["cause"]) == ("paused", "operator", "they move house")
    routes = [one["name"] for one in told["routes"]["in"]]
    assert routes == ["dossiers", "progress", "questions", "answers", "satisfaction"]
    assert told["limits"]["concurrency"] == 128
    assert told["credentials"] == [
        {"name": "password", "source": "env LGSP_PORTAL_PASSWORD", "state": "default"}
    ]
    assert len(told["beats"]) == 36


async def test_whom_an_order_touches_is_told_before_it(paused: Province) -> None:
    """Agencies with how much of each, the nearest deadline, and how many are late."""
    await paused.one_stop.bring(dossier("H44.11-260131-0001", due_at="2046-12-01T17:00:00+07:00"))
    await paused.one_stop.bring(dossier("H44.11-260131-0002", due_at="2020-12-01T17:00:00+07:00"))
    told = (await paused.operator.get(f"{ONE}/effect")).json()
    assert (told["open"], told["more"], told["late"]) == (2, False, 1)
    assert told["agencies"] == [{"code": "H44.11", "count": 2}]
    assert told["deadline"] == "2046-12-01T17:00:00.000+07:00"
    assert told["sources"] == ["one-stop"]


async def test_a_check_is_answered_and_written_down(here: Province) -> None:
    """The stand-in answers: the finding is returned, kept as the last one, and stands in the history."""
    told = (await here.operator.post(f"{ONE}/check")).json()
    assert [(one["part"], one["grade"]) for one in told["checks"]] == [("system", "well")]
    seen = (await here.operator.get(ONE)).json()
    assert (seen["checked"]["who"], seen["checked"]["checks"]) == ("operator", told["checks"])
    assert [one["what"] for one in seen["history"]][:1] == ["system checked"]


async def test_it_is_for_operators_alone(paused: Province) -> None:
    """A system's own token opens none of it, and what is not there is not found."""
    for reply in (
        await paused.far.get(ONE),
        await paused.far.get(f"{ONE}/effect"),
        await paused.far.post(f"{ONE}/check"),
    ):
        assert reply.status == 403
    assert (await paused.operator.get("/v1/systems/nobody")).status == 404
    assert (await paused.operator.post("/v1/systems/nobody/check")).status == 404
