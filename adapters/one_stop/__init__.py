"""One-stop systems that speak the national portal's synchronisation protocol, bare or wrapped."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from fastapi import APIRouter
from pydantic import Field

from lgsp import adapter
from lgsp.adapter import Holding, Inbox, Listing
from lgsp.errors import Rejected
from lgsp.message import Message, Raw

from . import catalogue, mapping, questions, reading
from .facade import Facade
from .holdings import ListConfig, holdings

_FILE_LIMIT = 1_000_000


class Config(adapter.Config):
    """Settings of a one-stop system."""

    max_items: int = Field(
        default=1000,
        ge=1,
        le=10_000,
        description="How many dossiers or progress entries one request may bring.",
    )
    listing: ListConfig | None = Field(
        None, description="Where it lists its dossiers, for reconciliation; none: it is not asked."
    )


class OneStop(adapter.Adapter):
    """A local one-stop system. It calls us: it is read and answered, and picks up what is meant for it."""

    Config = Config
    brings = frozenset({mapping.DOSSIER, mapping.PROGRESS, *questions.TYPES})
    takes = catalogue.TYPES
    collects = True

    async def read(self, raw: Raw) -> list[Message | Rejected]:
        """Read a file of dossiers or progress entries: a bare array, one object, or the wrapped form.

        Raises:
            Invalid: nothing of it can be read.
        """
        return reading.messages(reading.of_file(raw.read(), raw.attributes, _FILE_LIMIT))

    @property
    def lists(self) -> bool:
        """Whether the home says where this system lists its dossiers."""
        return self.config.listing is not None

    def holdings(self, wanted: Listing) -> AsyncIterator[Sequence[Holding]]:
        """Ask the system for the dossiers that it has; see `holdings`."""
        return holdings(self.tools.http, self.config.listing, wanted)

    def router(self, inbox: Inbox) -> APIRouter:
        """Return the façade under which the system posts as it always did."""
        return Facade(inbox, self.config.max_items).router()
