"""Data keys in memory: what they seal opens with the same number, and nothing else does."""

from __future__ import annotations

import pytest

from lgsp.keys import PLAIN, SIZE, DataKeys, KeyUnknownError, UnreadableError


def ring(*numbers: int) -> DataKeys:
    """Return keys that know some numbers, and seal under the last one."""
    keys = DataKeys()
    for number in numbers:
        keys.learn(number, bytes([number]) * SIZE)
        keys.current = number
    return keys


@pytest.mark.parametrize("plain", [b"", b"x", b"\0" * 100_000])
def test_what_is_sealed_opens_as_it_was(plain: bytes) -> None:
    """Under its number, whatever encrypts by now; and it never looks the same twice."""
    keys = ring(1)
    number, kept = keys.seal(plain)
    keys.learn(2, b"2" * SIZE)
    keys.current = 2
    assert (number, keys.open(number, kept)) == (1, plain)
    assert keys.seal(plain)[0] == 2
    assert keys.seal(plain)[1] != keys.seal(plain)[1]
    assert len(plain) < 8 or plain[:50] not in kept  # a byte or two stand in any sealed text by chance


def test_without_a_key_everything_is_kept_as_it_is() -> None:
    """The number says so."""
    keys = DataKeys()
    assert keys.seal(b"text") == (PLAIN, b"text")
    assert keys.open(PLAIN, b"text") == b"text"


@pytest.mark.parametrize("at", [0, 11, 12, -1])
def test_an_altered_value_says_where_it_stands_and_nothing_of_what_it_held(at: int) -> None:
    """Nonce, text and tag alike; so does one that was cut short."""
    keys = ring(1)
    number, kept = keys.seal(b"secret words")
    broken = bytearray(kept)
    broken[at] ^= 1
    for value in (bytes(broken), kept[:-1], kept[:5], b""):
        with pytest.raises(UnreadableError, match="reading body of message 7: it was altered") as caught:
            keys.open(number, value, "body of message", 7)
        assert "secret" not in str(caught.value)


def test_another_key_does_not_open_it() -> None:
    """Two installations that number alike cannot read one another."""
    number, kept = ring(1).seal(b"text")
    other = DataKeys()
    other.learn(1, b"9" * SIZE)
    with pytest.raises(UnreadableError):
        other.open(number, kept)


async def test_a_key_that_is_not_known_yet_is_not_one_that_is_lost() -> None:
    """The first is asked for and the act done again; the second never comes."""
    keys = ring(1)
    with pytest.raises(KeyUnknownError, match="key 5 is not known here"):
        keys.open(5, b"x" * 40)

    async def ask(number: int) -> None:
        if number == 5:
            keys.learn(5, b"5" * SIZE)
        elif number == 6:
            keys.lose(6)

    keys.ask = ask
    assert [await keys.sought(number) for number in (5, 6, 7)] == [True, True, False]
    assert keys.key(5) == b"5" * SIZE
    with pytest.raises(UnreadableError, match="does not have its key 6"):
        keys.key(6)
    with pytest.raises(KeyUnknownError):
        keys.key(7)


async def test_a_lost_key_that_comes_back_is_read_again() -> None:
    """As after putting back the newer journal."""
    keys = ring(1)
    assert await keys.sought(9)
    number, kept = ring(9).seal(b"text")
    with pytest.raises(UnreadableError):
        keys.open(number, kept)
    keys.learn(9, bytes([9]) * SIZE)
    assert keys.open(number, kept) == b"text"


def test_keys_are_not_shown() -> None:
    """Neither a log nor a traceback that prints the object has them."""
    assert "\\x01" not in repr(ring(1))
