"""A private RabbitMQ node for tests and drills: own folder, own epmd, free loopback ports, ended by pid."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from lgsp.testing.servers.postgres import free_port

_PROGRAMS = Path("/usr/lib/rabbitmq/bin")
"""Not the wrappers in /usr/sbin: those become another user first."""
_HEADER = b"AMQP\x00\x00\x09\x01"
_BOOT, _DEATH = 60.0, 20.0
_CONF = """
listeners.tcp.default = {port}
loopback_users = none
default_user = lgsp
default_pass = {password}
cluster_formation.peer_discovery_backend = classic_config
cluster_partition_handling = pause_minority
log.file.level = warning
disk_free_limit.absolute = 50MB
{more}
"""

_ADMIN = """
management.tcp.ip = 127.0.0.1
management.tcp.port = {port}
"""


def rabbitmq_folder() -> Path | None:
    """Return the folder of the server's programs, if they are installed."""
    return _PROGRAMS if (_PROGRAMS / "rabbitmq-server").exists() and shutil.which("epmd") else None


class RabbitServer:
    """One node; enter it to start it, leave it to end it and remove its folder."""

    def __init__(
        self,
        conf: str = "",
        environment: Mapping[str, str] | None = None,
        *,
        managed: bool = False,
        beside: RabbitServer | None = None,
    ) -> None:
        """Prepare a node.

        Args:
            conf: further lines of `rabbitmq.conf`.
            environment: variables for its processes.
            managed: with the management plugin, which `admin_url` leads to.
            beside: a node whose cookie, password and epmd it shares, so that they can form a cluster.
        """
        if rabbitmq_folder() is None:
            raise FileNotFoundError("rabbitmq-server is not installed")
        self._more, self._managed = dict(environment or {}), managed
        self._admin_port = free_port()
        self._conf = conf + (_ADMIN.format(port=self._admin_port) if managed else "")
        self.epmd_port: int = beside.epmd_port if beside else free_port()
        self.cookie: str = beside.cookie if beside else secrets.token_hex(16)
        self._owns_epmd = beside is None
        self._process: subprocess.Popen[bytes] | None = None
        self._epmd: subprocess.Popen[bytes] | None = None
        self.password: str = beside.password if beside else secrets.token_hex(16)
        self.port = free_port()
        self._dist_port = free_port()
        self.name = f"n{secrets.token_hex(4)}@localhost"
        self.folder = Path()

    def __enter__(self) -> Self:
        """Make the folder and start the node."""
        self.folder = Path(tempfile.mkdtemp(prefix="lgsp-rabbitmq-"))
        for name in ("home", "mnesia", "log", "schema"):
            (self.folder / name).mkdir()
        cookie = self.folder / "home" / ".erlang.cookie"
        cookie.write_text(self.cookie, encoding="ascii")
        cookie.chmod(0o400)
        (self.folder / "rabbitmq.conf").write_text(
            _CONF.format(port=self.port, password=self.password, more=self._conf), encoding="ascii"
        )
        (self.folder / "advanced.config").write_text("[].\n", encoding="ascii")
        (self.folder / "plugins").write_text(
            "[rabbitmq_management].\n" if self._managed else "[].\n", encoding="ascii"
        )
        if self._owns_epmd:
            self._start_epmd()
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it and remove what it wrote."""
        self.kill()
        if self._epmd is not None:
            self._epmd.kill()
            self._epmd.wait(timeout=10)
            self._epmd = None
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self) -> str:
        """Return the address for clients."""
        return f"amqp://lgsp:{self.password}@127.0.0.1:{self.port}/"

    @property
    def admin_url(self) -> str:
        """Return the address of the management API."""
        return f"http://lgsp:{self.password}@127.0.0.1:{self._admin_port}"

    @property
    def pid(self) -> int:
        """Return the pid of the node."""
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Tell whether it greets a client now."""
        return self._process is not None and self._process.poll() is None and self._answers()

    def start(self) -> None:
        """Start the node on what it kept and wait until it answers."""
        with (self.folder / "out").open("ab") as out:
            self._process = subprocess.Popen(  # noqa: S603 - the server's own program
                [_PROGRAMS / "rabbitmq-server"],
                env=self._environment(),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        deadline = time.monotonic() + _BOOT
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                told = (self.folder / "out").read_text(errors="replace")
                raise RuntimeError(f"starting rabbitmq: {told[-2000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End the node and all its processes at once, as a power cut would.

        A process that dies gives up its memory first and its sockets later: the port tells that it is gone.
        """
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=20)
            self._process = None
            deadline = time.monotonic() + _DEATH
            while self._listens() and time.monotonic() < deadline:
                time.sleep(0.02)

    def freeze(self) -> None:
        """Stop it where it stands: connections stay open and nothing answers, not even for a moment more."""
        os.killpg(self.pid, signal.SIGSTOP)
        deadline = time.monotonic() + _DEATH
        while not all(_stands(task) for task in _tasks(self.pid)) and time.monotonic() < deadline:
            time.sleep(0.01)

    def thaw(self) -> None:
        """Let it go on."""
        os.killpg(self.pid, signal.SIGCONT)

    def restart(self) -> None:
        """Kill it and start it again on what it kept."""
        self.kill()
        self.start()

    def sync(self) -> None:
        """Write the table of quorum queues to disk.

        A single node that is killed within three minutes of declaring one forgets what is in it otherwise.
        """
        self.ctl("eval", "dets:sync(ra_directory_reverse).")

    def ctl(self, *words: str) -> str:
        """Run `rabbitmqctl` on the node and return what it prints."""
        done = subprocess.run(  # noqa: S603 - the server's own program
            [_PROGRAMS / "rabbitmqctl", "--quiet", *words],
            env=self._environment(),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"rabbitmqctl {words[0]}: {done.stdout}{done.stderr}")
        return done.stdout

    def join(self, other: RabbitServer) -> None:
        """Become a member of another node's cluster; what is on this one is forgotten."""
        self.ctl("stop_app")
        self.ctl("reset")
        self.ctl("join_cluster", other.name)
        self.ctl("start_app")

    def _start_epmd(self) -> None:
        self._epmd = subprocess.Popen(  # noqa: S603 - the server's own program
            [shutil.which("epmd") or "epmd", "-port", str(self.epmd_port), "-address", "127.0.0.1"],
            env={"PATH": os.environ["PATH"]},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _environment(self) -> dict[str, str]:
        folder = self.folder
        return {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "HOME": str(folder / "home"),
            "ERL_EPMD_PORT": str(self.epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._dist_port),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "schema"),
        } | self._more

    def _listens(self) -> bool:
        """Tell whether anything still takes connections."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2):
                return True
        except ConnectionRefusedError:
            return False
        except OSError:
            return True

    def _answers(self) -> bool:
        """Tell whether the node greets a client; a boot that is not done accepts and says nothing."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as talk:
                talk.sendall(_HEADER)
                return talk.recv(1) == b"\x01"
        except OSError:
            return False


class RabbitCluster:
    """Three nodes that know each other."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        """Prepare the nodes, with variables for their processes."""
        first = RabbitServer(environment=environment)
        self.nodes = [first, *(RabbitServer(environment=environment, beside=first) for _ in range(2))]
        self._entered: list[RabbitServer] = []

    def __enter__(self) -> Self:
        """Start the nodes and join them."""
        try:
            for node in self.nodes:
                self._entered.append(node.__enter__())
                if node is not self.nodes[0]:
                    node.join(self.nodes[0])
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the nodes, the one that owns the epmd last."""
        for node in reversed(self._entered):
            node.__exit__(kind, fault, trace)
        self._entered.clear()

    @property
    def url(self) -> str:
        """Return the address of all nodes for clients."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        return f"amqp://lgsp:{self.nodes[0].password}@{hosts}/"

    def leader(self, queue: str) -> RabbitServer:
        """Return the node that leads a quorum queue."""
        rows = self.nodes[0].ctl("list_queues", "name", "leader", "--no-table-headers").splitlines()
        found = dict(row.split("\t") for row in rows if "\t" in row)
        return next(node for node in self.nodes if node.name == found[queue])


def _tasks(group: int) -> Iterator[list[str]]:
    """Yield what the kernel says of each thread of a group behind its name: first state, parent and group."""
    for told in Path("/proc").glob("[0-9]*/task/[0-9]*/stat"):
        with suppress(OSError):  # it has just ended
            fields = told.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if int(fields[2]) == group:
                yield fields


def _stands(task: list[str]) -> bool:
    return task[0] in "TZX"
