"""`lgsp check`: all faults of a home at once, offline."""

from __future__ import annotations

from pathlib import Path

import typer

from lgsp.cli.shell import Json, end, say_json


def check(json: Json = False) -> None:
    """Check the home.

    It tells every fault at once, each as `file:line: what; mend`.
    """
    from lgsp.home import home

    folder = home()
    found = _faults(folder / "routes.yaml")
    if json:
        say_json({"home": str(folder), "faults": found})
    else:
        typer.echo("\n".join(found) or f"{folder}: không có lỗi (no faults)")
    end(well=not found)


def _faults(path: Path) -> list[str]:
    """Return the faults of the home and of the environment it would run in."""
    from lgsp.check import faults
    from lgsp.errors import ConfigError
    from lgsp.settings import read_settings

    try:
        settings = read_settings()
    except ConfigError as fault:
        return [*fault.faults, *faults(path)]
    return faults(path, settings.journal if settings.embedded else None)
