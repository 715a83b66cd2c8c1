"""What a role may do: the one place that says it, and that finer rights will replace."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from lgsp.console.language import told
from lgsp.journal.people import Role


class Right(StrEnum):
    """One kind of thing that may be allowed; every page and every act asks for one."""

    LOOK = "look"
    BODIES = "bodies"
    ACT = "act"
    PUBLISH = "publish"
    AUDIT = "audit"
    PEOPLE = "people"


ALLOWED: Mapping[Role, frozenset[Right]] = {
    Role.VIEWER: frozenset({Right.LOOK, Right.BODIES}),
    Role.OPERATOR: frozenset({Right.LOOK, Right.BODIES, Right.ACT}),
    Role.AUDITOR: frozenset({Right.LOOK, Right.AUDIT}),
    Role.ADMINISTRATOR: frozenset(Right),
}
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


def may(role: Role, right: Right) -> bool:
    """Tell whether a role has a right."""
    return right in ALLOWED[role]
