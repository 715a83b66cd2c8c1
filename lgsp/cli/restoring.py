"""`lgsp restored` and `lgsp compare`: what a journal from a backup needs before anything is sent by it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lgsp.cli.shell import Json, end, say_json, wait_for

if TYPE_CHECKING:
    from lgsp.journal.contract import Journal
    from lgsp.journal.restoring import Frozen
    from lgsp.routes import Routes

_TOLD = {
    "newer": "nguồn đã gửi bản mới hơn; bản này sẽ không được chuyển (a newer one came)",
    "same": "nguồn đã gửi lại đúng bản này (told the same again)",
    "silent": "nguồn chưa gửi lại; phải hỏi nguồn (its source has not spoken)",
}


def restored(
    system: Annotated[
        list[str] | None, typer.Option(help="Freeze this system too; may be given several times.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Really freeze.")] = False,
    json: Json = False,
) -> None:
    """Freeze a journal that was put back from a backup.

    Before any process works by it: all systems are paused, and what is open counts as perhaps sent.
    """
    if not yes:
        typer.echo(
            "Lệnh này tạm dừng mọi hệ thống và coi mọi lượt chuyển chưa xong là chưa rõ kết quả; chỉ dùng sau"
            " khi khôi phục từ bản sao lưu, khi chưa tiến trình nào chạy. Thêm --yes để làm.",
            err=True,
        )
        typer.echo("(It pauses all systems and puts what is open in doubt. Add --yes to do it.)", err=True)
    else:
        _tell_frozen(wait_for(_freeze(system or ())), json=json)
    end(well=yes)


def compare(
    system: Annotated[str, typer.Option(help="Name of the system.")],
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Show so many, oldest first.")] = 50,
    hold: Annotated[
        bool, typer.Option("--hold", help="Hold the lines of snapshots whose source has not spoken since.")
    ] = False,
    json: Json = False,
) -> None:
    """Show what a restored journal holds open for a system.

    And of each whether its source has told it since the restore.
    """
    held, found = wait_for(_compare(system, limit, hold=hold))
    if found is None:
        typer.echo("Nhật ký này không phải khôi phục từ bản sao lưu (nothing was restored here)", err=True)
    elif json:
        say_json({"system": system, "held": held} | _plain(found))
    else:
        _tell_compared(found, held)
    end(well=found is not None)


async def _freeze(more: list[str] | tuple[str, ...]) -> Frozen:
    from lgsp.ground import open_journal
    from lgsp.journal import leasing, restoring
    from lgsp.settings import read_settings

    journal = await open_journal(read_settings())
    try:
        newest = await journal.read(leasing.newest)
        found = _routes(newest[1] if newest else None)
        names = sorted({*more, *(name for routes in found for name in routes.systems)})
        policies = {name: _policy(routes, name) for routes in found for name in routes.systems}
        return await journal.write(lambda tx: restoring.freeze(tx, names, policies, "lgsp restored"))
    finally:
        await journal.close()


def _routes(published: str | None) -> list[Routes]:
    """Return the home's routes, where a home is named or none are published, and those that are."""
    from lgsp.home import home
    from lgsp.routes import parse_routes, read_routes

    own = [read_routes(home() / "routes.yaml")] if published is None or "LGSP_HOME" in os.environ else []
    return [*own, *([parse_routes(published)] if published is not None else [])]


def _policy(routes: Routes, name: str) -> Any:
    from lgsp.journal.sweeping import Policy

    deliver = routes.systems[name].deliver
    return Policy(int(deliver.settle * 1_000_000), [int(wait * 1_000_000) for wait in deliver.retry])


async def _compare(system: str, limit: int, *, hold: bool) -> tuple[int, dict[str, Any] | None]:
    from lgsp.ground import open_journal
    from lgsp.journal import restoring
    from lgsp.settings import read_settings

    journal = await open_journal(read_settings())
    try:
        held = await _hold(journal, system) if hold else 0
        return held, await journal.read(lambda tx: restoring.compare(tx, system, limit))
    finally:
        await journal.close()


async def _hold(journal: Journal, system: str) -> int:
    from lgsp.journal import restoring

    held = 0
    while page := await journal.write(lambda tx: restoring.hold_silent(tx, system, "lgsp compare")):
        held += page
    return held


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    from lgsp.journal.reading import at
    from lgsp.journal.states import State

    mark = found["mark"]
    rows = [
        one | {"state": State(one["state"]).word, "accepted_at": at(one["accepted_at"])}
        for one in found["deliveries"]
    ]
    return {
        "restored_at": at(mark.at),
        "backup_ends_at": at(mark.upto),
        "counts": found["counts"],
        "deliveries": rows,
    }


def _tell_frozen(frozen: Frozen, *, json: bool) -> None:
    from lgsp.journal.reading import at
    from lgsp.words import moment, number

    upto = at(frozen.mark.upto)
    if json:
        say_json({"systems": list(frozen.systems), "backup_ends_at": upto, "doubtful": frozen.doubtful})
        return
    typer.echo(f"Đã tạm dừng (paused, cause restored): {', '.join(frozen.systems) or '-'}")
    typer.echo(f"Nhật ký kết thúc lúc (the journal ends at): {moment(upto) or '-'}")
    typer.echo(f"Lượt chuyển chưa rõ kết quả (in doubt): {number(frozen.doubtful)}")
    typer.echo(
        "Đề nghị các nguồn gửi lại mọi thay đổi từ thời điểm đó, rồi `lgsp compare`, rồi `lgsp resume`."
    )
    typer.echo("(Ask the sources to tell again all that changed since; then compare, then resume.)")


def _tell_compared(found: dict[str, Any], held: int) -> None:
    from lgsp.cli.paper import console, table
    from lgsp.words import both, moment, number

    plain, paper = _plain(found), console()
    paper.print(f"Khôi phục lúc (restored at) {moment(plain['restored_at'])}")
    paper.print(f"Nhật ký kết thúc lúc (the journal ends at) {moment(plain['backup_ends_at']) or '-'}")
    for told, count in plain["counts"].items():
        paper.print(f"  {number(count)}  {_TOLD[told]}")
    if held:
        paper.print(f"Đã tạm giữ (held): {number(held)}")
    headings = ("lượt", "mã", "loại", "nguồn", "bản", "trạng thái", "nhận lúc", "từ khi khôi phục")
    rows = [
        (one["id"], one["partitionkey"], one["type"], one["source"], one["revision"], both(one["state"]),
         moment(one["accepted_at"]), one["told"])
        for one in plain["deliveries"]
    ]  # fmt: skip
    paper.print(table(headings, rows, right=(0, 4)))
