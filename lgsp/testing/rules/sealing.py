"""Rules of the tamper-evident log: each entry is a leaf once, in order, and is not altered unseen."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lgsp.domain.merkle.notes import Checkpoint, Signer, read_note
from lgsp.journal import seal, seal_bodies, seal_proving, seal_reading, seal_thinning
from lgsp.journal.contract import JournalError, Transaction
from lgsp.journal.people import note
from lgsp.journal.seal import Log
from lgsp.journal.seal_verifying import verify
from lgsp.journal.seal_walk import Verdict
from lgsp.testing.making import dossier
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

_KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
_OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
_HOUR, _DAY = 3600.0, 86_400.0


class SealingRules(JournalRules):
    """Nobody rewrites the journal unseen, and nothing that goes on in it waits for that."""

    async def log(self, scene: Scene) -> Log:
        """Return the log as a process finds it."""
        return await scene.journal.read(seal.load)

    async def look(self, scene: Scene, log: Log, most: int = 1000) -> seal.Growth | None:
        """Return what a log would grow by now; None where all is sealed."""
        rows = await scene.journal.read(lambda tx: seal.unsealed(tx, log.place, most))
        return seal.grown(log, rows) if rows else None

    async def keep(self, scene: Scene, growth: seal.Growth, private: Ed25519PrivateKey = _KEY) -> Log | None:
        """Keep what a log grew by."""
        signer = Signer(growth.log.place.origin, private)
        return await scene.act(lambda tx: seal.keep(tx, growth, signer.key, signer.sign))

    async def seal(self, scene: Scene, private: Ed25519PrivateKey = _KEY, most: int = 1000) -> Log:
        """Seal all there is."""
        log: Log | None = await self.log(scene)
        assert log is not None
        while growth := await self.look(scene, log, most):
            log = await self.keep(scene, growth, private)
            assert log is not None
        return log

    async def verdict(self, scene: Scene) -> Verdict:
        """Verify the log."""
        return await verify(scene.journal)

    async def sealed_ids(self, scene: Scene) -> list[int]:
        """Return the numbers of the entries that are leaves, in order."""
        found = await scene.journal.read(lambda tx: seal_reading.tiles(tx, 0, 100))
        return [number for tile in found for number in tile.ids]

    async def test_whatever_befell_is_sealed_once(self, scene: Scene) -> None:
        """All that was accepted, sent, put off and ordered is in the log, whole, and in the order it came."""
        await scene.deliver(dossier("K1"))
        await scene.kill(dossier("K2"))
        await self.seal(scene, most=3)
        await scene.tell(*(dossier(f"K{n}") for n in range(3, 100)))
        await scene.act(lambda tx: note(tx, "looked", "auditor", reason="Nguyễn Văn Ẩn\u2028\x07"))
        log = await self.seal(scene, most=50)
        written = await scene.rows("SELECT id FROM entries ORDER BY tx, id")
        assert await self.sealed_ids(scene) == [number for (number,) in written]
        verdict = await self.verdict(scene)
        assert verdict.findings == []
        assert verdict.entries == log.place.size == len(written)
        assert verdict.unsealed == 0

    async def test_two_that_seal_at_once_append_once(self, scene: Scene) -> None:
        """Row 300: two take each other for gone; the slower one's look is void, and it looks anew."""
        await scene.told(dossier("K1"))
        mine, theirs = await self.log(scene), await self.log(scene)
        of_mine, of_theirs = await self.look(scene, mine), await self.look(scene, theirs)
        assert of_mine is not None
        assert of_theirs is not None
        assert await self.keep(scene, of_theirs) is not None
        await scene.told(dossier("K2"))
        assert await self.keep(scene, of_mine) is None
        await self.seal(scene)
        ids = await self.sealed_ids(scene)
        assert len(ids) == len(set(ids))
        assert (await self.verdict(scene)).findings == []

    async def test_one_that_was_stopped_does_not_append_later(self, scene: Scene) -> None:
        """Row 301: what it looked at before others went on is void, however much later it wakes."""
        await scene.told(dossier("K1"))
        stale = await self.look(scene, await self.log(scene))
        assert stale is not None
        await scene.told(dossier("K2"))
        before = (await self.seal(scene)).place
        assert await self.keep(scene, stale) is None
        assert await scene.journal.read(seal.place_of) == before
        assert (await self.verdict(scene)).findings == []

    async def test_leaves_and_their_checkpoint_commit_together(self, scene: Scene) -> None:
        """Row 302: a process that dies between them leaves neither."""
        await scene.told(dossier("K1"))
        growth = await self.look(scene, await self.log(scene))
        assert growth is not None
        key = Signer("x", _KEY).key

        def dies(_: Checkpoint) -> str:
            raise JournalError("gone")

        with pytest.raises(JournalError):
            await scene.act(lambda tx: seal.keep(tx, growth, key, dies))
        assert await self.sealed_ids(scene) == []
        assert await scene.journal.read(seal_reading.newest) is None
        await self.seal(scene)
        assert (await self.verdict(scene)).findings == []

    async def test_numbers_that_nobody_has_are_no_gap_in_the_log(self, scene: Scene) -> None:
        """Row 303: an act that failed drew numbers; verifying misses nothing."""
        await scene.told(dossier("K1"))
        with pytest.raises(JournalError):
            await scene.act(_fails)
        await scene.told(dossier("K2"))
        await self.seal(scene)
        assert (await self.verdict(scene)).findings == []

    async def test_a_process_that_starts_goes_on_where_the_log_ends(self, scene: Scene) -> None:
        """Row 304: what it must remember stands in the journal, wherever in a tile it ends."""
        for n in range(4):
            await scene.tell(*(dossier(f"K{n}-{m}") for m in range(70)))
            await self.seal(scene, most=37)
        assert (await self.log(scene)).tail.root() == (await self.seal(scene)).tail.root()
        verdict = await self.verdict(scene)
        assert verdict.findings == []
        assert verdict.size > 256

    async def test_a_log_that_was_altered_is_not_gone_on_with(self, scene: Scene) -> None:
        """Row 305: whoever alters its end, and waits for the next one to seal, has nothing signed."""
        await scene.told(dossier("K1"))
        await self.seal(scene)
        await scene.act(lambda tx: tx.run("UPDATE log_tiles SET hashes = ids", [()]))
        with pytest.raises(seal.LogError):
            await self.log(scene)

    async def test_the_key_is_announced_when_it_signs_first(self, scene: Scene) -> None:
        """A change of keys is an entry, and what the earlier one signed still holds."""
        await scene.told(dossier("K1"))
        await self.seal(scene)
        await scene.told(dossier("K2"))
        await self.seal(scene, _OTHER)
        keys = await scene.journal.read(seal_reading.announced)
        assert [word.rpartition("+")[0] for word in keys] != []
        assert len(set(keys)) == 2
        assert (await self.verdict(scene)).findings == []

    async def test_an_altered_entry_is_named(self, scene: Scene) -> None:
        """So is one that is missing, one that came to them, and one that was moved."""
        await scene.tell(*(dossier(f"K{n}") for n in range(10)))
        await self.seal(scene)
        ids = await self.sealed_ids(scene)
        await scene.act(lambda tx: tx.run("UPDATE entries SET who = 'x' WHERE id = ?", [(ids[3],)]))
        await scene.act(lambda tx: tx.run("DELETE FROM entries WHERE id = ?", [(ids[5],)]))
        columns = "at, what, who, final, tx"
        sql = f"INSERT INTO entries (id, {columns}) SELECT -9, {columns} FROM entries WHERE id = {ids[4]}"  # noqa: S608 - columns and a number
        await scene.act(lambda tx: tx.rows(sql))
        found = [(one.what, one.entry) for one in (await self.verdict(scene)).findings]
        assert sorted(found) == [("altered", ids[3]), ("inserted", -9), ("missing", ids[5])]

    async def test_what_is_not_sealed_is_counted(self, scene: Scene) -> None:
        """How many entries wait, and since when; nothing waits for them."""
        await self.seal(scene)
        await scene.told(dossier("K1"))
        await self.seal(scene)
        await self.seal(scene)
        began = scene.clock.now
        await scene.told(dossier("K2"))
        place = await scene.journal.read(seal.place_of)
        standing = await scene.journal.read(lambda tx: seal_reading.standing(tx, place))
        assert standing.unsealed >= 1
        assert standing.since is not None
        assert standing.since >= began
        assert standing.size == place.size

    async def test_a_copy_covers_what_came_before_it(self, scene: Scene) -> None:
        """What is copied is known by its size; what came behind it waits since its own time."""
        await scene.told(dossier("K1"))
        first = (await self.seal(scene)).place
        await scene.act(lambda tx: seal_thinning.copied(tx, first.size))
        done = await scene.journal.read(lambda tx: seal_reading.standing(tx, first))
        assert (done.copied, done.behind) == (first.size, None)
        scene.clock.move(60)
        await scene.told(dossier("K2"))
        place = (await self.seal(scene)).place
        behind = await scene.journal.read(lambda tx: seal_reading.standing(tx, place))
        assert behind.copied == first.size
        assert behind.behind is not None
        assert behind.behind > scene.clock.now - 60_000_000

    async def test_old_checkpoints_are_thinned(self, scene: Scene) -> None:
        """One a minute stays for a week, one an hour for ever; the log proves itself still."""
        for n in range(4):
            await scene.told(dossier(f"K{n}"))
            await self.seal(scene)
            scene.clock.move(1)
        sizes = [one.size for one in await scene.journal.read(seal_reading.checkpoints)]
        assert await self._thinned(scene) == []
        scene.clock.move(2 * _HOUR)
        assert len(await self._thinned(scene)) >= len(sizes) - 2
        scene.clock.move(8 * _DAY)
        await self._thinned(scene)
        left = [one.size for one in await scene.journal.read(seal_reading.checkpoints)]
        assert left == sizes[-1:]
        assert (await self.verdict(scene)).findings == []

    async def _thinned(self, scene: Scene) -> list[int]:
        now = scene.clock.now
        sizes = await scene.journal.read(lambda tx: seal_thinning.too_many(tx, now))
        await scene.act(lambda tx: seal_thinning.forget(tx, sizes))
        return sizes

    async def test_an_entry_is_proved(self, scene: Scene) -> None:
        """All entries of a message lead to the root that was signed; what is not sealed yet is not proved."""
        receipt = await scene.deliver(dossier("K1"))
        await scene.tell(*(dossier(f"L{n}") for n in range(300)))
        await self.seal(scene)
        numbers = await scene.journal.read(lambda tx: seal_proving.entries_of(tx, receipt.id))
        assert len(numbers) >= 2
        proof = await scene.journal.read(lambda tx: seal_proving.prove(tx, numbers))
        note_ = read_note(proof["checkpoint"])
        assert [one["index"] for one in proof["proofs"]] == sorted(one["index"] for one in proof["proofs"])
        assert _hold(proof, note_.checkpoint)
        late = await scene.told(dossier("K9"))
        waiting = await scene.journal.read(lambda tx: seal_proving.entries_of(tx, late.id))
        with pytest.raises(seal_proving.NotSealedError):
            await scene.journal.read(lambda tx: seal_proving.prove(tx, waiting))

    async def test_a_body_is_held_against_its_entry(self, scene: Scene) -> None:
        """All revisions: one that was changed is told, one that was erased too."""
        first = await scene.told(dossier("K1", "A"))
        await scene.told(dossier("K1", "B"))
        await scene.told(dossier("K1", "C"))
        numbers = [row[0] for row in await scene.rows("SELECT id FROM messages ORDER BY revision")]
        changed, erased = [(b'{"body":"X"}', numbers[1])], [(numbers[2],)]
        await scene.act(lambda tx: tx.run("UPDATE bodies SET body = ? WHERE message_id = ?", changed))
        await scene.act(lambda tx: tx.run("DELETE FROM bodies WHERE message_id = ?", erased))
        found = await scene.journal.read(lambda tx: seal_bodies.revisions(tx, first.id))
        assert [one.how for one in found] == ["same", "altered", "erased"]
        every = await seal_bodies.look_at_all(scene.journal)
        assert every.counts["altered"] == 1
        assert [one.facts["message"] for one in every.findings] == [numbers[1]]


def _hold(proof: dict[str, object], checkpoint: Checkpoint) -> bool:
    from lgsp.domain.merkle.proofs import included
    from lgsp.domain.merkle.tree import leaf_hash

    proofs = proof["proofs"]
    assert isinstance(proofs, list)
    return all(
        included(
            leaf_hash(one["leaf"].encode()), one["index"], checkpoint.size, [*map(bytes.fromhex, one["path"])]
        )
        == checkpoint.root
        for one in proofs
    )


def _fails(tx: Transaction) -> None:
    note(tx, "began", "operator")
    raise JournalError("no")
