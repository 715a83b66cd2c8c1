"""What the pictures of the screen of problems show: some of everything that gets stuck."""

from __future__ import annotations

import orjson

from lgsp.journal import replaying
from lgsp.journal.replaying import Order, Selection
from tests.api.province import PORTAL, dossier
from tests.console.stage import Stage

REFUSED = f"system={PORTAL}&cause=portal-field-refused&state=refused"
VIEWS = {
    "problems": "/console/problems",
    "problems-filtered-away": f"/console/problems?system={PORTAL}&state=parked",
    "problems-group": f"/console/problems/group?{REFUSED}",
    "problems-replay-start": f"/console/problems/replay?{REFUSED}",
    "problems-quarantine": "/console/problems/quarantine",
    "problems-answers": "/console/problems/answers",
    "problems-replays": "/console/problems/replays",
}
AT_REST = (
    "delivered",
    "refused",
    "exhausted",
    "expired",
    "held",
    "parked",
    "cancelled",
    "replaced",
    "superseded",
)
"""States in which nothing is on its way, whatever other screens brought."""
_CALM = b'{"dialects": ["number"]}'


def prepare(stage: Stage) -> dict[str, str]:
    """Bring what is refused, turned away and answered oddly; return the pages that have numbers."""
    stage.portal.trouble(_CALM)
    stage.bring(dossier("H44.15-260201-9000"))
    stage.run(stage.province.rest(*AT_REST))
    answer = stage.run(unnamed(stage))
    refuse(stage, "260201-8")
    refused = [dossier(f"H44.{11 + n % 3}-260201-8{n:03d}") for n in range(23)]
    stage.bring(*refused, dossier("H44.15-260201-9001", procedure=None))
    stage.run(stage.province.rest(*AT_REST))
    away = stage.run(turned_away(stage))
    stage.portal.trouble(_CALM)
    number = stage.run(asked(stage))
    return {
        "problems-turned-away": f"/console/problems/quarantine/{away}",
        "problems-answer": f"/console/problems/answers/{answer}",
        "problems-replay": f"/console/problems/replays/{number}",
        "problems-replay-cancel": f"/console/problems/replays/{number}/cancel",
    }


def refuse(stage: Stage, part: str) -> None:
    """Let the portal refuse dossiers whose code holds a text."""
    rule = {"dialects": ["number"], "refuse_fields": {"MaHoSo": {"contains": part}}}
    stage.portal.trouble(orjson.dumps(rule))


async def unnamed(stage: Stage) -> int:
    """Let the portal answer with a page of HTML until a dossier is given up; return the answer's number."""
    stage.portal.trouble(orjson.dumps({"html": 1}))
    await stage.province.one_stop.bring(dossier("H44.12-260201-7001"))
    await stage.province.rest(*AT_REST)
    found = await stage.province.operator.get("/v1/causes/unnamed")
    return int(found.json()["unnamed"][0]["id"])


async def turned_away(stage: Stage) -> int:
    """Bring what does not fit its type, and what is no JSON; return the number of the first."""
    wrong = dossier("H44.11-260201-9100", status=None, subject=None)
    for said in (b"{not json", wrong):
        await stage.province.one_stop.post("/v1/systems/one-stop/messages", said)
    found = await stage.province.operator.get("/v1/quarantine")
    return int(found.json()["quarantine"][0]["id"])


async def asked(stage: Stage) -> int:
    """Start a bulk replay that is paused after a while, and return its number."""
    journal = stage.province.platform.gateway.journal
    selection = Selection(PORTAL, "portal-field-refused", agency="H44.12", states=["refused"])
    order = Order("a-picture", "hoa.le", "Cổng đã cập nhật danh mục cơ quan", 1)
    replay, _ = await journal.write(lambda tx: replaying.ask(tx, selection, order))
    await journal.write(lambda tx: replaying.move(tx, replay["id"], "pause", "hoa.le", "chờ Cổng xác nhận"))
    return int(replay["id"])
