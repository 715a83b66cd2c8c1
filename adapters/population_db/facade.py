"""Answering systems here in the tongue of the population database: SOAP 1.1, with a header of our own."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response

from lgsp.adapter import Inbox
from lgsp.enquiry import Ending, NoAnswer, Question, Reply
from lgsp.errors import GatewayError, Problem, Rejected, Throttled
from lgsp.wire.soap_serving import CONTENT_TYPE, Asked, answer, asked, enveloped, published
from lgsp.wire.soap_xml import TEXT, MalformedError, write

from . import mapping, native
from .faults import NAMESPACE, fault_of, no_answer, not_admitted, not_heard

DOCUMENTS = Path(__file__).with_name("facade.wsdl")
SERVICE, COLLECTION = "http://dancuquocgia.bca", "http://www.mic.gov.vn/dancu/1.0"
_TYPES = {operation: type_ for type_, operation in mapping.OPERATIONS.items()}
_LARGEST = 64 * 1024
_LONGEST, _SOON = 120.0, 2.0


Answers = dict[int | str, dict[str, Any]]
_XML: dict[str, Any] = {"content": {"text/xml": {"schema": {"type": "string"}}}}
_DOCUMENTS: Answers = {200: {"description": "The documents.", **_XML}}
_ANSWERS: Answers = {
    200: {"description": "An envelope with the answer.", **_XML},
    400: {"description": "It is no envelope; a fault says so.", **_XML},
    401: {"description": "No credential of a system; a fault says so.", **_XML},
    500: {"description": "Why there is no answer, as a fault (SOAP 1.1, 6.2).", **_XML},
}


class Facade:
    """`/systems/<name>/citizens`: its documents by GET, questions by POST.

    Args:
        inbox: what other systems may do here, with credentials of their own.
        log: names the system.
        address: where it is called, as its documents say; empty: as the request came.
    """

    def __init__(self, inbox: Inbox, log: structlog.stdlib.BoundLogger, address: str = "") -> None:
        self._inbox = inbox
        self._log = log
        self._address = address

    def router(self) -> APIRouter:
        """Return the routes, to be mounted under the system's address."""
        router = APIRouter()
        for method, serve, answers, summary in (
            ("GET", self.documents, _DOCUMENTS, "The documents (WSDL) of questions about citizens"),
            ("POST", self.ask, _ANSWERS, "Questions about citizens as SOAP 1.1, in the service's own words"),
        ):
            router.add_api_route(
                "/citizens",
                serve,
                methods=[method],
                summary=summary,
                responses=answers,
                response_class=Response,
            )
        return router

    async def documents(self, request: Request) -> Response:
        """Hand out the documents, which anybody may have."""
        address = self._address or str(request.url.replace(query="", fragment=""))
        return Response(published(DOCUMENTS, address), media_type=CONTENT_TYPE)

    async def ask(self, request: Request) -> Response:
        """Answer a question."""
        try:
            return await self._answer(request)
        except NoAnswer as reason:
            return no_answer(reason)
        except Throttled as fault:
            return fault_of("too-many-requests", client=False, after=fault.after)
        except Rejected as fault:
            return fault_of(fault.code, client=True, problems=fault.problems)
        except GatewayError as fault:
            self._log.warning("not answered now", fault=str(fault))
            return fault_of("journal-unavailable", client=False, after=_SOON)

    async def _answer(self, request: Request) -> Response:
        said = _heard(await request.body())
        visitor = self._visitor(request, said)
        if not visitor:
            return not_admitted()
        if isinstance(said, MalformedError):
            return not_heard(said)
        type_ = _TYPES.get(said.operation) if said.namespace == SERVICE else None
        if type_ is None:
            raise NoAnswer(Ending.REJECTED, "soap-operation-unknown")
        question = _question(visitor, type_, said, request.headers.get("traceparent", ""))
        try:
            return _answered(await self._inbox.visitors.ask(question))
        except NoAnswer as reason:
            if reason.ending is not Ending.ABSENT:
                raise
            return _absent(type_, reason)

    def _visitor(self, request: Request, said: Asked | MalformedError) -> str:
        """Return the system that asks, by what it shows: in a header of HTTP, or in that of the envelope."""
        name, credential = _basic(request.headers.get("authorization", ""))
        if not credential and isinstance(said, Asked):
            name, credential = said.credential
        visitor = self._inbox.visitors.admit(credential)
        return visitor if name in ("", visitor) else ""


def _heard(body: bytes) -> Asked | MalformedError:
    """Return what a body asks, or why it is no envelope that can be read."""
    try:
        return asked(body) if len(body) <= _LARGEST else MalformedError("too large")
    except MalformedError as fault:
        return fault


def _question(visitor: str, type_: str, said: Asked, trace: str) -> Question:
    """Return what is asked.

    Raises:
        NoAnswer: something of it cannot be read.
    """
    header = said.headers.get(f"{{{NAMESPACE}}}Question")
    told = header if isinstance(header, Mapping) else {}
    content = said.content if isinstance(said.content, Mapping) else {}
    problems: list[Problem] = []
    data = _data(content, problems)
    within = _within(_leaf(told, "Within"), problems)
    if problems:
        raise NoAnswer(Ending.REJECTED, "invalid", problems=tuple(problems))
    purpose, officer, dossier = (_leaf(told, name) for name in ("Purpose", "Officer", "Dossier"))
    return Question(visitor, type_, data, purpose, officer, dossier, within, trace[:200])


def _data(content: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    names = {
        "SoDinhDanh": "identity_number", "SoCMND": "old_identity_number", "HoVaTen": "name",
        "MaDVC": "procedure",
    }  # fmt: skip
    data: dict[str, Any] = {name: _leaf(content, at) for at, name in names.items() if _leaf(content, at)}
    born = content.get(mapping.BIRTH)
    day = _leaf(born, "NgayThangNam") or _leaf(born, "Nam") or _leaf(content, mapping.BIRTH)
    if day:
        known = mapping.known_birth(day)
        if known is None:
            problems.append(Problem("/data/birth", "bad-date", "yyyyMMdd, yyyy"))
        else:
            data["birth"] = known
    return data


def _within(told: str, problems: list[Problem]) -> float | None:
    """Return the seconds that the client waits; None where it does not say."""
    if not told:
        return None
    try:
        seconds = float(told)
    except ValueError:
        seconds = math.nan
    if 0 < seconds <= _LONGEST:
        return seconds
    problems.append(Problem("/within", "wrong-type", f"0-{_LONGEST:.0f}"))
    return None


def _answered(reply: Reply) -> Response:
    """Return an answer.

    Raises:
        NoAnswer: it holds what XML cannot say.
    """
    headers = {"LGSP-Ask": str(reply.ask), "Age": str(math.floor(reply.age))}
    try:
        said = _written(reply)
    except MalformedError:
        raise NoAnswer(Ending.FAILED, "answer-broken", ask=reply.ask) from None
    return Response(said, headers=headers, media_type=CONTENT_TYPE)


def _written(reply: Reply) -> bytes:
    if reply.type == mapping.VERIFIED:
        return answer("KetQuaXacThuc", SERVICE, {"TonTai": reply.data["matches"]}, prefix="dan")
    return _collection(reply.data)


def _collection(data: Mapping[str, Any]) -> bytes:
    """Return a citizen; what the documents do not name stands behind the rest, in a namespace of ours."""
    known = "".join(write(name, value, prefix="ns1") for name, value in native.citizen(data).items())
    more = "".join(
        write(name, value, prefix="lgsp", namespace=NAMESPACE) for name, value in native.others(data).items()
    )
    return enveloped(
        f'<ns1:CongdanCollection xmlns:ns1="{COLLECTION}"><ns1:CongDan>{known}{more}</ns1:CongDan>'
        "</ns1:CongdanCollection>"
    )


def _absent(type_: str, reason: NoAnswer) -> Response:
    """Answer that nobody is there, as the service does: nobody in the collection, or `TonTai` false."""
    if type_ == mapping.QUERY:
        said = answer("CongdanCollection", COLLECTION, {})
    else:
        said = answer("KetQuaXacThuc", SERVICE, {"TonTai": False}, prefix="dan")
    return Response(said, headers={"LGSP-Ask": str(reason.ask or "")}, media_type=CONTENT_TYPE)


def _basic(header: str) -> tuple[str, str]:
    """Return name and password of HTTP Basic; empty where it is something else."""
    scheme, _, told = header.partition(" ")
    if scheme.casefold() != "basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(told.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, password


def _leaf(value: Any, name: str) -> str:
    found = value.get(name) if isinstance(value, Mapping) else None
    found = found.get(TEXT) if isinstance(found, Mapping) else found  # clients put attributes on anything
    return found.strip() if isinstance(found, str) else ""
