"""Rules of routing: what no route wants is kept, and gets its deliveries when one is published."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lgsp.journal import acting, sweeping
from lgsp.journal.contract import StaleRoutesError, Wanted, WrongStateError
from lgsp.journal.states import State
from lgsp.testing.making import DOSSIER, PROGRESS, SECOND, SYSTEM, arrival, dossier, paper, progress, unrouted
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

ANCHORS = {PROGRESS: DOSSIER}


class RoutingRules(JournalRules):
    """Our slip in the routes turns nobody away."""

    async def publish(self, scene: Scene) -> None:
        """Publish a route for everything, and dispatch what it brought."""
        page: int | None = 0
        while page is not None:
            page = await scene.act(
                lambda tx, after=page: acting.route_unrouted(  # type: ignore[misc]
                    tx, lambda message: [(Wanted(SYSTEM), ANCHORS.get(message["type"]))], after
                )
            )
        await scene.refill()

    async def test_what_no_route_wants_is_accepted_as_unrouted(self, scene: Scene) -> None:
        """It has a receipt without systems, and an entry that says so."""
        receipt = await scene.told(unrouted(dossier()))
        shown = await scene.walk(receipt)
        assert (receipt.systems, shown["unrouted"], shown["deliveries"]) == ((), True, [])
        assert [entry["what"] for entry in shown["entries"]] == ["unrouted"]

    async def test_publishing_a_route_creates_deliveries_in_journal_order(self, scene: Scene) -> None:
        """Row 23: a route is published while messages are unrouted; they go in the order they came."""
        for offer in (progress(step=1), dossier(body="A"), dossier("K2", "B"), dossier(body="C")):
            await scene.told(unrouted(offer))
        await self.publish(scene)
        went = await scene.run()
        assert [body for body in went if body != {"body": "B"}] == [
            {"body": "A"}, {"of": "K1", "step": 1}, {"body": "C"},
        ]  # fmt: skip
        assert {"body": "B"} in went
        assert not await scene.rows("SELECT id FROM messages WHERE unrouted")

    async def test_an_older_unrouted_snapshot_is_born_superseded(self, scene: Scene) -> None:
        """Row 23: a snapshot older than what has been on its way there does not go over it."""
        old = await scene.told(unrouted(dossier(body="A")))
        await scene.deliver(dossier(body="B"))
        await self.publish(scene)
        assert (await scene.state(old), await scene.claim()) == ("superseded", [])

    async def test_a_route_that_still_wants_nothing_leaves_them(self, scene: Scene) -> None:
        """What no route wants after the publishing either stays unrouted."""
        await scene.told(unrouted(dossier()))
        await scene.act(lambda tx: acting.route_unrouted(tx, lambda _: []))
        assert len(await scene.rows("SELECT id FROM messages WHERE unrouted")) == 1

    async def test_an_unrouted_event_is_parked_while_its_anchor_is_in_doubt(self, scene: Scene) -> None:
        """Row 23: a dossier that may or may not be there is no anchor for late-routed progress either."""
        await scene.told(dossier())
        await scene.settle(await scene.one(), State.PUT_OFF, uncertain=True, cause="timed-out")
        event = await scene.told(unrouted(progress()))
        await self.publish(scene)
        assert await scene.state(event) == "parked"

    async def test_an_unrouted_message_keeps_its_expiry(self, scene: Scene) -> None:
        """Row 23: what was void after a time is void after it, however late it was routed."""
        offer = unrouted(dossier())
        now = datetime.fromtimestamp(scene.clock.now / SECOND, UTC)
        offer.message.expirytime = now + timedelta(seconds=10)
        receipt = await scene.told(offer)
        await self.publish(scene)
        scene.clock.move(11)
        await scene.act(lambda tx: sweeping.expire(tx, {}))
        assert await scene.state(receipt) == "expired"

    async def test_late_routed_documents_wait_behind_a_dead_one(self, scene: Scene) -> None:
        """Row 23: the order of documents is strict for those that are routed late, too."""
        await scene.kill(paper(name="P1"))
        late = await scene.told(unrouted(paper(name="P2")))
        await self.publish(scene)
        assert (await scene.claim(), await scene.state(late)) == ([], "waiting")

    async def test_a_dead_snapshot_is_not_replayed_over_one_that_was_routed_late(self, scene: Scene) -> None:
        """Row 16: the newer one was unrouted when it came; once it has gone it is the last word."""
        dead = await scene.kill(dossier(body="A"))
        number = (await scene.delivery(dead))["id"]
        await scene.told(unrouted(dossier(body="B")))
        await self.publish(scene)
        assert await scene.run() == [{"body": "B"}]
        with pytest.raises(WrongStateError):
            await scene.act(lambda tx: acting.replay(tx, number, "operator"))
        assert await scene.claim() == []

    async def test_routes_are_published_once_per_text(self, scene: Scene) -> None:
        """The same text is the same version; another one is the next."""
        versions = [
            await scene.act(lambda tx, text=text: acting.publish(tx, text, "start"))  # type: ignore[misc]
            for text in ("a", "a", "b", "b")
        ]
        assert versions == [1, 1, 2, 2]

    async def test_an_arrival_routed_by_an_old_version_is_sent_back(self, scene: Scene) -> None:
        """Accept checks the version in its transaction; nothing of a stale request is taken on."""
        await scene.act(lambda tx: acting.publish(tx, "a", "start"))
        await scene.act(lambda tx: acting.publish(tx, "b", "start"))
        with pytest.raises(StaleRoutesError):
            await scene.journal.accept(arrival(dossier(), published=1))
        assert not await scene.rows("SELECT id FROM messages")
        taken = await scene.journal.accept(arrival(dossier(), published=2))
        assert len(taken.frames) == 1
