"""Fetching the list of all agencies: whole into a file first, then page by page into claims."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any

import orjson

from lgsp.adapter import Page, Tools
from lgsp.domain.agencies.facts import Claim
from lgsp.errors import Unavailable
from lgsp.formats.axis.listing import Agency, read_entry
from lgsp.formats.axis.replies import Unreadable
from lgsp.formats.axis.streaming import EntryStream
from lgsp.message import Raw

from . import mapping
from .answers import denied, no_answer
from .axis import Axis

OPERATION = "getAgenciesList"
_PAGE = 2000


@dataclass(slots=True)
class _Roll:
    """The list as it comes: each entry a line of a file, and the ids under which others stand."""

    file: IO[bytes]
    stream: EntryStream = field(default_factory=EntryStream)
    parents: set[str] = field(default_factory=set)
    count: int = 0
    odd: int = 0

    def take(self, piece: bytes) -> None:
        """Take the next piece of the answer."""
        self.keep(self.stream.feed(piece))

    def keep(self, entries: Sequence[Any]) -> None:
        """Keep entries that are whole."""
        for item in entries:
            entry = read_entry(Agency, item)
            if entry is None:
                self.odd += 1
                continue
            self.count += 1
            self.parents.add(entry.parent)
            self.file.write(orjson.dumps((entry.id, entry.code, entry.name, entry.parent, entry.old_code)))
            self.file.write(b"\n")

    def codes(self) -> dict[str, str]:
        """Return the codes behind those ids."""
        self.file.seek(0)
        entries = (orjson.loads(line)[:2] for line in self.file)
        return {id_: code for id_, code in entries if id_ and id_ in self.parents}


async def pages(axis: Axis, tools: Tools) -> AsyncIterator[Page]:
    """Yield the claims of the list, some thousand entries at once.

    Nothing is handed on before the list is there to its end, so that half a list is no list.

    Raises:
        Unavailable: it is not to be had, broke off, is no list, or names nobody.
    """
    with tools.files.passing() as file:
        roll = await _fetched(axis, file)
        if roll.odd:
            tools.log.warning("entries of the list of agencies have no code", entries=roll.odd)
        by_id = await asyncio.to_thread(roll.codes)
        file.seek(0)
        for start in range(0, roll.count, _PAGE):
            claims = await asyncio.to_thread(_claims, file, by_id)
            told = {"list": OPERATION, "from": start, "of": roll.count}
            yield Page((), Raw.of(orjson.dumps(told)), None, facts=claims)


async def _fetched(axis: Axis, file: IO[bytes]) -> _Roll:
    roll = _Roll(file)
    try:
        await axis.stream(OPERATION, roll.take)
        answer = roll.stream.close()
        if not answer.ok:
            raise denied(answer)
        roll.keep(answer.items())
    except Unreadable as fault:
        raise no_answer(fault) from None
    if not roll.count:
        raise Unavailable("axis-unreadable", "no-agencies")
    return roll


def _claims(file: IO[bytes], by_id: dict[str, str]) -> list[Claim]:
    return [claim for line in islice(file, _PAGE) for claim in _of(line, by_id)]


def _of(line: bytes, by_id: dict[str, str]) -> list[Claim]:
    _, code, name, parent, old = orjson.loads(line)
    entry = Agency(code=code, name=name, old_code=old)
    return mapping.claims(entry, mapping.parent_of(parent, by_id))
