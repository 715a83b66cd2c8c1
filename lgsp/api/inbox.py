"""The inbox that a façade works with: the gateway, in one system's name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from lgsp.adapter import Accepted, Catalogue, Directory, Found, Mailbox, Report, Sent
from lgsp.api.desk import Desk
from lgsp.api.directory import SystemDirectory
from lgsp.api.errand import AdmittedVisitors, BoundEnquirer, BoundMailbox, Errand
from lgsp.api.gate import Gate, bounds_of
from lgsp.api.shelf import SystemCatalogue
from lgsp.bounds import READ
from lgsp.domain.codes import FORMS
from lgsp.enquiry import Enquirer, Visitors
from lgsp.errors import Rejected
from lgsp.journal import reading, reporting, sent
from lgsp.mailbox import SystemMailbox
from lgsp.message import Message, Raw


class SystemInbox:
    """See `lgsp.adapter.Inbox`. What it does lies within what the credential of its request was granted."""

    def __init__(self, system: str, desk: Desk, gate: Gate | None = None) -> None:
        gateway = desk.gateway
        self.system = system
        self._errand = Errand(system, gate or Gate())
        self.mailbox: Mailbox = BoundMailbox(SystemMailbox(system, gateway), self._errand)
        self.directory: Directory = SystemDirectory(system, gateway)
        self.catalogue: Catalogue = SystemCatalogue(gateway)
        self.questions: Enquirer = BoundEnquirer(system, desk.enquiries, self._errand)
        self.visitors: Visitors = AdmittedVisitors(desk.door, desk.enquiries, gate or Gate())
        self._gateway = gateway
        self._door = desk.door

    async def accept(self, raw: Raw, items: Sequence[Message | Rejected]) -> list[Accepted | Rejected]:
        """See `Inbox.accept`."""
        await self._errand.pay(len(items))
        return await self._gateway.accept(self.system, raw, items, bounds=bounds_of(self.system))

    async def reject(self, raw: Raw, reason: Rejected) -> None:
        """See `Inbox.reject`."""
        await self._errand.pay()
        await self._gateway.reject(self.system, raw, reason)

    async def find(self, type_: str, subject: str) -> Found | None:
        """See `Inbox.find`."""
        await self._errand.begin(READ)
        key = self._key(type_, subject)
        return await self._gateway.journal.read(lambda tx: reading.find(tx, self.system, type_, key))

    async def sent(
        self, types: Collection[str], since: datetime, until: datetime, *, limit: int = 1000
    ) -> list[Sent]:
        """See `Inbox.sent`."""
        await self._errand.begin(READ)
        kinds = {type_: self._gateway.types[type_].kind for type_ in types}
        return await self._gateway.journal.read(
            lambda tx: sent.sent(tx, self.system, kinds, since, until, limit)
        )

    async def reports(
        self, *, subjects: Sequence[str] = (), since: int = 0, limit: int = 500
    ) -> list[Report]:
        """See `Inbox.reports`."""
        await self._errand.begin(READ)
        keys = sorted({key for subject in subjects for key in self._keys(subject)})
        if subjects and not keys:
            return []
        return await self._gateway.journal.read(
            lambda tx: reporting.reports(
                tx, self.system, keys=keys, since=since, limit=limit, names=self._gateway.names
            )
        )

    def admits(self, credential: str | Callable[[str], bool]) -> bool:
        """See `Inbox.admits`."""
        if callable(credential):
            return self._door.vouches(self.system, credential)
        return self._door.admits(self.system, credential)

    def session(self) -> str:
        """See `Inbox.session`."""
        return self._door.session(self.system)

    def _key(self, type_: str, subject: str) -> str:
        return FORMS[self._gateway.types[type_].form](subject) or subject

    def _keys(self, subject: str) -> set[str]:
        """Return the keys that a code may stand for among the types this system brings."""
        brings = self._gateway.counterparts[self.system].adapter.brings
        return {self._key(type_, subject) for type_ in brings}
