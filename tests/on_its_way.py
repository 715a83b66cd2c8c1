"""Seeing what is on its way through a folder: files with a name in it, and those that have none."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from lgsp.folder import Folder


def on_its_way(files: Folder) -> list[str]:
    """Return what this process has put down in a folder and not let go of yet."""
    folder, found = str(files.incoming), []
    for number in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # it was closed in this moment
            found.append(str(number.readlink()))
    unnamed = {one for one in found if one.startswith(f"{folder}/") and one.endswith(" (deleted)")}
    return sorted({*unnamed, *(str(path) for path in Path(folder).iterdir())})
