"""What `lgsp reconcile` shows: runs, what they found, and what a repair would do, in Vietnamese first."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

import typer


def run(one: dict[str, Any]) -> None:
    """Show one run: what was compared, how much of it differs and whose that is, and how it compares."""
    from lgsp.cli.paper import console
    from lgsp.domain.reconciling.words import PHASES, STATES
    from lgsp.words import moment

    paper, scope = console(), one["scope"]
    state = STATES[one["state"]] + (f", {PHASES[one['phase']]}" if one["state"] == "running" else "")
    paper.print(f"Đối soát {one['id']}: {scope['source']} → {scope['system']}: {state} ({one['state']})")
    period = f"{moment(scope['since']) or '…'} – {moment(scope['until']) or '…'}"
    paper.print(f"  {scope['agency'] or 'mọi cơ quan (all)'}, tiếp nhận (received) {period}")
    if one["said"]:
        paper.print(f"  {one['said']}")
    if one["waits"]:
        paper.print(f"  đợi hệ thống (waits): {one['waits']}")
    for line in _counted(one["counts"], scope):
        paper.print(line)
    _beside(one["portal_counts"])
    _sums(one["sums"])


def _beside(told: Sequence[dict[str, Any]]) -> None:
    """Show what the far side counts beside our counts; whose a gap is nobody can say."""
    from lgsp.cli.paper import console, table
    from lgsp.words import moment, number

    if not told:
        return
    rows = [
        (
            one["agency"],
            " – ".join(moment(one[name]) or "…" for name in ("since", "until")) if _narrowed(one) else "",
            *(number(one[name]) for name in ("count", "there", "held", "gap")),
        )
        for one in told
    ]  # fmt: skip
    headings = (
        "cơ quan (agency)", "kỳ (period)", "nơi nhận thống kê (its count)", "thấy có (seen there)",
        "ở trục (journal)", "chênh (gap)",
    )  # fmt: skip
    console().print(table(headings, rows, right=(2, 3, 4, 5)))
    console().print(
        "  Chênh số đếm không cho biết là hồ sơ nào (a gap of counts does not say which dossiers)."
    )


def _narrowed(one: dict[str, Any]) -> bool:
    return bool(one["since"] or one["until"])


def _counted(counts: dict[str, int], scope: dict[str, Any]) -> list[str]:
    from lgsp.words import number

    def told(name: str) -> str:
        return number(counts.get(name, 0))

    agreed = counts.get("receipt", 0) + counts.get("seen", 0)
    lines = [
        (
            f"  đã so (compared) {told('compared')}: ở nguồn (listed) {told('listed')}, ở trục (journal)"
            f" {told('held')}; nơi nhận có (there) {told('there')}, không có (absent) {told('absent')},"
            f" không trả lời (unanswered) {told('unanswered')}"
        ),
        (
            f"  khớp (agree) {number(agreed)}, trong đó nơi nhận không cho xem trạng thái (state not shown)"
            f" {told('receipt')}; đang chuyển (under way) {told('under_way')}"
        ),
        (
            f"  so với lần trước (since the last): mới (new) {told('new')}, còn (still) {told('still')},"
            f" đã hết (solved) {told('solved')}"
        ),
    ]
    if scope["portal_count"] is not None:
        gap = scope["portal_count"] - counts.get("there", 0)
        said = f"{number(scope['portal_count'])}, chênh (gap) {number(gap)}"
        lines.append(f"  nơi nhận tự thống kê (its own count) {said}")
    return lines


def _sums(sums: Sequence[dict[str, Any]]) -> None:
    from lgsp.cli.paper import console, table
    from lgsp.domain.reconciling.words import BUCKETS, REPAIRS
    from lgsp.words import PARTIES, number

    grouped: Counter[tuple[str, str, str]] = Counter()
    solved: Counter[tuple[str, str, str]] = Counter()
    for one in sums:
        key = (one["bucket"], one["owner"], one["repair"])
        grouped[key] += one["count"]
        solved[key] += one["count"] if one["mending"] == "solved" else 0
    if not grouped:
        console().print("Không có chênh lệch (no differences)")
        return
    rows = [
        (
            f"{BUCKETS[bucket]} ({bucket})", PARTIES[owner], f"{REPAIRS[repair]} ({repair})",
            number(count), number(solved[bucket, owner, repair]),
        )
        for (bucket, owner, repair), count in grouped.items()
    ]  # fmt: skip
    headings = ("nhóm chênh lệch", "đơn vị chịu trách nhiệm", "cách xử lý", "số hồ sơ", "đã khắc phục")
    console().print(table(headings, rows, right=(3, 4)))


def runs(found: Sequence[dict[str, Any]]) -> None:
    """Show runs, newest first."""
    from lgsp.cli.paper import console, table
    from lgsp.domain.reconciling.words import STATES
    from lgsp.words import moment, number

    rows = [
        (
            one["id"], moment(one["asked_at"]), "theo lịch" if one["who"] == "schedule" else one["who"],
            f"{one['scope']['source']} → {one['scope']['system']}", one["scope"]["agency"],
            STATES[one["state"]],
            *(number(one["counts"].get(name, 0)) for name in ("compared", "new", "still", "solved")),
        )
        for one in found
    ]  # fmt: skip
    headings = ("số", "bắt đầu", "ai chạy", "giữa", "cơ quan", "tình trạng", "đã so", "mới", "còn", "đã hết")
    paper = console()
    if rows:
        paper.print(table(headings, rows, right=(0, 6, 7, 8, 9)))
    else:
        paper.print("Chưa đối soát lần nào (no reconciliations)")


def differences(found: Sequence[dict[str, Any]], *, more: bool) -> None:
    """Show what was found, one dossier a line."""
    from lgsp.cli.paper import console, table
    from lgsp.domain.reconciling.words import BUCKETS, MENDING, REPAIRS
    from lgsp.words import PARTIES

    rows = [
        (
            one["subject"], BUCKETS[one["bucket"]], one["explanation"]["vi"]["text"], PARTIES[one["owner"]],
            REPAIRS[one["repair"]], ", ".join(one["details"].get("fields", ())), MENDING[one["mending"]],
        )
        for one in found
    ]  # fmt: skip
    headings = (
        "hồ sơ",
        "nhóm",
        "nguyên nhân",
        "đơn vị chịu trách nhiệm",
        "cách xử lý",
        "trường",
        "khắc phục",
    )
    if rows:
        console().print(table(headings, rows))
    if more:
        console().print("… còn nữa: thêm --limit, --csv hoặc --xlsx (there are more)")


def preview(found: dict[str, Any]) -> None:
    """Show what a repair would do, and what it leaves to whom."""
    from lgsp.cli.paper import console
    from lgsp.domain.reconciling.words import BUCKETS, REPAIRS
    from lgsp.words import PARTIES, number

    paper = console()
    paper.print(
        f"Sẽ gửi lại (would be sent): {number(found['repairable'])} trong (of) {number(found['total'])}"
    )
    if found["progress"]:
        paper.print(
            f"  kèm theo sau (behind them): {number(found['progress'])} mục tiến độ (progress entries)"
        )
    for name in ("would", "not"):
        for one in found[name]:
            whom = f", {PARTIES[one['owner']]}" if name == "not" else ""
            said = f"{BUCKETS[one['bucket']]} ({one['cause']}{whom}): {REPAIRS[one['repair']]}"
            paper.print(f"  {'+' if name == 'would' else '-'} {number(one['count'])} {said}")


def agreed(count: int) -> bool:
    """Ask whether so many are to be repaired."""
    from lgsp.words import number

    if not sys.stdin.isatty():
        typer.echo("Chưa khắc phục: thêm --yes để bắt đầu (nothing was repaired: add --yes)", err=True)
        return False
    return typer.confirm(f"Gửi lại {number(count)} hồ sơ (send them again)?")


def repairs(found: Sequence[dict[str, Any]]) -> None:
    """Show repairs and how far they are."""
    from lgsp.cli.paper import console, table
    from lgsp.domain.reconciling.words import PHASES, STATES
    from lgsp.words import both, moment, number

    rows = [
        (
            one["id"], f"{STATES[one['state']]}, {PHASES[one['phase']]}" if one["state"] == "running" else
            STATES[one["state"]], both(one["waits"]) if one["waits"] else "",
            *(number(one[name]) for name in ("total", "sent", "solved", "unsolved", "skipped")),
            moment(one["asked_at"]), one["who"], one["reason"],
        )
        for one in found
    ]  # fmt: skip
    headings = (
        "số", "tình trạng", "đợi", "tổng", "đã gửi", "đã khắc phục", "còn lệch", "bỏ qua", "bắt đầu", "ai",
        "lý do",
    )  # fmt: skip
    paper = console()
    if rows:
        paper.print(table(headings, rows, right=(0, 3, 4, 5, 6, 7)))
    else:
        paper.print("Chưa có lần khắc phục nào (no repairs)")
