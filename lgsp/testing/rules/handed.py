"""Rules of what is handed on of catalogues, and of what waits of one subject in a mailbox."""

from __future__ import annotations

from uuid import UUID

from lgsp.journal import catalogues_handed, mailboxes
from lgsp.journal.catalogues_handed import PAGE
from lgsp.testing.making import DOSSIER, SYSTEM, dossier
from lgsp.testing.rules.catalogues import PROCEDURE, begin, bring, end, procedure, whole
from lgsp.testing.rules.mailboxes import done, listed, take, tell
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene


async def named(scene: Scene, key: str, system: str = SYSTEM) -> mailboxes.Offered | None:
    """Return what waits of a dossier."""
    return await scene.journal.read(lambda tx: mailboxes.head(tx, system, DOSSIER, key))


async def handed(scene: Scene) -> list[str]:
    """Return the keys of all items in force, read page by page."""
    keys: list[str] = []
    for source in await scene.journal.read(lambda tx: catalogues_handed.sources(tx, PROCEDURE)):
        after = ""
        while page := await scene.journal.read(
            lambda tx, source=source, after=after: catalogues_handed.items(tx, PROCEDURE, source, after)  # type: ignore[misc]
        ):
            keys += [one.key for one in page]
            after = page[-1].key
    return keys


class HandedRules(JournalRules):
    """What is handed on is in force, whole, and read in pages."""

    async def test_what_waits_of_one_subject_is_the_head_of_its_line(self, scene: Scene) -> None:
        """Taken or not it is named; behind it the next one; nothing where nothing waits, or for another."""
        first, other = await tell(scene, dossier("K1"), dossier("K2"))
        (second,) = await tell(scene, dossier("K1", "later"))
        head = await named(scene, "K1")
        assert head is not None
        assert UUID(bytes=bytes(head.uid)) == first.id
        await take(scene, head)
        assert await named(scene, "K1") == head
        await done(scene, head)
        head = await named(scene, "K1")
        assert head is not None
        assert UUID(bytes=bytes(head.uid)) == second.id
        assert await named(scene, "K1", "another") is None
        assert await named(scene, "K3") is None
        assert {UUID(bytes=bytes(one.uid)) for one in await listed(scene)} == {second.id, other.id}

    async def test_only_what_is_in_force_is_handed_on(self, scene: Scene) -> None:
        """By their keys, with the bodies that say so; a closed one is not there, by list or by key."""
        await whole(scene, ["C", "A", "B"])
        run = await begin(scene)
        await bring(scene, run, procedure("B", state="closed"), procedure("C", "Khác"))
        await end(scene, run)
        assert await handed(scene) == ["A", "C"]
        names = await scene.journal.read(lambda tx: catalogues_handed.names(tx, PROCEDURE, SYSTEM, ""))
        assert [(one.code, one.name) for one in names] == [("A", "Cấp giấy"), ("C", "Khác")]
        one = await scene.journal.read(lambda tx: catalogues_handed.item(tx, PROCEDURE, "C"))
        assert one is not None
        assert one.data == {"code": "C", "name": "Khác", "state": "published"}
        assert await scene.journal.read(lambda tx: catalogues_handed.item(tx, PROCEDURE, "B")) is None

    async def test_what_was_never_brought_whole_is_not_handed_on(self, scene: Scene) -> None:
        """Half a catalogue would be taken for all of it."""
        run = await begin(scene)
        await bring(scene, run, procedure("A"))
        assert await handed(scene) == []

    async def test_a_large_catalogue_is_handed_on_page_by_page(self, scene: Scene) -> None:
        """Each item once, whatever the size of a page."""
        codes = [f"1.{n:06}" for n in range(PAGE + 3)]
        await whole(scene, codes)
        assert await handed(scene) == codes
