"""`lgsp demo`, `lgsp bench` and `lgsp drill`: seeing it work, measuring it, and hurting it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from lgsp.cli.shell import Json, end

_UNITS = {"ms": 0.001, "": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|)")


def _seconds(text: str) -> float:
    found = _DURATION.fullmatch(text.strip())
    if found is None or float(found[1]) <= 0:
        raise typer.BadParameter("write a number with a unit, such as 30s or 2m")
    return float(found[1]) * _UNITS[found[2]]


def demo(  # noqa: PLR0913, PLR0917 - the options of the command
    seconds: Annotated[
        float, typer.Option("--for", parser=_seconds, metavar="DURATION", help="How long the traffic lasts.")
    ] = "30s",  # type: ignore[assignment]  # parsed like what is typed
    rate: Annotated[float, typer.Option(min=0.1, help="Dossiers and progress entries a second.")] = 20.0,
    faults: Annotated[bool, typer.Option("--faults", help="Let portal and document axis misbehave.")] = False,
    port: Annotated[int, typer.Option(help="Port of the gateway; 0 is any free one.")] = 0,
    seed: Annotated[int, typer.Option(help="Seed of the traffic and of the faults.")] = 0,
    json: Json = False,
) -> None:
    """See it work: a demonstration.

    Sandbox, gateway, a one-stop's traffic and some agencies' documents in one process; then it is checked
    what came of them.
    """
    from lgsp.demo import demonstrate
    from lgsp.demo.plan import Plan

    end(well=demonstrate(Plan(seconds, rate, faults, port, seed), json=json))


def bench(  # noqa: PLR0913, PLR0917 - the options of a command
    quick: Annotated[bool, typer.Option("--quick", help="One short round, in under 50 seconds.")] = False,
    sink_ms: Annotated[float, typer.Option(min=0, help="Far side's answer time in milliseconds.")] = 0.0,
    soak: Annotated[int, typer.Option(min=0, help="Walk so many messages and watch the memory.")] = 0,
    pin: Annotated[bool, typer.Option(help="Keep the embedded gateway on one core.")] = True,
    production: Annotated[
        bool, typer.Option("--production", help="Measure on private PostgreSQL and RabbitMQ servers.")
    ] = False,
    workers: Annotated[int, typer.Option(min=0, help="Sending processes beside the accepting one.")] = 0,
    sync_us: Annotated[int, typer.Option(min=0, help="Microseconds that each fsync takes at least.")] = 0,
    hot: Annotated[bool, typer.Option("--hot", help="Measure a single hot key, too.")] = False,
    backlog: Annotated[int, typer.Option(min=0, help="Drain a backlog of so many messages, too.")] = 0,
    pairs: Annotated[
        int,
        typer.Option(min=0, help="Instead, so many pairs of stretches: all of five systems well, two ill."),
    ] = 0,
    rules: Annotated[bool, typer.Option("--rules", help="Instead, what codes and due dates cost.")] = False,
    documents: Annotated[
        bool, typer.Option("--documents", help="Walk documents of 10 KB to the axis, too.")
    ] = False,
    pages: Annotated[
        int,
        typer.Option(min=0, help="Instead, fill the journal with so many messages and ask for pages."),
    ] = 0,
    large: Annotated[
        bool, typer.Option("--large", help="Instead, how long small messages wait beside packets of 100 MB.")
    ] = False,
    asks: Annotated[
        int,
        typer.Option(min=0, help="Instead, what questions cost, with so many pairs of stretches."),
    ] = 0,
    concurrency: Annotated[
        int, typer.Option(min=0, help="Sends at a time; else as the packed home says.")
    ] = 0,
    json: Json = False,
) -> None:
    """Measure how fast it is here."""
    import orjson

    from lgsp.bench.command import Wish, measure
    from lgsp.bench.rig import Plan

    plan = Plan(production, workers, sink_ms, sync_us, pin, concurrency=concurrency)
    figures = measure(plan, Wish(quick, hot, backlog, soak, pairs, rules, documents, pages, large, asks))
    if json:
        typer.echo(orjson.dumps(figures))  # on one line, so that the last line is the object
        return
    from lgsp.cli.paper import console, table
    from lgsp.words import number

    rows = [(name, _several(number, value)) for name, value in figures.items()]
    console().print(table(("", ""), rows, right=(1,)))


def _several(shown: Callable[[float], str], value: float | Sequence[float]) -> str:
    """Return a figure as it is shown; of several ones the least and the most."""
    if not isinstance(value, Sequence):
        return shown(value)
    return f"{shown(min(value))} … {shown(max(value))}" if value else ""


def drill(  # noqa: PLR0913, PLR0917 - the options of the command
    seconds: Annotated[
        float | None,
        typer.Option(
            "--for", parser=_seconds, metavar="DURATION", help="Rounds of all faults for so long; else one."
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of traffic and faults; else a fresh one.")] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Only this fault; may be given several times.")
    ] = None,
    rate: Annotated[float, typer.Option(min=1, help="Dossiers and progress entries a second.")] = 40.0,
    cluster: Annotated[bool, typer.Option("--cluster", help="Three nodes of RabbitMQ.")] = False,
    supervised: Annotated[
        bool,
        typer.Option("--supervised", help="One `lgsp run --workers 2` instead of single processes."),
    ] = False,
    show: Annotated[bool, typer.Option("--list", help="Show the faults, and end.")] = False,
    json: Json = False,
) -> None:
    """Hurt it in every way we know, and judge what is left.

    Private PostgreSQL and RabbitMQ servers, and all processes of an installation, hurt under load.
    """
    import secrets

    from lgsp.drill.command import exercise, faults_in_words
    from lgsp.drill.play import Course
    from lgsp.drill.stage import Plan

    if show:
        typer.echo(faults_in_words(), nl=False)
        return
    plan = Plan(
        secrets.randbelow(1_000_000) if seed is None else seed, rate, cluster=cluster, supervised=supervised
    )
    end(well=exercise(plan, Course(seconds or 0.0, tuple(only or ())), json=json))
