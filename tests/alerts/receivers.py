"""Those who receive alerts: a small SMTP server and a webhook, both real, both on loopback."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import orjson

from lgsp.serving import running


@dataclass(slots=True)
class Mails:
    """An SMTP server that keeps what it is given.

    Attributes:
        taken: letters with their recipients.
        refuse: an answer it gives to `DATA` instead of taking it.
        logins: what clients said to log in.
    """

    port: int = 0
    taken: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    refuse: str = ""
    logins: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak to one client."""
        to: list[str] = []
        await self._say(writer, "220 here")
        try:
            while line := (await reader.readline()).decode().strip():
                verb = line.split(maxsplit=1)[0].upper()
                if verb == "QUIT":
                    await self._say(writer, "221 bye")
                    break
                await self._say(writer, await self._answer(verb, line, to, reader, writer))
        finally:
            writer.close()

    async def _answer(
        self,
        verb: str,
        line: str,
        to: list[str],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> str:
        if verb == "EHLO":
            return "250-here\r\n250-8BITMIME\r\n250 AUTH PLAIN"
        if verb == "AUTH":
            self.logins.append(line)
            return "235 welcome"
        if verb == "RCPT":
            to.append(line.partition("<")[2].partition(">")[0])
        if verb == "DATA":
            if self.refuse:
                return self.refuse
            await self._say(writer, "354 go on")
            body = (await reader.readuntil(b"\r\n.\r\n")).removesuffix(b".\r\n")
            letter = email.message_from_bytes(body.replace(b"\r\n..", b"\r\n."), policy=email.policy.default)
            self.taken.append((list(to), letter))
        return "250 ok"

    @staticmethod
    async def _say(writer: asyncio.StreamWriter, text: str) -> None:
        writer.write(f"{text}\r\n".encode())
        await writer.drain()

    def text(self, place: int = -1) -> str:
        """Return the text of a letter."""
        return str(self.taken[place][1].get_content())

    def subjects(self) -> list[str]:
        """Return the subjects in the order of their coming."""
        return [str(letter["Subject"]) for _, letter in self.taken]


@asynccontextmanager
async def mails() -> AsyncIterator[Mails]:
    """Serve SMTP while inside."""
    here = Mails()
    server = await asyncio.start_server(here.serve, "127.0.0.1", 0)
    here.port = server.sockets[0].getsockname()[1]
    async with server:
        yield here


@dataclass(slots=True)
class Hook:
    """A webhook that keeps what it is told.

    Attributes:
        calls: headers and bodies.
        answers: statuses it gives, in order, and then 204.
    """

    url: str = ""
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        body, more = b"", True
        while more:
            event = await receive()
            body, more = body + event.get("body", b""), event.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.calls.append((headers, body))
        status = self.answers.pop(0) if self.answers else 204
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def documents(self) -> list[Any]:
        """Return what was told, as JSON."""
        return [orjson.loads(body) for _, body in self.calls]


@asynccontextmanager
async def hook() -> AsyncIterator[Hook]:
    """Serve a webhook while inside."""
    here = Hook()
    async with running(here) as port:
        here.url = f"http://127.0.0.1:{port}/alerts?who=me"
        yield here
