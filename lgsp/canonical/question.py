"""The canonical question, answer and satisfaction result: `question.v1`, `answer.v1`, `satisfaction.v1`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from lgsp.canonical.catalogued import Body
from lgsp.canonical.model import Canonical, Moment, rest, said

Percent = Annotated[int, Field(ge=0, le=100)]

_QUESTION: JsonDict = {
    "kind": "snapshot",
    "anchor": None,
    "subject": "/id",
    "form": "verbatim",
    "agency": "/agency/code",
    "time": [],
    "watched": [],
}
_ANSWER: JsonDict = {**_QUESTION, "subject": "/question", "time": ["/answered_at"]}
_SATISFACTION: JsonDict = {**_QUESTION, "subject": "/code"}


class Asker(Canonical):
    """Who asked."""

    model_config = ConfigDict(title="Người hỏi")

    name: str | None = said("Họ và tên", "Name.", "`HOVATEN`", personal="name")
    address: str | None = said("Địa chỉ", "Address.", "`DIACHI`", personal="contact")
    email: str | None = said("Thư điện tử", "Mail address.", "`THUDIENTU`", personal="contact")
    phone: str | None = said("Số điện thoại", "Phone number.", "`SODIENTHOAI`", personal="contact")


class Reply(Canonical):
    """An answer to a question, as the portal shows it."""

    model_config = ConfigDict(title="Nội dung trả lời")

    id: str | None = said("Mã trả lời", "The portal's id of the answer.", "`TRALOIID`")
    content: str | None = said("Nội dung trả lời", "The answer.", "`NOIDUNGTRALOI`", personal="content")
    extra: dict[str, Any] | None = rest()


class Question(Canonical):
    """A question with its answers. Source: the question services of the National Public Service Portal."""

    model_config = ConfigDict(
        title="Câu hỏi",
        json_schema_extra={
            "$id": "question.v1",
            "x-lgsp": _QUESTION,
            "examples": [{"id": "9001", "content": "Hồ sơ gồm những gì?", "agency": {"code": "H44.11"}}],
        },
    )

    id: str = said("Mã câu hỏi", "The portal's id of the question.", "`HOIDAPID`", required=True)
    origin: Literal["national_portal", "agency"] | None = said(
        "Nguồn câu hỏi",
        "Whether it was asked on the portal or belongs to an agency's own list.",
        "`LayDanhSachHoiDapGuiTuDVCQG`, `LayDanhSachHoiDapBoCoQuan`",
    )
    field_code: str | None = said("Mã lĩnh vực", "Code of the field.", "`MALINHVUC`, `MaLinhVuc`")
    procedure_code: str | None = said("Mã thủ tục", "Procedure code as written.", "`MATTHCDP`")
    agency: Body | None = said("Đơn vị", "Who is asked.", "`MADONVI`, `TENDONVI`")
    content: str | None = said("Nội dung câu hỏi", "The question.", "`NOIDUNG`", personal="content")
    asker: Asker | None = said("Người hỏi", "Who asked.", "`HOVATEN` and beside it")
    answer: Reply | None = said(
        "Trả lời", "The answer that stands in the list.", "`TRALOIID`, `NOIDUNGTRALOI`"
    )
    answers: list[Reply] | None = said("Các trả lời", "All answers to it.", "`LayNoiDungTraLoiTheoCauHoi`")
    status: str | None = said(
        "Trạng thái", "Code as written; 0 is hidden, others are not public.", "`TRANGTHAI`"
    )
    extra: dict[str, Any] | None = rest()


class Answer(Canonical):
    """An agency's answer. Source: `DongBoKetQuaHoiDapGuiTuDVCQG` of the National Public Service Portal."""

    model_config = ConfigDict(
        title="Trả lời câu hỏi",
        json_schema_extra={
            "$id": "answer.v1",
            "x-lgsp": _ANSWER,
            "examples": [
                {"question": "9001", "agency": {"code": "H44.11"}, "content": "Theo điều 5 của nghị định."}
            ],
        },
    )

    question: str = said("Mã câu hỏi", "The portal's id of the question.", "`HOIDAPID`", required=True)
    agency: Body | None = said("Đơn vị trả lời", "Who answers.", "`MADONVI`")
    officer: str | None = said("Người trả lời", "Name.", "`NGUOITRALOI`", personal="official")
    title: str | None = said("Chức vụ", "Title.", "`CHUCVUNGUOITRALOI`", personal="official")
    answered_at: Moment | None = said("Ngày trả lời", "When.", "`NGAYTRALOI`")
    content: str | None = said("Nội dung trả lời", "The answer.", "`NOIDUNGTRALOI`", personal="content")
    extra: dict[str, Any] | None = rest()


class Shares(Canonical):
    """How the answers are spread, in percent."""

    model_config = ConfigDict(title="Tỷ lệ đánh giá")

    very_satisfied: Percent | None = said("Rất hài lòng", "Percent.", "`PhanTram…RatHaiLong`")
    satisfied: Percent | None = said("Hài lòng", "Percent.", "`PhanTram…HaiLong`")
    unsatisfied: Percent | None = said("Chưa hài lòng", "Percent.", "`PhanTram…ChuaHaiLong`")


class Satisfaction(Canonical):
    """A month's satisfaction result. Source: `DongBoDanhGia` of the National Public Service Portal."""

    model_config = ConfigDict(
        title="Kết quả đánh giá mức độ hài lòng",
        json_schema_extra={
            "$id": "satisfaction.v1",
            "x-lgsp": _SATISFACTION,
            "examples": [
                {
                    "code": "H44.11/2026-01/1",
                    "agency": {"code": "H44.11", "name": "Sở Tư pháp"},
                    "month": "2026-01",
                    "respondents": 120,
                    "question": "Thái độ phục vụ",
                    "staff": {"very_satisfied": 80, "satisfied": 15, "unsatisfied": 5},
                }
            ],
        },
    )

    code: str = said(
        "Mã kết quả",
        "Agency, month and what was asked: names this result.",
        "made of those three",
        required=True,
    )
    agency: Body | None = said("Đơn vị", "Whose result it is.", "`Madonvi`, `TenDonVi`")
    month: str | None = said(
        "Tháng tổng hợp", "The month, as `2026-01`.", "`NgayTongHop` (`1-2026`)", pattern=r"^\d{4}-\d{2}$"
    )
    respondents: int | None = said("Số người đánh giá", "How many answered.", "`TongSoNguoiDanhGia`")
    question: str | None = said("Nội dung", "What was asked.", "`NoiDung`")
    procedure_code: str | None = said("Mã thủ tục", "Procedure code as written.", "`MaThuTuc`")
    opinions: str | None = said("Ý kiến", "Opinions in words.", "`DanhSachNoiDungYKien`", personal="content")
    staff: Shares | None = said("Đánh giá cán bộ", "The first three shares.", "`PhanTramDanhGia…`")
    service: Shares | None = said(
        "Đánh giá dịch vụ", "The shares on the service.", "`PhanTramDanhGiaDichVu…`"
    )
    extra: dict[str, Any] | None = rest()
