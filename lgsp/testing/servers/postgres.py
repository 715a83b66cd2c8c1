"""A private PostgreSQL server for tests and measurements: own folder, free loopback port, ended by pid."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

_USER = "postgres"
"""PostgreSQL does not run as root; Debian's package makes this account."""
_BOOT = 30.0
_ORPHANS = b"pre-existing shared memory block"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "log_min_messages": "warning",
}


def postgres_folder() -> Path | None:
    """Return the folder of the server's programs, of the newest version that is installed."""
    root = Path("/usr/lib/postgresql")
    found = sorted(root.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def free_port() -> int:
    """Return a loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class PostgresServer:
    """One server with an empty cluster; enter it to start it, leave it to end it and remove its folder."""

    def __init__(
        self, settings: Mapping[str, str] | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        """Prepare a server with settings of `postgresql.conf` and variables for its processes."""
        programs = postgres_folder()
        if programs is None:
            raise FileNotFoundError("postgresql is not installed")
        self._programs = programs
        self._settings = _SETTINGS | dict(settings or {})
        self._environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"} | dict(environment or {})
        self._as_user = _USER if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        self._password = secrets.token_hex(16)
        self.port = free_port()
        self.folder = Path()

    def __enter__(self) -> Self:
        """Make the cluster and start it."""
        self.folder = Path(tempfile.mkdtemp(prefix="lgsp-postgres-"))
        if self._as_user:
            shutil.chown(self.folder, self._as_user)
        secret = self.folder / "password"
        secret.write_text(self._password, encoding="ascii")
        if self._as_user:
            shutil.chown(secret, self._as_user)
        self._run(
            "initdb", "-D", str(self.folder / "cluster"), "-U", "lgsp", "--pwfile", str(secret),
            "-A", "scram-sha-256", "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync",
        )  # fmt: skip
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it and remove what it wrote."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self) -> str:
        """Return the address of the server's first database."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://lgsp:{self._password}@127.0.0.1:{self.port}/{database}"

    @property
    def pid(self) -> int:
        """Return the pid of the server's first process."""
        assert self._process is not None
        return self._process.pid

    def create(self, database: str) -> str:
        """Make an empty database and return its address."""
        self.sql(f'CREATE DATABASE "{database}"')
        return self.url_of(database)

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run a statement with psql and return what it prints, without headings."""
        return self._run("psql", "-X", "-A", "-t", "-d", self.url_of(database), "-c", statement).strip()

    def start(self) -> None:
        """Start the server on its cluster and wait until it answers.

        Right after a death it will not start: its last children still hold the memory that they shared.
        """
        deadline = time.monotonic() + _BOOT
        began, process = self._told().stat().st_size, self._launch()
        while not self._answers():
            if process.poll() is not None and _ORPHANS in self._told().read_bytes()[began:]:
                began, process = self._told().stat().st_size, self._launch()
            elif process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"starting postgres: {self._told().read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)

    def _told(self) -> Path:
        log = self.folder / "log"
        log.touch()
        return log

    def _launch(self) -> subprocess.Popen[bytes]:
        options = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        with self._told().open("ab") as out:
            self._process = subprocess.Popen(  # noqa: S603 - the server's own program
                [self._programs / "postgres", "-D", self.folder / "cluster", "-p", str(self.port), *options],
                env=self._environment,
                cwd=self.folder,
                user=self._as_user,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        return self._process

    def stop(self) -> None:
        """Stop the server: connections are cut, what was committed is written."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End the server and all its processes at once, as a power cut would."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=20)
            self._process = None

    def _end(self, sign: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(sign)
            self._process.wait(timeout=20)
            self._process = None

    def _answers(self) -> bool:
        try:
            return self.sql("SELECT 1") == "1"
        except subprocess.CalledProcessError:
            return False

    def _run(self, program: str, *words: str) -> str:
        return subprocess.run(  # noqa: S603 - the server's own programs
            [self._programs / program, *words],
            env=self._environment,
            cwd=self.folder,
            user=self._as_user,
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout
