"""Showing a demonstration: a live view on a terminal, a line now and then elsewhere, and the summary."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from lgsp.adapter import Report
from lgsp.demo.account import Account
from lgsp.demo.reports import FAR
from lgsp.demo.stage import AXIS, PORTAL, Stage
from lgsp.demo.watch import Watch
from lgsp.domain.causes import explain
from lgsp.ending import end_told
from lgsp.words import both, in_vietnamese, moment, number

_LINE_EVERY = 5.0
_COLUMN = 34
_WORDS = {
    "accepted": "đã nhận (accepted)",
    "delivered": both("delivered"),
    "refused": both("refused"),
    "dead": "không chuyển được (dead)",
    "waiting": "đang trên đường (waiting)",
    "put off": both("put off"),
    "parked": both("parked"),
    "held": both("held"),
    "superseded": both("superseded"),
    "duplicates": "Cổng nhận lặp lại (duplicates)",
    "quarantined": "khu cách ly (quarantined)",
    "resends": "chuyển thêm bản mới nhất (resends)",
    "suspensions": "lần Cổng tạm ngừng (suspensions)",
    "reports_seen": "báo lại cho một cửa (reports_seen)",
}
_DOCUMENT_WORDS = {
    "written": "văn bản đã soạn (written)",
    "wanted": "lượt chuyển đến nơi nhận (wanted)",
    "delivered": both("delivered"),
    "refused": both("refused"),
    "held": both("held"),
    "behind": "chờ sau văn bản bị giữ (behind)",
    "dead": "không chuyển được (dead)",
    "waiting": "đang trên đường (waiting)",
    "turned_away": "bị trục cách ly (turned_away)",
    "duplicates": "nơi nhận nhận lặp lại (duplicates)",
}
_REPORT_WORDS = {
    "signed": "lượt ký và gửi báo cáo (signed)",
    "corrected": "phiên bản sửa (corrected)",
    "accepted": "được chấp nhận (accepted)",
    "returned": "bị trả lại để sửa (returned)",
    "repeats": "nơi nhận nhận lặp lại (repeats)",
    "heard": "trạng thái về đơn vị báo cáo (heard)",
}
_TIMES = {"accept_ms": "nhận, ms (accept)", "end_to_end_ms": "từ nhận đến chuyển, ms (end to end)"}
_SOUND = Text(
    "Cổng giữ đúng những gì đã gửi. (The portal holds exactly what was sent.)\n"
    "Văn bản đến đúng thứ tự, hoặc có lý do. (Documents came in order, or there is a reason.)\n"
    "Báo cáo khớp với đếm lại từ cơ sở dữ liệu một cửa."
    " (Reports equal a recount of the one-stop's own database.)",
    "green",
)
_UNSOUND = Text("Có chênh lệch hoặc còn dở dang. (Something differs or is unfinished.)", "bold red")


class RichScreen:
    """Shows on a console.

    Args:
        console: where it is shown.
        watched: a person sits before it: there is a live view, and everything stays up at the end. Otherwise
            a line is told every few seconds.
    """

    def __init__(self, console: Console, *, watched: bool) -> None:
        self._console = console
        self._watched = watched

    @contextmanager
    def follow(self, watch: Watch) -> Iterator[None]:
        """See `Screen.follow`."""
        self._introduce(watch.stage)
        if self._watched:
            with Live(get_renderable=lambda: _view(watch), console=self._console, refresh_per_second=5):
                yield
            return
        lines = asyncio.create_task(self._tell(watch))
        try:
            yield
        finally:
            lines.cancel()

    def conclude(self, account: Account, stage: Stage) -> None:
        """See `Screen.conclude`."""
        self._console.print(_summary(account))
        self._console.print(_documents(account.figures["documents"]))
        for code, count in account.figures["documents"]["reasons"].items():
            self._console.print(_reason(code, count))
        self._console.print(_reports(account.figures["reports"]))
        self._console.print(_SOUND if account.sound else _UNSOUND)
        for line in account.figures["differences"]:
            self._console.print(f"  {line}")
        if account.differences:
            self._console.print(f"  (seed {stage.plan.seed})")

    async def linger(self, stage: Stage) -> None:
        """See `Screen.linger`: where somebody watches, everything stays up until Ctrl-C."""
        if not self._watched:
            return
        self._console.print(
            "\nTrục vẫn chạy để xem; nhấn Ctrl-C để dừng. (Everything stays up until Ctrl-C.)\n"
            f"  LGSP_STATE={stage.state} LGSP_OPERATOR_TOKEN={stage.platform.operator} lgsp systems"
        )
        with end_told() as told:
            await told.wait()

    def _introduce(self, stage: Stage) -> None:
        plan = stage.plan
        table = Table.grid(padding=(0, 2))
        table.add_row("trục (gateway)", stage.url)
        table.add_row("giao diện điều hành (console)", stage.console["url"])
        table.add_row(
            "tên / mật khẩu (name / password)", f"{stage.console['name']} / {stage.console['password']}"
        )
        table.add_row("Cổng giả lập (sandbox)", f"{stage.far_url}/{PORTAL}/_state")
        table.add_row("Trục văn bản giả lập (sandbox)", f"{stage.far_url}/{AXIS}/_state")
        table.add_row("Hệ thống báo cáo giả lập (sandbox)", f"{stage.far_url}/{FAR}/_state")
        table.add_row("mã của một cửa (token)", stage.token)
        table.add_row("mã của người vận hành", stage.platform.operator)
        faults = "có lỗi giả lập (faults)" if plan.faults else "không lỗi"
        pace = f"{number(plan.rate)}/s trong {number(plan.seconds)} s"
        table.add_row("lưu lượng (traffic)", f"{pace}, {faults}")
        self._console.print(table)

    async def _tell(self, watch: Watch) -> None:
        while True:
            await asyncio.sleep(_LINE_EVERY)
            figures = watch.figures
            self._console.print(
                f"{watch.elapsed:4.0f} s  đã nhận {figures.accepted}, đã chuyển {figures.of('delivered')},"
                f" đang trên đường {figures.moving}, bị từ chối {figures.of('refused')},"
                f" Cổng: {both(watch.standing)};"
                f" văn bản và trạng thái đã đến {watch.documents.of('delivered')},"
                f" đang trên đường {watch.documents.moving}"
            )


def _view(watch: Watch) -> RenderableType:
    figures, plan = watch.figures, watch.stage.plan
    told = min(watch.elapsed, plan.seconds)
    head = Text.assemble(
        (f"{told:.0f}/{plan.seconds:.0f} s", "bold"),
        f"   {number(watch.per_second)} lượt/s   Cổng: ",
        (both(watch.standing), "green" if watch.standing == "running" else "bold yellow"),
    )
    calls = ", ".join(f"{name} {number(count)}" for name, count in watch.calls.items())
    shown = {
        "accepted": figures.accepted,
        "delivered": figures.of("delivered"),
        "waiting": figures.of("waiting", "ready", "sending"),
        **{state: figures.of(state) for state in ("put off", "parked", "refused")},
        "dead": figures.dead,
        "superseded": figures.of("superseded"),
    }
    events = [_event(report) for report in list(watch.events)]
    return Group(head, _figures(shown), _letters(watch), Text(f"Cổng đã được gọi: {calls}", "dim"), *events)


def _letters(watch: Watch) -> Text:
    figures = watch.documents
    return Text.assemble(
        f"Văn bản và trạng thái: {number(figures.of('delivered'))} đã đến,"
        f" {number(figures.moving)} đang trên đường, {number(figures.of('held'))} tạm giữ   Trục văn bản: ",
        (both(watch.axis_standing), "green" if watch.axis_standing == "running" else "bold yellow"),
    )


def _figures(shown: dict[str, int]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(min_width=_COLUMN)
    table.add_column(justify="right", min_width=8)
    for name, count in shown.items():
        table.add_row(_WORDS[name], number(count))
    return table


def _event(report: Report) -> Text:
    when = moment(report.at.isoformat(), exact=False)
    why = f" {report.cause} {' '.join(report.fields)}" if report.cause else ""
    style = "dim" if report.state == "delivered" else "yellow"
    return Text(f"{when}  {report.subject:<24} {in_vietnamese(report.state)}{why}", style)


def _summary(account: Account) -> Table:
    told = account.figures
    table = Table(box=None, show_header=False, title="Kết quả (summary)", title_justify="left")
    table.add_column("", min_width=_COLUMN)
    table.add_column("", justify="right")
    for name, words in _WORDS.items():
        if name in told:
            table.add_row(words, number(told[name]))
    for name, words in _TIMES.items():
        table.add_row(f"{words}: p50 / p99", f"{number(told[f'{name}_p50'])} / {number(told[f'{name}_p99'])}")
    table.add_row("thời gian, s (seconds)", number(told["seconds"]))
    return table


def _documents(told: Mapping[str, Any]) -> Table:
    table = Table(box=None, show_header=False, title="Văn bản (documents)", title_justify="left")
    table.add_column("", min_width=_COLUMN)
    table.add_column("", justify="right")
    for name, words in _DOCUMENT_WORDS.items():
        table.add_row(words, number(told[name]))
    table.add_row("trạng thái đã chuyển (statuses)", number(told["statuses"]["delivered"]))
    heard = ", ".join(f"{code}: {number(count)}" for code, count in told["heard"].items())
    table.add_row("trong đó (of them)", heard)
    return table


def _reports(told: Mapping[str, Any]) -> Table:
    table = Table(box=None, show_header=False, title="Báo cáo (reports)", title_justify="left")
    table.add_column("", min_width=_COLUMN)
    table.add_column("", justify="right")
    for name, words in _REPORT_WORDS.items():
        table.add_row(words, number(told[name]))
    for period, figures in told["figures"].items():
        of = [figures.get(name, "-") for name in ("total", "solved", "in_process")]
        table.add_row(f"{period}: phải giải quyết / đã / đang (total / solved / in process)", " / ".join(of))
    return table


def _reason(code: str, count: int) -> Text:
    """Return why so many were refused or are held, and what a person is to do about it."""
    why = explain(code)
    return Text(f"  {number(count)} × {why.text} ({code}). {why.mend}", "yellow")
