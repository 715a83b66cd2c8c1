"""The National Public Service Portal (Cổng Dịch vụ công quốc gia): dossiers and their progress go there.

The portal knows a dossier by its code only. There is no idempotency key, so what was told twice is the same
as an update; its look-up tells whether a dossier exists, and nothing else.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType
from typing import Any, Protocol

import orjson

from lgsp.adapter import Adapter, Arrival, Known, Page, Receipt, Tools
from lgsp.errors import Refused, Rejected, Unavailable
from lgsp.formats.dossier_sync import DOSSIER_SERVICE, LOOKUP_SERVICE, PROGRESS_SERVICE
from lgsp.formats.portal_catalogue import AGENCY, FIELD, PROCEDURE, SERVICE
from lgsp.formats.portal_questions import QUESTION
from lgsp.message import Message, Raw

from . import catalogues, mapping
from .answers import Outcome, Said
from .files import exchanged, links_of
from .importing import imported
from .known import read_known
from .portal import Portal, PortalConfig
from .records import Records

DOSSIER, PROGRESS = "dossier.v1", "dossier.progress.v1"
PROCEDURES, QUESTIONS = "procedures", "questions"
_LISTS = {
    "agencies": catalogues.AGENCIES,
    "fields": catalogues.FIELDS,
    "services": catalogues.SERVICES,
}


class Tell(Protocol):
    """Tells the portal something, as new or as an update."""

    async def __call__(self, *, updating: bool) -> Said:
        """Call the service and return what the portal said."""


class NationalPortal(Adapter):
    """Tells the portal of dossiers (`DongBoHoSoMC`) and of their progress (`CapNhatTienDoHoSoMC`).

    Questions, answers and satisfaction results go by services of their own. Its jobs bring the catalogues
    (`agencies`, `fields`, `procedures`, `services`) and the questions.
    """

    Config = PortalConfig
    takes = frozenset({DOSSIER, PROGRESS, *mapping.SERVICES})
    brings = frozenset({AGENCY, FIELD, PROCEDURE, SERVICE, QUESTION})
    jobs = frozenset({*_LISTS, PROCEDURES, QUESTIONS})
    completes = MappingProxyType({DOSSIER: PROCEDURES})
    config: PortalConfig

    def __init__(self, config: PortalConfig, tools: Tools) -> None:
        super().__init__(config, tools)
        self._portal = Portal(config, tools)
        self.links = links_of(config.files, tools.files.key)
        others = dict.fromkeys(mapping.SERVICES, self._send_other)
        self._sends = {DOSSIER: self._send_dossier, PROGRESS: self._send_progress, **others}

    async def send(self, message: Message) -> Receipt:
        """Tell the portal; of a dossier that it holds already as an update.

        Raises:
            Refused: it named what it does not take, or a status has no code there.
            Unavailable: it is away, or its answer is in nobody's catalogue.
            Uncertain: the request was written and no answer came.
        """
        return await self._sends[message.type](message)

    async def drawn_up(self, message: Message) -> Raw:
        """Return the words of the call; session, agency and service stand beside them.

        Raises:
            Refused: a status has no code there.
        """
        if message.type == PROGRESS:
            return Raw.of(orjson.dumps({"data": [mapping.progress(message.data)]}))
        if message.type in mapping.SERVICES:
            return Raw.of(orjson.dumps(_other(message, updating=message.there is True)))
        item = mapping.dossier(exchanged(message, self.links, self.tools.clock()))
        return Raw.of(orjson.dumps(_told(item, updating=message.there is True)))

    async def read(self, raw: Raw) -> list[Message | Rejected]:
        """Read an answer of a read service that somebody hands in as a file.

        Raises:
            Invalid: it is no such answer.
        """
        return imported(raw)

    def fetch(self, job: str, cursor: Any) -> AsyncIterator[Page]:
        """Bring a catalogue, or the questions; see `catalogues` and `Records`."""
        if job in _LISTS:
            return catalogues.pages(_LISTS[job], self._portal, self.tools)
        if job not in self.jobs:
            return super().fetch(job, cursor)
        records = Records(self.config, self._portal, self.tools, cursor)
        return records.procedures() if job == PROCEDURES else records.questions()

    async def probe(self, message: Message) -> Arrival:
        """Ask whether the dossier is there; for this exact message that says little.

        It arrived for certain only if nobody else sends and no version was there before. It is absent for
        certain when the whole dossier is. Of questions, answers and results nothing can be asked.
        """
        if message.type in mapping.SERVICES:
            return Arrival.UNKNOWN
        said = await self._portal.call(LOOKUP_SERVICE, {"mahoso": message.subject}, read=True)
        there = _is_there(said)
        if there is None:
            return Arrival.UNKNOWN
        if not there:
            return Arrival.ABSENT
        first = message.type == DOSSIER and message.there is False and self.config.only_sender
        return Arrival.ARRIVED if first or not message.data else Arrival.UNKNOWN

    async def known(self, subject: str) -> Known:
        """Ask whether a dossier is there, and read what else the answer tells."""
        said = await self._portal.call(LOOKUP_SERVICE, {"mahoso": subject}, read=True)
        if said.outcome is Outcome.UNKNOWN:
            raise Unavailable("uncatalogued", said.text, answer=said.answer.signature())
        return read_known(said, subject)

    async def check(self) -> None:
        """Log in anew; raise Unavailable when that does not work."""
        await self._portal.check()

    async def close(self) -> None:
        """Let go of a login that is under way."""
        await self._portal.session.close()

    async def _send_dossier(self, message: Message) -> Receipt:
        item = mapping.dossier(exchanged(message, self.links, self.tools.clock()))
        return await self._kept(message, lambda *, updating: self._sync(item, updating=updating))

    async def _send_other(self, message: Message) -> Receipt:
        """Tell a question, an answer or a result; as an update of what is there, where that is told apart."""

        async def tell(*, updating: bool) -> Said:
            words = _other(message, updating=updating)
            return await self._portal.call(mapping.SERVICES[message.type], words)

        return await self._kept(message, tell)

    async def _kept(self, message: Message, tell: Tell) -> Receipt:
        """Tell a snapshot, and once more the other way where the portal says that it is, or is not, there."""
        updating = message.there is True
        said = await tell(updating=updating)
        if said.outcome is not (Outcome.MISSING if updating else Outcome.THERE):
            return _receipt(said)
        there = not updating
        try:
            return _receipt(await tell(updating=there), repeated=there)
        except (Refused, Unavailable) as fault:
            fault.there = there  # it failed, and yet told that some version is there
            raise

    async def _sync(self, item: Mapping[str, Any], *, updating: bool) -> Said:
        return await self._portal.call(DOSSIER_SERVICE, _told(item, updating=updating))

    async def _send_progress(self, message: Message) -> Receipt:
        item = mapping.progress(message.data)
        said = await self._portal.call(PROGRESS_SERVICE, {"data": [item]})
        if said.outcome is Outcome.THERE:
            return Receipt(said.text, repeated=True)
        return _receipt(said)


def _other(message: Message, *, updating: bool) -> dict[str, Any]:
    item = mapping.other(message.type, message.data)
    return _told(item, updating=updating) if message.type in mapping.UPDATED else {"data": [item]}


def _told(item: Mapping[str, Any], *, updating: bool) -> dict[str, Any]:
    return {"isUpdating": str(updating), "data": [item]}


def _receipt(said: Said, *, repeated: bool = False) -> Receipt:
    """Return the receipt of a taken item, or raise what became of it."""
    if said.outcome is Outcome.TAKEN:
        return Receipt(said.text, repeated=repeated)
    if said.outcome is Outcome.REFUSED:
        raise Refused(said.cause, said.text, said.fields)
    if said.outcome in (Outcome.MISSING, Outcome.THERE):
        raise Unavailable(said.cause, said.text)
    raise Unavailable("uncatalogued", said.text, answer=said.answer.signature())


def _is_there(said: Said) -> bool | None:
    """Read the look-up: a non-empty `result` is all that is known of its form."""
    if said.outcome is Outcome.MISSING:
        return False
    result = (said.envelope or {}).get("result")
    return bool(result) if said.outcome is Outcome.TAKEN and isinstance(result, list) else None
