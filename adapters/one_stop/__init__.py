"""One-stop systems that speak the national portal's synchronisation protocol, bare or wrapped."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from lgsp import adapter
from lgsp.adapter import Inbox
from lgsp.errors import Rejected
from lgsp.message import Message, Raw

from . import mapping, reading
from .facade import Facade

_FILE_LIMIT = 1_000_000


class Config(adapter.Config):
    """Settings of a one-stop system."""

    max_items: int = Field(
        default=1000,
        ge=1,
        le=10_000,
        description="How many dossiers or progress entries one request may bring.",
    )


class OneStop(adapter.Adapter):
    """A local one-stop system. It calls us: it is read and answered, and nothing is sent to it."""

    Config = Config
    brings = frozenset({mapping.DOSSIER, mapping.PROGRESS})

    async def read(self, raw: Raw) -> list[Message | Rejected]:
        """Read a file of dossiers or progress entries: a bare array, one object, or the wrapped form.

        Raises:
            Invalid: nothing of it can be read.
        """
        return reading.messages(reading.of_file(raw.read(), raw.attributes, _FILE_LIMIT))

    def router(self, inbox: Inbox) -> APIRouter:
        """Return the façade under which the system posts as it always did."""
        return Facade(inbox, self.config.max_items).router()
