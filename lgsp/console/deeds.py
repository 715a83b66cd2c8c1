"""What people did, as the journal's words and as operators read them."""

from __future__ import annotations

from collections.abc import Mapping

from lgsp.console.language import told

DEEDS: Mapping[str, str] = {
    "signed in": told("đăng nhập"),
    "signed out": told("đăng xuất"),
    "sign-in failed": told("đăng nhập sai"),
    "body read": told("xem nội dung thông điệp"),
    "exported": told("xuất danh sách thông điệp"),
    "act denied": told("thao tác bị từ chối vì thiếu quyền"),
    "person added": told("thêm người dùng"),
    "role changed": told("đổi vai trò"),
    "person disabled": told("khóa tài khoản"),
    "person enabled": told("mở khóa tài khoản"),
    "password changed": told("đổi mật khẩu"),
    "password reset": told("đặt lại mật khẩu"),
    "session revoked": told("kết thúc phiên"),
    "replayed": told("phát lại"),
    "retried now": told("chuyển lại ngay"),
    "cancelled": told("hủy lượt chuyển"),
    "asked to cancel": told("yêu cầu hủy lượt đang chuyển"),
    "held": told("tạm giữ lượt chuyển"),
    "released": told("cho lượt chuyển đi tiếp"),
    "replaced": told("thay bằng bản sửa"),
    "paused": told("tạm dừng hệ thống"),
    "running": told("cho hệ thống chạy tiếp"),
    "draining": told("xả hàng đợi của hệ thống"),
    "suspended": told("trục tự ngừng chuyển"),
    "system checked": told("kiểm tra kết nối hệ thống"),
    "published": told("công bố tuyến"),
    "job paused": told("tạm dừng tác vụ"),
    "job resumed": told("cho tác vụ chạy tiếp"),
    "job asked for": told("yêu cầu chạy tác vụ ngay"),
    "named": told("đặt tên cho câu trả lời"),
    "line judged": told("xác nhận hồ sơ ở hệ thống nhận"),
    "adoption begun": told("bắt đầu nhận dữ liệu có sẵn"),
    "adoption paused": told("tạm dừng nhận dữ liệu có sẵn"),
    "adoption resumed": told("cho nhận dữ liệu có sẵn chạy tiếp"),
    "adoption cancelled": told("hủy nhận dữ liệu có sẵn"),
    "cut-over begun": told("bắt đầu chuyển kết nối"),
    "cut-over paused": told("tạm dừng chuyển kết nối"),
    "cut-over resumed": told("cho chuyển kết nối chạy tiếp"),
    "cut-over cancelled": told("hủy chuyển kết nối"),
    "scores exported": told("xuất số liệu điểm 766"),
    "replay asked": told("chuyển lại hàng loạt"),
    "replay paused": told("tạm dừng đợt chuyển lại"),
    "replay resumed": told("cho đợt chuyển lại chạy tiếp"),
    "replay cancelled": told("hủy đợt chuyển lại"),
    "reconciliation asked": told("yêu cầu đối soát"),
    "reconciliation paused": told("tạm dừng đối soát"),
    "reconciliation resumed": told("cho đối soát chạy tiếp"),
    "reconciliation cancelled": told("hủy đối soát"),
    "reconciliation exported": told("xuất kết quả đối soát"),
    "repair asked": told("khắc phục chênh lệch"),
    "repair paused": told("tạm dừng khắc phục chênh lệch"),
    "repair resumed": told("cho khắc phục chênh lệch chạy tiếp"),
    "repair cancelled": told("hủy khắc phục chênh lệch"),
    "sent again": told("gửi lại bản mới nhất"),
    "report drawn up": told("lập báo cáo"),
    "report counted anew": told("đếm lại báo cáo"),
    "report typed in": told("nhập số liệu báo cáo"),
    "report signed": told("ký duyệt báo cáo"),
    "report reopened": told("rút chữ ký báo cáo"),
    "report correcting": told("lập bản sửa của báo cáo"),
    "report sent elsewhere": told("ghi nhận báo cáo gửi bằng kênh khác"),
    "report uploaded": told("nộp tệp số liệu báo cáo"),
    "report exported": told("tải báo cáo hoặc thống kê"),
    "raw downloaded": told("tải bản gốc đã cách ly"),
    "agency fact added": told("bổ sung thông tin cơ quan"),
    "agency list ended": told("chốt danh sách cơ quan"),
    "list believed": told("cho danh sách rút ngắn có hiệu lực"),
    "catalogue believed": told("xác nhận danh mục rút ngắn"),
}
"""By the word of an entry; one that is not here is shown as it is."""


def deed(word: str) -> str:
    """Return what a person did in Vietnamese, marked for the catalogues."""
    return DEEDS.get(word, word)
