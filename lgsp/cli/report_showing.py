"""What `lgsp report` shows: a table with its notes, its bars, and lists of reports, in Vietnamese first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from lgsp.reporting.rendering.sheet import Bar, Chart, Sheet

_ROOM = 100
"""Letters of a line where nobody says how wide the paper is."""
_BAR, _BAR_LABEL = 40, 30
_INK = {1: "█", 2: "▒█", 3: "▓▒█"}
"""The worst, last, is the darkest: a bar is read from its end."""


def sheet(told: dict[str, Any]) -> None:
    """Show a table as `GET /v1/reports/{id}/table` and `GET /v1/statistics/table` have it."""
    from lgsp.cli.paper import console
    from lgsp.cli.report_grid import grid
    from lgsp.reporting.rendering.sheet import from_dict

    read, paper = from_dict(told), console()
    room = paper.width if paper.is_terminal else _ROOM
    _head(paper, read, room)
    for part in grid(read, room):
        for line in part:
            paper.print(line.text, style="bold" if line.strong else None, soft_wrap=True)
        paper.print()
    for chart in read.charts:
        for text in bars(chart):
            paper.print(text, soft_wrap=True)
        paper.print()
    _notes(paper, read, room)


def _head(paper: Console, read: Sheet, room: int) -> None:
    from textwrap import wrap

    office = " – ".join(filter(None, (read.above, read.agency)))
    if office or read.form:
        paper.print(f"{office}  {f'({read.form})' if read.form else ''}".strip(), soft_wrap=True)
    for text in wrap(read.title.upper(), room):
        paper.print(text, style="bold")
    for text in read.lines:
        paper.print(text, soft_wrap=True)
    if read.standing:
        paper.print(f"[{read.standing}]", style="bold")
    if read.unit:
        paper.print(f"Đơn vị tính: {read.unit}")
    paper.print()


def _notes(paper: Console, read: Sheet, room: int) -> None:
    from textwrap import fill

    for n, note in enumerate(read.notes, 1):
        paper.print(fill(f"{n}. {note.text}", room, subsequent_indent="   "), soft_wrap=True)
    for one in read.signatures:
        if one.said:
            paper.print(one.said)


def bars(chart: Chart) -> Iterator[str]:
    """Yield the lines of a chart that is drawn with letters."""
    inks = _INK.get(len(chart.series), "█" * len(chart.series))
    keys = zip(inks, chart.series, strict=True)
    yield f"{chart.title}: {', '.join(f'{ink} {name}' for ink, name in keys)}"
    largest = max((sum(bar.parts, Decimal(0)) for bar in chart.bars), default=Decimal(0))
    for bar in chart.bars:
        yield _bar(bar, inks, sum(bar.parts, Decimal(0)) if chart.shares else largest)
    if chart.note:
        yield chart.note


def _bar(bar: Bar, inks: str, scale: Decimal) -> str:
    from lgsp.reporting.rendering.written import number, shortened

    drawn = "".join(ink * long for ink, long in zip(inks, _lengths(bar.parts, scale), strict=True))
    numbers = " + ".join(number(part) for part in bar.parts)
    return f"{shortened(bar.label, _BAR_LABEL):<{_BAR_LABEL}} {drawn:<{_BAR}} {numbers}"


def _lengths(parts: Sequence[Decimal], scale: Decimal) -> Iterator[int]:
    """Yield how long each part is: their ends are rounded, so that together they are as long as their sum."""
    before, done = Decimal(0), 0
    for part in parts:
        before += part
        end = round(before / scale * _BAR) if scale else 0
        yield end - done
        done = end


def reports(found: Sequence[dict[str, Any]], *, more: bool = False) -> None:
    """Show reports, one a line."""
    from lgsp.cli.paper import console, table

    rows = [
        (
            one["id"], one["form"], _agency(one), one["period"]["label"], one["version"], one["state_vi"],
            _due(one), _delivery(one),
        )
        for one in found
    ]  # fmt: skip
    headings = ("số", "biểu mẫu", "cơ quan", "kỳ", "bản", "tình trạng", "hạn gửi", "lượt chuyển")
    paper = console()
    if rows:
        paper.print(table(headings, rows, right=(4,)))
    else:
        paper.print("Chưa có báo cáo nào (no reports)")
    if more:
        paper.print("… còn nữa (there are more)")


def report(one: dict[str, Any]) -> None:
    """Show how far a report has come, and what was found in it, without its figures."""
    from lgsp.cli.paper import console
    from lgsp.reporting.rendering.acts import act
    from lgsp.words import moment

    paper = console()
    paper.print(
        f"Báo cáo {one['code']}, bản {one['version']}: {one['state_vi']} ({one['state']}), số {one['id']}"
    )
    paper.print(f"  {one['form_name']}; {_agency(one)}; {one['period']['label']}")
    due = _due(one)
    if due:
        paper.print(f"  hạn gửi (due): {due}")
    for finding in one.get("findings") or ():
        paper.print(f"  điểm cần lưu ý: {finding['vi']} ({finding['en']})", soft_wrap=True)
    for done in one.get("acts") or ():
        reason = f": {done['reason']}" if done.get("reason") else ""
        paper.print(f"  {moment(done['at'])} {done['who']}: {act(done['what'])}{reason}", soft_wrap=True)
    if _delivery(one):
        paper.print(f"  {_delivery(one)}")


def _agency(one: dict[str, Any]) -> str:
    agency = one.get("agency") or {}
    return f"{agency.get('name') or ''} {agency.get('code') or ''}".strip()


def _due(one: dict[str, Any]) -> str:
    from datetime import date

    if not one.get("due_on"):
        return one.get("due_vi") or ""
    late = ", quá hạn (late)" if one.get("late") else ""
    return f"{date.fromisoformat(one['due_on']):%d/%m/%Y}{late}"


def _delivery(one: dict[str, Any]) -> str:
    from lgsp.domain.causes import explain
    from lgsp.words import both

    sent = one.get("delivery")
    if not sent:
        return ""
    if not sent["system"]:
        return "chưa có tuyến (unrouted)"
    why = f": {explain(sent['cause']).text}" if sent.get("cause") else ""
    return f"{sent['system']}: {both(sent['state'])}{why}"
