"""Rules of writing: what returned is durable, what fails harms nobody else, and entries never change."""

from __future__ import annotations

import asyncio

import pytest

from lgsp.adapter import Accepted
from lgsp.errors import Invalid, Problem
from lgsp.journal import acting, reading
from lgsp.journal.contract import JournalError, Transaction, WrongStateError
from lgsp.testing.making import SOURCE, SYSTEM, arrival, broken, dossier, outcome
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene


class DurabilityRules(JournalRules):
    """A receipt is a promise: it rests on a commit and on nothing else."""

    async def test_what_has_a_receipt_survives_a_restart(self, scene: Scene) -> None:
        """Row 5: message, deliveries, entries and raw are there for the next process."""
        receipt = await scene.told(dossier())
        before = await scene.walk(receipt)
        await scene.restart()
        after = await scene.walk(receipt)
        assert {**after, "deliveries": None} == {**before, "deliveries": None}
        assert await scene.told(dossier()) == Accepted(receipt.id, True, 1, (SYSTEM,), ())

    async def test_requests_of_the_same_instant_share_transactions(self, scene: Scene) -> None:
        """Many concurrent accepts, outcomes and acts take far fewer commits than there are of them."""
        offers = [dossier(f"K{n}") for n in range(200)]
        await asyncio.gather(*(scene.journal.accept(arrival(offer)) for offer in offers))
        shared = await scene.rows("SELECT count(*), count(DISTINCT accepted_at) FROM messages")
        assert shared[0][0] == 200
        assert shared[0][1] <= 20

    async def test_a_failing_item_of_a_batch_harms_nobody_else(self, scene: Scene) -> None:
        """Row 22: the batch is rolled back and its items run singly; each caller hears of its own."""
        offers = [dossier(f"K{n}") for n in range(20)]
        offers.insert(10, broken())
        answers = await asyncio.gather(
            *(scene.journal.accept(arrival(offer)) for offer in offers), return_exceptions=True
        )
        assert [isinstance(answer, JournalError) for answer in answers] == [n == 10 for n in range(21)]
        assert len(await scene.rows("SELECT id FROM messages")) == 20
        assert not await scene.wedged()

    async def test_a_failing_act_harms_no_outcome_of_the_same_instant(self, scene: Scene) -> None:
        """Row 22: an operator's mistake is the operator's alone, and told in words."""
        receipt = await scene.told(dossier())
        claim = await scene.one()
        answers = await asyncio.gather(
            scene.journal.settle(outcome(claim)),
            scene.journal.write(lambda tx: acting.replay(tx, 999, "operator")),
            return_exceptions=True,
        )
        assert isinstance(answers[1], WrongStateError)
        assert await scene.state(receipt) == "delivered"

    async def test_nothing_of_a_request_that_fails_is_taken_on(self, scene: Scene) -> None:
        """A request of two good items and one that cannot be written leaves nothing behind."""
        with pytest.raises(JournalError):
            await scene.tell(dossier("K1"), broken(), dossier("K2"))
        for table in ("messages", "deliveries", "entries", "bodies", "raws"):
            assert not await scene.rows(f"SELECT 1 FROM {table}")  # noqa: S608 - names of tables

    async def test_ids_rise_over_failures_and_restarts(self, scene: Scene) -> None:
        """Whoever reads by id sees later things later; a rolled-back or closed number is not a lower one."""
        await scene.deliver(dossier("K1"))
        with pytest.raises(JournalError):
            await scene.tell(broken())
        await scene.told(dossier("K2"))
        await scene.restart()
        await scene.told(dossier("K3"))
        for table in ("messages", "entries"):
            ids = [row[0] for row in await scene.rows(f"SELECT id FROM {table} ORDER BY id")]  # noqa: S608 - tables
            assert ids == sorted(set(ids))
        seqs = await scene.rows(
            "SELECT seq, message_id FROM (SELECT seq, message_id FROM deliveries UNION ALL"
            " SELECT seq, message_id FROM history) AS every ORDER BY seq"
        )
        assert [row[1] for row in seqs] == sorted(row[1] for row in seqs)
        assert len({row[0] for row in seqs}) == 3

    async def test_what_is_rejected_lies_in_quarantine_with_its_raw(self, scene: Scene) -> None:
        """The sender's owner can be shown what came and what was wrong; a good request leaves nothing."""
        reason = Invalid([Problem("MaHoSo", "bad-code", "H44.11-…")], subject="K9", type="dossier.v1")
        await scene.journal.accept(arrival(rejected=[(0, reason)]))
        await scene.told(dossier())
        shown = await scene.journal.read(lambda tx: reading.quarantined(tx, SOURCE))
        (row,) = shown["quarantine"]
        assert (row["subject"], row["type"], row["code"]) == ("K9", "dossier.v1", "invalid")
        assert row["problems"] == [{"place": "MaHoSo", "code": "bad-code", "detail": "H44.11-…"}]
        assert row["raw"]["text"] == "[]"
        other = await scene.journal.read(lambda tx: reading.quarantined(tx, "village"))
        assert other["quarantine"] == []

    async def test_entries_refer_to_bodies_by_salted_hash(self, scene: Scene) -> None:
        """Two equal bodies have different hashes: with the salt erased the hash says nothing of the body."""
        await scene.tell(dossier("K1", "same"), dossier("K2", "same"))
        hashes = {bytes(row[0]) for row in await scene.rows("SELECT body_hash FROM messages")}
        assert len(hashes) == 2
        told = {bytes(row[0]) for row in await scene.rows("SELECT body_hash FROM entries")}
        assert told == hashes

    async def test_a_read_sees_a_snapshot_and_writes_nothing(self, scene: Scene) -> None:
        """Queries run beside the writer and cannot change anything."""

        def forge(tx: Transaction) -> None:
            tx.run("DELETE FROM messages", [()])

        receipt = await scene.told(dossier())
        with pytest.raises(Exception, match=r"."):
            await scene.journal.read(forge)
        assert (await scene.walk(receipt))["id"] == str(receipt.id)

    async def test_a_closed_journal_takes_nothing_on(self, scene: Scene) -> None:
        """Who writes after the end is told so, at once."""
        await scene.journal.close()
        with pytest.raises(JournalError):
            await scene.tell(dossier())
