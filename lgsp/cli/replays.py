"""Bulk replays on the command line: `lgsp replay --system …`, which shows first, and `lgsp replays`."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any

import typer

from lgsp.cli.shell import Json, end, gateway, say_json, wait_for

FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
"""How a time is written; it is Viet Nam time."""

_WORDS = {
    "running": "đang phát lại",
    "paused": "tạm dừng",
    "cancelled": "đã hủy",
    "done": "đã xong",
}
_GROUPS = (("causes", "nguyên nhân (causes)"), ("agencies", "cơ quan (agencies)"), ("types", "loại (types)"))
_NAMED = 10
Number = Annotated[int | None, typer.Option(metavar="REPLAY-ID", min=1)]


@dataclass(slots=True, frozen=True)
class Wanted:
    """Which of the dead are meant."""

    system: str
    cause: str | None
    type: str | None
    agency: str | None
    state: tuple[str, ...]
    since: datetime | None
    until: datetime | None

    def as_dict(self) -> dict[str, Any]:
        """Return it as the API reads it; a time without an offset is Viet Nam time."""
        from lgsp.message import VIETNAM

        said = {name: value for name, value in asdict(self).items() if value}
        for name in ("since", "until"):
            if name in said:
                said[name] = said[name].replace(tzinfo=VIETNAM).isoformat()
        return said


@dataclass(slots=True, frozen=True)
class Terms:
    """How a replay is to go."""

    rate: int
    reason: str
    preview: bool
    yes: bool


def in_bulk(wanted: Wanted, terms: Terms, *, json: bool) -> None:
    """Show what a replay would do; start it if that is wanted, or agreed to."""
    from uuid import uuid4

    if not terms.preview and not terms.reason.strip():
        raise typer.BadParameter("say why, with --reason, or only look, with --preview")
    found = wait_for(_post("/v1/replays", wanted.as_dict() | {"preview": True}))
    if not json:
        _show_preview(found)
    if terms.preview or not found["replayable"]:
        _end_shown(found, json=json)
        return
    if not terms.yes and (json or not _agreed(found["replayable"], wanted.system)):
        _end_shown(found, json=json, well=False)
        return
    order = {"token": str(uuid4()), "reason": terms.reason, "rate": terms.rate}
    started = wait_for(_post("/v1/replays", wanted.as_dict() | order))
    if json:
        say_json({"preview": found, "replay": started})
    else:
        _show([started])


def _end_shown(found: dict[str, Any], *, json: bool, well: bool = True) -> None:
    if json:
        say_json({"preview": found, "replay": None})
    end(well=well)


def _agreed(count: int, system: str) -> bool:
    from lgsp.words import number

    if not sys.stdin.isatty():
        typer.echo("Chưa phát lại: thêm --yes để bắt đầu (nothing was replayed: add --yes)", err=True)
        return False
    return typer.confirm(f"Phát lại {number(count)} lượt chuyển tới {system} (replay them)?")


def _show_preview(found: dict[str, Any]) -> None:
    from lgsp.cli.paper import console
    from lgsp.words import moment, number

    paper = console()
    if not found["total"]:
        paper.print("Không có lượt nào như vậy (nothing fits)")
        return
    skipped = found["skipped"]
    paper.print(
        f"Sẽ phát lại (would be replayed): {number(found['replayable'])} trong (of) {number(found['total'])}"
    )
    paper.print(
        f"  bỏ qua (skipped): {number(skipped['overtaken'])} đã có bản mới hơn (overtaken),"
        f" {number(skipped['outlived'])} đã quá hạn (expired)"
    )
    paper.print(f"  từ (oldest) {moment(found['oldest'])} đến (newest) {moment(found['newest'])}")
    for name, heading in _GROUPS:
        paper.print(f"  {heading}: {_counted(found[name])}")


def _counted(groups: list[dict[str, Any]]) -> str:
    from lgsp.words import number

    named = [f"{one['name'] or '?'} × {number(one['count'])}" for one in groups[:_NAMED]]
    return ", ".join([*named, *(["…"] if len(groups) > _NAMED else [])])


def replays(pause: Number = None, resume: Number = None, cancel: Number = None, json: Json = False) -> None:
    """Show bulk replays and how far they are.

    Or stop one for a while, let it go on, or call it off.
    """
    asked = [(act, n) for act, n in (("pause", pause), ("resume", resume), ("cancel", cancel)) if n]
    if len(asked) > 1:
        raise typer.BadParameter("one act at a time")
    if asked:
        ((act, number),) = asked
        found = [wait_for(_post(f"/v1/replays/{number}/{act}"))]
    else:
        found = wait_for(_get("/v1/replays"))["replays"]
    if json:
        say_json({"replays": found})
    else:
        _show(found)


def _show(found: list[dict[str, Any]]) -> None:
    from lgsp.cli.paper import console, table

    headings = (
        "số", "tình trạng", "hệ thống", "đã phát", "bỏ qua", "tổng", "mỗi giây", "bắt đầu", "lý do",
    )  # fmt: skip
    paper = console()
    if found:
        paper.print(table(headings, [_row(one) for one in found], right=(0, 3, 4, 5, 6)))
    else:
        paper.print("Chưa có lần phát lại hàng loạt nào (no bulk replays)")


def _row(one: dict[str, Any]) -> tuple[Any, ...]:
    from lgsp.words import both, moment, number

    counts = (number(one[name]) for name in ("done", "skipped", "total", "rate"))
    state = f"{_WORDS[one['state']]} ({one['state']})"
    state += f", đợi hệ thống: {both(one['waits'])}" if one["waits"] else ""
    return (one["id"], state, one["filter"]["system"], *counts, moment(one["asked_at"]), one["reason"])


async def _post(path: str, said: Any = None) -> Any:
    async with gateway() as running:
        return await running.post(path, said)


async def _get(path: str) -> Any:
    async with gateway() as running:
        return await running.get(path)
