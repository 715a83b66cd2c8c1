"""A portal and an axis that only say yes, as cheaply as HTTP allows: a measurement's far side."""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import dataclass, field
from typing import cast

import uvloop

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
_YES = '{"error_code":"0","message":"Đồng bộ hồ sơ thành công"}'.encode()
_AXIS = b'{"status":"OK","ErrorCode":"0","ErrorDesc":"","DocId":"0","data":[]}'
_REPORTING = b'{"MaKetQua":"00","ThongDiep":"","Token":"0","DanhSach":[]}'
_CITIZEN = '{"identity_number":"001099000001","name":"NGUYỄN VĂN MẪU"}'.encode()
_LOGIN = b'{"session":"bench","error_code":0,"message":"OK"}'
_HOST = "127.0.0.1"


class _Http(asyncio.Protocol):
    """One connection that answers every request once it is whole; bodies are of no interest."""

    def __init__(self) -> None:
        self._left = self._line = b""
        self._missing = 0
        self.out: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go."""
        self.out = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer every request that ends in what came."""
        while data:
            data = self._swallowed(data) if self._missing else self._begun(data)

    def _begun(self, data: bytes) -> bytes:
        """Look for the end of a request's head; return what stands behind it."""
        self._left += data
        head = self._left.find(b"\r\n\r\n")
        if head < 0:
            return b""
        at = self._left.lower().find(b"content-length:", 0, head)
        self._missing = int(self._left[at + 15 : self._left.find(b"\r\n", at)]) if at >= 0 else 0
        self._line, rest, self._left = self._left[: self._left.find(b"\r\n")], self._left[head + 4 :], b""
        if not self._missing:
            self.answer(self._line)
        return rest

    def _swallowed(self, data: bytes) -> bytes:
        """Let a body go; return what stands behind it."""
        gone = min(self._missing, len(data))
        self._missing -= gone
        if not self._missing:
            self.answer(self._line)
        return data[gone:]

    def answer(self, line: bytes) -> None:
        """Answer a request, of which this is the first line."""
        raise NotImplementedError

    def write(self, body: bytes) -> None:
        """Send an answer to whoever is still there."""
        if self.out is not None and not self.out.is_closing():
            self.out.write(_HEAD % len(body) + body)


@dataclass(slots=True)
class Portal:
    """What the far side holds: how much it took, how often it was asked, and how it is."""

    delay: float
    taken: int = 0
    lookup_delay: float = 0.0
    lookups: int = 0
    port: int = 0
    server: asyncio.Server | None = None
    connections: set[_Front] = field(default_factory=set)

    async def open(self) -> None:
        """Listen, on the same port as before."""
        if self.server is None:
            loop = asyncio.get_running_loop()
            self.server = await loop.create_server(lambda: _Front(self), _HOST, self.port, backlog=1024)
            self.port = self.server.sockets[0].getsockname()[1]

    async def ail(self, how: str) -> None:
        """Take so many milliseconds for an answer from now on; `gone` refuses connections."""
        if how != "gone":
            self.delay = float(how) / 1000
            await self.open()
        elif self.server is not None:
            self.server.close()
            self.server = None
            for connection in list(self.connections):
                if connection.out is not None:
                    connection.out.abort()


class _Front(_Http):
    """A connection of the gateway's."""

    def __init__(self, portal: Portal) -> None:
        super().__init__()
        self._portal = portal
        portal.connections.add(self)

    def connection_lost(self, _: Exception | None) -> None:
        self._portal.connections.discard(self)

    def answer(self, line: bytes) -> None:
        if b"mapi/login" in line:
            self.write(_LOGIN)
            return
        if b"/national-reporting/" in line:
            self.write(_REPORTING)
            return
        if b"/lookup" in line:
            self._portal.lookups += 1
            asyncio.get_running_loop().call_later(self._portal.lookup_delay, self.write, _CITIZEN)
            return
        axis = b"/document-axis/" in line
        self._portal.taken += not axis or b"/sendEdoc" in line
        yes = _AXIS if axis else _YES
        if self._portal.delay:
            asyncio.get_running_loop().call_later(self._portal.delay, self.write, yes)
        else:
            self.write(yes)


class _Side(_Http):
    """A connection of whoever measures: `/_taken` tells how much was taken, `/_ails/<how>` changes it.

    `/_lookups/<ms>` tells how often it was asked, and lets it answer after so many milliseconds from now on.
    """

    def __init__(self, portal: Portal) -> None:
        super().__init__()
        self._portal = portal
        self._acts: set[asyncio.Task[None]] = set()

    def answer(self, line: bytes) -> None:
        path = line.split(b" ")[1]
        if path.startswith(b"/_lookups/"):
            self._portal.lookup_delay = float(path.rpartition(b"/")[2]) / 1000
            self.write(str(self._portal.lookups).encode())
            return
        _, asked, how = path.partition(b"/_ails/")
        act = asyncio.get_running_loop().create_task(self._act(how.decode() if asked else ""))
        self._acts.add(act)
        act.add_done_callback(self._acts.discard)

    async def _act(self, how: str) -> None:
        if how:
            await self._portal.ail(how)
        self.write(str(self._portal.taken).encode())


async def _serve(delay: float) -> None:
    portal = Portal(delay)
    await portal.open()
    side = await asyncio.get_running_loop().create_server(lambda: _Side(portal), _HOST, 0)
    sys.stdout.write(f"{portal.port} {side.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with side:
        await side.serve_forever()


def main() -> None:
    """Serve until ended; the ports of both sides are the first line on standard output."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--ms", type=float, default=0.0)
    uvloop.run(_serve(parser.parse_args().ms / 1000))


if __name__ == "__main__":
    main()
