"""What the pictures of the screen of one message show: stuck, delivered, corrected, and what was said."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.api.province import dossier
from tests.console.calling import Caller
from tests.console.stage import Stage

WRONG = b'{"refuse_fields": {"DonViXuLy": {"contains": "(sai)"}}}'
FILE = "data:application/pdf;base64," + "JVBERi0xLjQK" * 600


def prepare(stage: Stage) -> dict[str, str]:
    """Bring one that is refused, one told twice, one that was put off, and one that was corrected."""
    stage.portal.trouble(WRONG)
    bad = [dossier(f"H44.11-260131-08{n:02d}", handling_unit="Sở Tư pháp (sai)") for n in (1, 2)]
    stuck, mended = stage.bring(*bad)
    first = stage.bring(dossier("H44.11-260131-0803"))[0]
    until(stage, "delivered", first)
    (newer,) = stage.bring(dossier("H44.11-260131-0803", status="processing", handling_unit="Sở Tài chính"))
    until(stage, "refused", stuck, mended)
    correct(stage, mended)
    until(stage, "delivered", newer)
    stage.run(stage.province.rest("delivered", "refused", "replaced"))  # else another one meets the trouble
    stage.portal.trouble(b'{"http_503": 1.0}')
    papers = [{"name": "Đơn đề nghị", "url": FILE}]
    (tried,) = stage.bring(dossier("H44.11-260131-0804", papers=papers, due_at="2026-12-01T17:00:00+07:00"))
    until(stage, "put off", tried)
    stage.portal.trouble(b"{}")
    until(stage, "delivered", tried)
    here = f"/console/messages/{stuck['id']}"
    number = way(stage, stuck)["id"]
    return {
        "message-stuck": here,
        "message-delivered": f"/console/messages/{newer['id']}",
        "message-tried": f"/console/messages/{tried['id']}",
        "message-file": f"/console/messages/{tried['id']}?tab=bodies",
        "message-corrected": f"/console/messages/{mended['id']}",
        "message-bodies": f"{here}?tab=bodies",
        "message-answer": f"{here}?tab=bodies&left=raw&right=answer",
        "message-fields": f"/console/messages/{newer['id']}?tab=fields",
        "message-edit": f"{here}/resend",
        "message-replay": f"{here}/deliveries/{number}/replay",
    }


def way(stage: Stage, receipt: dict[str, Any]) -> dict[str, Any]:
    """Return the one delivery of a message."""
    return stage.run(stage.province.delivery(receipt))


def until(stage: Stage, state: str, *receipts: dict[str, Any]) -> None:
    """Wait until messages stand in a state."""

    async def wait() -> None:
        async with asyncio.timeout(50):
            for receipt in receipts:
                while (await stage.province.delivery(receipt))["state"] != state:  # noqa: ASYNC110 - a journal
                    await asyncio.sleep(0.02)

    stage.run(wait())


def correct(stage: Stage, receipt: dict[str, Any]) -> str:
    """Correct a refused dossier as an operator of the API, and return the correction's id."""

    async def act() -> str:
        operator = stage.province.operator
        data = (await operator.get(f"/v1/messages/{receipt['id']}")).json()["data"] | {
            "handling_unit": "Sở Tư pháp"
        }
        said = {"data": data, "reason": "gõ nhầm đơn vị"}
        reply = await operator.post(f"/v1/messages/{receipt['id']}/resend", said)
        assert reply.status == 202, reply.body
        return str(reply.json()["id"])

    return stage.run(act())


WHY = {"purpose": "fault", "reason": "tìm nguyên nhân hồ sơ vướng", "minutes": "15"}
"""What an operator states to see personal data whole."""


def disclose(caller: Caller, receipt: dict[str, Any]) -> Caller:
    """Let a caller see a message whole, by the form of its page."""
    answer = caller.post(f"/console/messages/{receipt['id']}/disclose", WHY)
    assert answer.status == 303
    return caller
