"""Looking at the signatures of attached files, one document after the other, once they are taken on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from lgsp.domain.documents import file_name
from lgsp.enduring import enduring
from lgsp.gateway import Gateway
from lgsp.journal import evidence
from lgsp.journal.contract import Transaction
from lgsp.leases import always
from lgsp.wire.pades import Witness

log = structlog.get_logger(__name__)
_IDLE, _PAUSE = 2.0, 10.0
"""Seconds between two looks when there is nothing to look at, and after a failure."""
_MOST = 20
"""Files that are looked at in one go."""


class Attesting:
    """Keeps evidence of signatures, for all processes. Nobody waits for it: what is sent is what was told.

    Args:
        gateway: whose journal and store.
        witness: who looks.
        held: tells, inside the transaction, whether this process is the one that does.
    """

    def __init__(
        self, gateway: Gateway, witness: Witness, held: Callable[[Transaction], bool] = always
    ) -> None:
        self._gateway = gateway
        self._witness = witness
        self._held = held

    async def run(self) -> None:
        """Look until cancelled."""
        try:
            await enduring(self._round, "looking at signatures", log, _PAUSE)
        finally:
            self._witness.close()

    async def _round(self) -> float:
        """Look once; return after how many seconds to look again: half of the time is for others."""
        began = time.monotonic()
        found = await self.look()
        return min(time.monotonic() - began, _IDLE) if found else _IDLE

    async def look(self) -> bool:
        """Look at the files of some messages; False when there are none, or another process does it."""
        journal = self._gateway.journal
        found = await journal.write(lambda tx: evidence.unseen(tx, _MOST) if self._held(tx) else [])
        seen = []
        for message, data in found:
            told, _ = await self._witness.evidence(data, self._gateway.blobs.files)
            seen.append((message, _by_file(told)))
        if seen:
            await journal.write(lambda tx: evidence.keep_all(tx, seen))
        return bool(seen)


def _by_file(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the signatures of each attached file, by its SHA-256."""
    return {file_name(one): one["signatures"] for one in data.get("attachments", []) if one.get("signatures")}
