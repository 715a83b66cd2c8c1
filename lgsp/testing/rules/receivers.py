"""Rules of receivers: a delivery reaches some of them and not others, and nobody is sent to twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lgsp.adapter import Accepted
from lgsp.journal import acting
from lgsp.journal.contract import Offer
from lgsp.journal.states import State
from lgsp.journal.turns import Apart, Claim
from lgsp.testing.making import RETRY, SOURCE, SYSTEM, paper
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

THREE = ("G22", "G09", "H26")


def to_three(name: str = "P1") -> Offer:
    """Return a document for three receivers at one system."""
    return for_some(name, *THREE)


def for_some(name: str, *codes: str) -> Offer:
    """Return a document of the same line for some receivers at one system."""
    offer = paper(name=name)
    offer.wanted = [replace(one, recipients=codes) for one in offer.wanted]
    return offer


async def dead_of(scene: Scene, receipt: Accepted) -> int:
    """Return the delivery of a message that a person has to see to."""
    (dead,) = await scene.rows(
        "SELECT d.id FROM deliveries d JOIN messages m ON m.id = d.message_id"
        " WHERE m.uid = ? AND d.state = ?",
        receipt.id.bytes,
        int(State.REFUSED),
    )
    return int(dead[0])


async def call_off(scene: Scene, receipt: Accepted) -> None:
    """Let an operator call off what was refused of a message."""
    dead = await dead_of(scene, receipt)
    scene.frames += await scene.act(lambda tx: acting.cancel(tx, dead, "operator", "no such body"))


def refused(*codes: str) -> Apart:
    """Return receivers whom the far side does not know."""
    return Apart(codes, State.REFUSED, "unknown-receiver", "18", ("To",))


def again(*codes: str) -> Apart:
    """Return receivers who may be tried again."""
    return Apart(codes, State.PUT_OFF, "locked", "23", wait=RETRY[0], patience=1)


async def partly(scene: Scene, claim: Claim, *apart: Apart) -> None:
    """Settle a claim that reached all but some."""
    missed = {code for one in apart for code in one.recipients}
    reached = tuple(code for code in claim.message.recipients if code not in missed)
    await scene.settle(claim, State.DELIVERED, recipients=reached, apart=apart)


async def stands(scene: Scene, receipt: Accepted) -> dict[tuple[str, ...], str]:
    """Return how a message stands for whom."""
    number = (await scene.walk(receipt))["seq"]
    sql = "SELECT recipients, state FROM {} WHERE message_id = ?"
    found: list[Any] = []
    for table in ("history", "deliveries"):
        found += await scene.rows(sql.format(table), number)
    return {tuple(_codes(codes)): State(state).word for codes, state in found}


def _codes(kept: str) -> list[str]:
    return [code.strip('" ') for code in kept.strip("[]").split(",")]


class ReceiverRules(JournalRules):
    """Of each (message, system, receiver) there is exactly one final state."""

    async def test_a_claim_brings_the_receivers_it_is_for(self, scene: Scene) -> None:
        """The adapter sees the message narrowed to whom this system serves."""
        await scene.told(to_three())
        assert (await scene.one()).message.recipients == list(THREE)

    async def test_those_who_were_not_reached_get_a_delivery_of_their_own(self, scene: Scene) -> None:
        """Row 108: two were reached and are never sent to again; the third is tried again alone."""
        receipt = await scene.told(to_three())
        await partly(scene, await scene.one(), again("H26"))
        assert await stands(scene, receipt) == {("G22", "G09"): "delivered", ("H26",): "put off"}
        await scene.due(11)
        claim = await scene.one()
        assert (claim.message.recipients, claim.attempt, claim.patience) == (["H26"], 1, 1)
        await scene.settle(claim)
        assert await stands(scene, receipt) == {("G22", "G09"): "delivered", ("H26",): "delivered"}
        assert await scene.wedged() == []

    async def test_each_reason_is_a_delivery(self, scene: Scene) -> None:
        """Row 108: one is refused, one is tried again, one was reached."""
        receipt = await scene.told(to_three())
        await partly(scene, await scene.one(), again("G09"), refused("H26"))
        assert await stands(scene, receipt) == {
            ("G22",): "delivered", ("G09",): "put off", ("H26",): "refused",
        }  # fmt: skip
        told = {report.state: report for report in await scene.reports(source=SOURCE)}
        assert set(told) == {"delivered", "refused"}
        assert (told["refused"].cause, told["refused"].said) == ("unknown-receiver", "18")
        assert [told[state].recipients for state in ("delivered", "refused")] == [["G22"], ["H26"]]

    async def test_what_is_set_apart_keeps_its_place_in_the_line(self, scene: Scene) -> None:
        """Row 109: a recall does not overtake the document to a receiver who has not got it yet."""
        await scene.told(to_three("P1"))
        claim = await scene.one()
        recall = await scene.told(to_three("P2"))
        await partly(scene, claim, again("H26"))
        assert (await scene.claim(), await scene.state(recall)) == ([], "waiting")
        await scene.due(11)
        await scene.settle(await scene.one())
        assert (await scene.one()).message.id == recall.id

    async def test_a_refused_receiver_holds_up_what_is_for_it_alone(self, scene: Scene) -> None:
        """Row 109: a recall reaches all who hold the document; what is for who was refused waits."""
        first = await scene.told(to_three("P1"))
        claim = await scene.one()
        recall = await scene.told(to_three("P2"))
        await partly(scene, claim, refused("H26"))
        going = await scene.one()
        assert (going.message.id, going.message.recipients) == (recall.id, ["G22", "G09"])
        await scene.settle(going)
        assert await stands(scene, recall) == {("G22", "G09"): "delivered", ("H26",): "waiting"}
        await call_off(scene, first)
        last = await scene.one()
        assert (last.message.id, last.message.recipients) == (recall.id, ["H26"])
        await scene.settle(last)
        assert await scene.wedged() == []

    async def test_what_comes_behind_a_refused_receiver_goes_to_the_others(self, scene: Scene) -> None:
        """A recall that is told after the refusal is parted as it is taken on, and is on its way."""
        await scene.told(to_three("P1"))
        await partly(scene, await scene.one(), refused("H26"))
        recall = await scene.told(to_three("P2"))
        await scene.settle(await scene.one())
        assert await stands(scene, recall) == {("G22", "G09"): "delivered", ("H26",): "waiting"}

    async def test_a_replayed_receiver_gets_document_and_recall_in_order(self, scene: Scene) -> None:
        """Who was refused and is served after all gets the document first, then what was said of it since."""
        first = await scene.told(to_three("P1"))
        await partly(scene, await scene.one(), refused("H26"))
        recall = await scene.told(to_three("P2"))
        await scene.settle(await scene.one())
        dead = await dead_of(scene, first)
        scene.frames += await scene.act(lambda tx: acting.replay(tx, dead, "operator"))
        for expected in (first, recall):
            claim = await scene.one()
            assert (claim.message.id, claim.message.recipients) == (expected.id, ["H26"])
            await scene.settle(claim)

    async def test_one_document_in_several_parts_is_not_held_up_by_a_refused_part(self, scene: Scene) -> None:
        """A sender that names one receiver in each request: the first is unknown, the others are served."""
        await scene.told(for_some("P1", "Z99"))
        await scene.settle(await scene.one(), State.REFUSED, cause="unknown-receiver")
        for name, code in (("P1|G22", "G22"), ("P1|G09", "G09")):
            await scene.told(for_some(name, code))
            claim = await scene.one()
            assert claim.message.recipients == [code]
            await scene.settle(claim)

    async def test_what_waits_for_a_person_is_not_passed_by_its_own_successor(self, scene: Scene) -> None:
        """Two recalls behind a refused receiver: of both its part waits, and goes in their order."""
        first = await scene.told(to_three("P1"))
        await partly(scene, await scene.one(), refused("H26"))
        second, third = await scene.told(to_three("P2")), await scene.told(for_some("P3", "H26"))
        await scene.settle(await scene.one())
        assert (await scene.claim(), await scene.state(third)) == ([], "waiting")
        await call_off(scene, first)
        for expected in (second, third):
            claim = await scene.one()
            assert (claim.message.id, claim.message.recipients) == (expected.id, ["H26"])
            await scene.settle(claim)

    async def test_both_forms_of_a_code_are_one_receiver(self, scene: Scene) -> None:
        """Who was refused under the old code is not passed by under the new one."""
        await scene.told(for_some("P1", "000.00.00.H26"))
        await scene.settle(await scene.one(), State.REFUSED, cause="unknown-receiver")
        recall = await scene.told(for_some("P2", "H26"))
        assert (await scene.claim(), await scene.state(recall)) == ([], "waiting")

    @pytest.mark.parametrize("first", [paper(name="P1"), for_some("P1", "H26")])
    async def test_where_a_document_is_for_everybody_nobody_passes(self, scene: Scene, first: Offer) -> None:
        """Where a delivery does not say whom it is for, dead or waiting, nobody can tell who is free."""
        await scene.told(first)
        await scene.settle(await scene.one(), State.REFUSED, cause="unknown-receiver")
        behind = [await scene.told(one) for one in (paper(name="P2"), for_some("P3", "G22"))]
        assert await scene.claim() == []
        assert [await scene.state(one) for one in behind] == ["waiting", "waiting"]

    async def test_what_is_for_others_passes_a_dead_one_for_everybody_never(self, scene: Scene) -> None:
        """It was for them, too."""
        await scene.kill(paper(name="P1"))
        recall = await scene.told(for_some("P2", "G22"))
        assert (await scene.claim(), await scene.state(recall)) == ([], "waiting")

    async def test_a_wish_to_cancel_meets_those_who_were_not_reached(self, scene: Scene) -> None:
        """Row 110: called off while it was being sent: who has it has it, the others never get it."""
        receipt = await scene.told(to_three())
        claim = await scene.one()
        await scene.act(lambda tx: acting.cancel(tx, claim.delivery, "operator", "wrong"))
        await partly(scene, claim, again("H26"), refused("G09"))
        assert await stands(scene, receipt) == {
            ("G22",): "delivered",
            ("H26",): "cancelled",
            ("G09",): "cancelled",
        }
        assert await scene.wedged() == []

    async def test_a_late_outcome_sets_nobody_apart(self, scene: Scene) -> None:
        """Row 110: the fence had moved on: it is evidence, and the delivery goes on for all of them."""
        receipt = await scene.told(to_three())
        claim = await scene.one()
        await scene.lapse(claim)
        await partly(scene, claim, again("H26"))
        assert await stands(scene, receipt) == {THREE: "put off"}

    async def test_the_same_outcome_told_twice_sets_apart_once(self, scene: Scene) -> None:
        """Row 110: a spool that is drained again finds the attempt written."""
        receipt = await scene.told(to_three())
        claim = await scene.one()
        await partly(scene, claim, again("H26"))
        await partly(scene, claim, again("H26"))
        assert await scene.count(State.DELIVERED, State.PUT_OFF) == 2
        assert await stands(scene, receipt) == {("G22", "G09"): "delivered", ("H26",): "put off"}

    async def test_nobody_was_reached_and_each_for_his_own_reason(self, scene: Scene) -> None:
        """Row 108: the delivery goes on for those who may be tried again; who was refused is set apart."""
        receipt = await scene.told(to_three())
        claim = await scene.one()
        await scene.settle(
            claim, State.PUT_OFF, cause="locked", recipients=("G22", "H26"), apart=(refused("G09"),)
        )
        assert await stands(scene, receipt) == {("G22", "H26"): "put off", ("G09",): "refused"}
        await scene.due(11)
        assert (await scene.one()).message.recipients == ["G22", "H26"]

    async def test_what_is_set_apart_at_another_system_is_its_own_affair(self, scene: Scene) -> None:
        """A second system that takes the same document is not touched."""
        offer = paper("K1", "P1", "A", SYSTEM, "registry")
        offer.wanted = [replace(one, recipients=THREE) for one in offer.wanted]
        await scene.told(offer)
        claims = {claim.system: claim for claim in await scene.claim()}
        await partly(scene, claims[SYSTEM], refused("H26"))
        await scene.settle(claims["registry"])
        assert await scene.count(State.DELIVERED) == 2
