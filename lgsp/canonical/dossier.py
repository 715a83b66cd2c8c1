"""The canonical dossier, `dossier.v1`: a full snapshot each time."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict
from pydantic.config import JsonDict

from lgsp.canonical.model import Canonical, Moment, rest, said
from lgsp.canonical.parts import (
    Applicant,
    Database,
    OtherPaper,
    Paper,
    Payment,
    Procedure,
    ResultDelivery,
    ResultPaper,
    Supplement,
    Synchronisation,
)

StatusWord = Literal[
    "registered",
    "received",
    "not_accepted",
    "processing",
    "supplement_required",
    "payment_required",
    "withdrawn",
    "stopped",
    "finished",
    "returned",
]
"""The statuses of `lgsp.domain.dossier`, which says what each means."""

_EXAMPLE: JsonDict = {
    "code": "H44.11-260115-0001",
    "status": "processing",
    "procedure": {"code": "1.003897", "name": "Cấp giấy xác nhận", "field_code": "G15-TP110"},
    "channel": "online",
    "applicant": {"name": "Nguyễn Văn A", "kind": "citizen", "phone": "0900000000"},
    "subject": "Đề nghị cấp giấy xác nhận",
    "received_at": "2026-01-15T08:30:00+07:00",
    "due_at": "2026-01-22T17:00:00+07:00",
    "handling_unit": "Sở Tư pháp",
    "result_delivery": {"method": "direct"},
    "payment": {"online": "none", "fees": [{"name": "Lệ phí", "amount": 50000, "kind": "fee"}]},
    "papers": [{"name": "Đơn đề nghị", "url": "https://files.example.gov.vn/don.pdf", "digitised": True}],
}

_TYPE: JsonDict = {
    "kind": "snapshot",
    "anchor": None,
    "subject": "/code",
    "form": "dossier-code",
    "agency": "/code",
    "opened": "/received_at",
    "time": [
        "/result_delivery/returned_at",
        "/finished_at",
        "/declined_at",
        "/received_at",
        "/submitted_at",
    ],
    "watched": ["/status", "/received_at", "/due_at", "/finished_at", "/result_delivery/returned_at"],
    "retold": "dossier",
    "catalogued": "procedure",
    "links": "dossier",
    "checks": "dossier",
}


class Dossier(Canonical):
    """A dossier as it stands. Source: `DongBoHoSoMC` of the National Public Service Portal."""

    model_config = ConfigDict(
        title="Hồ sơ thủ tục hành chính",
        json_schema_extra={"$id": "dossier.v1", "x-lgsp": _TYPE, "examples": [_EXAMPLE]},
    )

    code: str = said(
        "Mã hồ sơ",
        "Dossier code as written, with the old or the new agency form.",
        "`MaHoSo`; Circular 01/2018/TT-VPCP",
        required=True,
        json_format="dossier-code",
    )
    status: StatusWord = said("Trạng thái hồ sơ", "Business status.", "`TrangThaiHoSo` 1-10", required=True)
    receipt_number: str | None = said("Số biên nhận", "Receipt number.", "`SoBienNhan`")
    procedure: Procedure | None = said("Thủ tục", "The procedure.", "`MaTTHC`, `MaLinhVuc`")
    channel: Literal["direct", "online", "post"] | None = said(
        "Kênh thực hiện", "How it was submitted.", "`KenhThucHien` 1-3; Decision 766/QD-TTg measure 3.3"
    )
    submitted_through: Literal["national_portal", "provincial_portal"] | None = said(
        "Nơi nộp hồ sơ",
        "On which portal it was submitted.",
        "`NoiNopHoSo` 2 is the provincial portal, 1 presumably the national one",
    )
    applicant: Applicant | None = said("Chủ hồ sơ", "Whose dossier it is.", "`ChuHoSo` and beside it")
    subject: str | None = said(
        "Trích yếu hồ sơ",
        "What it is about.",
        "`TrichYeuHoSo`, which the portal refuses beyond 1,000 characters",
        personal="content",
        max_length=1000,
    )
    other_information: str | None = said("Thông tin khác", "Free text.", "`ThongTinKhac`", personal="content")
    note: str | None = said(
        "Ghi chú",
        "Note.",
        "`GhiChu`, which the portal refuses beyond 2,000 characters",
        personal="content",
        max_length=2000,
    )
    submitted_at: Moment | None = said("Ngày nộp hồ sơ", "When it was submitted.", "`NgayNopHoSo`")
    received_at: Moment | None = said(
        "Ngày tiếp nhận", "When the agency took it; without it no measure counts it.", "`NgayTiepNhan`"
    )
    due_at: Moment | None = said("Ngày hẹn trả", "The promised date.", "`NgayHenTra`")
    finished_at: Moment | None = said("Ngày kết thúc xử lý", "When the handling ended.", "`NgayKetThucXuLy`")
    declined_at: Moment | None = said("Ngày từ chối", "When it was not accepted.", "`NgayTuChoi`")
    handling_unit: str | None = said("Đơn vị xử lý", "Name of the unit, not its code.", "`DonViXuLy`")
    result_delivery: ResultDelivery | None = said(
        "Trả kết quả", "How the result reaches the applicant.", "`HinhThuc`, `NgayTra`, `ThongTinTra`"
    )
    payment: Payment | None = said("Thanh toán", "Fees and payment.", "`DanhSachLePhi` and beside it")
    synchronisation: Synchronisation | None = said(
        "Đồng bộ", "What the source said of its place at the portal.", "`isUpdating`"
    )
    has_digitised_papers: bool | None = said(
        "Có thành phần số hóa",
        "Whether any component is digitised.",
        "`HoSoCoThanhPhanSoHoa`; Decision 766/QD-TTg measure 4.3",
    )
    databases: list[Database] | None = said(
        "Cơ sở dữ liệu đã kết nối", "Databases that were consulted.", "`DSKetNoiCSDL`"
    )
    papers: list[Paper] | None = said("Tài liệu nộp", "Submitted papers.", "`TaiLieuNop`")
    other_papers: list[OtherPaper] | None = said("Giấy tờ khác", "Other papers.", "`DanhSachTepDinhKemKhac`")
    supplements: list[Supplement] | None = said(
        "Yêu cầu bổ sung", "Requests to supplement.", "`DanhSachHoSoBoSung`"
    )
    results: list[ResultPaper] | None = said(
        "Giấy tờ kết quả", "Result papers.", "`DanhSachGiayToKetQua`; Decision 766/QD-TTg measures 4.1, 4.2"
    )
    extra: dict[str, Any] | None = rest()
