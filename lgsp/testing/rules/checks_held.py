"""Rules of what checks hold: one word of a person lets go all that is held for the same, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from lgsp.adapter import Accepted
from lgsp.journal import acting, checks
from lgsp.journal.checks import Evidence, Put, Result
from lgsp.journal.contract import WrongStateError
from lgsp.journal.reaching import Sight
from lgsp.journal.rows import CHECK
from lgsp.journal.states import State
from lgsp.journal.turns import Claim
from lgsp.testing.making import SECOND, dossier
from lgsp.testing.rules.checks import PUT, RULE
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

PORTAL, REGISTRY = "portal", "registry"
OTHER = Put("K1", f"{RULE}\x1fregister\x1f{{}}", "address", RULE, "register")
LACKING = replace(PUT, asked="too little", known=Result.INCOMPLETE)
ACTS = pytest.mark.parametrize("act", [acting.release, acting.replay])


class HeldRules(JournalRules):
    """See the module."""

    async def held_told(self, scene: Scene, key: str = "K1") -> tuple[Accepted, dict[str, Claim]]:
        """Tell a dossier that goes to two systems, and claim both deliveries."""
        receipt = await scene.told(dossier(key, "A", PORTAL, REGISTRY))
        return receipt, {claim.system: claim for claim in await scene.claim()}

    async def held_found(self, scene: Scene, *puts: Put, result: Result = Result.DIFFERS) -> None:
        """Have questions answered."""
        await scene.act(lambda tx: checks.want(tx, puts, {}))
        for put in puts:
            await scene.act(lambda tx, one=put: checks.tell(tx, one, result, "", (), UUID(int=7)))  # type: ignore[misc]

    async def held_noted(self, scene: Scene, receipt: Accepted, claim: Claim, puts: Sequence[Put]) -> None:
        """Write down for what a delivery is to be held."""
        await scene.act(lambda tx: checks.note(tx, puts, puts, claim.delivery, receipt.id, []))

    async def held_for(self, scene: Scene, receipt: Accepted, claim: Claim, *puts: Put) -> None:
        """Hold a delivery for questions."""
        await self.held_noted(scene, receipt, claim, puts)
        await scene.settle(claim, State.HELD, cause="check-differs", scope=CHECK)

    async def held_act(self, scene: Scene, act: Any, claim: Claim) -> None:
        """Do what a person does to a delivery."""
        scene.frames += await scene.act(lambda tx: act(tx, claim.delivery, "operator", "papers seen"))

    async def held_known(self, scene: Scene, put: Put = PUT) -> Evidence:
        """Return what is known of a question."""
        return (await scene.journal.read(lambda tx: checks.found(tx, [put])))[put.asked]

    async def held_states(self, scene: Scene, receipt: Accepted) -> list[str]:
        """Return how both deliveries stand."""
        return [await scene.state(receipt, system) for system in (PORTAL, REGISTRY)]

    @ACTS
    @pytest.mark.parametrize("system", [PORTAL, REGISTRY])
    async def test_one_word_lets_go_all_that_is_held_for_the_same(
        self, scene: Scene, act: Any, system: str
    ) -> None:
        """Row 353: one question keeps a message from two systems: whichever a person acts on, both go."""
        receipt, claims = await self.held_told(scene)
        await self.held_found(scene, PUT)
        for claim in claims.values():
            await self.held_for(scene, receipt, claim, PUT)
        assert await self.held_states(scene, receipt) == ["held", "held"]
        await self.held_act(scene, act, claims[system])
        assert await self.held_states(scene, receipt) == ["ready", "ready"]
        known = await self.held_known(scene)
        assert known.waived_by == "operator" if act is acting.release else known.result is Result.OPEN
        what = "released" if act is acting.release else "replayed"
        entries = [one for one in (await scene.walk(receipt))["entries"] if one["what"] == what]
        assert sorted((one["system"], one["who"], one["cause"]) for one in entries) == [
            (PORTAL, "operator", "papers seen"), (REGISTRY, "operator", "papers seen"),
        ]  # fmt: skip
        assert sorted(frame.system for frame in scene.frames) == [PORTAL, REGISTRY]

    async def test_all_that_holds_a_delivery_is_waived_with_it(self, scene: Scene) -> None:
        """Row 353: one question holds another delivery too, held later: it is found all the same."""
        receipt, claims = await self.held_told(scene)
        await self.held_found(scene, PUT, OTHER)
        await self.held_for(scene, receipt, claims[PORTAL], PUT, OTHER)
        await self.held_for(scene, receipt, claims[REGISTRY], OTHER)
        await self.held_act(scene, acting.release, claims[PORTAL])
        assert await self.held_states(scene, receipt) == ["ready", "ready"]
        assert [(await self.held_known(scene, one)).waived_by for one in (PUT, OTHER)] == ["operator"] * 2

    async def test_what_is_held_for_something_else_too_stays_held(self, scene: Scene) -> None:
        """Row 353: of two doubts a person settled one; the other is still somebody's to decide."""
        receipt, claims = await self.held_told(scene)
        await self.held_found(scene, PUT, OTHER)
        await self.held_for(scene, receipt, claims[PORTAL], PUT, OTHER)
        await self.held_for(scene, receipt, claims[REGISTRY], OTHER)
        await self.held_act(scene, acting.release, claims[REGISTRY])
        assert await self.held_states(scene, receipt) == ["held", "ready"]
        known = [(await self.held_known(scene, one)).waived_by for one in (PUT, OTHER)]
        assert known == [None, "operator"]
        await self.held_act(scene, acting.release, claims[PORTAL])
        assert await self.held_states(scene, receipt) == ["ready", "ready"]

    async def test_who_is_limited_settles_no_doubt_of_others(self, scene: Scene) -> None:
        """A doubt that holds what goes to two systems is not settled by who may act upon one of them."""
        receipt, claims = await self.held_told(scene)
        await self.held_found(scene, PUT)
        for claim in claims.values():
            await self.held_for(scene, receipt, claim, PUT)
        number = claims[PORTAL].delivery

        async def release(*systems: str) -> None:
            sight = Sight(frozenset(systems))
            scene.frames += await scene.act(
                lambda tx: acting.release(tx, number, "operator", "papers seen", sight)
            )

        with pytest.raises(WrongStateError, match="beyond your limits"):
            await release(PORTAL)
        assert await self.held_states(scene, receipt) == ["held", "held"]
        assert (await self.held_known(scene)).waived_by is None
        await release(PORTAL, REGISTRY)
        assert await self.held_states(scene, receipt) == ["ready", "ready"]

    async def test_who_is_limited_settles_what_holds_his_own_alone(self, scene: Scene) -> None:
        """What another system was sent already, or is held for something else, is not let go by it."""
        receipt, claims = await self.held_told(scene)
        await self.held_found(scene, PUT)
        await scene.settle(claims[REGISTRY])
        await self.held_for(scene, receipt, claims[PORTAL], PUT)
        number = claims[PORTAL].delivery
        sight = Sight(frozenset({PORTAL}))
        scene.frames += await scene.act(lambda tx: acting.release(tx, number, "operator", "seen", sight))
        assert await self.held_states(scene, receipt) == ["ready", "delivered"]

    async def test_who_waived_first_stays_written(self, scene: Scene) -> None:
        """A second doubt that is settled later does not put another name to the first."""
        receipt, claims = await self.held_told(scene)
        await self.held_found(scene, PUT, OTHER)
        await self.held_for(scene, receipt, claims[PORTAL], PUT, OTHER)
        await self.held_for(scene, receipt, claims[REGISTRY], OTHER)
        number = claims[REGISTRY].delivery
        await scene.act(lambda tx: acting.release(tx, number, "Lan", "first"))
        await self.held_act(scene, acting.release, claims[PORTAL])
        assert [(await self.held_known(scene, one)).waived_by for one in (OTHER, PUT)] == ["Lan", "operator"]

    @ACTS
    async def test_what_is_being_judged_meanwhile_is_not_held_for_what_was_settled(
        self, scene: Scene, act: Any
    ) -> None:
        """Row 355: its outcome comes behind the release of the other: it is looked at again at once."""
        receipt, claims = await self.held_told(scene)
        await self.held_found(scene, PUT)
        await self.held_for(scene, receipt, claims[PORTAL], PUT)
        await self.held_noted(scene, receipt, claims[REGISTRY], [PUT])
        await self.held_act(scene, act, claims[PORTAL])
        assert await self.held_states(scene, receipt) == ["ready", "sending"]
        await scene.settle(claims[REGISTRY], State.HELD, cause="check-differs", scope=CHECK, patience=2)
        one = await scene.delivery(receipt, REGISTRY)
        assert (one["state"], one["cause"], one["patience"]) == ("put off", "checking", 2)
        await scene.due()
        assert await self.held_states(scene, receipt) == ["ready", "ready"]

    async def test_what_is_still_found_holds_whatever_else_was_settled(self, scene: Scene) -> None:
        """Row 355: judged for two, of which one was waived meanwhile."""
        receipt, claims = await self.held_told(scene)
        await self.held_found(scene, PUT, OTHER)
        await self.held_for(scene, receipt, claims[PORTAL], PUT)
        await self.held_noted(scene, receipt, claims[REGISTRY], [PUT, OTHER])
        await self.held_act(scene, acting.release, claims[PORTAL])
        await scene.settle(claims[REGISTRY], State.HELD, cause="check-differs", scope=CHECK)
        assert await self.held_states(scene, receipt) == ["ready", "held"]

    async def test_another_dossier_of_the_same_owner_stays_held(self, scene: Scene) -> None:
        """The same is asked, but papers were seen for one dossier: the other is another subject."""
        first, claims = await self.held_told(scene)
        await self.held_found(scene, PUT, replace(PUT, subject="K2"))
        await self.held_for(scene, first, claims[PORTAL], PUT)
        await scene.settle(claims[REGISTRY])
        second, others = await self.held_told(scene, "K2")
        for claim in others.values():
            await self.held_for(scene, second, claim, replace(PUT, subject="K2"))
        await self.held_act(scene, acting.release, claims[PORTAL])
        assert await self.held_states(scene, second) == ["held", "held"]

    async def test_what_a_person_holds_is_not_let_go_with_it(self, scene: Scene) -> None:
        """It was about to be held for the same, and lapsed; a person's stop is no matter of a check."""
        receipt, claims = await self.held_told(scene)
        await self.held_found(scene, PUT)
        await self.held_noted(scene, receipt, claims[REGISTRY], [PUT])
        await scene.settle(claims[REGISTRY], State.PUT_OFF, cause="timed-out", wait=SECOND)
        number = claims[REGISTRY].delivery
        await scene.act(lambda tx: acting.hold(tx, number, "operator", "stop"))
        await self.held_for(scene, receipt, claims[PORTAL], PUT)
        await self.held_act(scene, acting.release, claims[PORTAL])
        assert await self.held_states(scene, receipt) == ["ready", "held"]

    @ACTS
    async def test_what_a_newer_snapshot_replaced_is_left_alone(self, scene: Scene, act: Any) -> None:
        """Its row stands there still; it is closed, and acting on it is refused."""
        old, claims = await self.held_told(scene)
        await self.held_found(scene, PUT)
        for claim in claims.values():
            await self.held_for(scene, old, claim, PUT)
        new = await scene.told(dossier("K1", "B", PORTAL))
        (claim,) = await scene.claim()
        await self.held_for(scene, new, claim, PUT)
        with pytest.raises(WrongStateError):
            await self.held_act(scene, act, claims[PORTAL])
        await self.held_act(scene, act, claim)
        assert (await scene.state(old, PORTAL), await scene.state(new, PORTAL)) == ("superseded", "ready")
        assert await scene.state(old, REGISTRY) == "ready"

    async def test_what_a_body_does_not_say_stays_known_when_it_is_checked_anew(self, scene: Scene) -> None:
        """Nobody can be asked: it is held again by the next attempt, and not looked at without end."""
        receipt, claims = await self.held_told(scene)
        await scene.act(lambda tx: checks.want(tx, [LACKING], {}))
        await self.held_for(scene, receipt, claims[PORTAL], LACKING)
        await self.held_act(scene, acting.replay, claims[PORTAL])
        assert (await self.held_known(scene, LACKING)).result is Result.INCOMPLETE
        claim = next(one for one in await scene.claim() if one.system == PORTAL)
        await self.held_for(scene, receipt, claim, LACKING)
        assert await scene.state(receipt, PORTAL) == "held"

    async def test_outcomes_that_hold_nothing_are_applied_as_they_are(self, scene: Scene) -> None:
        """Together with one that is spared, in one batch."""
        receipt, claims = await self.held_told(scene)
        await self.held_found(scene, PUT)
        await self.held_noted(scene, receipt, claims[PORTAL], [PUT])
        scene.clock.move(1)
        await scene.act(lambda tx: checks.want(tx, [PUT], {PUT.asked: checks.found(tx, [PUT])[PUT.asked]}))
        await scene.settle(claims[REGISTRY])
        await scene.settle(claims[PORTAL], State.HELD, cause="check-differs", scope=CHECK, wait=60 * SECOND)
        assert await self.held_states(scene, receipt) == ["put off", "delivered"]
        await scene.due()
        assert await scene.state(receipt, PORTAL) == "ready"
