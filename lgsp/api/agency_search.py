"""Finding agencies by name for people and programs alike, in lists that are prepared once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date

from lgsp.domain.agencies.listing import Listing
from lgsp.domain.agencies.register import Register
from lgsp.domain.agencies.resolution import Resolution
from lgsp.domain.agencies.searching import Names, search


class AgencySearch:
    """Searches what is known; the names of lists are prepared for it once, at the first search."""

    def __init__(self) -> None:
        self._names = Names(Listing())
        self._preparing = asyncio.Lock()

    async def find(  # noqa: PLR0913 - the terms of a search
        self, known: Register, asked: str, on: date, after: str = "", limit: int = 100, *, top: str = ""
    ) -> tuple[Sequence[Resolution], str | None]:
        """Return a page of what is found (see `search`), and the code behind which the next one begins."""
        names = await self._prepared(known.lists)
        return await asyncio.to_thread(search, known, names, asked, on, after, limit, top=top)

    async def _prepared(self, lists: Listing) -> Names:
        async with self._preparing:
            if self._names.lists is not lists:
                self._names = await asyncio.to_thread(Names, lists)
            return self._names
