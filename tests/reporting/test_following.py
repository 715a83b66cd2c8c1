"""Reports that systems bring stand in the book too, checked, and what comes back moves them."""

from __future__ import annotations

import random

import pytest

from lgsp.adapter import Accepted
from lgsp.errors import Conflict
from lgsp.journal.contract import WrongStateError
from lgsp.journal.reports import Wanted
from lgsp.reporting.asking import UnusableError, Why
from lgsp.reporting.drawing import Typed
from lgsp.reporting.following import leads
from lgsp.routes import parse_routes
from lgsp.testing.scene import Clock
from tests.reporting.desk import AGENCY, PERIOD, WHO, Desk, received

CODE = f"06a/{AGENCY}/{PERIOD}"


async def listed(here: Desk) -> list[dict]:
    """Return the book, the oldest first."""
    return list(reversed((await here.book.listing(Wanted()))["reports"]))


async def test_a_report_that_a_system_brings_is_in_the_book_once(here: Desk) -> None:
    """However often it is told and looked at; it is sent like every message."""
    for _ in range(2):
        assert isinstance(await here.brings(received()), Accepted)
        await here.follow()
    (one,) = await listed(here)
    assert (one["code"], one["origin"], one["state"], one["source"]) == (CODE, "received", "received", "desk")
    assert (one["regime"], one["form"], one["period"]["label"]) == ("KSTT", "06a", PERIOD)
    await here.go()
    await here.follow()
    assert [one["state"] for one in await listed(here)] == ["sent"]


@pytest.mark.parametrize("status", ["signed", "draft"])
async def test_what_nobody_signed_is_not_called_signed(here: Desk, status: str) -> None:
    """A route of the signed takes the one and leaves the other; a person corrects it, and signs that."""
    route = "type: report.v1, "
    text = here.gateway.routes.text
    assert route in text
    here.gateway.routes = parse_routes(text.replace(route, f"{route}where: {{status: signed}}, "))
    await here.brings(received() | {"status": status})
    await here.follow()
    await here.go()
    await here.follow()
    (one,) = await listed(here)
    assert one["state"] == ("sent" if status == "signed" else "received")
    told = await here.book.show(one["id"])
    assert "unsent" not in {finding["code"] for finding in told["findings"]}


async def test_another_body_under_one_version_is_no_report(here: Desk) -> None:
    """It is turned away at the door, and the book keeps the first."""
    await here.brings(received())
    assert isinstance(await here.brings(received(total="13")), Conflict)
    await here.follow()
    assert len(await listed(here)) == 1


async def test_what_does_not_add_up_is_flagged_and_not_mended(here: Desk) -> None:
    """Each contradiction with its numbers; the figures stand as they came."""
    await here.brings(received(total="13", late_share="90"))
    await here.follow()
    told = await here.book.show((await listed(here))[0]["id"])
    codes = {one["code"] for one in told["findings"] if one["blocking"]}
    assert codes == {"invariant-broken", "formula-differs"}
    assert next(one["value"] for one in told["figures"] if one["indicator"] == "total") == "13"


async def test_a_report_of_a_form_that_nobody_defined_is_kept(here: Desk) -> None:
    """It says that nothing could be checked."""
    await here.brings(received(form="99z"))
    await here.follow()
    (one,) = await listed(here)
    assert (one["form"], one["form_name"]) == ("99z", "")
    assert [f["code"] for f in (await here.book.show(one["id"]))["findings"]] == ["form-unknown"]


async def test_versions_replace_each_other_in_whichever_order_they_are_looked_at(here: Desk) -> None:
    """The newest stands, the others are replaced."""
    for version in (1, 2):
        await here.brings(received(version, late=str(version), on_time=str(4 - version)))
    await here.follow()
    assert [(one["version"], one["state"]) for one in await listed(here)] == [
        (1, "replaced"),
        (2, "received"),
    ]


async def test_a_draft_makes_room_for_what_came_meanwhile(here: Desk) -> None:
    """The version that came keeps its number, and the draft says that it is the next one."""
    made = await here.draft()
    await here.brings(received())
    await here.follow()
    told = await here.book.show(made["id"])
    assert (told["version"], told["state"]) == (2, "draft")
    assert [one["code"] for one in told["findings"]] == ["received-meanwhile"]
    await here.signed(made["id"])
    await here.go()
    assert [one["version"] for one in here.portal.log] == [1, 2]


async def test_answers_that_come_before_the_report_is_in_the_book_count(here: Desk) -> None:
    """And those that come twice, or in another order, lead to the same end."""
    chance = random.Random(8)
    told = [("arrived", "2024-03-18T09:00:00+07:00"), ("accepted", "2024-03-18T10:00:00+07:00")]
    for version in range(1, 6):
        order = told * 2
        chance.shuffle(order)
        await here.brings(received(version, late=str(version), on_time="0"))
        for state, at in order:
            await here.says(CODE, state, version, at=at)
    await here.follow()
    assert [one["state"] for one in await listed(here)] == ["replaced"] * 4 + ["accepted"]


async def test_what_is_returned_says_why_and_stays_so_until_it_is_corrected(here: Desk) -> None:
    """An answer that comes too late is noted, and moves nothing."""
    made = await here.draft()
    await here.signed(made["id"])
    await here.go()
    await here.follow()
    await here.says(CODE, "returned", reason="Sai số liệu", at="2024-03-18T09:00:00+07:00")
    await here.follow()
    await here.says(CODE, "arrived", at="2024-03-18T08:00:00+07:00")
    await here.follow()
    told = await here.book.show(made["id"])
    assert (told["state"], [act["what"] for act in told["acts"]][-2:]) == (
        "returned",
        ["returned", "told arrived"],
    )
    assert told["acts"][-2]["reason"] == "Sai số liệu"


async def test_what_a_brought_report_carries_over_is_what_the_one_before_left(here: Desk) -> None:
    """The remainder of the period before is looked up in the book."""
    before = received(in_process="9", in_process_on_time="8", total="16", received="14", online="10")
    before["code"], before["period"] = "one", {"scheme": "government/1", "code": "202402"}
    await here.brings(before)
    await here.follow()
    await here.brings(received())
    await here.follow()
    told = await here.book.show((await listed(here))[-1]["id"])
    places = [one["place"] for one in told["findings"] if one["blocking"]]
    assert places == [f"{AGENCY}/{PERIOD}/carried_over"]


@pytest.mark.parametrize(
    ("before", "after", "yes"),
    [
        ("signed", "accepted", True),
        ("sent", "arrived", True),
        ("arrived", "returned", True),
        ("accepted", "arrived", False),
        ("returned", "arrived", False),
        ("replaced", "accepted", False),
        ("signed", "replaced", False),
    ],
)
def test_reports_move_forward_only(before: str, after: str, yes: bool) -> None:
    """States that nobody told of are passed over; nothing leads back."""
    assert leads(before, after) is yes


async def test_looking_through_everything_once_more_enters_nothing_twice(here: Desk, clock: Clock) -> None:
    """As it is done every minute, for what committed out of turn."""
    await here.brings(received())
    for _ in range(4):
        await here.follow()
        clock.move(61)
    assert len(await listed(here)) == 1


async def test_what_a_system_brought_is_corrected_and_not_taken_back(here: Desk) -> None:
    """Its signature is not ours; the correction begins with its figures, and people mend them."""
    await here.brings(received(total="13"))
    await here.follow()
    (one,) = await listed(here)
    with pytest.raises(WrongStateError, match="correct it"):
        await here.book.reopen(one["id"], Why(WHO, "x"))
    await here.go()
    await here.follow()
    fresh = await here.book.correct(one["id"], Why(WHO, "Cộng sai"))
    assert (fresh["version"], fresh["origin"], fresh["blocking"] > 0) == (2, "typed", True)
    mended = await here.book.type_in(fresh["id"], [Typed("total", "12")], WHO)
    assert mended["blocking"] == 0
    await here.signed(fresh["id"])
    await here.go()
    assert [(sent["version"], sent.get("reason")) for sent in here.portal.log] == [(1, None), (2, "Cộng sai")]


async def test_what_is_not_counted_is_not_compared_with_now(here: Desk) -> None:
    """Versions of it are compared with each other."""
    for version in (1, 2):
        body = received(version, "votes") | {"figures": [{"indicator": "voted", "value": f"{version}0"}]}
        await here.brings(body)
    await here.follow()
    first, second = await listed(here)
    with pytest.raises(UnusableError, match=r"^with: "):
        await here.book.compare(first["id"], None)
    told = await here.book.compare(second["id"], first["id"])
    assert [(one["then"], one["now"]) for one in told["changes"]] == [("10", "20")]
