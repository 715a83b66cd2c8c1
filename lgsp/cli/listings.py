"""`lgsp codes`: searching agencies, and the lists of them that jobs brought."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lgsp.cli.codes import SAID
from lgsp.cli.shell import Json, end, gateway, say_json, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

agencies = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
Text = str | None
On = Annotated[Text, typer.Option("--on", help="The day; today without.")]

_STATES = {
    "open": "đang đọc, hoặc lần đọc trước dừng giữa chừng (being read, or it broke off)",
    "whole": "đầy đủ (whole)",
    "short": "thiếu quá nhiều, chờ người xem (lacks too much; a person has to look)",
}
_DIFFERS = {"standing": "tình trạng (standing)", "name": "tên (name)"}


@agencies.callback()
def group() -> None:
    """Search agencies, and see the lists of them that jobs brought."""


@agencies.command()
def find(
    words: Annotated[list[str], typer.Argument(help="Words of a name, marks or none, or how a code begins.")],
    on: On = None,
    after: Annotated[str, typer.Option(help="Go on behind this code.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    json: Json = False,
) -> None:
    """Search agencies by name or by the beginning of a code, as of a day.

    The gateway that runs here is asked; without one, what comes with the product answers.
    """
    told = _found(" ".join(words), _day(on), after, limit)
    if json:
        say_json(told)
    else:
        typer.echo("\n".join(_lines(told)) or "không tìm thấy (nothing found)")
    end(well=bool(told["agencies"]))


@agencies.command()
def lists(json: Json = False) -> None:
    """Show the lists of agencies that jobs brought. The answer is no when one lacks too much."""
    told = wait_for(_get("/v1/agencies/lists"))
    if json:
        say_json(told)
    for one in () if json else told["lists"]:
        typer.echo("\n".join(_list(one)))
    end(well=all(one["state"] != "short" for one in told["lists"]))


@agencies.command()
def differences(on: On = None, json: Json = False) -> None:
    """Show where lists say something else than decisions do; decisions count."""
    told = wait_for(_get("/v1/agencies/differences", on=_day(on)))
    if json:
        say_json(told)
    for one in () if json else told["differences"]:
        typer.echo("\n".join(_difference(one)))
    end(well=not told["differences"])


@agencies.command()
def believe(
    system: Annotated[str, typer.Argument(help="Name of the system.")],
    job: Annotated[str, typer.Argument(help="Name of the job.")],
    run: Annotated[int, typer.Argument(help="Number of the run, as `lgsp codes lists` shows it.")],
    json: Json = False,
) -> None:
    """Believe a list that lacks much of what it had: close what it has no more."""
    told = wait_for(_believe(system, job, run))
    if json:
        say_json(told)
    else:
        typer.echo(f"đã đóng {told['gone']} mã (closed {told['gone']} codes)")


def _day(text: str | None) -> str | None:
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError:
        raise typer.BadParameter("a day such as 2025-06-30", param_hint="--on") from None


def _found(asked: str, on: str | None, after: str, limit: int) -> dict[str, Any]:
    from lgsp.client import find_running
    from lgsp.settings import read_settings

    if find_running(read_settings().state) is not None:
        told: dict[str, Any] = wait_for(_get("/v1/agencies", q=asked, on=on, after=after, limit=limit))
        return told | {"facts": "gateway"}
    from lgsp.domain.agencies.known import built_in
    from lgsp.domain.agencies.searching import Names, search
    from lgsp.domain.agencies.telling import told as as_told
    from lgsp.message import VIETNAM

    day = date.fromisoformat(on) if on else datetime.now(VIETNAM).date()
    known = built_in()
    found, rest = search(known, Names(known.lists), asked, day, after, limit)
    agencies = [as_told(one, day) for one in found]
    return {"on": day.isoformat(), "agencies": agencies, "next": rest, "facts": "built-in"}


async def _get(path: str, **terms: Any) -> Any:
    async with gateway() as running:
        return await running.get(path, **terms)


async def _believe(system: str, job: str, run: int) -> Any:
    from lgsp.client import segment

    async with gateway() as running:
        path = f"/v1/agencies/lists/{segment(system)}/{segment(job)}/believe"
        return await running.post(path, {"run": run})


def _lines(told: dict[str, Any]) -> Iterator[str]:
    for one in told["agencies"]:
        others = f" = {', '.join(one['also'])}" if one["also"] else ""
        went = ", ".join(successor["code"] for successor in one["successors"])
        went = f" → {went}" if went and one["standing"] == "closed" else ""
        yield f"{one['code']}{others}  {one['name'] or ''}  [{SAID[one['standing']]}]{went}"
    if told["next"]:
        yield f"… còn nữa (more): --after {told['next']}"
    if told["facts"] == "built-in":
        yield "theo dữ liệu đi kèm sản phẩm, chưa hỏi trục đang chạy (built-in facts only)"


def _list(one: dict[str, Any]) -> Iterator[str]:
    yield f"{one['system']} {one['job']}: {_STATES[one['state']]}"
    what = one.get("type") or one["source"]
    yield f"  {one['size']} mã (codes), {what}; lần đọc (run) {one['run']}, {one['at']}"
    if one["odd"]:
        yield f"  không đọc được hoặc nêu hai lần (unread, or named twice): {one['odd']}"
    if one["state"] == "short":
        yield f"  thiếu (missing): {one['missing']}; nếu đúng là vậy (if that is right):"
        yield f"  lgsp codes believe {one['system']} {one['job']} {one['run']}"


def _difference(one: dict[str, Any]) -> Iterator[str]:
    differs = ", ".join(_DIFFERS[word] for word in one["differs"])
    yield f"{one['code']} {one['name'] or ''} [{SAID[one['standing']]}] {differs}".rstrip()
    for listed in one["listed"]:
        yield f"  danh mục (list) {listed['source']}: {listed['code']} {listed['name']}"
    if one["below"]:
        yield f"  danh mục vẫn có mã bên dưới (codes below that lists have): {one['below']}"
