"""What the scoring preview says of periods and measures: kinds, neighbours, comparisons, words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from lgsp.console.language import told
from lgsp.console.states import Look
from lgsp.domain.scoring.periods import Period

KINDS: Mapping[str, str] = {
    "month": told("Tháng"),
    "quarter": told("Quý"),
    "year": told("Năm"),
    "range": told("Từ ngày đến ngày"),
}
SURE: Mapping[str, Look] = {
    "high": Look("checks", "green", told("tin cậy cao")),
    "medium": Look("check", "azure", told("tin cậy vừa")),
    "low": Look("question-mark", "yellow", told("tin cậy thấp")),
}
COUNTED: Mapping[str, str] = {
    "received": told("tiếp nhận trong kỳ"),
    "handled": told("đang giải quyết trong kỳ"),
    "ended": told("kết thúc trong kỳ"),
}
WRONG: Mapping[str, str] = {
    "agency": told("Mã cơ quan không đọc được: viết như H44 hoặc H44.11."),
    "month": told("Tháng không đọc được: viết như 2026-11."),
    "quarter": told("Quý không đọc được: viết như 2026-Q4."),
    "year": told("Năm không đọc được: viết như 2026."),
    "from": told("Ngày bắt đầu không đọc được hoặc còn thiếu."),
    "to": told("Ngày kết thúc không đọc được, hoặc trước ngày bắt đầu."),
    "system": told("Không có tuyến nào chuyển hồ sơ tới hệ thống này."),
    "": told("Chỉ chọn một kỳ: tháng, quý, năm, hoặc từ ngày đến ngày."),
}
"""What is said of a wrong parameter, by its name."""
_YEARS = 4
_QUARTER = 3
_LEAST = 0.005


class Row(NamedTuple):
    """One measure with the period before.

    Attributes:
        now: its figure.
        before: the figure of the period before; None while that is not counted.
        change: by how much the value is other, None where one of them has none.
        better: the change is for the better; None where there is none.
        outside: dossiers outside the denominator.
        lost: dossiers that cost points.
    """

    now: Mapping[str, Any]
    before: Mapping[str, Any] | None
    change: float | None
    better: bool | None
    outside: int
    lost: int


def compared(now: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Return measures beside what they were in the period before."""
    earlier = {one["measure"]: one for one in before}
    return [_row(one, earlier.get(one["measure"])) for one in now]


def _row(one: Mapping[str, Any], earlier: Mapping[str, Any] | None) -> Row:
    change = better = None
    if earlier is not None and None not in {one["value"], earlier["value"]}:
        change = round(one["value"] - earlier["value"], 2)
        shorter = one["unit"] == "working-days"
        better = None if abs(change) < _LEAST else (change < 0) is shorter
    return Row(one, earlier, change, better, _count(one["outside"]), _count(one["lost"]))


def _count(reasons: Sequence[Mapping[str, Any]]) -> int:
    return sum(one["count"] for one in reasons)


def ordered(bodies: Sequence[Mapping[str, Any]], sort: str) -> list[dict[str, Any]]:
    """Return bodies with their figures by measure, by code, or by one measure, the lowest first."""
    found = [{**one, "of": {m["measure"]: m for m in one["measures"]}} for one in bodies]
    if not found or sort not in found[0]["of"]:
        return found

    def place(one: Mapping[str, Any]) -> tuple[bool, float]:
        value = one["of"][sort]["value"]
        return (value is None, 0.0 if value is None else value)

    return sorted(found, key=place)


# --- periods --------------------------------------------------------------------------------------------


def kind_of(given: Mapping[str, str]) -> str:
    """Return how a period is named in an address."""
    if given["from"] or given["to"]:
        return "range"
    return next((name for name in ("quarter", "year") if given[name]), "month")


def period_params(kind: str, day: Period) -> dict[str, str]:
    """Return the parameters of the period of a kind that holds the last day of another one."""
    last = day.last
    if kind == "range":
        return {"from": day.first.isoformat(), "to": last.isoformat()}
    if kind == "year":
        return {"year": f"{last:%Y}"}
    if kind == "quarter":
        return {"quarter": f"{last:%Y}-Q{_quarter(last)}"}
    return {"month": f"{last:%Y-%m}"}


def _quarter(day: date) -> int:
    return (day.month - 1) // _QUARTER + 1


def ways(kind: str, period: Period, today: date) -> tuple[dict[str, str], dict[str, str] | None]:
    """Return the parameters of the period before and of the one behind; None where that has not begun."""
    next_ = period.last + timedelta(days=1)
    behind = Period(next_, next_ + (period.last - period.first)) if kind == "range" else Period(next_, next_)
    return period_params(kind, period.before), None if next_ > today else period_params(kind, behind)


def choices(today: date) -> dict[str, list[str]]:
    """Return quarters and years that somebody may want, newest first."""
    years = [today.year - n for n in range(_YEARS)]
    quarters = [f"{year}-Q{n}" for year in years for n in (4, 3, 2, 1)]
    return {
        "quarter": [one for one in quarters if one <= f"{today.year}-Q{_quarter(today)}"],
        "year": [str(year) for year in years],
    }
