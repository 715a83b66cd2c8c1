"""Opening secrets that the journal keeps sealed, where one that is lost must not take the others along."""

from __future__ import annotations

from lgsp.journal.contract import Transaction
from lgsp.keys import UnreadableError


def opened(tx: Transaction, number: int, sealed: bytes, *place: object) -> bytes:
    """Return what was sealed; empty where nobody can ever read it: it was altered, or its key is lost.

    What is empty opens nothing and signs nothing; everything else on record goes on holding.

    Raises:
        KeyUnknownError: the key is not known here yet.
    """
    try:
        return tx.keys.open(number, bytes(sealed), *place)
    except UnreadableError:
        return b""
