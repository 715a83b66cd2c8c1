"""Rules of what people do: cancel, hold, release, replay, retry now."""

from __future__ import annotations

import pytest

from lgsp.adapter import Accepted
from lgsp.journal import acting, sweeping
from lgsp.journal.contract import WrongStateError
from lgsp.journal.states import State
from lgsp.testing.making import SYSTEM, dossier, paper, progress
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

WHO = "operator"


class PeopleRules(JournalRules):
    """An operator may decide about whatever is not on the wire, and each act leaves its name."""

    async def number(self, scene: Scene, receipt: Accepted) -> int:
        """Return a message's delivery as the acts name it."""
        return int((await scene.delivery(receipt))["id"])

    async def test_cancelling_gives_the_next_its_turn(self, scene: Scene) -> None:
        """A cancelled head closes; what waited behind it goes."""
        first, _ = await scene.told(dossier(body="A")), await scene.told(dossier(body="B"))
        number = await self.number(scene, first)
        scene.frames = await scene.act(lambda tx: acting.cancel(tx, number, WHO, "withdrawn"))
        assert await scene.run() == [{"body": "B"}]
        cancelled = [e for e in (await scene.walk(first))["entries"] if e["what"] == "cancelled"]
        assert [(entry["who"], entry["cause"]) for entry in cancelled] == [(WHO, "withdrawn")]

    async def test_a_frame_of_a_cancelled_delivery_claims_nothing(self, scene: Scene) -> None:
        """What was called off is not sent, though its frame is still on its way."""
        receipt = await scene.told(dossier())
        number = await self.number(scene, receipt)
        await scene.act(lambda tx: acting.cancel(tx, number, WHO, "withdrawn"))
        assert await scene.claim() == []

    @pytest.mark.parametrize("state", [State.PUT_OFF, State.REFUSED, State.EXHAUSTED, State.HELD])
    async def test_a_wish_to_cancel_is_applied_to_an_outcome(self, scene: Scene, state: State) -> None:
        """Row 25: cancelled while it is being sent; whatever but a delivery comes, it is called off."""
        receipt = await scene.told(dossier())
        claim = await scene.one()
        assert await scene.act(lambda tx: acting.cancel(tx, claim.delivery, WHO, "withdrawn")) == []
        assert await scene.state(receipt) == "sending"
        await scene.settle(claim, state, cause="odd")
        assert await scene.state(receipt) == "cancelled"

    async def test_a_wish_to_cancel_comes_too_late_for_a_delivery(self, scene: Scene) -> None:
        """Row 25: what the far side took is delivered, whatever was wished."""
        receipt = await scene.told(dossier())
        claim = await scene.one()
        await scene.act(lambda tx: acting.cancel(tx, claim.delivery, WHO, "withdrawn"))
        await scene.settle(claim)
        assert await scene.state(receipt) == "delivered"

    async def test_a_wish_to_cancel_is_applied_to_a_lapse(self, scene: Scene) -> None:
        """Row 25: the worker went silent after the wish; it is not sent once more, and the line settles."""
        receipt = await scene.told(dossier(body="A"))
        claim = await scene.one()
        newer = await scene.told(dossier(body="B"))
        await scene.act(lambda tx: acting.cancel(tx, claim.delivery, WHO, "withdrawn"))
        await scene.lapse(claim)
        assert [await scene.state(one) for one in (receipt, newer)] == ["cancelled", "put off"]
        await scene.due(2.1)
        assert await scene.run() == [{"body": "B"}]

    async def test_holding_keeps_the_line_until_release(self, scene: Scene) -> None:
        """A held head is not sent, and nobody passes it; released it goes first."""
        first, _ = await scene.told(dossier(body="A")), await scene.told(dossier(body="B"))
        number = await self.number(scene, first)
        await scene.act(lambda tx: acting.hold(tx, number, WHO, "asks the owner"))
        assert (await scene.claim(), await scene.state(first)) == ([], "held")
        scene.frames += await scene.act(lambda tx: acting.release(tx, number, WHO))
        assert await scene.run() == [{"body": "A"}, {"body": "B"}]

    async def test_a_doubtful_document_released_is_sent_and_counted(self, scene: Scene) -> None:
        """A person says that its doubt is settled: it goes without a probe, as a possible duplicate."""
        receipt = await scene.told(paper())
        await scene.settle(await scene.one(), State.PUT_OFF, uncertain=True, cause="timed-out")
        await scene.due(60)
        await scene.settle(await scene.one(), State.HELD, cause="uncertain")
        number = await self.number(scene, receipt)
        scene.frames += await scene.act(lambda tx: acting.release(tx, number, WHO))
        claim = await scene.one()
        assert not claim.uncertain
        await scene.settle(claim)
        assert (await scene.delivery(receipt))["repeats"] == 1

    async def test_releasing_into_a_line_that_settles_waits(self, scene: Scene) -> None:
        """A person does not shorten the time in which a doubtful attempt may land."""
        receipt = await scene.told(paper())
        await scene.settle(await scene.one(), State.HELD, cause="uncertain", uncertain=True)
        number = await self.number(scene, receipt)
        scene.frames += await scene.act(lambda tx: acting.release(tx, number, WHO))
        assert (await scene.claim(), await scene.state(receipt)) == ([], "put off")

    async def test_replaying_a_dead_delivery_starts_its_patience_anew(self, scene: Scene) -> None:
        """An operator's replay has the whole list of intervals before it."""
        dead = await scene.kill(dossier())
        number = await self.number(scene, dead)
        scene.frames = await scene.act(lambda tx: acting.replay(tx, number, WHO))
        claim = await scene.one()
        assert (claim.attempt, claim.patience) == (2, 0)

    async def test_retrying_now_what_was_put_off(self, scene: Scene) -> None:
        """A put-off delivery is sent at once when an operator asks, in a new epoch."""
        receipt = await scene.told(dossier())
        await scene.settle(await scene.one(), State.PUT_OFF, cause="odd")
        number = await self.number(scene, receipt)
        scene.frames = await scene.act(lambda tx: acting.replay(tx, number, WHO))
        assert (await scene.one()).attempt == 2

    async def test_retrying_now_does_not_break_the_settle_time(self, scene: Scene) -> None:
        """Row 8: nor does an operator send into a line in which an attempt may still land."""
        receipt = await scene.told(dossier())
        await scene.settle(await scene.one(), State.PUT_OFF, uncertain=True, cause="timed-out")
        number = await self.number(scene, receipt)
        with pytest.raises(WrongStateError, match="settles"):
            await scene.act(lambda tx: acting.replay(tx, number, WHO))

    async def test_a_dead_event_whose_anchor_is_not_there_is_parked_by_a_replay(self, scene: Scene) -> None:
        """A replay cannot send progress before its dossier."""
        event = await scene.told(progress())
        number = await self.number(scene, event)
        await scene.act(lambda tx: sweeping.expire(tx, {SYSTEM: -1}))
        assert await scene.act(lambda tx: acting.replay(tx, number, WHO)) == []
        assert await scene.state(event) == "parked"

    @pytest.mark.parametrize("act", ["replay", "hold", "release"])
    async def test_acts_refuse_what_the_table_does_not_allow(self, scene: Scene, act: str) -> None:
        """What is on the wire is nobody's; the error names the delivery's state and changes nothing."""
        receipt = await scene.told(dossier())
        claim = await scene.one()
        acts = {
            "replay": lambda tx: acting.replay(tx, claim.delivery, WHO),
            "hold": lambda tx: acting.hold(tx, claim.delivery, WHO, "why"),
            "release": lambda tx: acting.release(tx, claim.delivery, WHO),
        }
        with pytest.raises(WrongStateError, match="sending"):
            await scene.act(acts[act])
        assert await scene.state(receipt) == "sending"

    async def test_acting_on_what_is_closed_is_refused(self, scene: Scene) -> None:
        """A delivered message cannot be cancelled or replayed."""
        receipt = await scene.deliver(dossier())
        number = await self.number(scene, receipt)
        with pytest.raises(WrongStateError):
            await scene.act(lambda tx: acting.cancel(tx, number, WHO, "too late"))
        with pytest.raises(WrongStateError):
            await scene.act(lambda tx: acting.replay(tx, number, WHO))

    async def test_two_lines_of_systems_are_replayed_apart(self, scene: Scene) -> None:
        """Replay is per delivery: the other system's is left alone."""
        receipt = await scene.told(dossier("K1", "A", SYSTEM, "registry"))
        for claim in await scene.claim():
            await scene.settle(claim, State.REFUSED, cause="field-rejected")
        number = await self.number(scene, receipt)
        scene.frames = await scene.act(lambda tx: acting.replay(tx, number, WHO))
        await scene.run()
        assert [await scene.state(receipt, s) for s in (SYSTEM, "registry")] == ["delivered", "refused"]
