"""Local systems that report: statistics and votes of one-stop systems, reports, and files of offices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter
from pydantic import Field

from lgsp import adapter
from lgsp.adapter import Inbox, Page, Tools
from lgsp.errors import Rejected, Unavailable
from lgsp.formats import sheets
from lgsp.message import Message, Raw

from . import bodies
from .drafts import REPORT, STATUS, Terms
from .dropping import FILES, DropConfig, dropped
from .facade import Facade
from .succession import Succession

_LARGE = 256 * 1024
"""Bytes above which a body is read beside everything else that waits."""


class Config(adapter.Config):
    """Settings of a local system that reports."""

    agency: str = Field(
        "",
        description="Whose report it is where a message names no agency; others than those under it are odd.",
    )
    drop: DropConfig | None = Field(
        None,
        description="A folder in which files of figures are dropped, for the job `files`; none: no such.",
    )


class Reporting(adapter.Adapter):
    """A local system that reports. It calls us, drops files, and picks up what receivers say of them."""

    Config = Config
    brings = frozenset({REPORT})
    takes = frozenset({STATUS})
    collects = True
    jobs = frozenset({FILES})
    optional: Mapping[str, str] = MappingProxyType({FILES: "drop"})

    def __init__(self, config: Any, tools: Tools) -> None:
        super().__init__(config, tools)
        self._terms = Terms(tools.definitions, config.agency)
        self._succession = Succession(tools.find, self._terms)

    async def read(self, raw: Raw) -> list[Message | Rejected]:
        """Read statistics, votes, reports as JSON or XML, or a file of figures, by what the body holds.

        Beside a file its `form`, `agency` and `period` may be said. A report that came before with other
        figures is its next version; with the same ones it is what it was.

        Raises:
            Invalid: nothing of it can be read.
        """
        body = sheets.uploaded(raw.read(), raw.content_type)
        if len(body) <= _LARGE and not bodies.is_file(body):
            drafts = bodies.drafts(body, raw.attributes, self._terms)
        else:
            drafts = await asyncio.to_thread(bodies.drafts, body, raw.attributes, self._terms)
        return await self._succession.messages(drafts)

    def fetch(self, job: str, cursor: Any) -> AsyncIterator[Page]:
        """Take the files that were dropped since, each as a page of its own; there is no cursor."""
        if job != FILES or self.config.drop is None:
            raise Unavailable("drop-folder-away", f"{job} {cursor!r}: drop is not set")
        return dropped(self.config.drop, self.read)

    def router(self, inbox: Inbox) -> APIRouter:
        """Return the door under which local systems bring reports."""
        return Facade(inbox, self.read, self._terms).router()
