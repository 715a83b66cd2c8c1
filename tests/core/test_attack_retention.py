"""Retention beside an older connection: what a cut-over may bring to life is kept until it was judged."""

from __future__ import annotations

import pytest

from lgsp.journal import partitions, retaining
from lgsp.journal.contract import Journal
from lgsp.journal.gaps import Verdict
from lgsp.journal.postgres import PostgresJournal
from lgsp.testing.making import SECOND, dossier, progress
from lgsp.testing.rules.shadow import in_shadow, judged
from lgsp.testing.scene import Clock, Scene

pytestmark = pytest.mark.asyncio


async def test_what_may_come_to_life_outlives_retention(database: str) -> None:
    """Row 179: bodies are carried forward, and the history of a line stays, until somebody judged it."""

    async def opened(clock: Clock) -> Journal:
        return await PostgresJournal.open(database, clock)

    scene = await Scene.begin(opened)
    try:
        await in_shadow(scene, dossier("K1", "A"), dossier("K1", "B"), progress(step=1), progress(step=2))
        for counter in ("messages", "deliveries"):  # time went on: these are of long ago
            await scene.act(lambda tx, c=counter: tx.rows(f"SELECT setval('{c}_ids', 1500000)"))  # type: ignore[misc]
        await scene.act(partitions.make_ahead)
        old = await retention(scene)
        assert {one.partition.table for one in old} >= {"bodies"}
        assert "history" not in {one.partition.table for one in old}
        for one in old:
            await retaining.let_go(scene.journal, one.partition, lambda *_: None)
        assert await judged(scene, there=False) == [(Verdict.BROUGHT, 3)]
        assert [body.get("step", body.get("body")) for body in await scene.run()] == ["B", 1, 2]
        assert "history" in {one.partition.table for one in await retention(scene)}
    finally:
        await scene.end()


async def retention(scene: Scene) -> list[retaining.Old]:
    """Return what may go of all that there is by now."""
    return await scene.act(lambda tx: retaining.what_is_old(tx, scene.clock() + SECOND))
