"""What a façade may hand on of catalogues, read from the journal page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import partial
from typing import Any

from lgsp.domain.codes import FORMS
from lgsp.gateway import Gateway
from lgsp.journal import catalogues_handed
from lgsp.journal.catalogues_handed import PAGE, Item
from lgsp.journal.contract import Transaction

Read = Callable[[Transaction, str, str, str], list[Item]]


class SystemCatalogue:
    """See `lgsp.adapter.Catalogue`. Of systems that list one key the first by name counts."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def whole(self, type_: str) -> bool:
        """See `Catalogue.whole`."""
        return bool(await self._sources(type_))

    async def names(self, type_: str) -> AsyncIterator[Sequence[tuple[str, str]]]:
        """See `Catalogue.names`."""
        async for page in self._pages(type_, catalogues_handed.names):
            yield [(one.code, one.name) for one in page]

    async def items(self, type_: str) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
        """See `Catalogue.items`; of what has no body any more, code and name are told."""
        async for page in self._pages(type_, catalogues_handed.items):
            yield [_told(one) for one in page]

    async def item(self, type_: str, subject: str) -> Mapping[str, Any] | None:
        """See `Catalogue.item`."""
        key = FORMS[self._gateway.types[type_].form](subject) or subject
        found = await self._gateway.journal.read(lambda tx: catalogues_handed.item(tx, type_, key))
        return None if found is None else _told(found)

    async def _sources(self, type_: str) -> list[str]:
        return await self._gateway.journal.read(lambda tx: catalogues_handed.sources(tx, type_))

    async def _pages(self, type_: str, read: Read) -> AsyncIterator[list[Item]]:
        told: set[str] = set()
        sources = await self._sources(type_)
        for source in sources:
            after = ""
            while page := await self._gateway.journal.read(
                partial(read, type_=type_, source=source, after=after)  # type: ignore[call-arg]
            ):
                after = page[-1].key
                yield [one for one in page if one.key not in told]
                if len(sources) > 1:
                    told.update(one.key for one in page)
                if len(page) < PAGE:
                    break


def _told(one: Item) -> Mapping[str, Any]:
    return one.data or {"code": one.code, "name": one.name}
