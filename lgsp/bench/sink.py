"""A portal that only says yes, as cheaply as HTTP allows: a measurement's far side, a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import cast

import uvloop

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
_YES = '{"error_code":"0","message":"Đồng bộ hồ sơ thành công"}'.encode()
_LOGIN = b'{"session":"bench","error_code":0,"message":"OK"}'


class Sink(asyncio.Protocol):
    """One connection. Requests are counted by the class that `counted` makes."""

    taken = 0
    delay = 0.0

    def __init__(self) -> None:
        self._left = b""
        self._out: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go."""
        self._out = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer every whole request in what came."""
        self._left += data
        while (cut := self._whole()) is not None:
            request, self._left = self._left[:cut], self._left[cut:]
            self._answer(request)

    def _whole(self) -> int | None:
        head = self._left.find(b"\r\n\r\n")
        if head < 0:
            return None
        at = self._left.lower().find(b"content-length:", 0, head)
        length = int(self._left[at + 15 : self._left.find(b"\r\n", at)]) if at >= 0 else 0
        return head + 4 + length if len(self._left) >= head + 4 + length else None

    def _answer(self, request: bytes) -> None:
        line = request[: request.find(b"\r\n")]
        if b"/_taken" in line:
            body = str(type(self).taken).encode()
        elif b"mapi/login" in line:
            body = _LOGIN
        else:
            type(self).taken += 1
            body = _YES
            if self.delay:
                asyncio.get_running_loop().call_later(self.delay, self._write, body)
                return
        self._write(body)

    def _write(self, body: bytes) -> None:
        if self._out is not None and not self._out.is_closing():
            self._out.write(_HEAD % len(body) + body)


async def _serve(delay: float) -> None:
    sink = type("CountingSink", (Sink,), {"taken": 0, "delay": delay})
    server = await asyncio.get_running_loop().create_server(sink, "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


def main() -> None:
    """Serve until ended; the port is the first line on standard output."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--ms", type=float, default=0.0)
    uvloop.run(_serve(parser.parse_args().ms / 1000))


if __name__ == "__main__":
    main()
