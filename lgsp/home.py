"""Finding the home: the folder with `routes.yaml`, `adapters/` and `schemas/`."""

from __future__ import annotations

import os
from pathlib import Path

from lgsp.errors import ConfigError


def home() -> Path:
    """Return the home: `$LGSP_HOME`, else the packed one, else the checkout.

    Raises:
        ConfigError: `$LGSP_HOME` names a folder without a `routes.yaml`.
    """
    named = os.environ.get("LGSP_HOME")
    if named:
        folder = Path(named).resolve()
        if not (folder / "routes.yaml").is_file():
            raise ConfigError([f"{folder}: no routes.yaml here; set LGSP_HOME to a folder that has one"])
        return folder
    return packed()


def packed() -> Path:
    """Return the home that came with the code: inside the wheel, or the checkout."""
    here = Path(__file__).resolve().parent
    return here / "_home" if (here / "_home").is_dir() else here.parent


def folders(name: str) -> list[Path]:
    """Return where `adapters` or `schemas` are looked for: the home first, then what came with the code."""
    found = [home() / name, packed() / name]
    return [folder for n, folder in enumerate(found) if folder.is_dir() and folder not in found[:n]]
