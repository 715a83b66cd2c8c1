"""The command line: `lgsp`. Each command imports what it needs when it runs, so that `--help` is quick."""

from __future__ import annotations

import typer

from lgsp.cli.shell import Shell
from lgsp.collector import seldom

app = typer.Typer(
    name="lgsp",
    cls=Shell,
    help="The data-sharing platform: what local systems tell goes to national systems, in order.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def lgsp() -> None:
    """Let a command be named: `lgsp.cli.commands` knows them all."""


def main() -> None:
    """Run the command line."""
    seldom()
    app()
