"""What the pictures of the scoring preview show: some weeks of dossiers of several agencies, some of them late."""

from __future__ import annotations

import asyncio
from typing import Any

from lgsp.journal import dossiers as register
from tests.api.province import dossier
from tests.console.stage import Stage

MONTH = "month=2026-01"
VIEWS = {
    "scores": f"/console/scores?{MONTH}",
    "scores-agency": f"/console/scores?{MONTH}&agency=H44.11",
    "scores-year": "/console/scores?year=2025",
    "scores-measure": f"/console/scores/2.1?{MONTH}",
    "scores-measure-empty": f"/console/scores/1.4?{MONTH}&agency=H44.15",
}
_REST = ("delivered", "refused", "exhausted", "superseded")


def aged(agency: str, number: int, **changed: Any) -> dict[str, Any]:
    """Return a dossier of an agency that was received early in January, to be done by its middle."""
    times = {"received_at": "2026-01-05T08:30:00+07:00", "due_at": "2026-01-15T17:00:00+07:00"}
    return dossier(f"{agency}-260105-{number:04d}", **(times | changed))


def ended(agency: str, number: int, day: int) -> dict[str, Any]:
    """Return one that was finished on a day of January."""
    return aged(
        agency, number, status="finished", finished_at=f"2026-01-{day:02d}T10:00:00+07:00", channel="online"
    )


def brought(stage: Stage, *messages: dict[str, Any]) -> None:
    """Bring dossiers, and wait until they are delivered and registered."""
    stage.bring(*messages)
    stage.run(stage.province.rest(*_REST))
    stage.run(registered(stage))


async def registered(stage: Stage) -> None:
    """Wait until the register holds what was accepted by now."""
    journal = stage.province.platform.gateway.journal
    now = await journal.write(lambda tx: tx.now)
    async with asyncio.timeout(30):
        while await journal.read(register.behind) < now:  # noqa: ASYNC110 - it stands in the journal
            await asyncio.sleep(0.05)


def prepare(stage: Stage) -> None:
    """Bring what is on time, late, and not there."""
    stage.portal.trouble(b'{"dialects": ["number"], "refuse_fields": {"MaHoSo": {"contains": "H44.13"}}}')
    said = [ended(f"H44.{11 + n % 4}", n, 12 + n % 7) for n in range(1, 41)]
    brought(stage, *said, *(aged(f"H44.{11 + n % 3}", 100 + n) for n in range(9)))
    stage.portal.trouble(b'{"dialects": ["number"]}')
