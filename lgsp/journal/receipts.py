"""What holders of receipts may see of a dossier, and the key by which their secrets are made."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from lgsp.domain.receipts import secret_of
from lgsp.journal import citizens, dossiers
from lgsp.journal.contract import Transaction
from lgsp.journal.dossiers import Row, Step
from lgsp.journal.dossiers_told import DOSSIER

_KEY = "receipts"
_BROUGHT = f"SELECT 1 FROM messages WHERE partitionkey = ? AND source = ? AND type = '{DOSSIER}' LIMIT 1"


@dataclass(slots=True, frozen=True)
class Known:
    """What is known under a code.

    Attributes:
        key: by which secrets are made; as long as none was handed out one that nobody can know.
        row: what was told of the dossier last; None where there is none.
        steps: of its progress.
    """

    key: bytes = field(repr=False)
    row: Row | None
    steps: list[Step]


def known(tx: Transaction, code: str) -> Known:
    """Return what is known under the normal form of a code."""
    key = citizens.subkey(tx, _KEY) or secrets.token_bytes(32)
    return Known(key, dossiers.one(tx, code), dossiers.steps(tx, [code]))


def secret(tx: Transaction, system: str, code: str) -> str | None:
    """Return the secret of the receipt of a dossier; None where the system brought no such dossier."""
    brought = tx.rows(_BROUGHT, (code, system))
    return secret_of(citizens.made_subkey(tx, _KEY), code) if brought else None
