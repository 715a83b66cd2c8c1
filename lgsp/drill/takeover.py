"""Rehearsing a takeover: a baseline is adopted, a day in the shadow, the switch, the cut-over, a live day.

The older connection talks to the stand-in portal directly, and fails for some dossiers. In the end the portal
must hold everything once: no gap, no duplicate.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import time
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from lgsp.app import Platform, platform
from lgsp.carrying import Carrier, token_of
from lgsp.client import Client
from lgsp.holdings import parts
from lgsp.home import packed
from lgsp.journal import leasing, reading
from lgsp.publishing import publish_draft
from lgsp.routes import parse_routes
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.compare import digest
from lgsp.sandbox.faults import Faults
from lgsp.sandbox.portal import Portal
from lgsp.sandbox.traffic import Shares, Step, Traffic
from lgsp.serving import running
from lgsp.settings import read_settings

SYSTEM, SOURCE = "national-portal", "one-stop"
_OPERATOR, _TOKEN = "operator-of-a-rehearsal", "one-stop-of-a-rehearsal"
_SERVICES = {"dossier": "DongBoHoSoMC", "progress": "CapNhatTienDoHoSoMC"}
_FAILS = 20
"""The older connection fails for one new dossier in so many."""
_URL = "${env:LGSP_PORTAL_URL:-http://127.0.0.1:9100/national-portal}"
_REST = frozenset({"delivered", "shadowed", "adopted", "superseded", "parked", "refused"})


@dataclass(slots=True)
class Report:
    """What a rehearsal came to.

    Attributes:
        wrongs: breaches; none is the only good answer.
        seconds: of each part.
        memory: the most that the process held, in MiB.
    """

    figures: dict[str, Any] = field(default_factory=dict)
    wrongs: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    memory: int = 0


class OldConnection:
    """Sends to the portal by itself; for some new dossiers it fails altogether."""

    def __init__(self, portal: Portal, fails: int = _FAILS) -> None:
        self._portal = portal
        self._fails = fails
        self._failing = False
        self.failed: set[str] = set()
        login = orjson.dumps({"username": "old", "password": "sandbox"})
        self._session = orjson.loads(portal.answer("mapi/login", login).body)["session"]

    def begin_to_fail(self) -> None:
        """Fail from now on for some of those that are new."""
        self._failing = True

    def send(self, step: Step) -> None:
        """Tell the portal a step, unless it is one of those."""
        known = self._portal.shelf.knows(step.code)
        if self._failing and not known and zlib.crc32(step.code.encode()) % self._fails == 0:
            self.failed.add(step.code)
        if step.code in self.failed:
            return
        told: dict[str, Any] = {"data": [step.item]}
        if step.kind == "dossier":
            told["isUpdating"] = str(bool(known))
        said = {"session": self._session, "madonvi": "H44", "service": _SERVICES[step.kind], **told}
        self._portal.answer("mapi/g", orjson.dumps(said))


class Rehearsal:
    """One takeover, from the first day to the day after the switch.

    Args:
        folder: where the gateway keeps its state.
        count: dossiers of the baseline, about.
        seed: of the traffic.
        fails: the older connection fails for one new dossier in so many.
        share: the day in the shadow has so many times less steps than there are dossiers.
    """

    def __init__(
        self, folder: Path, count: int, seed: int = 0, *, fails: int = _FAILS, share: int = 5
    ) -> None:
        self._share = share
        self._folder = folder
        self._count = count
        self._portal = Portal(Faults(dialects=("number",)))
        self._traffic = Traffic(
            seed, shares=Shares(repeats=0.0, early_progress=0.0), crowd=max(40, count // 50)
        )
        self._steps = iter(self._traffic)
        self._old = OldConnection(self._portal, fails)
        self._far = 0
        self.report = Report()
        self._client: Client
        self._platform: Platform

    async def all(self) -> Report:
        """Rehearse, and return what it came to."""
        async with running(Sandbox(national_portal=self._portal)) as self._far:
            await self._timed("baseline", self._baseline)
            await self._timed("adopt", self._adopt)
            async with AsyncExitStack() as stack:
                await self._start(stack)
                self._old.begin_to_fail()
                await self._timed("shadow", self._shadow)
                await self._timed("switch", self._switch)
                await self._timed("cut-over", self._cut_over)
                await self._timed("live", self._live)
                await self._look()
        self.report.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        return self.report

    async def _timed(self, name: str, part: Callable[[], Awaitable[None]]) -> None:
        began = time.monotonic()
        await part()
        self.report.seconds[name] = round(time.monotonic() - began, 1)

    # --- the parts --------------------------------------------------------------------------------------

    async def _baseline(self) -> None:
        """Lay into the portal what the older connection told before us."""
        shelf = self._portal.shelf
        while len(shelf) < self._count:
            step = next(self._steps)
            (shelf.store if step.kind == "dossier" else shelf.add)(step.item)
        self.report.figures["baseline"] = len(self._portal.shelf)

    async def _adopt(self) -> None:
        """Adopt half of it by codes, half by items; the gateway is stopped in the middle."""
        held = self._portal.state()["dossiers"]
        codes, items = self._folder / "codes.csv", self._folder / "items.jsonl"
        half = len(held) // 2
        named = list(held.items())
        codes.write_text(
            "MaHoSo;TrangThai\n" + "".join(f"{code};x\n" for code, _ in named[:half]), encoding="utf-8"
        )
        items.write_bytes(b"\n".join(orjson.dumps(item) for _, item in named[half:]))
        by_code = {"what": "codes", "system": SYSTEM, "type": "dossier.v1"}
        by_item = {"what": "items", "system": SYSTEM, "source": SOURCE}
        for most in (3, None):  # broken off after some parts, and begun again
            for file, order in ((codes, by_code), (items, by_item)):
                async with AsyncExitStack() as stack:
                    await self._start(stack)
                    await self._carry(file, order, most)

    async def _carry(self, file: Path, order: dict[str, str], most: int | None) -> None:
        signed = {"token": token_of(file, order), "reason": "rehearsal"}
        begun = await self._client.post("/v1/handovers", order | signed)
        told = await Carrier(self._client, order, begun).all(file, most)
        self.report.wrongs += [f"unreadable: {one}" for one in told["unreadable"]]
        if most is None:
            ended = await self._client.post(f"/v1/handovers/{begun['id']}/end")
            self.report.figures[f"adopted by {order['what']}"] = ended["counts"]

    async def _shadow(self) -> None:
        """Pass a day in which both are told everything, and only the older one sends."""
        before = self._portal.shelf.calls["login"]
        await self._tell(self._day(self._count // self._share), old=True)
        await self._rest()
        told = await self._client.get("/v1/shadow", system=SYSTEM)
        counts: Counter[str] = Counter()
        for one in told["would"]:
            counts[one["would"]] += one["count"]
        self.report.figures["shadow"] = dict(counts)
        self.report.figures["older connection failed for"] = len(self._old.failed)
        if self._portal.shelf.calls["login"] != before:  # nobody speaks to it without a session of his own
            self.report.wrongs.append("something was said to the portal in the shadow")

    async def _switch(self) -> None:
        """Publish the routes without the shadow; the older connection is switched off."""
        gateway = self._platform.gateway
        base = await gateway.journal.read(leasing.version)
        await publish_draft(gateway, self._text(live=True), base, "operator", "rehearsal")

    async def _cut_over(self) -> None:
        """Cut over while live traffic comes; a second time does nothing."""
        order = {"what": "cut-over", "system": SYSTEM, "reason": "rehearsal", "rate": 1000}
        begun = await self._client.post("/v1/handovers", order | {"token": "first"})
        await self._tell(self._day(self._count // (8 * self._share)), old=False)
        for time_ in ("first", "second"):
            begun = await self._client.post("/v1/handovers", order | {"token": time_})
            while begun["state"] == "running":
                await asyncio.sleep(0.1)
                begun = await self._client.get(f"/v1/handovers/{begun['id']}")
            self.report.figures[f"cut-over, {time_}"] = begun["counts"]

    async def _live(self) -> None:
        """Pass a day on our own."""
        await self._tell(self._day(self._count // (2 * self._share)), old=False)
        await self._rest()

    # --- what is seen -----------------------------------------------------------------------------------

    async def _look(self) -> None:
        """Hold what the portal has against what was told."""
        state, expected = self._portal.state(), self._traffic.expected()
        wrongs = self.report.wrongs
        for name in ("duplicates", "early_progress"):
            if state[name]:
                wrongs.append(f"{name} at the portal: {state[name]}")
        for code, item in expected["dossiers"].items():
            held = state["history"].get(code, [])
            if not held:
                wrongs.append(f"{code} is not there")
            elif held[-1] != digest(item):
                wrongs.append(f"{code}: another version is there")
        for code, entries in expected["progress"].items():
            if [digest(one) for one in entries] != [digest(one) for one in state["progress"].get(code, [])]:
                wrongs.append(f"{code}: its progress differs")
        unjudged = await self._client.get("/v1/handovers/unjudged", system=SYSTEM)
        wrongs += [f"{one['subject']} is not judged" for one in unjudged["lines"]]
        counts = await self._platform.gateway.journal.read(reading.counts)
        self.report.figures["deliveries"] = counts["systems"][SYSTEM]
        self.report.figures["dossiers at the portal"] = len(state["dossiers"])

    # --- below ------------------------------------------------------------------------------------------

    def _day(self, steps: int) -> Iterator[Step]:
        return (next(self._steps) for _ in range(steps))

    async def _tell(self, steps: Iterable[Step], *, old: bool) -> None:
        """Tell the gateway, in arrays, and the older connection while it works."""
        for part in parts(iter(steps), 100):
            for run in _alike(part):
                for step in run if old else ():
                    self._old.send(step)
                path = f"/systems/{SOURCE}/api/SynsTTHCC/{_SERVICES[run[0].kind]}"
                said = await self._client.bring(path, orjson.dumps([one.item for one in run]), token=_TOKEN)
                if said.json()["error_code"] not in ("0", 0):
                    self.report.wrongs.append(f"turned away: {said.json()['message'][:200]}")

    async def _rest(self) -> None:
        """Wait until nothing is on its way."""
        journal = self._platform.gateway.journal
        while True:
            counted = (await journal.read(reading.counts))["systems"].get(SYSTEM, {})
            if not {state for state, n in counted.items() if n} - _REST - {"repeated"}:
                return
            await asyncio.sleep(0.1)

    def _text(self, *, live: bool) -> str:
        """Return the packed routes between these two systems."""
        text = (packed() / "routes.yaml").read_text(encoding="utf-8")
        system = text[text.index("  national-portal:") : text.index("  # It calls us at /systems/dms")]
        system = system[: system.index("    # `services`")] + system[system.index("    deliver:") :]
        system = system.replace(_URL, f"http://127.0.0.1:{self._far}/{SYSTEM}")
        mode = "" if live else ", mode: shadow"
        routes = "".join(
            f"  - {{name: {name}, from: {SOURCE}, type: {type_}, to: [{SYSTEM}]{mode}}}\n"
            for name, type_ in (("dossiers", "dossier.v1"), ("progress", "dossier.progress.v1"))
        )
        return f"systems:\n  {SOURCE}: {{adapter: one_stop, serves: [H44]}}\n{system}\nroutes:\n{routes}"

    async def _start(self, stack: AsyncExitStack) -> None:
        """Run the gateway as long as the stack stands."""
        environment = {
            "LGSP_STATE": str(self._folder / "state"),
            "LGSP_TOKEN_ONE_STOP": _TOKEN,
            "LGSP_OPERATOR_TOKEN": _OPERATOR,
        }
        routes = parse_routes(self._text(live=False))
        self._platform = await stack.enter_async_context(platform(read_settings(environment), routes))
        port = await stack.enter_async_context(running(self._platform.site))
        self._client = await stack.enter_async_context(Client(f"http://127.0.0.1:{port}", _OPERATOR))


def _alike(steps: Sequence[Step]) -> Iterator[list[Step]]:
    """Yield steps that are told in one array: of one kind, and no dossier twice."""
    run: list[Step] = []
    for step in steps:
        if run and (run[0].kind != step.kind or any(one.code == step.code for one in run)):
            yield run
            run = []
        run.append(step)
    if run:
        yield run


def main() -> None:
    """Rehearse once, print the report as JSON, and end with 1 if anything went wrong."""
    asked = argparse.ArgumentParser(description="Rehearse a takeover against the stand-in portal.")
    asked.add_argument("count", type=int, help="dossiers of the baseline")
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--share", type=int, default=5, help="a day has so many times less steps")
    said = asked.parse_args()
    with TemporaryDirectory() as folder:
        report = asyncio.run(Rehearsal(Path(folder), said.count, said.seed, share=said.share).all())
    told = {name: getattr(report, name) for name in Report.__slots__}
    told["wrongs"] = report.wrongs[:50]
    print(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())  # noqa: T201 - a command of its own
    raise SystemExit(bool(report.wrongs))


if __name__ == "__main__":
    main()
