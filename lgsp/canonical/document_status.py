"""The canonical status of a document, `document.status.v1`: what a receiver, or its sender, says of it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict
from pydantic.config import JsonDict

from lgsp.canonical.document_parts import Answered, Organisation, Staff
from lgsp.canonical.model import Canonical, Moment, rest, said

_EXAMPLE: JsonDict = {
    "key": "H44.11,2026/03/05,15/STP-VP",
    "code": "03",
    "status": "received",
    "sender": {"code": "H44.12", "name": "Sở Thử nghiệm"},
    "about": {
        "agency": "H44.11",
        "code": "15/STP-VP",
        "id": "H44.11,2026/03/05,15/STP-VP",
        "promulgated_on": "2026-03-05",
    },
    "staff": {"department": "Phòng Văn thư", "name": "Trần Thị B"},
    "description": "Đã vào sổ văn bản đến",
    "at": "2026-03-05T09:00:00+07:00",
}

_TYPE: JsonDict = {
    "kind": "event",
    "anchor": "document.v1",
    "subject": "/key",
    "form": "document-id",
    "agency": "/sender/code",
    "time": ["/at"],
    "watched": [],
    "recipients": "status",
    "alludes": "number",
}


class DocumentStatus(Canonical):
    """One status of a document. Source: the edXML status packet of the document axis."""

    model_config = ConfigDict(
        title="Trạng thái xử lý văn bản",
        json_schema_extra={"$id": "document.status.v1", "x-lgsp": _TYPE, "examples": [_EXAMPLE]},
    )

    key: str = said(
        "Khóa văn bản",
        "Whose line this belongs to: the id of the document it speaks of, or agency, day, number and"
        " notation where no id was given.",
        "`ResponseFor/DocumentId`",
        required=True,
        json_format="document-id",
    )
    code: str = said("Mã trạng thái", "Code as written.", "`StatusCode` 01-06, 13, 15, 16", required=True)
    status: (
        Literal[
            "arrived",
            "refused",
            "received",
            "assigned",
            "processing",
            "finished",
            "recall_asked",
            "change_agreed",
            "change_declined",
        ]
        | None
    ) = said(
        "Trạng thái",
        "What the code says; absent for a code that no list holds.",
        "`StatusCode` 01-06, 13, 15, 16",
    )
    sender: Organisation | None = said("Cơ quan gửi trạng thái", "Who says so.", "`From`")
    about: Answered | None = said(
        "Văn bản", "The document; its agency is whom the status is meant for.", "`ResponseFor`"
    )
    staff: Staff | None = said("Cán bộ xử lý", "The official who set it.", "`StaffInfo`")
    description: str | None = said(
        "Nội dung", "Reason or remark, in words.", "`Description`", personal="content"
    )
    at: Moment | None = said("Thời điểm", "When it was set.", "`Timestamp`")
    extra: dict[str, Any] | None = rest()
