"""Rules of how people are shown what would have been told: newest first, in pages, counted up to a bound."""

from __future__ import annotations

from typing import Any

import pytest

from lgsp.journal import shadow_pages
from lgsp.journal.states import State
from lgsp.testing.making import DOSSIER, PROGRESS, SYSTEM, dossier, progress
from lgsp.testing.rules.shadow import in_shadow, unsent
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene


async def _pages(scene: Scene, limit: int, **only: str) -> list[list[dict[str, Any]]]:
    """Return all pages."""
    pages: list[list[dict[str, Any]]] = []
    behind: shadow_pages.Place | None = None
    while True:
        found = await scene.journal.read(
            lambda tx, b=behind: shadow_pages.listed(tx, SYSTEM, behind=b, limit=limit, **only)  # type: ignore[misc]
        )
        pages.append(found.deliveries)
        behind = found.next
        if behind is None:
            return pages


class ShadowPageRules(JournalRules):
    """Each delivery of the shadow is shown once, however the pages are cut."""

    async def test_each_is_shown_once_newest_first(self, scene: Scene) -> None:
        """Pages go on where the one before ended, with and without a filter."""
        await in_shadow(
            scene, dossier("K1"), progress("K1", 1), dossier("K2"), progress("K2", 1), dossier("K3")
        )
        pages = await _pages(scene, 2)
        assert [len(page) for page in pages] == [2, 2, 1]
        assert [one["partitionkey"] for page in pages for one in page] == ["K3", "K2", "K2", "K1", "K1"]
        only = await _pages(scene, 2, type_=DOSSIER)
        assert [one["partitionkey"] for page in only for one in page] == ["K3", "K2", "K1"]
        assert await _pages(scene, 2, would="would-update") == [[]]
        assert await scene.journal.read(lambda tx: shadow_pages.listed(tx, "nobody")) == ([], None)

    async def test_a_long_way_without_a_hit_is_gone_in_parts(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A page may be empty and say where to go on."""
        monkeypatch.setattr(shadow_pages, "_CHUNK", 1)
        monkeypatch.setattr(shadow_pages, "_CHUNKS", 1)
        await in_shadow(scene, dossier("K1"), progress("K1", 1), progress("K1", 2))
        pages = await _pages(scene, 2, type_=DOSSIER)
        assert [one["partitionkey"] for page in pages for one in page] == ["K1"]
        assert pages[0] == []

    async def test_the_newest_are_counted_by_what_and_cause(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Up to a bound; what would be refused says why, and one alone is found by its number."""
        await in_shadow(scene, dossier("K1"), progress("K1", 1))
        await scene.told(unsent(dossier("K2")))
        for claim in await scene.claim():
            await scene.settle(claim, State.SHADOWED, cause="field-rejected", said="no")
        glance = await scene.journal.read(lambda tx: shadow_pages.glance(tx, SYSTEM))
        assert (glance.total, glance.adopted) == (3, 0)
        assert [tuple(one.values()) for one in glance.would] == [
            (PROGRESS, "would-create", "", 1),
            (DOSSIER, "would-be-refused", "field-rejected", 1),
            (DOSSIER, "would-create", "", 1),
        ]
        ((newest, *_),) = await _pages(scene, 10)
        assert (newest["would"], newest["cause"], newest["said"]) == (
            "would-be-refused",
            "field-rejected",
            "no",
        )
        found = await scene.journal.read(lambda tx: shadow_pages.one(tx, SYSTEM, newest["id"]))
        assert found == newest
        assert await scene.journal.read(lambda tx: shadow_pages.one(tx, "nobody", newest["id"])) is None
        monkeypatch.setattr(shadow_pages, "LOOKED", 2)
        assert (await scene.journal.read(lambda tx: shadow_pages.glance(tx, SYSTEM))).total == 2
