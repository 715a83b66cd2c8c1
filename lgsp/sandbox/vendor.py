"""Playing a one-stop system: posting its traffic to a gateway and mending what comes back refused."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import orjson

from lgsp.errors import Unavailable
from lgsp.sandbox.traffic import Step, Traffic
from lgsp.wire.http import Answer, Http

_SERVICES = {"dossier": "DongBoHoSoMC", "progress": "CapNhatTienDoHoSoMC"}
_ARRAY = 5
_PAUSE = 0.25
_LISTEN_EVERY = 0.25
_UNAUTHORIZED, _SERVER_FAULT = 401, 500


@dataclass(slots=True)
class Tally:
    """What became of the vendor's posts.

    Attributes:
        taken: items the gateway took on.
        rejected: what it said to those it did not.
        repeats: posts that had to be sent again because no answer came.
        latencies: seconds of each post that was answered.
    """

    taken: int = 0
    rejected: list[str] = field(default_factory=list)
    repeats: int = 0
    latencies: list[float] = field(default_factory=list)


class Vendor:
    """A one-stop system in front of a gateway, used as `async with Vendor(…) as vendor`.

    It posts as such systems do: bare arrays, or the wrapped form after a login; mixed by seed, small arrays
    when it is behind. One dossier's steps go out one after the other; different dossiers go side by side. A
    gateway that is away is asked again until it takes what it is told.

    Args:
        http: the pool of connections.
        url: the gateway's root, without a slash at the end.
        token: the system's token.
        traffic: where corrections come from.
        system: the name the gateway knows it by.
        agency: `madonvi`.
        lanes: how many posts may be under way at once.
        seed: of the choice of forms.
    """

    def __init__(  # noqa: PLR0913 - each is one independent property of the vendor
        self,
        http: Http,
        url: str,
        token: str,
        traffic: Traffic,
        *,
        system: str = "one-stop",
        agency: str = "H44",
        lanes: int = 16,
        seed: int = 0,
    ) -> None:
        self.tally = Tally()
        self.clock = time.perf_counter
        self._http = http
        self._system = system
        self._root = f"{url}/systems/{system}"
        self._token = token
        self._traffic = traffic
        self._agency = agency
        self._dice = random.Random(seed)
        self._lanes: list[asyncio.Queue[Step]] = [asyncio.Queue() for _ in range(lanes)]
        self._tasks: list[asyncio.Task[None]] = []
        self._heard = asyncio.Event()
        self._session = ""
        self._cursor = 0

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._work(lane)) for lane in self._lanes]
        self._tasks.append(asyncio.create_task(self._listen()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def tell(self, steps: Iterable[Step], rate: float) -> None:
        """Tell the steps, `rate` a second, and return when the gateway has taken them all."""
        started = self.clock()
        for n, step in enumerate(steps):
            behind = n / rate - (self.clock() - started)
            if behind > 0:
                await asyncio.sleep(behind)
            self._put(step)
        await self._quiet()

    async def mend(self, patience: float) -> bool:
        """Wait until every refused dossier has been heard of and corrected; False when patience ran out."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while self._traffic.awaited:
                    await self._heard.wait()
                    self._heard.clear()
        await self._quiet()
        return not self._traffic.awaited

    async def _quiet(self) -> None:
        """Return when every lane is empty; a task that broke ends the waiting with its fault."""
        drained = asyncio.create_task(self._drain())
        done, _ = await asyncio.wait([drained, *self._tasks], return_when=asyncio.FIRST_COMPLETED)
        drained.cancel()
        for ended in done:
            ended.result()

    async def _drain(self) -> None:
        for lane in self._lanes:
            await lane.join()

    def _put(self, step: Step) -> None:
        """Queue a step behind the others of its dossier."""
        self._lanes[zlib.crc32(step.code.encode()) % len(self._lanes)].put_nowait(step)

    async def _work(self, lane: asyncio.Queue[Step]) -> None:
        held: Step | None = None
        while True:
            steps = [held or await lane.get()]
            held = None
            while not lane.empty() and len(steps) < _ARRAY and held is None:
                step = lane.get_nowait()
                if (step.kind, step.is_update) == (steps[0].kind, steps[0].is_update):
                    steps.append(step)
                else:
                    held = step
            await self._deliver(steps)
            for _ in steps:
                lane.task_done()

    async def _deliver(self, steps: list[Step]) -> None:
        """Post until it is answered for good."""
        wrapped = self._dice.random() < 0.5  # noqa: PLR2004 - a coin
        while True:
            started = self.clock()
            try:
                answer = await (self._post_wrapped(steps) if wrapped else self._post_bare(steps))
            except Unavailable:
                answer = None
            if answer is not None and answer.status < _SERVER_FAULT:
                self.tally.latencies.append(self.clock() - started)
                self._settle(steps, answer)
                return
            self.tally.repeats += 1
            await asyncio.sleep(_PAUSE)

    def _settle(self, steps: list[Step], answer: Answer) -> None:
        if taken(answer):
            self.tally.taken += len(steps)
        else:
            self.tally.rejected.append(answer.text[:2000])

    async def _post_bare(self, steps: list[Step]) -> Answer:
        """Post the array alone, as to a provincial proxy."""
        query = f"?MaDinhDanhDV={self._agency}"
        if steps[0].kind == "dossier":
            query += f"&isUpdating={steps[0].is_update}"
        url = f"{self._root}/api/SynsTTHCC/{_SERVICES[steps[0].kind]}{query}"
        body = orjson.dumps([step.item for step in steps])
        return await self._http.post(url, body, headers=self._bearer(), secrets=(self._token,))

    async def _post_wrapped(self, steps: list[Step]) -> Answer:
        """Post as to the portal itself: log in, then session and service around the array."""
        session = self._session or await self._login()
        answer = await self._post_service(session, steps)
        if taken(answer) or _envelope(answer).get("result"):
            return answer
        return await self._post_service(await self._login(), steps)

    async def _post_service(self, session: str, steps: list[Step]) -> Answer:
        asked: dict[str, Any] = {"session": session, "madonvi": self._agency}
        asked["service"] = _SERVICES[steps[0].kind]
        if steps[0].kind == "dossier":
            asked["isUpdating"] = str(steps[0].is_update)
        asked["data"] = [step.item for step in steps]
        return await self._forward("mapi/g", asked, (session,))

    async def _login(self) -> str:
        answer = await self._forward(
            "mapi/login", {"username": self._system, "password": self._token}, (self._token,)
        )
        self._session = str(_envelope(answer).get("session") or "")
        return self._session

    async def _forward(self, tail: str, asked: dict[str, Any], secrets: tuple[str, ...]) -> Answer:
        url = f"{self._root}/XrdAdapter/RestService/forward/{tail}"
        return await self._http.post(url, orjson.dumps(asked), secrets=secrets)

    async def _listen(self) -> None:
        """Ask for reports and correct the dossiers that were refused."""
        while True:
            await asyncio.sleep(_LISTEN_EVERY)
            try:
                url = f"{self._root}/reports?since={self._cursor}&limit=500"
                answer = await self._http.get(url, headers=self._bearer(), secrets=(self._token,))
                reports = answer.json()
            except (Unavailable, ValueError):
                continue
            for report in reports if isinstance(reports, list) else ():
                self._hear(report)

    def _hear(self, report: dict[str, Any]) -> None:
        """Take one report in, and mend what it tells of."""
        self._cursor = max(self._cursor, int(report["cursor"]))
        self._heard.set()
        step = self._traffic.correct(report["MaHoSo"]) if report["TrangThai"] == "refused" else None
        if step is not None:
            self._put(step)

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}


def taken(answer: Answer) -> bool:
    """Judge an answer as such clients do: the code is zero and the text speaks of success."""
    said = _envelope(answer)
    return str(said.get("error_code")) in ("0", "00") and "thành công" in str(said.get("message")).lower()


def _envelope(answer: Answer) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
