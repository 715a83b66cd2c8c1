"""A mailbox of a restored journal: what is in it may have been collected since."""

from __future__ import annotations

from pathlib import Path

from lgsp.journal import restoring
from lgsp.journal.contract import Journal
from lgsp.journal.sqlite import SqliteJournal
from lgsp.testing.making import POLICIES, SYSTEM, dossier
from lgsp.testing.rules.mailboxes import tell
from lgsp.testing.scene import Clock, Scene


async def test_a_restored_mailbox_hands_out_nothing_old(tmp_path: Path) -> None:
    """Row 69: after a restore a snapshot of old gives way to a newer one, or waits for a person."""

    async def opened(clock: Clock) -> Journal:
        return await SqliteJournal.open(tmp_path / "journal.db", clock)

    scene = await Scene.begin(opened)
    spoken, silent = await tell(scene, dossier("K1", 1), dossier("K2", 1))
    await scene.act(lambda tx: restoring.freeze(tx, [SYSTEM], POLICIES, "x"))
    await tell(scene, dossier("K1", 2))
    assert await scene.act(lambda tx: restoring.hold_silent(tx, SYSTEM, "x")) == 1
    await scene.act(lambda tx: restoring.thaw(tx, SYSTEM))
    assert [await scene.state(one) for one in (spoken, silent)] == ["superseded", "held"]
    await scene.end()
