"""The statuses of a dossier: the exchange vocabulary of the National Public Service Portal.

Source: code list `TrangThaiHoSo` of the portal, attested by three independent systems. Local systems have
more states; each maps to one of these by a declared table, and a state without a mapping is an error.
Being overdue is no status: it is computed.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Status:
    """One status of the life-cycle.

    Attributes:
        word: the canonical name.
        number: the portal's number for it.
        vi: as offices write it.
        pauses: whether time spent in it does not count towards the due date.
        terminal: whether the dossier's life ends with it.
    """

    word: str
    number: int
    vi: str
    pauses: bool = False
    terminal: bool = False


STATUSES = (
    Status("registered", 1, "Mới đăng ký"),
    Status("received", 2, "Được tiếp nhận"),
    Status("not_accepted", 3, "Không được tiếp nhận", terminal=True),
    Status("processing", 4, "Đang xử lý"),
    Status("supplement_required", 5, "Yêu cầu bổ sung giấy tờ", pauses=True),
    Status("payment_required", 6, "Yêu cầu thực hiện nghĩa vụ tài chính", pauses=True),
    Status("withdrawn", 7, "Công dân yêu cầu rút hồ sơ", terminal=True),
    Status("stopped", 8, "Dừng xử lý", terminal=True),
    Status("finished", 9, "Đã xử lý xong"),
    Status("returned", 10, "Đã trả kết quả", terminal=True),
)
"""In the order of the portal's numbers. A payment pause is practice, not law."""

BY_WORD = {status.word: status for status in STATUSES}
BY_NUMBER = {status.number: status for status in STATUSES}
