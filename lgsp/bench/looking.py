"""How fast people's pages are over a full journal while traffic flows: each kind of search, and others."""

from __future__ import annotations

import asyncio
import hashlib
import random
import time
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlencode
from uuid import UUID

from lgsp.bench.filling import AGENCIES, OTHERS, document_of, key_of
from lgsp.bench.rig import Rig
from lgsp.bench.stages import dossier
from lgsp.bench.visiting import COOKIE
from lgsp.journal.states import State

_PACE = 0.02
"""Seconds between two dossiers that are told while pages are asked for."""


def searches(dice: random.Random, messages: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield a search of each kind, by its name: for what is often there, and for what hardly ever is."""
    number = dice.randrange(1, messages)
    named = document_of(number)
    small, day = dice.choice(AGENCIES[100:]), f"2026-{dice.randrange(10, 12)}-{dice.randrange(1, 21):02d}"
    yield "newest", {}
    yield "dossier", {"q": key_of(number)}
    yield "document", {"q": named[0]}
    yield "number and notation", {"q": "/".join(named[1:])}
    yield "nobody's code", {"q": "H44.01-260131-99999999"}
    yield "large agency", {"agency": "H44.01"}
    yield "small agency", {"agency": small}
    yield "province", {"agency": "H44"}
    yield "agency elsewhere", {"agency": dice.choice(OTHERS)}
    yield "system", {"system": "national-portal"}
    yield "rare system", {"system": "land-registry"}
    yield "rare type", {"type": "report.v1"}
    yield "day", {"from": day, "to": day}
    yield from ((f"state {state.word}", {"state": state.word}) for state in State)
    yield "dead", {"state": "dead"}
    yield "unrouted", {"state": "unrouted"}
    yield "cause", {"cause": "portal-duplicate"}
    yield "rare cause", {"cause": "expired"}
    yield "finding", {"finding": "closed-agency"}
    yield "finding of nobody", {"finding": "never"}
    yield "small agency, dead", {"agency": small, "state": "dead"}
    yield "system, dead, day", {"system": "national-portal", "state": "dead", "from": day, "to": day}
    yield "type, state", {"type": "document.v1", "state": "superseded"}
    yield (
        "everything",
        {
            "agency": "H44.05", "type": "dossier.v1", "source": "one-stop", "system": "national-portal",
            "state": "dead", "cause": "portal-duplicate", "from": "2026-09-20", "finding": "any",
        },
    )  # fmt: skip


def pages(dice: random.Random, messages: int) -> Iterator[tuple[str, str]]:
    """Yield the address of a page of each kind."""
    for name, query in searches(dice, messages):
        yield f"search: {name}", f"/console/messages?{urlencode(query)}"
    number = dice.randrange(1, messages)
    uid = UUID(bytes=hashlib.blake2b(b"%d" % number, digest_size=16).digest())
    yield "message", f"/console/messages/{uid}"
    yield "thread", f"/console/threads/dossier?{urlencode({'key': key_of(number)})}"
    yield "overview", "/console/"
    yield "problems", "/console/problems"


class Looking:
    """Asks for pages, one after the other, while dossiers come and go."""

    def __init__(self, rig_: Rig, messages: int) -> None:
        self._rig, self._messages = rig_, messages
        self._told = 0

    async def measured(self, rounds: int) -> dict[str, float]:
        """Return milliseconds of each kind of page, in the middle and at the 95th percentile."""
        dice, millis = random.Random(6), dict[str, list[float]]()
        traffic = asyncio.create_task(self._traffic())
        try:
            for _ in range(rounds):
                for name, address in pages(dice, self._messages):
                    millis.setdefault(name, []).append(await self._timed(address))
        finally:
            traffic.cancel()
            with suppress(asyncio.CancelledError):
                await traffic
        shares = {"p50": 0.5, "p95": 0.95}
        return {
            f"{name} {word}": _at(share, all_)
            for name, all_ in millis.items()
            for word, share in shares.items()
        } | {
            "searches p95": _at(
                0.95, [one for name, all_ in millis.items() if "search" in name for one in all_]
            ),
            "dossiers told": self._told,
        }

    async def _timed(self, address: str) -> float:
        began = time.perf_counter()
        url = f"http://127.0.0.1:{self._rig.port}{address}"
        answer = await self._rig.http.get(url, headers=COOKIE)
        if answer.status != 200:  # noqa: PLR2004 - HTTP's own number
            raise RuntimeError(f"{address}: {answer.status}")
        return (time.perf_counter() - began) * 1000

    async def _traffic(self) -> None:
        url = f"http://127.0.0.1:{self._rig.port}/v1/systems/one-stop/messages"
        headers = {"Authorization": f"Bearer {self._rig.token}"}
        while True:
            await self._rig.http.post(url, dossier(self._messages + self._told), headers=headers)
            self._told += 1
            await asyncio.sleep(_PACE)


def _at(share: float, millis: list[float]) -> float:
    ordered = sorted(millis)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1)
