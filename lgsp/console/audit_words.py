"""What befell, and what a verification finds, as auditors read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lgsp.console.deeds import deed
from lgsp.console.language import told
from lgsp.console.states import STATES
from lgsp.console.threads_walk import BEFELL
from lgsp.journal import seal_findings as kinds

WHATS: tuple[str, ...] = (
    "accepted", "delivered", "refused", "held", "replayed", "cancelled", "asked", "published", "signed in",
    "sign-in failed", "act denied", "exported", "body read", "log key announced", "entries let go",
)  # fmt: skip
"""What is often looked for: words that are offered while one types."""
OWN: Mapping[str, str] = {
    "accepted": told("tiếp nhận"),
    "rejected": told("từ chối ở cửa"),
    "asked": told("hỏi cơ sở dữ liệu"),
    "answered": told("câu hỏi có trả lời"),
    "failed": told("câu hỏi không được trả lời"),
    "log key announced": told("công bố khóa niêm phong"),
    "entries let go": told("hủy bút toán theo thời hạn lưu"),
    "log verification begun": told("bắt đầu kiểm tra sổ niêm phong"),
    "log verified": told("kiểm tra sổ niêm phong: nguyên vẹn"),
    "log found altered": told("kiểm tra sổ niêm phong: có phát hiện"),
    "entries exported": told("xuất nhật ký kiểm toán"),
    "worker lost": told("mất tiến trình"),
    "restored": told("khôi phục từ bản sao lưu"),
}
FINDINGS: Mapping[str, str] = {
    kinds.ALTERED: told("bị sửa"),
    kinds.MISSING: told("bị xóa"),
    kinds.INSERTED: told("bị chèn"),
    kinds.SWAPPED: told("bị đổi chỗ"),
    kinds.REORDERED: told("sai thứ tự"),
    kinds.TRUNCATED: told("bị cắt cuối"),
    kinds.HASH: told("mã băm bị sửa"),
    kinds.TILE: told("sổ bị sửa"),
    kinds.PLACE: told("sổ bị sửa"),
    kinds.UNSIGNED: told("chưa có chữ ký"),
    kinds.FORGED: told("chữ ký giả"),
    kinds.MIXED: told("điểm bị tráo"),
    kinds.STRANGE: told("khóa lạ"),
    kinds.REWRITTEN: told("bị viết lại"),
    kinds.ROLLED_BACK: told("bị lùi lại"),
    kinds.ANOTHER: told("sổ khác"),
    kinds.BODY: told("nội dung bị sửa"),
}


def what(word: str) -> str:
    """Return what befell in Vietnamese, marked to be translated; else the journal's own word."""
    if word in OWN:
        return OWN[word]
    if word in BEFELL:
        return BEFELL[word].text
    return STATES[word].text if word in STATES else deed(word)


def spoken(details: Any) -> str:
    """Return an entry's details in one line: names as the journal has them, and their values."""
    if isinstance(details, dict):
        return " · ".join(f"{name}: {spoken(value)}" for name, value in details.items())
    if isinstance(details, list):
        return ", ".join(f"({spoken(one)})" if isinstance(one, dict) else spoken(one) for one in details)
    return str(details)
