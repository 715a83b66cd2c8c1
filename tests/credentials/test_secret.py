"""Secrets of ours: drawn at random, found where they leak, and known for what they are."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.credentials.secret import PATTERN, draw, hashed, ours, well_formed
from lgsp.journal.credentials import Kind

SECRETS = [kind for kind in Kind if kind is not Kind.CERTIFICATE]


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_says_what_it_is(kind: Kind) -> None:
    """Its kind can be read, and whoever searches a repository or a log for our secrets finds it."""
    secret = draw(kind)
    assert secret.startswith(f"lgsp_{kind.value}_")
    assert PATTERN.fullmatch(secret)
    assert PATTERN.search(f"token={secret};")
    assert ours(secret)
    assert well_formed(secret)


def test_no_two_secrets_are_alike() -> None:
    """Each is drawn anew, with 43 letters of 62: more than 256 bits."""
    drawn = {draw(Kind.KEY) for _ in range(500)}
    assert len(drawn) == 500
    assert 62**43 > 2**256
    assert len({one[9:52] for one in drawn}) == 500


@given(st.integers(0, 57), st.characters(codec="ascii"))
def test_a_secret_that_was_changed_is_known_to_be_none(place: int, letter: str) -> None:
    """A letter misread, wherever it stands, is told by the check alone."""
    secret = draw(Kind.KEY)
    changed = secret[:place] + letter + secret[place + 1 :]
    assert well_formed(changed) is (changed == secret)


@pytest.mark.parametrize("told", ["", "lgsp_", "lgsp_key_", "token-of-one-stop", "lgsp_key_đ" + "a" * 48])
def test_what_is_no_secret_of_ours_is_not_taken_for_one(told: str) -> None:
    """Nothing that is no whole secret passes the check."""
    assert not well_formed(told)


def test_a_truncated_secret_is_known_to_be_none() -> None:
    """Whoever copied only a part of it is told apart from whoever guesses."""
    secret = draw(Kind.CLIENT)
    assert not any(well_formed(secret[:end]) for end in range(len(secret)))
    assert not well_formed(secret + "0")


def test_of_a_secret_its_sha_256_is_kept() -> None:
    """What is told in a body may hold anything: nothing of it makes the hashing fail."""
    assert hashed("abc") == hashlib.sha256(b"abc").digest()
    assert len(hashed("\ud800")) == 32
