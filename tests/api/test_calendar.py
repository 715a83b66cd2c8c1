"""The calendar and any code over HTTP: as the commands and the console say it."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.api.province import Province


async def test_a_year_is_told_with_its_notices(paused: Province) -> None:
    """Anybody with a credential may ask; what a newer notice changed is named."""
    told = (await paused.one_stop.get("/v1/calendar", "year=2026&agency=H44")).json()
    assert (told["notified"], told["confidence"], told["agency"]) == (True, "high", "H44")
    assert [one["was"] for one in told["changed"] if one["day"] == "2026-01-10"] == ["weekend"]
    assert (await paused.operator.get("/v1/calendar", "year=2031")).json()["notified"] is False
    assert (await paused.operator.get("/v1/calendar")).status == 200
    assert (await paused.nobody.get("/v1/calendar")).status == 401
    for query in ("year=x", "year=1", "agency=%3F"):
        assert (await paused.operator.get("/v1/calendar", query)).status == 422


async def test_a_due_date_is_told_with_its_way(paused: Province) -> None:
    """Days that count add up to the term; a pause says what it moved."""
    asked = [("received", "2026-01-08"), ("term", "3"), ("pause", "2026-01-09T08:00..2026-01-09T18:00")]
    told = (await paused.operator.get("/v1/calendar/due", urlencode(asked))).json()
    assert (told["due"], sum(one["counted"] for one in told["days"])) == ("2026-01-13", 3)
    assert [one["why"] for one in told["days"]][:3] == ["receipt", "paused", "counted"]
    (pause,) = told["pauses"]
    assert (pause["due_before"], pause["due_after"], pause["moved"]) == ("2026-01-12", "2026-01-13", True)
    unknown = (await paused.operator.get("/v1/calendar/due", "received=2026-12-28&term=9")).json()
    assert (unknown["due"], unknown["unknown"]["year"]) == (None, 2027)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("term=2", "received"),
        ("received=2026-01-08", "term"),
        ("received=2026-01-08&term=2&extend=2h", "extend"),
        ("received=2026-01-08&term=2&rule=mine", "rule"),
        ("received=2026-01-08&term=2&pause=2026-01-09", "pause"),
        ("received=0001-01-08&term=2", "received"),
    ],
)
async def test_a_question_that_cannot_be_read_is_named(paused: Province, query: str, named: str) -> None:
    """The detail begins with the name of the field."""
    reply = await paused.operator.get("/v1/calendar/due", query)
    assert (reply.status, reply.json()["detail"].split()[0]) == (422, named)


async def test_agencies_of_their_own_hours_and_rules_are_listed(paused: Province) -> None:
    """The packed home has no lines; the rules come with the product."""
    told = (await paused.one_stop.get("/v1/calendar/agencies")).json()
    assert (told["agencies"], told["rules"][0]["name"], told["calendar_faults"]) == ([], "standard", [])


async def test_a_code_is_read_over_http(paused: Province) -> None:
    """A dossier's agency is told as of the day in the code."""
    told = (await paused.one_stop.get("/v1/codes", "code=000.00.11.H28-250131-0001")).json()
    (one,) = told["readings"]
    assert (one["kind"], one["normal"], one["day"]) == ("dossier", "H28.11-250131-0001", "2025-01-31")
    assert (one["agency"]["on"], one["agency"]["standing"]) == ("2025-01-31", "live")
    (one,) = (await paused.operator.get("/v1/codes", "code=1.003560")).json()["readings"]
    assert (one["kind"], one["procedure"]) == ("procedure", None)
    for query in ("", "code=" + "x" * 201, "code=H44&on=x"):
        assert (await paused.operator.get("/v1/codes", query)).status == 422
    assert (await paused.nobody.get("/v1/codes", "code=H44")).status == 401


async def test_everything_about_an_agency_is_told(paused: Province) -> None:
    """Claims with who added them, and the systems that serve it."""
    content = {"code": "H44.99", "name": "Sở Mới", "source": "QĐ 1", "confidence": "high"}
    said = {"kind": "fact", "content": content, "note": "why"}
    number = (await paused.operator.post("/v1/agencies/facts", said)).json()["id"]
    told = (await paused.one_stop.get("/v1/agencies/about/H44.99")).json()
    assert (told["name"], told["served_by"]) == ("Sở Mới", ["one-stop"])
    (fact,) = told["facts"]
    assert (fact["id"], fact["origin"], fact["added_by"], fact["note"]) == (
        number,
        "added",
        "operator",
        "why",
    )
    (newest,) = (await paused.operator.get("/v1/agencies/facts", "before=0&limit=1")).json()["facts"]
    assert newest["id"] == number
    assert (await paused.operator.get("/v1/agencies/facts", "before=x")).status == 422
    assert (await paused.nobody.get("/v1/agencies/about/H44")).status == 401


async def test_a_subtree_is_listed(paused: Province) -> None:
    """All that is known below a code, or what of it matches the words."""
    for n, name in enumerate(("Sở Một", "Sở Hai"), 97):
        content = {"code": f"H44.{n}", "name": name, "source": "QĐ 1", "confidence": "high"}
        await paused.operator.post("/v1/agencies/facts", {"kind": "fact", "content": content})
    told = (await paused.operator.get("/v1/agencies", "under=000.00.00.H44")).json()
    assert [one["code"] for one in told["agencies"]] == ["H44", "H44.97", "H44.98"]
    told = (await paused.operator.get("/v1/agencies", "under=H44&q=hai")).json()
    assert [one["code"] for one in told["agencies"]] == ["H44.98"]
    assert (await paused.operator.get("/v1/agencies", "under=H37&q=hai")).json()["agencies"] == []
