"""Naming citizens without listing them: identity numbers as HMACs under a secret of the installation."""

from __future__ import annotations

import hmac
import os
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence

from lgsp.journal.contract import Transaction
from lgsp.journal.rows import REMEMBER

_NAME = "citizens secret"
_SIZE = 32
_READ = "SELECT value FROM meta WHERE name = ?"


def digests(tx: Transaction, numbers: Iterable[str]) -> list[bytes]:
    """Return what stands for identity numbers, sorted; nothing, where nobody was ever written down.

    Args:
        tx: of any kind.
        numbers: in their normal form (`lgsp.masking.identity`).
    """
    secret = _known(tx)
    return _under(secret, numbers) if secret is not None else []


def noted(tx: Transaction, numbers: Iterable[str]) -> list[bytes]:
    """Return what stands for identity numbers, to be written down; the first one makes the secret."""
    asked = sorted(set(numbers))
    return _under(_made(tx), asked) if asked else []


def noted_each(tx: Transaction, some: Sequence[Iterable[str]]) -> list[list[bytes]]:
    """Return what stands for several lots of identity numbers, to be written down, asking once."""
    secret = _made(tx)
    return [_under(secret, numbers) for numbers in some]


def subkey(tx: Transaction, name: str) -> bytes | None:
    """Return a key for another use, which follows from the secret; None where there is no secret yet.

    Args:
        tx: of any kind.
        name: of the use; it is no number, so that no key is what stands for somebody.
    """
    secret = _known(tx)
    return None if secret is None else _named(secret, name)


def made_subkey(tx: Transaction, name: str) -> bytes:
    """Return the same; the first one makes the secret."""
    return _named(_made(tx), name)


def _named(secret: bytes, name: str) -> bytes:
    return hmac.digest(secret, f"key for {name}".encode(), "sha256")


def _under(secret: bytes, numbers: Iterable[str]) -> list[bytes]:
    # `hmac.digest` would let go of Python's lock for each, and a question waits for this
    return sorted({hmac.new(secret, number.encode(), "sha256").digest() for number in numbers})


def _known(tx: Transaction) -> bytes | None:
    """Return the secret. It never changes: with it the report of those seen before would be lost."""
    found = tx.rows(_READ, (_NAME,))
    if not found:
        return None
    number, _, kept = found[0][0].partition(":")
    return tx.keys.open(int(number), b64decode(kept), "the secret that stands for citizens")


def _made(tx: Transaction) -> bytes:
    # once it is there nobody waits for anybody: it stays what it is
    return _known(tx) or _first(tx)


def _first(tx: Transaction) -> bytes:
    tx.lock([b"citizens"])
    secret = _known(tx)
    if secret is None:
        secret = os.urandom(_SIZE)
        _keep(tx, secret)
    return secret


def renew(tx: Transaction) -> None:
    """Seal the secret with the current data key, if there is a secret and another key sealed it."""
    if tx.rows(_READ, (_NAME,)) and _sealed_under(tx) != tx.keys.current:
        tx.lock([b"citizens"])
        secret = _known(tx)
        if secret is not None:
            _keep(tx, secret)


def _keep(tx: Transaction, secret: bytes) -> None:
    number, kept = tx.keys.seal(secret)
    tx.run(REMEMBER, [(_NAME, f"{number}:{b64encode(kept).decode()}")])


def _sealed_under(tx: Transaction) -> int:
    return int(tx.rows(_READ, (_NAME,))[0][0].partition(":")[0])
