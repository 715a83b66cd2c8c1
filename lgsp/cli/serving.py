"""`lgsp run`, `serve`, `work`, `jobs`, `sandbox` and `token`: starting what serves."""

from __future__ import annotations

from typing import Annotated

import typer

from lgsp.cli.shell import Json, say_json

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(help="Port to listen on; 0 is any free one.")]
HealthPort = Annotated[
    int | None, typer.Option(help="Port for /health/live and /health/ready; none is opened without it.")
]


def run(
    port: Port = 8080,
    host: Host = "127.0.0.1",
    workers: Annotated[
        int | None,
        typer.Option(help="Send from so many processes of their own; needs PostgreSQL and RabbitMQ.", min=1),
    ] = None,
    json: Json = False,
) -> None:
    """Run the gateway of a home.

    All roles, until SIGTERM or Ctrl-C: in one process, or with the sending in some of their own.
    """
    from lgsp.cli.roles import Place, go
    from lgsp.leases import ALL_ROLES, JOBS, SERVE

    roles = ALL_ROLES if workers is None else frozenset({SERVE, JOBS})
    go(Place(roles, port, host, workers=workers or 0), json=json)


def serve(port: Port = 8080, host: Host = "127.0.0.1", json: Json = False) -> None:
    """Serve the API and the systems' own doors, and nothing else.

    Any number of such processes run beside each other, on any number of hosts.
    """
    from lgsp.cli.roles import Place, go
    from lgsp.leases import SERVE

    go(Place(frozenset({SERVE}), port, host), json=json)


def work(
    system: Annotated[
        list[str] | None, typer.Option(help="Send only to this system; may be given several times.")
    ] = None,
    port: HealthPort = None,
    host: Host = "127.0.0.1",
    json: Json = False,
) -> None:
    """Send to the systems what the broker brings, and nothing else.

    Any number of such processes share what each system allows.
    """
    from lgsp.cli.roles import Place, go
    from lgsp.leases import WORK

    go(Place(frozenset({WORK}), port, host, systems=tuple(system or ())), json=json)


def jobs(port: HealthPort = None, host: Host = "127.0.0.1", json: Json = False) -> None:
    """Do what the clock does: retries, dispatching, recovery, schedules.

    Of any number of such processes one does it; another takes over when it is gone.
    """
    from lgsp.cli.roles import Place, go
    from lgsp.leases import JOBS

    go(Place(frozenset({JOBS}), port, host), json=json)


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

    from lgsp.cli.addresses import variable_of
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


async def _sandbox(host: str, port: int, seed: int, *, json: bool) -> None:
    from lgsp.cli.addresses import reachable
    from lgsp.sandbox.portal import Portal
    from lgsp.sandbox.server import serve

    def announce(bound: int) -> None:
        root = f"http://{reachable(host)}:{bound}/national-portal"
        if json:
            say_json({"url": root, "state": f"{root}/_state", "faults": f"{root}/_faults"})
        else:
            typer.echo(f"Cổng DVCQG giả lập (sandbox): {root}   _state   _faults")

    await serve(port, host, portal=Portal(seed=seed), ready=announce)
