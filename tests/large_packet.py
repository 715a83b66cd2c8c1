"""A process by itself that takes a large packet on, hands it out, and tells by how much its memory grew."""

from __future__ import annotations

import asyncio
import random
import resource
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from lgsp.adapter import Accepted
from lgsp.errors import Rejected
from lgsp.formats import edxml
from lgsp.formats.axis.hashing import FileHash, unpadded
from lgsp.formats.axis.protocol import FILE_TYPE, JSON_TYPE
from lgsp.formats.axis.signing import sign
from lgsp.message import Message, Raw
from tests.document_desk import SECRET, SYSTEM, Desk, FakeInbox
from tests.sandbox.axis_client import MINIMAL

_SIZE = 40 << 20


class Counting(FakeInbox):
    """An inbox that never looks into what it takes."""

    size = 0

    async def accept(self, raw: Raw, items: Sequence[Message | Rejected]) -> list[Accepted | Rejected]:
        """Note the size."""
        self.size = raw.size
        return [self._take(item) for item in items]


def peak() -> int:
    """Return the most memory that this process ever had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def pieces(file: Path) -> Iterator[bytes]:
    """Yield a file as it comes over a connection."""
    with file.open("rb") as source:
        while piece := source.read(65536):
            yield piece


async def ask(desk: Desk, operation: str, body: Iterator[bytes], **said: str) -> int:
    """Ask, and return how many bytes were answered; none of them is kept."""
    kind = FILE_TYPE if operation == "sendEdoc" else JSON_TYPE
    headers = sign(SECRET, SYSTEM, said, desk.times.now(), content_type=kind)
    answered = 0

    async def receive() -> dict[str, Any]:
        piece = next(body, None)
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def send(event: dict[str, Any]) -> None:
        nonlocal answered
        answered += len(event.get("body", b""))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": f"/{operation}",
        "raw_path": b"",
        "root_path": "",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    await desk.axis(scope, receive, send)
    return answered


def packet(desk: Desk, file: Path) -> str:
    """Write a large packet; returns its hash."""
    chance = random.Random(5)
    dataref = desk.files.keep(chance.randbytes(1 << 20) for _ in range(_SIZE >> 20))
    one = {"id": "1", "name": "a.pdf", "dataref": dataref, "size": _SIZE, "media_type": "application/pdf"}
    head = edxml.read(BytesIO(MINIMAL), desk.files)
    with file.open("wb") as out:
        edxml.write(head.type, {**head.data, "attachments": [one]}, desk.files, out.write)
    hashing = FileHash()
    for piece in pieces(file):
        hashing.update(piece)
    return unpadded(hashing.digest(0))


async def main(folder: Path) -> None:
    """Tell the packet's size, what was taken on, what was handed out, and how the peak was raised."""
    inbox, file = Counting(), folder / "large.edxml"
    desk = Desk(folder / "files", inbox)
    digest = packet(desk, file)
    before = peak()
    await ask(desk, "sendEdoc", pieces(file), messagetype="edoc", **{"from": "H37", "hash-file": digest})
    (message,) = inbox.taken.values()
    id_ = inbox.mailbox.put(message)
    handed = await ask(desk, "getEdoc", iter([b"{}"]), docId=str(id_))
    sys.stdout.write(f"{file.stat().st_size} {inbox.size} {handed} {peak() - before}\n")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
