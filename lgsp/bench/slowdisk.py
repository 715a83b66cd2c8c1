"""A disk as slow as a real one: a shim that is preloaded into every process of a measurement alike."""

from __future__ import annotations

import subprocess
from pathlib import Path

from lgsp.errors import ConfigError


def slow_disk(folder: Path, micros: int) -> dict[str, str]:
    """Build the shim in a folder and return the variables that make a process use it; none for 0 µs.

    Raises:
        ConfigError: there is no C compiler.
    """
    if not micros:
        return {}
    library = folder / "slowdisk.so"
    source = Path(__file__).with_name("slowdisk.c")
    words = ["gcc", "-O2", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
    try:
        subprocess.run(words, check=True, capture_output=True)  # noqa: S603 - our own source
    except FileNotFoundError:
        raise ConfigError(["gcc is not there; install it, or measure without a slow disk"]) from None
    library.chmod(0o755)
    return {"LD_PRELOAD": str(library), "LGSP_SYNC_US": str(micros)}
