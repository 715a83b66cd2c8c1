"""Putting the adapter of the national portal in front of the stand-in portal."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import structlog
from lgsp.adapters.national_portal import NationalPortal
from lgsp.adapters.one_stop import mapping as one_stop

from lgsp.adapter import Tools
from lgsp.folder import Folder
from lgsp.message import VIETNAM, Message
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.portal import Portal
from lgsp.sandbox.traffic import Step, Traffic
from lgsp.serving import running
from lgsp.wire.http import Http

READ = {"dossier": one_stop.dossier, "progress": one_stop.progress}


@asynccontextmanager
async def speaking(portal: Portal, **config: Any) -> AsyncIterator[NationalPortal]:
    """An adapter in front of the stand-in, on a port of its own."""
    now = config.pop("now", lambda: datetime.now(VIETNAM))
    async with running(Sandbox(national_portal=portal)) as port:
        said = {"url": f"http://127.0.0.1:{port}/national-portal", "username": "lgsp", "password": "sandbox"}
        http = Http()
        settings = NationalPortal.Config.model_validate({"agency": "H44", **said, **config})
        with TemporaryDirectory() as folder:
            tools = Tools(http, now, structlog.get_logger(), Folder(Path(folder)))
            adapter = NationalPortal(settings, tools)
            try:
                yield adapter
            finally:
                await adapter.close()
                await http.close()


def message(step: Step, *, there: bool | None = None, **changed: str) -> Message:
    """Return a step as the gateway would hand it to the adapter."""
    read = READ[step.kind](step.item | changed, "")
    assert isinstance(read, Message), read
    return dataclasses.replace(read, there=there)


def dossiers(n: int, seed: int = 0) -> list[Step]:
    """First snapshots of n dossiers."""
    firsts = (step for step in Traffic(seed) if step.kind == "dossier" and not step.is_update)
    return [next(firsts) for _ in range(n)]


def entry(code: str, **changed: str) -> Step:
    """Return a progress entry of a dossier."""
    step = next(step for step in Traffic() if step.kind == "progress")
    return Step("progress", code, step.item | {"MaHoSo": code} | changed)
