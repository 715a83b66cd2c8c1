"""Encrypting files anew while they are read, brought and deleted: at each moment one of them lies there whole."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Self

import pytest

from lgsp.keys import DataKeys
from lgsp.store import resealing
from lgsp.store.files import KEY, Draft, Files
from lgsp.store.resealing import Resealed, numbers, reseal
from lgsp.store.sealed import MAGIC, Head
from tests.store.test_files import CANARY, brought, everything, known, name_of, read

LONG_AGO = 1_000_000_000


def upgraded(folder: Path, *contents: bytes) -> tuple[Files, list[str]]:
    """Bring files as they are; return the folder with a key, and their names in order."""
    plain = Files(folder)
    names = sorted(brought(plain, content) for content in contents)
    for name in names:
        os.utime(plain.path(name), (LONG_AGO, LONG_AGO))
    return Files(folder, known(1)), names


def number(files: Files, name: str) -> int:
    """Return the number of the key under which a file lies there."""
    head = Head.of(files.path(name).read_bytes())
    return head.number if head else 0


def test_plain_files_are_encrypted(tmp_path: Path) -> None:
    """All of them, with the folder's secret; each is told, and says still when it was last brought."""
    secret = Files(tmp_path).key()
    files, names = upgraded(tmp_path, CANARY, b"", b"x" * 200_000)
    assert numbers(files) == {0: 4}
    told = list(reseal(files))
    assert [(one.name, one.anew, one.fault) for one in told] == [(name, True, "") for name in [*names, KEY]]
    assert [one.size for one in told] == [files.path(name).stat().st_size for name in [*names, KEY]]
    assert numbers(files) == {1: 4}
    assert b"CANARY" not in everything(tmp_path)
    assert read(files, name_of(CANARY)) == CANARY
    assert (files.key(), read(files, names[0])[:0]) == (secret, b"")
    assert {files.path(name).stat().st_mtime for name in names} == {LONG_AGO}
    assert list(files.incoming.iterdir()) == []


def test_a_new_key_takes_over_from_an_older_one(tmp_path: Path) -> None:
    """Then nobody needs the older one any more; who has no current key gets plain files back."""
    files = Files(tmp_path, known(1))
    name, secret = brought(files, CANARY), files.key()
    both = Files(tmp_path, known(1, 2))
    assert [one.anew for one in reseal(both)] == [True, True]
    assert [one.anew for one in reseal(both)] == [False, False]
    new = Files(tmp_path, known(2))
    assert (read(new, name), new.key()) == (CANARY, secret)
    off = Files(tmp_path, known(2, current=0))
    assert [one.anew for one in reseal(off)] == [True, True]
    assert Files(tmp_path).path(name).read_bytes() == CANARY


def test_it_goes_on_where_it_ended(tmp_path: Path) -> None:
    """In another process, too: all it needs is the last name."""
    files, names = upgraded(tmp_path, *(bytes((n,)) * 100 for n in range(10)))
    first = reseal(files)
    done = [next(first).name for _ in range(4)]
    first.close()
    assert done == names[:4]
    assert [number(files, name) for name in names] == [1] * 4 + [0] * 6
    assert [one.name for one in reseal(files, done[-1])] == names[4:]
    assert numbers(files) == {1: 10}


def test_an_altered_file_is_told_and_left(tmp_path: Path) -> None:
    """It is evidence, and no other is kept up by it."""
    files, names = upgraded(tmp_path, b"one", b"two", b"three")
    wrong = files.path(names[1])
    wrong.write_bytes(b"forged")
    told = list(reseal(files))
    assert [one.anew for one in told] == [True, False, True]
    assert "not what its name says" in told[1].fault
    assert wrong.read_bytes() == b"forged"
    assert "not known" in next(iter(reseal(Files(tmp_path, known(2))))).fault


def test_what_an_encrypted_file_holds_is_looked_at_too(tmp_path: Path) -> None:
    """Its content has the hash of its name, or it is not taken over under a new key."""
    files = Files(tmp_path, known(1))
    with Draft(files) as draft:
        draft.write(b"another")
        draft.finish(name_of(b"one"))
        draft.place()
    (told,) = reseal(Files(tmp_path, known(1, 2)))
    assert "not what its name says" in told.fault
    assert number(files, name_of(b"one")) == 1


def test_a_plain_file_that_begins_as_an_encrypted_one_is_encrypted(tmp_path: Path) -> None:
    """Whatever number its head says, it is under no key yet."""
    files, names = upgraded(tmp_path, MAGIC * 50)
    assert next(reseal(files)) == Resealed(names[0], files.path(names[0]).stat().st_size, anew=True)
    assert number(files, names[0]) == 1


@pytest.fixture
def before_replacing(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Let something happen in the moment between writing a file anew and putting it in its place."""

    def happen(what: Callable[[], None]) -> None:
        real = Draft.finish

        def finish(self: Draft, name: str = "") -> str:
            monkeypatch.setattr(Draft, "finish", real)
            digest = real(self, name)
            what()
            return digest

        monkeypatch.setattr(Draft, "finish", finish)

    return happen


Happens = Callable[[Callable[[], None]], None]


def test_what_is_deleted_meanwhile_stays_deleted(tmp_path: Path, before_replacing: Happens) -> None:
    """Retention let it go: nobody brings it back."""
    files, names = upgraded(tmp_path, b"one", b"two")
    before_replacing(files.path(names[0]).unlink)
    assert [(one.anew, one.missed) for one in reseal(files)] == [(False, True), (True, False)]
    assert not files.path(names[0]).exists()
    assert list(files.incoming.iterdir()) == []


def test_what_is_brought_anew_meanwhile_stays(tmp_path: Path, before_replacing: Happens) -> None:
    """It lies there under the current key already, with the time at which it came."""
    files, names = upgraded(tmp_path, b"one")
    before_replacing(lambda: brought(files, b"one") and None)
    assert [(one.anew, one.missed) for one in reseal(files)] == [(False, True)]
    assert [one.missed for one in reseal(files)] == [False]
    assert (number(files, names[0]), read(files, names[0])) == (1, b"one")
    assert files.path(names[0]).stat().st_mtime > LONG_AGO


def test_what_comes_once_more_meanwhile_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the last moment, when the old file is looked at no more: retention has to know that it came."""
    files = Files(tmp_path, known(1))
    name = brought(files, b"one")
    os.utime(files.path(name), (LONG_AGO, LONG_AGO))
    later, real = Files(tmp_path, known(1, 2)), os.utime

    def utime(path: Path, *args: object, **named: object) -> None:
        real(path, *args, **named)  # type: ignore[arg-type]
        if named:  # the draft has its time: now somebody brings the same
            assert files.has(name)

    monkeypatch.setattr(resealing.os, "utime", utime)
    assert [one.anew for one in reseal(later)] == [True]
    assert number(later, name) == 2
    assert later.path(name).stat().st_mtime > LONG_AGO


def test_who_reads_reads_to_the_end(tmp_path: Path) -> None:
    """The file that was opened stays what it was, under its older key, and its other parts are there still."""
    _, names = upgraded(tmp_path, bytes(range(256)) * 2000)
    for keys in (known(1), known(1, 2)):
        with Files(tmp_path, keys).open(names[0]) as file:
            assert file.read(10) == bytes(range(10))
            assert [one.anew for one in reseal(Files(tmp_path, keys))] == [True]
            assert file.read() == (bytes(range(256)) * 2000)[10:]


def test_a_crash_leaves_the_old_file_or_the_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever call of the operating system is the last one, the content is there, and the job goes on."""
    acts = ["fsync", "utime", "replace", "fstat", "open"]
    for last in range(60):
        files, names = upgraded(tmp_path / str(last), b"content" * 30_000)
        left = [last]

        def dying(real: Callable[..., object], left: list[int] = left) -> Callable[..., object]:
            def act(*args: object, **named: object) -> object:
                if not left[0]:
                    raise KeyboardInterrupt
                left[0] -= 1
                return real(*args, **named)

            return act

        with monkeypatch.context() as patched:
            for name in acts:
                patched.setattr(os, name, dying(getattr(os, name)))
            try:
                done = list(reseal(files))
            except KeyboardInterrupt:
                done = []
        assert read(files, names[0]) == b"content" * 30_000
        assert number(files, names[0]) in {0, 1}
        list(reseal(files))
        assert number(files, names[0]) == 1
        if done:
            assert last > len(acts)
            return
    pytest.fail("it never came to its end")


class Crowd:
    """Threads that each do the same again and again, while inside."""

    def __init__(self, *acts: Callable[[], object]) -> None:
        self.faults: list[Exception] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._go_on, args=(act,)) for act in acts]

    def __enter__(self) -> Self:
        for one in self._threads:
            one.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for one in self._threads:
            one.join()

    def _go_on(self, act: Callable[[], object]) -> None:
        while not self._over.is_set():
            try:
                act()
            except Exception as fault:  # noqa: BLE001 - told at the end
                self.faults.append(fault)


def test_many_read_and_bring_while_it_goes_on(tmp_path: Path) -> None:
    """Rotating keys again and again, nobody ever sees a file that is none, or that is another one."""
    contents = {name_of(content): content for content in (bytes((n,)) * (70_000 * n) for n in range(6))}
    keys = known(1)
    files = Files(tmp_path, keys)
    for content in contents.values():
        brought(files, content)

    def look() -> None:
        assert {name: read(files, name) for name in contents} == contents

    def bring() -> None:
        for content in contents.values():
            brought(files, content)

    with Crowd(look, look, bring) as crowd:
        for n in range(2, 8):
            keys.learn(n, bytes((n,)) * 32)
            keys.current = n
            assert {one.fault for one in reseal(files)} == {""}
    assert crowd.faults == []
    assert numbers(files) == {7: 6}


def test_two_that_do_it_at_once_do_no_harm(tmp_path: Path) -> None:
    """One job at a time is meant to; a second one finds what the first one left."""
    files, names = upgraded(tmp_path, *(bytes((n,)) * 5000 for n in range(30)))
    told: list[list[Resealed]] = []
    threads = [threading.Thread(target=lambda: told.append(list(reseal(files)))) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [len(one) for one in told] == [30] * 3
    assert numbers(files) == {1: 30}
    assert [read(files, name) for name in names]


def test_counting_needs_no_key(tmp_path: Path) -> None:
    """Whether an older key is still needed can be told by anybody who sees the folder."""
    brought(Files(tmp_path, known(1)), b"one")
    brought(Files(tmp_path, known(1, 2)), b"two")
    brought(Files(tmp_path), b"three")
    assert numbers(Files(tmp_path, DataKeys())) == {0: 1, 1: 1, 2: 1}
