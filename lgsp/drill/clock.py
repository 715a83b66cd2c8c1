"""The clock of the journal's server, which a drill may put wrong while the server runs."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lgsp.errors import ConfigError

_MICROS = 1_000_000


@dataclass(slots=True, frozen=True)
class Clock:
    """How wrong the clock is, in a file that every process of the server has mapped."""

    environment: Mapping[str, str]
    file: Path

    def put(self, seconds: float) -> None:
        """Let the clock be wrong by so many seconds from now on; 0 is right."""
        with self.file.open("r+b") as open_:
            open_.write(struct.pack("q", int(seconds * _MICROS)))


def false_clock(root: Path) -> Clock:
    """Build the shim in a folder below `root` that other accounts may read; return a clock that is right.

    Raises:
        ConfigError: there is no C compiler.
    """
    folder = root / "clock"
    folder.mkdir()
    root.chmod(0o711)  # the account of the server goes through it
    library, file, source = folder / "clock.so", folder / "wrong", Path(__file__).with_name("clock.c")
    words = ["gcc", "-O2", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
    try:
        subprocess.run(words, check=True, capture_output=True)  # noqa: S603 - our own source
    except FileNotFoundError:
        raise ConfigError(["gcc is not there; a drill needs it to put the journal's clock wrong"]) from None
    file.write_bytes(struct.pack("q", 0))
    for path in (folder, library, file):
        path.chmod(0o755)
    return Clock({"LD_PRELOAD": str(library), "LGSP_CLOCK_FILE": str(file)}, file)
