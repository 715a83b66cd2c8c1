"""The mailbox of a system that collects: what waits for it, told and handed out in its name."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import orjson

from lgsp.adapter import Waiting
from lgsp.domain.codes import FORMS
from lgsp.gateway import Gateway
from lgsp.journal import mailboxes
from lgsp.journal.contract import as_uuid
from lgsp.message import VIETNAM, Message
from lgsp.outcomes import shortened

_MICROS = 1_000_000
_HALF = 8
"""Bytes of the message's outer id that a delivery's name begins with; its number follows."""


class SystemMailbox:
    """See `lgsp.adapter.Mailbox`. While a person has paused the system nothing is there."""

    def __init__(self, system: str, gateway: Gateway) -> None:
        self._system = system
        self._gateway = gateway

    async def waiting(self, types: Collection[str], *, limit: int = 100) -> list[Waiting]:
        """See `Mailbox.waiting`."""
        if not self._open:
            return []
        found = await self._gateway.journal.read(lambda tx: mailboxes.waiting(tx, self._system, types, limit))
        return [_told(one) for one in found]

    async def named(self, type_: str, subject: str) -> Waiting | None:
        """See `Mailbox.named`."""
        if not self._open:
            return None
        key = FORMS[self._gateway.types[type_].form](subject) or subject
        found = await self._gateway.journal.read(lambda tx: mailboxes.head(tx, self._system, type_, key))
        return None if found is None else _told(found)

    async def count(self, types: Collection[str]) -> int:
        """See `Mailbox.count`."""
        if not self._open:
            return 0
        return await self._gateway.journal.read(lambda tx: mailboxes.count(tx, self._system, types))

    async def take(self, id: UUID) -> Message | None:  # noqa: A002 - as the contract names it
        """See `Mailbox.take`."""
        if not self._open:
            return None
        return await self._gateway.journal.write(lambda tx: mailboxes.take(tx, self._system, *_named(id)))

    async def done(self, id: UUID, note: str = "") -> bool:  # noqa: A002
        """See `Mailbox.done`. It counts also while the system is paused: what is there is there."""
        said = shortened(note)
        return await self._gateway.journal.write(
            lambda tx: mailboxes.done(tx, self._system, *_named(id), said)
        )

    async def fail(self, id: UUID, why: str) -> bool:  # noqa: A002
        """See `Mailbox.fail`."""
        said = shortened(why)
        return await self._gateway.journal.write(
            lambda tx: mailboxes.fail(tx, self._system, *_named(id), said, self._wait)
        )

    @property
    def _open(self) -> bool:
        to = self._gateway.counterparts[self._system]
        return to.collects and to.health.filling

    def _wait(self, spent: int) -> int | None:
        patience = self._gateway.counterparts[self._system].patience
        return None if patience.spent(spent) else int(patience.wait(spent, None) * _MICROS)


def _told(one: mailboxes.Offered) -> Waiting:
    number = one.delivery.to_bytes(_HALF, "big")
    return Waiting(
        id=UUID(bytes=bytes(one.uid)[:_HALF] + number),
        message=as_uuid(one.uid),
        type=one.type,
        subject=one.subject,
        source=one.source,
        agency=one.agency,
        recipients=orjson.loads(one.recipients) if one.recipients else (),
        since=datetime.fromtimestamp(one.since / _MICROS, VIETNAM),
    )


def _named(id_: UUID) -> tuple[int, bytes]:
    """Return the delivery that a name stands for, and the beginning of its message's outer id."""
    number = int.from_bytes(id_.bytes[_HALF:], "big")
    return (number if number < 1 << 63 else 0), id_.bytes[:_HALF]
