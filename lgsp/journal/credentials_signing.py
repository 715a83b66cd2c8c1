"""The keys of access tokens on record: one signs, the next is published already, the last proves still."""

from __future__ import annotations

from dataclasses import dataclass

from lgsp.journal.contract import Transaction
from lgsp.journal.credentials import changed
from lgsp.journal.credentials_sealing import opened
from lgsp.journal.credentials_tables import token_keys
from lgsp.journal.rows import insert

_ADD = insert(token_keys)
_ALL = (
    "SELECT kid, public, key, sealed, signs_from, signs_until, ends_at FROM token_keys WHERE ends_at > ?"
    " ORDER BY signs_from"
)
_LOCK = b"token keys"


@dataclass(slots=True, frozen=True, repr=False)
class TokenKey:
    """A key pair; times are microseconds since 1970. `repr` is left out: the private half stands in it.

    Attributes:
        kid: its name in tokens and in what is published.
        public: the public half, a JWK as JSON.
        private: the private half likewise; empty where nobody can read it any more.
        signs_from: when it begins to sign; it is published before that.
        signs_until: when the next one has begun to.
        ends_at: when no token of it can hold any more.
    """

    kid: str
    public: str
    private: bytes
    signs_from: int
    signs_until: int
    ends_at: int


def standing(tx: Transaction) -> list[TokenKey]:
    """Return the keys whose tokens may hold, now or soon, in the order in which they sign."""
    return [
        TokenKey(kid, public, opened(tx, key, sealed, "token key", kid), *times)
        for kid, public, key, sealed, *times in tx.rows(_ALL, (tx.now,))
    ]


def add(tx: Transaction, key: TokenKey, after: int) -> bool:
    """Put a key on record, if no process was quicker; return whether it was added.

    Args:
        tx: the transaction.
        key: the new one.
        after: when the newest key ended to sign that its maker knew, 0 where it knew none.
    """
    tx.lock([_LOCK, b"credentials"])
    newest = tx.rows("SELECT coalesce(max(signs_until), 0) FROM token_keys WHERE ends_at > ?", (tx.now,))
    if newest[0][0] != after:
        return False
    tx.run("DELETE FROM token_keys WHERE kid = ?", [(kid,) for (kid,) in _over(tx)])
    number, sealed = tx.keys.seal(key.private)
    times = (tx.now, key.signs_from, key.signs_until, key.ends_at)
    tx.run(_ADD, [(key.kid, key.public, number, sealed, *times)])
    changed(tx)
    return True


def _over(tx: Transaction) -> list[tuple[str]]:
    return tx.rows("SELECT kid FROM token_keys WHERE ends_at <= ?", (tx.now,))
