"""Answering the portal's read services from our catalogue, and knowing by that what a system has picked up.

A one-stop system asks for procedures, agencies and fields as it would ask the portal. What waits in its
mailbox is delivered when it has asked for what it is about: a record, or the list that lacks it. A catalogue
that was never brought whole is no empty list: clients switch off what a list lacks.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import orjson
from fastapi import Response
from fastapi.responses import StreamingResponse

from lgsp.adapter import Inbox
from lgsp.domain.codes import FORMS
from lgsp.errors import Invalid, Problem
from lgsp.formats.portal_catalogue import (
    AGENCIES_SERVICE,
    AGENCY,
    FIELD,
    FIELDS_SERVICE,
    ONLINE_SERVICE,
    PROCEDURE,
    PROCEDURE_SERVICE,
    PROCEDURES_SERVICE,
    SERVICE,
    native,
)

from . import answers
from .answers import Answer, Dialect

LISTS = {
    AGENCIES_SERVICE: AGENCY,
    FIELDS_SERVICE: FIELD,
    PROCEDURES_SERVICE: PROCEDURE,
    ONLINE_SERVICE: SERVICE,
}
"""The services that answer with a whole list, and of what."""

SERVICES = (*LISTS, PROCEDURE_SERVICE)
TYPES = frozenset({AGENCY, FIELD, PROCEDURE, SERVICE})
_JSON = "application/json"
_ALL = 10_000
_LONGEST_LINE = 100
_KEY = FORMS["procedure-code"]


class Catalogues:
    """One system's view of the catalogues."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def answer(self, dialect: Dialect, service: str, asked: Mapping[str, Any]) -> Response:
        """Answer a read service.

        Args:
            dialect: in which form.
            service: one of `SERVICES`.
            asked: what the request says; `maTTHC` for a record, in any case.
        """
        type_ = LISTS.get(service, PROCEDURE)
        if not await self._inbox.catalogue.whole(type_):
            return _said(answers.turned_away(dialect, Invalid([Problem("", "catalogue-not-whole", type_)])))
        if service in LISTS:
            return StreamingResponse(self._list(dialect, service, type_), media_type=_JSON)
        code = {name.lower(): value for name, value in asked.items()}.get("matthc")
        if not isinstance(code, str) or not code.strip():
            return _said(answers.turned_away(dialect, Invalid([Problem("maTTHC", "missing")])))
        found = await self._record(code.strip())
        return _said(answers.found(dialect, [] if found is None else [native(PROCEDURE, found)]))

    async def changes(self, limit: int) -> list[Answer]:
        """Return what changed and was not picked up yet, oldest first."""
        return [answers.changed(one) for one in await self._inbox.mailbox.waiting(TYPES, limit=limit)]

    async def _record(self, code: str) -> Mapping[str, Any] | None:
        """Return a record; whatever waits of it is picked up: it is read after that was seen to wait."""
        mailbox, catalogue = self._inbox.mailbox, self._inbox.catalogue
        for _ in range(_LONGEST_LINE):
            head = await mailbox.named(PROCEDURE, code)
            found = await catalogue.item(PROCEDURE, code)
            if head is None or not await mailbox.done(head.id, PROCEDURE_SERVICE):
                break
        return found

    async def _list(self, dialect: Dialect, service: str, type_: str) -> AsyncIterator[bytes]:
        """Write a list, page by page; behind it, what waited before it and is told by it is picked up."""
        waited = await self._inbox.mailbox.waiting([type_], limit=_ALL)
        before, behind = answers.around(dialect, inside=service == ONLINE_SERVICE)
        yield before
        first, keys = True, set[str]()
        async for rows in self._rows(type_):
            if type_ == PROCEDURE:
                keys.update(_KEY(row["MATTHC"]) or row["MATTHC"] for row in rows)
            if rows:
                yield (b"" if first else b",") + orjson.dumps(rows)[1:-1]
                first = False
        yield behind
        for one in waited:
            if type_ != PROCEDURE or _KEY(one.subject) not in keys:
                await self._inbox.mailbox.done(one.id, service)

    async def _rows(self, type_: str) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
        if type_ == PROCEDURE:
            async for some in self._inbox.catalogue.names(type_):
                yield [{"MATTHC": code, "TENTTHC": name} for code, name in some]
            return
        async for page in self._inbox.catalogue.items(type_):
            yield [native(type_, data) for data in page]


def _said(answer: Answer) -> Response:
    return Response(orjson.dumps(answer), media_type=_JSON)
