"""Fetching the portal's lists: whole into a file first, then page by page into messages.

Nothing is handed on before a list is there to its end, so that half a list is no list, and no list at all is
not an empty one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from lgsp.adapter import Page, Tools
from lgsp.domain.agencies.facts import Claim, Confidence, Fact
from lgsp.errors import Invalid, Problem, Refused, Rejected, Unavailable
from lgsp.formats.portal_catalogue import (
    AGENCIES_SERVICE,
    AGENCY,
    FIELD,
    FIELDS_SERVICE,
    ONLINE_SERVICE,
    SERVICE,
)
from lgsp.message import Message, Raw

from . import rows
from .answers import Outcome, Said
from .listing import Spooled
from .portal import Portal

SOURCE = "Danh mục cơ quan của Cổng Dịch vụ công quốc gia (LayDanhMucCoQuan)"
_PAGE = 500
_IN_PLACE = 8


@dataclass(slots=True, frozen=True)
class ListKind:
    """A list that comes whole.

    Attributes:
        service: by which it is asked for.
        type: what its rows become.
        key: the name under which its rows stand.
        shared: it is one of the services that share catalogues.
    """

    service: str
    type: str
    key: str = "result"
    shared: bool = True


AGENCIES = ListKind(AGENCIES_SERVICE, AGENCY)
FIELDS = ListKind(FIELDS_SERVICE, FIELD)
SERVICES = ListKind(ONLINE_SERVICE, SERVICE, "data", shared=False)


async def pages(kind: ListKind, portal: Portal, tools: Tools) -> AsyncIterator[Page]:
    """Yield a list, some hundred rows at once; the last page says which of them there are.

    Of rows that bear one code the first counts, and another one that says something else lies in quarantine.

    Raises:
        Unavailable: the list is not to be had, broke off, is none, or is empty.
        Refused: the portal says no.
    """
    seen: dict[str, int] = {}
    with spooled(tools, kind.key) as spool:
        await fetched(portal, kind.service, spool, shared=kind.shared)
        for start in range(0, spool.count, _PAGE):
            some = await asyncio.to_thread(spool.page, _PAGE)
            items = await asyncio.to_thread(_read, kind.type, some, start, seen)
            told = Raw.of(orjson.dumps(some), service=kind.service, first=str(start + 1))
            whole = {kind.type: seen} if start + _PAGE >= spool.count else {}
            yield Page(items, told, None, facts=_claims(items) if kind is AGENCIES else (), lists=whole)


@contextmanager
def spooled(tools: Tools, key: str = "result") -> Iterator[Spooled]:
    """Lend a file for a list; it is gone afterwards, whatever happens."""
    with tools.files.passing() as file:
        yield Spooled(file, key)


async def fetched(
    portal: Portal, service: str, spool: Spooled, *, shared: bool = True, empty: bool = False
) -> None:
    """Fetch a list into its file.

    Args:
        portal: that is asked.
        service: by which.
        spool: takes the rows.
        shared: it is one of the services that share catalogues.
        empty: a list without rows is a list, too.

    Raises:
        Unavailable: it is not to be had, broke off, is none, or is empty though it must not be.
        Refused: the portal says no.
    """
    said = await portal.rows(service, spool, shared=shared)
    granted(said)
    if not spool.count and not (empty and _has_result(said)):
        raise Unavailable("portal-list-unreadable", said.text or "no-rows")
    spool.rewind()


def granted(said: Said) -> Said:
    """Return an answer that says how it is.

    Raises:
        Refused: it says no.
        Unavailable: nobody knows what it says.
    """
    if said.outcome is Outcome.TAKEN:
        return said
    if said.outcome is Outcome.REFUSED:
        raise Refused(said.cause, said.text, said.fields)
    raise Unavailable("portal-list-unreadable", said.text, answer=said.answer.signature())


def _has_result(said: Said) -> bool:
    envelope = said.envelope or {}
    return "result" in envelope and envelope["result"] in (None, [], "", {})


def _read(type_: str, some: Sequence[Any], start: int, seen: dict[str, int]) -> list[Message | Rejected]:
    """Return the rows of a page as messages; those that were there before are passed over."""
    items: list[Message | Rejected] = []
    for n, item in enumerate(some):
        message = rows.read(type_, item, str(start + n + 1))
        again = None if isinstance(message, Invalid) else _again(message, seen, start + n + 1)
        items += [message] if again is None else again
    return items


def _again(message: Message, seen: dict[str, int], number: int) -> list[Message | Rejected] | None:
    """Return what stands for a row whose code came before; None for a code that comes for the first time."""
    print_ = int.from_bytes(message.native[:_IN_PLACE], "big")
    if message.partitionkey not in seen:
        seen[message.partitionkey] = print_
        return None
    if seen[message.partitionkey] == print_:
        return []
    problem = Problem(f"{number}/{rows.KINDS[message.type].code}", "listed-twice")
    return [Invalid([problem], subject=message.subject, type=message.type)]


def _claims(items: Sequence[Message | Rejected]) -> list[Claim]:
    """Return what the list of agencies claims: this code names this body. It knows neither days nor acts."""
    return [
        Fact(one.subject, one.data["name"], source=SOURCE, confidence=Confidence.MEDIUM)
        for one in items
        if isinstance(one, Message) and one.data.get("name")
    ]
