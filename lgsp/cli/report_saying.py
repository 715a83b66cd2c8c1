"""What `lgsp report` says of what is due, of changes, of contradictions, and of where figures come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_STANDINGS = {
    "overdue": "quá hạn (overdue)",
    "open": "đến kỳ gửi (due)",
    "not-yet": "chưa hết kỳ (period runs)",
    "unknown": "chưa biết hạn (unknown)",
    "in-time": "đúng hạn (in time)",
    "late": "gửi muộn (late)",
    "premature": "gửi trước khi hết kỳ (premature)",
}
_ACTS = {"typed in": "nhập (typed in)", "received": "nhận (received)"}


def due(lines: Sequence[Mapping[str, Any]]) -> None:
    """Show what is due, the most pressing first."""
    from lgsp.cli.paper import console, table

    paper = console()
    rows = [
        (
            _STANDINGS.get(one["standing"], ""),
            _day(one["due_on"]) or one.get("due_vi", ""),
            one["form"],
            _agency(one["agency"]),
            one["period"]["label"],
            (one["report"] or {}).get("state_vi"),
        )
        for one in lines
    ]
    if rows:
        headings = ("tình trạng", "hạn gửi", "biểu mẫu", "cơ quan", "kỳ", "báo cáo")
        paper.print(table(headings, rows))
    else:
        paper.print("Không có báo cáo nào đến hạn (nothing is due)")


def forms(found: Mapping[str, Any]) -> None:
    """Show what may be reported."""
    from lgsp.cli.paper import console, table

    paper = console()
    for form in found["forms"]:
        paper.print(f"{form['code']}: {form['name']} ({form['regime']}; {form['invariants'] or '-'})")
        rows = [(one["code"], one["name"], one["unit"], one["formula"]) for one in form["indicators"]]
        paper.print(table(("mã", "chỉ tiêu", "đơn vị tính", "công thức"), rows))
        paper.print()


def changes(found: Mapping[str, Any]) -> None:
    """Show how two versions differ, or a version and what is known now."""
    from lgsp.cli.paper import console, table

    paper = console()
    then, now = (_known(found[name]) for name in ("then", "now"))
    paper.print(f"{then} → {now}; {found['same']} số liệu như nhau (the same)")
    rows = [
        (one["name"], one["agency"], one["then"] or "-", one["now"] or "-", one["difference"] or "")
        for one in found["changes"]
    ]
    if rows:
        headings = ("chỉ tiêu", "cơ quan", "lúc đó (then)", "bây giờ (now)", "lệch")
        paper.print(table(headings, rows, right=(2, 3, 4)))


def contradictions(findings: Sequence[Mapping[str, Any]]) -> None:
    """Show why a report is not signed."""
    from lgsp.cli.paper import console

    paper = console()
    paper.print("Chưa ký: số liệu mâu thuẫn (not signed: figures contradict each other)")
    for one in findings:
        paper.print(f"  {one['vi']} ({one['en']})", soft_wrap=True)
    paper.print("Sửa số liệu, hoặc ghi lý do vẫn ký bằng --agreed (mend them, or say why they stand)")


def derivation(found: Mapping[str, Any]) -> None:
    """Show where a figure comes from."""
    from lgsp.cli.paper import console
    from lgsp.words import moment

    paper, figure = console(), found["figure"]
    value = figure.get("value", "-")
    paper.print(f"{figure.get('name') or found['indicator']}, {found['agency']}: {value}")
    if found["from"] == "formula":
        paper.print(f"  = {found['formula']} = {found['numbers']}")
    elif found["from"] == "dossiers":
        paper.print(f"  đếm theo {found['definition']}, như đã biết lúc {moment(found['known_at'])}")
        for key in found["dossiers"]:
            paper.print(f"  {key}")
        if found["next"]:
            paper.print(f"  … --after {found['next']}")
    for act in found.get("acts", ()):
        paper.print(
            f"  {moment(act['at'])} {act['who']}: {_ACTS.get(act['what'], act['what'])} {act['reason']}"
        )


def _known(side: Mapping[str, Any]) -> str:
    from lgsp.words import moment

    version = f"bản {side['version']}, " if "version" in side else ""
    return f"{version}{moment(side['known_at'])}"


def _agency(agency: Mapping[str, Any]) -> str:
    return f"{agency.get('name') or ''} {agency.get('code') or ''}".strip()


def _day(text: str | None) -> str:
    from datetime import date

    return f"{date.fromisoformat(text):%d/%m/%Y}" if text else ""
