"""One reconciliation: how far it is, its buckets, who can mend what, its trend; pausing, calling it off."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.api.problems import ApiError
from lgsp.api.reconciliations import whole
from lgsp.console.guard import form_of
from lgsp.console.language import told
from lgsp.console.problems_groups import PARTIES
from lgsp.console.reconciliation_trend import trend
from lgsp.console.reconciliation_words import BUCKETS, HERE, Act, total, words
from lgsp.console.room import Room
from lgsp.journal import reconciliations as runs
from lgsp.journal import reconciliations_repairs as repairs
from lgsp.journal.contract import Transaction
from lgsp.journal.reconciliations_differences import Filter
from lgsp.journal.reconciliations_sending import MENDED
from lgsp.rights import Right

_TREND, _REPAIRS, _CAUSES, _KEPT = 30, 10, 40, 50
_FRESH = 1.5
"""Seconds for which what was summed is shown to all who look; ten times as long as it took, if more."""

ACTS: Mapping[str, Act] = {
    "pause": Act(
        told("Tạm dừng đối soát"),
        told("Trục thôi hỏi hệ thống nhận. Phần đã so được giữ; khi cho chạy tiếp thì đi tiếp từ đó."),
        told("Đã tạm dừng đối soát số %(number)s."),
        "player-pause",
        danger=False,
        from_=frozenset({runs.RUNNING}),
    ),
    "resume": Act(
        told("Cho đối soát chạy tiếp"),
        told("Trục hỏi tiếp từ chỗ đã dừng, trong giới hạn hỏi của hệ thống nhận."),
        told("Đối soát số %(number)s đã chạy tiếp."),
        "player-play",
        danger=False,
        from_=frozenset({runs.PAUSED, runs.FAILED}),
    ),
    "cancel": Act(
        told("Hủy đối soát"),
        told("Lần này kết thúc tại đây và không chạy lại được; những chênh lệch đã thấy vẫn xem được."),
        told("Đã hủy đối soát số %(number)s."),
        "player-stop",
        danger=True,
        from_=runs.OPEN,
    ),
}


@dataclass(slots=True, frozen=True)
class Line:
    """One bucket of a run; `before` is what the run before it found, None where there is none."""

    bucket: str
    count: int
    before: int | None
    mended: int
    share: float


@dataclass(slots=True, frozen=True)
class Row:
    """A cause of a run: in which bucket, and how many by who has to act."""

    bucket: str
    cause: str
    repair: str
    owners: Mapping[str, int]
    count: int


class Sums:
    """What a run found, summed at most once in a while however many look."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._known: dict[int, tuple[float, Mapping[str, Any]]] = {}
        self._lock = asyncio.Lock()

    async def find(self, number: int) -> Mapping[str, Any]:
        """Return a run with its sums.

        Raises:
            ApiError: there is none of this number.
        """
        async with self._lock:
            until, known = self._known.pop(number, (0.0, {}))
            if not known or time.monotonic() >= until:
                began = time.monotonic()
                known = await self._room.gateway.journal.read(lambda tx: self._look(tx, number))
                now = time.monotonic()
                until = now + max(_FRESH, 10 * (now - began))
            if not known:
                raise ApiError(404, "not-found")
            self._known[number] = (until, known)
            while len(self._known) > _KEPT:
                del self._known[next(iter(self._known))]
            return known

    def forget(self, number: int) -> None:
        """Look anew next time: somebody did something."""
        self._known.pop(number, None)

    def _look(self, tx: Transaction, number: int) -> Mapping[str, Any]:
        run = whole(tx, self._room.desk, number) if 0 < number < 2**62 else None
        if run is None:
            return {}
        before = runs.find(tx, run["previous"]) if run["previous"] else None
        found = repairs.preview(tx, number, Filter())
        return {
            "run": run,
            "before": before,
            "lines": _lines(run, before),
            "by_cause": _table([*found["would"], *found["not"]]),
            "repairable": found["repairable"],
            "trend": trend(runs.listing(tx, series_of=number, limit=_TREND)["reconciliations"]),
            "repairs": repairs.listing(tx, run=number, limit=_REPAIRS)["repairs"],
        }


def add_runs(router: APIRouter, room: Room, sums: Sums) -> None:
    """Add the endpoints of one run; those with a fixed name go before them."""

    @router.get("/{number}")
    async def one(request: Request, number: int) -> Response:
        await room.admit(request, Right.LOOK)
        return room.page(request, "reconciliation/one.html", **await _one(room, request, sums, number))

    @router.get("/{number}/part")
    async def part(request: Request, number: int) -> Response:
        await room.admit(request, Right.LOOK)
        return room.page(request, "reconciliation/one-part.html", **await _one(room, request, sums, number))

    @router.get("/{number}/{act}")
    async def confirming(request: Request, number: int, act: str) -> Response:
        await room.admit(request, Right.ACT)
        run = (await sums.find(number))["run"]
        check(ACTS, run["state"], act)
        name = (
            "reconciliation/act-part.html" if "hx-request" in request.headers else "reconciliation/act.html"
        )
        said = {"run": run, "act": ACTS[act], "word": act, "total": total}
        return room.page(request, name, **words(room, request) | said)

    @router.post("/{number}/{act}")
    async def do(request: Request, number: int, act: str) -> Response:
        visitor = await room.admit(request, Right.ACT)
        reason = (await form_of(request)).reason()
        sums.forget(number)
        check(ACTS, (await sums.find(number))["run"]["state"], act)
        await room.gateway.journal.write(lambda tx: runs.move(tx, number, act, visitor.name, reason))
        sums.forget(number)
        return room.go(request, f"{HERE}/{number}", ACTS[act].done, number=number)


def check(acts: Mapping[str, Act], state: str, act: str) -> None:
    """Hold an act to those that there are, and to the states in which it can be done.

    Raises:
        ApiError: it is none, or not now.
    """
    if act not in acts:
        raise ApiError(404, "not-found")
    if state not in acts[act].from_:
        raise ApiError(409, "wrong-state")


async def _one(room: Room, request: Request, sums: Sums, number: int) -> dict[str, Any]:
    found = await sums.find(number)
    run = found["run"]
    open_ = run["state"] in runs.OPEN or any(one["state"] in runs.OPEN for one in found["repairs"])
    acts = {word: act for word, act in ACTS.items() if run["state"] in act.from_}
    owners = [party for party in PARTIES if any(party in row.owners for row in found["by_cause"])]
    more = {"live": open_, "acts": acts, "owners": owners, "total": total, "most_causes": _CAUSES}
    return words(room, request) | dict(found) | more


def _lines(run: Mapping[str, Any], before: Mapping[str, Any] | None) -> Sequence[Line]:
    """Return all buckets, those without a difference too: that there is none is an answer."""
    counts, mended = Counter[str](), Counter[str]()
    for one in run["sums"]:
        counts[one["bucket"]] += one["count"]
        mended[one["bucket"]] += one["count"] if one["mending"] == MENDED else 0
    if not run["sums"]:  # its details may have been let go of
        counts.update({bucket: run["counts"].get(f"bucket:{bucket}", 0) for bucket in BUCKETS})
    earlier = before["counts"] if before else None
    most = max(1, *(counts[bucket] for bucket in BUCKETS))
    return [
        Line(
            bucket,
            counts[bucket],
            None if earlier is None else earlier.get(f"bucket:{bucket}", 0),
            mended[bucket],
            counts[bucket] / most,
        )
        for bucket in BUCKETS
    ]


def _table(found: Sequence[Mapping[str, Any]]) -> Sequence[Row]:
    """Return causes with their counts by owner, the largest first."""
    sums: dict[tuple[str, str, str], dict[str, int]] = {}
    for one in found:
        owners = sums.setdefault((one["bucket"], one["cause"], one["repair"]), {})
        owners[one["owner"]] = owners.get(one["owner"], 0) + one["count"]
    rows = [Row(*key, owners, sum(owners.values())) for key, owners in sums.items()]
    return sorted(rows, key=lambda row: (-row.count, row.bucket, row.cause))
