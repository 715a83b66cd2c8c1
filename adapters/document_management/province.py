"""Answering in the REST form of a province (Lạng Sơn, 2026): a token first, then JSON and multipart."""

from __future__ import annotations

import asyncio
import hmac
from functools import partial
from typing import IO

import orjson
from fastapi import APIRouter, Request, Response

from lgsp.adapter import Inbox, Tools
from lgsp.formats.axis import codes, province
from lgsp.formats.axis.parts import BadParts, PartStream, Piece
from lgsp.formats.edxml import Folder
from lgsp.message import Message

from . import mapping
from .asking import ODD, day_of, json_object, kind_of, number_of, small_body
from .guarding import Act, guarded, said
from .handing import FileAnswer, Part, close, in_runs, listed
from .post import Post
from .refusing import Denied
from .roll import Listed, Roll
from .settings import Login, Settings
from .taking import Arriving

_UNAUTHORISED = 401
_PAGE, _LARGEST_PAGE = 20, 1000
_BEARER = "bearer "
_PACKET_TYPE = "application/xml"
_LONGEST_FIELD = 100


class ProvinceFacade:
    """`/systems/<name>/v1/…` on the same post."""

    def __init__(self, post: Post, roll: Roll, config: Settings, inbox: Inbox) -> None:
        self._post = post
        self._roll = roll
        self._config = config
        self._inbox = inbox

    def add_to(self, router: APIRouter, tools: Tools) -> None:
        """Add the routes."""
        acts: dict[tuple[str, str], Act] = {
            ("POST", "auth/login"): self._log_in,
            ("POST", "sendEdoc"): partial(self._admitted, self._send),
            ("GET", "syncReceivedEdocList"): partial(self._admitted, self._list),
            ("GET", "getEdoc"): partial(self._admitted, self._get),
            ("POST", "updateStatus"): partial(self._admitted, self._update),
            ("GET", "getAgenciesList"): partial(self._admitted, self._agencies),
        }
        for (method, name), act in acts.items():
            endpoint = guarded(act, _no, province.broken, tools.log.bind(operation=f"v1/{name}"))
            summary = f"{name} in the REST form of a province"
            router.add_api_route(
                f"/v1/{name}", endpoint, methods=[method], name=f"v1/{name}", summary=summary
            )

    # --- who asks ---------------------------------------------------------------------------------------

    async def _log_in(self, request: Request) -> Response:
        """Give a token that every process knows; it opens as long as the gateway's own sessions do."""
        login = province.read_login(await small_body(request))
        if login is None or not any(_opens(one, login) for one in self._config.known):
            return _turned_away("Sai tên đăng nhập hoặc mật khẩu")
        token = self._inbox.session()
        if not self._inbox.admits(token):
            return _turned_away("Trục chưa cấp mã truy cập (LGSP_TOKEN_…) cho hệ thống này")
        return said(province.told_token(token))

    async def _admitted(self, act: Act, request: Request) -> Response:
        given = request.headers.get("authorization", "")
        bears = given[: len(_BEARER)].lower() == _BEARER
        if not bears or not self._inbox.admits(given[len(_BEARER) :].strip()):
            return Response(province.NO_LICENCE, _UNAUTHORISED, media_type="text/plain")
        system, secret = self._config.system_id, self._config.secret.get_secret_value()
        names = (province.SYSTEM_HEADER, province.SECRET_HEADER)
        given_too = tuple(request.headers.get(name, "") for name in names)
        if not secret or not _same((system, secret), given_too):
            raise Denied(codes.BAD_CREDENTIALS, f"{' hoặc '.join(names)} không đúng")
        return await act(request)

    # --- packets ----------------------------------------------------------------------------------------

    async def _send(self, request: Request) -> Response:
        async with Arriving(self._post.files, self._config.packet_limit) as packet:
            form = _Form(packet)
            try:
                await form.read(request)
            except BadParts as fault:
                raise Denied(codes.BAD_FILE, f"Nội dung multipart không hợp lệ: {fault}") from None
            kind = kind_of(form.kind or _asked(request, province.KIND_FIELD))
            beside = {"operation": "v1/sendEdoc", "messagetype": str(kind)}
            raw = await packet.raw(_PACKET_TYPE, 0, beside)
            return said(province.taken(await self._post.take_on(raw, kind)))

    async def _list(self, request: Request) -> Response:
        first, last = (day_of(_asked(request, name), name) for name in ("fromDate", "toDate"))
        kind = kind_of(_asked(request, province.KIND_FIELD))
        waiting = await self._post.waiting(kind, first, last)
        return said(province.granted([province.received_item(one) for one in waiting]))

    async def _get(self, request: Request) -> Response:
        message, packet = await self._post.packet(_asked(request, "docId"))
        return FileAnswer(await asyncio.to_thread(_told, message, packet, self._post.files))

    async def _update(self, request: Request) -> Response:
        asked = {name.lower(): said for name, said in json_object(await small_body(request)).items()}
        await self._post.note(str(asked.get("docid") or ""), str(asked.get("status") or ""))
        return said(province.done())

    # --- agencies ---------------------------------------------------------------------------------------

    async def _agencies(self, request: Request) -> Response:
        page, size = (number_of(_asked(request, name)) for name in ("page", "size"))
        found = self._roll.page(max(1, page), min(size or _PAGE, _LARGEST_PAGE))
        before, after = province.granted([]).split(b"[]")
        return await listed(in_runs(map(_item, found)), before + b"[", b"]" + after)


class _Form:
    """The fields of a form that brings a packet.

    Attributes:
        kind: what it says the packet is.
    """

    def __init__(self, packet: Arriving) -> None:
        self._packet = packet
        self._whole = False
        self.kind = ""

    async def read(self, request: Request) -> None:
        """Take the fields while they come.

        Raises:
            BadParts: it is no form, or broke off.
            Denied: it brings no packet, or more than one.
        """
        stream = PartStream(request.headers.get("content-type", ""))
        async for piece in request.stream():
            for part in stream.feed(piece):
                await self._take(part)
        stream.close()
        if not self._whole:
            raise Denied(ODD, f"Thiếu {province.FILE_FIELD}")

    async def _take(self, part: Piece) -> None:
        if part.name == province.FILE_FIELD:
            if self._whole:
                raise Denied(ODD, f"Chỉ được có một {province.FILE_FIELD}")
            await self._packet.write(part.content)
            self._whole = part.last
        elif part.name.lower() == province.KIND_FIELD and len(self.kind) < _LONGEST_FIELD:
            self.kind += part.content.decode("utf-8", "replace")


def _asked(request: Request, name: str) -> str:
    """Return a parameter of an address, whatever case its client writes it in; empty where there is none."""
    found = (said for key, said in request.query_params.items() if key.lower() == name.lower())
    return next(found, "")


def _told(message: Message, packet: IO[bytes], files: Folder) -> list[Part]:
    """Return the answer of getEdoc: the packet, and beside it each of its attachments; it blocks."""
    number, subject = mapping.notation_of(message.data), message.data.get("subject", "")
    head, _, tail = province.told_packet(b"", number, subject).rpartition(b'"edxml":""')
    between, _, end = tail.rpartition(b"[]")
    parts: list[Part] = [head + b'"edxml":"', packet, b'"' + between + b"["]
    try:
        came = [one for one in message.data.get("attachments", []) if one.get("dataref")]
        for one in came:  # others are named by the manifest alone
            comma = b"," if len(parts) > _BEFORE_FILES else b""
            name = orjson.dumps(one.get("name", ""))
            parts += [comma + b'{"fileName":' + name + b',"fileContent":"', files.open(one["dataref"]), b'"}']
    except BaseException:
        close(parts)
        raise
    return [*parts, b"]" + end]


_BEFORE_FILES = 3


def _item(one: Listed) -> bytes:
    agency = one.agency
    center = agency.code.partition(".")[0]
    return orjson.dumps(province.agency_item(agency, center, one.level, internal=one.served))


def _opens(known: Login, given: province.Login) -> bool:
    """Tell whether somebody may log in; nobody may without a password."""
    secret = known.password.get_secret_value()
    names = (known.username, secret, known.application or given.application)
    return bool(secret) and _same(names, (given.username, given.password, given.application))


def _same(known: tuple[str, ...], given: tuple[str, ...]) -> bool:
    """Compare texts in constant time, all of them."""
    pairs = zip(known, given, strict=True)
    return all([hmac.compare_digest(a.encode(), b.encode()) for a, b in pairs])  # noqa: C419 - all, always


def _no(no: Denied) -> Response:
    if no.code == codes.BAD_PACKET:
        return said(province.broken(no.text))
    return said(province.denied(no.code, no.text))


def _turned_away(text: str) -> Response:
    return said(orjson.dumps({"code": _UNAUTHORISED, "message": text}), _UNAUTHORISED)
