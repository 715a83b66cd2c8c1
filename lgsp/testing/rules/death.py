"""Rules of death: what the dead block, what resolves them, and what their source is told."""

from __future__ import annotations

import pytest

from lgsp.journal import acting, sweeping
from lgsp.journal.contract import WrongStateError
from lgsp.journal.states import State
from lgsp.testing.making import PATIENCE, RETRY, SYSTEM, dossier, paper, progress
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene


class DeathRules(JournalRules):
    """Dead is not forgotten: the source, an operator or a newer snapshot resolves it."""

    @pytest.mark.parametrize("state", [State.REFUSED, State.EXHAUSTED, State.EXPIRED, State.PUT_OFF])
    async def test_an_outcome_leaves_the_delivery_in_its_state(self, scene: Scene, state: State) -> None:
        """The state, its cause and what was said stand on the delivery, for people to read."""
        receipt = await scene.told(dossier())
        await scene.settle(await scene.one(), state, cause="a-cause", said="no")
        shown = await scene.delivery(receipt)
        assert (shown["state"], shown["cause"], shown["said"]) == (state.word, "a-cause", "no")

    async def test_a_dead_snapshot_or_event_does_not_stop_the_next(self, scene: Scene) -> None:
        """Row 13: only documents are strict; behind a dead event the others go on."""
        await scene.deliver(dossier(body="A"))
        await scene.tell(progress(step=1), progress(step=2))
        await scene.settle(await scene.one(), State.REFUSED, cause="field-rejected")
        assert [claim.message.data["step"] for claim in await scene.claim()] == [2]

    async def test_a_known_fact_told_again_after_it_died_is_tried_again(self, scene: Scene) -> None:
        """Row 15: telling a dead fact again is a request to retry it; the receipt stays the same."""
        dead = await scene.kill(dossier())
        scene.clock.move(PATIENCE + 1)
        again = await scene.told(dossier())
        assert (again.id, again.known, again.systems) == (dead.id, True, (SYSTEM,))
        claim = await scene.one()
        assert (claim.attempt, claim.patience) == (2, len(RETRY) - 1)
        await scene.settle(claim)
        assert await scene.state(dead) == "delivered"

    async def test_a_vendors_loop_does_not_retry_a_dead_fact_each_minute(self, scene: Scene) -> None:
        """Row 14: at most once in each last interval of patience."""
        await scene.kill(dossier())
        tries = 0
        for _ in range(10):
            scene.clock.move(PATIENCE / 4)
            await scene.told(dossier())
            for claim in await scene.claim():
                tries += 1
                await scene.settle(claim, State.REFUSED, cause="field-rejected")
        assert tries == 2

    async def test_a_dead_fact_told_twice_in_one_request_is_tried_once(self, scene: Scene) -> None:
        """Row 15: one request to retry, however often the array names it."""
        await scene.kill(dossier())
        scene.clock.move(PATIENCE + 1)
        await scene.tell(dossier(), dossier())
        assert len(await scene.claim()) == 1

    async def test_a_dead_event_told_again_waits_for_its_anchor(self, scene: Scene) -> None:
        """Row 15: an event that expired while parked is parked again, not sent before its dossier."""
        event = await scene.told(progress())
        await scene.act(lambda tx: sweeping.expire(tx, {SYSTEM: -1}))
        assert await scene.state(event) == "expired"
        scene.clock.move(PATIENCE + 1)
        await scene.told(progress())
        assert (await scene.state(event), await scene.claim()) == ("parked", [])
        await scene.told(dossier())
        assert await scene.run() == [{"body": "A"}, {"of": "K1", "step": 1}]

    async def test_a_dead_snapshot_is_marked_when_a_newer_one_comes(self, scene: Scene) -> None:
        """Row 16: it keeps its state, says by whom it was superseded, and cannot be replayed over it."""
        dead = await scene.kill(dossier(body="A"))
        number = (await scene.delivery(dead))["id"]
        newer = await scene.told(dossier(body="B"))
        shown = await scene.delivery(dead)
        assert (shown["state"], shown["superseded_by"]) == ("refused", (await scene.delivery(newer))["id"])
        with pytest.raises(WrongStateError):
            await scene.act(lambda tx: acting.replay(tx, number, "operator"))

    async def test_a_snapshot_that_dies_with_a_newer_one_in_its_line_is_marked_at_once(
        self, scene: Scene
    ) -> None:
        """Row 16: the newer one was accepted while the old one was on the wire."""
        old = await scene.told(dossier(body="A"))
        claim = await scene.one()
        newer = await scene.told(dossier(body="B"))
        await scene.settle(claim, State.REFUSED, cause="field-rejected")
        shown = await scene.delivery(old)
        assert (shown["state"], shown["superseded_by"]) == ("refused", (await scene.delivery(newer))["id"])
        assert await scene.run() == [{"body": "B"}]

    async def test_a_corrected_snapshot_after_a_refused_one_is_delivered(self, scene: Scene) -> None:
        """Row 13: a corrected snapshot after a refused one has its turn at once."""
        await scene.kill(dossier(body="A"))
        corrected = await scene.told(dossier(body="B"))
        await scene.run()
        assert await scene.state(corrected) == "delivered"

    async def test_the_way_back_of_the_corrected_one_does_not_revive_the_dead(self, scene: Scene) -> None:
        """Row 16: A died, B was delivered, A is told again: a third revision; the dead stays closed."""
        dead = await scene.kill(dossier(body="A"))
        await scene.deliver(dossier(body="B"))
        scene.clock.move(PATIENCE + 1)
        again = await scene.told(dossier(body="A"))
        assert (again.known, again.revision) == (False, 3)
        assert await scene.state(dead) == "refused"
        assert await scene.run() == [{"body": "A"}]

    async def test_the_source_is_told_of_a_late_refusal(self, scene: Scene) -> None:
        """The source told about a late refusal: receipt first, refusal later, with cause and fields."""
        dead = await scene.told(dossier())
        fields = ["NgayTiepNhan"]
        await scene.settle(await scene.one(), State.REFUSED, cause="field-rejected", said="no", fields=fields)
        (report,) = await scene.reports()
        assert (report.message, report.system, report.state) == (dead.id, SYSTEM, "refused")
        assert (report.cause, report.said, list(report.fields)) == ("field-rejected", "no", ["NgayTiepNhan"])

    async def test_reports_are_read_since_a_cursor_and_a_later_end_is_a_new_one(self, scene: Scene) -> None:
        """A refusal, a retry and its success are two reports; the cursor rises and skips none."""
        await scene.kill(dossier())
        (first,) = await scene.reports()
        scene.clock.move(PATIENCE + 1)
        await scene.told(dossier())
        await scene.run()
        assert [report.state for report in await scene.reports()] == ["refused", "delivered"]
        assert [report.state for report in await scene.reports(since=first.cursor)] == ["delivered"]

    async def test_every_final_transition_is_reported_to_its_own_source(self, scene: Scene) -> None:
        """Delivered, superseded, cancelled and exhausted ends reach their source, and no other."""
        await scene.deliver(dossier("K1"))
        await scene.told(dossier("K2", "A"))
        await scene.settle(await scene.one(), State.PUT_OFF, cause="odd")
        await scene.deliver(dossier("K2", "B"))
        await scene.told(dossier("K3"))
        await scene.settle(await scene.one(), State.EXHAUSTED, cause="odd")
        called_off = await scene.told(dossier("K4"))
        number = (await scene.delivery(called_off))["id"]
        await scene.act(lambda tx: acting.cancel(tx, number, "operator", "withdrawn"))
        ends = [(report.subject, report.state) for report in await scene.reports()]
        assert ends == [
            ("K1", "delivered"), ("K2", "superseded"), ("K2", "delivered"), ("K3", "exhausted"),
            ("K4", "cancelled"),
        ]  # fmt: skip
        assert not await scene.reports(source="village")

    async def test_a_dead_document_replayed_goes_before_those_that_waited_for_it(self, scene: Scene) -> None:
        """Its order is strict: it takes its old place."""
        dead = await scene.kill(paper(name="P1"))
        await scene.told(paper(name="P2"))
        number = (await scene.delivery(dead))["id"]
        scene.frames += await scene.act(lambda tx: acting.replay(tx, number, "operator"))
        assert [body["name"] for body in await scene.run()] == ["P1", "P2"]
