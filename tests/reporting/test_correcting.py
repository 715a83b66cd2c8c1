"""Corrections are new versions with a reason; a signature can be taken back before the report went."""

from __future__ import annotations

import pytest

from lgsp.domain.reports.periods import read_label
from lgsp.errors import Refused
from lgsp.journal.contract import WrongStateError
from lgsp.journal.reading import at
from lgsp.reporting.asking import Elsewhere, Order, UnusableError, Why
from lgsp.reporting.drawing import Typed
from lgsp.testing.scene import Clock
from tests.reporting.desk import AGENCY, CUT_OFF, PERIOD, WHO, Desk, Figures

WHY = Why(WHO, "Bổ sung hồ sơ nhập muộn")
MORE = {"received": 11, "online": 7, "total": 13, "in_process": 6, "in_process_on_time": 5}


async def sent(here: Desk) -> int:
    """Return the number of a report that went."""
    made = await here.draft()
    await here.signed(made["id"])
    await here.go()
    await here.follow()
    return int(made["id"])


async def test_a_correction_is_the_next_version_with_what_is_known_now(
    here: Desk, figures: Figures, clock: Clock
) -> None:
    """Both go, in order, the second with its reason; the first is replaced, and its figures stand."""
    first = await sent(here)
    before = await here.book.show(first)
    figures.then |= MORE
    clock.move(86_400)
    second = await here.book.correct(first, WHY)
    assert (second["version"], second["state"], second["reason"]) == (2, "draft", WHY.reason)
    assert (await here.book.show(first))["state"] == "sent"
    await here.signed(second["id"])
    assert (await here.book.show(first))["state"] == "replaced"
    assert (await here.book.show(first))["figures"] == before["figures"]
    await here.go()
    assert [(one["version"], one.get("reason")) for one in here.portal.log] == [(1, None), (2, WHY.reason)]
    versions = await here.book.versions(first)
    assert [one["version"] for one in versions] == [1, 2]
    changes = {
        one["indicator"]: (one["then"], one["now"], one["difference"]) for one in versions[1]["changes"]
    }
    assert changes["received"] == ("10", "11", "1")
    assert "early" not in changes


async def test_a_correction_needs_a_reason_and_no_other_one_beside_it(here: Desk) -> None:
    """Nobody corrects twice at once, and a draft is not corrected."""
    first = await sent(here)
    with pytest.raises(UnusableError, match=r"^reason: "):
        await here.book.correct(first, Why(WHO, " "))
    second = await here.book.correct(first, WHY)
    for number in (first, second["id"]):
        with pytest.raises(WrongStateError):
            await here.book.correct(number, WHY)


async def test_a_correction_passes_a_version_that_was_refused(here: Desk) -> None:
    """What died in the line does not hold up what replaces it."""
    made = await here.draft()
    await here.signed(made["id"])
    here.portal.script.append(Refused("field-rejected", "received", fields=["received"]))
    await here.go()
    await here.follow()
    second = await here.book.correct(made["id"], WHY)
    await here.signed(second["id"])
    await here.go()
    await here.follow()
    assert here.portal.log[-1]["version"] == 2
    states = [one["state"] for one in await here.book.versions(made["id"])]
    assert states == ["replaced", "sent"]


async def test_a_signature_is_taken_back_before_the_report_went(here: Desk) -> None:
    """Its delivery is called off, and the next version is a draft; what went is corrected instead."""
    made = await here.draft()
    await here.book.type_in(made["id"], [Typed("withdrawn", "0")], WHO)
    await here.signed(made["id"])
    fresh = await here.book.reopen(made["id"], Why(WHO, "Ký nhầm"))
    assert (fresh["version"], fresh["state"]) == (2, "draft")
    assert await here.go() == 0
    await here.signed(fresh["id"], "t2")
    await here.go()
    assert [one["version"] for one in here.portal.log] == [2]
    await here.follow()
    with pytest.raises(WrongStateError, match="correct it"):
        await here.book.reopen(fresh["id"], WHY)


async def test_typed_figures_stand_over_counted_ones_and_say_so(here: Desk) -> None:
    """The counted one is kept beside, the contradiction named with its numbers, and it can be taken back."""
    made = await here.draft()
    typed = await here.book.type_in(made["id"], [Typed("received", "12"), Typed("late_share", "50")], WHO)
    figure = next(one for one in typed["figures"] if one["indicator"] == "received")
    assert (figure["value"], figure["origin"], figure["extra"]) == ("12", "typed", {"counted": "10"})
    codes = [one["code"] for one in typed["findings"]]
    assert {"typed-over-count", "invariant-broken", "formula-differs"} <= set(codes)
    share = next(one for one in typed["findings"] if one["code"] == "formula-differs")
    assert (share["claimed"], share["numbers"]) == ("50", "1 / 7 * 100")
    back = [Typed("received", None, taken_back=True), Typed("late_share", None, taken_back=True)]
    mended = await here.book.type_in(made["id"], back, WHO)
    assert (mended["findings"], mended["figures"]) == ([], made["figures"])
    with pytest.raises(UnusableError, match=r"^figures\.0\.indicator: "):
        await here.book.type_in(made["id"], [Typed("voted", "1")], WHO)
    await here.signed(made["id"])
    with pytest.raises(WrongStateError):
        await here.book.type_in(made["id"], [Typed("received", "12")], WHO)


async def test_a_report_that_went_as_a_document_was_sent_then(here: Desk, clock: Clock) -> None:
    """What counts is when it went; when the system took it stands beside, and makes it no later."""
    made = await here.draft()
    with pytest.raises(WrongStateError, match="sign it"):
        await here.book.elsewhere(made["id"], Elsewhere("document", CUT_OFF, "CV 12/STP"), WHO)
    await here.signed(made["id"])
    at = CUT_OFF + 86_400_000_000
    with pytest.raises(UnusableError, match=r"^at: "):
        await here.book.elsewhere(made["id"], Elsewhere("document", at + 10**13, "CV 12/STP"), WHO)
    told = await here.book.elsewhere(made["id"], Elsewhere("document", at, "CV 12/STP"), WHO)
    assert (told["state"], told["channel"], told["late"]) == ("sent", "document", False)
    clock.move(30 * 86_400)
    await here.go()
    await here.follow()
    told = await here.book.show(made["id"])
    assert (told["state"], told["late"], told["acts"][-1]["what"]) == ("sent", False, "entered")
    assert told["sent_at"] < told["entered_at"]


async def test_a_closed_period_keeps_its_figures_and_shows_what_changed_since(
    here: Desk, figures: Figures
) -> None:
    """Drawn up again it is what was signed; compared with now, each difference is named."""
    first = await sent(here)
    before = await here.book.show(first)
    figures.then |= MORE
    figures.now |= MORE
    again = await here.draft()
    assert (again["id"], again["figures"], again["state"]) == (first, before["figures"], "sent")
    told = await here.book.compare(first, None)
    assert [(one["indicator"], one["then"], one["now"]) for one in told["changes"]] == [
        ("received", "10", "11"),
        ("online", "6", "7"),
        ("total", "12", "13"),
        ("in_process", "5", "6"),
        ("in_process_on_time", "4", "5"),
    ]
    assert told["now"]["known_at"] > told["then"]["known_at"]


async def test_what_a_period_carries_over_is_what_the_one_before_left(here: Desk, figures: Figures) -> None:
    """As it was reported, not as it is known now: whoever reads both sees the difference named."""
    figures.then |= {"in_process": 3, "in_process_on_time": 2, "total": 10, "received": 8, "online": 4}
    february = await here.draft(period="government/1:202402")
    await here.signed(february["id"], "feb")
    figures.then.update(figures.now)
    march = await here.draft()
    broken = [one for one in march["findings"] if one["blocking"]]
    assert [(one["place"], one["numbers"]) for one in broken] == [
        (f"{AGENCY}/{PERIOD}/carried_over", "3"),
    ]


async def test_where_a_figure_comes_from(here: Desk) -> None:
    """Dossiers behind a count, numbers behind a share, a person behind what was typed."""
    made = await here.draft()
    counted = await here.book.derivation(made["id"], "late")
    assert (counted["from"], counted["column"], counted["dossiers"]) == (
        "dossiers",
        "late",
        ["late-1", "late-2"],
    )
    share = await here.book.derivation(made["id"], "late_share")
    assert (share["formula"], share["numbers"]) == ("late / solved * 100", "1 / 7 * 100")
    await here.book.type_in(made["id"], [Typed("late", "2")], WHO)
    typed = await here.book.derivation(made["id"], "late")
    assert (typed["from"], typed["acts"][0]["who"]) == ("typed", WHO)
    with pytest.raises(UnusableError, match=r"^indicator: "):
        await here.book.derivation(made["id"], "voted")


async def test_a_correction_is_counted_anew_as_of_the_moment_that_is_asked_for(
    here: Desk, figures: Figures, clock: Clock
) -> None:
    """Without one it keeps its own; a clock that is a little ahead means now."""
    first = await sent(here)
    second = await here.book.correct(first, WHY)
    assert (await here.draft())["known_at"] == second["known_at"]
    figures.then |= MORE
    order = Order("KSTT", "06a", AGENCY, read_label(PERIOD), clock.now + 5_000_000)
    again, new = await here.book.draft(order, WHO)
    assert (again["id"], new) == (second["id"], False)
    assert second["known_at"] <= again["known_at"] <= at(clock.now + 1_000_000)
    assert next(one["value"] for one in again["figures"] if one["indicator"] == "received") == "11"
