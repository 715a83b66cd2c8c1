"""What the pictures of the screen of routes show: a version by a person, a draft with faults, a sample."""

from __future__ import annotations

from lgsp.publishing import publish_draft
from tests.console.stage import Stage

VIEWS = {
    "routes": "/console/routes?version=1",
    "routes-now": "/console/routes",
    "routes-text": "/console/routes?version=1&view=text",
    "routes-versions": "/console/routes/versions",
    "routes-difference": "/console/routes/difference?from=1&to=2",
    "routes-draft": "/console/routes/draft",
    "routes-restore": "/console/routes/restore/1",
    "routes-try": "/console/routes/try",
    "routes-rehearsal": "/console/routes/rehearsal",
}


def prepare(stage: Stage) -> dict[str, str]:
    """Publish a version by a person, which keeps the two systems of the stage; add a message that is tried."""
    gateway = stage.province.platform.gateway
    text = small(gateway.routes.text, str(gateway.routes.systems["national-portal"].config["url"]))
    reason = "Tách tiến độ thành tuyến riêng theo công văn 12/STTTT"
    stage.run(publish_draft(gateway, text, 1, "hoa.le", reason))
    (receipt,) = stage.bring(
        {
            "type": "dossier.v1",
            "data": {
                "code": "H44.11-260131-0777",
                "status": "received",
                "procedure": {"code": "1.003897"},
                "applicant": {"name": "Nguyễn Văn A", "kind": "citizen"},
                "subject": "Đề nghị cấp giấy xác nhận",
                "received_at": "2026-01-31T08:30:00+07:00",
            },
        }
    )
    return {"routes-tried": f"/console/routes/try?message={receipt['id']}"}


def small(text: str, portal: str) -> str:
    """Return the packed routes without the systems of documents, which nobody plays on a stage."""
    head, _, rest = text.partition("  # It calls us at /systems/dms")
    routes = rest.partition("\nroutes:\n")[2].partition("  # agencies that a system here serves")[0]
    made = f"{head}\nroutes:\n{routes}"
    before, _, after = made.partition('      url: "')
    return f'{before}      url: "{portal}"{after[after.index(chr(10)) :]}'
