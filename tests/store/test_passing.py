"""Bytes on their way: a file like any other, of which the disk shows nothing."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.store import passing
from lgsp.store.passing import ROOM, Passing

CANARY = b"CANARY 079201012345 "


@pytest.fixture
def lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[IO[bytes]]:
    """Return the files that are made, in which something may lie."""
    made: list[IO[bytes]] = []
    real = passing.TemporaryFile
    monkeypatch.setattr(passing, "TemporaryFile", lambda **named: made.append(real(**named)) or made[-1])
    return made


def on_disk(file: IO[bytes]) -> bytes:
    """Return what a file shows to whoever can read the disk."""
    return os.pread(file.fileno(), 1 << 24, 0)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.binary(max_size=60)),
        st.tuples(st.just("seek"), st.integers(0, 200)),
        st.tuples(st.just("read"), st.integers(0, 80)),
        st.tuples(st.just("truncate"), st.integers(0, 150)),
    ),
    max_size=25,
)


@given(STEPS, st.integers(0, 120))
def test_it_is_a_file_like_any_other(steps: list[tuple[str, bytes | int]], room: int) -> None:
    """Written, read, cut and gone back in, in memory and on the disk, it does what bytes in memory do."""
    like = BytesIO()
    with Passing(room=room) as file:
        for act, said in steps:
            inside = min(said, like.getbuffer().nbytes) if isinstance(said, int) and act != "read" else said
            assert getattr(file, act)(inside) == getattr(like, act)(inside)
            assert file.tell() == like.tell()
        with file.open() as other:
            assert other.read() == like.getvalue()
        assert file.size == len(like.getvalue())


def test_a_little_stays_in_memory(tmp_path: Path, lies: list[IO[bytes]]) -> None:
    """No folder is made for it, either."""
    with Passing(lambda: tmp_path / "none") as file:
        file.write(bytes(ROOM))
        assert (file.size, file.on_disk, lies) == (ROOM, False, [])
    with Passing(lambda: tmp_path) as file:
        file.write(bytes(ROOM + 1))
        assert (file.size, file.on_disk, len(lies)) == (ROOM + 1, True, 1)


def test_the_disk_shows_nothing_of_it(tmp_path: Path, lies: list[IO[bytes]]) -> None:
    """It has no name, and its bytes lie there encrypted, those that had been in memory too."""
    with Passing(lambda: tmp_path) as file:
        for _ in range(40_000):
            file.write(CANARY)
        file.flush()
        assert list(tmp_path.iterdir()) == []
        shown = on_disk(lies[0])
        assert len(shown) == 40_000 * len(CANARY)
        assert b"CANARY" not in shown
        assert b"079201" not in shown
        file.seek(0)
        assert file.read() == CANARY * 40_000


def test_each_has_a_key_of_its_own(lies: list[IO[bytes]]) -> None:
    """The same bytes never lie there twice alike: not in two files, and not in one that was begun anew."""
    shown = []
    for _ in range(2):
        with Passing(room=0) as file:
            for _ in range(2):
                file.seek(0)
                file.truncate()
                file.write(CANARY)
                file.flush()
                shown.append(on_disk(lies[-1]))
    assert len(set(shown)) == 4


def test_several_read_it_at_once() -> None:
    """Each has its own place, whoever writes or reads beside it."""
    with Passing(room=10) as file:
        file.write(bytes(range(256)) * 2000)
        found: list[bytes] = []

        def look() -> None:
            with file.open() as mine:
                found.append(mine.read())

        threads = [threading.Thread(target=look) for _ in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        with file.open() as mine:
            assert mine.seek(-6, os.SEEK_END) == 511_994
            assert (mine.read(3), mine.tell()) == (bytes((250, 251, 252)), 511_997)
    assert found == [bytes(range(256)) * 2000] * 4


@pytest.fixture
def kept() -> Iterator[Passing]:
    """A file that has something."""
    with Passing(room=0) as file:
        file.write(b"something")
        yield file


def test_it_is_gone_once_it_is_closed(kept: Passing, lies: list[IO[bytes]]) -> None:
    """Whoever reads on is told."""
    kept.seek(0)
    reader = kept.open()
    kept.close()
    with pytest.raises(ValueError, match="gone"):
        reader.read()


def test_a_place_before_its_beginning_is_none(kept: Passing) -> None:
    """As with any file."""
    with pytest.raises(ValueError, match="beginning"):
        kept.open().seek(-10, os.SEEK_END)


def test_a_full_disk_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be written raises; what can be written in part only is written on."""
    real = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda fd, piece, at: real(fd, piece[:1000], at))
    with Passing(room=100) as file:
        file.write(CANARY * 5000)
        file.seek(0)
        assert file.read() == CANARY * 5000

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with Passing(room=100) as file:
        monkeypatch.setattr(os, "pwrite", full)
        with pytest.raises(OSError, match="No space left"):
            file.write(CANARY * 5000)
        monkeypatch.setattr(os, "pwrite", real)
