"""A report as a sheet: its figures by row and column, and all that a printed report says around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from lgsp.domain.figures.table import VIETNAMESE
from lgsp.domain.reports.defined import Definitions
from lgsp.domain.reports.periods import Period, read_label
from lgsp.message import VIETNAM
from lgsp.reporting.rendering import footnotes
from lgsp.reporting.rendering.charting import charts
from lgsp.reporting.rendering.report_rows import Figures, Laid, Report, figures_of
from lgsp.reporting.rendering.sheet import Note, Sheet, Signature
from lgsp.words import moment

_SIGNED = frozenset({"sign", "signed"})
_UNFINISHED: Mapping[str, str] = MappingProxyType(
    {
        "draft": "Bản nháp, chưa ký duyệt",
        "returned": "Bị trả lại, yêu cầu sửa",
        "replaced": "Đã thay bằng bản sửa",
    }
)
_OFFICES = ("Người lập biểu", "Thủ trưởng cơ quan, đơn vị")
_PEN, _SEAL = "(Ký, ghi rõ họ tên)", "(Ký, ghi rõ họ tên, đóng dấu)"


@dataclass(slots=True, frozen=True)
class Around:
    """What a report does not carry itself.

    Attributes:
        name: gives the name of an agency's code; the code itself where nobody knows one.
        above: name of the body above the agency; or empty.
        changes: what is known otherwise now, as a comparison with now tells it.
    """

    name: Callable[[str], str] = field(default=lambda code: code)
    above: str = ""
    changes: Sequence[Mapping[str, Any]] = ()


def sheet_of(report: Report, definitions: Definitions, around: Around | None = None) -> Sheet:
    """Return the sheet of a report.

    A form that the definitions do not know is printed by what its figures say of themselves.

    Args:
        report: as `GET /v1/reports/{id}` has it.
        definitions: those in use.
        around: what else is to be said.
    """
    outside, agency = around or Around(), report.get("agency") or {}
    own = _name_of(agency, outside)
    figures = figures_of(report, definitions, own, outside.name)
    laid = figures.laid()
    units = {one.unit for one in figures.indicators if one.unit and one.unit != "%"}
    return Sheet(
        f"{report['form']}-{agency.get('code', '')}-{report['period']['code']}",
        report.get("form_name") or report["form"],
        laid.columns,
        laid.rows,
        tuple(_lines(report, definitions)),
        own,
        outside.above,
        f"Biểu mẫu: {report['form']}",
        _UNFINISHED.get(report.get("state", ""), ""),
        _signed_on(report),
        units.pop() if len(units) == 1 and figures.across else "",
        tuple(_notes(report, figures, laid, outside)),
        tuple(_signatures(report)),
        charts(*laid),
    )


# --- around the table -----------------------------------------------------------------------------------


def _name_of(agency: Mapping[str, Any], around: Around) -> str:
    code = agency.get("code") or ""
    return str(agency.get("name") or (around.name(code) if code else ""))


def _period(told: Mapping[str, Any]) -> Period | None:
    try:
        return read_label(f"{told['scheme']}:{told['code']}")
    except ValueError:
        return None


def _lines(report: Report, definitions: Definitions) -> Iterator[str]:
    period = _period(report["period"])
    yield period.said("vi") if period else f"Kỳ {report['period']['code']}"
    regime = definitions.regimes.get(report.get("regime") or "")
    if regime:
        yield regime.name
    if regime and regime.basis:
        yield f"Căn cứ: {regime.basis}"
    if report.get("version", 1) > 1:
        reason = f", lý do sửa: {report['reason']}" if report.get("reason") else ""
        yield f"Phiên bản {report['version']}{reason}"


def _notes(report: Report, figures: Figures, laid: Laid, around: Around) -> Iterator[Note]:
    yield from footnotes.rule(figures.rules)
    names = {one.code: one.name for one in figures.indicators}
    for one in figures.indicators:
        if one.formula:
            yield footnotes.rate(one.name, one.formula, names)
    yield from _known(report)
    yield from _origins(report, names)
    yield from footnotes.not_given(laid.columns, laid.rows)
    yield from footnotes.findings(report.get("findings") or (), _called(report, names, around))
    signed = _signature(report)
    if signed and signed.get("reason"):
        yield Note("finding", f"Lý do ký duyệt khi còn điểm cần lưu ý: {signed['reason']}")
    yield from footnotes.changes(around.changes, (report.get("agency") or {}).get("code", ""))
    if signed:
        yield footnotes.PLATFORM_SIGNED


def _called(report: Report, names: Mapping[str, str], around: Around) -> dict[str, str]:
    """Return what the codes of findings are called; the reporting agency is not named again."""
    own = (report.get("agency") or {}).get("code", "")
    units = {one["agency"]: around.name(one["agency"]) for one in report["figures"] if one.get("agency")}
    said = {code: name[:1].lower() + name[1:] for code, name in names.items()}
    return {**VIETNAMESE, **said, **units, own: ""}


def _known(report: Report) -> Iterator[Note]:
    period = _period(report["period"])
    counted = any(one.get("origin") == "counted" for one in report["figures"])
    cut_off = period.cut_off.isoformat() if period and counted else ""
    yield from footnotes.known(report.get("known_at"), cut_off, counted=counted)


def _origins(report: Report, names: Mapping[str, str]) -> Iterator[Note]:
    """Yield which figures were typed or came from another system, where not all did."""
    for origin, said in (("typed", "Nhập tay"), ("received", "Do hệ thống khác gửi")):
        codes = dict.fromkeys(
            one["indicator"] for one in report["figures"] if one.get("origin") == origin and one.get("value")
        )
        if codes:
            yield Note("known", f"{said}: {', '.join(names.get(code, code) for code in codes)}.")


def _signature(report: Report) -> Mapping[str, Any] | None:
    if report.get("state") == "draft":
        return None
    return next((act for act in reversed(report.get("acts") or ()) if act["what"] in _SIGNED), None)


def _signed_on(report: Report) -> str:
    signed = _signature(report)
    return datetime.fromisoformat(signed["at"]).astimezone(VIETNAM).date().isoformat() if signed else ""


def _signatures(report: Report) -> Iterator[Signature]:
    yield Signature(_OFFICES[0], _PEN)
    signed = _signature(report)
    said = f"Ký duyệt trên hệ thống: {signed['who']}, {moment(signed['at'])}" if signed else ""
    yield Signature(_OFFICES[1], _SEAL, said)
