"""Rules of identity: what the same fact, told once more, is; and what a receipt promises."""

from __future__ import annotations

import asyncio

from lgsp.adapter import Accepted
from lgsp.errors import Conflict, Invalid, Problem
from lgsp.journal import reading, retaining
from lgsp.message import message_id
from lgsp.testing.making import DOSSIER, OTHER, SOURCE, SYSTEM, arrival, dossier, paper, progress
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene


class IdentityRules(JournalRules):
    """The same fact has the same receipt, whoever tells it how often."""

    async def test_a_snapshot_equal_to_the_latest_has_its_receipt(self, scene: Scene) -> None:
        """Row 21: the client's connection broke after the commit; it sends again and nothing is doubled."""
        first = await scene.told(dossier())
        again = await scene.told(dossier())
        assert again == Accepted(first.id, True, 1, (SYSTEM,), ())
        assert len(await scene.claim()) == 1

    async def test_a_changed_snapshot_is_the_next_revision(self, scene: Scene) -> None:
        """Another body under the same key is a new revision with an id that anybody can compute."""
        await scene.told(dossier(body="A"))
        second = await scene.told(dossier(body="B"))
        assert (second.known, second.revision) == (False, 2)
        assert second.id == message_id(SOURCE, DOSSIER, "K1", 2)

    async def test_status_4_5_4_is_three_revisions(self, scene: Scene) -> None:
        """Row 10: status 4 → 5 → 4; the third equals the first, is new all the same, and says so."""
        told = [await scene.told(dossier(body=status)) for status in (4, 5, 4)]
        assert [receipt.revision for receipt in told] == [1, 2, 3]
        assert [finding.code for finding in told[2].findings] == ["returned"]
        assert await scene.run() == [{"body": 4}, {"body": 5}, {"body": 4}]

    async def test_a_subject_may_be_told_any_number_of_times(self, scene: Scene) -> None:
        """Far beyond what is looked at of one subject, revisions are counted on and repeats are known."""
        states = [dossier(body=n) for n in range(130)]
        first = await scene.tell(*states[:20])
        rest = await scene.tell(*states[20:])
        assert [told.revision for told in (*first, *rest) if isinstance(told, Accepted)] == [*range(1, 131)]
        last = await scene.told(dossier(body=129))
        assert (last.known, last.revision) == (True, 130)
        again = await scene.tell(*(dossier(body=n) for n in range(60, 130)))
        assert [(told.known, told.revision) for told in again if isinstance(told, Accepted)] == [
            (True, n + 1) for n in range(60, 130)
        ]
        returned = await scene.told(dossier(body=3))
        assert (returned.revision, [finding.code for finding in returned.findings]) == (131, ["returned"])

    async def test_an_event_is_known_for_ever(self, scene: Scene) -> None:
        """An event told again after others of its line has its old receipt."""
        await scene.deliver(dossier())
        first, _ = await scene.told(progress(step=1)), await scene.told(progress(step=2))
        again = await scene.told(progress(step=1))
        assert (again.id, again.known) == (first.id, True)

    async def test_a_document_with_another_body_is_a_conflict(self, scene: Scene) -> None:
        """A known document under another body is rejected and lies in quarantine; the same body is known."""
        first = await scene.told(paper(body="A"))
        (rejected,) = await scene.tell(paper(body="B"))
        again = await scene.told(paper(body="A"))
        assert isinstance(rejected, Conflict)
        assert (again.id, again.known) == (first.id, True)
        shown = await scene.journal.read(lambda tx: reading.quarantined(tx, SOURCE))
        assert [row["code"] for row in shown["quarantine"]] == ["conflict"]
        assert shown["quarantine"][0]["raw"]["text"] == '[{"name":"P1","body":"B"}]'

    async def test_sources_and_types_do_not_share_keys(self, scene: Scene) -> None:
        """Identity lies within (source, type): another source's same key is a first revision."""
        first = await scene.told(dossier(body="A"))
        (other,) = await scene.tell(dossier(body="A"), source="village")
        assert isinstance(other, Accepted)
        assert (other.known, other.revision) == (False, 1)
        assert other.id != first.id

    async def test_the_same_fact_twice_in_one_request_is_one_message(self, scene: Scene) -> None:
        """Row 2: the verdict sees what earlier offers of the same batch added."""
        first, second = await scene.tell(dossier(), dossier())
        assert isinstance(first, Accepted)
        assert isinstance(second, Accepted)
        assert (first.known, second.known, second.id) == (False, True, first.id)
        assert len(await scene.claim()) == 1

    async def test_the_same_fact_from_two_requests_at_once_is_one_message(self, scene: Scene) -> None:
        """Row 2: requests that arrive in the same instant see each other."""
        answers = await asyncio.gather(*(scene.journal.accept(arrival(dossier())) for _ in range(8)))
        receipts = [answer.results[0] for answer in answers]
        assert all(isinstance(receipt, Accepted) for receipt in receipts)
        assert sorted(r.known for r in receipts if isinstance(r, Accepted)) == [False] + [True] * 7
        assert len({r.id for r in receipts if isinstance(r, Accepted)}) == 1

    async def test_a_partial_array_resent_is_harmless(self, scene: Scene) -> None:
        """Row 20: partial arrays resent; the four good ones get their old receipts."""
        good = [dossier(f"K{n}") for n in range(4)]
        bad = Invalid([Problem("4/MaHoSo", "bad-code")], subject="K4", type=DOSSIER)
        answer = await scene.journal.accept(arrival(*good, rejected=[(4, bad)]))
        again = await scene.tell(*(dossier(f"K{n}") for n in range(5)))
        first = [receipt for receipt in answer.results if isinstance(receipt, Accepted)]
        second = [receipt for receipt in again if isinstance(receipt, Accepted)]
        assert [r.id for r in second[:4]] == [r.id for r in first]
        assert [r.known for r in second] == [True] * 4 + [False]
        scene.frames += answer.frames
        assert len(await scene.claim()) == 5

    async def test_an_array_with_two_states_of_a_dossier_resent_is_harmless(self, scene: Scene) -> None:
        """Row 20: a request that tells 4 → 5 → 4 of one dossier, sent again whole, adds no revision."""
        first = await scene.tell(*(dossier(body=status) for status in (4, 5, 4)))
        again = await scene.tell(*(dossier(body=status) for status in (4, 5, 4)))
        assert [(r.id, r.revision) for r in again if isinstance(r, Accepted)] == [
            (r.id, r.revision) for r in first if isinstance(r, Accepted)
        ]
        assert all(isinstance(r, Accepted) and r.known for r in again)

    async def test_a_receipt_names_every_system_also_when_told_again(self, scene: Scene) -> None:
        """The old receipt says where the message went, delivered or not."""
        first = await scene.told(dossier("K1", "A", SYSTEM, OTHER))
        assert first.systems == (SYSTEM, OTHER)
        await scene.run()
        assert set((await scene.told(dossier("K1", "A", SYSTEM, OTHER))).systems) == {SYSTEM, OTHER}

    async def test_what_came_is_kept_verbatim_with_each_message(self, scene: Scene) -> None:
        """A message shows the bytes of its request, whatever befell others in the same transaction."""
        receipt = await scene.told(dossier(body="Đào"))
        shown = await scene.walk(receipt)
        assert shown["raw"]["text"] == '[{"body":"Đào"}]'
        assert shown["data"] == {"body": "Đào"}

    async def test_a_known_fact_leaves_an_entry_and_no_second_raw(self, scene: Scene) -> None:
        """Telling again is remembered; the bytes are not kept twice."""
        receipt = await scene.told(dossier())
        await scene.told(dossier())
        shown = await scene.walk(receipt)
        assert [entry["what"] for entry in shown["entries"]] == ["accepted", "told again"]
        assert len(await scene.rows("SELECT id FROM raws")) == 1

    async def test_what_looks_like_another_one_is_flagged_and_taken_on(self, scene: Scene) -> None:
        """Two documents bear one number: both are taken on, the later one names the earlier one."""
        first, second, other = paper("K1", "P1"), paper("K2", "P2"), paper("K3", "P3")
        first.alike = second.alike = ["code:15/ub|h44|2026"]
        other.alike = ["code:15/ub|h44|2027"]
        told = [await scene.told(one) for one in (first, second, other)]
        assert [[(f.code, f.read) for f in one.findings] for one in told] == [
            [], [("look-alike", str(told[0].id))], [],
        ]  # fmt: skip
        assert len(await scene.claim()) == 3

    async def test_look_alikes_in_one_request_are_flagged(self, scene: Scene) -> None:
        """The second of them sees the first, though neither is written yet."""
        first, second = paper("K1", "P1"), paper("K2", "P2")
        first.alike = second.alike = ["id:1"]
        one, two = await scene.tell(first, second)
        assert isinstance(one, Accepted)
        assert isinstance(two, Accepted)
        assert [finding.read for finding in two.findings] == [str(one.id)]

    async def test_of_many_look_alikes_the_first_and_the_last_are_named(self, scene: Scene) -> None:
        """A sender that gives every document the same number makes no finding longer than the last."""
        told = []
        for n in range(9):
            offer = paper(f"K{n}", f"P{n}")
            offer.alike = ["id:1"]
            told.append(await scene.told(offer))
        named = [{finding.read for finding in one.findings} for one in told]
        assert named[0] == set()
        assert named[8] == {str(told[0].id), str(told[7].id)}

    async def test_the_same_document_told_again_is_no_look_alike(self, scene: Scene) -> None:
        """It is the same: it has its receipt, and nothing is flagged."""
        for _ in range(2):
            offer = paper("K1", "P1")
            offer.alike = ["id:1"]
            receipt = await scene.told(offer)
        assert (receipt.known, [f.code for f in receipt.findings]) == (True, [])

    async def test_files_are_needed_as_long_as_the_body_that_names_them(self, scene: Scene) -> None:
        """Who cleans the store asks the journal: an attachment goes with its document, not before."""
        offer = paper("K1", "P1")
        offer.files = ["ab" * 32, "cd" * 32, "ab" * 32]
        await scene.told(offer)
        assert await scene.journal.read(retaining.blobs_needed) == {"ab" * 32, "cd" * 32}
        await scene.act(lambda tx: tx.run("DELETE FROM bodies WHERE message_id > ?", [(0,)]))
        assert await scene.journal.read(retaining.blobs_needed) == set()
