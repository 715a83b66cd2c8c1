"""What the pictures of the search show: traffic of two kinds, some of it refused, one turned away at the door."""

from __future__ import annotations

import asyncio

from tests.api.province import BRING, dossier
from tests.console.stage import Stage

VIEWS = {
    "messages": "/console/messages",
    "messages-code": "/console/messages?q=000.00.11.H44-260131-7002",
    "messages-refused": "/console/messages?state=dead&system=national-portal&from=2026-01-01",
    "messages-none": "/console/messages?q=15/UBND-VP",
    "messages-wrong": "/console/messages?state=lost",
}


def prepare(stage: Stage) -> None:
    """Let two dossiers be refused, and one be turned away before it is told rightly."""
    stage.portal.trouble(b'{"dialects": ["number"], "refuse_fields": {"MaHoSo": {"contains": "-7"}}}')
    bad = dossier("H44.11-260131-7002", received_at="31/01/2026")
    stage.run(stage.province.one_stop.post(BRING, bad))
    stage.bring(dossier("H44.11-260131-7001"), dossier("H44.11-260131-7002"))
    stage.run(_refused(stage))
    stage.portal.trouble(b'{"dialects": ["number"]}')


async def _refused(stage: Stage) -> None:
    """Wait for both, for a while: pages of other screens may have stopped the portal."""
    for _ in range(600):
        found = await stage.province.operator.get("/v1/messages", "state=refused&q=H44.11")
        if sum("-700" in one["subject"] for one in found.json()["messages"]) == len(("7001", "7002")):
            return
        await asyncio.sleep(0.05)
