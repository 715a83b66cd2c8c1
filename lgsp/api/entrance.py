"""What stands around a door: what is on record, access tokens, origins, and where the rejected are told."""

from __future__ import annotations

from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from lgsp.api.origins import Origins
from lgsp.credentials.certificates import Authorities
from lgsp.credentials.register import Credentials
from lgsp.errors import GatewayError
from lgsp.journal.contract import Journal
from lgsp.settings import Settings
from lgsp.tokens import Tokens


class Noting(Protocol):
    """Where attempts are told of that were turned away; it must neither wait nor flood."""

    def __call__(self, what: str, who: str, where: str, address: str, cause: str) -> None:
        """Take an attempt: what it was, in whose name, at which path, from where, and why it failed."""


def _unheard(what: str, who: str, where: str, address: str, cause: str) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Entrance:
    """What stands around a door.

    Attributes:
        credentials: what is on record; None where only the environment's tokens are known.
        tokens: of OAuth clients.
        origins: tells from where a request comes.
        noting: where it is told who was turned away.
    """

    credentials: Credentials | None = None
    tokens: Tokens | None = None
    origins: Origins = field(default_factory=Origins)
    noting: Noting = _unheard

    async def open(self) -> None:
        """Learn what is on record.

        Raises:
            JournalError: it cannot be read now.
        """
        if self.credentials is not None:
            await self.credentials.learn()

    def following(self) -> list[Coroutine[Any, Any, None]]:
        """Return what keeps it abreast of the journal, each until it is cancelled."""
        return [one.run() for one in (self.credentials, self.tokens) if one is not None]

    async def close(self) -> None:
        """Write down what was used last, if the journal takes it."""
        if self.credentials is not None:
            with suppress(GatewayError):
                await self.credentials.note()


def entrance_of(settings: Settings, journal: Journal) -> Entrance:
    """Return what stands around the door of a process.

    Raises:
        ConfigError: the file of the authorities cannot be read.
    """
    register = Credentials(journal)
    authorities = Authorities.of(settings.client_authorities)
    origins = Origins(settings.proxies, settings.certificate_header, authorities)
    return Entrance(register, Tokens(journal, register, settings.issuer), origins)
