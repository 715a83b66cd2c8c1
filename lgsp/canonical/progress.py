"""The canonical progress entry, `dossier.progress.v1`: one step in a dossier's handling."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict
from pydantic.config import JsonDict

from lgsp.canonical.dossier import StatusWord
from lgsp.canonical.model import Canonical, Moment, rest, said

_EXAMPLE: JsonDict = {
    "code": "H44.11-260115-0001",
    "status": "processing",
    "handled_at": "2026-01-16T09:00:00+07:00",
    "officer": {"name": "Trần Thị B", "title": "Chuyên viên", "department": "Phòng Nghiệp vụ"},
    "content": "Thẩm định hồ sơ",
    "step_due_at": "2026-01-20T17:00:00+07:00",
}

_TYPE: JsonDict = {
    "kind": "event",
    "anchor": "dossier.v1",
    "subject": "/code",
    "form": "dossier-code",
    "agency": "/code",
    "time": ["/handled_at"],
    "watched": [],
}


class Officer(Canonical):
    """Who handled the step."""

    model_config = ConfigDict(title="Người xử lý")

    name: str | None = said(
        "Người xử lý",
        "Name.",
        "`NguoiXuLy`, which the portal refuses beyond 50 characters",
        personal="official",
        max_length=50,
    )
    title: str | None = said("Chức danh", "Title.", "`ChucDanh`", personal="official")
    department: str | None = said("Phòng ban xử lý", "Department.", "`PhongBanXuLy`")


class DossierProgress(Canonical):
    """A step in a dossier's handling. Source: `CapNhatTienDoHoSoMC` of the National Public Service Portal."""

    model_config = ConfigDict(
        title="Tiến độ xử lý hồ sơ",
        json_schema_extra={"$id": "dossier.progress.v1", "x-lgsp": _TYPE, "examples": [_EXAMPLE]},
    )

    code: str = said(
        "Mã hồ sơ", "Dossier code as written.", "`MaHoSo`", required=True, json_format="dossier-code"
    )
    status: StatusWord = said("Trạng thái", "Status after the step.", "`TrangThai` 1-10", required=True)
    handled_at: Moment = said("Thời điểm xử lý", "When it was handled.", "`ThoiDiemXuLy`", required=True)
    officer: Officer | None = said("Người xử lý", "Who handled it.", "`NguoiXuLy` and beside it")
    content: str | None = said("Nội dung xử lý", "What was done.", "`NoiDungXuLy`", personal="content")
    started_at: Moment | None = said("Ngày bắt đầu", "When the step began.", "`NgayBatDau`")
    step_due_at: Moment | None = said(
        "Ngày kết thúc theo quy định", "When the step was due.", "`NgayKetThucTheoQuyDinh`"
    )
    extra: dict[str, Any] | None = rest()
