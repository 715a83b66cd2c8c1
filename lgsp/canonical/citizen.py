"""Questions about a citizen and their answers: who is this, and is this so."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict
from pydantic.config import JsonDict

from lgsp.canonical.model import Canonical, rest, said

_QUERY: JsonDict = {
    "kind": "question",
    "answer": "citizen.v1",
    "about": ["/identity_number", "/old_identity_number"],
}
_VERIFICATION: JsonDict = {**_QUERY, "answer": "citizen.verified.v1"}
_CITIZEN: JsonDict = {"kind": "answer", "about": ["/identity_number", "/old_identity_number"]}
_VERIFIED: JsonDict = {"kind": "answer", "about": []}
_DAY = r"^\d{4}-\d\d-\d\d$"
_YEAR = r"^\d{4}$"
_MONTH = r"^\d{4}-\d\d$"


class Birth(Canonical):
    """When somebody was born, as exactly as it is known."""

    model_config = ConfigDict(title="Ngày sinh")

    date: str | None = said(
        "Ngày sinh", "The day, yyyy-mm-dd.", "`NgayThangNam`", personal="content", pattern=_DAY
    )
    month: str | None = said(
        "Tháng sinh", "The month, yyyy-mm, where the day is not known.", "`NgayThangNam`", personal="content",
        pattern=_MONTH,
    )  # fmt: skip
    year: str | None = said("Năm sinh", "The year.", "`Nam`", personal="content", pattern=_YEAR)


class Place(Canonical):
    """A place by codes of administrative units, as written, and the rest of the address."""

    model_config = ConfigDict(title="Địa chỉ")

    province: str | None = said("Mã tỉnh, thành phố", "Code.", "`MaTinhThanh`", personal="contact")
    district: str | None = said("Mã quận, huyện", "Code.", "`MaQuanHuyen`", personal="contact")
    commune: str | None = said("Mã phường, xã", "Code.", "`MaPhuongXa`", personal="contact")
    detail: str | None = said("Chi tiết", "House, street, hamlet.", "`ChiTiet`", personal="contact")
    country: str | None = said("Quốc gia", "Code.", "`QuocGia`", personal="contact")


class Relative(Canonical):
    """A person beside the one who was asked about."""

    model_config = ConfigDict(title="Người liên quan")

    relation: str | None = said("Quan hệ", "Code as written.", "`QuanHe`", personal="content")
    name: str | None = said("Họ và tên", "Name.", "`HoVaTen`", personal="name")
    nationality: str | None = said("Quốc tịch", "Code.", "`QuocTich`", personal="content")
    identity_number: str | None = said("Số định danh", "12 digits.", "`SoDinhDanh`", personal="identity")
    old_identity_number: str | None = said("Số CMND", "9 digits.", "`SoCMND`", personal="identity")


class CitizenQuery(Canonical):
    """Who is this? Source: `TraCuuThongTinCongDan` of the national population database."""

    model_config = ConfigDict(
        title="Tra cứu thông tin công dân",
        json_schema_extra={
            "$id": "citizen.query.v1",
            "x-lgsp": _QUERY,
            "examples": [
                {"identity_number": "001099000001", "name": "Nguyễn Văn Mẫu", "birth": {"date": "1999-01-31"}}
            ],
        },
    )

    identity_number: str | None = said(
        "Số định danh cá nhân", "12 digits.", "`SoDinhDanh`", personal="identity", pattern=r"^\d{12}$"
    )
    old_identity_number: str | None = said(
        "Số CMND", "9 digits.", "`SoCMND`", personal="identity", pattern=r"^\d{9}$"
    )
    name: str = said(
        "Họ và tên", "As people write it; it is turned into what the service wants.", "`HoVaTen`",
        personal="name", required=True, min_length=1, max_length=200,
    )  # fmt: skip
    birth: Birth = said("Ngày sinh", "A day, or only a year.", "`NgayThangNamSinh`", required=True)
    procedure: str | None = said(
        "Mã dịch vụ công", "Code of the service for which it is asked.", "`MaDVC`", max_length=100
    )


class CitizenVerification(CitizenQuery):
    """Is this so? Source: `XacThucThongTinCongDan` of the national population database."""

    model_config = ConfigDict(
        title="Xác thực thông tin công dân",
        json_schema_extra={
            "$id": "citizen.verification.v1",
            "x-lgsp": _VERIFICATION,
            "examples": [
                {"identity_number": "001099000001", "name": "Nguyễn Văn Mẫu", "birth": {"date": "1999-01-31"}}
            ],
        },
    )


class Citizen(Canonical):
    """A citizen as the population database tells; codes stand as written. Source: `CongDan` of its answer."""

    model_config = ConfigDict(
        title="Thông tin công dân",
        json_schema_extra={
            "$id": "citizen.v1",
            "x-lgsp": _CITIZEN,
            "examples": [
                {"identity_number": "001099000001", "name": "NGUYỄN VĂN MẪU", "birth": {"date": "1999-01-31"}}
            ],
        },
    )

    identity_number: str | None = said(
        "Số định danh cá nhân", "As answered.", "`SoDinhDanh`", personal="identity"
    )
    old_identity_number: str | None = said("Số CMND", "As answered.", "`SoCMND`", personal="identity")
    family_name: str | None = said("Họ", "Often empty.", "`HoVaTen/Ho`", personal="name")
    middle_name: str | None = said("Chữ đệm", "Often empty.", "`HoVaTen/ChuDem`", personal="name")
    name: str | None = said(
        "Tên", "The given name, or, where the parts before it are empty, the whole name.", "`HoVaTen/Ten`",
        personal="name",
    )  # fmt: skip
    gender: Literal["male", "female"] | None = said("Giới tính", "1 male, 2 female.", "`GioiTinh`")
    birth: Birth | None = said("Ngày sinh", "As exactly as it is known.", "`NgayThangNamSinh`")
    ethnicity: str | None = said("Dân tộc", "Code as written.", "`DanToc`", personal="content")
    religion: str | None = said("Tôn giáo", "Code as written.", "`TonGiao`", personal="content")
    marital_status: str | None = said(
        "Tình trạng hôn nhân", "Code as written; the list is not public.", "`TinhTrangHonNhan`",
        personal="content",
    )  # fmt: skip
    blood_group: str | None = said("Nhóm máu", "Code as written.", "`NhomMau`", personal="content")
    nationality: str | None = said("Quốc tịch", "Code.", "`QuocTich`", personal="content")
    birth_registered: Place | None = said("Nơi đăng ký khai sinh", "Place.", "`NoiDangKyKhaiSinh`")
    origin: Place | None = said("Quê quán", "Place.", "`QueQuan`")
    permanent: Place | None = said("Thường trú", "Place.", "`ThuongTru`")
    current: Place | None = said("Nơi ở hiện tại", "Place.", "`NoiOHienTai`")
    father: Relative | None = said("Cha", "Person.", "`Cha`")
    mother: Relative | None = said("Mẹ", "Person.", "`Me`")
    spouse: Relative | None = said("Vợ, chồng", "Person.", "`VoChong`")
    representative: Relative | None = said("Người đại diện", "Person.", "`NguoiDaiDien`")
    head_of_household: Relative | None = said("Chủ hộ", "Person, with the relation.", "`ChuHo`")
    household_book: str | None = said(
        "Số sổ hộ khẩu", "Number as written.", "`SoSoHoKhau`", personal="identity"
    )
    extra: dict[str, Any] | None = rest()


class CitizenVerified(Canonical):
    """Whether what was said of a citizen is so. Source: the answer of `XacThucThongTinCongDan`."""

    model_config = ConfigDict(
        title="Kết quả xác thực thông tin công dân",
        json_schema_extra={
            "$id": "citizen.verified.v1",
            "x-lgsp": _VERIFIED,
            "examples": [{"matches": True}],
        },
    )

    matches: bool = said("Khớp", "Whether it is so.", "the answer", required=True)
    extra: dict[str, Any] | None = rest()
