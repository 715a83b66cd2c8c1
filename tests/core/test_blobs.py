"""Large bodies outside the journal: kept once, and deleted when nobody needs them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lgsp.blobs import INLINE, Blobs
from lgsp.keys import DataKeys
from lgsp.message import Raw
from lgsp.store.passing import Passing

_LONG_AGO, _SINCE = 1_000.0, 2_000.0


async def kept(store: Blobs, letter: bytes) -> Path:
    """Bring a large body, long ago, and return its file."""
    name = await store.keep(Raw.of(letter * (INLINE + 1)))
    assert name is not None
    os.utime(store.path(name), (_LONG_AGO, _LONG_AGO))
    return store.path(name)


async def test_what_is_old_and_not_needed_goes(tmp_path: Path) -> None:
    """What a request in the journal names stays however old it is, and what came lately stays as well."""
    store = Blobs(tmp_path)
    old, needed, fresh = [await kept(store, letter) for letter in (b"a", b"b", b"c")]
    os.utime(fresh)
    assert store.old(_SINCE, {needed.name}) == [old]
    assert store.let_go(old, _SINCE)
    assert [path.exists() for path in (old, needed, fresh)] == [False, True, True]


async def test_what_is_brought_again_in_that_moment_stays(tmp_path: Path) -> None:
    """The same content comes once more after it was found old: its request will name the file."""
    store = Blobs(tmp_path)
    path = await kept(store, b"a")
    assert store.old(_SINCE, set()) == [path]
    await store.keep(Raw.of(b"a" * (INLINE + 1)))
    assert not store.let_go(path, _SINCE)
    assert path.read_bytes() == b"a" * (INLINE + 1)


async def test_what_is_brought_again_after_it_went_is_written_anew(tmp_path: Path) -> None:
    """Nobody is told that a body is kept which is just being deleted."""
    store = Blobs(tmp_path)
    path = await kept(store, b"a")
    store.let_go(path, _SINCE)
    await store.keep(Raw.of(b"a" * (INLINE + 1)))
    assert path.read_bytes() == b"a" * (INLINE + 1)


@pytest.mark.parametrize("needed", [True, False])
async def test_a_deletion_that_was_cut_short_is_undone_or_ended(tmp_path: Path, needed: bool) -> None:
    """The process died between moving a file away and looking whether it was brought again."""
    store = Blobs(tmp_path)
    path = await kept(store, b"a")
    path.rename(path.with_suffix(".going"))
    found = store.old(_SINCE, {path.name} if needed else set())
    assert (path.exists(), len(found)) == (needed, int(not needed))


def test_what_a_dead_process_left_half_brought_goes_after_a_day(tmp_path: Path) -> None:
    """What is on its way now stays."""
    store = Blobs(tmp_path)
    left, coming = store.spool / "1.left", store.spool / "2.coming"
    for path in (left, coming):
        path.write_bytes(b"half")
    os.utime(left, (_LONG_AGO, _LONG_AGO))
    assert (store.tidy(), left.exists(), coming.exists()) == (1, False, True)


async def test_what_is_lent_now_is_not_taken_for_left(tmp_path: Path) -> None:
    """The other name of an old file is as old as the file, and somebody looks at it in this moment."""
    store = Blobs(tmp_path)
    path = await kept(store, b"a")
    with store.files.lent(f"sha256:{path.name}") as lent:
        assert store.tidy() == 0
        with lent.open() as file:
            assert len(file.read()) == INLINE + 1


@pytest.fixture
def keys() -> DataKeys:
    """Keys with a current one."""
    made = DataKeys()
    made.learn(1, bytes(32))
    made.current = 1
    return made


async def test_large_bodies_are_encrypted_where_there_are_keys(tmp_path: Path, keys: DataKeys) -> None:
    """In memory or in a file on its way, the body is read as it came, and the folder shows nothing of it."""
    body, store = b"CANARY 079201012345 " * 20_000, Blobs.at(f"file://{tmp_path}", keys)
    name = await store.keep(Raw.of(body))
    assert name is not None
    assert b"CANARY" not in store.path(name).read_bytes()
    with store.open(name) as content, store.files.open(f"sha256:{name}") as attached:
        assert content.read() == attached.read() == body
    store.path(name).unlink()
    with Passing() as file:
        file.write(body)
        raw = Raw("text/plain", bytes.fromhex(name), len(body), file=file)
        assert raw.read() == body
        assert await store.keep(raw) == name
    with store.open(name) as content:
        assert content.read() == body


async def test_older_bodies_are_encrypted_by_and_by(tmp_path: Path, keys: DataKeys) -> None:
    """What lies there plain is read until then, and counts as plain; retention looks at it as before."""
    path = await kept(Blobs(tmp_path), b"a")
    store = Blobs(tmp_path, keys)
    assert store.numbers() == {0: 1}
    with store.open(path.name) as content:
        assert content.read() == b"a" * (INLINE + 1)
    assert [one.anew for one in store.reseal()] == [True]
    assert store.numbers() == {1: 1}
    assert store.old(_SINCE, set()) == [path]
    assert store.let_go(path, _SINCE)
    assert store.numbers() == {}
