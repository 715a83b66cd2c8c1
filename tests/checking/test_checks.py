"""What is checked before it is sent: it goes, waits or is held; and what befalls it meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from lgsp.enquiry import Ending, NoAnswer
from lgsp.errors import Problem
from tests.checking.making import OWNER, late, suspended
from tests.checking.side import Here, checked, routed

HOLDING = "[differs, not-found, refused, incomplete]"
PLACES = ["/applicant/identity_number", "/applicant/name"]


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    """A process that holds what is not so."""
    async with checked(tmp_path, hold=HOLDING) as one:
        yield one


@pytest.fixture
async def lenient(tmp_path: Path) -> AsyncIterator[Here]:
    """A process that notes what is not so, and sends it."""
    async with checked(tmp_path) as one:
        yield one


# --- what is found --------------------------------------------------------------------------------------


async def test_what_is_so_goes_with_its_evidence(here: Here) -> None:
    """Asked once, for its purpose and its dossier, in the name of its source; nothing of it is odd."""
    receipt = await here.told()
    await here.go()
    assert await here.stands(receipt) == ("delivered", None)
    (asked,) = here.answers.asked
    assert (asked.source, asked.type, asked.purpose, asked.who, asked.dossier) == (
        "desk", "citizen.verification.v1", "dossier", "lgsp", "K1",
    )  # fmt: skip
    assert asked.data == {
        "identity_number": OWNER["identity_number"],
        "name": OWNER["name"],
        "birth": {"year": "1999"},
    }
    (kept,) = await here.evidence(receipt)
    assert (kept["result"], kept["compared"], "reused" in kept) == ("matches", PLACES, False)
    assert kept["ask"].endswith("0001")
    assert await here.findings(receipt) == []
    rows = await here.rig.journal.read(lambda tx: tx.rows("SELECT attempt, patience FROM history"))
    assert [tuple(row) for row in rows] == [(2, 0)]


async def test_what_is_not_so_is_held_with_why_and_where(here: Here) -> None:
    """Nothing reaches the far side; the message says what is odd, and the evidence which fields differ."""
    here.answers.tell = lambda _: False
    receipt = await here.told()
    await here.go()
    one = await here.rig.delivery(receipt)
    assert (one["state"], one["cause"], one["fields"], one["said"]) == (
        "held", "check-differs", PLACES, "owner: citizens",
    )  # fmt: skip
    assert here.rig.portal.log == []
    assert await here.findings(receipt) == [("check-differs", PLACES[0])]
    (kept,) = await here.evidence(receipt)
    assert (kept["result"], kept["fields"]) == ("differs", PLACES)


@pytest.mark.parametrize(
    ("told", "cause"),
    [
        (NoAnswer(Ending.ABSENT, "not-found"), "check-not-found"),
        (NoAnswer(Ending.REFUSED, "population-officer"), "check-refused"),
        (
            NoAnswer(Ending.REJECTED, "invalid", problems=(Problem("/data/name", "too-long"),)),
            "check-refused",
        ),
    ],
)
async def test_what_the_far_side_says_instead_of_an_answer_is_found_too(
    here: Here, told: NoAnswer, cause: str
) -> None:
    """It knows nobody of the kind, or will not tell: asked once, and held."""
    here.answers.tell = lambda _: told
    receipt = await here.told()
    await here.go()
    assert await here.stands(receipt) == ("held", cause)
    assert len(here.answers.asked) == 1


async def test_what_says_too_little_is_held_without_a_question(here: Here) -> None:
    """Nobody is asked about half a person."""
    receipt = await here.told(identity_number="012345678")
    await here.go()
    one = await here.rig.delivery(receipt)
    assert (one["state"], one["cause"], one["fields"]) == ("held", "check-incomplete", [PLACES[0]])
    assert here.answers.asked == []


async def test_what_the_route_does_not_hold_goes_with_a_note(lenient: Here) -> None:
    """The far side judges; people see what was found."""
    lenient.answers.tell = lambda question: question.dossier == "K2"
    one, two, three = await lenient.told("K1"), await lenient.told("K2"), await lenient.told("K3", name="")
    await lenient.go()
    assert [await lenient.stands(each) for each in (one, two, three)] == [("delivered", None)] * 3
    assert await lenient.findings(one) == [("check-differs", PLACES[0])]
    assert await lenient.findings(two) == []
    assert await lenient.findings(three) == [("check-incomplete", PLACES[1])]


async def test_what_the_question_is_not_about_goes_as_it_is(here: Here) -> None:
    """A firm's dossier: nothing is asked, nothing is kept."""
    receipt = await here.told(kind="business")
    await here.go()
    assert (await here.stands(receipt), here.answers.asked) == (("delivered", None), [])
    assert await here.evidence(receipt) == []


async def test_what_no_route_has_checked_costs_no_look(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a type without checks the journal is asked nothing."""
    looked: list[Any] = []
    monkeypatch.setattr("lgsp.checking.checks.made", lambda *of: looked.append(of))
    here.publish((routed(hold=HOLDING)[1], routed()[0]))
    receipt = await here.told()
    await here.go()
    assert (await here.stands(receipt), looked) == (("delivered", None), [])


# --- waiting --------------------------------------------------------------------------------------------


async def test_nobody_waits_in_a_sender_s_place(here: Here) -> None:
    """Row 351: while nobody answers, its attempt is over, and others go."""
    here.answers.open.clear()
    waits, other = await here.told("K1"), await here.told("K2", kind="business")
    await here.rig.go()
    assert await here.stands(waits) == ("put off", "checking")
    assert await here.stands(other) == ("delivered", None)
    here.answers.open.set()
    await here.go()
    assert await here.stands(waits) == ("delivered", None)


async def test_checks_take_half_of_an_answering_system_s_places(here: Here) -> None:
    """People at counters have the others."""
    here.answers.open.clear()
    for n in range(9):
        await here.told(f"K{n}")
    await here.rig.go()
    await here.begun(2)
    here.answers.open.set()
    await here.go()
    assert (len(here.answers.asked), here.answers.most) == (9, 2)
    assert len(here.rig.portal.log) == 9


async def test_an_answer_that_never_comes_is_waited_for_two_minutes(lenient: Here) -> None:
    """Row 345: it is asked for again meanwhile, and then it goes, with a note that it is unchecked."""
    lenient.answers.tell = lambda _: late()
    receipt = await lenient.told()
    await lenient.go()
    asked = []
    for seconds in (10, 11, 22, 44):
        assert await lenient.stands(receipt) == ("put off", "checking")
        await lenient.due(seconds)
        asked.append(len(lenient.answers.asked))
    assert asked == [2, 3, 4, 5]
    await lenient.due(32)
    assert await lenient.stands(receipt) == ("put off", "checking")
    await lenient.due(1)
    assert await lenient.stands(receipt) == ("delivered", None)
    assert await lenient.findings(receipt) == [("check-unavailable", "")]
    (kept,) = await lenient.evidence(receipt)
    assert (kept["result"], kept["cause"]) == ("unavailable", "deadline-passed")


async def test_a_system_that_is_suspended_for_hours_holds_up_nobody(lenient: Here) -> None:
    """Row 345: one question finds it out; nobody is asked meanwhile, and all go when their time is over."""
    lenient.answers.tell = lambda _: suspended(60)
    receipts = [await lenient.told(f"K{n}") for n in range(6)]
    await lenient.go()
    asked = len(lenient.answers.asked)
    for _ in range(6):
        await lenient.due(10)
    assert asked == len(lenient.answers.asked) <= 2
    await lenient.due(60)
    assert [await lenient.stands(one) for one in receipts] == [("delivered", None)] * 6


async def test_who_cannot_be_asked_in_time_is_not_waited_for(lenient: Here) -> None:
    """Row 345: a day's quota is used up: the next dossier goes at once, with its note."""
    lenient.answers.tell = lambda _: suspended(3600)
    first = await lenient.told("K1")
    await lenient.go()
    second = await lenient.told("K2")
    await lenient.go()
    assert await lenient.stands(second) == ("delivered", None)
    assert await lenient.findings(second) == [("check-unavailable", "")]
    await lenient.due(10)
    assert (await lenient.stands(first), len(lenient.answers.asked)) == (("delivered", None), 1)


async def test_what_must_be_checked_waits_until_somebody_answers(tmp_path: Path) -> None:
    """Row 345: `hold: [unavailable]` needs no person: it is asked about again, and goes when it may."""
    async with checked(tmp_path, hold="[unavailable, differs]") as here:
        here.answers.tell = lambda _: late()
        receipt = await here.told()
        await here.go()
        for seconds in (10, 10, 20, 40, 40, 120, 240, 600, 600):
            await here.due(seconds)
        assert await here.stands(receipt) == ("put off", "check-unavailable")
        assert await here.findings(receipt) == []
        here.answers.tell = lambda _: True
        await here.due(600)
        assert await here.stands(receipt) == ("delivered", None)


async def test_a_process_that_asks_nobody_leaves_it_to_others(lenient: Here) -> None:
    """It waits as for any answer that does not come."""
    lenient.asking.enquirer = None
    receipt = await lenient.told()
    await lenient.go()
    assert await lenient.stands(receipt) == ("put off", "checking")
    await lenient.due(120)
    assert await lenient.stands(receipt) == ("delivered", None)


async def test_a_bug_of_who_asks_is_a_failure_that_passes(here: Here) -> None:
    """It is in the log; the next look asks again, once whoever asked must be dead."""
    here.answers.tell = lambda _: RuntimeError("bug")
    receipt = await here.told()
    await here.go()
    here.answers.tell = lambda _: True
    await here.due(10)
    assert await here.stands(receipt) == ("delivered", None)
