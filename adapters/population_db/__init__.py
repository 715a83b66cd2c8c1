"""The national population database (Cơ sở dữ liệu quốc gia về dân cư): who a citizen is, and is it so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter

from lgsp.adapter import Adapter, Inbox, Tools
from lgsp.errors import Refused
from lgsp.formats.fields import Reading
from lgsp.message import Message

from . import mapping
from .answers import Answers, Part
from .calling import Ask, PopulationService
from .facade import Facade
from .reading import DAMAGED, Texts
from .settings import Settings

_NUMBERS = {"SoDinhDanh": "identity_number", "SoCMND": "old_identity_number"}


class PopulationDb(Adapter):
    """Asks `TraCuuThongTinCongDan` and `XacThucThongTinCongDan`, and answers the same to systems here."""

    Config = Settings
    config: Settings
    answers = frozenset({mapping.QUERY, mapping.VERIFICATION})

    def __init__(self, config: Settings, tools: Tools) -> None:
        super().__init__(config, tools)
        self._answers = Answers(config.codes)
        self._service = PopulationService(config, tools.http, tools.clock, self._answers)

    async def ask(self, question: Message) -> Message:
        """Ask of a citizen.

        Raises:
            Refused: nobody is there by what was said, or the service will not answer this.
            Unavailable: it is away, or its answer is in nobody's catalogue.
        """
        ask = self._service.prepared(question)
        return await self._service.told(ask, partial(self._read, ask))

    async def check(self) -> None:
        """Look whether the service is there; raise Unavailable when it is not."""
        await self._service.check()

    async def close(self) -> None:
        """Let go of a token that is being asked for."""
        await self._service.close()

    def router(self, inbox: Inbox) -> APIRouter:
        """Return the façade: the same two operations for systems here."""
        return Facade(inbox, self.tools.log, self.config.facade).router()

    def _read(self, ask: Ask, tree: Any, texts: Texts) -> Message:
        """Return an answer, with what was odd in it."""
        reading = Reading()
        if ask.type == mapping.QUERY:
            answer = Message(mapping.CITIZEN, "", "", self._citizen(ask, texts.parts(tree), reading))
        else:
            matches = self._answers.verified(list(texts.parts(tree)), ask.secrets)
            answer = Message(mapping.VERIFIED, "", "", {"matches": matches})
        if texts.damaged:
            reading.odd(DAMAGED, "")
        answer.findings += dict.fromkeys(reading.findings)
        return answer

    def _citizen(self, ask: Ask, parts: Iterator[Part], reading: Reading) -> dict[str, Any]:
        found, beside = self._answers.citizen(parts, ask.secrets)
        _same(ask.fields, found)
        data = mapping.citizen(found, reading)
        more = mapping.beside(beside)
        if more:
            data["extra"] = {**data.get("extra", {}), **more}
        return data


def _same(asked: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """Raise where somebody else was answered than was asked for: nobody may be taken for another."""
    for native in _NUMBERS:
        told = found.get(native)
        if native in asked and isinstance(told, str) and told.strip() not in ("", asked[native]):
            raise Refused("population-another-citizen")
