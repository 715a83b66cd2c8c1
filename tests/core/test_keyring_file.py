"""The key file is read by its owner alone, told of by line and never by key, and grows at its head."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest

from lgsp.errors import ConfigError
from lgsp.keyring_file import KeyFile, WrappingError, make_key, read_keys

KEY = bytes(range(32))
OTHER = b64encode(bytes(reversed(range(32)))).decode()
GOOD = b64encode(KEY).decode()


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    """Write a key file."""
    path = folder / "keys"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


async def test_the_first_wraps_and_all_unwrap(tmp_path: Path) -> None:
    """So a key-encryption key is replaced by adding a line, while the older one still opens."""
    path = written(tmp_path, f"old {GOOD}\n")
    older = await KeyFile(path).wrap(KEY)
    written(tmp_path, f"# comment\n\nnew {OTHER}\nold {GOOD}\n")
    newer = await KeyFile(path).wrap(KEY)
    assert (older[0], newer[0]) == ("old", "new")
    assert [await KeyFile(path).unwrap(*one) for one in (older, newer)] == [KEY, KEY]
    assert KEY not in older[1]


async def test_another_key_of_the_same_name_does_not_unwrap(tmp_path: Path) -> None:
    """The wrapping proves itself: a wrong key is told of, and gives no wrong data key."""
    wrapped = await KeyFile(written(tmp_path, f"k {GOOD}\n")).wrap(KEY)
    with pytest.raises(WrappingError, match="is not the one that wrapped it"):
        await KeyFile(written(tmp_path, f"k {OTHER}\n")).unwrap(*wrapped)
    with pytest.raises(WrappingError, match="has no key 'k'"):
        await KeyFile(written(tmp_path, f"other {OTHER}\n")).unwrap(*wrapped)
    with pytest.raises(WrappingError, match="is not the one"):
        await KeyFile(written(tmp_path, f"k {GOOD}\n")).unwrap("k", wrapped[1][:-1])


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    """Group and others alike; the mend is said."""
    with pytest.raises(ConfigError, match="chmod 600"):
        read_keys(written(tmp_path, f"k {GOOD}\n", mode))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "has no key"),
        ("# only words\n", "has no key"),
        (f"k{GOOD}\n", ":1: "),
        ("k abcd\n", ":1: the key 'k' must be 32 bytes"),
        ("k !!!!\n", ":1: the key 'k' must be 32 bytes"),
        (f"k {GOOD}\nk {OTHER}\n", ":2: the name 'k' stands here twice"),
        (f"ß {GOOD}\n", "cannot be read"),
    ],
)
def test_each_wrong_line_is_told_by_its_number_and_no_key_is_shown(
    tmp_path: Path, text: str, told: str
) -> None:
    """An operator mends it without anybody reading a key over the shoulder."""
    with pytest.raises(ConfigError) as caught:
        read_keys(written(tmp_path, text))
    assert told in str(caught.value)
    assert GOOD not in str(caught.value)
    assert OTHER not in str(caught.value)


def test_a_file_that_is_not_there_is_told_with_its_setting(tmp_path: Path) -> None:
    """The setting is what an operator looks for."""
    with pytest.raises(ConfigError, match=r"LGSP_KEY_FILE .*nowhere"):
        read_keys(tmp_path / "nowhere")


def test_a_made_key_stands_at_the_head_and_the_others_stay(tmp_path: Path) -> None:
    """The file is its owner's alone from the first moment, and no draft of it is left."""
    path = tmp_path / "deep" / "keys"
    make_key(path, "one")
    first = read_keys(path)
    make_key(path, "two")
    both = read_keys(path)
    assert list(both) == ["two", "one"]
    assert both["one"] == first["one"] != both["two"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("name", ["one", "", "two words", "../up", "-x", "a" * 65])
def test_a_name_that_cannot_be_is_turned_down(tmp_path: Path, name: str) -> None:
    """And one that is there already: nothing is written over."""
    path = tmp_path / "keys"
    make_key(path, "one")
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="the name"):
        make_key(path, name)
    assert path.read_bytes() == before
