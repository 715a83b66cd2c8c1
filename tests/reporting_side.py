"""Putting the adapter of the national reporting system in front of its stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import structlog
from lgsp.adapters.national_reporting import NationalReporting

from lgsp.adapter import Tools
from lgsp.message import VIETNAM, Message
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.reporting import Reporting
from lgsp.schemas import Types
from lgsp.serving import running
from lgsp.wire.http import Http

CODE = "06a/H44.11/government/1:202403"
TYPES = Types()
SUMS = {"online": 60, "direct": 40, "received": 100, "carried_over": 20, "total": 120}


@asynccontextmanager
async def speaking(stand: Reporting, **config: Any) -> AsyncIterator[NationalReporting]:
    """An adapter in front of the stand-in, on a port of its own."""
    now = config.pop("now", lambda: datetime.now(VIETNAM))
    async with running(Sandbox(national_reporting=stand)) as port:
        said = {
            "url": f"http://127.0.0.1:{port}/national-reporting/",
            "username": "lgsp",
            "password": "sandbox",
        }
        http = Http()
        settings = NationalReporting.Config.model_validate({**said, **config})
        adapter = NationalReporting(settings, Tools(http, now, structlog.get_logger()))
        try:
            yield adapter
        finally:
            await adapter.close()
            await http.close()


def body(version: int = 1, code: str = CODE, **figures: int) -> dict[str, Any]:
    """Return a report whose sums hold unless `figures` say otherwise."""
    return {
        "code": code,
        "version": version,
        **({"reason": "Bổ sung hồ sơ nhập muộn"} if version > 1 else {}),
        "regime": "KSTT",
        "form": "06a",
        "agency": {"code": "H44.11", "name": "Sở Thử nghiệm"},
        "period": {"scheme": "government/1", "kind": "month", "code": "202403"},
        "invariants": "form-06a/1",
        "figures": [{"indicator": name, "value": str(value)} for name, value in {**SUMS, **figures}.items()],
    }


def message(version: int = 1, code: str = CODE, **figures: int) -> Message:
    """Return a report as the gateway would hand it to the adapter."""
    return TYPES.message("report.v1", body(version, code, **figures))


async def statuses(adapter: NationalReporting, cursor: Any = None) -> tuple[list[tuple[int, str]], Any]:
    """Run the job from a cursor; return (version, state) of each status that it brings, and the new cursor."""
    found: list[tuple[int, str]] = []
    async for page in adapter.fetch("statuses", cursor):
        found += [(one.data["version"], one.data["state"]) for one in page.items if isinstance(one, Message)]
        cursor = page.cursor
    return found, cursor
