"""`lgsp shadow report`: what routes in the shadow would have told, beside what the older connection sent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lgsp.cli.shell import Json, end, gateway, say_json, wait_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from lgsp.client import Client

shadow = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Routes in the shadow.")

_PART = 200
_SHOWN = 20
_WOULD = {
    "would-create": "lẽ ra tạo mới",
    "would-update": "lẽ ra cập nhật",
    "would-tell": "lẽ ra gửi tiến độ, trạng thái hoặc văn bản",
    "would-offer": "lẽ ra để hệ thống nhận đến lấy",
    "would-be-refused": "lẽ ra bị từ chối",
}
_VERDICTS = {
    "equal": "giống nhau",
    "differs": "khác nhau",
    "not-compared": "cùng các trường, chưa so giá trị",
    "only-old": "chỉ kết nối cũ gửi",
    "only-ours": "chỉ trục lẽ ra gửi",
}
_EVEN = ("equal", "not-compared")
"""Of these nothing is listed one by one."""
_HEADINGS = ("ma_ho_so", "ket_qua", "truong", "ket_noi_cu", "truc")
_Text = str | None


@shadow.callback()
def role() -> None:
    """Look at what was not sent because an older connection sends it."""


@shadow.command()
def report(  # noqa: PLR0913, PLR0917 - each is an option of the command
    system: Annotated[str, typer.Option("--system", help="The system that is told.")],
    since: Annotated[_Text, typer.Option("--from", help="From this day or time.")] = None,
    until: Annotated[_Text, typer.Option("--to", help="Until this day or time.")] = None,
    old: Annotated[Path | None, typer.Option("--old", help="What the older connection sent: JSON.")] = None,
    type: Annotated[str, typer.Option("--type", help="What the items of the file are.")] = "dossier.v1",  # noqa: A002
    csv: Annotated[Path | None, typer.Option("--csv", help="Write each dossier's comparison there.")] = None,
    purpose: Annotated[
        str | None, typer.Option(help="See values whole for this: a word of `lgsp personal purposes`.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why, in your words; it names nobody.")] = "",
    json: Json = False,
) -> None:
    """Count what would have been told, and compare it with what the older connection sent.

    With --old each dossier is equal, differs in named fields, or stands on one side only; the answer is no
    when any of them is not equal. Values are compared and shown only with --purpose and --reason, which the
    journal holds first; without them it is told which fields one side lacks, and no value is compared.
    """
    if csv is not None and old is None:
        raise typer.BadParameter("--csv lists a comparison: give --old too")
    why = {"purpose": purpose, "reason": reason} if purpose is not None else None
    told = wait_for(_report(system, since, until, old, type, why))
    if csv is not None:
        _write(csv, told["compared"])
    if json:
        say_json(told)
    else:
        _show(told)
    end(well=not any(n for verdict, n in told.get("verdicts", {}).items() if verdict != "equal"))


async def _report(  # noqa: PLR0913, PLR0917 - what the command was given
    system: str, since: _Text, until: _Text, old: Path | None, type_: str, why: dict[str, str] | None
) -> dict[str, Any]:
    async with gateway() as running:
        told: dict[str, Any] = await running.get("/v1/shadow", system=system, **{"from": since, "to": until})
        if old is not None:
            ours = {key async for key in _ours(running, system, type_, since, until)}
            compared = await _compared(running, {"system": system, "type": type_, "why": why}, old, ours)
            told["compared"] = [one for one in compared.values() if one["verdict"] not in _EVEN]
            told["verdicts"] = dict.fromkeys(_VERDICTS, 0)
            for one in compared.values():
                told["verdicts"][one["verdict"]] += 1
        return told


async def _compared(
    running: Client, asked: dict[str, Any], old: Path, ours: set[tuple[str, str]]
) -> dict[str, dict[str, Any]]:
    """Return the comparison of each dossier by its key; of several items of one the last counts.

    `ours` are key and code of what we would have told in the time that was asked for.
    """
    from lgsp.carrying import items_of
    from lgsp.holdings import parts

    found: dict[str, dict[str, Any]] = {}
    for part in parts(items_of(old), _PART):
        for one in (await running.post("/v1/shadow/compare", asked | {"items": part}))["items"]:
            found[one["partitionkey"] or one["code"]] = one
    for key, code in sorted(ours):
        if key not in found:
            found[key] = {"code": code, "partitionkey": key, "verdict": "only-ours", "differences": []}
    return found


async def _ours(
    running: Client, system: str, type_: str, since: str | None, until: str | None
) -> AsyncIterator[tuple[str, str]]:
    asked = {"system": system, "from": since, "to": until}
    async for one in running.pages("/v1/shadow/deliveries", "deliveries", **asked):
        if one["type"] == type_ and one["would"] != "would-be-refused":
            yield one["partitionkey"], one["subject"]


def _write(place: Path, compared: list[dict[str, Any]]) -> None:
    """Write a line for each field that differs; a byte order mark tells spreadsheets that it is UTF-8."""
    import csv

    with place.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(_HEADINGS)
        for one in compared:
            verdict = _VERDICTS[one["verdict"]]
            for diff in one["differences"] or [{"field": "", "old": "", "ours": ""}]:
                cells = (one["code"], verdict, diff["field"], diff["old"], diff["ours"])
                rows.writerow([_safe(cell) for cell in cells])


def _safe(cell: Any) -> str:
    """Return a cell as text that no spreadsheet takes for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _show(told: dict[str, Any]) -> None:
    from lgsp.cli.paper import console, table
    from lgsp.words import both, number

    paper = console()
    rows = [
        (
            one["type"],
            f"{_WOULD.get(one['would'], one['would'])} ({one['would']})",
            one["cause"],
            number(one["count"]),
        )
        for one in told["would"]
    ]
    paper.print(table(("loại", "lẽ ra", "nguyên nhân", "số lượt"), rows, right=(3,)))
    for heading, counts in (
        ("đang xử lý (open)", told["open"]), ("đã gửi bổ sung (brought to life)", told["brought_to_life"]),
    ):  # fmt: skip
        if counts:
            paper.print(
                f"{heading}: " + ", ".join(f"{both(state)}: {number(n)}" for state, n in counts.items())
            )
    if told["adopted"]:
        paper.print(f"đã có từ trước (adopted): {number(told['adopted'])}")
    if "verdicts" in told:
        _show_compared(told)


def _show_compared(told: dict[str, Any]) -> None:
    from lgsp.cli.paper import console
    from lgsp.words import number

    paper = console()
    for verdict, count in told["verdicts"].items():
        paper.print(f"{_VERDICTS[verdict]} ({verdict}): {number(count)}")
    if told["verdicts"]["not-compared"]:
        paper.print("  so cả giá trị: thêm --purpose và --reason (compare values too: add them)")
    for one in told["compared"][:_SHOWN]:
        fields = ", ".join(diff["field"] for diff in one["differences"])
        paper.print(f"  {one['code']}: {_VERDICTS[one['verdict']]}{': ' if fields else ''}{fields}")
    if len(told["compared"]) > _SHOWN:
        paper.print(f"  … và {number(len(told['compared']) - _SHOWN)} nữa; --csv liệt kê đủ (and more)")
