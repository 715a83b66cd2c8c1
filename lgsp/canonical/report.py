"""The canonical report, `report.v1`: one version of an agency's figures of one period."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, WithJsonSchema
from pydantic.config import JsonDict

from lgsp.canonical.catalogued import Body
from lgsp.canonical.model import Canonical, Moment, rest, said

Day = Annotated[date, WithJsonSchema({"type": "string", "format": "date"})]
Amount = Annotated[str, Field(pattern=r"^-?[0-9]{1,30}(\.[0-9]{1,12})?$")]
"""An exact number as text, with a point: `85.53`. A float would change it on its way."""

_EXAMPLE: JsonDict = {
    "code": "06a/H44.11/government/1:202403",
    "version": 2,
    "reason": "Bổ sung hồ sơ nhập muộn",
    "regime": "KSTT",
    "form": "06a",
    "agency": {"code": "H44.11", "name": "Sở Tư pháp"},
    "period": {
        "scheme": "government/1",
        "kind": "month",
        "code": "202403",
        "first": "2024-02-15",
        "last": "2024-03-14",
    },
    "known_at": "2024-03-15T00:00:00+07:00",
    "invariants": "form-06a/1",
    "status": "signed",
    "figures": [
        {"indicator": "received", "unit": "hồ sơ", "value": "499", "origin": "counted"},
        {"indicator": "received", "value": "12", "split": [{"breakdown": "level", "member": "commune"}]},
    ],
}
_TYPE: JsonDict = {
    "kind": "document",
    "anchor": None,
    "subject": "/code",
    "form": "verbatim",
    "identity": "report",
    "agency": "/agency/code",
    "time": ["/sent_at", "/signed_at", "/known_at"],
    "watched": [],
}
_QCVN = "QCVN 125:2021/BTTTT by its known meaning; its field tables were not read"


class ReportPeriod(Canonical):
    """The days that a report is of."""

    model_config = ConfigDict(title="Kỳ báo cáo")

    scheme: str = said("Cách chia kỳ", "Label of the scheme.", "Decree 09/2019/ND-CP", required=True)
    kind: Literal["month", "quarter", "six-months", "nine-months", "year"] | None = said(
        "Loại kỳ", "How long it is.", "Decree 09/2019/ND-CP"
    )
    code: str = said(
        "Mã kỳ", "YYYYMM, YYYYQ or YYYY; 6 and 9 months as `2024-6M`, `2024-9M`.", _QCVN, required=True
    )
    first: Day | None = said("Từ ngày", "The first day.", "the scheme")
    last: Day | None = said("Đến ngày", "The last day: the cut-off.", "the scheme")


class SplitBy(Canonical):
    """One breakdown of a figure, and the member that it is of."""

    model_config = ConfigDict(title="Phân tổ")

    breakdown: str = said("Mã phân tổ", "Code of the breakdown.", _QCVN, required=True)
    member: str = said("Giá trị phân tổ", "Code of the member.", _QCVN, required=True)


class ReportFigure(Canonical):
    """One value: of an indicator, an agency and a breakdown."""

    model_config = ConfigDict(title="Số liệu")

    indicator: str = said("Mã chỉ tiêu", "Code of the indicator.", _QCVN, required=True)
    name: str | None = said("Tên chỉ tiêu", "Name of the indicator.", _QCVN)
    unit: str | None = said("Đơn vị tính", "What it is counted in.", _QCVN)
    agency: str | None = said(
        "Mã đơn vị", "Code of the agency it is of, where that is not the reporting one.", _QCVN
    )
    split: list[SplitBy] | None = said("Phân tổ", "What part it is of; absent for the whole.", _QCVN)
    value: Amount | None = said(
        "Giá trị", "Exactly, as text; absent where it is not given, which is never 0.", _QCVN
    )
    origin: Literal["counted", "typed", "derived", "received"] | None = said(
        "Nguồn số liệu",
        "Counted from events, typed, derived by a formula, or received from another system.",
        "this platform",
    )
    extra: dict[str, Any] | None = rest()


class Report(Canonical):
    """One version of a report. Source: the packages of QCVN 125:2021/BTTTT by their known meaning."""

    model_config = ConfigDict(
        title="Báo cáo",
        json_schema_extra={"$id": "report.v1", "x-lgsp": _TYPE, "examples": [_EXAMPLE]},
    )

    code: str = said(
        "Mã báo cáo", "Names the report; all its versions have it.", "form, agency and period", required=True
    )
    version: int = said(
        "Phiên bản", "1, and one more for each correction.", "this platform", required=True, ge=1
    )
    reason: str | None = said("Lý do sửa", "Why it was corrected.", "this platform", personal="content")
    regime: str | None = said("Chế độ báo cáo", "Code of the regime.", _QCVN)
    form: str | None = said("Biểu mẫu", "Code of the form.", _QCVN)
    agency: Body | None = said("Đơn vị báo cáo", "Whose report it is.", _QCVN)
    period: ReportPeriod = said("Kỳ báo cáo", "Of which days.", _QCVN, required=True)
    known_at: Moment | None = said(
        "Thời điểm chốt số liệu", "The figures are as they were known then.", "this platform"
    )
    invariants: str | None = said(
        "Bộ quy tắc", "Label of the set of definitions that its figures go by.", "this platform"
    )
    status: Literal["draft", "signed", "sent", "arrived", "returned", "accepted", "replaced"] | None = said(
        "Trạng thái", "How far it has come.", "this platform; the states of QCVN 125:2021 were not read"
    )
    signed_at: Moment | None = said("Ngày ký", "When it was signed off.", "this platform")
    sent_at: Moment | None = said("Ngày gửi", "When it went, by whichever way.", "this platform")
    channel: Literal["system", "document", "other"] | None = said(
        "Kênh gửi", "By which way it went.", "Khanh Hoa Decision 2838"
    )
    entered_at: Moment | None = said(
        "Ngày nhập bổ sung", "When it was entered, where it had gone another way.", "Khanh Hoa Decision 2838"
    )
    figures: list[ReportFigure] = said("Số liệu", "The figures.", _QCVN, required=True)
    extra: dict[str, Any] | None = rest()
