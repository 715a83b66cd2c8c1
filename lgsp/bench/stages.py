"""The stages of a measurement, against a rig."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from itertools import count, islice
from typing import Any

import orjson

from lgsp.bench.documents import sent
from lgsp.bench.load import Load, drive, request, until
from lgsp.bench.rig import Rig

CONNECTIONS = 64
_CODE = "H44.11-260131-99999999"
_BYTES = 3000
_SUBJECT = "Đề nghị cấp giấy xác nhận tình trạng hôn nhân"
_SOURCE, _SYSTEM = "one-stop", "national-portal"


def dossier(n: int, *, hot: bool = False, agency: int = 11) -> bytes:
    """Return a canonical dossier of about 3 KB as it is posted; each n is another one, or a next state.

    Args:
        n: which.
        hot: all are states of one dossier, which go one behind the other.
        agency: of the province, that handles it.
    """
    if hot:
        return _TEMPLATE.replace(_SUBJECT.encode(), f"{_SUBJECT} {n}".encode())
    return _TEMPLATE.replace(_CODE.encode(), f"H44.{agency}-260131-{n:08d}".encode())


def _template() -> bytes:
    moment = "2026-01-31T08:30:00+07:00"
    data: dict[str, Any] = {
        "code": _CODE,
        "status": "processing",
        "procedure": {
            "code": "1.003897",
            "name": "Cấp giấy xác nhận",
            "field_code": "G15-TP110",
            "field_name": "Hộ tịch",
        },
        "channel": "online",
        "applicant": {"kind": "citizen", "name": "Nguyễn Văn A", "phone": "0900000000"},
        "subject": _SUBJECT,
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
        self._hot = False

    async def floor(self) -> dict[str, Any]:
        """Post the same bodies straight to the sink: what client and sink alone can do."""
        load = await self._drive("/national-portal/floor", self._rig.sink, self._rig.token)
        return {"floor_per_s": round(load.per_second)}

    async def accept(self, name: str = "", *, hot: bool = False) -> dict[str, Any]:
        """Accept alone: deliveries are paused; then drain what was taken on."""
        await self._rig.say(f"/v1/systems/{_SYSTEM}/pause")
        self._hot = hot
        load, cost = await self._costed(self._post)
        self._hot = False
        drained = await self._drain(load.count)
        figures = {
            "accept_per_s": round(load.per_second),
            "accept_ms_p50": round(load.percentile(0.5), 2),
            "accept_ms_p99": round(load.percentile(0.99), 2),
            **_each("accept", cost, load.count),
            **drained,
        }
        return {f"{name}{key}": value for key, value in figures.items()}

    async def _drain(self, messages: int) -> dict[str, Any]:
        before, cost, began = await self._rig.taken(), self._cost(), time.perf_counter()
        await self._rig.say(f"/v1/systems/{_SYSTEM}/resume")
        await self._reached(before + messages)
        took = time.perf_counter() - began
        cpu = _each("drain", self._since(cost), messages)
        return {"drain_per_s": round(messages / took), **cpu}

    async def walk(self) -> dict[str, Any]:
        """Accept and deliver at the same time; the clock stops when the last is delivered."""
        return await self._walked("walk", self._post)

    async def documents(self) -> dict[str, Any]:
        """Walk packets of 10 KB: from a document-management system's façade to the axis."""
        return await self._walked("documents", self._send)

    async def _walked(self, stage: str, work: Callable[[], Awaitable[Load]]) -> dict[str, Any]:
        written = await self._rig.written()
        before, cost, began = await self._rig.taken(), self._cost(), time.perf_counter()
        load = await work()
        await self._reached(before + load.count)
        took = time.perf_counter() - began
        return {
            f"{stage}_per_s": round(load.count / took),
            f"{stage}_ms_p50": round(load.percentile(0.5), 2),
            f"{stage}_ms_p99": round(load.percentile(0.99), 2),
            **_each(stage, self._since(cost), load.count),
            **{
                f"{stage}_{what}_bytes": round((now - written[what]) / load.count)
                for what, now in (await self._rig.written()).items()
            },
        }

    async def backlog(self, messages: int) -> dict[str, Any]:
        """Take on so many messages while deliveries are paused, then drain them."""
        await self._rig.say(f"/v1/systems/{_SYSTEM}/pause")
        first, path = self._first, f"/v1/systems/{_SOURCE}/messages"
        requests = (request(path, dossier(n, hot=False), self._rig.token) for n in count(first))
        await drive(self._rig.port, islice(requests, messages), CONNECTIONS)
        self._first += messages
        return {f"backlog_{name}": value for name, value in (await self._drain(messages)).items()}

    async def soak(self, messages: int) -> dict[str, Any]:
        """Walk so many messages and watch the memory."""
        memory: list[float] = []
        walked = 0
        while walked < messages:
            before = await self._rig.taken()
            load = await self._post()
            walked += load.count
            await self._reached(before + load.count)
            memory.append(round(self._rig.memory(), 1))
        return {"soak_messages": walked, "soak_memory_mib": memory}

    async def _post(self) -> Load:
        return await self._drive(f"/v1/systems/{_SOURCE}/messages", self._rig.port, self._rig.token)

    async def _send(self) -> Load:
        return await self._driven(self._rig.port, sent)

    async def _drive(self, path: str, port: int, token: str) -> Load:
        hot = self._hot
        return await self._driven(port, lambda n: request(path, dossier(n, hot=hot), token))

    async def _driven(self, port: int, make: Callable[[int], bytes]) -> Load:
        requests = until(time.perf_counter() + self._seconds, make, self._first)
        load = await drive(port, requests, CONNECTIONS)
        self._first += load.count + CONNECTIONS
        if load.failed:
            raise RuntimeError(f"measuring: {load.failed} of {load.count} requests failed")
        return load

    def _cost(self) -> dict[str, float]:
        return {"": self._rig.cpu(), **{f"{k}_": v for k, v in self._rig.server_cpu().items()}}

    def _since(self, before: Mapping[str, float]) -> dict[str, float]:
        return {name: now - before[name] for name, now in self._cost().items()}

    async def _costed(self, work: Callable[[], Awaitable[Load]]) -> tuple[Load, dict[str, float]]:
        before = self._cost()
        load = await work()
        return load, self._since(before)

    async def _reached(self, wanted: int) -> None:
        last, since = -1, time.perf_counter()
        while (taken := await self._rig.taken()) < wanted:
            if taken != last:
                last, since = taken, time.perf_counter()
            if time.perf_counter() - since > 30:  # noqa: PLR2004 - seconds without any progress
                raise RuntimeError(f"draining: stands at {taken} of {wanted}")
            await asyncio.sleep(0.01)


def _each(stage: str, cost: Mapping[str, float], messages: int) -> dict[str, int]:
    """Return CPU microseconds a message: the gateway's, and each server's by its name."""
    return {f"{stage}_{who}cpu_us": round(spent / messages * 1e6) for who, spent in cost.items()}
