"""A folder of files by their hash: what lies there, what is told of it, and who sees it."""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lgsp.keys import DataKeys
from lgsp.store.files import KEY, Draft, Files
from lgsp.store.sealed import CHUNK, LENGTH, MAGIC, Head, SealedError, UnknownKeyError

CANARY = b"CANARY 079201012345 " * 10_000


def known(*numbers: int, current: int | None = None) -> DataKeys:
    """Return keys of some numbers, of which the last one is the current one."""
    made = DataKeys()
    for number in numbers:
        made.learn(number, bytes((number,)) * 32)
    made.current = numbers[-1] if current is None else current
    return made


def name_of(content: bytes) -> str:
    """Return under which name it lies."""
    return hashlib.sha256(content).hexdigest()


def brought(files: Files, content: bytes) -> str:
    """Bring a file; return its name."""
    files.bring(name_of(content), [content])
    return name_of(content)


def read(files: Files, name: str) -> bytes:
    """Return a file's content."""
    with files.open(name) as file:
        return file.read()


def everything(folder: Path) -> bytes:
    """Return all bytes of all files of a folder, and all names."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return b"".join(str(path).encode() + path.read_bytes() for path in found)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """A folder with a key."""
    return Files(tmp_path, known(1))


def test_a_canary_is_not_found_in_the_folder(files: Files) -> None:
    """Neither as it was brought nor while it is on its way; whoever has the key reads it."""
    name = brought(files, CANARY)
    with Draft(files) as draft:
        draft.write(CANARY * 3)
        assert b"CANARY" not in everything(files.folder)
        draft.finish()
        assert b"CANARY" not in everything(files.folder)
        with draft.open() as file:
            assert file.read() == CANARY * 3
    assert read(files, name) == CANARY
    plain = Files(files.folder / "plain")
    brought(plain, CANARY)
    assert b"CANARY" in everything(plain.folder), "else this test could not fail"


def test_without_keys_it_lies_there_as_it_is(tmp_path: Path) -> None:
    """As before there were any."""
    files = Files(tmp_path)
    name = brought(files, b"content")
    assert files.path(name).read_bytes() == b"content"
    assert read(files, name) == b"content"


def test_plain_files_stay_readable_where_there_are_keys_now(tmp_path: Path) -> None:
    """Nothing has to be rewritten before an installation goes on; what comes again is encrypted then."""
    name = brought(Files(tmp_path), CANARY)
    files = Files(tmp_path, known(1))
    assert read(files, name) == CANARY
    assert not files.has(name)
    brought(files, CANARY)
    assert read(files, name) == CANARY
    assert files.has(name)
    assert b"CANARY" not in everything(tmp_path)


def test_a_plain_file_that_was_exchanged_is_told(tmp_path: Path) -> None:
    """Where there are keys, plain is only what has its own hash for a name."""
    name = brought(Files(tmp_path), b"content")
    path = Files(tmp_path).path(name)
    path.write_bytes(b"another")
    with pytest.raises(SealedError, match="not what its name says"):
        Files(tmp_path, known(1)).open(name)


def test_an_encrypted_file_under_another_name_is_told(files: Files) -> None:
    """Two whole files, each in the other's place."""
    one, two = brought(files, b"one"), brought(files, b"two")
    files.path(one).write_bytes(files.path(two).read_bytes())
    with pytest.raises(SealedError, match="altered"):
        files.open(one)
    assert not files.has(one)
    brought(files, b"one")
    assert read(files, one) == b"one"


def test_a_lost_head_is_told_too(files: Files) -> None:
    """Whoever alters what an encrypted file begins with does not make a plain one of it."""
    name = brought(files, CANARY)
    path = files.path(name)
    path.write_bytes(b"x" + path.read_bytes()[1:])
    with pytest.raises(SealedError):
        files.open(name)


@pytest.mark.parametrize("number", [1, 7])
def test_what_somebody_sends_is_never_taken_for_ours(tmp_path: Path, number: int) -> None:
    """A body that begins as an encrypted file does, or is one that was copied, is kept and read as it came."""
    other = Files(tmp_path / "other", known(1))
    copied = other.path(brought(other, b"secret")).read_bytes()
    made = Head(number, CHUNK, 5, bytes(32)).written() + bytes(16) + b"12345" + bytes(16)
    for content in (copied, made, MAGIC, MAGIC * 50):
        plain = Files(tmp_path / "plain")
        name = brought(plain, content)
        for keys in (None, known(1), known(1, 2)):
            files = Files(plain.folder, keys)
            assert read(files, name) == content
            with files.path(name).open("rb") as file:
                assert files.number(file, name) == 0
        encrypted = Files(tmp_path / "encrypted", known(1))
        assert read(encrypted, brought(encrypted, content)) == content


def test_a_key_that_is_not_known_here_is_said_by_its_number(files: Files) -> None:
    """It may be known in a moment; nothing else would tell who has to do what."""
    name = brought(files, b"content")
    for keys in (None, known(2)):
        with pytest.raises(UnknownKeyError, match="key 1 is not known") as caught:
            Files(files.folder, keys).open(name)
        assert caught.value.number == 1
    assert not Files(files.folder, known(2)).has(name)
    assert read(Files(files.folder, known(1, 2)), name) == b"content"


def test_files_under_an_older_key_are_kept_as_they_are(files: Files) -> None:
    """A new key is no reason to write at once what comes again."""
    name = brought(files, b"content")
    before = files.path(name).read_bytes()
    later = Files(files.folder, known(1, 2))
    brought(later, b"content")
    assert later.has(name)
    assert later.path(name).read_bytes() == before
    other = brought(later, b"other")
    assert Head.of(later.path(other).read_bytes()).number == 2  # type: ignore[union-attr]


def test_what_may_be_readable_is_there(files: Files) -> None:
    """Nobody fetches again what is plain still, or under a key that is not known yet; what is broken, they do."""
    name, plain = brought(files, b"content"), brought(Files(files.folder), b"plain")
    os.utime(files.path(name), (1, 1))
    assert [files.there(one) for one in (name, plain, "0" * 64)] == [True, True, False]
    assert Files(files.folder, known(2)).there(name)
    assert files.path(name).stat().st_mtime == 1
    files.path(name).write_bytes(files.path(brought(files, b"another")).read_bytes())
    assert not files.there(name)


def test_content_that_is_not_what_its_hash_says_is_not_kept(files: Files) -> None:
    """Nobody is told that something lies there which does not."""
    with pytest.raises(ValueError, match="not what its hash says"):
        files.bring(name_of(b"one"), [b"two"])
    assert not files.has(name_of(b"one"))
    assert list(files.incoming.iterdir()) == []


def test_a_draft_that_is_left_is_taken_away(files: Files) -> None:
    """Whether it was begun, written or finished; and what is in its place stays."""
    with Draft(files):
        pass
    with Draft(files) as draft:
        draft.write(b"x")
    with Draft(files) as draft:
        draft.finish()
    with pytest.raises(TypeError), Draft(files) as draft:
        draft.write(None)  # type: ignore[arg-type]
    assert list(files.incoming.iterdir()) == []
    with Draft(files) as draft:
        draft.write(b"x")
        name = draft.finish()
        draft.place()
    assert read(files, name) == b"x"
    assert list(files.incoming.iterdir()) == []


def test_names_are_told_in_their_order_from_any_on(files: Files) -> None:
    """Who was cut short goes on behind the last one; what is on its way, or is going, is none of them."""
    names = sorted(brought(files, bytes((n,))) for n in range(40))
    files.path(names[3]).with_suffix(".going").write_bytes(b"")
    with Draft(files) as draft:
        draft.write(b"on its way")
        assert list(files.names()) == names
        for after in (names[0], names[17], names[-1], "00", "8", "ff" * 32):
            assert list(files.names(after)) == [name for name in names if name > after]
    files.key()
    assert list(files.names())[-1] == KEY
    assert list(files.names(KEY)) == []


# --- the folder's own secret ------------------------------------------------------------------------------


def test_the_folder_s_secret_does_not_lie_there_plain(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is encrypted like any file, and the same for all who know the key."""
    drawn = []
    monkeypatch.setattr(secrets, "token_bytes", lambda n: drawn.append(os.urandom(n)) or drawn[-1])
    secret = files.key()
    assert [one for one in drawn if len(one) == 32] == [secret]
    assert secret not in everything(files.folder)
    assert Files(files.folder, known(1)).key() == secret
    assert list(files.incoming.iterdir()) == []
    with pytest.raises(SealedError):
        Files(files.folder).key()


def test_a_secret_from_before_there_were_keys_goes_on(tmp_path: Path) -> None:
    """Links that were handed out stay open."""
    secret = Files(tmp_path).key()
    assert (tmp_path / KEY).read_bytes() == secret
    assert Files(tmp_path, known(1)).key() == secret


def test_all_who_make_the_secret_at_once_have_the_same(files: Files) -> None:
    """The first one counts."""
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(files.key())) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(found) == 8
    assert len(set(found)) == 1


# --- lending ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keys", [None, known(1)])
def test_what_is_lent_stays_though_it_is_deleted(tmp_path: Path, keys: DataKeys | None) -> None:
    """Another process opens it by its own secret, however late; nothing of it stays behind."""
    files = Files(tmp_path, keys)
    name = brought(files, CANARY)
    with files.lent(name) as lent:
        files.path(name).unlink()
        with lent.open() as file:
            assert file.read() == CANARY
        assert len(lent.secret) == (39 if keys else 0)
    assert list(files.incoming.iterdir()) == []
    with pytest.raises(FileNotFoundError), files.lent(name):
        pass


def test_an_altered_file_is_not_lent(files: Files) -> None:
    """Its head does not hold."""
    name = brought(files, CANARY)
    path = files.path(name)
    path.write_bytes(path.read_bytes()[: LENGTH - 1] + b"x" + path.read_bytes()[LENGTH:])
    with pytest.raises(SealedError), files.lent(name):
        pass
    assert list(files.incoming.iterdir()) == []


def test_memory_is_bounded(files: Files) -> None:
    """What came lies on the disk, but for a few chunks."""

    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            sizes.append(files_of(files.incoming))
            yield bytes(100_000)

    sizes: list[int] = []
    files.bring(name_of(bytes(4_000_000)), pieces())
    assert sizes[0] == 0
    assert sizes == sorted(sizes)
    assert 4_000_000 - sizes[-1] < 100_000 + CHUNK + 2 * 256 * 1024


def files_of(folder: Path) -> int:
    """Return how many bytes lie in a folder."""
    return sum(path.stat().st_size for path in folder.iterdir())
