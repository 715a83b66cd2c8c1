"""Credentials: whose they are, how long they hold, and that nothing else opens."""

from __future__ import annotations

import time

import pytest

from lgsp.api.door import SESSION_LIFE, Door, bearer

TOKENS = {"one": "token-of-one", "two": "token-of-two", "twin": "token-of-one", "none": ""}


@pytest.fixture
def door() -> Door:
    """A door with a system that has no token, and two that were given the same."""
    return Door(TOKENS, "token-of-the-operator")


def test_a_token_opens_its_own_door(door: Door) -> None:
    """And no other; a system without a token has no way in, not even with an empty one."""
    assert door.admits("one", "token-of-one")
    assert not any(door.admits(name, "token-of-one") for name in ("two", "none", "missing"))
    assert not any(door.admits("none", credential) for credential in ("", "none", "x"))


def test_the_operators_token_is_the_operators(door: Door) -> None:
    """An installation without one has no operator."""
    assert door.operator("token-of-the-operator")
    assert not any(door.operator(credential) for credential in ("", "token-of-one", "đ"))
    assert not Door(TOKENS, "").operator("")


def test_a_session_opens_its_systems_door_for_an_hour(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any process that knows the token can check it; after its time it opens nothing."""
    session = door.session("one")
    assert Door(TOKENS, "").admits("one", session)
    assert not any(door.admits(name, session) for name in ("two", "twin"))
    later = time.time() + SESSION_LIFE + 1
    monkeypatch.setattr("lgsp.api.door.time.time", lambda: later)
    assert not door.admits("one", session)


def test_a_changed_token_ends_its_sessions(door: Door) -> None:
    """Whoever revokes a token revokes what was opened with it."""
    assert not Door({"one": "another"}, "").admits("one", door.session("one"))


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_session_that_was_changed_opens_nothing(door: Door, part: int) -> None:
    """Neither a later expiry nor anything else of it can be forged."""
    parts = door.session("one").split(".")
    parts[part] = parts[part][:-1] + ("1" if parts[part][-1] != "1" else "2")
    assert not door.admits("one", ".".join(parts))


@pytest.mark.parametrize(
    ("header", "credential"),
    [("Bearer abc", "abc"), ("bearer  abc ", "abc"), ("Basic abc", ""), ("abc", ""), ("", "")],
)
def test_a_bearer_is_read_from_its_header(header: str, credential: str) -> None:
    """The scheme is case-blind; another scheme is no credential."""
    assert bearer(header) == credential
