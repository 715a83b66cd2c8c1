"""The definitions of reports that are in use: read once, and again when a file of the home changes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from lgsp.domain.reports.defined import Definitions
from lgsp.home import home
from lgsp.regimes import paths, read_definitions

_Stamp = tuple[tuple[str, int, int], ...]


def load(folder: Path | None = None) -> Definitions:
    """Return what may be reported in a home, this process's own if none is named.

    Raises:
        ConfigError: a file of the home has faults; `lgsp check` tells them too.
    """
    where = folder or home()
    return _read(where, _stamp(where))


def _stamp(folder: Path) -> _Stamp:
    """Return what changes when a file does."""
    found = ((path.name, path.stat()) for path in paths(folder))
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)


@lru_cache(maxsize=4)
def _read(folder: Path, stamp: _Stamp) -> Definitions:  # noqa: ARG001 - what makes the answer another
    return read_definitions(folder)
