"""How the screens of reporting name what they show: states, standings, origins, acts, periods, indicators."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from lgsp.console.language import told
from lgsp.console.problems_groups import name_of
from lgsp.console.room import Room, language_of
from lgsp.console.states import Look
from lgsp.domain.causes import explain
from lgsp.domain.reports.defined import Definitions
from lgsp.domain.reports.periods import SCHEMES, Kind, Period, Scheme, read_label
from lgsp.domain.reports.regimes import Regime

HERE = "/console/reports"

STATES: Mapping[str, Look] = {
    "draft": Look("pencil", "orange", told("đang lập")),
    "received": Look("transfer-in", "orange", told("gửi đến, chưa ký duyệt")),
    "signed": Look("certificate", "blue", told("đã ký duyệt")),
    "sent": Look("send", "blue", told("đã gửi")),
    "arrived": Look("mailbox", "azure", told("nơi nhận đã nhận")),
    "accepted": Look("circle-check", "green", told("đã được chấp nhận")),
    "returned": Look("circle-x", "red", told("bị trả lại, yêu cầu sửa")),
    "replaced": Look("versions", "secondary", told("đã thay bằng bản sửa")),
}
"""Of reports, from the first to the last."""

COURSE: Sequence[str] = ("draft", "signed", "sent", "arrived", "accepted")
"""The way of a report to which nothing happens."""

STANDINGS: Mapping[str, Look] = {
    "overdue": Look("alert-triangle", "red", told("quá hạn gửi")),
    "open": Look("hourglass", "orange", told("đến hạn gửi")),
    "unknown": Look("question-mark", "secondary", told("chưa biết hạn")),
    "not-yet": Look("calendar-time", "azure", told("kỳ chưa kết thúc")),
    "in-time": Look("circle-check", "green", told("gửi đúng hạn")),
    "late": Look("clock-exclamation", "red", told("gửi quá hạn")),
    "premature": Look("exclamation-circle", "orange", told("gửi trước khi hết kỳ")),
}
"""Against the window of a regime, by `Standing.value`."""

ORIGINS: Mapping[str, Look] = {
    "counted": Look("calculator", "secondary", told("đếm từ hồ sơ")),
    "derived": Look("subtask", "secondary", told("tính theo công thức")),
    "typed": Look("pencil", "orange", told("nhập tay")),
    "received": Look("transfer-in", "azure", told("hệ thống khác gửi đến")),
}
CHANNELS: Mapping[str, str] = {
    "system": told("qua hệ thống"),
    "document": told("bằng văn bản"),
    "other": told("kênh khác"),
}
DEEDS: Mapping[str, str] = {
    "drawn up": told("lập báo cáo"),
    "counted anew": told("đếm lại"),
    "typed in": told("nhập số liệu"),
    "signed": told("ký duyệt"),
    "reopened": told("rút chữ ký"),
    "correcting": told("lập bản sửa"),
    "sent elsewhere": told("ghi nhận đã gửi bằng kênh khác"),
    "entered": told("hệ thống nhận đã ghi nhận"),
    "received": told("gửi đến"),
    "sent": told("đã nhận báo cáo chuyển đến"),
    "arrived": told("báo đã nhận"),
    "accepted": told("chấp nhận"),
    "returned": told("trả lại, yêu cầu sửa"),
    "replaced": told("thay bằng bản sửa"),
    "numbered anew": told("đổi số phiên bản"),
    "told twice": told("gửi trùng phiên bản"),
    "not taken on": told("chưa đưa được vào trục, trở lại bản nháp"),
}
"""What was done to a report, by the word in its acts."""

KINDS: Mapping[Kind, str] = {
    Kind.MONTH: told("tháng"),
    Kind.QUARTER: told("quý"),
    Kind.SIX_MONTHS: told("6 tháng"),
    Kind.NINE_MONTHS: told("9 tháng"),
    Kind.YEAR: told("năm"),
}
SCHEME_NAMES: Mapping[str, str] = {
    "government/1": told("Kỳ báo cáo từ ngày 15 đến ngày 14"),
    "calendar/1": told("Kỳ theo tháng dương lịch"),
}
UNITS = (told("hồ sơ"), told("lượt"))
"""The units of the built-in indicators; a home's own are shown as it writes them."""
_CODE = re.compile(r"[a-z][a-z0-9_]*")
_SHOWN = {Kind.MONTH: 14, Kind.QUARTER: 5, Kind.SIX_MONTHS: 2, Kind.NINE_MONTHS: 2, Kind.YEAR: 3}
"""How many periods of a kind one may choose from; an address takes any."""


class Choices(NamedTuple):
    """Periods of one scheme to choose from, the newest of each kind first: label and name."""

    title: str
    periods: Sequence[tuple[str, str]]


def choices(today: date, language: str, chosen: str = "", only: str = "") -> list[Choices]:
    """Return the periods that have begun, by scheme; one that is chosen is among them, however old.

    Args:
        today: the day.
        language: of their names.
        chosen: label of a period.
        only: label of the one scheme that is wanted; empty is all.
    """
    found = []
    for label, scheme in SCHEMES.items():
        if only in {"", label}:
            some = [(one.label, one.said(language)) for one in _begun(scheme, today)]
            found.append(Choices(SCHEME_NAMES.get(label, label), _with(some, label, chosen, language)))
    return found


def _with(some: list[tuple[str, str]], scheme: str, chosen: str, language: str) -> Sequence[tuple[str, str]]:
    named = period_of(chosen)
    if named is None or named.scheme.label != scheme or named.label in {label for label, _ in some}:
        return some
    return [(named.label, named.said(language)), *some]


def _begun(scheme: Scheme, today: date) -> Iterator[Period]:
    for kind, cut in scheme.cuts.items():
        one = scheme.period(kind, today.year + 1, cut.count)
        while one.first > today:
            one = one.previous
        for _ in range(_SHOWN[kind]):
            yield one
            one = one.previous


def period_of(label: str) -> Period | None:
    """Return the period of a label; None where it is none."""
    try:
        return read_label(label)
    except ValueError:
        return None


def kinds_of(room: Room, request: Any, regime: Regime) -> str:
    """Return for which periods a regime is, in words."""
    kinds = ", ".join(room.say(request, KINDS[kind]) for kind in regime.kinds or tuple(Kind))
    scheme = SCHEME_NAMES.get(regime.scheme)
    return f"{kinds} ({room.say(request, scheme)})" if scheme else kinds


def words(room: Room, request: Any, definitions: Definitions) -> dict[str, Any]:
    """Return what every template of the screens says things with."""
    language = language_of(request)

    def indicator(code: str, otherwise: str = "") -> str:
        one = definitions.indicators.get(code)
        return (one.en if language == "en" and one.en else one.name) if one else otherwise or code

    def form(code: str) -> str:
        one = definitions.forms.get(code)
        return (one.en if language == "en" and one.en else one.name) if one else code

    def regime(code: str) -> str:
        one = definitions.regimes.get(code)
        return (one.en if language == "en" and one.en else one.name) if one else code

    return {
        "HERE": HERE,
        "STATES": STATES,
        "COURSE": COURSE,
        "STANDINGS": STANDINGS,
        "ORIGINS": ORIGINS,
        "CHANNELS": CHANNELS,
        "ACTED": DEEDS,
        "indicator": indicator,
        "form_name": form,
        "regime_name": regime,
        "agency_name": lambda agency: agency_name(room, agency),
        "finding": lambda report, one: finding(report, one, language, indicator),
        "findings": lambda report: sorted(report["findings"], key=lambda one: not one.get("blocking")),
        "cause": lambda code: explain(room.gateway.names.find(code) or code, language),
    }


def agency_name(room: Room, agency: Mapping[str, Any]) -> str:
    """Return what an agency of a report is called; its code where nobody knows a name."""
    code = agency.get("code") or ""
    return str(agency.get("name") or name_of(room.gateway.agencies, code) or code)


def finding(
    report: Mapping[str, Any], one: Mapping[str, Any], language: str, indicator: Callable[[str], str]
) -> tuple[str, str]:
    """Return where a finding is, and what it says, with names instead of codes."""
    place, text = str(one.get("place") or ""), str(one[language])
    codes = {figure["indicator"] for figure in report["figures"]}
    said = _CODE.sub(
        lambda found: _quoted(found[0], codes, indicator), text.removeprefix(f"{place}:").strip()
    )
    before, _, behind = place.partition(f"/{report['period']['label']}")
    own, parts = report["agency"]["code"], [*before.split("/"), *behind.split("/")]
    where = [indicator(part) if part in codes else part for part in parts if part not in {"", own}]
    return ("" if place == report["code"] else ", ".join(where)), said


def _quoted(code: str, codes: Collection[str], indicator: Callable[[str], str]) -> str:
    return f"“{indicator(code)}”" if code in codes else code
