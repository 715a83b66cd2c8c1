"""The Vietnamese words for what a reconciliation finds and does."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lgsp.domain.reconciling.buckets import Bucket, Repair
from lgsp.domain.reconciling.sides import Answer, Way

BUCKETS: Mapping[str, str] = MappingProxyType(
    {
        Bucket.UNSENDABLE: "không đủ điều kiện gửi",
        Bucket.REFUSED: "bị hệ thống nhận từ chối",
        Bucket.MISSING_HERE: "thiếu ở trục hoặc ở nguồn",
        Bucket.MISSING_THERE: "thiếu ở hệ thống nhận",
        Bucket.DUPLICATE: "trùng",
        Bucket.STATE_DIFFERS: "khác trạng thái",
        Bucket.LATE: "chuyển chậm",
        Bucket.UNVERIFIABLE: "không kiểm chứng được",
    }
)
REPAIRS: Mapping[str, str] = MappingProxyType(
    {
        Repair.RESEND: "trục gửi lại",
        Repair.UPDATE: "trục gửi cập nhật",
        Repair.CORRECT: "nguồn sửa dữ liệu rồi gửi lại",
        Repair.ASK_OWNER: "hỏi đơn vị chịu trách nhiệm",
        Repair.WAIT: "chờ, trục tự chuyển",
        Repair.NONE: "chưa cần làm gì",
    }
)
MENDING: Mapping[str, str] = MappingProxyType(
    {
        "": "chưa khắc phục",
        "sent": "đã cho gửi lại, chờ kiểm tra",
        "solved": "đã khắc phục",
        "left": "còn chênh lệch",
        "skipped": "không cần hoặc không thể gửi",
        "called off": "đã thôi gửi",
    }
)
STATES: Mapping[str, str] = MappingProxyType(
    {
        "running": "đang chạy",
        "paused": "tạm dừng",
        "cancelled": "đã hủy",
        "done": "đã xong",
        "failed": "không thành công",
    }
)
PHASES: Mapping[str, str] = MappingProxyType(
    {
        "uploading": "chờ danh sách từ tệp",
        "listing": "lấy danh sách từ nguồn",
        "turned away": "xem hồ sơ không được tiếp nhận vào trục",
        "comparing": "so sánh từng hồ sơ",
        "closing": "so với lần trước",
        "forgotten": "chi tiết đã hết hạn lưu",
        "sending": "cho gửi lại",
        "checking": "kiểm tra lại",
    }
)
ANSWERS: Mapping[str, str] = MappingProxyType(
    {Answer.THERE: "có", Answer.ABSENT: "không có", Answer.UNKNOWN: "không rõ"}
)
WAYS: Mapping[str, str] = MappingProxyType(
    {
        Way.NONE: "không có lượt chuyển",
        Way.UNDER_WAY: "đang trên đường chuyển",
        Way.HELD: "tạm giữ",
        Way.DELIVERED: "đã chuyển",
        Way.ADOPTED: "ghi nhận đã có ở nơi nhận",
        Way.SHADOWED: "chạy song song, kết nối cũ chuyển",
        Way.REFUSED: "bị từ chối",
        Way.SPENT: "đã hết lượt chuyển lại",
        Way.OUTLIVED: "đã hết hạn chuyển",
        Way.CALLED_OFF: "đã hủy",
    }
)
