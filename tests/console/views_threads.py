"""What the pictures of the screen of threads show: a dossier with a hard way behind it, and a recalled letter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import orjson

from lgsp.journal.contract import Arrival, Offer
from lgsp.message import VIETNAM, Raw
from lgsp.testing.letters import LETTER, letter, telling
from tests.api.province import ONE_STOP, PORTAL, dossier
from tests.console.stage import Stage
from tests.console.views_message import until

AXIS = "document-axis"
CODE = "H44.11-260214-0107"
CALM, AWAY = b'{"dialects": ["number"]}', b'{"http_503": 1, "dialects": ["number"]}'
RECEIVERS = ("H44.12", "H44.13", "H44.14")


def progress(code: str, status: str, at: datetime, content: str) -> dict[str, Any]:
    """Return a step in a dossier's handling as it is brought."""
    officer = {"name": "Trần Thị Bích", "title": "Chuyên viên", "department": "Phòng Hộ tịch"}
    data = {
        "code": code, "status": status, "handled_at": at.isoformat(), "officer": officer, "content": content,
    }  # fmt: skip
    return {"type": "dossier.progress.v1", "data": data}


def present() -> datetime:
    """Return the present to the second."""
    return datetime.now(VIETNAM).replace(microsecond=0)


def take(stage: Stage, *offers: Offer, source: str = ONE_STOP) -> None:
    """Take documents on as an adapter that brings them does."""
    raw = Raw.of(orjson.dumps([offer.message.data for offer in offers]))
    journal = stage.province.platform.gateway.journal

    async def accept() -> None:
        await journal.accept(Arrival(source, raw, offers))

    stage.run(accept())


def dossier_with_a_past(stage: Stage, code: str = CODE) -> None:
    """Bring a dossier three times, with steps between, while the portal is away for a while."""
    due = (present() + timedelta(days=2)).replace(hour=17, minute=0, second=0)
    (first,) = stage.bring(dossier(code, due_at=due.isoformat()))
    until(stage, "delivered", first)
    stage.portal.trouble(AWAY)
    second, _ = stage.bring(
        dossier(code, status="processing", due_at=due.isoformat()),
        progress(code, "processing", present() - timedelta(hours=3), "Thẩm định hồ sơ"),
    )
    until(stage, "put off", second)
    later = (due + timedelta(days=1)).isoformat()
    stage.bring(
        dossier(code, status="supplement_required", due_at=later),
        progress(code, "supplement_required", present() - timedelta(minutes=20), "Bổ sung bản sao giấy tờ"),
    )
    stage.portal.trouble(CALM)
    stage.run(stage.province.rest("delivered", "superseded"))


def letter_with_a_recall(stage: Stage) -> None:
    """Bring a letter to three receivers, their statuses, its recall, and letters that belong to it."""
    names = [{"code": code, "name": name} for code, name in zip(
        RECEIVERS, ("Sở Tài chính", "Sở Xây dựng", "Sở Y tế"), strict=True)]  # fmt: skip
    whole = {
        "receivers": RECEIVERS,
        "recipients": names,
        "subject": "V/v phối hợp rà soát thủ tục hành chính",
    }
    take(
        stage,
        letter(
            LETTER,
            (AXIS, []),
            urgency="urgent",
            due_on=(present() + timedelta(days=9)).date().isoformat(),
            **whole,
        ),
    )
    for code, by, minutes in (
        ("01", "H44.12", 50), ("03", "H44.12", 45), ("06", "H44.12", 5), ("01", "H44.13", 40), ("03", "H44.13", 30),
    ):  # fmt: skip
        told = telling(
            code, present() - timedelta(minutes=minutes), (AXIS, []), by=by, staff={"name": "Lê Văn Cường"}
        )
        take(stage, told, source=PORTAL)
    reason = {"reason": "Ban hành nhầm phụ lục"}
    take(stage, letter(LETTER, (AXIS, []), act="recall", business=reason, **whole))
    take(stage, telling("15", present(), (AXIS, []), by="H44.12"), source=PORTAL)
    old = "H37,2025/03/05,15/UBND-VP"
    take(stage, letter(old, (AXIS, []), promulgated_on="2025-03-05"))
    new = {"act": "replace", "business": {"replaces": [{"id": LETTER}]}, "number": "16"}
    take(stage, letter("H37,2026/03/09,16/UBND-VP", (AXIS, []), promulgated_on="2026-03-09", **new))


def thread(family: str, key: str, **more: str) -> str:
    """Return where a thread is."""
    return f"/console/threads/{family}?{urlencode({'key': key} | more)}"


def prepare(stage: Stage) -> Mapping[str, str]:
    """Bring both, and return their pages."""
    dossier_with_a_past(stage)
    letter_with_a_recall(stage)
    return {
        "threads": "/console/threads",
        "threads-near": "/console/threads?q=H44.11-260214-0170",
        "threads-dossier": thread("dossier", CODE),
        "threads-document": thread("document", LETTER),
        "threads-several": thread("document", "15/UBND-VP"),
    }
