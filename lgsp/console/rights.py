"""What roles are called, and what each is for, in words."""

from __future__ import annotations

from collections.abc import Mapping

from lgsp.console.language import told
from lgsp.journal.people import Role

ROLE_NAMES: Mapping[Role, str] = {
    Role.VIEWER: told("người xem"),
    Role.OPERATOR: told("người vận hành"),
    Role.AUDITOR: told("kiểm toán viên"),
    Role.ADMINISTRATOR: told("quản trị viên"),
}
ROLE_DUTIES: Mapping[Role, str] = {
    Role.VIEWER: told("xem mọi màn hình vận hành, không thao tác"),
    Role.OPERATOR: told("xem và xử lý: chuyển lại, hủy, tạm giữ, tạm dừng hệ thống, chạy tác vụ"),
    Role.AUDITOR: told("xem mọi màn hình và nhật ký thao tác của từng người, không thao tác"),
    Role.ADMINISTRATOR: told("mọi việc, kể cả công bố tuyến và quản lý người dùng"),
}
