"""The parts a dossier is made of: owner, procedure, payment, papers, supplements, results."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict

from lgsp.canonical.model import Canonical, Moment, rest, said


class Procedure(Canonical):
    """The administrative procedure, as the catalogue names it."""

    model_config = ConfigDict(title="Thủ tục hành chính")

    code: str | None = said(
        "Mã thủ tục", "Procedure code as written, national or with its issuer.", "`MaTTHC`"
    )
    name: str | None = said("Tên thủ tục", "Name of the procedure.", "`TenTTHC`")
    field_code: str | None = said("Mã lĩnh vực", "Code of the procedure's field.", "`MaLinhVuc`")
    field_name: str | None = said("Tên lĩnh vực", "Name of the procedure's field.", "`TenLinhVuc`")


class Identity(Canonical):
    """One identity paper of the owner."""

    model_config = ConfigDict(title="Định danh chủ hồ sơ")

    kind: Literal["personal_number", "old_identity_card"] | None = said(
        "Loại định danh",
        "Personal number (12 digits) or old identity card (9 digits).",
        "`DinhDanhCHS/LoaiDinhDanh` 1, 2",
    )
    number: str | None = said(
        "Số định danh", "The number as written.", "`DinhDanhCHS/SoDinhDanh`", personal="identity"
    )
    extra: dict[str, Any] | None = rest()


class Applicant(Canonical):
    """Whose dossier it is."""

    model_config = ConfigDict(title="Chủ hồ sơ")

    name: str | None = said("Tên chủ hồ sơ", "Name of the citizen or body.", "`ChuHoSo`", personal="name")
    kind: Literal["citizen", "business", "state_body", "organisation"] | None = said(
        "Loại đối tượng", "What kind of applicant.", "`LoaiDoiTuong` 1-4"
    )
    portal_account: str | None = said(
        "Mã tài khoản Cổng DVCQG",
        "Technical id of the portal account; with it the citizen sees the dossier there.",
        "`MaDoiTuong`",
        personal="account",
    )
    identity_number: str | None = said(
        "Số giấy tờ chủ hồ sơ", "Identity number as written.", "`SoGiayToChuHoSo`", personal="identity"
    )
    identities: list[Identity] | None = said("Định danh", "Identity papers, typed.", "`DinhDanhCHS`")
    email: str | None = said("Thư điện tử", "Mail address.", "`Email`", personal="contact")
    fax: str | None = said(
        "Fax", "Fax number; some systems repeat the phone here.", "`Fax`", personal="contact"
    )
    phone: str | None = said("Số điện thoại", "Phone number.", "`SoDienThoai`", personal="contact")
    verified_by_vneid: bool | None = said(
        "Tài khoản được xác thực với VNeID",
        "Whether the account was verified with VNeID.",
        "`TaiKhoanDuocXacThucVoiVNeID`",
    )


class Fee(Canonical):
    """One fee or charge."""

    model_config = ConfigDict(title="Phí, lệ phí")

    name: str | None = said("Tên phí, lệ phí", "Name.", "`DanhSachLePhi/TenPhiLePhi`")
    code: str | None = said("Mã phí, lệ phí", "Code; the list is not public.", "`MaPhiLePhi`")
    collection: str | None = said(
        "Hình thức thu", "When it is collected, code as written: its list differs by system.", "`HinhThucThu`"
    )
    amount: int | None = said("Giá", "Amount in dong.", "`Gia`")
    kind: Literal["fee", "charge"] | None = said(
        "Loại phí, lệ phí", "Fee (lệ phí) or charge (phí).", "`LoaiPhiLePhi` 1, 2"
    )
    extra: dict[str, Any] | None = rest()


class Payment(Canonical):
    """What is to be paid and how it was paid."""

    model_config = ConfigDict(title="Thanh toán")

    online: Literal["none", "national_portal", "own_gateway", "otherwise"] | None = said(
        "Thanh toán trực tuyến",
        "How it was paid online: not, on the national portal, on the province's gateway, or otherwise.",
        "`DuocThanhToanTrucTuyen` 0-3; Decision 766/QD-TTg measure 3.6",
    )
    fees: list[Fee] | None = said("Danh sách phí, lệ phí", "The fees and charges.", "`DanhSachLePhi`")


class ResultDelivery(Canonical):
    """How the result reaches the applicant."""

    model_config = ConfigDict(title="Trả kết quả")

    method: Literal["direct", "post"] | None = said(
        "Hình thức trả kết quả", "At the counter or by post.", "`HinhThuc` 0, 1"
    )
    returned_at: Moment | None = said("Ngày trả kết quả", "When it was handed over.", "`NgayTra`")
    information: str | None = said(
        "Thông tin trả kết quả", "Free text on the handing over.", "`ThongTinTra`", personal="content"
    )


class Synchronisation(Canonical):
    """What the source said of this dossier's place at the portal."""

    model_config = ConfigDict(title="Đồng bộ")

    announced_as: Literal["create", "update"] | None = said(
        "Loại đồng bộ", "Whether the source sent it as new or as a change.", "`isUpdating`"
    )


class Paper(Canonical):
    """A submitted paper. Files never travel inside: the receiver fetches them from the address."""

    model_config = ConfigDict(title="Tài liệu nộp")

    id: str | None = said("Mã tệp", "The source's id of the file.", "`TaiLieuNop/TepDinhKemId`")
    name: str | None = said(
        "Tên tệp", "Name of the file or paper.", "`TenTepDinhKem`", personal="document", max_length=4000
    )
    deleted: bool | None = said("Đã xóa", "Whether it was withdrawn.", "`IsDeleted`")
    component: str | None = said(
        "Mã thành phần hồ sơ", "Which component of the procedure it is.", "`MaThanhPhanHoSo`"
    )
    url: str | None = said(
        "Đường dẫn", "Where the file is fetched without login.", "`DuongDanTaiTepTin`", personal="document"
    )
    digitised: bool | None = said("Được số hóa", "Whether it was digitised.", "`DuocSoHoa`")
    reused: Literal["no", "component", "result"] | None = said(
        "Được tái sử dụng",
        "Whether a known component or an earlier result was used again.",
        "`DuocTaiSuDung` 0-2",
    )
    from_national_store: bool | None = said(
        "Lấy từ kho dữ liệu quốc gia",
        "Whether it came from the citizen's national document store.",
        "`DuocLayTuKhoDMQG`",
    )
    replacement_result: str | None = said(
        "Mã kết quả thay thế", "Code of the result that stands in for it.", "`MaKetQuaThayThe`"
    )
    extra: dict[str, Any] | None = rest()


class OtherPaper(Canonical):
    """Another paper that came with the dossier."""

    model_config = ConfigDict(title="Giấy tờ đính kèm khác")

    name: str | None = said(
        "Tên giấy tờ",
        "Name.",
        "`DanhSachTepDinhKemKhac/TenGiayTo`",
        personal="document",
        max_length=2000,
    )
    quantity: int | None = said("Số lượng", "How many.", "`SoLuong`")
    kind: str | None = said("Loại giấy tờ", "Kind, code as written.", "`LoaiGiayTo`")
    extra: dict[str, Any] | None = rest()


class ResultPaper(Canonical):
    """A paper that is the procedure's result."""

    model_config = ConfigDict(title="Giấy tờ kết quả")

    name: str | None = said(
        "Tên giấy tờ", "Name.", "`DanhSachGiayToKetQua/TenGiayTo`", personal="document", max_length=2000
    )
    component: str | None = said("Mã thành phần", "Component code.", "`MaThanhPhanHoSo`")
    id: str | None = said("Mã giấy tờ", "The source's id.", "`GiayToId`")
    url: str | None = said(
        "Đường dẫn", "Where the result is fetched.", "`DuongDanTepTinKetQua`", personal="document"
    )
    code: str | None = said(
        "Mã giấy tờ kết quả", "Code of the result in the procedure's record.", "`MaGiayToKetQua`"
    )
    extra: dict[str, Any] | None = rest()


class Supplement(Canonical):
    """One request to supplement the dossier, with the due dates before and after it."""

    model_config = ConfigDict(title="Yêu cầu bổ sung")

    id: str | None = said("Mã yêu cầu", "The source's id.", "`DanhSachHoSoBoSung/HoSoBoSungId`")
    requested_by: str | None = said("Người yêu cầu", "Who asked.", "`NguoiYeuCauBoSung`", personal="official")
    request: str | None = said(
        "Nội dung yêu cầu", "What is asked for.", "`NoiDungBoSung`", personal="content"
    )
    requested_at: Moment | None = said("Ngày yêu cầu", "When it was asked.", "`NgayBoSung`")
    received_by: str | None = said(
        "Người tiếp nhận", "Who took the supplement.", "`NguoiTiepNhanBoSung`", personal="official"
    )
    receipt_information: str | None = said(
        "Thông tin tiếp nhận", "Free text on the receipt.", "`ThongTinTiepNhan`", personal="content"
    )
    received_at: Moment | None = said("Ngày tiếp nhận", "When it came.", "`NgayTiepNhanBoSung`")
    state: str | None = said("Trạng thái", "Code as written; the list is not public.", "`TrangThaiBoSung`")
    papers: list[Paper] | None = said(
        "Giấy tờ bổ sung", "The papers.", "`DanhSachGiayToBoSung`, whose rows are read as `TaiLieuNop`"
    )
    fees: list[Fee] | None = said("Phí, lệ phí bổ sung", "Further fees.", "`DanhSachLePhiBoSung`")
    due_before: Moment | None = said("Ngày hẹn trả trước", "Due date before.", "`NgayHenTraTruoc`")
    due_after: Moment | None = said("Ngày hẹn trả mới", "Due date after.", "`NgayHenTraMoi`")
    extra: dict[str, Any] | None = rest()


class Database(Canonical):
    """A database that was consulted."""

    model_config = ConfigDict(title="Cơ sở dữ liệu đã kết nối")

    code: str | None = said(
        "Mã cơ sở dữ liệu", "Code as written; the list is not public.", "`DSKetNoiCSDL/MaCSDL`"
    )
    extra: dict[str, Any] | None = rest()
