"""The Vietnamese words for what people see on screens, beside the English ones of the code and the API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from lgsp.domain.cause import Party, Severity
from lgsp.message import VIETNAM

STATES: Mapping[str, str] = MappingProxyType(
    {
        "parked": "chờ hồ sơ gốc",
        "waiting": "chờ đến lượt",
        "ready": "sẵn sàng chuyển",
        "sending": "đang chuyển",
        "put off": "hẹn chuyển lại",
        "held": "tạm giữ, chờ người xử lý",
        "offered": "chờ hệ thống nhận lấy",
        "delivered": "đã chuyển",
        "refused": "bị hệ thống nhận từ chối",
        "exhausted": "đã hết lượt chuyển lại",
        "expired": "đã hết hạn chuyển",
        "cancelled": "đã hủy",
        "superseded": "đã có bản mới hơn",
        "replaced": "đã thay bằng bản sửa",
        "shadowed": "song hành: kết nối cũ gửi, trục không gửi",
        "adopted": "đã có từ trước ở hệ thống nhận",
    }
)
"""States of a delivery, by the word of the API."""

STANDINGS: Mapping[str, str] = MappingProxyType(
    {
        "running": "đang hoạt động",
        "suspended": "tạm ngừng (tự động)",
        "draining": "đang chuyển nốt rồi tạm dừng",
        "paused": "tạm dừng (do người vận hành)",
    }
)
"""Standings of a system."""

PARTIES: Mapping[str, str] = MappingProxyType(
    {
        Party.PLATFORM.value: "đơn vị vận hành trục",
        Party.VENDOR.value: "nhà cung cấp phần mềm",
        Party.AGENCY.value: "cơ quan xử lý hồ sơ",
        Party.MINISTRY.value: "đơn vị vận hành hệ thống nhận",
        Party.NETWORK.value: "đơn vị quản lý đường truyền",
        Party.NOBODY.value: "không ai",
    }
)
"""Who has to act."""

SEVERITIES: Mapping[str, str] = MappingProxyType(
    {
        Severity.INFO.value: "để biết",
        Severity.WARNING.value: "theo dõi",
        Severity.ERROR.value: "cần khắc phục",
        Severity.CRITICAL.value: "khắc phục ngay",
    }
)
"""What a cause asks of an operator."""

BEFELL: Mapping[str, str] = MappingProxyType(
    {
        "accepted": "đã nhận vào trục",
        "rejected": "không được tiếp nhận vào trục",
        "told again": "được báo lại",
        "anchor came": "hồ sơ gốc đã có ở hệ thống nhận",
        "routed": "đã chọn tuyến",
        "replayed": "phát lại",
        "retried now": "chuyển lại ngay",
        "replay asked": "yêu cầu phát lại hàng loạt",
        "replay paused": "tạm dừng phát lại hàng loạt",
        "replay resumed": "tiếp tục phát lại hàng loạt",
        "replay cancelled": "hủy phát lại hàng loạt",
        "replay done": "đã phát lại xong hàng loạt",
        "asked to cancel": "yêu cầu hủy",
        "released": "thôi tạm giữ",
        "lapsed": "tiến trình chuyển dừng giữa chừng",
        "late outcome": "kết quả đến muộn",
        "completed": "đã điền tên còn thiếu theo danh mục",
        "checked": "đã hỏi hệ thống khác trước khi chuyển",
        "sent again": "chuyển thêm bản mới nhất",
        "brought to life": "kết nối cũ chưa gửi, trục gửi bổ sung",
        "given back": "tuyến về song hành: để kết nối cũ gửi",
        "line judged": "xác nhận hồ sơ ở hệ thống nhận",
        "adoption begun": "bắt đầu nhận dữ liệu có sẵn",
        "adoption paused": "tạm dừng nhận dữ liệu có sẵn",
        "adoption resumed": "tiếp tục nhận dữ liệu có sẵn",
        "adoption cancelled": "hủy nhận dữ liệu có sẵn",
        "adoption done": "đã nhận xong dữ liệu có sẵn",
        "cut-over begun": "bắt đầu chuyển kết nối",
        "cut-over paused": "tạm dừng chuyển kết nối",
        "cut-over resumed": "tiếp tục chuyển kết nối",
        "cut-over cancelled": "hủy chuyển kết nối",
        "cut-over done": "đã chuyển kết nối xong",
        "restored": "khôi phục từ bản sao lưu",
        "named": "đặt tên nguyên nhân",
        "job paused": "tạm dừng tác vụ đồng bộ",
        "job resumed": "tiếp tục tác vụ đồng bộ",
        "job asked for": "yêu cầu chạy tác vụ đồng bộ",
        "reconciliation asked": "yêu cầu đối soát",
        "reconciliation paused": "tạm dừng đối soát",
        "reconciliation resumed": "tiếp tục đối soát",
        "reconciliation cancelled": "hủy đối soát",
        "reconciliation done": "đối soát xong",
        "reconciliation failed": "đối soát không thành công",
        "repair asked": "yêu cầu khắc phục chênh lệch",
        "repair paused": "tạm dừng khắc phục chênh lệch",
        "repair resumed": "tiếp tục khắc phục chênh lệch",
        "repair cancelled": "hủy khắc phục chênh lệch",
        "repair done": "khắc phục chênh lệch xong",
        "file fetched": "bên nhận đã tải tệp",
        "file kept": "đã lấy tệp từ hệ thống nguồn",
        "file failed": "không lấy được tệp",
        "file refused": "tệp không được chuyển tiếp",
    }
)
"""What an entry of the journal says befell a message, beside the states."""

DOCUMENT_STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "arrived": "đã đến",
        "refused": "từ chối tiếp nhận",
        "received": "đã tiếp nhận",
        "assigned": "phân công xử lý",
        "processing": "đang xử lý",
        "finished": "hoàn thành",
        "recall_asked": "lấy lại",
        "change_agreed": "đồng ý cập nhật, thu hồi",
        "change_declined": "từ chối cập nhật, thu hồi",
    }
)
"""What a receiver, or the sender, says of a document: statuses 01 to 06, 13, 15 and 16."""

ANSWERS: Mapping[str, str] = MappingProxyType(
    {
        "destroyed": "đã hủy văn bản",
        "agreed": "đồng ý",
        "declined": "từ chối",
        "none": "chưa trả lời",
    }
)
"""What a receiver made of a recall or an update."""

DOCUMENT_ACTS: Mapping[str, str] = MappingProxyType(
    {
        "new": "văn bản mới",
        "recall": "thu hồi",
        "update": "cập nhật",
        "replace": "thay thế",
        "other": "nghiệp vụ không có trong danh mục",
    }
)
"""What a document packet does."""


def in_vietnamese(word: str) -> str:
    """Return the Vietnamese of a word that people see; one without Vietnamese stands as it is."""
    known = (STATES, STANDINGS, PARTIES, SEVERITIES, BEFELL)
    return next((words[word] for words in known if word in words), word)


def both(word: str) -> str:
    """Return a word in Vietnamese with the English beside it."""
    said = in_vietnamese(word)
    return word if said == word else f"{said} ({word})"


def moment(iso: str | None, *, exact: bool = True) -> str:
    """Return a time as offices write it, in Viet Nam time; an empty text for none."""
    if not iso:
        return ""
    when = datetime.fromisoformat(iso).astimezone(VIETNAM)
    return f"{when:%d/%m/%Y %H:%M:%S}" if exact else f"{when:%H:%M:%S}"


def number(value: float) -> str:
    """Return a number as offices write it: 1.234.567,8."""
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
    return text.translate(_SWAP)


_SWAP = str.maketrans(",.", ".,")
