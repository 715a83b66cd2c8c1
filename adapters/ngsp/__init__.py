"""The national integration platform (NGSP, NDXP) and provincial gateways like it: it is asked, nothing else.

Behind it: the business registry, the insurance fund, the civil status registry, the shared catalogues. What
is attested of their answers, and what is not, stands in docs/ngsp.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from lgsp.adapter import Adapter, Tools
from lgsp.errors import Refused, Unavailable
from lgsp.message import Message

from . import business, catalogue, civil_status, insurance
from .calling import Call, Platform
from .meaning import ComplaintError, fault_of
from .settings import NgspConfig

BUSINESS, INSURANCE = "business.query.v1", "insurance.query.v1"
CIVIL_STATUS, CATALOGUE = "civil-status.query.v1", "catalogue.query.v1"
_TELLING = 3
"""Characters from which on a text may tell somebody's name, and is not a part of any word."""


@dataclass(slots=True, frozen=True)
class _Line:
    """How one type of question is put, and its answer read.

    Attributes:
        answer: type of the answer.
        put: returns the call of a question.
        read: returns the canonical answer of a tree and a question.
    """

    answer: str
    put: Callable[[Mapping[str, Any]], Call]
    read: Callable[[Any, Mapping[str, Any]], dict[str, Any]]


class Ngsp(Adapter):
    """Asks the platform."""

    Config = NgspConfig
    config: NgspConfig
    answers = frozenset({BUSINESS, INSURANCE, CIVIL_STATUS, CATALOGUE})

    def __init__(self, config: NgspConfig, tools: Tools) -> None:
        super().__init__(config, tools)
        self._platform = Platform(config, tools)
        known = config.meanings
        self._lines = {
            BUSINESS: _Line(
                "business.v1", self._business, lambda tree, data: business.answer(tree, known, data["code"])
            ),
            INSURANCE: _Line(
                "insurance.v1",
                self._insurance,
                lambda tree, data: insurance.answer(tree, known, data.get("insurance_number", "")),
            ),
            CIVIL_STATUS: _Line(
                "civil-status.v1", self._civil_status, lambda tree, _: civil_status.answer(tree, known)
            ),
            CATALOGUE: _Line("catalogue.v1", self._catalogue, _catalogue),
        }

    async def ask(self, question: Message) -> Message:
        """Answer a question.

        Raises:
            Refused: `not-found`, or the service says that the question is wrong, or not ours to ask.
            Unavailable: the platform or the service is away, or its answer is none.
            Invalid: the question cannot be said to the service.
        """
        line = self._lines[question.type]
        heard = await self._platform.call(line.put(question.data), question.expirytime)
        signature = heard.answer.signature
        try:
            read = partial(line.read, heard.tree, question.data)
            data = await asyncio.to_thread(read) if heard.large else read()
        except ComplaintError as complaint:
            if complaint.foreign and heard.nowhere:
                raise Refused("ngsp-service-unknown", f"HTTP {heard.answer.status}") from None
            raise fault_of(complaint, signature(), _texts(question.data)) from None
        if not heard.fine:  # what HTTP says is wrong is no answer, whatever else it says
            raise Unavailable("uncatalogued", f"HTTP {heard.answer.status}", answer=signature())
        return Message(line.answer, question.subject, "", data)

    async def check(self) -> None:
        """Ask for a token; raise Unavailable when there is none."""
        await self._platform.tokens.renew()

    async def close(self) -> None:
        """Let go of what is under way."""
        await self._platform.tokens.close()

    def _business(self, data: Mapping[str, Any]) -> Call:
        return Call(self.config.business_path, query=business.query(data))

    def _insurance(self, data: Mapping[str, Any]) -> Call:
        if data.get("insurance_number"):
            return Call(self.config.insurance_path, body=insurance.by_number(data))
        zeros = self.config.partial_birth == "zeros"
        return Call(self.config.insurance_number_path, body=insurance.by_person(data, zeros=zeros))

    def _civil_status(self, data: Mapping[str, Any]) -> Call:
        return Call(self.config.civil_status_path, body=civil_status.body(data))

    def _catalogue(self, data: Mapping[str, Any]) -> Call:
        of_properties = data.get("part") == "properties"
        path = self.config.properties_path if of_properties else self.config.entries_path
        return Call(path.replace("{catalogue}", data["catalogue"]))


def _catalogue(tree: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    read = catalogue.properties if data.get("part") == "properties" else catalogue.entries
    return read(tree, data["catalogue"])


def _texts(data: Mapping[str, Any]) -> list[str]:
    """Return the texts of a question that name somebody or something."""
    return [value for value in data.values() if isinstance(value, str) and len(value) >= _TELLING]
