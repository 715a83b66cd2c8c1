"""Playing a drill: traffic without a pause, fault after fault, and a verdict whenever all is at rest."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from lgsp.drill.checker import Verdict, judge
from lgsp.drill.evidence import Evidence, Violation
from lgsp.drill.faults import FAULTS, Fault, MissedError
from lgsp.drill.records import read_records
from lgsp.drill.stage import Plan, Stage, staged
from lgsp.journal.postgres import PostgresJournal

log = structlog.get_logger(__name__)
_CHUNK_SECONDS = 3
_WARM_UP = 2.0
_CALM = (0.1, 1.2)
"""Seconds between two faults: short enough that one is often not over when the next comes."""
_PATIENCE = 90.0
"""Seconds without any progress after which the end is not waited for: what is left is a violation."""
_MENDED = 120.0
_LOOK = 0.5
_MOVING = "SELECT count(*) FROM deliveries WHERE state IN (0, 1, 2, 3, 4)"


@dataclass(slots=True, frozen=True)
class Course:
    """Which faults come, and for how long.

    Attributes:
        seconds: 0 is each fault once; else rounds of all of them in a random order until the time is over.
        only: names; empty is all.
    """

    seconds: float = 0.0
    only: Sequence[str] = ()

    def rounds(self, plan: Plan, dice: random.Random) -> Iterator[list[Fault]]:
        """Yield the faults of each round, as long as there is time."""
        ends = time.monotonic() + self.seconds
        chosen = [f for f in FAULTS if f.fits(plan) and (not self.only or f.name in self.only)]
        while True:
            yield dice.sample(chosen, len(chosen))
            if time.monotonic() >= ends:
                return


@dataclass(slots=True)
class Account:
    """What came of a drill.

    Attributes:
        verdict: the last one; the first that is not clean ends the drill.
        missed: faults that did not happen as they were meant to, with the reason.
        played: how often each fault came.
        folder: logs and, after a violation, the journal's rows and the far side's state.
    """

    plan: Plan
    verdict: Verdict
    folder: str
    seconds: float = 0.0
    played: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether everything happened, and nothing was breached."""
        return self.verdict.clean and not self.missed


Tell = Callable[[str, Fault | None], None]
"""Told what happens now: a word, and the fault that begins or ended."""


async def play(plan: Plan, course: Course, tell: Tell) -> Account:
    """Play a drill and return its account."""
    began, dice = time.monotonic(), random.Random(plan.seed)
    async with staged(plan) as stage:
        account = Account(plan, Verdict([], Counter()), str(stage.folder))
        async with stage.vendor:
            for faults in course.rounds(plan, dice):
                await _round(stage, faults, dice, account, tell)
                if not account.sound:
                    break
        account.seconds = time.monotonic() - began
    return account


async def _round(
    stage: Stage, faults: Sequence[Fault], dice: random.Random, account: Account, tell: Tell
) -> None:
    ended = asyncio.Event()
    telling = asyncio.create_task(_tell(stage, ended))
    await asyncio.sleep(_WARM_UP)
    for fault in faults:
        tell("begins", fault)
        reason = await _happen(stage, fault, dice)
        account.played[fault.name] += 1
        if reason:
            account.missed.append(f"{fault.name}: {reason}")
            tell("missed", fault)
        await asyncio.sleep(dice.uniform(*_CALM))
    tell("draining", None)
    ended.set()
    await stage.steady_again()
    await telling
    await stage.vendor.mend(_MENDED)
    await _rest(stage)
    tell("judging", None)
    account.verdict = await verdict(stage)


async def _happen(stage: Stage, fault: Fault, dice: random.Random) -> str:
    """Let a fault happen; return what was wrong with it."""
    try:
        await fault.act(stage, dice)
    except MissedError as missed:
        return str(missed)
    except Exception as broken:
        log.exception("fault broke", fault=fault.name)
        return f"{type(broken).__name__}: {broken}"
    return ""


async def _tell(stage: Stage, ended: asyncio.Event) -> None:
    """Tell without a pause; what was begun is told to its end."""
    steps = max(1, round(stage.plan.rate * _CHUNK_SECONDS))
    while not ended.is_set():
        await stage.flowing.wait()
        await stage.vendor.tell(stage.traffic.take(steps), stage.plan.rate)


async def _rest(stage: Stage) -> None:
    """Wait until nothing is under way, or nothing has moved for too long."""
    moving, since = -1, time.monotonic()
    while time.monotonic() - since < _PATIENCE:
        left = int(await asyncio.to_thread(stage.postgres.sql, _MOVING))
        if left == 0:
            return
        if left != moving:
            moving, since = left, time.monotonic()
        await asyncio.sleep(_LOOK)


async def verdict(stage: Stage) -> Verdict:
    """Judge a stage that is at rest; keep what there is to look at if anything is wrong."""
    journal = await PostgresJournal.open(stage.postgres.url)
    try:
        records = await journal.read(read_records)
    finally:
        await journal.close()
    evidence = Evidence(
        records,
        stage.ledger.receipts,
        await stage.far.state(),
        frozenset(stage.traffic.refusals),
        stage.vendor.tally.rejected,
        _spooled(stage),
    )
    found = judge(evidence)
    unheard = sorted(stage.traffic.awaited)
    found.violations += [
        Violation("unreported", f"{code}: its refusal was never heard of") for code in unheard
    ]
    found.figures |= _figures(stage)
    if not found.clean:
        evidence.keep(stage.folder)
    return found


def _spooled(stage: Stage) -> int:
    lines = 0
    for path in stage.folder.glob("*/spool/outcomes-*.jsonl"):
        with suppress(FileNotFoundError):
            lines += path.read_bytes().count(b"\n")
    return lines


def _figures(stage: Stage) -> dict[str, object]:
    return {
        "told": stage.vendor.tally.taken,
        "told again": stage.vendor.tally.repeats,
        "deaths": {member.name: member.deaths for member in stage.members},
    }
