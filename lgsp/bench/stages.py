"""The stages of a measurement, against a gateway and a sink in processes of their own."""

from __future__ import annotations

import asyncio
import os
import secrets
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from lgsp.bench.load import Load, drive, request, until
from lgsp.wire.http import Http

_TICKS = os.sysconf("SC_CLK_TCK")
_CONNECTIONS = 64
_CODE = "H44.11-260131-99999999"
_BYTES = 3000
_SOURCE, _SYSTEM = "one-stop", "national-portal"


@dataclass(slots=True)
class Rig:
    """The processes of one measurement, and how to talk to them."""

    gateway: subprocess.Popen[str]
    port: int
    sink: int
    token: str
    operator: str
    http: Http = field(default_factory=Http)

    async def say(self, path: str) -> None:
        """Act as the operator."""
        answer = await self.http.post(
            f"http://127.0.0.1:{self.port}{path}", b"", headers={"Authorization": f"Bearer {self.operator}"}
        )
        if answer.status != 200:  # noqa: PLR2004 - HTTP's own number
            raise RuntimeError(f"{path}: {answer.status}")

    async def taken(self) -> int:
        """Return how many dossiers the sink has taken."""
        answer = await self.http.post(f"http://127.0.0.1:{self.sink}/_taken", b"", read=True)
        return int(answer.text)

    def cpu(self) -> float:
        """Return the CPU seconds that the gateway has used."""
        fields = Path(f"/proc/{self.gateway.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory(self) -> float:
        """Return the gateway's resident memory in MiB."""
        pages = int(Path(f"/proc/{self.gateway.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def rig(sink_ms: float = 0.0, *, pinned: bool = True) -> Iterator[Rig]:
    """Start a sink and a gateway on a journal of their own; end both by their pids."""
    with tempfile.TemporaryDirectory(prefix="lgsp-bench-") as folder, _ended() as started:
        sink = _start(started, ["lgsp.bench.sink", "--ms", str(sink_ms)], {})
        sink_port = int(_line(sink))
        token, operator = secrets.token_hex(16), secrets.token_hex(16)
        gateway = _start(
            started,
            ["lgsp.bench.gateway"],
            {
                "LGSP_JOURNAL_URL": f"sqlite:///{folder}/journal.db",
                "LGSP_PORTAL_URL": f"http://127.0.0.1:{sink_port}/national-portal",
                "LGSP_TOKEN_ONE_STOP": token,
                "LGSP_OPERATOR_TOKEN": operator,
            },
        )
        if pinned:
            os.sched_setaffinity(gateway.pid, {max(os.sched_getaffinity(0))})
        yield Rig(gateway, int(_line(gateway)), sink_port, token, operator)


@contextmanager
def _ended() -> Iterator[list[subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []
    try:
        yield started
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(timeout=20)
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


def dossier(n: int) -> bytes:
    """Return a canonical dossier of about 3 KB as it is posted; each n is another dossier."""
    return _TEMPLATE.replace(_CODE.encode(), f"H44.11-260131-{n:08d}".encode())


def _template() -> bytes:
    moment = "2026-01-31T08:30:00+07:00"
    data: dict[str, Any] = {
        "code": _CODE,
        "status": "processing",
        "procedure": {"code": "1.003897", "name": "Cấp giấy xác nhận", "field_code": "G15-TP110"},
        "channel": "online",
        "applicant": {"kind": "citizen", "name": "Nguyễn Văn A", "phone": "0900000000"},
        "subject": "Đề nghị cấp giấy xác nhận tình trạng hôn nhân",
        "received_at": moment,
        "due_at": "2026-02-06T17:00:00+07:00",
        "handling_unit": "Sở Tư pháp",
        "result_delivery": {"method": "direct"},
        "papers": [],
    }
    while len(orjson.dumps(data)) < _BYTES - 300:
        n = len(data["papers"]) + 1
        data["papers"].append(
            {
                "id": f"70{n:05d}",
                "name": f"Bản sao giấy tờ số {n} của người nộp hồ sơ",
                "component": f"1.003897-TP{n:02d}",
                "url": f"https://tepdinhkem.example.vn/documents/20182/0/{_CODE}/{uuid.UUID(int=n)}.pdf?download=true",
                "digitised": True,
                "reused": "no",
            }
        )
    return orjson.dumps({"type": "dossier.v1", "data": data})


_TEMPLATE = _template()


class Measurement:
    """Runs the stages on one rig, each with keys of its own."""

    def __init__(self, rig_: Rig, seconds: float) -> None:
        self._rig = rig_
        self._seconds = seconds
        self._first = 0

    async def floor(self) -> dict[str, Any]:
        """Post the same bodies straight to the sink: what client and sink alone can do."""
        load = await self._drive("/national-portal/floor", self._rig.sink, self._rig.token)
        return {"floor_per_s": round(load.per_second)}

    async def accept(self) -> dict[str, Any]:
        """Accept alone: deliveries are paused; then drain what was taken on."""
        await self._rig.say(f"/v1/systems/{_SYSTEM}/pause")
        load, cost = await self._costed(self._post)
        drained = await self._drain(load.count)
        return {
            "accept_per_s": round(load.per_second),
            "accept_ms_p50": round(load.percentile(0.5), 2),
            "accept_ms_p99": round(load.percentile(0.99), 2),
            "accept_cpu_us": round(cost / load.count * 1e6),
            **drained,
        }

    async def _drain(self, count: int) -> dict[str, Any]:
        before, cpu, began = await self._rig.taken(), self._rig.cpu(), time.perf_counter()
        await self._rig.say(f"/v1/systems/{_SYSTEM}/resume")
        await self._reached(before + count)
        took = time.perf_counter() - began
        return {
            "drain_per_s": round(count / took),
            "drain_cpu_us": round((self._rig.cpu() - cpu) / count * 1e6),
        }

    async def walk(self) -> dict[str, Any]:
        """Accept and deliver at the same time; the clock stops when the last is delivered."""
        before, cpu, began = await self._rig.taken(), self._rig.cpu(), time.perf_counter()
        load = await self._post()
        await self._reached(before + load.count)
        took = time.perf_counter() - began
        return {
            "walk_per_s": round(load.count / took),
            "walk_ms_p50": round(load.percentile(0.5), 2),
            "walk_ms_p99": round(load.percentile(0.99), 2),
            "walk_cpu_us": round((self._rig.cpu() - cpu) / load.count * 1e6),
        }

    async def soak(self, messages: int) -> dict[str, Any]:
        """Walk so many messages and watch the memory."""
        memory: list[float] = []
        sent = 0
        while sent < messages:
            before = await self._rig.taken()
            load = await self._post()
            sent += load.count
            await self._reached(before + load.count)
            memory.append(round(self._rig.memory(), 1))
        return {"soak_messages": sent, "soak_memory_mib": memory}

    async def _post(self) -> Load:
        return await self._drive(f"/v1/systems/{_SOURCE}/messages", self._rig.port, self._rig.token)

    async def _drive(self, path: str, port: int, token: str) -> Load:
        first = self._first
        deadline = time.perf_counter() + self._seconds
        requests = until(deadline, lambda n: request(path, dossier(n), token), first)
        load = await drive(port, requests, _CONNECTIONS)
        self._first += load.count + _CONNECTIONS
        if load.failed:
            raise RuntimeError(f"{path}: {load.failed} of {load.count} requests failed")
        return load

    async def _costed(self, work: Callable[[], Awaitable[Load]]) -> tuple[Load, float]:
        before = self._rig.cpu()
        load = await work()
        return load, self._rig.cpu() - before

    async def _reached(self, count: int) -> None:
        last, since = -1, time.perf_counter()
        while (taken := await self._rig.taken()) < count:
            if taken != last:
                last, since = taken, time.perf_counter()
            if time.perf_counter() - since > 30:  # noqa: PLR2004 - seconds without any progress
                raise RuntimeError(f"draining: stands at {taken} of {count}")
            await asyncio.sleep(0.01)
