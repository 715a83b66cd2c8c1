"""Filling the register of dossiers, a little behind, so that whoever asks about them need not read bodies."""

from __future__ import annotations

from lgsp.journal import dossiers_keeping, statistics_keeping
from lgsp.summing import Summing


class Registering(Summing):
    """Keeps the register, for all processes. When nobody does, it lags, and the next one catches up.

    What is registered is counted in the dossier statistics by the same process.
    """

    async def look(self) -> bool:
        """Do a part; return True when nothing is left for now, or another process does it."""
        registered = await self._register()
        return await self._count() and registered

    async def _register(self) -> bool:
        look = await self._journal.read(dossiers_keeping.look)
        kept = await self._journal.write(lambda tx: self._held(tx) and dossiers_keeping.keep(tx, look))
        return look.place.done or not kept

    async def _count(self) -> bool:
        look = await self._journal.read(statistics_keeping.look)
        kept = await self._journal.write(lambda tx: self._held(tx) and statistics_keeping.keep(tx, look))
        return look.done or not kept
