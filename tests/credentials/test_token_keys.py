"""The keys of access tokens take turns, and what of it can be read no more opens nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from lgsp import tokens as module
from lgsp.credentials.register import Credentials
from lgsp.credentials.secret import draw, hashed
from lgsp.journal import credentials, credentials_signing
from lgsp.journal.credentials import Grant, Kind, Secret
from lgsp.journal.credentials_signing import TokenKey
from lgsp.journal.sqlite import SqliteJournal
from lgsp.tokens import AHEAD, SIGNS, Tokens, pair
from tests.credentials.register import ISSUER, SYSTEM, Gate

UID = "11111111-1111-4111-8111-111111111111"
DAY = 86_400_000_000


@pytest.fixture(scope="module")
def key() -> TokenKey:
    """A key that signs now; drawing one takes a while."""
    return pair(_now() - DAY)


def _now() -> int:
    return time.time_ns() // 1000


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[SqliteJournal]:
    """A journal of its own."""
    journal = await SqliteJournal.open(tmp_path / "journal.db")
    yield journal
    await journal.close()


async def test_keys_take_turns(
    journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch, key: TokenKey
) -> None:
    """The first is made when it is needed; the next one is published before it signs, and the last one after."""
    made: list[int] = []
    clock = [_now()]
    monkeypatch.setattr(module, "_now", lambda: clock[0])

    def quick(signs_from: int) -> TokenKey:
        made.append(signs_from)
        until = signs_from + SIGNS
        told = orjson.dumps(orjson.loads(key.public) | {"kid": f"k{len(made)}"}).decode()
        return TokenKey(f"k{len(made)}", told, key.private, signs_from, until, until + 2 * DAY)

    monkeypatch.setattr(module, "pair", quick)
    register = Credentials(journal)
    tokens = Tokens(journal, register, ISSUER)
    await register.learn()

    def names() -> list[str]:
        return [one["kid"] for one in tokens.published()]

    assert names() == []
    first = await tokens.issue(UID, SYSTEM, "send", 0)
    assert (names(), made) == (["k1"], [clock[0]])
    await tokens.tend()
    assert len(made) == 1
    clock[0] += SIGNS - AHEAD + 1
    await tokens.tend()
    assert names() == ["k1", "k2"]
    assert _kid(await tokens.issue(UID, SYSTEM, "send", 0)) == "k1"
    clock[0] = made[1]
    assert _kid(await tokens.issue(UID, SYSTEM, "send", 0)) == "k2"
    assert names() == ["k1", "k2"]
    assert tokens.check(first).client == UID
    clock[0] += 2 * DAY
    assert names() == ["k2"]


def _kid(token: str) -> str:
    head = token.partition(".")[0]
    return str(orjson.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"])


async def test_of_many_requests_at_once_one_makes_the_first_key(journal: SqliteJournal) -> None:
    """The others wait for it, and sign with it."""
    import asyncio

    register = Credentials(journal)
    tokens = Tokens(journal, register, ISSUER)
    signed_ = await asyncio.gather(*(tokens.issue(UID, SYSTEM, "send", 0) for _ in range(5)))
    assert len({_kid(one) for one in signed_}) == 1
    assert len(await journal.read(credentials_signing.standing)) == 1
    other = Credentials(journal)
    await other.learn()
    assert Tokens(journal, other, ISSUER).check(signed_[0]).client == UID


async def test_a_key_that_was_lost_is_followed_by_another_at_once(journal: SqliteJournal) -> None:
    """Its tokens hold all the same: they are proved by the public half, which stays published."""
    register = Credentials(journal)
    tokens = Tokens(journal, register, ISSUER)
    old = await tokens.issue(UID, SYSTEM, "send", 0)
    journal.keys.lose(7)

    def lost(tx: Any) -> None:
        tx.run("UPDATE token_keys SET key = ? WHERE kid = ?", [(7, _kid(old))])
        credentials.changed(tx)

    await journal.write(lost)
    await register.learn()
    new = await tokens.issue(UID, SYSTEM, "send", 0)
    assert _kid(new) != _kid(old)
    assert {one["kid"] for one in tokens.published()} == {_kid(old), _kid(new)}
    assert Tokens(journal, register, ISSUER).check(old).client == UID


async def test_what_cannot_be_read_any_more_opens_nothing(journal: SqliteJournal) -> None:
    """A session under a lost key cannot be forged with an empty one; what else is on record goes on holding."""
    gate, secret = Gate(), draw(Kind.KEY)
    grant = Grant(UID, Kind.KEY, SYSTEM, "khóa")
    await journal.write(lambda tx: credentials.add(tx, grant, Secret(hashed(secret)), b"k" * 32, "lan"))
    journal.keys.lose(7)
    await journal.write(lambda tx: tx.run("UPDATE credentials SET key = ? WHERE uid = ?", [(7, UID)]))
    found = await journal.read(credentials.everything)
    assert found[0].session_key == b""
    await gate.record(*found)
    caller = gate.caller(secret)
    assert caller is not None
    told = f"{int(time.time()) + 60}.nonce.{UID}"
    text = f"session|{found[0].fresh_since}|{told}".encode()
    assert gate.caller(f"{told}.{hmac.new(b'', text, hashlib.sha256).hexdigest()}") is None
