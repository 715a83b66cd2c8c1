"""What the pictures of the audit journal show: what befell, a log that is whole, one that was altered."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from lgsp.api.audit import state_of
from tests.console.stage import Stage

HERE = "/console/audit"
LOG = f"{HERE}/log"


def standing(stage: Stage) -> dict[str, Any]:
    """Return how the log stands."""
    return stage.run(_read(stage))


async def _read(stage: Stage) -> dict[str, Any]:
    return await stage.province.platform.gateway.journal.read(state_of)


def until_sealed(stage: Stage) -> dict[str, Any]:
    """Wait until something is sealed and nothing waits; return how the log stands then."""
    for _ in range(600):
        found = standing(stage)
        if found["leaves"] and not found["unsealed"]["count"]:
            return found
        stage.run(asyncio.sleep(0.05))
    raise AssertionError(f"sealing did not catch up: {standing(stage)}")


def until_verified(stage: Stage) -> dict[str, Any]:
    """Wait until a verification has come to its end; return how it stands."""
    for _ in range(600):
        found = standing(stage)["verification"]
        if found and found["state"] != "running":
            return dict(found)
        stage.run(asyncio.sleep(0.05))
    raise AssertionError("verifying did not come to its end")


def alter(stage: Stage, number: int, who: str = "somebody") -> str:
    """Alter an entry as somebody with the database would; return who stood there."""

    def act(tx: Any) -> str:
        ((was,),) = tx.rows("SELECT who FROM entries WHERE id = ?", (number,))
        tx.run("UPDATE entries SET who = ? WHERE id = ?", [(who, number)])
        return str(was)

    async def ask() -> str:
        return await stage.province.platform.gateway.journal.write(act)

    return stage.run(ask())


def prepare(stage: Stage) -> Mapping[str, str]:
    """Alter an entry of a sealed journal, and have that found."""
    from lgsp.verifying import Verifying

    until_sealed(stage)
    alter(stage, 3)
    journal = stage.province.platform.gateway.journal
    verifying = Verifying(journal)

    async def begin() -> None:
        await verifying.begin("mai.tran")

    stage.run(begin())
    until_verified(stage)
    return {"audit": HERE, "audit-log": LOG, "audit-nothing": f"{HERE}?who=nobody-at-all"}
