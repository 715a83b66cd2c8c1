"""Asking the service: what goes over the wire, in SOAP or as JSON, and what comes back as plain values."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import orjson

from lgsp.domain.signature import signature
from lgsp.errors import GatewayError, Refused, Scope, Unavailable
from lgsp.message import Message
from lgsp.wire.http import Http
from lgsp.wire.soap import Call, Service
from lgsp.wire.soap_faults import Fault, unread
from lgsp.wire.soap_xml import MalformedError, said
from lgsp.wire.texts import text_of

from . import mapping
from .answers import CAUSES, Answers
from .credentials import of_officer, way_in
from .reading import Texts
from .settings import Officer, Settings

DOCUMENTS = Path(__file__).with_name("population.wsdl")
_OK, _UNAUTHORIZED, _FORBIDDEN = 200, 401, 403
_LARGEST = 4 * 1024 * 1024
_SHORTEST = 0.05
_DIGITS = 100_000

_STALE = frozenset({"soap-credentials", CAUSES["credentials"]})
"""Causes behind which a token may stand that ended before its time."""

T = TypeVar("T")
Explain = Callable[[Fault], GatewayError | None]
Read = Callable[[Any, Texts], T]


@dataclass(slots=True, frozen=True)
class Ask:
    """One question on its way.

    Attributes:
        type: of the question.
        fields: native ones, in the order of the service.
        officer: for whom it is asked, if they are known to the service by an account.
        secrets: what must not be kept or shown.
        timeout: seconds that are left for it.
    """

    type: str
    fields: Mapping[str, Any] = field(repr=False)
    officer: Officer | None
    secrets: tuple[str, ...] = field(repr=False)
    timeout: float


class PopulationService:
    """The service behind its credentials.

    Args:
        config: the settings.
        http: to the service.
        clock: tells the time.
        answers: says what a complaint means.
    """

    def __init__(self, config: Settings, http: Http, clock: Callable[[], datetime], answers: Answers) -> None:
        self._config = config
        self._http = http
        self._clock = clock
        self._answers = answers
        self._way = way_in(config, http, clock)
        self._soap = Service(http, DOCUMENTS, config.url) if config.form == "soap" else None

    def prepared(self, question: Message) -> Ask:
        """Return a question as it goes out.

        Raises:
            Refused: it cannot be said to the service, or not for this person.
        """
        asked = mapping.question(question.data)
        officer = self._config.officers.get(question.asker)
        if officer is None and self._config.only_officers:
            raise Refused("population-officer-unlisted", fields=["/who"])
        code = officer.code if officer else self._config.officer or question.asker
        _sayable(code, "/who")
        _sayable(question.data.get("procedure") or "", "/data/procedure")
        known = {
            "MaYeuCau": self._number(question),
            "MaDVC": question.data.get("procedure") or self._config.service,
            "MaTichHop": mapping.PURPOSES[question.type],
            "MaCanBo": code,
        }
        secrets = (*_texts(asked), question.data["name"], *filter(None, (code, question.asker)))
        fields = {**{name: value for name, value in known.items() if value}, **asked}
        return Ask(question.type, fields, officer, secrets, self._left(question))

    async def told(self, ask: Ask, read: Read[T]) -> T:
        """Ask, and return what is read in the answer; a token that grew stale is renewed once.

        A gateway says that it is stale by a status, by a fault, or by words in an answer of HTTP 200.

        Args:
            ask: the question.
            read: given an answer as plain values, and what reads the texts in it.

        Raises:
            Refused: the service says no.
            Unavailable: it is away, does not believe us, or its answer cannot be read.
        """
        headers = await self._way.headers()
        used = self._way.token()
        try:
            return await self._once(ask, headers, read)
        except Unavailable as fault:
            if not used or fault.cause not in _STALE:
                raise
        return await self._once(ask, await self._way.headers(stale=used), read)

    async def check(self) -> None:
        """Look whether the service is there, and gives us a token where it gives any."""
        await self._way.headers()
        await self._http.get(self._config.url, timeout=self._config.timeout)

    async def close(self) -> None:
        """Let go of what is under way."""
        await self._way.close()

    async def _once(self, ask: Ask, headers: dict[str, str], read: Read[T]) -> T:
        url, texts = self._config.url, Texts()
        if ask.type == mapping.VERIFICATION and self._config.verification_url:
            url = self._config.verification_url
        headers = {**headers, **of_officer(ask.officer)}
        if self._soap is None:
            return read(await self._by_json(url, ask, texts, headers), texts)
        call = Call(url, headers, ask.secrets, ask.timeout, texts.mend, self._meant(ask))
        return read(await self._soap.call(mapping.OPERATIONS[ask.type], ask.fields, call), texts)

    def _meant(self, ask: Ask) -> Explain:
        return lambda fault: self._answers.fault(fault, ask.secrets)

    async def _by_json(self, url: str, ask: Ask, texts: Texts, headers: dict[str, str]) -> Any:
        pieces = bytearray()
        body = orjson.dumps(self._json(ask))
        answer = await self._http.receive(
            url, pieces.extend, body=body, headers={"Content-Type": "application/json", **headers},
            secrets=ask.secrets, largest=_LARGEST, timeout=ask.timeout,
        )  # fmt: skip
        text = text_of(bytes(pieces)) if answer.status == _OK else answer.text
        if answer.status in (_UNAUTHORIZED, _FORBIDDEN):
            raise Unavailable("soap-credentials", f"HTTP {answer.status}", scope=Scope.SYSTEM)
        try:
            tree = texts.tree(text)
        except MalformedError:
            told = unread(answer.status, text, ask.secrets)
            raise Unavailable("uncatalogued", told, answer=signature(answer.status, text)) from None
        if answer.status != _OK:  # then it complains, or is nobody's: an answer it is not
            raise self._answers.complaint(list(texts.parts(tree)), ask.secrets, answer.status)
        return tree

    def _json(self, ask: Ask) -> dict[str, Any]:
        """Return a question as proxies take it: flat, with the operation and who asks beside it."""
        told = dict(ask.fields)
        (born,) = told.pop(mapping.BIRTH).values()
        number = told.pop("MaYeuCau")
        return {
            "MaYeuCau": int(number) if self._config.request_ids == "number" else number,
            "MaTichHop": told.pop("MaTichHop"),
            "StaffEmail": told.pop("MaCanBo", ""),
            "GovAgencyCode": self._config.agency,
            "MaDVC": told.pop("MaDVC", ""),
            "HoVaTen": told.pop("HoVaTen"),
            "type": mapping.OPERATIONS[ask.type],
            mapping.BIRTH: born,
            **told,
        }

    def _number(self, question: Message) -> str:
        """Return a number that no other question has: by it our trace is found in the service's own."""
        own = question.id or uuid.uuid4()
        if self._config.request_ids == "text":
            return own.hex
        return str(int(self._clock().timestamp() * 1000) * _DIGITS + own.int % _DIGITS)

    def _left(self, question: Message) -> float:
        until = question.expirytime
        left = self._config.timeout if until is None else (until - self._clock()).total_seconds()
        return max(_SHORTEST, min(left, self._config.timeout))


def _sayable(text: str, place: str) -> None:
    """Refuse a text that XML cannot say, and one that is a document: repeated it would read as an answer."""
    try:
        said(text)
    except MalformedError:
        raise Refused("population-question-refused", fields=[place]) from None
    if text.lstrip().startswith(("<", "{", "[")):
        raise Refused("population-question-refused", fields=[place])


def _texts(said: Mapping[str, Any]) -> list[str]:
    """Return the texts of native fields, those of a birth date too."""
    found: list[str] = []
    for value in said.values():
        found += _texts(value) if isinstance(value, Mapping) else [str(value)]
    return found
