"""What the pictures of the screen of systems show: one that runs, one that only brings, and what a pause says."""

from __future__ import annotations

import time

from lgsp.journal.contract import Transaction
from lgsp.journal.figures import CAME, DELIVERED, DIED, PUT_OFF, SLOT
from lgsp.journal.people import Role
from lgsp.journal.registers import figures
from lgsp.journal.rows import insert
from tests.console.calling import Caller
from tests.console.stage import Stage

VIEWS = {
    "systems": "/console/systems",
    "systems-one": "/console/systems/national-portal",
    "systems-source": "/console/systems/one-stop",
    "systems-pause": "/console/systems/national-portal/pause",
}


def prepare(stage: Stage) -> None:
    """Let six hours have gone by, with a bad one among them, and have the portal asked whether it is there."""
    journal = stage.province.platform.gateway.journal

    async def pass_by() -> None:
        await journal.write(_hours)

    stage.run(pass_by())
    operator = Caller(stage.url, stage.session("lan.nguyen", Role.OPERATOR))
    operator.post("/console/systems/national-portal/check", {})


def _hours(tx: Transaction) -> None:
    slot = time.time_ns() // 1000 // SLOT
    rows = []
    for back in range(1, 36):
        bad = 12 <= back <= 16
        counts = {
            DELIVERED: 40 if bad else 300 + 40 * (back % 5),
            PUT_OFF: 120 if bad else back % 3,
            DIED: 4 * bad,
        }
        rows += [(slot - back, kind, "", "national-portal", count) for kind, count in counts.items() if count]
        rows.append((slot - back, CAME, "one-stop", "", 310 + 30 * (back % 4)))
    tx.run(f"{insert(figures)} ON CONFLICT (slot, kind, source, system) DO NOTHING", rows)
