"""Fetching what has to be asked for one by one: a procedure's record, the answers to a question."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from lgsp.adapter import Page, Tools
from lgsp.errors import Invalid, Problem, Rejected, Scope, Unavailable
from lgsp.formats.portal_catalogue import PROCEDURE, PROCEDURE_SERVICE, PROCEDURES_SERVICE
from lgsp.formats.portal_questions import ANSWERS_SERVICE, ORIGINS, QUESTION
from lgsp.message import Finding, Message, Raw, nfc

from . import rows
from .answers import Outcome, Said
from .catalogues import fetched, granted, spooled
from .listing import Spooled
from .looked import Looked, Row, mark_of
from .portal import Portal, PortalConfig

_PAGE = 20
_LONGEST = 30.0
"""Records, and seconds, after which a page is handed on."""
_IN_A_ROW = 3
_READ = 1000
_MISSING, _OTHER = Problem("MATTHC", "portal-record-missing"), Problem("MATTHC", "portal-record-other")

Ask = Callable[[Row], Awaitable[tuple[Message | Rejected, Any]]]


@dataclass(slots=True)
class _Batch:
    """What was asked for together: what came of it, as it came, and what went wrong at last."""

    items: list[Message | Rejected] = field(default_factory=list)
    natives: list[Any] = field(default_factory=list)
    fault: Unavailable | None = None


class Records:
    """One run over a list whose rows are looked into one by one, new ones first.

    A record that cannot be had holds nobody up: it is passed over and asked for again by the next run. What
    fails several times in a row, or is the portal's matter as a whole, ends the run; the cursor stands behind
    what is here.

    Args:
        config: how often, and how fast.
        portal: that is asked.
        tools: the clock, and room for a list.
        cursor: as the run before left it.
    """

    def __init__(self, config: PortalConfig, portal: Portal, tools: Tools, cursor: Any) -> None:
        self._config = config
        self._portal = portal
        self._tools = tools
        self._looked = Looked(cursor, tools.clock(), config.look_again_hours)
        self._next = 0.0
        self._failed = 0

    async def procedures(self) -> AsyncIterator[Page]:
        """Yield the list's codes, then the records that are new, changed, or due again.

        Raises:
            Unavailable: the list or the portal is away.
            Refused: the portal says no to the list.
        """
        listed, page = await self._listed(PROCEDURE, PROCEDURES_SERVICE, shared=True)
        if not listed:
            raise Unavailable("portal-list-unreadable", "no-codes")
        self._looked.narrow({row.mark for row in listed})
        codes = {row.key: row.code for row in listed}
        told = Raw.of(orjson.dumps({"MATTHC": list(codes.values())}), service=PROCEDURES_SERVICE)
        if page is not None:
            yield page
        yield Page((), told, self._looked.cursor(), lists={PROCEDURE: codes})
        async for one in self._into(listed, self._procedure):
            yield one

    async def questions(self) -> AsyncIterator[Page]:
        """Yield the questions that are new, changed, or due again, each with its answers.

        Raises:
            Unavailable: a list or the portal is away.
            Refused: the portal says no to a list.
        """
        all_: dict[str, Row] = {}
        for service in ORIGINS:
            listed, page = await self._listed(QUESTION, service, shared=False)
            if page is not None:
                yield page
            for row in listed:
                all_.setdefault(row.key, row._replace(item=(service, row.item)))
        self._looked.narrow({row.mark for row in all_.values()})
        async for one in self._into(list(all_.values()), self._question):
            yield one

    async def _listed(self, type_: str, service: str, *, shared: bool) -> tuple[list[Row], Page | None]:
        """Return the rows of a list, and a page of those that have no code."""
        with spooled(self._tools) as spool:
            await fetched(self._portal, service, spool, shared=shared, empty=type_ == QUESTION)
            found, odd = await asyncio.to_thread(_rows, type_, spool)
        if not odd:
            return found, None
        problem = Problem(rows.KINDS[type_].code, "missing")
        items = [Invalid([problem], type=type_) for _ in odd]
        return found, Page(items, Raw.of(orjson.dumps(odd), service=service), self._looked.cursor())

    # --- one by one -----------------------------------------------------------------------------------------

    async def _into(self, listed: Sequence[Row], ask: Ask) -> AsyncIterator[Page]:
        """Look into what is due; a page is some records, and the cursor behind them."""
        due = deque(self._looked.due(listed))
        while due:
            batch = await self._batch(due, ask)
            if batch.items:
                raw = Raw.of(orjson.dumps(batch.natives))
                yield Page(batch.items, raw, self._looked.cursor())
            if batch.fault is not None:
                raise batch.fault

    async def _batch(self, due: deque[Row], ask: Ask) -> _Batch:
        batch, began = _Batch(), time.monotonic()
        while due and len(batch.items) < _PAGE and time.monotonic() - began < _LONGEST:
            row = due.popleft()
            await self._pace()
            try:
                item, native = await ask(row)
            except Unavailable as fault:
                self._tools.log.warning("a record did not come", code=row.code, fault=fault.cause)
                self._failed += 1
                if fault.scope is Scope.SYSTEM or self._failed >= _IN_A_ROW:
                    batch.fault = fault
                    break
                continue
            self._failed = 0
            self._looked.note(row)
            batch.items.append(item)
            batch.natives.append(native)
        return batch

    async def _pace(self) -> None:
        """Wait for the next moment at which one may be asked for."""
        wait = self._next - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        self._next = max(self._next, time.monotonic()) + 1 / self._config.records_per_second

    async def _procedure(self, row: Row) -> tuple[Message | Rejected, Any]:
        said = await self._portal.call(PROCEDURE_SERVICE, {"maTTHC": row.code}, read=True)
        found = _result(said)
        records = [one for one in found if rows.key_of(PROCEDURE, one) == row.key]
        if not records:
            problem = _OTHER if found else _MISSING
            return Invalid([problem], subject=row.code[:50], type=PROCEDURE), {"MATTHC": row.code}
        message = rows.read(PROCEDURE, records[0])
        if isinstance(message, Message):
            message.findings += _compared(row, message, records)
        return message, records[0]

    async def _question(self, row: Row) -> tuple[Message | Rejected, Any]:
        service, item = row.item
        said = await self._portal.call(ANSWERS_SERVICE, {"cauhoiid": row.code}, read=True)
        answers = [one for one in _result(said) if isinstance(one, dict)]
        return rows.question(item, answers, ORIGINS[service]), {"question": item, "answers": answers}


def _rows(type_: str, spool: Spooled) -> tuple[list[Row], list[Any]]:
    """Return the rows of a list that have a code, each code once, and those without."""
    found: dict[str, Row] = {}
    odd: list[Any] = []
    kind = rows.KINDS[type_]
    while some := spool.page(_READ):
        for item in some:
            key = rows.key_of(type_, item)
            if key is None:
                odd.append(item)
            else:
                found.setdefault(key, Row(key, rows.code_of(kind, item), mark_of(rows.said(item)), item))
    return list(found.values()), odd


def _result(said: Said) -> list[Any]:
    """Return what an answer brings: its array, or the one object that stands for it.

    Raises:
        Unavailable: it is no answer that anybody knows.
    """
    if said.outcome in (Outcome.MISSING, Outcome.REFUSED):
        return []
    result = (granted(said).envelope or {}).get("result")
    if result is None or result == "":
        return []
    return result if isinstance(result, list) else [result]


def _compared(row: Row, message: Message, records: Sequence[Any]) -> list[Finding]:
    """Return what is odd between the list and the record, and between records of one code."""
    found = []
    listed, name = row.item.get("TENTTHC"), message.data.get("name")
    if isinstance(listed, str) and name and _plain(listed) != _plain(name):
        found.append(Finding("listed-name-differs", "TENTTHC"))
    if any(rows.said(one) != rows.said(records[0]) for one in records[1:]):
        found.append(Finding("listed-twice", "MATTHC"))
    return found


def _plain(name: str) -> str:
    return " ".join(nfc(name).split()).casefold()
