"""The canonical administrative procedure, `procedure.v1`, and the online service made of it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict
from pydantic.config import JsonDict

from lgsp.canonical.catalogued import CATALOGUE, Body, closed_at
from lgsp.canonical.model import Canonical, Moment, rest, said
from lgsp.canonical.procedure_parts import (
    LegalBasis,
    Level,
    Method,
    NamedField,
    PaperCase,
    Publication,
    Recipient,
    RelatedProcedure,
    ResultKind,
    StepCase,
)

_TYPE: JsonDict = {
    "kind": "snapshot",
    "anchor": None,
    "subject": "/code",
    "form": "procedure-code",
    "agency": "/publication/agency",
    "time": ["/closed_at"],
    "watched": [],
    "catalogue": {**CATALOGUE, "more": ["/fields/0/code", "/fields/0/name"]},
}
_SERVICE: JsonDict = {
    **_TYPE,
    "form": "verbatim",
    "agency": None,
    "catalogue": CATALOGUE,
}
_EXAMPLE: JsonDict = {
    "code": "1.003897",
    "name": "Cấp giấy xác nhận",
    "state": "published",
    "publication": {"agency": "H44.11"},
    "fields": [{"code": "G15-TP110", "name": "Chứng thực"}],
    "levels": [{"level": "commune"}],
    "methods": [
        {
            "channel": "online",
            "times": [
                {"duration": "5", "unit": "Ngày làm việc", "fees": [{"code": "LP01", "amount": 50000}]}
            ],
        }
    ],
    "papers": [{"papers": [{"code": "000.00.00.G15-KQ0001", "name": "Đơn đề nghị", "originals": 1}]}],
    "results": [{"code": "KQ.G15.000001", "name": "Giấy xác nhận"}],
}


class Procedure(Canonical):
    """A procedure as it is published. Source: `LayThuTuc` of the National Public Service Portal."""

    model_config = ConfigDict(
        title="Thủ tục hành chính trong danh mục",
        json_schema_extra={"$id": "procedure.v1", "x-lgsp": _TYPE, "examples": [_EXAMPLE]},
    )

    code: str = said(
        "Mã thủ tục",
        "Procedure code as written, national or with its issuer.",
        "`MATTHC`",
        required=True,
        json_format="procedure-code",
    )
    name: str | None = said("Tên thủ tục", "Name.", "`TENTTHC`")
    state: Literal["published", "unpublished", "closed"] = said(
        "Tình trạng",
        "Published; or listed with a record that says something else, which stands in `extra`; or closed, "
        "because the list has it no more.",
        "`TRANGTHAI`, of which 1 is known to be published; missing from a whole list",
        required=True,
    )
    closed_at: Moment | None = closed_at()
    portal_id: str | None = said("Mã nội bộ của Cổng", "The portal's internal id.", "`ID`")
    kind: str | None = said("Loại thủ tục", "Code as written; the list is not public.", "`LOAITTHC`")
    publication: Publication | None = said(
        "Công bố", "Who published it, and by which decision.", "`MACOQUANCONGBO`, `QUYETDINH`"
    )
    fields: list[NamedField] | None = said(
        "Lĩnh vực", "Its fields; the first is a dossier's field.", "`LINHVUCTHUCHIEN`"
    )
    levels: list[Level] | None = said("Cấp thực hiện", "Levels at which it is carried out.", "`CAPTHUCHIEN`")
    description: str | None = said("Mô tả", "Free text.", "`MOTA`")
    requirements: str | None = said("Yêu cầu, điều kiện", "What has to be fulfilled.", "`YEUCAU`")
    keywords: str | None = said("Từ khóa", "Words to find it by.", "`TUKHOA`")
    reception_address: str | None = said("Địa chỉ tiếp nhận", "Where it is handed in.", "`DIACHITIEPNHAN`")
    applicants: str | None = said("Mô tả đối tượng", "Who may apply, in words.", "`MOTADOITUONGTHUCHIEN`")
    executed_by: str | None = said(
        "Mô tả cơ quan thực hiện", "Who carries it out, in words.", "`MOTACOQUANTHUCHIEN`"
    )
    decided_by: str | None = said(
        "Mô tả cơ quan có thẩm quyền", "Who decides, in words.", "`MOTACOQUANTHAMQUYEN`"
    )
    steps: list[StepCase] | None = said("Trình tự thực hiện", "The steps, by case.", "`TRINHTUTHUCHIEN`")
    methods: list[Method] | None = said(
        "Cách thức thực hiện", "Channels with their times and fees.", "`CACHTHUCTHUCHIEN`"
    )
    recipients: list[Recipient] | None = said("Đối tượng", "Who may apply.", "`DOITUONGTHUCHIEN`")
    papers: list[PaperCase] | None = said(
        "Thành phần hồ sơ", "The papers to hand in, by case.", "`THANHPHANHOSO`"
    )
    results: list[ResultKind] | None = said("Kết quả", "The papers it ends in.", "`KETQUATHUCHIEN`")
    legal_bases: list[LegalBasis] | None = said("Căn cứ pháp lý", "The legal acts.", "`CANCUPHAPLY`")
    executing: list[Body] | None = said("Cơ quan thực hiện", "Who carries it out.", "`COQUANTHUCHIEN`")
    deciding: list[Body] | None = said("Cơ quan có thẩm quyền", "Who decides.", "`COQUANCOTHAMQUYEN`")
    authorised: list[Body] | None = said("Cơ quan được ủy quyền", "Who may decide.", "`COQUANDUOCUYQUYEN`")
    coordinating: list[Body] | None = said("Cơ quan phối hợp", "Who takes part.", "`COQUANPHOIHOP`")
    related: list[RelatedProcedure] | None = said("Thủ tục liên quan", "Related ones.", "`TTHCLIENQUAN`")
    interlinked: list[RelatedProcedure] | None = said(
        "Thủ tục liên thông", "Procedures handled together with it.", "`TTHCLIENTHONG`"
    )
    extra: dict[str, Any] | None = rest()


class ProcedureService(Canonical):
    """An online service made of a procedure. Source: `LayDVC` of the National Public Service Portal."""

    model_config = ConfigDict(
        title="Dịch vụ công trực tuyến",
        json_schema_extra={
            "$id": "procedure.service.v1",
            "x-lgsp": _SERVICE,
            "examples": [{"code": "1.003897.01", "name": "Cấp giấy xác nhận", "state": "published"}],
        },
    )

    code: str = said("Mã dịch vụ công", "Code: the procedure's and a number.", "`MADVC`", required=True)
    name: str | None = said("Tên dịch vụ công", "Name.", "`TENDVC`")
    procedure: RelatedProcedure | None = said("Thủ tục", "Of which procedure.", "`MATTHC`, `TENTTHC`")
    publisher: str | None = said("Cơ quan ban hành", "Name of who issued it.", "`TENCOQUANBANHANH`")
    field: str | None = said("Lĩnh vực", "Name of its field.", "`TENLINHVUC`")
    applied: list[Any] | None = said(
        "Nơi áp dụng",
        "As written: what stands in it is not public.",
        "`APDUNGDVC`",
        personal="unknown",
    )
    state: Literal["published", "closed"] = said(
        "Tình trạng", "Whether the list has it.", "being listed, or missing from a whole list", required=True
    )
    closed_at: Moment | None = closed_at()
    extra: dict[str, Any] | None = rest()
