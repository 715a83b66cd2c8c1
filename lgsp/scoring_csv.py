"""The scoring preview as CSV in Vietnamese, as spreadsheets open it: UTF-8 with its mark, commas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lgsp.domain.causes import explain
from lgsp.domain.dossier import BY_WORD
from lgsp.words import in_vietnamese, moment

_MARK = "\ufeff"
_ACTS = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings that a spreadsheet would take for a formula."""
_FIGURES = (
    "Chỉ số", "Tên", "Tử số", "Mẫu số", "Giá trị", "Đơn vị", "Ngưỡng (%)", "Mức đạt (%)", "Điểm",
    "Điểm tối đa", "Dựa trên giả định", "Ngoài mẫu số", "Từ ngày", "Đến ngày", "Cơ quan", "Phiên bản",
    "Độ tin cậy", "Công thức", "Giới hạn",
)  # fmt: skip
_LIST = (
    "Mã hồ sơ", "Cơ quan", "Mã thủ tục", "Trạng thái", "Ngày tiếp nhận", "Ngày hẹn trả",
    "Ngày kết thúc xử lý", "Lý do", "Lượt chuyển", "Nguyên nhân", "Nguồn",
)  # fmt: skip


def figures_csv(told: Mapping[str, Any]) -> bytes:
    """Return figures, as `lgsp.scoring.Scoring.figures` has them, one measure in a row."""
    of = told["of"]
    rows = [
        (
            one["measure"], one["name"]["vi"], one["numerator"], one["denominator"], one["value"],
            "ngày làm việc" if one["unit"] == "working-days" else "%", one["threshold"], one["reached"],
            one["points"], one["most"], one["assumed"], sum(reason["count"] for reason in one["outside"]),
            of["from"], of["to"], of["agency"], one["version"], one["confidence"], one["rule"]["vi"],
            one["limits"]["vi"],
        )
        for one in told["measures"]
    ]  # fmt: skip
    return (_MARK + _lines([_FIGURES, *rows])).encode()


def list_rows(dossiers: Iterable[Mapping[str, Any]]) -> bytes:
    """Return dossiers that cost points, one in a row, without a heading."""
    rows = [
        (
            one["code"], one["agency"], one["procedure"], _status(one["status"]), moment(one["received_at"]),
            moment(one["due_at"]), moment(one["finished_at"]), one["vi"],
            in_vietnamese(one["delivery"] or ""), explain(one["cause"]).text if one["cause"] else "",
            one["source"],
        )
        for one in dossiers
    ]  # fmt: skip
    return _lines(rows).encode()


def _status(word: str | None) -> str:
    return BY_WORD[word].vi if word in BY_WORD else ""


def _lines(rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    text = "" if value is None else value
    return f"'{text}" if isinstance(text, str) and text.startswith(_ACTS) else text


LIST_HEAD = (_MARK + _lines([_LIST])).encode()
"""What a file with a list begins with."""
