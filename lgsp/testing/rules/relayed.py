"""Rules of files that go through us: what is known of each, counted once, and kept with its message."""

from __future__ import annotations

import asyncio
from uuid import UUID

from lgsp.journal import relayed
from lgsp.journal.relayed import AGAIN, FAILED, FETCHED, KEPT, REFUSED, Counted, Sought
from lgsp.journal.retaining import blobs_needed
from lgsp.testing.making import SECOND, dossier
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

_FILE, _OTHER = (0, "/papers/0/url"), (1, "/papers/1/url")
_BLOB = "a" * 64


class RelayedRules(JournalRules):
    """Whoever opens a link finds what it is for; whoever looks at a message sees what went through."""

    async def sought(self, scene: Scene, uid: UUID, file: int | None = None) -> Sought:
        """Return what is known of a message's files."""
        found = await scene.journal.read(lambda tx: relayed.sought(tx, uid, file))
        assert found is not None
        return found

    async def test_a_message_is_found_by_its_outer_id(self, scene: Scene) -> None:
        """Each revision by its own; an id that nobody gave leads nowhere."""
        first, second = await scene.told(dossier(body="A")), await scene.told(dossier(body="B"))
        assert (await self.sought(scene, first.id)).data == {"body": "A"}
        assert (await self.sought(scene, second.id)).data == {"body": "B"}
        assert await scene.journal.read(lambda tx: relayed.sought(tx, UUID(int=1))) is None

    async def test_what_came_is_kept_with_its_message(self, scene: Scene) -> None:
        """The store keeps it while the body stays; nobody looks for signatures in it."""
        told = await scene.told(dossier())
        number = (await self.sought(scene, told.id)).number
        for _ in range(2):
            await scene.act(lambda tx: relayed.keep(tx, number, _FILE, (_BLOB, "pdf", 7)))
        await scene.act(lambda tx: relayed.keep(tx, number, _OTHER, (_BLOB, "pdf", 7)))
        state = (await self.sought(scene, told.id, 0)).states[0]
        assert (state.blob, state.ending, state.size) == (_BLOB, "pdf", 7)
        assert state.kept_at is not None
        assert 0 <= state.kept_at - scene.clock.now < SECOND
        assert await scene.journal.read(blobs_needed) == {_BLOB}
        assert await scene.rows("SELECT count(*) FROM attached WHERE looked_at IS NULL") == [(0,)]
        assert [one["what"] for one in (await scene.walk(told))["entries"]].count(KEPT) == 3
        await scene.act(lambda tx: tx.run("DELETE FROM bodies WHERE message_id > ?", [(0,)]))
        assert await scene.journal.read(blobs_needed) == set()
        assert (await self.sought(scene, told.id)).data is None

    async def test_what_went_wrong_is_told_once_an_hour(self, scene: Scene) -> None:
        """Each failure counts; the same cause is an entry again after an hour, another one at once."""
        told = await scene.told(dossier())
        number = (await self.sought(scene, told.id)).number

        async def fail(cause: str) -> None:
            await scene.act(lambda tx: relayed.fail(tx, number, _FILE, cause, "404"))

        for cause in ("file-source-answer", "file-source-answer", "file-type-refused", "file-source-answer"):
            scene.clock.move(60)
            await fail(cause)
        scene.clock.move(AGAIN / SECOND)
        await fail("file-source-answer")
        steps = [one for one in (await scene.walk(told))["entries"] if one["what"] in {FAILED, REFUSED}]
        assert [one["what"] for one in steps] == [FAILED, REFUSED, FAILED, FAILED]
        assert steps[0]["details"] == {"place": "/papers/0/url", "said": "404"}
        state = (await self.sought(scene, told.id)).states[0]
        assert (state.failures, state.cause, state.blob) == (5, "file-source-answer", None)
        await scene.act(lambda tx: relayed.keep(tx, number, _FILE, (_BLOB, "pdf", 7)))
        state = (await self.sought(scene, told.id)).states[0]
        assert (state.failures, state.cause, state.blob) == (5, None, _BLOB)

    async def test_fetches_are_counted_together(self, scene: Scene) -> None:
        """Two processes that count at once lose nothing; each address has its entry."""
        told = await scene.told(dossier())
        number = (await self.sought(scene, told.id)).number
        for file in (_FILE, _OTHER):
            await scene.act(lambda tx, f=file: relayed.keep(tx, number, f, (_BLOB, "pdf", 7)))  # type: ignore[misc]
        here = [Counted(number, n, place, "192.0.2.1", 3) for n, place in (_FILE, _OTHER)]
        there = [one._replace(who="192.0.2.2", times=4) for one in reversed(here)]
        await asyncio.gather(
            scene.act(lambda tx: relayed.count(tx, here)), scene.act(lambda tx: relayed.count(tx, there))
        )
        states = (await self.sought(scene, told.id)).states
        assert [states[n].served for n in (0, 1)] == [7, 7]
        steps = [one for one in (await scene.walk(told))["entries"] if one["what"] == FETCHED]
        assert sorted((one["who"], one["details"]["times"]) for one in steps) == [
            ("192.0.2.1", 3), ("192.0.2.1", 3), ("192.0.2.2", 4), ("192.0.2.2", 4),
        ]  # fmt: skip
