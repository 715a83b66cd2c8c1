"""Drawing up and signing off: counted at the cut-off, fixed by the signature, sent once, followed to its end."""

from __future__ import annotations

import asyncio

import pytest

from lgsp.domain.reports.periods import read_label
from lgsp.errors import Refused
from lgsp.journal import reports
from lgsp.journal.contract import JournalError, WrongStateError
from lgsp.reporting.asking import ContradictoryError, Order, Signature, UnusableError
from lgsp.reporting.drawing import Typed
from lgsp.testing.making import SYSTEM
from lgsp.testing.scene import Clock
from tests.reporting.desk import AGENCY, CUT_OFF, DAY, PERIOD, UNIT, WHO, Desk, Figures


def value(report: dict, indicator: str, agency: str | None = None) -> str | None:
    """Return a figure's value."""
    return next(
        one.get("value")
        for one in report["figures"]
        if one["indicator"] == indicator and one.get("agency") == agency
    )


async def test_a_draft_has_what_was_known_at_the_cut_off(here: Desk, figures: Figures) -> None:
    """What became known later stands in no figure, and shares are computed, never typed."""
    figures.now["received"] = 11
    made = await here.draft()
    assert (made["state"], made["state_vi"], made["version"]) == ("draft", "Đang lập", 1)
    assert made["code"] == f"06a/{AGENCY}/{PERIOD}"
    assert figures.asked[0].known_at == CUT_OFF
    assert (figures.asked[0].by, figures.asked[0].definition) == ("agency", "form-06a/1")
    assert value(made, "received") == "10"
    assert value(made, "in_time_share") == "85.71"
    assert [one["indicator"] for one in made["figures"]][:3] == ["received", "online", "direct"]
    assert (made["opens_on"], made["due_on"], made["late"]) == ("2024-03-15", "2024-03-18", False)
    assert (made["findings"], made["origin"], made["blocking"]) == ([], "counted", 0)


async def test_units_have_their_own_rows(here: Desk, figures: Figures) -> None:
    """Each is checked like the whole, and its contradictions name it."""
    other = figures.then | {"received": 9}
    figures.units = {AGENCY: figures.then, UNIT: other}
    made = await here.draft()
    assert (value(made, "received"), value(made, "received", UNIT)) == ("10", "9")
    broken = {one["place"] for one in made["findings"] if one["blocking"]}
    assert broken == {f"{UNIT}/{PERIOD}/received", f"{UNIT}/{PERIOD}/total"}


async def test_what_cannot_be_drawn_up_is_told_by_its_field(here: Desk) -> None:
    """Regime, form, agency and period, each with its mend."""
    for said, field in (
        (Order("none", "06a", AGENCY, read_label(PERIOD)), "regime"),
        (Order("KSTT", "votes", AGENCY, read_label(PERIOD)), "form"),
        (Order("KSTT", "06a", "?", read_label(PERIOD)), "agency"),
        (Order("KSTT", "06a", AGENCY, read_label("calendar/1:202403")), "period"),
        (Order("votes", "votes", AGENCY, read_label("calendar/1:2024-6M")), "period"),
    ):
        with pytest.raises(UnusableError, match=f"^{field}: "):
            await here.book.draft(said, WHO)


async def test_asked_again_the_draft_is_counted_anew_and_what_was_typed_stays(
    here: Desk, figures: Figures
) -> None:
    """There is one draft, and equal figures leave no trace."""
    first = await here.draft()
    await here.book.type_in(first["id"], [Typed("withdrawn", "1")], WHO)
    again = await here.draft()
    assert (again["id"], len(again["acts"])) == (first["id"], 2)
    figures.then |= {"received": 11, "online": 7, "total": 13, "in_process": 6, "in_process_on_time": 5}
    anew = await here.draft()
    assert (anew["id"], value(anew, "received"), value(anew, "withdrawn")) == (first["id"], "11", "1")
    assert [act["what"] for act in anew["acts"]] == ["drawn up", "typed in", "counted anew"]


async def test_a_signed_report_goes_like_every_message(here: Desk) -> None:
    """Routed, sent, and followed: signed, sent, arrived, accepted."""
    made = await here.draft()
    signed = await here.signed(made["id"])
    assert (signed["state"], signed["message"] is not None) == ("signed", True)
    assert await here.go() == 1
    await here.follow()
    told = await here.book.show(made["id"])
    assert (told["state"], told["delivery"]) == (
        "sent",
        {"system": SYSTEM, "state": "delivered", "cause": ""},
    )
    assert (told["late"], told["standing"]) == (False, "in-time")
    (data,) = here.portal.log
    assert (data["code"], data["version"], data["status"]) == (made["code"], 1, "signed")
    assert data["known_at"] == "2024-03-15T00:00:00+07:00"
    assert "agreed" not in data.get("extra", {})
    for state in ("arrived", "accepted"):
        await here.says(made["code"], state, at="2024-03-18T09:30:00+07:00")
        await here.follow()
        assert (await here.book.show(made["id"]))["state"] == state


async def test_signing_twice_with_one_token_is_signing_once(here: Desk) -> None:
    """However often and how closely together it is asked, one message goes; another token is told no."""
    made = await here.draft()
    both = await asyncio.gather(*(here.signed(made["id"]) for _ in range(3)))
    assert len({one["message"] for one in both}) == 1
    await here.go()
    assert len(here.portal.log) == 1
    with pytest.raises(WrongStateError):
        await here.signed(made["id"], "another")


async def test_what_contradicts_itself_is_not_signed_without_a_word(here: Desk, figures: Figures) -> None:
    """The word, who said it, and the contradictions go with the report and stand in the journal."""
    figures.then["received"] = 11
    made = await here.draft()
    with pytest.raises(ContradictoryError) as fault:
        await here.signed(made["id"], agreed=" ")
    assert {one["code"] for one in fault.value.findings} == {"invariant-broken"}
    assert (await here.book.show(made["id"]))["state"] == "draft"
    signed = await here.signed(made["id"], agreed="Số liệu của hệ thống cũ")
    await here.go()
    (data,) = here.portal.log
    assert data["extra"]["agreed"]["reason"] == "Số liệu của hệ thống cũ"
    assert {one["code"] for one in data["extra"]["agreed"]["findings"]} == {"invariant-broken"}
    assert signed["agreed"]["who"] == WHO
    (message,) = here.portal.messages
    assert message.revision == 1


async def test_a_period_that_runs_is_not_signed(here: Desk, figures: Figures, clock: Clock) -> None:
    """Its figures cannot be whole, also once it has ended: they have to be counted anew."""
    clock.now = CUT_OFF - DAY * 1_000_000
    figures.as_of = clock.now
    made = await here.draft()
    assert [one["code"] for one in made["findings"]] == ["period-open"]
    assert "14/03/2024" in made["findings"][0]["vi"]
    with pytest.raises(ContradictoryError):
        await here.signed(made["id"])
    clock.move(2 * DAY)
    with pytest.raises(ContradictoryError):
        await here.signed(made["id"])
    figures.as_of = CUT_OFF
    assert (await here.draft())["known_at"] == "2024-03-15T00:00:00.000+07:00"
    assert (await here.signed(made["id"]))["state"] == "signed"


@pytest.mark.parametrize(
    ("as_of", "odd"),
    [(CUT_OFF - 1, "counting-behind"), (0, "counting-not-begun")],
    ids=["behind", "not-begun"],
)
async def test_what_is_counted_only_in_part_is_not_signed(
    here: Desk, figures: Figures, as_of: int, odd: str
) -> None:
    """Statistics that lag behind the cut-off, or were never counted, are said to; later it is signed."""
    figures.as_of = as_of
    made = await here.draft()
    assert [one["code"] for one in made["findings"]] == [odd]
    with pytest.raises(ContradictoryError):
        await here.signed(made["id"])
    figures.as_of = CUT_OFF
    assert (await here.draft())["findings"] == []


async def test_a_process_that_ends_between_the_word_and_the_message_loses_nothing(
    here: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The book brings it in when it looks again; nobody has to sign anew, and it goes once."""
    made = await here.draft()

    async def dies(*_: object) -> None:
        raise JournalError("accepting: gone")

    with monkeypatch.context() as broken:
        broken.setattr(here.gateway, "accept", dies)
        with pytest.raises(JournalError):
            await here.signed(made["id"])
    assert (await here.report(made["id"])).sending == reports.TO_TAKE_ON
    await here.follow()
    assert (await here.report(made["id"])).sending == reports.TO_TAKE_ON
    clock.move(11)
    await here.follow()
    assert (await here.signed(made["id"]))["message"] is not None
    await here.go()
    assert len(here.portal.log) == 1


async def test_a_message_that_was_taken_on_unnoticed_is_known(here: Desk, clock: Clock) -> None:
    """Ended behind the acceptance: the message tells the book that it is there, before anybody asks again."""
    made = await here.draft()
    await here.signed(made["id"])
    lost = await here.report(made["id"])
    await here.journal.write(
        lambda tx: reports.change(tx, lost, None, message="", sending=reports.TO_TAKE_ON)
    )
    clock.move(11)
    await here.follow()
    found = await here.report(made["id"])
    assert (found.message, found.state) == (lost.message, "signed")
    await here.go()
    assert len(here.portal.log) == 1


async def test_a_system_that_brings_no_reports_signs_nothing(here: Desk) -> None:
    """The report is a draft again, and says why."""
    made = await here.draft()
    here.systems.pop("desk")
    with pytest.raises(UnusableError, match=r"^system: "):
        await here.signed(made["id"])
    told = await here.book.show(made["id"])
    assert (told["state"], told["acts"][-1]["what"]) == ("draft", "not taken on")


async def test_a_refusal_is_a_report_returned(here: Desk) -> None:
    """With its cause; sent again as it is, it can still arrive."""
    made = await here.draft()
    await here.signed(made["id"])
    here.portal.script.append(Refused("field-rejected", "received", fields=["received"]))
    await here.go()
    await here.follow()
    told = await here.book.show(made["id"])
    assert (told["state"], told["delivery"]["cause"]) == ("returned", "field-rejected")


async def test_a_report_without_a_route_says_so(here: Desk) -> None:
    """It is signed and kept, and tells that nobody takes it."""
    made = await here.draft()
    here.gateway.routes.routes.clear()  # type: ignore[attr-defined]
    await here.signed(made["id"])
    await here.follow()
    told = await here.book.show(made["id"])
    assert (told["state"], told["delivery"]["state"]) == ("signed", "unrouted")
    assert "unsent" in {one["code"] for one in told["findings"]}


async def test_signing_without_sending_waits_for_the_other_way(here: Desk) -> None:
    """No message goes; what is signed says so."""
    made = await here.draft()
    signed = await here.book.sign(made["id"], Signature(WHO, "t", send=False))
    assert (signed["state"], signed["message"]) == ("signed", None)
    await here.follow()
    assert await here.go() == 0


async def test_a_report_without_figures_is_not_signed(here: Desk) -> None:
    """A form that nobody counts is typed; until then there is nothing to sign."""
    made = await here.draft("votes", "votes", "calendar/1:202402")
    assert (made["origin"], [one["code"] for one in made["findings"]]) == ("typed", ["no-figures"])
    with pytest.raises(ContradictoryError):
        await here.signed(made["id"])
    shares = ("very_good_share", "good_share", "bad_share")
    typed = [Typed("voted", "30"), *(Typed(name, "40") for name in shares)]
    told = await here.book.type_in(made["id"], typed, WHO)
    (broken,) = [one for one in told["findings"] if one["blocking"]]
    assert (broken["code"], broken["name"]) == ("rule-broken", "shares-of-one")


async def test_nobody_knows_what_will_be_known(here: Desk, clock: Clock) -> None:
    """Figures as known at a moment that lies ahead are not drawn up."""
    order = Order("KSTT", "06a", AGENCY, read_label(PERIOD), clock.now + DAY * 1_000_000)
    with pytest.raises(UnusableError, match=r"^known_at: "):
        await here.book.draft(order, WHO)


async def test_an_idle_look_writes_nothing(here: Desk) -> None:
    """The book that has nothing to follow leaves the journal alone."""
    await here.follow()
    await here.follow()
    wrote = []
    act = here.journal.write

    async def write(one: object) -> object:
        wrote.append(one)
        return await act(one)

    here.journal.write = write
    await here.following.look()
    assert wrote == []


async def test_what_is_looked_back_at_is_what_was_reported(here: Desk, figures: Figures) -> None:
    """Six months carry over what the year before left, and are compared with its same six months."""
    for period, late in (("government/1:2022-6M", 1), ("government/1:2022", 2)):
        figures.then |= {"late": late, "solved": 6 + late, "in_process": 6 - late}
        figures.then |= {"in_process_on_time": 5 - late}
        await here.signed((await here.draft(period=period))["id"], period)
    made = await here.draft(period="government/1:2023-6M")
    body = (await here.report(made["id"])).body
    told = [
        next(one["value"] for one in body[name] if one["indicator"] == "late")
        for name in ("previous", "before")
    ]
    assert told == ["1", "2"]
