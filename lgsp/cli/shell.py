"""What every command shares: options, the way from errors to exit codes, and the one JSON document."""

from __future__ import annotations

import sys
from collections.abc import Coroutine
from errno import EADDRINUSE
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperGroup

from lgsp.cli.commands import Commands
from lgsp.errors import ConfigError, GatewayError

if TYPE_CHECKING:
    from lgsp.client import Client

T = TypeVar("T")
NEGATIVE, MISUSED = 1, 2
"""Exit codes: the answer is no; the command or the home is wrong."""

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


class Shell(TyperGroup):
    """Knows every command; tells errors in a line on standard error each, and ends with their exit code."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = Commands()

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except ConfigError as fault:
            faults, code = fault.faults, MISUSED
        except GatewayError as fault:
            faults, code = [str(fault)], NEGATIVE
        except OSError as fault:
            faults, code = [_in_words(fault)], MISUSED
        for line in faults:
            typer.echo(line, err=True)
        raise typer.Exit(code)


def _in_words(fault: OSError) -> str:
    if fault.errno == EADDRINUSE:
        return "listening: the port is taken; choose another with --port"
    place = f"{fault.filename}: " if fault.filename else ""
    return f"{place}{fault.strerror or fault}"


def wait_for(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's work in an event loop and return what it brings."""
    import asyncio

    return asyncio.run(work)


def gateway() -> Client:
    """Return a client of the running gateway.

    Raises:
        ConfigError: none runs on this state folder.
    """
    from lgsp.client import client_of
    from lgsp.settings import read_settings

    return client_of(read_settings())


def say_json(told: Any) -> None:
    """Print the one JSON document of a command."""
    import orjson

    sys.stdout.write(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode() + "\n")
    sys.stdout.flush()


def end(*, well: bool) -> None:
    """End the command with the exit code of its answer."""
    if not well:
        raise typer.Exit(NEGATIVE)
