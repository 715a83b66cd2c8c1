"""The command line: `lgsp`. Each command imports what it needs when it runs, so that `--help` is quick."""

from __future__ import annotations

import typer

from lgsp.cli.checking import check
from lgsp.cli.deliveries import dead, replay
from lgsp.cli.sending import send
from lgsp.cli.serving import run, sandbox, token
from lgsp.cli.shell import Shell
from lgsp.cli.systems import pause, quarantine, resume, systems
from lgsp.cli.tracing import trace
from lgsp.cli.trials import bench, demo

_COMMANDS = (
    run, demo, check, send, trace, dead, replay, systems, pause, resume, quarantine, token, sandbox, bench,
)  # fmt: skip

app = typer.Typer(
    name="lgsp",
    cls=Shell,
    help="The data-sharing platform: what local systems tell goes to national systems, in order.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for command in _COMMANDS:
    app.command()(command)


def main() -> None:
    """Run the command line."""
    app()
