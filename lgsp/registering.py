"""Filling the register of dossiers, a little behind, so that whoever asks about them need not read bodies."""

from __future__ import annotations

from lgsp.journal import dossiers_keeping
from lgsp.summing import Summing


class Registering(Summing):
    """Keeps the register, for all processes. When nobody does, it lags, and the next one catches up."""

    async def look(self) -> bool:
        """Register a part; return True when nothing is left for now, or another process does it."""
        look = await self._journal.read(dossiers_keeping.look)
        kept = await self._journal.write(lambda tx: self._held(tx) and dossiers_keeping.keep(tx, look))
        return look.place.done or not kept
