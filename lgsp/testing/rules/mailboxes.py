"""Rules of mailboxes: what is offered, taken on a lease, and said to be done or not usable."""

from __future__ import annotations

from uuid import UUID

import pytest

from lgsp.adapter import Accepted
from lgsp.journal import acting, mailboxes, sweeping
from lgsp.journal.contract import Offer, WrongStateError
from lgsp.message import Message
from lgsp.testing.making import (
    DOSSIER,
    PAPER,
    PROGRESS,
    SECOND,
    SYSTEM,
    dossier,
    paper,
    progress,
)
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

ALL = (DOSSIER, PAPER, PROGRESS)
WAIT = 10 * SECOND


async def listed(scene: Scene, *types: str) -> list[mailboxes.Offered]:
    """Return what the mailbox lists."""
    return await scene.journal.read(lambda tx: mailboxes.waiting(tx, SYSTEM, types or ALL, 100))


async def take(scene: Scene, one: mailboxes.Offered, system: str = SYSTEM) -> Message | None:
    """Take a delivery."""
    return await scene.act(lambda tx: mailboxes.take(tx, system, one.delivery, one.uid))


async def done(scene: Scene, one: mailboxes.Offered, system: str = SYSTEM) -> bool:
    """Say that a delivery is done."""
    return await scene.act(lambda tx: mailboxes.done(tx, system, one.delivery, one.uid, "done"))


async def fail(scene: Scene, one: mailboxes.Offered, *, spent: bool = False) -> bool:
    """Say that a delivery cannot be used."""
    wait = lambda _: None if spent else WAIT  # noqa: E731
    return await scene.act(lambda tx: mailboxes.fail(tx, SYSTEM, one.delivery, one.uid, "broken", wait))


async def tell(scene: Scene, *offers: Offer) -> list[Accepted]:
    """Tell messages to the system that collects, one after the other."""
    scene.collects()
    return [await scene.told(offer) for offer in offers]


def uids(receipts: list[Accepted]) -> list[UUID]:
    """Return the outer ids of receipts."""
    return [receipt.id for receipt in receipts]


class MailboxRules(JournalRules):
    """What waits for a system that collects is handed out in order, and delivered once."""

    async def test_what_is_told_to_a_mailbox_is_offered_and_needs_no_frame(self, scene: Scene) -> None:
        """Row 96: it is listed as soon as it is taken on; nothing goes to a broker."""
        receipts = await tell(scene, dossier("K1"), dossier("K2"))
        assert (scene.frames, [await scene.state(one) for one in receipts]) == ([], ["offered"] * 2)
        assert [UUID(bytes=bytes(one.uid)) for one in await listed(scene)] == uids(receipts)
        await scene.refill()
        assert await scene.claim() == []

    async def test_only_the_head_of_a_line_is_listed(self, scene: Scene) -> None:
        """Row 97: what comes behind is listed when the one before it is done, not when it is taken."""
        first, second = await tell(scene, paper(name="P1"), paper(name="P2"))
        (one,) = await listed(scene)
        await take(scene, one)
        assert await listed(scene) == []
        assert await done(scene, one)
        (two,) = await listed(scene)
        assert UUID(bytes=bytes(two.uid)) == second.id
        assert await scene.state(first) == "delivered"
        assert scene.frames == []

    async def test_what_was_taken_is_not_listed_until_its_lease_ends(self, scene: Scene) -> None:
        """Row 98: a client that dies after taking loses nothing: it is listed again, and handed out again."""
        await tell(scene, dossier())
        (one,) = await listed(scene)
        message = await take(scene, one)
        assert message is not None
        assert message.data == {"body": "A"}
        assert (await listed(scene), await scene.act(lambda tx: mailboxes.count(tx, SYSTEM, ALL))) == ([], 1)
        scene.clock.move(mailboxes.LEASE / SECOND + 1)
        assert await listed(scene) == [one]
        assert await take(scene, one) is not None

    async def test_whoever_lost_the_answer_takes_it_again(self, scene: Scene) -> None:
        """Row 98: a lease keeps it off the list; it keeps nobody of the system from it."""
        await tell(scene, dossier())
        (one,) = await listed(scene)
        assert await take(scene, one) is not None
        assert await take(scene, one) is not None

    async def test_a_lease_from_a_clock_that_was_ahead_binds_nobody(self, scene: Scene) -> None:
        """Row 99: the journal's clock steps back an hour; what was taken before is listed."""
        await tell(scene, dossier())
        (one,) = await listed(scene)
        await take(scene, one)
        scene.clock.move(-3600)
        assert await listed(scene) == [one]

    async def test_done_is_true_as_often_as_it_is_said(self, scene: Scene) -> None:
        """Row 100: two clients of a system take the same; both say done; it is delivered once."""
        (receipt,) = await tell(scene, dossier())
        (one,) = await listed(scene)
        await take(scene, one)
        await take(scene, one)
        assert [await done(scene, one), await done(scene, one)] == [True, True]
        assert [report.state for report in await scene.reports()] == ["delivered"]
        assert [entry["what"] for entry in (await scene.walk(receipt))["entries"]] == [
            "accepted", "taken", "taken", "delivered",
        ]  # fmt: skip

    async def test_done_counts_after_the_lease(self, scene: Scene) -> None:
        """Row 100: a slow client is not asked to take it once more."""
        (receipt,) = await tell(scene, dossier())
        (one,) = await listed(scene)
        await take(scene, one)
        scene.clock.move(mailboxes.LEASE / SECOND + 1)
        assert (await done(scene, one), await scene.state(receipt)) == (True, "delivered")

    async def test_what_could_not_be_used_is_offered_again_later(self, scene: Scene) -> None:
        """Row 101: it is put off, keeps its place, and is offered again by patience."""
        first, _ = await tell(scene, paper(name="P1"), paper(name="P2"))
        (one,) = await listed(scene)
        await take(scene, one)
        assert (await fail(scene, one), await scene.state(first), await listed(scene)) == (
            True,
            "put off",
            [],
        )
        await scene.due(9)
        assert await listed(scene) == []
        await scene.due(2)
        assert (await listed(scene), scene.frames) == ([one], [])

    async def test_fail_said_twice_spends_patience_once(self, scene: Scene) -> None:
        """Row 101: each client says so; one failure is one."""
        (receipt,) = await tell(scene, dossier())
        (one,) = await listed(scene)
        assert [await fail(scene, one), await fail(scene, one)] == [True, True]
        assert (await scene.delivery(receipt))["patience"] == 1

    async def test_one_client_fails_and_another_one_is_done(self, scene: Scene) -> None:
        """Row 102: somebody has it: it is delivered, also while it is put off; a fail later is nothing."""
        (receipt,) = await tell(scene, dossier())
        (one,) = await listed(scene)
        await take(scene, one)
        await fail(scene, one)
        assert (await done(scene, one), await scene.state(receipt)) == (True, "delivered")
        assert (await fail(scene, one), await scene.state(receipt)) == (False, "delivered")

    async def test_what_nobody_can_use_is_exhausted_and_holds_up_its_documents(self, scene: Scene) -> None:
        """Row 103: it is dead and a person is told; a document behind it is not handed out before it."""
        first, second = await tell(scene, paper(name="P1"), paper(name="P2"))
        (one,) = await listed(scene)
        await fail(scene, one, spent=True)
        assert (await scene.state(first), await listed(scene)) == ("exhausted", [])
        number = (await scene.delivery(first))["id"]
        scene.frames += await scene.act(lambda tx: acting.replay(tx, number, "operator"))
        assert (await listed(scene), scene.frames) == ([one], [])
        await done(scene, one)
        assert [UUID(bytes=bytes(two.uid)) for two in await listed(scene)] == [second.id]

    async def test_what_a_person_holds_is_not_handed_out(self, scene: Scene) -> None:
        """Row 104: it is not listed, taken or done until it is released; a person called it off for good."""
        held, off = await tell(scene, dossier("K1"), dossier("K2"))
        one, two = await listed(scene)
        number, other = [(await scene.delivery(receipt))["id"] for receipt in (held, off)]
        await scene.act(lambda tx: acting.hold(tx, number, "operator", "look"))
        assert [await listed(scene), await take(scene, one), await done(scene, one)] == [[two], None, False]
        scene.frames += await scene.act(lambda tx: acting.release(tx, number, "operator"))
        assert (await listed(scene), scene.frames) == ([one, two], [])
        await scene.act(lambda tx: acting.cancel(tx, other, "operator", "twice"))
        assert [await take(scene, two), await done(scene, two)] == [None, False]
        assert await scene.state(off) == "cancelled"

    async def test_nobody_takes_what_is_another_systems(self, scene: Scene) -> None:
        """Row 105: a number alone opens nothing: system and message must fit."""
        await tell(scene, dossier())
        (one,) = await listed(scene)
        foreign = one._replace(uid=bytes(16))
        assert [await take(scene, one, "other"), await done(scene, one, "other")] == [None, False]
        assert [await take(scene, foreign), await done(scene, foreign), await fail(scene, foreign)] == [
            None, False, False,
        ]  # fmt: skip
        await done(scene, one)
        assert [await done(scene, one, "other"), await done(scene, foreign)] == [False, False]

    async def test_what_is_sent_is_not_collected(self, scene: Scene) -> None:
        """Row 105: a delivery that a worker sends is in no mailbox."""
        receipt = await scene.told(dossier())
        number = (await scene.delivery(receipt))["id"]
        one = mailboxes.Offered(number, receipt.id.bytes, "", "", "", "", None, 0)
        assert [await take(scene, one), await done(scene, one), await fail(scene, one)] == [
            None,
            False,
            False,
        ]
        assert len(await scene.claim()) == 1

    async def test_an_event_is_offered_when_its_anchor_was_collected(self, scene: Scene) -> None:
        """Row 106: who collects learns of a document before it learns what became of it."""
        (parked,) = await tell(scene, progress())
        assert (await listed(scene), await scene.state(parked)) == ([], "parked")
        await tell(scene, dossier())
        (one,) = await listed(scene)
        await done(scene, one)
        assert [UUID(bytes=bytes(two.uid)) for two in await listed(scene)] == [parked.id]

    async def test_what_expires_in_a_mailbox_is_closed(self, scene: Scene) -> None:
        """Row 104: what is void is handed out to nobody, and holds up nobody."""
        (receipt,) = await tell(scene, dossier())
        (one,) = await listed(scene)
        await scene.act(
            lambda tx: tx.run("UPDATE deliveries SET expires_at = ? WHERE id = ?", [(tx.now, one.delivery)])
        )
        await scene.act(lambda tx: sweeping.expire(tx, {}))
        assert ([await take(scene, one), await done(scene, one)], await scene.state(receipt)) == (
            [None, False], "expired",
        )  # fmt: skip

    async def test_a_snapshot_that_could_not_be_used_gives_way_to_a_newer_one(self, scene: Scene) -> None:
        """Row 115: like one that is put off by a worker: void as soon as a newer one waits behind it."""
        old, _ = await tell(scene, dossier(body=1), dossier(body=2))
        (one,) = await listed(scene)
        assert (await fail(scene, one), await scene.state(old)) == (True, "superseded")
        assert [entry.delivery > one.delivery for entry in await listed(scene)] == [True]

    async def test_a_snapshot_whose_patience_is_spent_is_marked_by_the_newer_one(self, scene: Scene) -> None:
        """Row 115: nobody replays it over what came after it."""
        old, _ = await tell(scene, dossier(body=1), dossier(body=2))
        (one,) = await listed(scene)
        await fail(scene, one, spent=True)
        assert (await scene.delivery(old))["superseded_by"] is not None

    async def test_somebody_has_what_nobody_could_use(self, scene: Scene) -> None:
        """Row 102: the last client to fail was not the only one; it is delivered, and not dead."""
        (receipt,) = await tell(scene, paper())
        (one,) = await listed(scene)
        await take(scene, one)
        await fail(scene, one, spent=True)
        assert (await done(scene, one), await scene.state(receipt)) == (True, "delivered")

    async def test_each_failure_leaves_its_evidence(self, scene: Scene) -> None:
        """Also of a client that failed without having taken it anew."""
        (receipt,) = await tell(scene, paper())
        (one,) = await listed(scene)
        await fail(scene, one)
        await scene.due(11)
        await fail(scene, one)
        assert len((await scene.walk(receipt))["attempts"]) == 2

    async def test_what_is_void_is_not_handed_out(self, scene: Scene) -> None:
        """Row 104: also in the moment before the clock has closed it."""
        await tell(scene, paper())
        (one,) = await listed(scene)
        await scene.act(
            lambda tx: tx.run("UPDATE deliveries SET expires_at = ? WHERE id = ?", [(tx.now, one.delivery)])
        )
        assert await take(scene, one) is None

    async def test_what_is_offered_cannot_be_replayed(self, scene: Scene) -> None:
        """It is there already: who replays it is told so."""
        (receipt,) = await tell(scene, dossier())
        number = (await scene.delivery(receipt))["id"]
        with pytest.raises(WrongStateError, match="offered"):
            await scene.act(lambda tx: acting.replay(tx, number, "operator"))

    async def test_what_was_taken_by_a_process_that_died_is_there_after_a_restart(self, scene: Scene) -> None:
        """Row 98: a mailbox lives in the journal alone."""
        await tell(scene, dossier())
        (one,) = await listed(scene)
        await take(scene, one)
        assert (await scene.restart(), scene.frames) == (0, [])
        assert (await done(scene, one), await scene.wedged()) == (True, [])
