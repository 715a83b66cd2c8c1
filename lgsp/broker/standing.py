"""How the broker stands, in words that an operator can act on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_SENTENCES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "connecting": (
            "đang kết nối tới RabbitMQ",
            "connecting to RabbitMQ",
        ),
        "unreachable": (
            "không kết nối được RabbitMQ; kiểm tra máy chủ, cổng và đường truyền (LGSP_BROKER_URL)",
            "RabbitMQ cannot be reached; look at the host, the port and the network (LGSP_BROKER_URL)",
        ),
        "silent": (
            "RabbitMQ không trả lời; kiểm tra máy chủ RabbitMQ và đường truyền",
            "RabbitMQ does not answer; look at its host and the network",
        ),
        "closed-by-broker": (
            "RabbitMQ đã đóng kết nối; có thể đang khởi động lại",
            "RabbitMQ closed the connection; it may be restarting",
        ),
        "credentials-refused": (
            "RabbitMQ từ chối tài khoản; sửa LGSP_BROKER_URL hoặc chạy lgsp declare",
            "RabbitMQ refused the account; mend LGSP_BROKER_URL or run lgsp declare",
        ),
        "vhost-refused": (
            "tài khoản không được dùng virtual host này; chạy lgsp declare",
            "the account may not use this virtual host; run lgsp declare",
        ),
        "certificate-refused": (
            "chứng thư của RabbitMQ không xác thực được; kiểm tra cafile và hạn của chứng thư",
            "the certificate of RabbitMQ cannot be verified; look at cafile and at its expiry",
        ),
        "blocked": (
            "RabbitMQ không nhận thêm vì thiếu bộ nhớ hoặc đĩa; giải phóng ở đó (trục vẫn tiếp nhận)",
            "RabbitMQ takes nothing, for lack of memory or disk; free some there (accepting goes on)",
        ),
        "queue-forbidden": (
            "tài khoản không được phép tạo hoặc đọc hàng đợi; chạy lgsp declare",
            "the account may not make or read the queue; run lgsp declare",
        ),
        "publishing-forbidden": (
            "tài khoản không được phép gửi vào hàng đợi; chạy lgsp declare",
            "the account may not publish to the queues; run lgsp declare",
        ),
        "queue-different": (
            "hàng đợi đã có với cấu hình khác; xoá nó rồi chạy lgsp declare --yes (nhật ký sẽ phát lại)",
            "the queue exists with other settings; delete it, run lgsp declare --yes (the journal refills)",
        ),
        "queue-unavailable": (
            "hàng đợi chưa dùng được; cụm RabbitMQ có thể đang thiếu quá nửa số nút",
            "the queue cannot be used; the RabbitMQ cluster may have lost its majority",
        ),
        "dead-letters": (
            "có khung tin không đọc được trong hàng đợi lỗi; xem rồi dọn hàng đợi đó",
            "frames that nobody understood are in the dead-letter queue; look at them, then purge it",
        ),
    }
)


def sentences(code: str) -> tuple[str, str]:
    """Return what is wrong and what to do, in Vietnamese and in English; of a word of others only itself."""
    return _SENTENCES.get(code, (code, code))


@dataclass(slots=True, frozen=True)
class BrokerFault:
    """One thing that is wrong.

    Attributes:
        code: a word for machines.
        about: the system, or the broker's own words.
    """

    code: str
    about: str = ""

    @property
    def vietnamese(self) -> str:
        """Return what is wrong and what to do."""
        return sentences(self.code)[0] + self._detail

    @property
    def english(self) -> str:
        """Return the same in English."""
        return sentences(self.code)[1] + self._detail

    @property
    def _detail(self) -> str:
        return f" ({self.about})" if self.about else ""


@dataclass(slots=True, frozen=True)
class BrokerStanding:
    """How the broker stands, as seen from one process.

    Attributes:
        faults: empty when all is well.
        counts: of what happened since the start of the process.
    """

    faults: tuple[BrokerFault, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def well(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.faults
