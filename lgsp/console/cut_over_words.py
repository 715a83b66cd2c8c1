"""The words of taking over from an older connection: what would have been told, runs, what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lgsp.console.language import told
from lgsp.console.run_acts import RunAct
from lgsp.console.states import Look
from lgsp.journal import handovers

HERE = "/console/cut-over"
WOULD: Mapping[str, Look] = {
    "would-create": Look("plus", "blue", told("lẽ ra tạo mới")),
    "would-update": Look("pencil", "azure", told("lẽ ra cập nhật")),
    "would-tell": Look("message", "azure", told("lẽ ra gửi tiến độ, trạng thái hoặc văn bản")),
    "would-offer": Look("mailbox", "azure", told("lẽ ra để hệ thống nhận đến lấy")),
    "would-be-refused": Look("circle-x", "red", told("lẽ ra bị từ chối")),
}
VERDICTS: Mapping[str, Look] = {
    "equal": Look("circle-check", "green", told("giống nhau")),
    "differs": Look("file-diff", "orange", told("khác nhau")),
    "not-compared": Look("eye-off", "secondary", told("cùng các trường, chưa so giá trị")),
    "only-old": Look("file-off", "yellow", told("chỉ kết nối cũ gửi")),
    "only-ours": Look("file-search", "yellow", told("chỉ trục lẽ ra gửi")),
}
WHATS: Mapping[str, str] = {
    handovers.CODES: told("nhận danh sách mã"),
    handovers.ITEMS: told("nhận tệp dữ liệu"),
    handovers.QUERY: told("hỏi hệ thống nhận"),
    handovers.CUT_OVER: told("chuyển kết nối"),
}
STATES: Mapping[str, Look] = {
    handovers.RUNNING: Look("progress", "blue", told("đang chạy")),
    handovers.PAUSED: Look("player-pause", "orange", told("đang tạm dừng")),
    handovers.CANCELLED: Look("ban", "secondary", told("đã hủy")),
    handovers.DONE: Look("circle-check", "green", told("đã xong")),
}
COUNTS: Mapping[str, tuple[str, str]] = {
    "brought": (told("Hồ sơ gửi bổ sung"), told("kết nối cũ chưa gửi, nay trục gửi")),
    "deliveries": (told("Lượt chuyển bổ sung"), told("bản mới nhất và tiến độ của các hồ sơ ấy")),
    "there": (told("Hệ thống nhận đã có"), told("kết nối cũ đã gửi, không gửi lại")),
    "unknown": (told("Cần người xem"), told("hệ thống nhận không trả lời được")),
    "busy": (told("Tự kiểm tra khi chuyển"), told("đang có lượt mới, lượt ấy tự hỏi")),
    "judged": (told("Đã rõ từ trước"), told("đã được xác nhận khi đến lượt")),
    "still_shadow": (told("Tuyến còn song hành"), told("chưa thuộc trục, không hỏi")),
    "adopted": (told("Ghi nhận đã có sẵn"), told("lần gửi sau là cập nhật")),
    "known": (told("Đã biết từ trước"), told("không thay đổi gì")),
    "otherwise": (told("Đã biết, nội dung khác"), told("không ghi đè")),
    "absent": (told("Hệ thống nhận chưa có"), told("lần gửi sau là tạo mới")),
    "unreadable": (told("Không đọc được"), told("mã sai dạng, các dòng khác vẫn được nhận")),
}
"""What became of lines, in the order in which it is shown: what it is called, and what it means."""


ACTS: Mapping[str, RunAct] = {
    "pause": RunAct(
        told("Tạm dừng"),
        told("Trục không hỏi thêm hồ sơ nào. Những gì đã ghi nhận giữ nguyên; lượt đã gửi bổ sung vẫn đi."),
        told("Đã tạm dừng đợt số %(number)s."),
        "player-pause",
        danger=False,
        from_=frozenset({handovers.RUNNING}),
    ),
    "resume": RunAct(
        told("Cho chạy tiếp"),
        told("Trục hỏi tiếp từ chỗ đã dừng, theo tốc độ đã chọn."),
        told("Đợt số %(number)s đã chạy tiếp."),
        "player-play",
        danger=False,
        from_=frozenset({handovers.PAUSED}),
    ),
    "cancel": RunAct(
        told("Hủy đợt"),
        told(
            "Đợt dừng hẳn; những gì đã ghi nhận giữ nguyên và lượt đã gửi bổ sung vẫn đi. Phần chưa hỏi thì "
            "bắt đầu đợt mới để làm tiếp; không hồ sơ nào bị gửi hai lần."
        ),
        told("Đã hủy đợt số %(number)s."),
        "player-stop",
        danger=True,
        from_=handovers.OPEN,
    ),
}
WORDS: Mapping[str, Any] = {
    "here": HERE, "WOULD": WOULD, "VERDICTS": VERDICTS, "WHATS": WHATS, "STATES": STATES, "COUNTS": COUNTS,
}  # fmt: skip
"""What every template of the screen finds."""
