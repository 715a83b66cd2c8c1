"""`lgsp declare`: queues on RabbitMQ, and the account that uses them; shown first, made when wanted."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lgsp.cli.shell import Json, end, say_json, wait_for

if TYPE_CHECKING:
    from lgsp.broker.account import Account, Admin
    from lgsp.broker.declaring import Part
    from lgsp.broker.topology import Topology

_STATES = {"there": "đã có", "missing": "sẽ tạo", "different": "khác cấu hình"}
_KINDS = {
    "vhost": "virtual host",
    "user": "tài khoản",
    "permissions": "quyền",
    "exchange": "exchange",
    "queue": "hàng đợi",
}


def declare(
    yes: Annotated[bool, typer.Option("--yes", help="Make it; without this it is only shown.")] = False,
    json: Json = False,
) -> None:
    """Make the queues on RabbitMQ, and the account that uses them.

    It shows first what it would change. User and permissions need LGSP_BROKER_ADMIN_URL (the management API);
    without it the commands for an administrator are shown. The answer is no while something is missing.
    """
    from lgsp.logs import set_up

    set_up("ERROR")
    told = wait_for(_declare(yes=yes))
    if json:
        say_json(told)
    else:
        _print(told, yes=yes)
    end(well=not told["missing"])


async def _declare(*, yes: bool) -> dict[str, Any]:
    from lgsp.broker.account import Account, Admin
    from lgsp.broker.address import read_address
    from lgsp.broker.topology import Topology
    from lgsp.counterparts import queued
    from lgsp.home import home
    from lgsp.routes import read_routes
    from lgsp.settings import read_settings
    from lgsp.wire.http import Http

    url, topology = read_settings().broker_url, Topology()
    systems = sorted(queued(read_routes(home() / "routes.yaml")))
    account = Account(read_address(url), topology)
    place = os.environ.get("LGSP_BROKER_ADMIN_URL", "")
    http = Http()
    try:
        admin = Admin(place, http) if place else None
        before = await _survey(url, topology, systems, account, admin)
        if not yes:
            return _told(before, before, account)
        await _make(url, topology, systems, account, admin)
        return _told(before, await _survey(url, topology, systems, account, admin), account)
    finally:
        await http.close()


async def _survey(
    url: str, topology: Topology, systems: list[str], account: Account, admin: Admin | None
) -> tuple[list[Part], str]:
    """Return how everything stands, and the word for why RabbitMQ could not be asked."""
    from lgsp.broker.declaring import Found, Part, connected, survey
    from lgsp.broker.link import Gone

    parts = await account.survey(admin) if admin else []
    try:
        async with connected(url) as link:
            return [*parts, *await survey(link, topology, systems)], ""
    except Gone as fault:
        unseen = [("exchange", topology.dead_exchange)]
        unseen += [("queue", queue.name) for queue in topology.queues(systems)]
        return [*parts, *(Part(kind, name, Found.MISSING) for kind, name in unseen)], str(fault)


async def _make(
    url: str, topology: Topology, systems: list[str], account: Account, admin: Admin | None
) -> None:
    from lgsp.broker.declaring import connected
    from lgsp.broker.declaring import declare as made
    from lgsp.broker.link import Gone

    if admin:
        await account.make(admin)
    try:
        async with connected(url) as link:
            await made(await link.circuit(), topology, systems)
    except Gone:
        return  # the survey after it tells what is missing, and why


def _told(before: tuple[list[Part], str], after: tuple[list[Part], str], account: Account) -> dict[str, Any]:
    parts, fault = after
    was = {(part.kind, part.name): part.found.value for part in before[0]}
    return {
        "parts": [
            {"kind": p.kind, "name": p.name, "was": was.get((p.kind, p.name), "missing"), "is": p.found.value}
            for p in parts
        ],
        "missing": sum(part.found.value != "there" for part in parts),
        "fault": fault,
        "commands": account.commands(),
    }


def _print(told: dict[str, Any], *, yes: bool) -> None:
    from lgsp.broker.standing import sentences
    from lgsp.cli.paper import console, table

    rows = [
        (_KINDS[part["kind"]], part["name"], "đã tạo" if part["was"] != part["is"] else _STATES[part["is"]])
        for part in told["parts"]
    ]
    console().print(table(("loại", "tên", "tình trạng"), rows))
    if told["fault"]:
        typer.echo("\n".join(sentences(told["fault"])))
        typer.echo("Người quản trị RabbitMQ chạy (a RabbitMQ administrator runs):")
        typer.echo("\n".join(f"  {command}" for command in told["commands"]))
    elif told["missing"] and not yes:
        typer.echo("Chưa thay đổi gì; thêm --yes để tạo (nothing was changed; add --yes to make it)")
