"""Questions about a dossier at the civil status registry and their answers: how far is it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict
from pydantic.config import JsonDict

from lgsp.canonical.model import Canonical, rest, said

_QUERY: JsonDict = {"kind": "question", "answer": "civil-status.v1", "about": ["/dossier"]}
_STATUS: JsonDict = {"kind": "answer", "about": []}


class CivilStatusQuery(Canonical):
    """How far is this dossier? Source: `traTrangThaiHoSo` of the Ministry of Justice."""

    model_config = ConfigDict(
        title="Tra cứu trạng thái hồ sơ hộ tịch",
        json_schema_extra={
            "$id": "civil-status.query.v1",
            "x-lgsp": _QUERY,
            "examples": [{"agency": "1234", "dossier": "H44.11-260131-0001"}],
        },
    )

    agency: str = said(
        "Mã đơn vị tiếp nhận", "Number in the list of the Ministry of Justice.", "`maDonVi`", required=True,
        pattern=r"^\d{1,18}$",
    )  # fmt: skip
    dossier: str = said(
        "Số phiếu tiếp nhận", "Of the dossier in the one-stop system.", "`maHoSo`", required=True,
        min_length=1, max_length=100,
    )  # fmt: skip


class CivilStatus(Canonical):
    """How far a dossier is. Source: the answer of `traTrangThaiHoSo`."""

    model_config = ConfigDict(
        title="Trạng thái hồ sơ hộ tịch",
        json_schema_extra={
            "$id": "civil-status.v1",
            "x-lgsp": _STATUS,
            "examples": [{"status": "received"}],
        },
    )

    status: Literal["received", "needs-supplement", "eligible", "done"] = said(
        "Trạng thái", "1 received, 2 needs a supplement, 3 may be granted, 4 registered.", "`status`",
        required=True,
    )  # fmt: skip
    description: str | None = said(
        "Mô tả", "Its words; of a supplement, what is lacking.", "`statusDescription`", personal="content"
    )
    extra: dict[str, Any] | None = rest()
