"""Error pages: what happened, and what the reader can do now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from fastapi import Request, Response

from lgsp.console.language import told
from lgsp.console.room import Room


class Fault(NamedTuple):
    """One error as people read it."""

    title: str
    mend: str
    icon: str = "alert-triangle"


FAULTS: Mapping[str, Fault] = {
    "not-found": Fault(
        told("Không có gì ở địa chỉ này"),
        told("Có thể mã đã gõ thiếu, hoặc dữ liệu đã được lưu trữ theo thời hạn. Hãy tìm lại từ ô tìm kiếm."),
        "map-2",
    ),
    "not-yours": Fault(
        told("Vai trò của tài khoản này không được làm việc đó"),
        told(
            "Nếu cần làm việc này, đề nghị quản trị viên đổi vai trò. Các lần thử thao tác đều được "
            "ghi nhật ký."
        ),
        "lock",
    ),
    "beyond-your-limits": Fault(
        told("Ngoài phạm vi của tài khoản này"),
        told(
            "Tài khoản này chỉ xem và xử lý được một phần dữ liệu (theo hệ thống, tuyến hoặc cơ quan); "
            "trang này không chia được theo phạm vi đó. Nếu cần, đề nghị quản trị viên mở rộng phạm vi."
        ),
        "lock",
    ),
    "foreign-form": Fault(
        told("Yêu cầu không đến từ trang này"),
        told("Mở lại trang cần thao tác từ thanh điều hướng rồi thử lại. Chưa có gì thay đổi."),
        "shield-x",
    ),
    "stale-form": Fault(
        told("Biểu mẫu đã cũ"),
        told("Phiên đăng nhập đã đổi từ khi mở trang. Tải lại trang rồi thao tác lại. Chưa có gì thay đổi."),
        "refresh-alert",
    ),
    "reason-needed": Fault(
        told("Thao tác này cần có lý do"),
        told("Quay lại và ghi lý do: người khác sẽ đọc được trong nhật ký. Chưa có gì thay đổi."),
        "pencil",
    ),
    "wrong-state": Fault(
        told("Trạng thái đã thay đổi, không thao tác được nữa"),
        told("Quay lại và tải lại trang để xem trạng thái mới. Chưa có gì thay đổi."),
        "arrows-exchange",
    ),
    "journal-unavailable": Fault(
        told("Nhật ký giao dịch tạm thời không phản hồi"),
        told(
            "Thông điệp đã nhận vẫn an toàn. Chờ ít giây rồi tải lại; nếu kéo dài, kiểm tra máy chủ cơ "
            "sở dữ liệu."
        ),
        "database-off",
    ),
    "invalid": Fault(
        told("Địa chỉ hoặc biểu mẫu có giá trị không hợp lệ"),
        told("Quay lại và sửa giá trị vừa nhập. Chưa có gì thay đổi."),
    ),
    "": Fault(
        told("Có lỗi trong giao diện điều hành"),
        told(
            "Thử tải lại trang. Chi tiết của lỗi nằm trong nhật ký của tiến trình; việc chuyển thông "
            "điệp không dừng."
        ),
        "bug",
    ),
}


def fault_page(room: Room, request: Request, status: int, code: str, detail: str) -> Response:
    """Return the page of an error; inside a page (htmx) it is the panel of one."""
    fault = FAULTS.get(code, FAULTS["invalid" if 400 <= status < 500 else ""])  # noqa: PLR2004 - HTTP's
    part = "hx-request" in request.headers
    template = "fault-part.html" if part else "fault.html"
    return room.page(request, template, status=status, fault=fault, code=status, detail=detail)
