"""What the page of a message says of each step, of what comes next, and of what is odd."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lgsp.console.language import told
from lgsp.console.states import STATES, Look

STEPS: Mapping[str, Look] = {
    "accepted": Look("transfer-in", "blue", told("đã nhận vào trục")),
    "unrouted": Look("route-off", "orange", told("đã nhận, chưa có tuyến nào chuyển đi")),
    "routed": Look("route", "blue", told("đã chọn tuyến")),
    "anchor came": Look("link", "blue", told("hồ sơ gốc đã có ở hệ thống nhận")),
    "put off": Look("clock-pause", "yellow", told("chưa chuyển được, hẹn chuyển lại")),
    "held": Look("hand-stop", "orange", told("tạm giữ, chờ người xử lý")),
    "taken": Look("mailbox", "blue", told("hệ thống nhận đã đến lấy")),
    "lapsed": Look("plug-x", "yellow", told("tiến trình chuyển dừng giữa chừng")),
    "late outcome": Look("clock-exclamation", "yellow", told("kết quả đến muộn, chỉ lưu làm bằng chứng")),
    "sent again": Look("repeat", "blue", told("chuyển thêm bản mới nhất")),
    "completed": Look("writing", "blue", told("đã điền tên còn thiếu theo danh mục")),
    "checked": Look("shield-check", "blue", told("đã hỏi hệ thống khác trước khi chuyển")),
    "brought to life": Look("player-play", "blue", told("kết nối cũ chưa gửi, trục gửi bổ sung")),
    "given back": Look("arrow-back-up", "yellow", told("tuyến về song hành, để kết nối cũ gửi")),
    "set apart": Look("arrows-split", "yellow", told("tách riêng nơi nhận chưa chuyển được")),
    "replayed": Look("rotate-clockwise", "blue", told("cho chuyển lại")),
    "retried now": Look("player-play", "blue", told("cho chuyển lại ngay")),
    "asked to cancel": Look("ban", "secondary", told("yêu cầu hủy, chờ kết quả lần gửi đang dở")),
    "released": Look("player-play", "blue", told("cho đi tiếp")),
    "restored": Look("database", "yellow", told("khôi phục từ bản sao lưu")),
    "file fetched": Look("download", "green", told("bên nhận đã tải tệp")),
    "file kept": Look("file-import", "blue", told("đã lấy tệp từ hệ thống nguồn")),
    "file failed": Look("file-alert", "yellow", told("không lấy được tệp")),
    "file refused": Look("file-off", "red", told("tệp không được chuyển tiếp")),
}
"""By the word of an entry; an entry that is not here is a state, or is shown as it is."""

NEXT: Mapping[str, str] = {
    "suspended": told(
        "Hệ thống nhận đang tạm ngừng. Trục tự dò lại; khi hệ thống trả lời thì chuyển tiếp ngay."
    ),
    "draining": told(
        "Hệ thống nhận đang xả hàng đợi rồi tạm dừng. Chuyển tiếp khi người vận hành cho chạy lại."
    ),
    "paused": told("Người vận hành đang tạm dừng hệ thống nhận. Chuyển tiếp khi được cho chạy lại."),
    "parked": told("Chuyển đi khi hệ thống nhận đã có hồ sơ gốc; chờ quá lâu thì hết hạn chuyển."),
    "waiting": told("Chuyển đi khi các lượt trước của cùng hồ sơ, văn bản đã xong."),
    "ready": told("Chuyển đi ngay khi đến lượt."),
    "sending": told("Đang chờ hệ thống nhận trả lời."),
    "put off": told("Trục tự chuyển lại vào thời điểm đã hẹn; không cần làm gì."),
    "held": told("Chờ người vận hành quyết định: cho đi tiếp, sửa rồi gửi lại, hoặc hủy."),
    "offered": told("Chờ hệ thống nhận đến lấy."),
    "delivered": told("Đã xong, không còn việc gì."),
    "refused": told("Cần khắc phục nguyên nhân rồi chuyển lại, sửa rồi gửi lại, hoặc chờ nguồn gửi bản sửa."),
    "exhausted": told("Đã thử đủ số lần. Khắc phục nguyên nhân rồi chuyển lại."),
    "expired": told("Quá hạn chuyển. Chuyển lại nếu vẫn còn cần, hoặc chờ nguồn gửi lại."),
    "cancelled": told("Đã hủy, không chuyển nữa."),
    "superseded": told("Đã có bản mới hơn, không cần chuyển nữa."),
    "replaced": told("Bản sửa đã thế chỗ, không cần chuyển nữa."),
    "shadowed": told("Kết nối cũ gửi; trục chỉ ghi lại nội dung lẽ ra sẽ gửi."),
    "adopted": told("Hệ thống nhận đã có từ trước, không cần chuyển."),
    "overtaken": told("Đã có bản mới hơn; không cần làm gì."),
}
"""By the word of `lgsp.domain.ahead`."""

PARTIES: Mapping[str, str] = {
    "platform": told("đơn vị vận hành trục"),
    "vendor": told("nhà cung cấp phần mềm"),
    "agency": told("cơ quan xử lý hồ sơ"),
    "ministry": told("đơn vị vận hành hệ thống nhận"),
    "network": told("đơn vị quản lý đường truyền"),
    "nobody": told("không ai phải làm gì"),
}
"""Who has to act, by `lgsp.domain.cause.Party`."""

SEVERITIES: Mapping[str, Look] = {
    "info": Look("info-circle", "secondary", told("để biết")),
    "warning": Look("eye", "yellow", told("theo dõi")),
    "error": Look("tools", "orange", told("cần khắc phục")),
    "critical": Look("alert-octagon", "red", told("khắc phục ngay")),
}
TYPES: Mapping[str, str] = {
    "dossier.v1": told("hồ sơ"),
    "dossier.progress.v1": told("tiến độ hồ sơ"),
    "document.v1": told("văn bản"),
    "document.status.v1": told("trạng thái văn bản"),
    "report.v1": told("báo cáo"),
    "report.status.v1": told("trạng thái báo cáo"),
}
SIGNATURES: Mapping[str, Look] = {
    "valid": Look("shield-check", "green", told("hợp lệ")),
    "untrusted": Look("shield-half", "yellow", told("khớp, chưa tin cậy được nơi cấp")),
    "expired": Look("shield-half", "yellow", told("khớp, chứng thư hết hạn")),
    "revoked": Look("shield-x", "red", told("chứng thư bị thu hồi")),
    "changed": Look("shield-x", "red", told("tệp bị sửa sau khi ký")),
    "altered": Look("shield-x", "red", told("nội dung đã ký bị thay đổi")),
    "malformed": Look("shield-x", "orange", told("không đọc được chữ ký")),
    "absent": Look("file", "secondary", told("không có chữ ký")),
    "unchecked": Look("shield", "secondary", told("chưa kiểm tra")),
}
"""What was found of a signature, by its standing."""


class Act(NamedTuple):
    """Something an operator may do to a delivery: its name, its effect in words, and what was done."""

    title: str
    effect: str
    done: str
    icon: str
    danger: bool = True


ACTS: Mapping[str, Act] = {
    "replay": Act(
        told("Chuyển lại"),
        told("Nội dung hiện có được gửi lại tới %(system)s, với đủ số lần thử như mới."),
        told("Đã cho chuyển lại tới %(system)s."),
        "rotate-clockwise",
        danger=False,
    ),
    "retry": Act(
        told("Chuyển lại ngay"),
        told("Không chờ đến giờ hẹn: nội dung được gửi lại tới %(system)s ngay khi đến lượt."),
        told("Đã cho chuyển lại ngay tới %(system)s."),
        "player-play",
        danger=False,
    ),
    "hold": Act(
        told("Tạm giữ"),
        told(
            "Lượt chuyển tới %(system)s và mọi lượt sau nó của cùng mã dừng lại cho đến khi có người "
            "cho đi tiếp."
        ),
        told("Đã tạm giữ lượt chuyển tới %(system)s."),
        "hand-stop",
    ),
    "release": Act(
        told("Cho đi tiếp"),
        told("Lượt chuyển tới %(system)s trở lại hàng đợi và được gửi khi đến lượt."),
        told("Đã cho lượt chuyển tới %(system)s đi tiếp."),
        "player-play",
        danger=False,
    ),
    "waive": Act(
        told("Cho đi tiếp"),
        told(
            "Kết quả kiểm tra được bỏ qua cho hồ sơ này: gửi tới %(system)s, tới nơi khác chỉ bị giữ vì cùng "
            "kết quả, và các bản mới cùng chủ hồ sơ không bị giữ nữa."
        ),
        told("Đã bỏ qua kết quả kiểm tra; lượt chuyển tới %(system)s đi tiếp."),
        "player-play",
        danger=False,
    ),
    "recheck": Act(
        told("Kiểm tra lại từ đầu"),
        told("Hệ thống khác được hỏi lại; khớp thì gửi tới %(system)s, không thì vẫn giữ."),
        told("Đã cho kiểm tra lại trước khi chuyển tới %(system)s."),
        "shield-check",
        danger=False,
    ),
    "resolve": Act(
        told("Xác nhận chưa đến, gửi lại"),
        told(
            "Lần gửi trước không có trả lời nên có thể đã đến %(system)s. Chỉ xác nhận khi đã hỏi bên nhận: "
            "nếu thực ra đã đến, bên nhận sẽ có hai bản."
        ),
        told("Đã xác nhận; lượt chuyển tới %(system)s được gửi lại."),
        "checks",
    ),
    "cancel": Act(
        told("Hủy chuyển"),
        told("Không gửi tới %(system)s nữa. Nguồn gửi %(source)s được báo là đã hủy. Không hoàn tác được."),
        told("Đã hủy lượt chuyển tới %(system)s."),
        "ban",
    ),
    "call-off": Act(
        told("Yêu cầu hủy"),
        told(
            "Đang gửi dở tới %(system)s nên không rút lại ngay được. Nếu lần gửi này không thành, lượt "
            "chuyển bị hủy thay vì hẹn lại; nếu đã đến nơi thì vẫn là đã chuyển."
        ),
        told("Đã ghi yêu cầu hủy lượt chuyển tới %(system)s."),
        "ban",
    ),
}


def step(word: str) -> Look:
    """Return how an entry is shown."""
    return STEPS.get(word) or STATES.get(word) or Look("point", "secondary", word)
