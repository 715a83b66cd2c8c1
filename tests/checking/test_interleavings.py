"""What befalls a delivery while it is checked: deaths, newer snapshots, other routes, people, late answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from lgsp.adapter import Arrival
from lgsp.checking.checks import Checks
from lgsp.errors import Refused
from lgsp.journal import acting
from lgsp.journal.contract import JournalError
from lgsp.journal.states import State
from lgsp.testing.making import SYSTEM
from lgsp.wire.exchange import Exchange, record
from lgsp.wire.fence import pass_fence
from tests.checking.making import late
from tests.checking.side import Here, checked, routed
from tests.core.rig import doubt, odd

HOLDING = "[differs, not-found, refused, incomplete]"


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


async def test_a_question_whose_process_died_is_asked_by_who_comes_next(here: Here) -> None:
    """Row 340: not while whoever asked may be alive; its delivery falls due by itself."""
    here.answers.open.clear()
    receipt = await here.told()
    await here.rig.go()
    await here.begun(1)
    await here.asking.close()
    here.answers.open.set()
    assert len(here.answers.asked) == 1
    here.rig.gateway.checks = Checks(here.rig.gateway)
    here.asking.enquirer = here.answers
    for seconds, asked in ((6, 1), (5, 2)):
        await here.due(seconds)
        assert len(here.answers.asked) == asked
    assert await here.stands(receipt) == ("delivered", None)


async def test_an_answer_that_comes_before_the_put_off_is_written_wakes_it(here: Here) -> None:
    """Row 341: it does not sleep until its time comes."""
    receipt = await here.told()
    claim = await here.claim()
    outcome = await here.rig.gateway.deliver(claim)
    await asyncio.sleep(0.12)
    assert here.asking.tasks
    await here.rig.gateway.settle(outcome)
    await here.go()
    assert await here.stands(receipt) == ("delivered", None)


async def test_two_processes_ask_once(here: Here) -> None:
    """Row 347: the second finds it asked, wakes nobody, and looks for the answer by itself."""
    here.answers.open.clear()
    receipt = await here.told()
    claim = await here.claim()
    await here.rig.gateway.settle(await here.rig.gateway.deliver(claim))
    await here.begun(1)
    other = Checks(here.rig.gateway)
    other.asking.enquirer = here.answers
    assert (await other(claim)).state is State.PUT_OFF  # type: ignore[union-attr]
    await asyncio.gather(*other.asking.tasks)
    assert (len(here.answers.asked), here.rig.broker.depth(SYSTEM)) == (1, 0)
    here.answers.open.set()
    await here.go()
    assert await here.stands(receipt) == ("delivered", None)


async def test_a_newer_snapshot_of_the_same_owner_is_not_asked_about_again(here: Here) -> None:
    """Row 343: the evidence stands, and says that it was asked for another message."""
    first = await here.told(body="A")
    await here.go()
    second = await here.told(body="B")
    await here.go()
    assert [await here.stands(one) for one in (first, second)] == [("delivered", None)] * 2
    assert len(here.answers.asked) == 1
    here.clock.move(1)
    third = await here.told(body="C")
    await here.go()
    (kept,) = await here.evidence(third)
    assert kept["reused"] is True


async def test_evidence_that_is_too_old_is_asked_for_anew(here: Here) -> None:
    """Behind the time that the route declares."""
    await here.told(body="A")
    await here.go()
    here.clock.move(30 * 86400 + 1)
    await here.told(body="B")
    await here.go()
    assert len(here.answers.asked) == 2


async def test_a_newer_snapshot_of_another_owner_is_checked_anew(here: Here) -> None:
    """Row 343: the source mended the name: the old one gives way, and the new one goes."""
    here.answers.tell = lambda question: question.data["name"] == "Trần Thị B"
    old = await here.told(body="A")
    await here.go()
    new = await here.told(body="B", name="Trần Thị B")
    await here.go()
    assert (await here.stands(old))[0] == "superseded"
    assert await here.stands(new) == ("delivered", None)


async def test_a_newer_snapshot_of_an_owner_that_is_held_is_held_at_once(here: Here) -> None:
    """Row 343: nothing is asked, and one delivery of the dossier is shown, not two."""
    here.answers.tell = lambda _: False
    old = await here.told(body="A")
    await here.go()
    new = await here.told(body="B")
    await here.go()
    assert ((await here.stands(old))[0], await here.stands(new)) == ("superseded", ("held", "check-differs"))
    assert len(here.answers.asked) == 1


async def test_a_newer_snapshot_waits_no_longer_than_the_first(lenient: Here) -> None:
    """Row 343: told every minute, it goes unchecked after two; what comes behind that has a time of its own."""
    lenient.answers.tell = lambda _: late()
    await lenient.told(body="A")
    await lenient.go()
    await lenient.due(60)
    await lenient.told(body="B")
    await lenient.go()
    await lenient.due(60)
    third = await lenient.told(body="C")
    await lenient.go()
    assert [one["body"] for one in lenient.rig.portal.log] == ["B"]
    assert await lenient.stands(third) == ("put off", "checking")


async def test_a_release_lets_it_go_and_every_newer_one_of_that_owner(here: Here) -> None:
    """Row 346: somebody saw the papers; nobody is asked again, and it says who let it go."""
    here.answers.tell = lambda _: False
    old = await here.told(body="A")
    await here.go()
    await here.act(acting.release, old, "papers seen")
    newer = await here.told(body="B")
    await here.go()
    assert [await here.stands(one) for one in (old, newer)] == [("delivered", None)] * 2
    assert len(here.answers.asked) == 1
    (kept,) = await here.evidence(newer)
    assert (kept["result"], kept["waived_by"]) == ("waived", "operator")
    other = await here.told(body="C", name="Trần Thị B")
    await here.go()
    assert await here.stands(other) == ("held", "check-differs")


async def test_a_replay_checks_anew(here: Here) -> None:
    """Row 346: the far side was mended: what was found is asked for again."""
    here.answers.tell = lambda _: False
    receipt = await here.told()
    await here.go()
    await here.act(acting.replay, receipt)
    assert (await here.stands(receipt), len(here.answers.asked)) == (("held", "check-differs"), 2)
    here.answers.tell = lambda _: True
    await here.act(acting.replay, receipt)
    assert (await here.stands(receipt), len(here.answers.asked)) == (("delivered", None), 3)


async def test_what_says_too_little_goes_when_somebody_releases_it(here: Here) -> None:
    """Row 346: there is a row to be waived although nobody was asked."""
    receipt = await here.told(identity_number="")
    await here.go()
    await here.act(acting.release, receipt)
    assert await here.stands(receipt) == ("delivered", None)


async def test_the_routes_of_the_moment_decide(lenient: Here) -> None:
    """Row 344: a check that is taken away while somebody waits holds up nobody; one that is added is asked."""
    lenient.answers.tell = lambda _: late()
    waits = await lenient.told("K1")
    await lenient.go()
    with_check, plain = routed()[1], routed()[0]
    lenient.publish((with_check, plain))
    await lenient.due(10)
    assert await lenient.stands(waits) == ("delivered", None)
    lenient.publish((plain, routed(hold=HOLDING)[1]))
    lenient.answers.tell = lambda _: False
    other = await lenient.told("K2")
    await lenient.go()
    assert await lenient.stands(other) == ("held", "check-differs")


async def test_a_route_of_the_shadow_asks_nobody(here: Here) -> None:
    """Nothing is sent, so nothing is asked about a citizen for it."""
    changed = routed(hold=HOLDING)[1]
    here.publish((changed, changed.replace("to: [portal],", "to: [portal], mode: shadow,")))
    receipt = await here.told()
    await here.go()
    assert ((await here.stands(receipt))[0], here.answers.asked) == ("shadowed", [])


async def test_what_a_route_of_the_shadow_would_have_checked_holds_up_no_live_one(here: Here) -> None:
    """Two routes go there: the live one has nothing checked."""
    changed = routed(hold=HOLDING)[1]
    shadow = changed.replace("to: [portal],", "to: [portal], mode: shadow,").replace("dossiers", "trial")
    here.publish((changed, routed()[0] + shadow))
    receipt = await here.told()
    await here.go()
    assert (await here.stands(receipt), here.answers.asked) == (("delivered", None), [])


async def test_the_far_side_s_failures_ask_nothing_again(here: Here) -> None:
    """Row 349: each retry finds the evidence."""
    here.rig.portal.script.extend([odd(), odd()])
    receipt = await here.told()
    await here.go()
    for _ in range(2):
        await here.due(1)
    assert (await here.stands(receipt), len(here.answers.asked)) == (("delivered", None), 1)
    assert len(await here.evidence(receipt)) == 1


async def test_what_is_refused_by_the_far_side_keeps_its_evidence(here: Here) -> None:
    """Whoever looks into a refusal sees that its owner was checked."""
    here.rig.portal.script.append(Refused("field-rejected"))
    receipt = await here.told()
    await here.go()
    assert [one["result"] for one in await here.evidence(receipt)] == ["matches"]


async def test_what_may_have_arrived_is_asked_after_before_it_is_checked(here: Here) -> None:
    """Row 350: checks that came with newer routes do not keep what is there from counting as there."""
    plain, with_check = routed()[0], routed(hold=HOLDING)[1]
    here.publish((with_check, plain))
    here.rig.portal.script.append(doubt())
    receipt = await here.told()
    await here.go()
    here.publish((plain, with_check))
    here.rig.portal.says.append(Arrival.ARRIVED)
    await here.due(60)
    assert (await here.stands(receipt), here.answers.asked) == (("delivered", None), [])


async def test_what_is_asked_is_no_part_of_the_attempt(here: Here) -> None:
    """What is said to the answering system is not kept as said to the far side, nor fenced by its lease."""

    def answer(_: Any) -> bool:
        record(Exchange("https://citizens", b"001099000001"))
        here.rig.gateway.fence = lambda _: False
        pass_fence()
        here.rig.gateway.fence = lambda _: True
        return True

    here.answers.tell = answer
    await here.told()
    await here.go()
    assert len(here.answers.asked) == 1
    rows = await here.rig.journal.read(lambda tx: tx.rows("SELECT exchanges FROM attempts"))
    assert [row[0] for row in rows] == [None, None]


async def test_a_journal_that_is_away_hands_it_back(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 352: what is known cannot be read: nothing is sent on trust, and no patience is spent."""
    await here.told()
    claim = await here.claim()

    async def away(_: Any) -> None:
        raise JournalError("away")

    with monkeypatch.context() as patch:
        patch.setattr(here.rig.journal, "read", away)
        outcome = await here.rig.gateway.deliver(claim)
    assert (outcome.state, outcome.cause, outcome.patience) == (State.PUT_OFF, "handed-back", 0)
    assert here.rig.portal.log == []
