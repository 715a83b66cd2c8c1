"""`lgsp run`, `lgsp sandbox` and `lgsp token`: starting what serves, and what it asks of those who call."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lgsp.cli.shell import Json, say_json

if TYPE_CHECKING:
    from lgsp.app import Platform
    from lgsp.settings import Settings

Host = Annotated[str, typer.Option(help="Address to listen on.")]


def run(
    port: Annotated[int, typer.Option(help="Port to listen on; 0 is any free one.")] = 8080,
    host: Host = "127.0.0.1",
    json: Json = False,
) -> None:
    """Run the gateway of a home.

    All roles in one process, until SIGTERM or Ctrl-C.
    """
    import uvloop

    from lgsp import logs
    from lgsp.settings import read_settings

    os.umask(0o077)  # what is written beside the journal, and the journal, is for this account alone
    logs.set_up()
    uvloop.run(_run(read_settings(), host, port, json=json))


def sandbox(
    port: Annotated[int, typer.Option(help="Port to listen on; 0 is any free one.")] = 9100,
    host: Host = "127.0.0.1",
    seed: Annotated[int, typer.Option(help="Seed of the chances by which faults strike.")] = 0,
    json: Json = False,
) -> None:
    """Serve stand-ins of the national systems.

    With faults to switch on, until SIGTERM or Ctrl-C.
    """
    import uvloop

    uvloop.run(_sandbox(host, port, seed, json=json))


def token(system: Annotated[str, typer.Argument(help="Name of the system.")], json: Json = False) -> None:
    """Make a fresh token for a system.

    It says how to set it; nothing is stored.
    """
    import secrets

    from lgsp.errors import ConfigError
    from lgsp.home import home
    from lgsp.routes import read_routes

    known = read_routes(home() / "routes.yaml").systems
    if system not in known:
        raise ConfigError([f"system {system!r}: not declared in routes.yaml; it knows {', '.join(known)}"])
    made, variable = secrets.token_urlsafe(32), variable_of(system)
    if json:
        say_json({"system": system, "variable": variable, "token": made})
        return
    typer.echo(f"{variable}={made}")
    typer.echo("Đặt biến môi trường này cho `lgsp run` rồi khởi động lại; mã không được lưu.", err=True)
    typer.echo("(Set it in the environment of `lgsp run` and start that again; it is not kept.)", err=True)


def variable_of(system: str) -> str:
    """Return the environment variable that holds a system's token."""
    return f"LGSP_TOKEN_{system.upper().replace('-', '_')}"


async def _run(settings: Settings, host: str, port: int, *, json: bool) -> None:
    from lgsp.app import platform
    from lgsp.client import forget_running, note_running
    from lgsp.ending import end_told
    from lgsp.serving import running

    with end_told() as told:
        async with platform(settings) as gateway, running(gateway.site, port, host) as bound:
            url = f"http://{_reachable(host)}:{bound}"
            note_running(settings.state, url)
            try:
                _announce(_notes(gateway, settings, url), json=json)
                await told.wait()
            finally:
                forget_running(settings.state)


def _reachable(host: str) -> str:
    """Return the host under which this machine reaches what listens on an address."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _notes(gateway: Platform, settings: Settings, url: str) -> dict[str, Any]:
    calling = [n for n, to in gateway.gateway.counterparts.items() if to.adapter.brings]
    file = settings.state / "operator.token"
    return {
        "url": url,
        "state": str(settings.state),
        "operator_token": "LGSP_OPERATOR_TOKEN" if settings.operator else str(file),
        "without_token": [variable_of(name) for name in calling if not settings.token(name)],
    }


def _announce(notes: dict[str, Any], *, json: bool) -> None:
    if json:
        say_json(notes)
        return
    typer.echo(f"Trục đang phục vụ tại (listening on) {notes['url']}")
    typer.echo(f"Mã của người vận hành (operator token): {notes['operator_token']}")
    for variable in notes["without_token"]:
        typer.echo(f"Chưa có mã, hệ thống không gửi vào được (no way in without a token): đặt {variable}")


async def _sandbox(host: str, port: int, seed: int, *, json: bool) -> None:
    from lgsp.sandbox.portal import Portal
    from lgsp.sandbox.server import serve

    def announce(bound: int) -> None:
        root = f"http://{_reachable(host)}:{bound}/national-portal"
        if json:
            say_json({"url": root, "state": f"{root}/_state", "faults": f"{root}/_faults"})
        else:
            typer.echo(f"Cổng DVCQG giả lập (sandbox): {root}   _state   _faults")

    await serve(port, host, portal=Portal(seed=seed), ready=announce)
