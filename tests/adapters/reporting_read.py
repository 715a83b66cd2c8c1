"""What a local system brings, read by the adapter alone, and what it brought before."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson
import structlog
from lgsp.adapters.reporting import Config, Reporting

from lgsp.adapter import Found, Tools
from lgsp.errors import Rejected
from lgsp.message import VIETNAM, Message, Raw
from lgsp.testing.adapter import NobodyThere


class Journal:
    """What a system brought, newest by code."""

    def __init__(self) -> None:
        self.held: dict[str, Message] = {}

    async def find(self, type_: str, partitionkey: str) -> Found | None:
        """Return the newest."""
        held = self.held.get(partitionkey)
        return Found(uuid4(), type_, held.subject, 1, held.data, ()) if held else None


def adapter(journal: Journal | None = None, agency: str = "") -> Reporting:
    """Return the adapter of a local system."""
    log: Any = structlog.get_logger()
    tools = Tools(NobodyThere(), lambda: datetime.now(VIETNAM), log, find=(journal or Journal()).find)
    return Reporting(Config(agency=agency), tools)


async def read(item: Any, journal: Journal | None = None, agency: str = "") -> Message:
    """Return the one report of a body; a journal remembers it."""
    body = item if isinstance(item, bytes) else orjson.dumps(item)
    (one,) = await adapter(journal, agency).read(Raw.of(body))
    assert isinstance(one, Message), one
    if journal is not None:
        journal.held[one.partitionkey] = one
    return one


async def problems(item: Any, agency: str = "") -> list[tuple[str, str]]:
    """Return what is wrong with a body of one report."""
    body = item if isinstance(item, bytes) else orjson.dumps(item)
    try:
        (told,) = await adapter(agency=agency).read(Raw.of(body))
    except Rejected as reason:
        told = reason
    assert isinstance(told, Rejected)
    return [(one.place, one.code) for one in told.problems]


def found(message: Message) -> list[tuple[str, str]]:
    """Return what was found odd."""
    return [(one.code, one.place) for one in message.findings]
