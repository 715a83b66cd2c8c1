"""Asking the journal again where an answer needed a key that this process had still to learn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from lgsp.journal.contract import JournalError
from lgsp.keys import DataKeys, KeyUnknownError

T = TypeVar("T")


async def knowing(keys: DataKeys, ask: Callable[[], Awaitable[T]]) -> T:
    """Return an answer; as often as it needs a key that is not known here, learn that and ask again.

    The transaction that met the key was rolled back, and none is open while the key is looked for: whoever
    wraps keys may be far away. Each time one number more is known, or known to be lost, so it ends.

    Raises:
        JournalError: the key cannot be learned now.
    """
    while True:
        try:
            return await ask()
        except (KeyUnknownError, JournalError) as fault:
            missing = fault if isinstance(fault, KeyUnknownError) else fault.__cause__
            if not isinstance(missing, KeyUnknownError):
                raise
            if not await keys.sought(missing.number):
                raise JournalError(f"{missing}, and cannot be learned now") from fault
