"""What a measurement stands on: a sink, the gateway's processes and, for production, servers of their own."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import orjson

from lgsp.bench import documents
from lgsp.bench.answering import answering
from lgsp.bench.filling import fill
from lgsp.bench.neighbourhood import neighbourhood
from lgsp.bench.slowdisk import slow_disk
from lgsp.bench.visiting import admitted
from lgsp.home import packed
from lgsp.journal.migrating import migrate
from lgsp.journal.postgres import connect
from lgsp.testing.servers.postgres import PostgresServer
from lgsp.testing.servers.rabbitmq import RabbitServer
from lgsp.wire.http import Http

_WRITTEN = "SELECT pg_database_size(current_database()), pg_current_wal_lsn() - '0/0'::pg_lsn"
_CONCURRENCY = re.compile(r"(?<=concurrency: )\d+")
_TICKS = os.sysconf("SC_CLK_TCK")
_ALL, _FRONT, _WORK = "serve,jobs,work", "serve,jobs", "work"


@dataclass(slots=True, frozen=True)
class Plan:
    """How to measure.

    Attributes:
        production: on PostgreSQL and RabbitMQ, with a process that accepts and `workers` that send; else all
            in one process, on SQLite.
        workers: 0 sends from the accepting process.
        sync_us: so many microseconds each fsync takes at least, in every process alike.
        concurrency: how many sends at a time, to each system alike, so that what goes to one is measured as
            what goes to another; 0 is the most that the packed home says of any.
        filled: so many messages are in the journal before anything begins.
        neighbours: so many portals beside one another, each for an agency of its own; 0 is the packed home.
        pinned: keep the one process of the embedded profile on one core.
        answering: the first sink answers questions, too.
    """

    production: bool = False
    workers: int = 0
    sink_ms: float = 0.0
    sync_us: int = 0
    pinned: bool = True
    neighbours: int = 0
    concurrency: int = 0
    filled: int = 0
    answering: bool = False


@dataclass(slots=True, frozen=True)
class Sink:
    """A far side.

    Attributes:
        port: where the gateway finds it.
        side: the address at which whoever measures asks it.
    """

    port: int
    side: str


@dataclass(slots=True)
class Rig:
    """The processes of one measurement, and how to talk to them."""

    gateways: Sequence[subprocess.Popen[str]]
    servers: Mapping[str, int]
    port: int
    sinks: Sequence[Sink]
    token: str
    operator: str
    journal: str
    http: Http = field(default_factory=Http)

    @property
    def sink(self) -> int:
        """The port of the first sink."""
        return self.sinks[0].port

    async def say(self, path: str) -> None:
        """Act as the operator."""
        answer = await self.http.post(
            f"http://127.0.0.1:{self.port}{path}", b"", headers={"Authorization": f"Bearer {self.operator}"}
        )
        if answer.status != 200:  # noqa: PLR2004 - HTTP's own number
            raise RuntimeError(f"{path}: {answer.status}")

    async def waiting(self, at: str = "") -> int:
        """Return how many deliveries are open, of one system or of all."""
        answer = await self.http.get(
            f"http://127.0.0.1:{self.port}/v1/systems", headers={"Authorization": f"Bearer {self.operator}"}
        )
        systems = orjson.loads(answer.text)["systems"]
        return sum(system["open"] for system in systems if at in ("", system["name"]))

    async def taken(self, sink: int = 0) -> int:
        """Return how many dossiers a sink has taken."""
        answer = await self.http.post(f"{self.sinks[sink].side}/_taken", b"", read=True)
        return int(answer.text)

    async def ails(self, sink: int, how: str) -> None:
        """Let a sink answer after so many milliseconds; `gone` refuses connections."""
        await self.http.post(f"{self.sinks[sink].side}/_ails/{how}", b"", read=True)

    async def lookups(self, millis: float) -> int:
        """Return how often the first sink was asked; from now on it takes so long for an answer."""
        answer = await self.http.post(f"{self.sinks[0].side}/_lookups/{millis}", b"", read=True)
        return int(answer.text)

    async def written(self) -> dict[str, int]:
        """Return how many bytes the journal takes, and how many its server ever wrote ahead."""
        if not self.servers:
            path = Path(self.journal.removeprefix("sqlite:///"))
            return {"journal": sum(part.stat().st_size for part in path.parent.glob(f"{path.name}*"))}
        connection = await connect(self.journal)
        try:
            size, ahead = await connection.fetchrow(_WRITTEN)
        finally:
            await connection.close()
        return {"journal": int(size), "write_ahead": int(ahead)}

    def cpu(self) -> float:
        """Return the CPU seconds that the gateway's processes have used."""
        return sum(_cpu_of(process.pid) for process in self.gateways)

    def server_cpu(self) -> dict[str, float]:
        """Return the CPU seconds of each server, all its processes together."""
        return {name: sum(_cpu_of(pid) for pid in _family(root)) for name, root in self.servers.items()}

    def memory(self) -> float:
        """Return the resident memory of the gateway's processes in MiB."""
        pages = sum(
            int(Path(f"/proc/{process.pid}/statm").read_text(encoding="ascii").split()[1])
            for process in self.gateways
        )
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def rig(plan: Plan) -> Iterator[Rig]:
    """Start what a plan asks for, on a journal of its own; end it all by its pids."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lgsp-bench-")))
        folder.chmod(0o755)  # the server's account reads the shim in it
        shim = slow_disk(folder, plan.sync_us)
        addresses, servers = _servers(stack, folder, plan, shim)
        if plan.filled:
            _fill(addresses["LGSP_JOURNAL_URL"], plan.filled)
        started = stack.enter_context(_ended())
        sinks = [_sink(started, plan.sink_ms) for _ in range(plan.neighbours or 1)]
        token, operator = secrets.token_hex(16), secrets.token_hex(16)
        environment = {
            **shim,
            **addresses,
            "LGSP_STATE": str(folder),
            **_home(folder, sinks, plan),
            "LGSP_TOKEN_ONE_STOP": token,
            "LGSP_OPERATOR_TOKEN": operator,
        }
        front = _start(
            started, ["lgsp.bench.gateway", _FRONT if plan.production and plan.workers else _ALL], environment
        )
        if plan.pinned and not plan.production:
            os.sched_setaffinity(front.pid, {max(os.sched_getaffinity(0))})
        port = int(_line(front))
        workers = [
            _start(started, ["lgsp.bench.gateway", _WORK], environment)
            for _ in range(plan.workers if plan.production else 0)
        ]
        for worker in workers:
            _line(worker)
        journal = addresses["LGSP_JOURNAL_URL"]
        yield Rig([front, *workers], servers, port, sinks, token, operator, journal)


def _fill(url: str, messages: int) -> None:
    def run() -> None:
        migrate(url)
        asyncio.run(fill(url, messages, admitted))

    with ThreadPoolExecutor(1) as apart:  # whoever measures has a loop running already
        apart.submit(run).result()


def _sink(started: list[subprocess.Popen[str]], millis: float) -> Sink:
    port, side = _line(_start(started, ["lgsp.bench.sink", "--ms", str(millis)], {})).split()
    return Sink(int(port), f"http://127.0.0.1:{side}")


def _home(folder: Path, sinks: Sequence[Sink], plan: Plan) -> dict[str, str]:
    """Return what names the home, which is the packed one but for its systems or their slots."""
    sink = f"http://127.0.0.1:{sinks[0].port}"
    portal = {
        "LGSP_PORTAL_URL": f"{sink}/national-portal",
        "LGSP_AXIS_URL": f"{sink}/document-axis",
        "LGSP_REPORTING_URL": f"{sink}/national-reporting",
        "LGSP_DMS_SYSTEM_ID": documents.SYSTEM,
        "LGSP_DMS_SECRET": documents.SECRET,
    }
    if plan.neighbours:
        routes = neighbourhood([s.port for s in sinks])
    else:
        routes = equal((packed() / "routes.yaml").read_text(encoding="utf-8"), plan.concurrency)
    if plan.answering:
        routes = answering(folder, routes, sinks[0].port)
    (folder / "routes.yaml").write_text(routes, encoding="utf-8")
    return portal | {"LGSP_HOME": str(folder)}


def equal(routes: str, slots: int = 0) -> str:
    """Return the text of a home's routes with as many sends at a time for each system.

    Args:
        routes: the text; systems that leave it to the default keep that.
        slots: so many; 0 is the most that the text says of any.
    """
    most = slots or max(map(int, _CONCURRENCY.findall(routes)))
    return _CONCURRENCY.sub(str(most), routes)


def _servers(
    stack: ExitStack, folder: Path, plan: Plan, shim: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, int]]:
    """Start the servers of a plan; return the addresses that processes need, and each server's pid."""
    if not plan.production:
        return {"LGSP_JOURNAL_URL": f"sqlite:///{folder}/journal.db"}, {}
    postgres = stack.enter_context(PostgresServer(environment=shim))
    rabbit = stack.enter_context(RabbitServer(environment=shim))
    with ThreadPoolExecutor(1) as apart:  # whoever measures has a loop running already
        apart.submit(migrate, postgres.url).result()
    addresses = {
        "LGSP_JOURNAL_URL": postgres.url,
        "LGSP_BROKER_URL": rabbit.url,
        "LGSP_BLOBS_URL": f"file://{quote(str(folder / 'blobs'))}",
    }
    return addresses, {"postgres": postgres.pid, "rabbitmq": rabbit.pid}


@contextmanager
def _ended() -> Iterator[list[subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []
    try:
        yield started
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(timeout=30)
            if process.stdout is not None:
                process.stdout.close()


def _start(
    started: list[subprocess.Popen[str]], module: list[str], more: Mapping[str, str]
) -> subprocess.Popen[str]:
    process = subprocess.Popen(  # noqa: S603 - our own modules
        [sys.executable, "-m", *module], env=os.environ | more, stdout=subprocess.PIPE, text=True
    )
    started.append(process)
    return process


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None  # noqa: S101 - started with a pipe
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"starting {process.args!r}: it ended")
    return line


def _fields(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def _cpu_of(pid: int) -> float:
    fields = _fields(pid)
    return sum(map(int, fields[11:13])) / _TICKS if fields else 0.0


def _family(root: int) -> list[int]:
    """Return a process and all that descend from it."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    parents = {pid: _fields(pid) for pid in pids}
    family, grown = {root}, True
    while grown:
        more = {pid for pid, fields in parents.items() if fields and int(fields[1]) in family} - family
        family, grown = family | more, bool(more)
    return sorted(family)
