"""The National Public Service Portal (Cổng Dịch vụ công quốc gia): dossiers and their progress go there.

The portal knows a dossier by its code only. There is no idempotency key, so what was told twice is the same
as an update; its look-up tells whether a dossier exists, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from lgsp.adapter import Adapter, Arrival, Receipt, Tools
from lgsp.errors import Refused, Unavailable
from lgsp.formats.dossier_sync import DOSSIER_SERVICE, LOOKUP_SERVICE, PROGRESS_SERVICE
from lgsp.message import Message, Raw

from . import mapping
from .answers import Outcome, Said
from .portal import Portal, PortalConfig

DOSSIER, PROGRESS = "dossier.v1", "dossier.progress.v1"


class NationalPortal(Adapter):
    """Tells the portal of dossiers (`DongBoHoSoMC`) and of their progress (`CapNhatTienDoHoSoMC`)."""

    Config = PortalConfig
    takes = frozenset({DOSSIER, PROGRESS})
    config: PortalConfig

    def __init__(self, config: PortalConfig, tools: Tools) -> None:
        super().__init__(config, tools)
        self._portal = Portal(config, tools)
        self._sends = {DOSSIER: self._send_dossier, PROGRESS: self._send_progress}

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
        item = mapping.dossier(message.data)
        return Raw.of(orjson.dumps(_told(item, updating=message.there is True)))

    async def probe(self, message: Message) -> Arrival:
        """Ask whether the dossier is there; for this exact message that says little.

        It arrived for certain only if nobody else sends and no version was there before. It is absent for
        certain when the whole dossier is.
        """
        said = await self._portal.call(LOOKUP_SERVICE, {"mahoso": message.subject}, read=True)
        there = _is_there(said)
        if there is None:
            return Arrival.UNKNOWN
        if not there:
            return Arrival.ABSENT
        first = message.type == DOSSIER and message.there is False and self.config.only_sender
        return Arrival.ARRIVED if first or not message.data else Arrival.UNKNOWN

    async def check(self) -> None:
        """Log in anew; raise Unavailable when that does not work."""
        await self._portal.check()

    async def close(self) -> None:
        """Let go of a login that is under way."""
        await self._portal.session.close()

    async def _send_dossier(self, message: Message) -> Receipt:
        item = mapping.dossier(message.data)
        updating = message.there is True
        said = await self._sync(item, updating=updating)
        if said.outcome is not (Outcome.MISSING if updating else Outcome.THERE):
            return _receipt(said)
        there = not updating
        try:
            return _receipt(await self._sync(item, updating=there), repeated=there)
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
