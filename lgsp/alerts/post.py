"""Posting letters: by e-mail and to webhooks. One target that fails holds up no other."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import time
from collections import deque
from collections.abc import Sequence
from typing import Protocol

import structlog

from lgsp.alerts.letter import Letter
from lgsp.errors import GatewayError, Unavailable
from lgsp.limits import Alerts, Target
from lgsp.routes import resolved
from lgsp.wire.http import Http
from lgsp.wire.mail import PostOffice

log = structlog.get_logger(__name__)
_PATIENCE = 10.0
_FAULT = 300
_OWED = 50
_PREFIX = "whsec_"


class Carrier(Protocol):
    """Brings a letter to one target."""

    name: str

    async def carry(self, letter: Letter) -> None:
        """Return when the letter was taken.

        Raises:
            GatewayError: it was not.
        """

    async def close(self) -> None:
        """Let go of what was opened."""


class Mailbox:
    """A target that is reached by e-mail."""

    def __init__(self, address: str, office: PostOffice) -> None:
        self.name = address
        self._office = office

    async def carry(self, letter: Letter) -> None:
        """See `Carrier.carry`."""
        await self._office.send([self.name], letter.subject, letter.text)

    async def close(self) -> None:
        """See `Carrier.close`."""


class Webhook:
    """A target that is reached by a signed POST, as Standard Webhooks has it (standardwebhooks.com).

    `webhook-signature` is `v1,` and the base64 of the HMAC-SHA256 of `id.timestamp.body`. A letter that comes
    twice has the same `webhook-id`.
    """

    def __init__(self, url: str, secret: str) -> None:
        self.name = url.split("?", maxsplit=1)[0]
        self._url = url
        self._key = _key(secret)
        self._http = Http(limit=2, timeout=_PATIENCE)

    async def carry(self, letter: Letter) -> None:
        """See `Carrier.carry`. A connection that fails is tried again for some seconds."""
        body, now = letter.body(), str(int(time.time()))
        headers = {
            "webhook-id": letter.id,
            "webhook-timestamp": now,
            "webhook-signature": signature(self._key, letter.id, now, body),
        }
        # it may be repeated: whoever gets a letter twice knows it by its id
        answer = await self._http.post(self._url, body, headers=headers, read=True)
        if answer.status >= _FAULT:
            raise Unavailable(f"http-{answer.status}")

    async def close(self) -> None:
        """See `Carrier.close`."""
        await self._http.close()


def signature(key: bytes, letter: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a body."""
    signed = f"{letter}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def _key(secret: str) -> bytes:
    """Return a secret's bytes; one that begins with `whsec_` goes on in base64."""
    if secret.startswith(_PREFIX):
        return base64.b64decode(secret.removeprefix(_PREFIX))
    return secret.encode()


class Post:
    """All targets of a home."""

    def __init__(self, carriers: Sequence[Carrier]) -> None:
        self._carriers = carriers
        self.targets = [one.name for one in carriers]
        self._owed: dict[str, deque[Letter]] = {one.name: deque(maxlen=_OWED) for one in carriers}

    async def post(self, letter: Letter) -> bool:
        """Bring a letter to every target; return whether anybody took it.

        If somebody did, those who did not are owed it, and get it with the next one that they take.
        """
        faults = await self.each(letter)
        if all(faults.values()):
            return False
        for name, fault in faults.items():
            if fault:
                self._owed[name].append(letter)
        return True

    async def pay(self) -> None:
        """Bring what is owed, in its order."""
        await asyncio.gather(*(self._pay(one) for one in self._carriers))

    async def each(self, letter: Letter) -> dict[str, str]:
        """Bring a letter to every target; return the faults by target, empty where it was taken."""
        faults = await asyncio.gather(*(_fault(one, letter) for one in self._carriers))
        return {one.name: fault for one, fault in zip(self._carriers, faults, strict=True)}

    async def _pay(self, carrier: Carrier) -> None:
        owed = self._owed[carrier.name]
        while owed and not await _fault(carrier, owed[0]):
            owed.popleft()

    async def close(self) -> None:
        """Let go."""
        await asyncio.gather(*(one.close() for one in self._carriers))


async def _fault(carrier: Carrier, letter: Letter) -> str:
    """Return why a letter was not taken; empty when it was."""
    try:
        await carrier.carry(letter)
    except GatewayError as fault:
        told = fault.cause if isinstance(fault, Unavailable) else str(fault)
    except Exception as fault:
        log.exception("telling an alert", target=carrier.name)
        told = type(fault).__name__
    else:
        return ""
    log.warning("alert not taken", target=carrier.name, letter=letter.id, cause=told)
    return told


def open_post(alerts: Alerts) -> Post:
    """Return the post of a home.

    Raises:
        ConfigError: a variable or a file that it names is not there.
    """
    office = _office(alerts)
    return Post([_carrier(target, office) for target in alerts.to])


def _office(alerts: Alerts) -> PostOffice | None:
    if alerts.smtp is None:
        return None
    said = resolved(alerts.smtp.model_dump())
    return PostOffice(**said)


def _carrier(target: Target, office: PostOffice | None) -> Carrier:
    said = resolved(target.model_dump())
    if office is not None and said["mail"]:
        return Mailbox(said["mail"], office)
    return Webhook(said["webhook"], said["secret"])
