"""The canonical status of a report, `report.status.v1`: what the receiver of a version says of it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict
from pydantic.config import JsonDict

from lgsp.canonical.model import Canonical, Moment, rest, said

_EXAMPLE: JsonDict = {
    "code": "06a/H44.11/government/1:202403",
    "version": 1,
    "state": "returned",
    "reason": "Chỉ tiêu received: đề nghị đối chiếu với kỳ trước",
    "at": "2024-03-18T09:30:00+07:00",
    "agency": "H44.11",
    "receipt": "TN-000001",
}
_TYPE: JsonDict = {
    "kind": "event",
    "anchor": "report.v1",
    "subject": "/code",
    "form": "verbatim",
    "agency": "/agency",
    "time": ["/at"],
    "watched": [],
}
_KNOWN = "the package of statuses of QCVN 125:2021/BTTTT by its known meaning; its field table was not read"


class ReportStatus(Canonical):
    """One thing that a receiver says of one version of a report."""

    model_config = ConfigDict(
        title="Trạng thái báo cáo",
        json_schema_extra={"$id": "report.status.v1", "x-lgsp": _TYPE, "examples": [_EXAMPLE]},
    )

    code: str = said("Mã báo cáo", "Code of the report, as it was sent.", _KNOWN, required=True)
    version: int = said("Phiên bản", "Of which version it speaks.", "this platform", required=True, ge=1)
    state: Literal["arrived", "accepted", "returned"] = said(
        "Trạng thái",
        "It arrived; it was accepted; or a correction is asked for, which is a new version.",
        _KNOWN,
        required=True,
    )
    reason: str | None = said(
        "Lý do", "What is to be corrected, in the receiver's words.", _KNOWN, personal="content"
    )
    at: Moment | None = said("Thời điểm", "When the receiver said so.", _KNOWN)
    agency: str | None = said("Mã đơn vị báo cáo", "Whose report it is.", _KNOWN)
    receipt: str | None = said("Số tiếp nhận", "The receiver's own number of the version.", _KNOWN)
    extra: dict[str, Any] | None = rest()
