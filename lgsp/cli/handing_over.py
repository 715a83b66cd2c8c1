"""`lgsp adopt` and `lgsp cut-over`: taking over from an older connection."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from lgsp.cli.shell import Json, end, gateway, say_json, wait_for

_SHOWN, _AGENCIES = 20, 5
_WORDS = {
    "running": "đang làm", "paused": "tạm dừng", "cancelled": "đã hủy", "done": "đã xong",
    "codes": "nhận danh sách mã", "items": "nhận tệp dữ liệu", "query": "hỏi hệ thống nhận",
    "cut-over": "chuyển kết nối",
}  # fmt: skip
_COUNTS = {
    "adopted": "ghi nhận đã có sẵn (adopted)",
    "known": "đã biết từ trước (known)",
    "otherwise": "đã biết, nội dung khác (known otherwise)",
    "unreadable": "không đọc được (unreadable)",
    "absent": "hệ thống nhận chưa có (absent)",
    "unknown": "hệ thống nhận không trả lời được (unknown)",
    "there": "hệ thống nhận đã có (there)",
    "brought": "kết nối cũ chưa gửi, nay gửi bổ sung (brought to life)",
    "deliveries": "lượt chuyển bổ sung (deliveries)",
    "busy": "tự kiểm tra khi chuyển (busy)",
    "judged": "đã kiểm tra trước đó (judged)",
    "still_shadow": "tuyến còn ở chế độ song hành (still in shadow)",
}
_Text = str | None
_Reason = Annotated[str, typer.Option("--reason", help="Why; it stands in the journal.")]
_Preview = Annotated[bool, typer.Option("--preview", help="Show what it would do, and do nothing.")]
_Rate = Annotated[int, typer.Option("--rate", min=1, max=1000, help="Questions a second at most.")]


def adopt(  # noqa: PLR0913, PLR0917 - each is an option of the command
    file: Annotated[Path | None, typer.Argument(help="Codes (CSV or a line each), or items (JSON).")] = None,
    system: Annotated[str, typer.Option("--system", help="The system that holds them.")] = "",
    source: Annotated[_Text, typer.Option("--source", help="The file holds items of this system.")] = None,
    type: Annotated[str, typer.Option("--type", help="What the codes are of.")] = "dossier.v1",  # noqa: A002
    query: Annotated[
        bool, typer.Option("--query", help="Ask the system for all that is known here.")
    ] = False,
    reason: _Reason = "",
    preview: _Preview = False,
    rate: _Rate = 20,
    wait: Annotated[bool, typer.Option("--wait", help="With --query: wait for its end.")] = False,
    json: Json = False,
) -> None:
    """Take on what a system held before the gateway, so that nothing of it is sent as new.

    A file is brought part by part: begun again after it was broken off, it goes on where it stood. Lines that
    cannot be read are listed, and hinder nobody else. The answer is no when there are any.
    """
    if not system:
        raise typer.BadParameter("name the system that holds them", param_hint="--system")
    if (file is None) is not query:
        raise typer.BadParameter("give a file, or --query")
    if not preview and not reason.strip():
        raise typer.BadParameter("say why, with --reason, or only look, with --preview")
    if file is None:
        order = {"what": "query", "system": system, "type": type, "rate": rate}
        _carried_out(order, reason, preview=preview, wait=wait, json=json)
        return
    what = {"what": "items", "source": source} if source else {"what": "codes", "type": type}
    told = wait_for(_bring(file, {**what, "system": system}, reason, preview=preview, quiet=json))
    if json:
        say_json(told)
    else:
        _show_adopted(told, preview=preview)
    end(well=not told["unreadable"])


def cut_over(  # noqa: PLR0913, PLR0917 - each is an option of the command
    system: Annotated[str, typer.Argument(help="Name of the system.")],
    reason: _Reason = "",
    preview: _Preview = False,
    rate: _Rate = 20,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for its end.")] = False,
    unjudged: Annotated[
        bool, typer.Option("--unjudged", help="List the lines that nobody could tell of.")
    ] = False,
    json: Json = False,
) -> None:
    """Bring to life what an older connection did not tell, once its routes are live here.

    Each line is asked for at the system: what is there stays as it is, what is absent is sent, and of what
    nobody can tell a list remains. A second time does nothing twice.
    """
    if unjudged:
        _show_unjudged(system, json=json)
        return
    if not preview and not reason.strip():
        raise typer.BadParameter("say why, with --reason, or only look, with --preview")
    order = {"what": "cut-over", "system": system, "rate": rate}
    _carried_out(order, reason, preview=preview, wait=wait, json=json)


def handovers(
    pause: Annotated[int | None, typer.Option(metavar="NUMBER", min=1)] = None,
    resume: Annotated[int | None, typer.Option(metavar="NUMBER", min=1)] = None,
    cancel: Annotated[int | None, typer.Option(metavar="NUMBER", min=1)] = None,
    json: Json = False,
) -> None:
    """Show adoptions and cut-overs and how far they are.

    Or stop one for a while, let it go on, or call it off.
    """
    asked = [(act, n) for act, n in (("pause", pause), ("resume", resume), ("cancel", cancel)) if n]
    if len(asked) > 1:
        raise typer.BadParameter("one act at a time")
    if asked:
        ((act, number),) = asked
        found = [wait_for(_post(f"/v1/handovers/{number}/{act}"))]
    else:
        found = wait_for(_get("/v1/handovers"))["handovers"]
    if json:
        say_json({"handovers": found})
    else:
        _show(found)


# --- a file ---------------------------------------------------------------------------------------------


async def _bring(
    file: Path, order: dict[str, Any], reason: str, *, preview: bool, quiet: bool
) -> dict[str, Any]:
    """Bring a file part by part, from where it stood; return what became of it."""
    from lgsp.carrying import Carrier, token_of

    async with gateway() as running:
        signed = {"token": token_of(file, order), "reason": reason}
        begun = None if preview else await running.post("/v1/handovers", order | signed)
        if begun is not None and begun["state"] != "running":
            return dict(begun) | {"unreadable": []}
        tell = None if quiet or not sys.stderr.isatty() else _tell
        told: dict[str, Any] = await Carrier(running, order, begun, tell).all(file)
        if begun is None:
            return told
        ended = await running.post(f"/v1/handovers/{begun['id']}/end")
        return dict(ended) | {"unreadable": told["unreadable"]}


def _tell(counts: Mapping[str, int]) -> None:
    done = f"{sum(counts.values()):,}".replace(",", ".")
    sys.stderr.write(f"\r{done} …")
    sys.stderr.flush()


# --- what the gateway carries out -----------------------------------------------------------------------


def _carried_out(order: dict[str, Any], reason: str, *, preview: bool, wait: bool, json: bool) -> None:
    from uuid import uuid4

    said = order | ({"preview": True} if preview else {"token": str(uuid4()), "reason": reason})
    told = wait_for(_post("/v1/handovers", said))
    if wait and not preview:
        told = wait_for(_until_over(told["id"]))
    if json:
        say_json(told)
    elif preview:
        _show_preview(told)
    else:
        _show([told])
    end(well=preview or told["state"] != "cancelled")


_PREVIEWED = {
    "subjects": "hồ sơ trục biết (subjects known here)",
    "known": "đã rõ, không hỏi (known to be there, or on their way)",
    "asked": "sẽ hỏi (would be asked for)",
    "lines": "hồ sơ kết nối cũ phụ trách, chưa kiểm tra (lines not judged)",
    "live": "sẽ kiểm tra (would be judged)",
    "still_shadow": _COUNTS["still_shadow"],
}


def _show_preview(told: dict[str, Any]) -> None:
    from lgsp.words import moment, number

    for name, said in _PREVIEWED.items():
        if name in told:
            typer.echo(f"{said}: {number(told[name])}")
    for one in told.get("agencies", ())[:_AGENCIES]:
        typer.echo(f"  {one['agency'] or '–'}: {number(one['count'])}")
    if told.get("due"):
        typer.echo(f"hẹn trả gần nhất (nearest due): {moment(told['due'])}")
    typer.echo(f"ít nhất (takes at least): {number(told['seconds'])} s")


async def _until_over(number: int) -> dict[str, Any]:
    import asyncio

    async with gateway() as running:
        while True:
            found: dict[str, Any] = await running.get(f"/v1/handovers/{number}")
            if found["state"] != "running":
                return found
            await asyncio.sleep(0.5)


# --- showing --------------------------------------------------------------------------------------------


def _show_adopted(told: dict[str, Any], *, preview: bool) -> None:
    typer.echo("Xem trước, chưa ghi gì (preview)" if preview else f"Số {told['id']}: {_WORDS[told['state']]}")
    for name, count in told["counts"].items():
        typer.echo(f"  {_COUNTS.get(name, name)}: {count:,}".replace(",", "."))
    for one in told["unreadable"][:_SHOWN]:
        typer.echo(f"  dòng/mục {one['place']}: {one['said'][:60]}: {_why(one)}", err=True)
    if len(told["unreadable"]) > _SHOWN:
        typer.echo(f"  … và {len(told['unreadable']) - _SHOWN} nữa; --json liệt kê đủ (and more)", err=True)


def _why(one: dict[str, Any]) -> str:
    from lgsp.domain.causes import explain
    from lgsp.errors import Problem

    said = [explain(Problem(*problem), place=problem[0]).text for problem in one["problems"]]
    return "; ".join(said)


def _show_unjudged(system: str, *, json: bool) -> None:
    found = wait_for(_get("/v1/handovers/unjudged", system=system, limit=1000))
    if json:
        say_json(found)
    elif not found["lines"]:
        typer.echo("Không còn hồ sơ nào chưa kiểm tra (nothing is left)")
    else:
        from lgsp.cli.paper import console, table
        from lgsp.words import moment

        rows = [
            (one["subject"], one["type"], one["source"], one["agency"], moment(one["at"]))
            for one in found["lines"]
        ]
        console().print(table(("mã", "loại", "nguồn", "cơ quan", "từ lúc"), rows))
    end(well=not found["lines"])


def _show(found: list[dict[str, Any]]) -> None:
    from lgsp.cli.paper import console, table
    from lgsp.words import moment

    headings = ("số", "việc", "hệ thống", "tình trạng", "kết quả", "bắt đầu", "lý do")
    rows = [
        (one["id"], _WORDS[one["what"]], one["system"], f"{_WORDS[one['state']]} ({one['state']})",
         ", ".join(f"{_COUNTS.get(name, name)}: {n}" for name, n in one["counts"].items()),
         moment(one["asked_at"]), one["reason"])
        for one in found
    ]  # fmt: skip
    if rows:
        console().print(table(headings, rows, right=(0,)))
    else:
        typer.echo("Chưa có lần tiếp nhận hay chuyển kết nối nào (no handovers)")


async def _post(path: str, said: Any = None) -> Any:
    async with gateway() as running:
        return await running.post(path, said)


async def _get(path: str, **asked: str | int | None) -> Any:
    async with gateway() as running:
        return await running.get(path, **asked)
