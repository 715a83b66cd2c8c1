"""Doing what each operation of the axis does, once its signature is believed."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import orjson

from lgsp.formats.axis import codes, replies
from lgsp.formats.axis.days import read_day
from lgsp.formats.axis.hashing import TAIL, find_tail
from lgsp.formats.axis.listing import write_entry
from lgsp.formats.axis.protocol import HASH_FILE, OPERATIONS, MessageType, TransportStatus
from lgsp.formats.axis.recipients import read_recipients
from lgsp.formats.axis.verifying import Signed, Unverified, verify
from lgsp.message import VIETNAM
from lgsp.sandbox.axis.asked import XML, Asked, Said
from lgsp.sandbox.axis.damage import damaged
from lgsp.sandbox.axis.directory import Member, is_under
from lgsp.sandbox.axis.post import Delivery, received, sent
from lgsp.sandbox.axis.taking import Envelope, take_packet
from lgsp.sandbox.axis.transit import written_at
from lgsp.sandbox.axis.world import Denied, World, apart

_PIECE = 2_000
_PAGE = 1_000
_SETTABLE = {status.value: status for status in TransportStatus if status is not TransportStatus.INITIAL}

Act = Callable[[Signed, Asked], Awaitable[Said]]


class Operations:
    """The axis' own protocol: `POST {endpoint}/{operation}`, its parameters in signed headers."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._acts: dict[str, Act] = {
            "sendEdoc": self._send,
            "getReceivedEdocList": self._list_received,
            "getSentEdocList": self._list_sent,
            "getEdoc": self._get,
            "downloadEdoc": self._download,
            "updateStatus": self._update,
            "getAgenciesList": self._list_agencies,
            "getAgenciesListQD20": self._list_agencies_20,
            "getSynchronizeUnit": self._list_units,
            "registerAgency": self._register,
            "deleteAgency": self._delete,
            "countReceiveEdoc": self._count_documents,
            "countReceiveStatus": self._count_statuses,
        }

    def knows(self, asked: Asked) -> bool:
        """Tell whether this is an operation of the axis, asked in its way."""
        return asked.tail in self._acts and asked.method == OPERATIONS[asked.tail].method

    async def answer(self, asked: Asked) -> Said:
        """Answer one operation; what is refused is 200 with FAIL, as far as anybody knows."""
        self._world.calls[asked.tail] += 1
        try:
            return await self._acts[asked.tail](self._believed(asked), asked)
        except Denied as no:
            self._world.refused[no.code] += 1
            return Said.of(replies.denied(no.code, no.text))

    def _believed(self, asked: Asked) -> Signed:
        skew = timedelta(seconds=self._world.weather.faults.max_clock_skew)
        try:
            signed = verify(
                asked.headers, self._world.directory.secret_of, now=self._world.now(), skew=skew, zone=VIETNAM
            )
        except Unverified as flaw:
            raise Denied(codes.BAD_CREDENTIALS, f"Xac thuc khong thanh cong: {flaw.flaw}") from None
        for name in OPERATIONS[asked.tail].asks:
            if not signed.get(name):
                raise Denied(codes.SYSTEM_FAULT, f"Thieu tham so {name}")
        return signed

    async def _send(self, signed: Signed, asked: Asked) -> Said:
        to = read_recipients(signed.get("to") or "")
        if to is None:
            raise Denied(codes.UNKNOWN_RECEIVER, "Tham so to khong dung dinh dang")
        envelope = Envelope(signed.system, signed.get("from") or "", _kind(signed), tuple(to))
        packet = await apart(len(asked.body), self._file, asked.body, signed.get(HASH_FILE) or "")
        sending = await take_packet(self._world, packet, envelope)
        return Said.of(replies.taken(sending.docid), delay=self._world.weather.held())

    def _file(self, body: bytes, declared: str) -> bytes:
        tail = find_tail(body, declared)
        if tail is None and self._world.weather.faults.check_hash:
            raise Denied(codes.BAD_FILE, "hash-file khong khop voi noi dung tep")
        return body[: len(body) - tail] if tail is not None else body.removesuffix(TAIL)

    def _mine(self, signed: Signed) -> Callable[[str], bool]:
        return lambda code: self._world.directory.may_send(signed.system, code)

    async def _list_received(self, signed: Signed, _: Asked) -> Said:
        kind, weather = _kind(signed), self._world.weather
        found = self._world.post.waiting(kind, self._mine(signed))
        if weather.faults.relist:
            gone = self._world.post.done(kind, self._mine(signed))
            found += [one for one in gone if weather.strikes(weather.faults.relist)]
        if kind is MessageType.STATUS and weather.strikes(weather.faults.reorder_statuses):
            found.reverse()
        twice = [one for one in found if weather.strikes(weather.faults.list_twice)]
        return Said.of(replies.listed([write_entry(received(one)) for one in found + twice]))

    async def _list_sent(self, signed: Signed, _: Asked) -> Said:
        first, last = (_day(signed, name) for name in ("fromDate", "toDate"))
        found = [
            one
            for one in self._world.post.sent(signed.get("messagetype") or "", self._mine(signed))
            if (first or date.min) <= one.sending.at.astimezone(VIETNAM).date() <= (last or date.max)
        ]
        size, page = _number(signed, "pageSize", _PAGE), max(1, _number(signed, "pageIndex", 1))
        shown = found[(page - 1) * size : page * size]
        return Said.of(replies.listed([write_entry(sent(one)) for one in shown]))

    def _delivery(self, signed: Signed, spelled: str = "docId") -> Delivery:
        """Return what a request is about; another spelling may be left over from an earlier call."""
        delivery = self._world.post.find(signed.get(spelled) or "")
        if delivery is None or not self._mine(signed)(delivery.receiver):
            raise Denied(codes.SYSTEM_FAULT, "Khong tim thay van ban")
        return delivery

    def _packet(self, delivery: Delivery) -> bytes:
        delivery.fetched += 1
        self._world.post.counts["fetched"] += 1
        return damaged(delivery.packet, delivery.docid, self._world.weather)

    async def _get(self, signed: Signed, _: Asked) -> Said:
        packet, weather = self._packet(self._delivery(signed)), self._world.weather
        text = (await apart(len(packet), base64.b64encode, packet)).decode()
        if weather.strikes(weather.faults.truncated_data):
            text = text[: len(text) * 2 // 3 | 1]
        return Said.of(await apart(len(packet), replies.granted, data=text))

    async def _download(self, signed: Signed, _: Asked) -> Said:
        return Said.of(self._packet(self._delivery(signed)), content_type=XML)

    async def _update(self, signed: Signed, _: Asked) -> Said:
        wanted = _SETTABLE.get((signed.get("status") or "").lower())
        if wanted is None:
            raise Denied(codes.SYSTEM_FAULT, "Trang thai khong hop le")
        self._world.post.update(self._delivery(signed, "docid"), wanted)
        return Said.of(replies.granted(), delay=self._world.weather.held())

    async def _list_agencies(self, _: Signed, __: Asked) -> Said:
        listed = self._world.directory.agencies(self._world.weather.faults.agencies)
        return Said(_streamed(write_entry(one) for one in listed))

    async def _list_agencies_20(self, signed: Signed, _: Asked) -> Said:
        most, level = self._world.weather.faults.agencies, signed.get("level") or ""
        listed = self._world.directory.agencies(most, level)
        return Said(_streamed(write_entry(one, old_code="code102") for one in listed))

    async def _list_units(self, _: Signed, __: Asked) -> Said:
        moment = written_at(self._world.now())
        return Said(_streamed(write_entry(one) for one in self._world.directory.units(moment)))

    async def _register(self, signed: Signed, asked: Asked) -> Said:
        """Take on an agency. Its body is not signed: whoever has a signature can change it on the way."""
        try:
            said = orjson.loads(asked.body)
            code, name, mail = (str(said.get(key) or "").strip() for key in ("code", "name", "mail"))
        except (ValueError, AttributeError):
            raise Denied(codes.BAD_FILE, "Noi dung khong phai JSON") from None
        root = self._world.directory.systems[signed.system].root
        if not code or not name or not is_under(code, root):
            raise Denied(codes.UNKNOWN_SENDER, codes.foreign_sender(code, root))
        if not self._world.directory.register(Member(code, name, mail=mail, registered_by=signed.system)):
            raise Denied(codes.SYSTEM_FAULT, "Ma don vi da ton tai")
        return Said.of(replies.granted())

    async def _delete(self, signed: Signed, _: Asked) -> Said:
        if not self._world.directory.delete(signed.get("AgencyCode") or "", signed.system):
            raise Denied(codes.SYSTEM_FAULT, "Don vi khong ton tai")
        return Said.of(replies.granted())

    async def _count_documents(self, signed: Signed, _: Asked) -> Said:
        return self._count(signed, MessageType.DOCUMENT)

    async def _count_statuses(self, signed: Signed, _: Asked) -> Said:
        return self._count(signed, MessageType.STATUS)

    def _count(self, signed: Signed, kind: MessageType) -> Said:
        return Said.of(replies.counted(len(self._world.post.waiting(kind, self._mine(signed)))))


def _kind(signed: Signed) -> MessageType:
    try:
        return MessageType(signed.get("messagetype") or "")
    except ValueError:
        raise Denied(codes.SYSTEM_FAULT, "messagetype khong hop le") from None


def _day(signed: Signed, name: str) -> date | None:
    said = signed.get(name)
    day = read_day(said) if said else None
    if said and day is None:
        raise Denied(codes.SYSTEM_FAULT, f"{name} khong dung dinh dang")
    return day


def _number(signed: Signed, name: str, otherwise: int) -> int:
    said = signed.get(name) or ""
    return int(said) if said.isdecimal() and said.isascii() else otherwise


def _streamed(entries: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Yield a list answer in pieces, so that a hundred thousand entries need no memory."""
    before, after = replies.listed([]).split(b"[]", 1)
    yield before + b"["
    piece: list[bytes] = []
    comma = b""
    for entry in entries:
        piece.append(comma + orjson.dumps(entry))
        comma = b","
        if len(piece) >= _PIECE:
            yield b"".join(piece)
            piece.clear()
    yield b"".join([*piece, b"]", after])
