"""What the pictures of taking over show: routes in the shadow, what would have been told, and runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lgsp.journal import handovers, shadow_pages
from lgsp.journal.handovers import Order
from tests.api.province import PORTAL, dossier
from tests.console.stage import Stage

HERE = "/console/cut-over"
VIEWS = {
    "cut-over": HERE,
    "cut-over-shadow": f"{HERE}/shadow?system={PORTAL}",
    "cut-over-compare": f"{HERE}/compare?system={PORTAL}",
    "cut-over-adopt": f"{HERE}/adopt?system={PORTAL}",
    "cut-over-runs": f"{HERE}/runs",
    "cut-over-lines": f"{HERE}/lines?system={PORTAL}",
    "cut-over-start": f"{HERE}/start?what=cut-over&system={PORTAL}",
    "cut-over-query": f"{HERE}/start?what=query&system={PORTAL}",
}
REST = ("delivered", "refused", "exhausted", "superseded", "shadowed", "adopted")


def switch(stage: Stage, mode: str) -> None:
    """Let routes of dossiers be in the shadow, or live."""
    gateway = stage.province.platform.gateway
    routes = [
        route.model_copy(update={"mode": mode if route.type.startswith("dossier") else route.mode})
        for route in gateway.routes.routes
    ]
    gateway.routes = replace(gateway.routes, routes=routes)


def in_shadow(stage: Stage, *messages: dict[str, Any]) -> None:
    """Bring dossiers that the older connection sends, and see them drawn up."""
    switch(stage, "shadow")
    stage.bring(*messages)
    stage.run(stage.province.rest(*REST))


def ordered(stage: Stage, what: str, token: str, counts: dict[str, int] | None = None, act: str = "") -> int:
    """Order a run, give it what it counted, and stop or end it; return its number."""
    journal = stage.province.platform.gateway.journal
    wanted = {} if what == "cut-over" else {"type": "dossier.v1"}
    order = Order(token, what, PORTAL, "hoa.le", "Theo kế hoạch chuyển kết nối tháng 11", wanted, 1)

    async def write() -> int:
        run, _ = await journal.write(lambda tx: handovers.ask(tx, order))
        number = int(run["id"])
        if act:
            await journal.write(lambda tx: handovers.move(tx, number, act, "hoa.le", "chờ Cổng xác nhận"))
        if counts:
            await journal.write(
                lambda tx: handovers.advance(tx, handovers.find_row(tx, number) or {}, "1200", counts)
            )
        return number

    return stage.run(write())


def first_drawn(stage: Stage) -> int:
    """Return the number of the newest delivery that was drawn up."""
    journal = stage.province.platform.gateway.journal
    found = stage.run(journal.read(lambda tx: shadow_pages.listed(tx, PORTAL)))
    return int(found.deliveries[0]["id"])


def prepare(stage: Stage) -> dict[str, str]:
    """Bring what the older connection sends; return the pages that have numbers."""
    said = [dossier(f"H44.{11 + n % 3}-260205-{n:04d}") for n in range(1, 25)]
    in_shadow(stage, *said, *(dossier(f"H44.12-260205-9{n:03d}", procedure=None) for n in range(3)))
    adopted = ordered(stage, "codes", "a", {"adopted": 1180, "known": 12, "unreadable": 8}, "end")
    drawn = first_drawn(stage)
    switch(stage, "live")
    run = ordered(stage, "cut-over", "b", None, "pause")
    return {
        "cut-over-one": f"{HERE}/shadow/{PORTAL}/{drawn}",
        "cut-over-adopted": f"{HERE}/runs/{adopted}",
        "cut-over-run": f"{HERE}/runs/{run}",
        "cut-over-run-cancel": f"{HERE}/runs/{run}/cancel",
    }
