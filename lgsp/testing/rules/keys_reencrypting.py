"""Rules of the re-encryption: all is brought under the newest key, whatever happens meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from lgsp.journal import keys_resealing, walking
from lgsp.journal.contract import JournalError, Transaction, WrongStateError
from lgsp.keyring import Keyring
from lgsp.keys import PLAIN
from lgsp.testing.making import dossier, progress
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene
from lgsp.testing.sealed import (
    SETTLES,
    TOLD,
    WHO,
    Vault,
    alter,
    body,
    encrypted,
    numbers,
    plain_values,
    reencrypt,
    rotated,
)


class ReencryptionRules(JournalRules):
    """What a journal holds of bringing what is kept under its newest data key."""

    async def test_a_plain_journal_is_encrypted_little_by_little(self, scene: Scene) -> None:
        """Plain rows of before stand under the key afterwards, and say what they said."""
        for n in range(3):
            await scene.tell(dossier(f"K{n}", TOLD), progress(f"K{n}"))
        await encrypted(scene)
        assert await scene.act(keys_resealing.due) is None  # a key must have settled first
        scene.clock.move(SETTLES)
        done = await reencrypt(scene)
        assert (done.state, done.rounds, done.left, done.target) == ("done", 2, {}, 1)
        assert set(await numbers(scene)) == set(await numbers(scene, "raws")) == {1}
        assert not [value for value in await plain_values(scene) if b"Canary" in value]
        assert (await body(scene, 1))["body"] == TOLD

    async def test_a_crash_between_two_pages_repeats_and_leaves_out_nothing(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Row 245: the place commits with the page; another process goes on from there."""
        monkeypatch.setattr(keys_resealing, "_ROWS", 2)
        for n in range(5):
            await scene.tell(dossier(f"K{n}", TOLD))
        await encrypted(scene)
        scene.clock.move(SETTLES)
        await reencrypt(scene, pages=2)
        assert await numbers(scene) == [1, 1, 1, 1, PLAIN]
        await _cut_short(scene)
        assert await numbers(scene) == [1, 1, 1, 1, PLAIN]
        await scene.restart()
        await Keyring(scene.journal, Vault()).begin()
        done = await reencrypt(scene)
        assert (await numbers(scene), done.sealed) == ([1] * 5, 10)

    async def test_two_at_once_do_each_row_once(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        """Row 246: the row that says how far it is serialises them."""
        monkeypatch.setattr(keys_resealing, "_ROWS", 2)
        for n in range(6):
            await scene.tell(dossier(f"K{n}", TOLD))
        await encrypted(scene)
        scene.clock.move(SETTLES)
        await scene.act(keys_resealing.due)
        await asyncio.gather(*(scene.act(keys_resealing.step) for _ in range(3)))
        assert await numbers(scene) == [1] * 6
        now = await scene.journal.read(keys_resealing.progress)
        assert now is not None
        assert (now.sealed, now.looked) == (6, 6)

    async def test_a_row_is_read_erased_or_told_while_it_goes_on(self, scene: Scene) -> None:
        """Row 247: what is gone stays gone, what comes is under the newest key, what is read is right."""
        keyring = await encrypted(scene)
        for n in range(4):
            await scene.tell(dossier(f"K{n}", TOLD))
        await rotated(scene, keyring)
        await asyncio.gather(
            reencrypt(scene),
            *(body(scene, n) for n in (1, 2, 4)),
            scene.act(lambda tx: tx.run("DELETE FROM bodies WHERE message_id = ?", [(3,)])),
            scene.tell(dossier("K9", TOLD)),
        )
        await reencrypt(scene)
        assert await numbers(scene) == [2] * 4
        assert await scene.journal.read(lambda tx: walking.body(tx, 3)) is None

    async def test_a_rotation_while_it_goes_on_begins_it_anew(self, scene: Scene) -> None:
        """Row 248: the newest key is what all is brought under, whatever it was when it began."""
        keyring = await encrypted(scene)
        await scene.tell(dossier(body=TOLD))
        await rotated(scene, keyring)
        await reencrypt(scene, pages=1)
        await rotated(scene, keyring)
        done = await reencrypt(scene)
        assert (done.target, await numbers(scene)) == (3, [3])
        assert [row.retired_at is None for row in (await keyring.book()).keys] == [False, False, True]

    async def test_a_key_is_not_retired_while_anything_stands_under_it(self, scene: Scene) -> None:
        """What cannot be read keeps its key in use, is counted, and is named."""
        keyring = await encrypted(scene)
        await scene.tell(dossier(body=TOLD))
        await scene.tell(dossier("K2", TOLD))
        await alter(scene, 1)
        await rotated(scene, keyring)
        done = await reencrypt(scene)
        assert (done.state, done.left, await numbers(scene)) == ("done", {"1": 1}, [1, 2])
        assert done.faults == ["reading bodies 1: it was altered (key 1)"]
        assert [row.retired_at for row in (await keyring.book()).keys] == [None, None]

    async def test_a_round_that_missed_a_row_is_not_the_last(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Moved in the moment between the look ahead and the lock it stands under its older key still."""
        keyring = await encrypted(scene)
        await scene.tell(dossier(body=TOLD))
        await rotated(scene, keyring)
        with monkeypatch.context() as hidden:
            for table, sql in keys_resealing._ROW.items():  # noqa: SLF001 - nobody else hides a row
                hidden.setitem(keys_resealing._ROW, table, sql.replace(" /*", " AND 1 = 0 /*"))  # noqa: SLF001
            missed = await reencrypt(scene, pages=len(keys_resealing.PLACES) + 1)
        assert (missed.state, missed.rounds, missed.sealed) == ("running", 1, 0)
        done = await reencrypt(scene)
        assert (done.state, set(await numbers(scene))) == ("done", {2})
        assert [row.retired_at is not None for row in (await keyring.book()).keys] == [True, False]

    async def test_people_let_it_rest_and_go_on(self, scene: Scene) -> None:
        """It stands where it stood; an order that does not fit its state is turned down."""
        await scene.tell(dossier())
        await encrypted(scene)
        scene.clock.move(SETTLES)
        await reencrypt(scene, pages=1)
        paused = await scene.act(lambda tx: keys_resealing.pause(tx, WHO))
        assert await scene.act(keys_resealing.step) is None
        for order in (keys_resealing.pause, keys_resealing.begin):
            with pytest.raises(WrongStateError):
                await scene.act(lambda tx, o=order: o(tx, WHO))  # type: ignore[misc]
        resumed = await scene.act(lambda tx: keys_resealing.resume(tx, WHO))
        assert (resumed.place, resumed.after) == (paused.place, paused.after)
        assert (await reencrypt(scene)).state == "done"


async def _cut_short(scene: Scene) -> None:
    """Do a page in a transaction that does not commit."""

    def crash(tx: Transaction) -> None:
        keys_resealing.step(tx)
        raise RuntimeError("cut short")

    with pytest.raises(JournalError):
        await scene.act(crash)
