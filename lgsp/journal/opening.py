"""Opening what is sealed where one row that nobody can read must not stop the others."""

from __future__ import annotations

import structlog

from lgsp.journal.contract import Transaction
from lgsp.keys import UnreadableError

log = structlog.get_logger(__name__)


def opened(tx: Transaction, key_id: int, kept: bytes, *place: object) -> bytes | None:
    """Return what was sealed; None where it was altered or its key is lost, and the log names its place."""
    try:
        return tx.keys.open(key_id, kept, *place)
    except UnreadableError as fault:
        log.error("something that is kept cannot be read", fault=str(fault))  # noqa: TRY400
        return None
