"""Large bodies outside the journal: kept once, and deleted when nobody needs them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lgsp.blobs import INLINE, Blobs
from lgsp.message import Raw

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
