"""The re-encryption brings journal and files under the newest key, rests when it is told to, and outlives faults."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lgsp import reencrypting
from lgsp.blobs import INLINE, Blobs
from lgsp.journal import keys_resealing
from lgsp.journal.sqlite import SqliteJournal
from lgsp.keys import PLAIN
from lgsp.message import Raw
from lgsp.reencrypting import Reencrypting
from lgsp.store.resealing import Resealed
from lgsp.testing.making import dossier
from lgsp.testing.scene import Scene
from lgsp.testing.sealed import NAME, SETTLES, TOLD, WHO, encrypted, numbers, rotated


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """Lend a journal in which something plain stands."""
    one = await Scene.begin(lambda clock: SqliteJournal.open(tmp_path / "journal.db", clock))
    await one.tell(dossier(body=TOLD))
    yield one
    await one.end()


async def _filled(scene: Scene, folder: Path, count: int) -> Blobs:
    blobs = Blobs.at(f"file://{folder / 'blobs'}", scene.journal.keys)
    for n in range(count):
        await blobs.keep(Raw.of(f"{n} {NAME} ".encode() * (INLINE // 8)))
    return blobs


async def _through(job: Reencrypting) -> int:
    steps = 0
    while await job.step():
        steps += 1
        assert steps < 200
    return steps


async def test_files_and_journal_come_under_the_newest_key(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plain ones of before, and those of an older key; a step of few files goes on behind them."""
    monkeypatch.setattr(reencrypting, "_SOME", 2)
    blobs = await _filled(scene, tmp_path, 3)
    assert set(blobs.numbers()) == {PLAIN}
    keyring = await encrypted(scene)
    job = Reencrypting(scene.journal, blobs)
    assert not await job.step()
    scene.clock.move(SETTLES)
    await _through(job)
    assert (set(blobs.numbers()), await numbers(scene)) == ({1}, [1])
    await rotated(scene, keyring)
    await _through(job)
    assert (set(blobs.numbers()), await numbers(scene)) == ({2}, [2])
    done = await scene.journal.read(keys_resealing.progress)
    assert done is not None
    assert (done.state, done.sealed) == ("done", 5)
    assert [row.retired_at is not None for row in (await keyring.book()).keys] == [True, False]


async def test_where_nothing_is_encrypted_nothing_is_done(scene: Scene, tmp_path: Path) -> None:
    """Nor is anything written down of it."""
    assert not await Reencrypting(scene.journal, await _filled(scene, tmp_path, 1)).step()
    assert await scene.journal.read(keys_resealing.progress) is None


async def test_only_the_one_that_is_elected_works(scene: Scene, tmp_path: Path) -> None:
    """The others look on."""
    await encrypted(scene)
    scene.clock.move(SETTLES)
    assert not await Reencrypting(scene.journal, await _filled(scene, tmp_path, 1), lambda _: False).step()
    assert await numbers(scene) == [PLAIN]


async def test_a_pause_holds_for_files_too(scene: Scene, tmp_path: Path) -> None:
    """What was brought over beside it counts only where nobody paused meanwhile."""
    await encrypted(scene)
    blobs = await _filled(scene, tmp_path, 1)
    scene.clock.move(SETTLES)
    job = Reencrypting(scene.journal, blobs)
    due = None
    while due is None or due.place != keys_resealing.FILES:
        assert await job.step()
        due = await scene.journal.read(keys_resealing.progress)
    await scene.act(lambda tx: keys_resealing.pause(tx, WHO))
    step = keys_resealing.Step(("x",), over=True, looked=1, sealed=1)
    assert await scene.act(lambda tx: keys_resealing.files_took(tx, due, step)) is None
    assert not await job.step()
    await scene.act(lambda tx: keys_resealing.resume(tx, WHO))
    await _through(job)
    assert set(blobs.numbers()) == {1}


async def test_a_round_that_missed_a_file_is_not_the_last(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody changed it in that moment: until it was looked at again its key counts as in use."""
    keyring = await encrypted(scene)
    blobs = await _filled(scene, tmp_path, 0)
    await rotated(scene, keyring)
    rounds = [[], [Resealed("ab" * 32, 1, anew=False, missed=True)], []]
    monkeypatch.setattr(blobs, "reseal", lambda _: iter(rounds.pop(0)))
    await _through(Reencrypting(scene.journal, blobs))
    done = await scene.journal.read(keys_resealing.progress)
    assert done is not None
    assert (done.state, done.rounds, rounds) == ("done", 3, [])
    assert [row.retired_at is not None for row in (await keyring.book()).keys] == [True, False]


async def test_a_file_that_cannot_be_read_keeps_every_older_key_in_use(scene: Scene, tmp_path: Path) -> None:
    """Nobody knows under which it stands; it is named, and the round ends all the same."""
    keyring = await encrypted(scene)
    blobs = await _filled(scene, tmp_path, 1)
    (path,) = [one for one in (tmp_path / "blobs").rglob("*") if one.is_file() and len(one.name) == 64]
    broken = bytearray(path.read_bytes())
    broken[-1] ^= 1
    path.write_bytes(broken)
    await rotated(scene, keyring)
    await _through(Reencrypting(scene.journal, blobs))
    done = await scene.journal.read(keys_resealing.progress)
    assert done is not None
    assert done.state == "done"
    assert [path.name in fault for fault in done.faults] == [True]
    assert [row.retired_at for row in (await keyring.book()).keys] == [None, None]
