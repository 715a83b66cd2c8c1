"""The columns of dossier figures as offices print them: their order, the headings above them, their sums."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from lgsp.domain.reports.invariants import SETS
from lgsp.reporting.rendering.sheet import Column

_INTAKE, _IN_PERIOD = "Số hồ sơ phải giải quyết", "Tiếp nhận trong kỳ"
_SOLVED, _IN_PROCESS, _ENDED = "Đã giải quyết", "Đang giải quyết", "Kết thúc khác"
_GROUPS = (_INTAKE, _SOLVED, _ENDED, _IN_PROCESS, "")
_PLACES: Mapping[str, tuple[tuple[str, ...], str]] = MappingProxyType(
    {
        "total": ((_INTAKE,), "Tổng số"),
        "received": ((_INTAKE, _IN_PERIOD), "Cộng"),
        "online": ((_INTAKE, _IN_PERIOD), "Trực tuyến"),
        "direct": ((_INTAKE, _IN_PERIOD), "Trực tiếp, bưu chính"),
        "carried_over": ((_INTAKE,), "Kỳ trước chuyển sang"),
        "solved": ((_SOLVED,), "Tổng số"),
        "early": ((_SOLVED,), "Trước hạn"),
        "on_time": ((_SOLVED,), "Đúng hạn"),
        "in_time": ((_SOLVED,), "Trước và đúng hạn"),
        "late": ((_SOLVED,), "Quá hạn"),
        "withdrawn": ((_ENDED,), "Rút hồ sơ"),
        "stopped": ((_ENDED,), "Dừng xử lý"),
        "in_process": ((_IN_PROCESS,), "Tổng số"),
        "in_process_on_time": ((_IN_PROCESS,), "Trong hạn"),
        "in_process_late": ((_IN_PROCESS,), "Quá hạn"),
        "waiting": ((_IN_PROCESS,), "Đang chờ"),
        "refused": ((), "Từ chối tiếp nhận"),
    }
)
"""By their names in `lgsp.domain.figures`, in the order in which they are printed."""

RATES: Mapping[str, str] = MappingProxyType(
    {
        "online_share": "Trực tuyến",
        "in_time_share": "Trước và đúng hạn",
        "late_share": "Quá hạn",
        "in_process_on_time_share": "Đang xử lý trong hạn",
        "in_process_late_share": "Đang xử lý quá hạn",
    }
)
"""What the rates of the built-in forms are called under a common heading; notes have their names."""

_WITHIN: Mapping[str, Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "form-06a/1": {
            "withdrawn": (_SOLVED, "Trong đó rút hồ sơ"),
            "stopped": (_IN_PROCESS, "Trong đó dừng xử lý"),
        },
        "withdrawn-solved/1": {
            "withdrawn": (_SOLVED, "Rút hồ sơ"),
            "stopped": (_IN_PROCESS, "Trong đó dừng xử lý"),
        },
        "opencps/1": {"stopped": (_SOLVED, "Trong đó dừng xử lý")},
    }
)
"""Where a set counts what is withdrawn or stopped within another column, and how it is called there."""
_ORDER = tuple(_PLACES)
_TERM = re.compile(r"(?:stated:)?(\w+)")
_PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType({"in_time": ("early", "on_time")})


def dossier_columns(figures: Collection[str], rules: str) -> list[Column]:
    """Return the columns of dossier figures, in the order of print, whatever the order they came in.

    Args:
        figures: names of `lgsp.domain.figures`; those that it does not know are left out.
        rules: label of the set of invariants; its sums are printed under the headings.
    """
    placed = [(name, *_place(name, rules)) for name in _ORDER if name in figures]
    moved = _WITHIN.get(rules, {})
    placed.sort(key=lambda one: (_GROUPS.index(one[1][0] if one[1] else ""), one[0] in moved))
    return [
        Column(name, title, groups, numeric=True, formula=_sum(name, rules, figures))
        for name, groups, title in placed
    ]


def _place(name: str, rules: str) -> tuple[tuple[str, ...], str]:
    moved = _WITHIN.get(rules, {}).get(name)
    return ((moved[0],), moved[1]) if moved else _PLACES[name]


def _sum(name: str, rules: str, figures: Collection[str]) -> str:
    """Return the first formula of a set for a column whose terms all are columns too; or nothing."""
    found = SETS.get(rules)
    formulas = [
        formula
        for one in (found.invariants if found else ())
        if one.of == name and not one.looks_back
        for formula in one.formulas
    ]
    for formula in map(_spread, formulas):
        terms = _TERM.findall(formula)
        if all(term in figures for term in terms) and name not in terms:
            return _TERM.sub(lambda term: term[1], formula)
    return ""


def _spread(formula: str) -> str:
    """Return a formula with what is no column of print in its parts."""
    return _TERM.sub(lambda term: " + ".join(_PARTS.get(term[1], (term[1],))), formula)


def known(figures: Iterable[str]) -> list[str]:
    """Return those of some names that are dossier figures."""
    return [name for name in figures if name in _PLACES]
