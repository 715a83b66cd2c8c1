"""Explaining why something failed or is odd: who mends it, how, and whether a retry helps."""

from __future__ import annotations

from dataclasses import dataclass

from lgsp.domain import causes_door, causes_portal
from lgsp.domain.cause import Cause, Party
from lgsp.errors import Problem

_PATIENCE_VI = "Hệ thống tự chuyển lại; không cần làm gì."
_PATIENCE_EN = "It is sent again by itself; nothing has to be done."


@dataclass(slots=True, frozen=True)
class Explanation:
    """A cause, said about one case in one language."""

    code: str
    text: str
    mend: str
    party: Party
    retry_helps: bool


def explain(what: Problem | str, lang: str = "vi", *, place: str | None = None) -> Explanation:
    """Return the explanation of a problem, of a finding's code or of a cause.

    A code that the catalogue does not hold is explained as `uncatalogued` and keeps its name.

    Args:
        what: the problem, or the bare code.
        lang: `vi` or `en`.
        place: the field as the reader names it, where that is not the problem's own place.
    """
    problem = Problem("", what) if isinstance(what, str) else what
    cause = CAUSES.get(problem.code) or CAUSES["uncatalogued"]
    text, mend = (cause.en, cause.mend_en) if lang == "en" else (cause.vi, cause.mend_vi)
    words = {"place": problem.place if place is None else place, "detail": problem.detail}
    said = text.format_map(words).removeprefix(": ")
    return Explanation(problem.code, said, mend.format_map(words), cause.party, cause.retry_helps)


def _passing(code: str, vi: str, en: str, party: Party) -> Cause:
    """Return a cause that passes by itself."""
    return Cause(code, vi, en, party, _PATIENCE_VI, _PATIENCE_EN, retry_helps=True)


_TRANSPORT = (
    _passing(
        "unreachable", "Không kết nối được đến hệ thống nhận", "The system cannot be reached", Party.NETWORK
    ),
    _passing(
        "timed-out",
        "Hệ thống nhận không trả lời kịp thời",
        "The system did not answer in time",
        Party.NETWORK,
    ),
    _passing("connection-lost", "Mất kết nối trong khi chuyển", "The connection was lost", Party.NETWORK),
    _passing(
        "http-429", "Hệ thống nhận yêu cầu gửi chậm lại", "The system asks us to slow down", Party.MINISTRY
    ),
    _passing(
        "http-502", "Cổng trung gian không gọi được hệ thống nhận", "A proxy got no answer", Party.MINISTRY
    ),
    _passing("http-503", "Hệ thống nhận tạm ngừng phục vụ", "The system is out of service", Party.MINISTRY),
    _passing(
        "http-504", "Cổng trung gian chờ hệ thống nhận quá lâu", "A proxy waited too long", Party.MINISTRY
    ),
    _passing("lapsed", "Tiến trình chuyển dừng giữa chừng", "The sending process went away", Party.PLATFORM),
    Cause(
        "certificate-refused",
        "Chứng thư số của hệ thống nhận không được tin cậy hoặc đã hết hạn",
        "The system's certificate is not trusted, or has expired",
        Party.MINISTRY,
        "Yêu cầu bên đó gia hạn chứng thư, hoặc thêm nơi cấp vào danh sách tin cậy của máy chủ.",
        "Ask them to renew it, or add its authority to those this server trusts.",
        retry_helps=True,
    ),
    Cause(
        "mail-not-taken",
        "Máy chủ thư không nhận thư cảnh báo",
        "The mail server did not take the alert",
        Party.NETWORK,
        "Kiểm tra mục `smtp` trong routes.yaml rồi thử bằng `lgsp alerts --test`.",
        "Look at `smtp` in routes.yaml, then try `lgsp alerts --test`.",
        retry_helps=True,
    ),
    _passing(
        "handed-back", "Tiến trình đang dừng trả lại lượt chưa chuyển", "Handed back unsent", Party.PLATFORM
    ),
    _passing(
        "settling",
        "Đang chờ lượt chuyển trước ngã ngũ",
        "Waiting for an earlier attempt to settle",
        Party.NOBODY,
    ),
    _passing(
        "suspended", "Hệ thống nhận đang tạm ngừng (tự động)", "The system is suspended", Party.MINISTRY
    ),
    _passing(
        "parked", "Chờ hồ sơ gốc có ở hệ thống nhận", "Waiting for its dossier to be there", Party.NOBODY
    ),
)

_ENDS = (
    Cause(
        "uncatalogued",
        "Hệ thống nhận trả lời bằng nội dung chưa có trong danh mục nguyên nhân",
        "The system gave an answer that the catalogue of causes does not hold",
        Party.PLATFORM,
        "Người vận hành đọc câu trả lời và bổ sung nguyên nhân vào danh mục.",
        "An operator reads the answer and adds its cause to the catalogue.",
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
    ),
    Cause(
        "restored",
        "Nhật ký được khôi phục từ bản sao lưu, chưa đối chiếu",
        "The journal was restored from a backup and is not compared yet",
        Party.PLATFORM,
        "Đối chiếu bằng `lgsp compare`, rồi `lgsp resume`.",
        "Compare with `lgsp compare`, then `lgsp resume`.",
    ),
    Cause(
        "superseded",
        "Có bản mới hơn thay cho bản này",
        "A newer version took its place",
        Party.NOBODY,
        "Không cần làm gì.",
        "Nothing has to be done.",
    ),
    Cause(
        "replaced",
        "Đã thay bằng bản sửa",
        "A corrected version took its place",
        Party.NOBODY,
        "Không cần làm gì.",
        "Nothing has to be done.",
    ),
)

_FAR: tuple[Cause, ...] = causes_portal.ROWS
"""What the far systems refuse or complain of, as their adapters name it."""

CAUSES = {cause.code: cause for cause in (*causes_door.ROWS, *_TRANSPORT, *_ENDS, *_FAR)}
"""The catalogue, by code."""
