"""Patients of the tests of the doctor, and certificates made for them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from lgsp.journal.sqlite import SqliteJournal
from lgsp.testing.scene import Scene

Maker = Callable[[int], tuple[Path, Path]]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder where a sync costs nothing."""
    fast = Path("/dev/shm")
    with TemporaryDirectory(dir=fast if fast.is_dir() else None) as made:
        yield Path(made)


@pytest.fixture
async def scene(folder: Path) -> AsyncIterator[Scene]:
    """A journal with a clock that tests move."""
    one = await Scene.begin(lambda clock: SqliteJournal.open(folder / "journal.db", clock))
    yield one
    await one.end()


@pytest.fixture
def certificate(tmp_path: Path) -> Maker:
    """Make a certificate of localhost that is good for so many days; returns its file and that of its key."""
    if shutil.which("openssl") is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("openssl is not installed")

    def make(days: int) -> tuple[Path, Path]:
        file, key = tmp_path / f"{days}.pem", tmp_path / f"{days}.key"
        words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost"
        names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", str(days)]
        asked = ["openssl", *words.split(), *names, "-keyout", str(key), "-out", str(file)]
        subprocess.run(asked, check=True, capture_output=True, timeout=30)
        return file, key

    return make
