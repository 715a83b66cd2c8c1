"""A rehearsal of reconciliation: divergences of every bucket are seeded, found, repaired, and looked for again.

The whole one, which takes its time: `python -m tests.reconciling.rehearsal --dossiers 50000 --each 1000`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from adapters.national_portal import mapping
from lgsp.adapter import Holding
from lgsp.app import platform
from lgsp.domain.reconciling.buckets import Bucket
from lgsp.journal import dossiers
from lgsp.message import VIETNAM
from lgsp.routes import parse_routes
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.compare import compare
from lgsp.serving import running
from lgsp.settings import read_settings
from tests.api.province import BRING, OPERATOR, TOKEN, Caller, dossier
from tests.reconciling.odd import Odd

FAILING = 0.05
"""The share of its calls that the portal fails."""
_LATE = 3.0
_STEPS, _SELDOM = 3, 20
"""So many entries of progress are told of what is lost with it, and of every so many dossiers that agree."""
_AT_ONCE = 100
_BEGAN = datetime(2026, 1, 31, 9, tzinfo=VIETNAM)
_ROUTES = """
systems:
  one-stop: {{adapter: one_stop, serves: [H44]}}
  national-portal:
    adapter: national_portal
    config: {{url: "http://127.0.0.1:{port}/national-portal", username: lgsp, password: sandbox, agency: H44}}
    deliver: {{concurrency: 32, settle: 20ms, suspend_after: 1000, retry: [{retry}, 10h]}}
    reconcile: {{concurrency: {asking}}}
routes:
  - {{name: dossiers, from: one-stop, type: dossier.v1, to: [national-portal]}}
  - {{name: progress, from: one-stop, type: dossier.progress.v1, to: [national-portal]}}
"""


@dataclass(slots=True)
class Seeds:
    """Which dossier was made to differ how; the rest agree.

    Attributes:
        planted: codes by bucket.
        mendable: those that the gateway can mend by itself.
        listed: the source's list: its codes, with what it says of their state.
        going_on: lost ones of which further progress is told while nobody has mended them.
    """

    planted: dict[str, set[str]] = field(default_factory=dict)
    mendable: set[str] = field(default_factory=set)
    listed: list[Holding] = field(default_factory=list)
    going_on: list[str] = field(default_factory=list)


def code(number: int) -> str:
    """Return the code of a dossier."""
    return f"H44.11-260131-{number:06d}"


def step(of: str, number: int) -> dict[str, Any]:
    """Return an entry of a dossier's progress, which differs from its others."""
    at = (_BEGAN + timedelta(minutes=number)).isoformat()
    officer = {"name": "Trần Thị B", "title": "Chuyên viên", "department": "Phòng Nghiệp vụ"}
    said = {"code": of, "status": "processing", "handled_at": at, "officer": officer}
    return said | {"content": f"Bước {number}"}


@dataclass(slots=True)
class Rehearsal:
    """What is worked with: a running gateway, its portal, and those who call."""

    portal: Odd
    platform: Any
    one_stop: Caller
    operator: Caller
    each: int
    seeds: Seeds = field(default_factory=Seeds)
    told: list[str] = field(default_factory=list)
    steps: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    chance: random.Random = field(default_factory=random.Random)

    async def tell(self, codes: Iterable[str], **changed: Any) -> None:
        """Tell of dossiers, some at a time."""
        some = list(codes)
        for at in range(0, len(some), _AT_ONCE):
            said = [dossier(one, **changed) for one in some[at : at + _AT_ONCE]]
            reply = await self.one_stop.post(BRING, said)
            assert reply.status in {202, 207, 422}, reply.body

    async def go_on(self, codes: Iterable[str], entries: int = 1) -> None:
        """Tell so many further entries of the progress of dossiers, and remember them."""
        for at in codes:
            known = self.steps.setdefault(at, [])
            new = [step(at, len(known) + n) for n in range(entries)]
            said = [{"type": "dossier.progress.v1", "data": one} for one in new]
            reply = await self.one_stop.post(BRING, said)
            assert reply.status == 202, reply.body
            known += new

    async def seed(self, count: int) -> None:
        """Tell so many dossiers, and let `each` of them differ in every way."""
        kinds = [
            "lost", "lost-with-progress", "changed", "untold-change", "stuck", "twice", "listed-twice",
            "refused", "silent", "turned-away", "never-told", "around",
        ]  # fmt: skip
        half = max(1, self.each // 2)
        sizes = dict.fromkeys(kinds, half) | dict.fromkeys(
            ("lost", "lost-with-progress", "stuck", "refused", "silent", "turned-away"), self.each
        )
        numbers = iter(self.chance.sample(range(1, 900_000), count + 13 * self.each))
        groups = {kind: [code(next(numbers)) for _ in range(sizes[kind])] for kind in kinds}
        plain = [code(next(numbers)) for _ in range(max(0, count - sum(sizes.values())))]
        self.portal.stuck, self.portal.silent = set(groups["stuck"]), set(groups["silent"])
        self.portal.twice = set(groups["twice"])
        self._trouble(0.0, groups["refused"])
        told = [kind for kind in kinds if kind not in {"turned-away", "never-told", "around"}]
        every = sorted([*plain, *(one for kind in told for one in groups[kind])])
        await self.tell(every)
        told_at = time.monotonic()
        await self.go_on(groups["lost-with-progress"], _STEPS)
        await self.go_on(plain[::_SELDOM], _STEPS)
        await self.tell(groups["turned-away"], status="no-such-status")
        await self._at_rest(len(plain) + sum(sizes[kind] for kind in told))
        self.portal.lose(groups["lost"] + groups["lost-with-progress"])
        self.portal.change(groups["changed"])
        for one in groups["around"]:
            self.portal.shelf.store({"MaHoSo": one, "TrangThaiHoSo": "2"})
        self._trouble(FAILING, groups["refused"])
        self._note(groups, plain)
        await asyncio.sleep(max(0.0, told_at + _LATE - time.monotonic()))  # what is stuck is late by then

    def _note(self, groups: dict[str, list[str]], plain: list[str]) -> None:
        planted = {
            Bucket.MISSING_THERE: groups["lost"] + groups["lost-with-progress"],
            Bucket.STATE_DIFFERS: groups["changed"] + groups["untold-change"],
            Bucket.LATE: groups["stuck"],
            Bucket.DUPLICATE: groups["twice"] + groups["listed-twice"],
            Bucket.REFUSED: groups["refused"],
            Bucket.UNVERIFIABLE: groups["silent"],
            Bucket.UNSENDABLE: groups["turned-away"],
            Bucket.MISSING_HERE: groups["never-told"] + groups["around"],
        }
        self.seeds.planted = {bucket.value: set(codes) for bucket, codes in planted.items()}
        self.seeds.mendable = {*groups["lost"], *groups["lost-with-progress"], *groups["changed"]}
        self.seeds.going_on = groups["lost-with-progress"][::2]
        every = [*plain, *(one for codes in groups.values() for one in codes), *groups["listed-twice"]]
        changed = set(groups["untold-change"])
        self.seeds.listed = [Holding(one, "finished" if one in changed else "received") for one in every]

    def _trouble(self, failing: float, refused: Iterable[str]) -> None:
        faults = {"http_500": failing, "dialects": ["number"], "lookup_content": True}
        rule = {"SoDienThoai": {"codes": sorted(refused)}}
        self.portal.trouble(orjson.dumps(faults | {"refuse_fields": rule}))

    async def _at_rest(self, count: int) -> None:
        """Wait until all is told that can be, and the register knows it."""
        await self._settled("SELECT count(*) FROM deliveries WHERE state NOT IN (4, 11)", 0)
        await self._settled("SELECT -count(*) FROM dossiers", -count)
        assert await self.platform.gateway.journal.read(dossiers.behind)

    async def _settled(self, sql: str, most: int) -> None:
        journal = self.platform.gateway.journal
        while (await journal.read(lambda tx: tx.rows(sql)))[0][0] > most:  # noqa: ASYNC110 - it stands there
            await asyncio.sleep(0.2)

    # --- reconciling ------------------------------------------------------------------------------------

    async def reconcile(self, token: str) -> dict[str, Any]:
        """Run a reconciliation with the source's list, and return it once it is over."""
        asked = {"token": token, "agency": "H44", "upload": True, "late": _LATE}
        run = (await self.operator.post("/v1/reconciliations", asked)).json()
        taken_at = datetime.now(VIETNAM).isoformat()
        rows = [{"code": one.code, "status": one.status} for one in self.seeds.listed]
        rows += [{"code": one} for one in self.told]
        for part, at in enumerate(range(0, len(rows), 2000), 1):
            last = at + 2000 >= len(rows)
            said = {"part": part, "rows": rows[at : at + 2000], "last": last, "taken_at": taken_at}
            reply = await self.operator.post(f"/v1/reconciliations/{run['id']}/holdings", said)
            assert reply.status == 200, reply.body
        return await self._until(f"/v1/reconciliations/{run['id']}")

    async def mend(self, run: int) -> dict[str, Any]:
        """Repair what a run found, and return the repair once it is over."""
        asked = {"token": f"mend {run}", "reason": "rehearsal", "rate": 1000}
        told = (await self.operator.post(f"/v1/reconciliations/{run}/repairs", asked)).json()
        return await self._until(f"/v1/repairs/{told['id']}")

    async def progress_told(self) -> None:
        """Wait until all progress is told that can be."""
        of = "type = 'dossier.progress.v1' AND state NOT IN (11, 12, 13)"
        async with asyncio.timeout(120):
            await self._settled(f"SELECT count(*) FROM deliveries WHERE {of}", 0)

    def astray(self, state: dict[str, Any]) -> list[str]:
        """Return how the portal's progress differs from what was told: missing, again, or in another order."""
        expected = {of: [mapping.progress(one) for one in entries] for of, entries in self.steps.items()}
        return compare(
            {"dossiers": {}, "progress": expected}, {"dossiers": {}, "progress": state["progress"]}
        )

    async def _until(self, path: str) -> dict[str, Any]:
        while (told := (await self.operator.get(path)).json())["state"] == "running":  # noqa: ASYNC110
            await asyncio.sleep(0.2)
        return dict(told)

    async def found(self, run: int) -> dict[str, set[str]]:
        """Return the codes that a run found to differ, by bucket."""
        found: dict[str, set[str]] = {}
        behind = ""
        while True:
            query = f"limit=1000&behind={behind}"
            told = (await self.operator.get(f"/v1/reconciliations/{run}/differences", query)).json()
            for one in told["differences"]:
                found.setdefault(one["bucket"], set()).add(one["subject"])
            if told["next"] is None:
                return found
            behind = told["next"]

    @asynccontextmanager
    async def traffic(self) -> AsyncIterator[None]:
        """Tell of other dossiers, and what becomes of them, while inside."""
        task = asyncio.create_task(self._traffic())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _traffic(self) -> None:
        for n in range(900_000, 999_999):
            await self.tell([code(n)])
            self.told.append(code(n))
            if n % 2:
                await self.tell([code(n - 1)], status="processing")
            if self.seeds.going_on:
                await self.go_on([self.seeds.going_on[n % len(self.seeds.going_on)]])
            await asyncio.sleep(0.05)


@asynccontextmanager
async def rehearsal(folder: Path, each: int, seed: int = 0) -> AsyncIterator[Rehearsal]:
    """Run a gateway and its portal while inside."""
    portal = Odd()
    environment = {"LGSP_STATE": str(folder), "LGSP_TOKEN_ONE_STOP": TOKEN, "LGSP_OPERATOR_TOKEN": OPERATOR}
    async with running(Sandbox(national_portal=portal)) as port:
        text = _ROUTES.format(port=port, retry=", ".join(["50ms"] * 12), asking=16)
        async with platform(read_settings(environment), parse_routes(text)) as one:
            callers = Caller(one.site, TOKEN), Caller(one.site, OPERATOR)
            yield Rehearsal(portal, one, *callers, each, chance=random.Random(seed))


async def whole(folder: Path, count: int, each: int, seed: int = 0) -> dict[str, Any]:
    """Seed, reconcile, repair and reconcile again; return what came of it, with seconds and megabytes."""
    began = time.monotonic()
    async with rehearsal(folder, each, seed) as one:
        await one.seed(count)
        times = {"seeded": time.monotonic() - began}
        async with one.traffic():
            first = await one.reconcile("first")
            times["reconciled"] = time.monotonic() - began
            found = await one.found(first["id"])
            repair = await one.mend(first["id"])
            times["repaired"] = time.monotonic() - began
            second = await one.reconcile("second")
            after = await one.found(second["id"])
            times["reconciled again"] = time.monotonic() - began
        await one.progress_told()
        planted, state = one.seeds.planted, one.portal.state()
        return {
            "planted": {name: len(codes) for name, codes in planted.items()},
            "found": {name: len(codes) for name, codes in found.items()},
            "missed": {name: sorted(codes - found.get(name, set()))[:5] for name, codes in planted.items()},
            "wrong": {name: sorted(codes - planted.get(name, set()))[:5] for name, codes in found.items()},
            "repair": repair,
            "left": sorted(one.seeds.mendable & set().union(*after.values()))[:5],
            "after": {name: len(codes) for name, codes in after.items()},
            "second": second["counts"],
            "progress": {"dossiers": len(one.steps), "entries": sum(map(len, one.steps.values()))},
            "progress differs": one.astray(state)[:5],
            "duplicates": state["duplicates"],
            "told meanwhile": len(one.told),
            "seconds": {name: round(value, 1) for name, value in times.items()},
            "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }


def main() -> None:
    """Rehearse at the size that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dossiers", type=int, default=50_000)
    parser.add_argument("--each", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told = asyncio.run(whole(Path(folder), asked.dossiers, asked.each, asked.seed))
    sys.stdout.write(json.dumps(told, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
