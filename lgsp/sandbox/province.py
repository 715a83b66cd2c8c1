"""Listing what a province's dossiers are made of: procedures, offices, people, streets.

Procedure codes have the real national shape and several are real; people, phones and numbers are invented.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Procedure:
    """An administrative procedure, as far as a dossier tells of it.

    Attributes:
        days: calendar days until the result is due.
        fee: in đồng; 0 is free.
        result: code and name of the paper that comes out of it.
        papers: names of the papers that go in.
    """

    code: str
    name: str
    field: tuple[str, str]
    days: int
    fee: int
    result: tuple[str, str]
    papers: tuple[str, ...]


_STATUS = ("G15-TP110", "Hộ tịch")
_COPIES = ("G15-TP130", "Chứng thực")
_LAND = ("G13-TN010", "Đất đai")
_BUSINESS = ("G06-KD010", "Thành lập và hoạt động của doanh nghiệp")
_SOCIAL = ("G09-BT010", "Bảo trợ xã hội")
_SCHOOLS = ("G03-GD10", "Giáo dục và Đào tạo")
_IDENTITY = "Căn cước hoặc giấy tờ tuỳ thân của người yêu cầu (bản chụp hai mặt)"

PROCEDURES = (
    Procedure(
        "1.003897",
        "Cấp giấy xác nhận tình trạng hôn nhân cho công dân cư trú trong nước",
        _STATUS,
        3,
        15_000,
        ("KQ.G15.000061", "Giấy xác nhận tình trạng hôn nhân"),
        ("Tờ khai cấp giấy xác nhận tình trạng hôn nhân", _IDENTITY, "Trích lục ghi chú ly hôn (nếu có)"),
    ),
    Procedure(
        "2.000815",
        "Chứng thực bản sao từ bản chính giấy tờ, văn bản do cơ quan có thẩm quyền của Việt Nam cấp",
        _COPIES,
        1,
        2_000,
        ("KQ.G15.000122", "Bản sao có chứng thực"),
        ("Bản chính giấy tờ làm cơ sở chứng thực bản sao", "Bản sao cần chứng thực", _IDENTITY),
    ),
    Procedure(
        "1.005129",
        "Đăng ký biến động quyền sử dụng đất, tài sản gắn liền với đất do thay đổi thông tin người sử dụng",
        _LAND,
        10,
        80_000,
        ("KQ.G13.000207", "Giấy chứng nhận quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất"),
        (
            "Đơn đăng ký biến động đất đai, tài sản gắn liền với đất theo mẫu số 11/ĐK",
            "Bản gốc giấy chứng nhận đã cấp",
            "Văn bản thoả thuận của các thành viên hộ gia đình",
            "Trích đo địa chính thửa đất",
            _IDENTITY,
        ),
    ),
    Procedure(
        "2.002492",
        "Đăng ký thay đổi người đại diện theo pháp luật của công ty trách nhiệm hữu hạn, công ty cổ phần",
        _BUSINESS,
        3,
        50_000,
        ("KQ.G06.000044", "Giấy chứng nhận đăng ký doanh nghiệp"),
        ("Thông báo thay đổi người đại diện theo pháp luật", "Nghị quyết của hội đồng thành viên", _IDENTITY),
    ),
    Procedure(
        "1.015045",
        "Thực hiện, điều chỉnh, thôi hưởng trợ cấp xã hội hằng tháng và hỗ trợ kinh phí chăm sóc",
        _SOCIAL,
        22,
        0,
        ("000.00.00.G09-KQ002269", "Quyết định về việc trợ cấp xã hội hằng tháng"),
        ("Tờ khai của đối tượng theo mẫu số 1đ", "Giấy xác nhận khuyết tật", "Giấy khai sinh", _IDENTITY),
    ),
    Procedure(
        "6.006776",
        "Tuyển sinh trung học cơ sở trên địa bàn xã, phường",
        _SCHOOLS,
        15,
        0,
        ("KQ.G03.000018", "Thông báo kết quả trúng tuyển"),
        ("Đơn đăng ký dự tuyển", "Học bạ tiểu học (bản điện tử)", "Bản sao giấy khai sinh"),
    ),
    Procedure(
        "2.000986",
        "Liên thông đăng ký khai sinh, đăng ký thường trú, cấp thẻ bảo hiểm y tế cho trẻ em dưới 6 tuổi",
        _STATUS,
        4,
        0,
        ("KQ.G15.000002", "Giấy khai sinh"),
        ("Tờ khai điện tử liên thông khai sinh", "Giấy chứng sinh", "Văn bản uỷ quyền (nếu có)", _IDENTITY),
    ),
    Procedure(
        "2.002622",
        "Liên thông đăng ký khai tử, xoá đăng ký thường trú, giải quyết mai táng phí, tử tuất",
        _STATUS,
        6,
        0,
        ("KQ.G15.000011", "Trích lục khai tử"),
        ("Tờ khai điện tử liên thông khai tử", "Giấy báo tử hoặc giấy tờ thay giấy báo tử", _IDENTITY),
    ),
)

OFFICES = (
    ("11", "Sở Tư pháp"),
    ("14", "Sở Xây dựng"),
    ("08", "Sở Tài chính"),
    ("15", "Sở Nông nghiệp và Môi trường"),
    ("101", "Ủy ban nhân dân phường Việt Trì"),
    ("112", "Ủy ban nhân dân xã Thanh Thủy"),
    ("127", "Ủy ban nhân dân phường Vĩnh Yên"),
    ("138", "Ủy ban nhân dân xã Mai Châu"),
)
"""The last group of an agency code and the office's name. Communes of 2025 have three digits."""

ROOMS = ("Bộ phận Tiếp nhận và Trả kết quả", "Phòng Nghiệp vụ", "Văn phòng", "Phòng Quản lý chuyên ngành")
TITLES = (
    "Chuyên viên",
    "Chuyên viên chính",
    "Phó Trưởng phòng",
    "Trưởng phòng",
    "Công chức tư pháp - hộ tịch",
)

FAMILY = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Phan",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Hà",
    "Quách",
)
MIDDLE = ("Văn", "Thị", "Đức", "Ngọc", "Minh", "Thanh", "Quốc", "Thuỳ", "Hữu", "Xuân", "Thị Hồng", "Mạnh")
GIVEN = (
    "Anh",
    "Bình",
    "Cường",
    "Dũng",
    "Đạt",
    "Hạnh",
    "Hường",
    "Khánh",
    "Lan",
    "Mỹ",
    "Nguyệt",
    "Quyên",
    "Sơn",
    "Ý Nhi",
)

MISSING_PAPERS = (
    "Đề nghị bổ sung bản chụp rõ nét giấy tờ tuỳ thân",
    "Đề nghị bổ sung văn bản uỷ quyền có chứng thực",
    "Đề nghị kê khai lại mục nơi cư trú trong tờ khai",
    "Đề nghị bổ sung trích đo địa chính có xác nhận của đơn vị đo đạc",
)
