"""Questions about a social insurance number and their answers: whose is it, and which is somebody's."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict
from pydantic.config import JsonDict

from lgsp.canonical.citizen import Birth, Place
from lgsp.canonical.model import Canonical, rest, said

_QUERY: JsonDict = {"kind": "question", "answer": "insurance.v1", "about": ["/insurance_number"]}
_INSURANCE: JsonDict = {"kind": "answer", "about": ["/insurance_number", "/old_book_number"]}
_NUMBER = r"^\d{10}$"
_UNIT = r"^\d{1,10}$"
_CODES = "of the General Statistics Office"


class InsuranceQuery(Canonical):
    """Whose number is this, or which number has this person?

    Source: `getTraCuuTtHgdByMaSoBhxh` with a number, else `getMaSoBhxhTheoTieuChi`, of the insurance fund.
    """

    model_config = ConfigDict(
        title="Tra cứu bảo hiểm xã hội",
        json_schema_extra={
            "$id": "insurance.query.v1",
            "x-lgsp": _QUERY,
            "if": {"not": {"required": ["insurance_number"]}},
            "then": {"required": ["name", "birth", "gender"]},
            "examples": [
                {"insurance_number": "0188000001"},
                {"name": "Nguyễn Văn Mẫu", "birth": {"year": "1960"}, "gender": "male", "province": "01"},
            ],
        },
    )

    insurance_number: str | None = said(
        "Mã số BHXH", "10 digits; nothing else is looked at then.", "`maSoBhxh`", personal="identity",
        pattern=_NUMBER,
    )  # fmt: skip
    name: str | None = said(
        "Họ và tên", "As people write it.", "`hoTen`", personal="name", min_length=1, max_length=200
    )
    birth: Birth | None = said("Ngày sinh", "A day, a month or only a year.", "`ngaySinh`, `loaiNgaySinh`")
    gender: Literal["male", "female", "other"] | None = said(
        "Giới tính", "1 male, 2 female, 3 other.", "`gioiTinh`"
    )
    province: str | None = said("Mã tỉnh", f"Code {_CODES}.", "`maTinhKs`", personal="contact", pattern=_UNIT)
    district: str | None = said(
        "Mã huyện", f"Code {_CODES}.", "`maHuyenKs`", personal="contact", pattern=_UNIT
    )
    commune: str | None = said("Mã xã", f"Code {_CODES}.", "`maXaKs`", personal="contact", pattern=_UNIT)
    place: Literal["household", "birth-registration"] | None = said(
        "Loại địa chỉ", "Which address the codes are of; the household's where nothing is said.", "`isKs`"
    )


class Insurance(Canonical):
    """What the insurance fund tells of somebody. Source: the answers of the two services."""

    model_config = ConfigDict(
        title="Thông tin bảo hiểm xã hội",
        json_schema_extra={
            "$id": "insurance.v1",
            "x-lgsp": _INSURANCE,
            "examples": [{"insurance_number": "0188000001"}, {"name": "NGUYỄN VĂN MẪU"}],
        },
    )

    insurance_number: str | None = said("Mã số BHXH", "As answered.", "`maSoBhxh`", personal="identity")
    old_book_number: str | None = said("Số sổ BHXH cũ", "As answered.", "`soSoCu`", personal="identity")
    name: str | None = said("Họ và tên", "As answered.", "`hoTen`", personal="name")
    birth: Birth | None = said("Ngày sinh", "As exactly as it is known.", "`ngaySinh`, `loaiNgaySinh`")
    gender: Literal["male", "female", "other"] | None = said(
        "Giới tính", "1 male, 2 female, 3 other.", "`gioiTinh`"
    )
    birth_registered: Place | None = said(
        "Nơi khai sinh", f"Codes {_CODES}.", "`maTinhKs`, `maHuyenKs`, `maXaKs`"
    )
    status: str | None = said(
        "Trạng thái", "As written; the list is not public.", "`trangThai`", personal="content"
    )
    extra: dict[str, Any] | None = rest()
