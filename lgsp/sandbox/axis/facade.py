"""Standing in for a province's REST façade in front of the axis, in the form of Lạng Sơn (2026).

Source: a client's integration (medium confidence for paths and fields; low for how a refusal is dressed).
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Awaitable, Callable
from email import message_from_bytes
from email.policy import HTTP
from typing import Any

import orjson

from lgsp.formats.axis import codes
from lgsp.formats.axis.days import read_day
from lgsp.formats.axis.protocol import MessageType, TransportStatus
from lgsp.message import VIETNAM
from lgsp.sandbox.axis.asked import TEXT, Asked, Said
from lgsp.sandbox.axis.damage import damaged
from lgsp.sandbox.axis.post import Delivery
from lgsp.sandbox.axis.readers import read_lenient
from lgsp.sandbox.axis.taking import Envelope, take_packet
from lgsp.sandbox.axis.transit import written_at
from lgsp.sandbox.axis.tree import BadPacket, grow
from lgsp.sandbox.axis.world import Denied, World, apart

_TOKEN_SECONDS = 1800.0
_MANY_TOKENS = 10_000
_BEARER = "Bearer "
_PAGE = 20
_NO_LICENCE = Said.of(b"licenseInfo:invalid", 401, TEXT)

Act = Callable[[str, Asked], Awaitable[Any]]


class Facade:
    """The same post by another door: a token first, then JSON and multipart."""

    def __init__(self, world: World, clock: Callable[[], float]) -> None:
        self._world = world
        self._clock = clock
        self._tokens: dict[str, float] = {}
        self._acts: dict[tuple[str, str], Act] = {
            ("POST", "v1/sendEdoc"): self._send,
            ("GET", "v1/syncReceivedEdocList"): self._list,
            ("GET", "v1/getEdoc"): self._get,
            ("POST", "v1/updateStatus"): self._update,
            ("GET", "v1/getAgenciesList"): self._agencies,
        }

    async def answer(self, asked: Asked) -> Said | None:
        """Answer one request; None when the address is none of the façade's."""
        if (asked.method, asked.tail) == ("POST", "v1/auth/login"):
            return self._log_in(asked)
        act = self._acts.get((asked.method, asked.tail))
        if act is None:
            return None
        self._world.calls[asked.tail] += 1
        if not self._admits(asked):
            return _NO_LICENCE
        try:
            return _said(200, data=await act(self._system(asked), asked))
        except Denied as no:
            self._world.refused[no.code] += 1
            return _denied(no)

    def _log_in(self, asked: Asked) -> Said:
        """Give a token; a password of any registered client opens, whatever the user's name."""
        self._world.calls["login"] += 1
        said = _object(asked.body)
        known = {system.secret for system in self._world.directory.systems.values()}
        if not said.get("username") or said.get("password") not in known:
            return _said(401, message="Sai tên đăng nhập hoặc mật khẩu")
        if len(self._tokens) >= _MANY_TOKENS:
            self._tokens.clear()
        token = secrets.token_hex(16)
        self._tokens[token] = self._clock() + _TOKEN_SECONDS
        return _said(200, data={"token": token})

    def _admits(self, asked: Asked) -> bool:
        weather = self._world.weather
        token = asked.header("authorization").removeprefix(_BEARER)
        if weather.strikes(weather.faults.no_licence):
            return False
        if weather.strikes(weather.faults.expire_tokens):
            self._tokens.pop(token, None)
        return self._tokens.get(token, 0.0) > self._clock()

    def _system(self, asked: Asked) -> str:
        system, secret = asked.header("x-systemid"), asked.header("x-secretkey")
        if not secret or self._world.directory.secret_of(system) != secret:
            raise Denied(codes.BAD_CREDENTIALS, "SystemId hoặc SecretKey không đúng")
        return system

    async def _send(self, system: str, asked: Asked) -> dict[str, str]:
        parts = _parts(asked)
        packet = parts.get("edocFile")
        if not packet:
            raise Denied(codes.BAD_FILE, "Thiếu edocFile")
        kind = _kind(parts.get("messagetype", b"").decode("utf-8", "replace"))
        envelope = Envelope(system, await apart(len(packet), _sender, packet), kind)
        sending = await take_packet(self._world, packet, envelope)
        return {
            "status": "OK",
            "docId": sending.docid,
            "errorCode": codes.FINE,
            "errorDesc": "",
            "filePath": f"{sending.docid}.edxml",
        }

    async def _list(self, system: str, asked: Asked) -> list[dict[str, str]]:
        kind = _kind(asked.query.get("messageType", ""))
        first, last = (read_day(asked.query.get(name, "")) for name in ("fromDate", "toDate"))
        waiting = self._world.post.waiting(kind, lambda code: self._world.directory.may_send(system, code))
        return [
            _item(one)
            for one in waiting
            if (first is None or first <= _day(one)) and (last is None or _day(one) <= last)
        ]

    async def _get(self, system: str, asked: Asked) -> dict[str, Any]:
        delivery = self._delivery(system, asked.query.get("docId", ""))
        packet = damaged(delivery.packet, delivery.docid, self._world.weather)
        delivery.fetched += 1
        return {
            "edocCode": delivery.sending.notation,
            "edocAbstract": delivery.sending.title,
            "edxml": base64.b64encode(packet).decode(),
            "attachments": await apart(len(packet), _attachments, packet),
        }

    async def _update(self, system: str, asked: Asked) -> dict[str, str]:
        said = _object(asked.body)
        wanted = {status.value: status for status in TransportStatus}.get(str(said.get("status")).lower())
        if wanted is None:
            raise Denied(codes.SYSTEM_FAULT, "Trạng thái không hợp lệ")
        self._world.post.update(self._delivery(system, str(said.get("docId"))), wanted)
        return {"status": "OK", "errorCode": codes.FINE, "errorDesc": ""}

    async def _agencies(self, _: str, asked: Asked) -> list[dict[str, Any]]:
        page, size = (_number(asked.query.get(name, "")) for name in ("page", "size"))
        size = size or _PAGE
        listed = list(self._world.directory.agencies(self._world.weather.faults.agencies))
        return [
            {
                "code": one.code,
                "oldCode": one.old_code,
                "centerCode": self._world.directory.system_of(one.code) or one.code.partition(".")[0],
                "parentId": one.parent,
                "name": one.name,
                "level": one.code.count(".") + 1,
                "type": "INTERNAL" if self._world.directory.system_of(one.code) else "NATIONAL",
            }
            for one in listed[max(0, page - 1) * size : max(1, page) * size]
        ]

    def _delivery(self, system: str, docid: str) -> Delivery:
        delivery = self._world.post.find(docid)
        if delivery is None or not self._world.directory.may_send(system, delivery.receiver):
            raise Denied(codes.SYSTEM_FAULT, "Không tìm thấy văn bản")
        return delivery


def _said(code: int, **said: Any) -> Said:
    return Said.of(orjson.dumps({"code": code, **said}), 401 if code == 401 else 200)  # noqa: PLR2004 - HTTP's own


def _denied(no: Denied) -> Said:
    if no.code == codes.BAD_PACKET:
        return _said(500, errorDetail=[{"exception": no.text}])
    return _said(200, data={"status": "FAIL", "docId": "", "errorCode": no.code, "errorDesc": no.text})


def _parts(asked: Asked) -> dict[str, bytes]:
    """Return the parts of a multipart body by their names."""
    head = f"Content-Type: {asked.header('content-type')}\r\n\r\n".encode("latin-1", "replace")
    whole = message_from_bytes(head + asked.body, policy=HTTP)
    found = {}
    for part in whole.walk():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes):
            found[name] = payload
    return found


def _sender(packet: bytes) -> str:
    """Return the agency that a packet says it is from: no header names it here."""
    try:
        root = grow(packet)
    except BadPacket as fault:
        raise Denied(codes.BAD_PACKET, str(fault)) from None
    return root.said("edXMLEnvelope", "edXMLHeader", "MessageHeader", "From", "OrganId")


def _attachments(packet: bytes) -> list[dict[str, str]]:
    try:
        files = read_lenient(grow(packet)).files
    except BadPacket:
        return []
    return [
        {"fileName": name, "fileContent": base64.b64encode(content).decode()}
        for name, content in files.items()
    ]


def _item(one: Delivery) -> dict[str, str]:
    return {
        "docId": one.docid,
        "from": one.sending.sender,
        "to": one.receiver,
        "messageType": one.sending.kind,
        "status": one.status,
        "createdTime": written_at(one.sending.at),
    }


def _day(one: Delivery) -> Any:
    return one.sending.at.astimezone(VIETNAM).date()


def _kind(said: str) -> MessageType:
    try:
        return MessageType(said)
    except ValueError:
        raise Denied(codes.SYSTEM_FAULT, "messageType không hợp lệ") from None


def _number(said: str) -> int:
    return int(said) if said.isdecimal() and said.isascii() else 0


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = orjson.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
