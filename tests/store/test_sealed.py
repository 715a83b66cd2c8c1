"""The form of an encrypted file: what it hides, and what it notices."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.keys import DataKeys
from lgsp.store.sealed import (
    CHUNK,
    LENGTH,
    MAGIC,
    Head,
    Lent,
    SealedError,
    Sealing,
    Secret,
    begin_of,
    reader,
)

KEY = bytes(range(32))
NAME = b"the name"
SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7]
TAG = 16


def keys(number: int = 1) -> DataKeys:
    """Return keys with a current one."""
    made = DataKeys()
    made.learn(number, bytes(reversed(KEY)) if number > 1 else KEY)
    made.current = number
    return made


def content(size: int) -> bytes:
    """Return bytes of which no chunk is like another."""
    return b"".join(n.to_bytes(4) for n in range(size // 4 + 1))[:size]


def sealed(path: Path, plain: bytes, step: int = 1 << 20) -> Path:
    """Write an encrypted file in pieces."""
    with path.open("w+b") as file:
        sealing = Sealing(file, keys())
        for at in range(0, len(plain), step):
            sealing.write(plain[at : at + step])
        sealing.finish(NAME)
    return path


def lent(path: Path) -> Lent:
    """Return what opens a file."""
    with path.open("rb") as file:
        head, tag = begin_of(file)
    assert head is not None
    secret = Secret.of(KEY, head.salt)
    assert secret.proves(head, tag, NAME)
    return Lent(path, secret.kept)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("step", [1 << 20, CHUNK, 4097])
def test_what_was_written_is_read(tmp_path: Path, size: int, step: int) -> None:
    """Whatever its length, and in whatever pieces it came; its length on the disk is told by its head."""
    path = sealed(tmp_path / "f", content(size), step)
    with lent(path).open() as file:
        assert file.read() == content(size)
        assert file.seek(0, os.SEEK_END) == size
    head = Head.of(path.read_bytes())
    assert head is not None
    assert head.length == path.stat().st_size == LENGTH + size + -(-size // CHUNK) * TAG


def test_a_reader_sees_the_ranges_at_every_border(tmp_path: Path) -> None:
    """Around each border of a chunk and of the file any run is what stands there, and nothing behind the end."""
    plain = content(2 * CHUNK + 100)
    edges = [n for at in (0, CHUNK, 2 * CHUNK, len(plain)) for n in (at - 2, at - 1, at, at + 1) if n >= 0]
    with lent(sealed(tmp_path / "f", plain)).open() as file:
        for first in edges:
            for last in edges:
                file.seek(first)
                assert file.read(max(0, last - first)) == plain[first : max(first, last)]
        with pytest.raises(ValueError, match="beginning"):
            file.seek(-1)


@given(st.lists(st.tuples(st.integers(0, CHUNK * 3), st.integers(0, CHUNK * 2)), max_size=8))
def test_any_part_is_read_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, asked: list[tuple[int, int]]
) -> None:
    """Reading backwards and forwards finds what reading the whole finds."""
    path, plain = tmp_path_factory.getbasetemp() / "parts", content(2 * CHUNK + 11)
    if not path.exists():
        sealed(path, plain)
    with lent(path).open() as file:
        for at, size in asked:
            file.seek(at)
            assert file.read(size) == plain[at : at + size]


def test_a_part_costs_its_own_chunks_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A range in the middle of a large file reads neither what is before it nor what is behind."""
    path, opened = sealed(tmp_path / "f", content(20 * CHUNK)), []
    plain_open = Secret.open
    monkeypatch.setattr(
        Secret,
        "open",
        lambda self, n, kept, *, last: opened.append(n) or plain_open(self, n, kept, last=last),
    )
    with lent(path).open() as file:
        file.seek(7 * CHUNK - 5)
        file.read(10)
    assert opened == [6, 7]


@pytest.mark.parametrize("size", [1, CHUNK, 2 * CHUNK + 5])
def test_each_byte_of_the_file_counts(tmp_path: Path, size: int) -> None:
    """Altered anywhere, in its head, its chunks or their tags, a file is told, and nothing wrong is read."""
    path, plain = sealed(tmp_path / "f", content(size)), content(size)
    whole = path.read_bytes()
    places = {*range(len(MAGIC), LENGTH), LENGTH, LENGTH + size // 2, len(whole) - 1, len(whole) - TAG}
    places |= {LENGTH + CHUNK - 1, LENGTH + CHUNK, LENGTH + CHUNK + TAG} if size > CHUNK else set()
    for at in sorted(places):
        path.write_bytes(whole[:at] + bytes((whole[at] ^ 1,)) + whole[at + 1 :])
        assert not _reads(path, plain), at
    path.write_bytes(whole)
    assert _reads(path, plain)


def test_chunks_stay_where_and_whose_they_are(tmp_path: Path) -> None:
    """Swapped, left out, doubled, cut off or of another file under the same key: each is told."""
    plain = content(3 * CHUNK)
    path = sealed(tmp_path / "f", plain)
    whole, step = path.read_bytes(), CHUNK + TAG
    other = sealed(tmp_path / "g", plain).read_bytes()
    head, one, two, three = whole[:LENGTH], *(whole[LENGTH + n * step :][:step] for n in range(3))
    alien = other[LENGTH : LENGTH + step]
    for forged in (
        head + two + one + three,
        head + one + two,
        head + one + two + three + three,
        head + one + three,
        head + one + two + two,
        head + alien + two + three,
        other[:LENGTH] + one + two + three,
        head,
        whole[:-1],
        whole + b"\0",
    ):
        path.write_bytes(forged)
        assert not _reads(path, plain)


def test_a_shorter_file_with_a_head_of_its_own_making_is_told(tmp_path: Path) -> None:
    """Who cuts chunks off and writes the size that is left has no tag for that head."""
    path = sealed(tmp_path / "f", content(3 * CHUNK))
    whole = path.read_bytes()
    head = Head.of(whole)
    assert head is not None
    shorter = Head(head.number, head.chunk, 2 * CHUNK, head.salt)
    path.write_bytes(shorter.written() + whole[LENGTH - TAG : LENGTH + 2 * (CHUNK + TAG)])
    assert not _reads(path, content(2 * CHUNK))


def test_even_a_proven_head_makes_no_earlier_chunk_the_last(tmp_path: Path) -> None:
    """A chunk says itself whether it is the last one."""
    path = sealed(tmp_path / "f", content(3 * CHUNK))
    head = Head.of(path.read_bytes())
    assert head is not None
    secret = Secret.of(KEY, head.salt)
    shorter = Head(head.number, head.chunk, 2 * CHUNK, head.salt)
    path.write_bytes(
        shorter.written() + secret.tag(shorter, NAME) + path.read_bytes()[LENGTH:][: 2 * (CHUNK + TAG)]
    )
    with lent(path).open() as file:
        assert file.read(CHUNK) == content(CHUNK)
        with pytest.raises(SealedError):
            file.read()


def test_a_file_lies_under_its_own_name_and_key_alone(tmp_path: Path) -> None:
    """Neither another name nor another data key proves its head."""
    with sealed(tmp_path / "f", b"x").open("rb") as file:
        head, tag = begin_of(file)
    assert head is not None
    assert Secret.of(KEY, head.salt).proves(head, tag, NAME)
    assert not Secret.of(KEY, head.salt).proves(head, tag, b"another name")
    assert not Secret.of(bytes(32), head.salt).proves(head, tag, NAME)


def test_the_same_content_never_lies_there_twice_alike(tmp_path: Path) -> None:
    """Each file has a key of its own, and none of its bytes is to be seen."""
    plain = b"CANARY 079201012345 " * 5000
    one, two = sealed(tmp_path / "f", plain).read_bytes(), sealed(tmp_path / "g", plain).read_bytes()
    assert b"CANARY" not in one
    assert b"079201" not in one
    assert not {one[at : at + 16] for at in range(LENGTH, len(one), 16)} & {
        two[at : at + 16] for at in range(LENGTH, len(two), 16)
    }


@pytest.mark.parametrize("begin", [b"", MAGIC, MAGIC[:-1] + b"x" * 200, b"%PDF-1.7" + b" " * 200])
def test_what_does_not_begin_as_one_is_none(begin: bytes) -> None:
    """Too short, or another form."""
    assert Head.of(begin) is None


def test_what_is_lent_is_one_file_or_its_content(tmp_path: Path) -> None:
    """Without a secret a file is plain; without a path there is the content itself; a wrong secret opens nothing."""
    (tmp_path / "plain").write_bytes(b"plain")
    for one, said in ((Lent(tmp_path / "plain"), b"plain"), (Lent(content=b"inside"), b"inside")):
        with one.open() as file:
            assert file.read() == said
    with pytest.raises(SealedError):
        Lent(tmp_path / "plain", bytes(39)).open()
    with Lent(sealed(tmp_path / "f", b"x"), bytes(39)).open() as file, pytest.raises(SealedError):
        file.read()


def test_a_reader_closes_its_file(tmp_path: Path) -> None:
    """Whether it could be opened or not."""
    path = sealed(tmp_path / "f", b"x")
    head, _ = begin_of(file := path.open("rb"))
    assert head is not None
    reader(file, head, Secret.of(KEY, head.salt)).close()
    assert file.closed
    path.write_bytes(path.read_bytes() + b"more")
    file = path.open("rb")
    with pytest.raises(SealedError):
        reader(file, head, Secret.of(KEY, head.salt))
    assert file.closed


def _reads(path: Path, plain: bytes) -> bool:
    """Tell whether a file is read as it was written; what is read and wrong is a failure."""
    with path.open("rb") as file:
        head, tag = begin_of(file)
        if head is None or not Secret.of(KEY, head.salt).proves(head, tag, NAME):
            return False
        came = BytesIO()
        try:
            with reader(file, head, Secret.of(KEY, head.salt)) as opened:
                while piece := opened.read(CHUNK):
                    came.write(piece)
        except SealedError:
            assert plain.startswith(came.getvalue())
            return False
    assert came.getvalue() == plain
    return True
