"""Copies of encrypted files: whole, brought up to date when keys change, and readable with the keys alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from lgsp.store.files import Files
from lgsp.store.resealing import reseal
from tests.store.test_files import CANARY, brought, everything, known, name_of, read

COPY = Path(__file__).parents[2] / "deploy" / "copy-blobs"


@pytest.fixture
def store(tmp_path: Path) -> Files:
    """A folder with two encrypted files, and a plain one of before."""
    brought(Files(tmp_path / "from"), b"plain " * 1000)
    one = Files(tmp_path / "from", known(1))
    for content in (CANARY, b""):
        brought(one, content)
    return one


def copied(store: Files, *, well: bool = True) -> str:
    """Copy a folder beside it; return what the script said."""
    words = [COPY, store.folder, store.folder.parent / "to"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode == 0) is well, done.stderr
    return done.stdout if well else done.stderr


def test_encrypted_files_are_copied_as_they_lie_there(store: Files) -> None:
    """Nobody needs a key for it; whoever has it reads the copy; nothing of the content stands in it."""
    assert "3 copied, 3 checked" in copied(store)
    copy = Files(store.folder.parent / "to", known(1))
    assert [read(copy, name_of(content)) for content in (CANARY, b"", b"plain " * 1000)] == [
        CANARY,
        b"",
        b"plain " * 1000,
    ]
    assert b"CANARY" not in everything(copy.folder)
    assert "0 copied, 3 checked" in copied(store)


def test_what_was_encrypted_anew_is_copied_again(store: Files) -> None:
    """Under the newer key; a copy that stayed behind would need a key that may be gone one day."""
    copied(store)
    newer = Files(store.folder, known(1, 2))
    assert sum(one.anew for one in reseal(newer)) == 3
    assert "3 copied, 3 checked" in copied(store)
    assert read(Files(store.folder.parent / "to", known(2)), name_of(CANARY)) == CANARY


def test_a_copy_that_was_cut_short_is_made_good(store: Files) -> None:
    """What lies half in its place beside the others is no file of the copy."""
    name = name_of(CANARY)
    part = Path("to") / name[:2] / name[2:4] / f"{name}.part"
    (store.folder.parent / part).parent.mkdir(parents=True)
    (store.folder.parent / part).write_bytes(b"half")
    assert "3 copied, 3 checked" in copied(store)
    assert not (store.folder.parent / part).exists()
    assert read(Files(store.folder.parent / "to", known(1)), name) == CANARY


def test_a_plain_file_that_is_altered_is_told_and_an_encrypted_one_is_not_taken_for_altered(
    store: Files,
) -> None:
    """The hash of what is encrypted is nobody's name: it was compared when it was copied, and each piece proves itself."""
    plain = store.path(name_of(b"plain " * 1000))
    plain.write_bytes(b"forged")
    told = copied(store, well=False)
    assert plain.name in told
    assert name_of(CANARY) not in told
