"""`lgsp ask`, `lgsp asks` and `lgsp checks`: putting a question, who asked what, and what checks found."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lgsp.cli.shell import Json, end, gateway, say_json, wait_for

if TYPE_CHECKING:
    from lgsp.wire.http import Answer

_ANSWERED = 200
_SAID = (429, 502, 503, 504)
"""Statuses by which the gateway says why there is no answer, and not that it is away itself."""
_SHOWN = 50
_MICROS = 1_000_000
_COLUMNS = ("source", "system", "type", "who", "dossier", "purpose", "ending", "cause")
_COUNTED = ("day", "system", "ending", "count", "remembered")


def ask(  # noqa: PLR0913 - what a question says
    *,
    type_: Annotated[str, typer.Argument(metavar="TYPE", help="Of the question, such as citizen.query.v1.")],
    system: Annotated[str, typer.Option("--from", help="Name of the system in whose name it is asked.")],
    purpose: Annotated[str, typer.Option(help="A code of the home's `purposes:`.")],
    who: Annotated[str, typer.Option(help="The person for whom it is asked.")],
    dossier: Annotated[str, typer.Option(help="Code of the dossier for which it is asked.")] = "",
    within: Annotated[float | None, typer.Option(min=0.05, max=120, help="Seconds to wait at most.")] = None,
    json: Json = False,
) -> None:
    """Ask another system, and wait for the answer.

    The body comes from standard input, as JSON: a citizen's number is never an argument.
    """
    import orjson

    try:
        data = orjson.loads(sys.stdin.buffer.read())
    except orjson.JSONDecodeError as fault:
        raise typer.BadParameter(f"standard input is no JSON: {fault.msg}") from fault
    said = {"type": type_, "data": data, "purpose": purpose, "who": who, "dossier": dossier, "within": within}
    answer = wait_for(_ask(system, {name: part for name, part in said.items() if part is not None}))
    told = answer.json()
    if json:
        say_json(told)
    else:
        _show(answer, told)
    end(well=answer.status == _ANSWERED)


async def _ask(system: str, said: dict[str, Any]) -> Answer:
    import orjson

    from lgsp.client import segment
    from lgsp.settings import read_settings

    path, token = f"/v1/systems/{segment(system)}/ask", read_settings().token(system)
    async with gateway() as running:
        return await running.bring(path, orjson.dumps(said), token=token, heard=_SAID)


def _show(answer: Answer, told: dict[str, Any]) -> None:
    from lgsp.cli.paper import pretty_data

    if answer.status == _ANSWERED:
        age = f", nhớ từ {told['age']:.0f} s trước (remembered)" if told["remembered"] else ""
        typer.echo(f"{told['system']}: {told['type']}{age}  ({told['ask']})")
        typer.echo(pretty_data(told["data"]))
        return
    typer.echo(f"{answer.status} {told.get('title', '')}  {told.get('vi') or told.get('detail', '')}")
    for one in told.get("problems", ()):
        typer.echo(f"  {one['pointer']}: {one['vi'] or one['code']}")
    if told.get("ask"):
        typer.echo(f"  ({told['ask']})")


def asks(  # noqa: PLR0913 - each is a way to find them
    *,
    source: Annotated[str, typer.Option("--from", help="The system that asked.")] = "",
    system: Annotated[str, typer.Option("--to", help="The system that was asked.")] = "",
    dossier: Annotated[str, typer.Option(help="Code of a dossier.")] = "",
    purpose: Annotated[str, typer.Option(help="A code of the home's `purposes:`.")] = "",
    ending: Annotated[str, typer.Option(help="answered, absent, refused, failed, late, turned-away…")] = "",
    since: Annotated[str, typer.Option(help="A day or a time, such as 2026-01-31.")] = "",
    counts: Annotated[bool, typer.Option("--counts", help="Instead, how often, by day and ending.")] = False,
    json: Json = False,
) -> None:
    """Show who asked what of whom, the newest first; who asked about a citizen: `lgsp personal seen`."""
    if counts:
        _counts({"from": since}, json=json)
        return
    asked = {
        "source": source, "system": system, "dossier": dossier, "purpose": purpose, "ending": ending,
        "from": since,
    }  # fmt: skip
    page = wait_for(_get("/v1/asks", {**asked, "limit": _SHOWN}))
    if json:
        say_json(page)
        return
    from lgsp.cli.paper import console, table

    rows = [
        (one["at"][:19], *(one[name] for name in _COLUMNS), _seconds(one["took"])) for one in page["asks"]
    ]
    heads = ("lúc", "hỏi", "trả lời", "câu hỏi", "cho ai", "hồ sơ", "mục đích", "kết quả", "lý do", "s")
    console().print(table(heads, rows, right=(9,)))


def checks(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Of a dossier, in any of its forms.")],
    *,
    json: Json = False,
) -> None:
    """Show what other systems were asked about a dossier before it was sent, and what was found.

    Fields are named, values are not; with --json a kept answer stands beside it, masked.
    """
    told = wait_for(_get("/v1/checks", {"code": code}))
    if json:
        say_json(told)
    elif told["checks"]:
        _show_checks(told["checks"])
    else:
        typer.echo(f"{code}: không có kiểm tra nào (nothing was asked about it)", err=True)
    end(well=bool(told["checks"]))


def _show_checks(found: list[dict[str, Any]]) -> None:
    from lgsp.cli.paper import console, table

    heads = ("lúc", "kiểm tra", "hỏi", "kết quả", "khác ở", "vì sao", "cho đi tiếp", "câu hỏi")
    rows = [
        (
            (one["told_at"] or one["began_at"])[:19], one["check"], one["against"], one["result"],
            ", ".join(one["fields"]), one["explanation"]["vi"]["text"] if one["explanation"] else "",
            ": ".join(filter(None, (one["waived_by"], one["waived_why"]))), one["ask"],
        )
        for one in found
    ]  # fmt: skip
    console().print(table(heads, rows))


def _counts(asked: dict[str, str], *, json: bool) -> None:
    told = wait_for(_get("/v1/asks/counts", asked))
    if json:
        say_json(told)
        return
    from lgsp.cli.paper import console, table

    rows = [
        (
            one["day"],
            one["system"],
            one["ending"],
            one["count"],
            one["remembered"],
            _seconds(one["took"] / 1e6),
        )
        for one in told["counts"]
    ]
    heads = ("ngày", "hệ thống", "kết quả", "số câu hỏi", "từ bộ nhớ", "trung bình, s")
    console().print(table(heads, rows, right=(3, 4, 5)))


async def _get(path: str, asked: dict[str, Any]) -> Any:
    async with gateway() as running:
        return await running.get(path, **{name: value or None for name, value in asked.items()})


def _seconds(took: float | None) -> str:
    return "" if took is None else f"{took:.2f}".replace(".", ",")
