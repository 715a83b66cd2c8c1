"""What was done with a report, in Vietnamese, beside the English words of the book."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lgsp.domain.reports.regimes import STATES

ACTS: Mapping[str, str] = MappingProxyType(
    {
        "drawn up": "lập",
        "counted anew": "tính lại",
        "typed in": "nhập số liệu",
        "received": "nhận từ hệ thống khác",
        "signed": "ký duyệt",
        "not taken on": "trục không nhận, trở lại bản nháp",
        "reopened": "rút lại chữ ký",
        "correcting": "lập bản sửa",
        "numbered anew": "đánh lại số phiên bản",
        "told twice": "được báo hai lần",
        "sent elsewhere": "gửi bằng kênh khác",
        "entered": "nhập bổ sung vào hệ thống",
    }
)
"""By the word of the book; an act that is called like a state is that state."""


def act(what: str) -> str:
    """Return an act in Vietnamese with the English beside it; an unknown one stands as it is."""
    state = STATES.get(what)
    said = ACTS.get(what) or (state.vi[:1].lower() + state.vi[1:] if state else "")
    return f"{said} ({what})" if said else what
