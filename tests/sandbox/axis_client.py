"""Talking to a stand-in axis as a document system does, without a server."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from lgsp.formats.axis.hashing import hash_file
from lgsp.formats.axis.protocol import FILE_TYPE, JSON_TYPE
from lgsp.formats.axis.replies import Answer, read_answer
from lgsp.formats.axis.signing import sign
from lgsp.sandbox.axis.axis import Axis
from lgsp.sandbox.axis.directory import Directory, Member, System
from lgsp.sandbox.axis.faults import AxisFaults
from tests.asgi import Reply, call

PACKETS = Path(__file__).parent / "axis_packets"
FULL = (PACKETS / "gen_new_all_types.edxml").read_bytes()
MINIMAL = (PACKETS / "gen_minimal.edxml").read_bytes()
DOCUMENT, SMALL = "H37,2026/03/05,15/UBND-VP", "H37,2026/03/05,18/UBND-VP"
MOMENT = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)

MEMBERS = (
    Member("G22", "Văn phòng Chính phủ", "000.00.00.G22", "java"),
    Member("G12", "Bộ Tài chính", "000.00.00.G12", "dotnet"),
    Member("G09", "Bộ Nội vụ", "", "java"),
    Member("H37", "Ủy ban nhân dân tỉnh Lạng Sơn", "000.00.00.H37"),
    Member("H37.02.02", "Xã Thử"),
)
SYSTEMS = {"lgsp": System("sandbox", "H37"), "other": System("secret", "H44")}


@dataclass
class Times:
    """Clocks that stand still until they are moved."""

    passed: float = 0.0

    def clock(self) -> float:
        """Return the seconds that have passed."""
        return self.passed

    def now(self) -> datetime:
        """Return the wall clock."""
        return MOMENT + timedelta(seconds=self.passed)


@dataclass
class Client:
    """A client of an axis of its own."""

    axis: Axis
    times: Times
    system: str = "lgsp"
    secret: str = "sandbox"
    parameters: dict[str, str] = field(default_factory=dict)

    async def raw(self, operation: str, body: bytes = b"", **parameters: str) -> Reply:
        """Ask, and return what came over the wire; parameters of earlier calls go along, as in the vendor's client."""
        self.parameters |= parameters
        kind = FILE_TYPE if operation == "sendEdoc" else JSON_TYPE
        headers = sign(self.secret, self.system, self.parameters, self.times.now(), content_type=kind)
        method = "GET" if operation == "downloadEdoc" else "POST"
        return await call(self.axis, method, f"/{operation}", headers=headers, body=body)

    async def ask(self, operation: str, body: bytes = b"", **parameters: str) -> Answer:
        """Ask, and return the answer."""
        return read_answer((await self.raw(operation, body, **parameters)).body)

    async def send(self, packet: bytes, sender: str = "H37", kind: str = "edoc", **more: str) -> Answer:
        """Send a packet, with the CR LF behind it."""
        said = {"messagetype": kind, "from": sender, "hash-file": hash_file(packet), "servicetype": "eDoc"}
        return await self.ask("sendEdoc", packet + b"\r\n", **said, **more)

    async def list(self, kind: str = "edoc") -> list[dict[str, Any]]:
        """Return what waits."""
        return (await self.ask("getReceivedEdocList", messagetype=kind, servicetype="eDoc")).items()

    async def fetch(self, docid: str) -> bytes:
        """Return a packet."""
        return (await self.ask("getEdoc", b"{}", docId=docid, filePath="./store/")).packet()

    async def done(self, docid: str, status: str = "done") -> Answer:
        """Say how far the pick-up is."""
        return await self.ask("updateStatus", b"{}", docid=docid, status=status)

    async def control(self, method: str, tail: str, body: Any = None) -> Any:
        """Call an address that is the stand-in's own."""
        sent = b"" if body is None else orjson.dumps(body)
        return (await call(self.axis, method, f"/{tail}", body=sent)).json()

    async def collect(self, kind: str = "edoc") -> list[bytes]:
        """Fetch everything that waits, and say that it is done."""
        packets = []
        for item in await self.list(kind):
            packets.append(await self.fetch(item["docId"]))
            await self.done(item["docId"])
        return packets


def client(seed: int = 0, *, remember: bool = True, **faults: Any) -> Client:
    """Return a client of a fresh axis with these faults."""
    times = Times()
    axis = Axis(
        AxisFaults.model_validate(faults),
        directory=Directory(MEMBERS, SYSTEMS),
        seed=seed,
        remember=remember,
        clock=times.clock,
        now=times.now,
    )
    return Client(axis, times)


def minimal(number: int = 18, *, to: str = "G22", sender: str = "H37") -> bytes:
    """Return the smallest packet, under another number."""
    packet = MINIMAL.replace(b"18/UBND-VP", b"%d/UBND-VP" % number).replace(
        b"<edXML:CodeNumber>18<", b"<edXML:CodeNumber>%d<" % number
    )
    packet = packet.replace(b"<edXML:OrganId>G22<", f"<edXML:OrganId>{to}<".encode())
    return packet.replace(b"<edXML:OrganId>H37<", f"<edXML:OrganId>{sender}<".encode())
