"""The causes that are our own doing: how a delivery waits or ends, and why a system rests."""

from __future__ import annotations

from lgsp.domain.cause import AGAIN_EN, AGAIN_VI, Cause, Party, Severity
from lgsp.errors import Scope

UNCATALOGUED = "uncatalogued"
"""The cause of an answer that nobody has named yet."""

_NOTHING_VI, _NOTHING_EN = "Không cần làm gì.", "Nothing has to be done."
_RESUME_VI, _RESUME_EN = "Chạy `lgsp resume` để chuyển tiếp.", "Run `lgsp resume` to go on."


def _waiting(code: str, vi: str, en: str, party: Party = Party.NOBODY) -> Cause:
    """Return a cause for something that waits, and goes on by itself."""
    return Cause(code, vi, en, party, AGAIN_VI, AGAIN_EN, retry_helps=True, severity=Severity.INFO)


def _resting(code: str, vi: str, en: str) -> Cause:
    """Return a cause for a system to which nothing is sent because a person wants it so."""
    words = (code, vi, en, Party.PLATFORM, _RESUME_VI, _RESUME_EN)
    return Cause(*words, severity=Severity.WARNING, concerns=Scope.SYSTEM)


WAITING = (
    _waiting("lapsed", "Tiến trình chuyển dừng giữa chừng", "The sending process went away", Party.PLATFORM),
    _waiting(
        "handed-back", "Tiến trình đang dừng trả lại lượt chưa chuyển", "Handed back unsent", Party.PLATFORM
    ),
    _waiting("settling", "Đang chờ lượt chuyển trước ngã ngũ", "Waiting for an earlier attempt to settle"),
    _waiting("parked", "Chờ hồ sơ gốc có ở hệ thống nhận", "Waiting for its dossier to be there"),
    Cause(
        "suspended",
        "Hệ thống nhận đang tạm ngừng (tự động)",
        "The system is suspended",
        Party.MINISTRY,
        "Hệ thống tự chuyển lại; không cần làm gì. Câu hỏi thì không được giữ: hỏi lại sau.",
        "It is sent again by itself; nothing has to be done. A question is not kept: ask it again later.",
        retry_helps=True,
        severity=Severity.WARNING,
        concerns=Scope.SYSTEM,
    ),
    Cause(
        "check-failed",
        "Không thăm dò được hệ thống nhận",
        "The system could not be asked whether it is there",
        Party.MINISTRY,
        "Hệ thống tự thử lại; nếu kéo dài, xem nhật ký và hỏi đơn vị vận hành hệ thống.",
        "It is tried again by itself; if that goes on, see the log and ask those who run the system.",
        retry_helps=True,
        severity=Severity.WARNING,
        concerns=Scope.SYSTEM,
    ),
    _resting("paused", "Người vận hành đang tạm dừng hệ thống này", "An operator paused the system"),
    _resting(
        "draining",
        "Hệ thống này đang chuyển nốt rồi tạm dừng",
        "What is on its way is finished, then the system is paused",
    ),
    _resting(
        "drained",
        "Đã chuyển nốt và tạm dừng hệ thống này theo yêu cầu",
        "The system is paused: what was on its way has been finished",
    ),
)

ENDS = (
    Cause(
        UNCATALOGUED,
        "Hệ thống nhận trả lời bằng nội dung chưa có trong danh mục nguyên nhân",
        "The system gave an answer that the catalogue of causes does not hold",
        Party.PLATFORM,
        "Người vận hành xem `lgsp causes`, đọc câu trả lời và đặt tên nguyên nhân.",
        "An operator looks at `lgsp causes`, reads the answer and names its cause.",
        retry_helps=True,
    ),
    Cause(
        "adapter-bug",
        "Bộ kết nối của trục gặp lỗi lập trình",
        "The adapter failed on a programming error",
        Party.PLATFORM,
        "Báo cho đội phát triển, kèm nhật ký của lượt chuyển.",
        "Tell the developers, with the log of the attempt.",
        retry_helps=True,
    ),
    Cause(
        "unreadable",
        "Nội dung lưu trong nhật ký không đọc được: đã bị thay đổi, hoặc mất khóa dữ liệu",
        "What the journal keeps of it cannot be read: it was altered, or its data key is lost",
        Party.PLATFORM,
        "Xem nhật ký máy chủ để biết vị trí; khôi phục từ bản sao lưu, hoặc đề nghị nguồn gửi lại.",
        "The log names the place; put it back from a backup, or ask the source to tell it again.",
    ),
    Cause(
        "uncertain",
        "Không rõ văn bản đã đến hệ thống nhận hay chưa",
        "Nobody can tell whether the document arrived",
        Party.PLATFORM,
        "Hỏi bên nhận; chưa có thì cho đi tiếp (release), đã có thì hủy lượt chuyển (cancel).",
        "Ask the far side; release the delivery if it is not there, cancel it if it is.",
        retry_helps=True,
    ),
    Cause(
        "exhausted",
        "Đã hết lượt chuyển lại",
        "Every attempt was used up",
        Party.PLATFORM,
        "Xem nguyên nhân của lần cuối, khắc phục rồi phát lại.",
        "See the last attempt's cause, mend it and replay.",
        retry_helps=True,
    ),
    Cause(
        "expired",
        "Đã hết hạn chuyển",
        "It could not be delivered in time",
        Party.PLATFORM,
        "Gửi lại từ nguồn nếu vẫn còn cần.",
        "Send it again from the source if it is still needed.",
    ),
    Cause(
        "cancelled",
        "Người vận hành đã hủy lượt chuyển",
        "An operator cancelled the delivery",
        Party.PLATFORM,
        "Liên hệ người vận hành trục.",
        "Ask the platform's operator.",
        severity=Severity.INFO,
    ),
    Cause(
        "restored",
        "Nhật ký được khôi phục từ bản sao lưu, chưa đối chiếu",
        "The journal was restored from a backup and is not compared yet",
        Party.PLATFORM,
        "Đối chiếu bằng `lgsp compare`, rồi `lgsp resume`.",
        "Compare with `lgsp compare`, then `lgsp resume`.",
        severity=Severity.CRITICAL,
        concerns=Scope.SYSTEM,
    ),
    Cause(
        "superseded",
        "Có bản mới hơn thay cho bản này",
        "A newer version took its place",
        Party.NOBODY,
        _NOTHING_VI,
        _NOTHING_EN,
        severity=Severity.INFO,
    ),
    Cause(
        "replaced",
        "Đã thay bằng bản sửa",
        "A corrected version took its place",
        Party.NOBODY,
        _NOTHING_VI,
        _NOTHING_EN,
        severity=Severity.INFO,
    ),
)

TAKING_OVER = (
    Cause(
        "not-told",
        "Kết nối cũ chưa gửi hồ sơ gốc của lượt này; trục gửi hồ sơ gốc trước",
        "The older connection did not tell the dossier of this one; it is sent first",
        Party.PLATFORM,
        "Không phải làm gì: trục gửi bổ sung hồ sơ gốc rồi gửi tiếp lượt này.",
        "Nothing has to be done: the dossier is sent, and then this one.",
        severity=Severity.INFO,
    ),
    Cause(
        "known-otherwise",
        "Trục đã biết hồ sơ này với nội dung khác; chỉ ghi nhận là hệ thống nhận đã có",
        "The journal knows this subject with another content; only its presence is noted",
        Party.NOBODY,
        _NOTHING_VI,
        _NOTHING_EN,
        severity=Severity.INFO,
    ),
    Cause(
        "type-not-taken",
        "Hệ thống nhận không nhận loại dữ liệu này",
        "The system takes no such type",
        Party.PLATFORM,
        "Bỏ mục này khỏi tệp, hoặc chọn hệ thống nhận khác.",
        "Leave it out of the file, or name another system.",
        severity=Severity.INFO,
    ),
)

ROWS = (*WAITING, *ENDS, *TAKING_OVER)
