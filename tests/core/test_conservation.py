"""The law of conservation holds under any sequence of faults: nothing lost, doubled, reordered or stuck."""

from __future__ import annotations

import asyncio
import os
import random
import time
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lgsp import jobs, sending
from lgsp.journal import runs
from lgsp.message import Message
from tests.core.far_side import Capricious, Mood
from tests.core.law import faults
from tests.core.office import Miss, Office, letter
from tests.core.rig import Rig, dossier, paper, progress, rig
from tests.core.world import World

EXAMPLES = int(os.environ.get("LGSP_CONSERVATION", "100"))
"""How many sequences are tried; a nightly run asks for more."""

_KEYS = st.sampled_from(["K1", "K1", "K2", "K3", "K4"])
_MESSAGES = st.one_of(
    st.builds(dossier, _KEYS, st.sampled_from("ABC")),
    st.builds(dossier, _KEYS, st.sampled_from("ABC")),
    st.builds(progress, _KEYS, st.integers(1, 3)),
    st.builds(paper, st.just("P"), st.sampled_from(["P1", "P2", "P3"])),
)
_MOODS = st.lists(st.sampled_from([*Mood, Mood.SLOW, Mood.TAKE]), max_size=4)
_WHICH = st.integers(0, 5)
_STEPS = st.one_of(
    st.tuples(st.just("tell"), st.lists(_MESSAGES, min_size=1, max_size=3)),
    st.tuples(st.just("tell"), st.lists(_MESSAGES, min_size=1, max_size=3)),
    st.tuples(st.just("take"), _MOODS),
    st.tuples(st.just("take"), _MOODS),
    st.tuples(st.just("take"), _MOODS),
    st.tuples(st.just("trial"), _MOODS),
    st.tuples(st.just("answer"), _WHICH),
    st.tuples(st.just("lapse"), _WHICH),
    st.tuples(st.just("move"), st.sampled_from([0.001, 0.012, 0.03, 1.0, 31.0]), st.booleans()),
    st.tuples(st.just("sweep")),
    st.tuples(st.just("crash"), st.booleans()),
    st.tuples(st.just("leak"), st.sampled_from(["lose", "double", "late"])),
    st.tuples(st.just("standing"), st.sampled_from(["pause", "resume"])),
    st.tuples(st.just("act"), st.sampled_from(["cancel", "hold", "release", "replay"]), _WHICH),
    st.tuples(st.just("honest"), st.booleans()),
)
_ANY = _STEPS.map(lambda step: [step])


@st.composite
def _asleep(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    """An old snapshot falls asleep on the wire, a newer one is told, and the old one wakes up some time."""
    key = draw(_KEYS)
    first = [("tell", [dossier(key, draw(st.sampled_from("ABC")))]), ("take", [Mood.SLOW]), ("lapse", 0)]
    second = [("move", 1.0, False), ("sweep",), ("tell", [dossier(key, draw(st.sampled_from("DEF")))])]
    between = draw(st.lists(_STEPS, max_size=3))
    return [
        *first,
        *second,
        ("take", [draw(st.sampled_from([Mood.ODD, Mood.TAKE, Mood.SLOW]))]),
        *between,
        ("answer", 0),
    ]


@st.composite
def _adrift(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    """An attempt times out and lands later, while something newer of its line is told and taken."""
    key = draw(_KEYS)
    newer = draw(st.sampled_from([dossier(key, "X"), progress(key, 9)]))
    lost = [
        ("tell", [dossier(key, draw(st.sampled_from("ABC")))]),
        ("take", [Mood.AFLOAT]),
        ("tell", [newer]),
    ]
    return [*lost, *draw(st.lists(_STEPS, max_size=1)), ("take", []), ("move", 0.001, False)]


@st.composite
def _doubtful(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    """Two documents of a line are told, and something befalls the first; the look-up may know nothing."""
    line = draw(st.sampled_from("PQR"))
    mood = draw(st.sampled_from([Mood.REFUSE, Mood.STORED, Mood.AFLOAT, Mood.SLOW]))
    told = [
        ("honest", draw(st.booleans())),
        ("tell", [paper(line, "P1"), paper(line, "P2")]),
        ("take", [mood]),
    ]
    return [*told, *draw(st.lists(_STEPS, max_size=2)), ("move", 1.0, False), ("sweep",), ("take", [])]


@st.composite
def _in_a_run(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    """Several wait behind one that is slow; they go in one run, and something befalls it in the middle."""
    key = draw(_KEYS)
    waiting = [
        draw(st.sampled_from([dossier(key, "B"), progress(key, 1), dossier(key, "C")])) for _ in range(4)
    ]
    begun = [("tell", [dossier(key, "A")]), ("take", [Mood.SLOW]), ("tell", [*waiting, progress(key, 4)])]
    so_far = [Mood.TAKE] * draw(st.integers(0, 3))
    then = draw(st.sampled_from([("lapse", 0), ("crash", True), ("crash", False), *[("sweep",)] * 2]))
    among = draw(st.lists(_STEPS, max_size=2))
    middle = ("answer", 0, [*so_far, draw(st.sampled_from([*Mood, Mood.SLOW]))])
    return [*begun, middle, *among, then, ("answer", 0)]


_STORIES = st.lists(
    st.one_of(_ANY, *[_asleep(), _adrift(), _doubtful(), _in_a_run()] * 4), min_size=1, max_size=25
)


_CODES = st.lists(st.sampled_from(["G22", "G09", "H26"]), min_size=1, max_size=3, unique=True)
_LETTERS = st.builds(lambda name, codes: letter("L", name, *codes), st.sampled_from(["P1", "P2"]), _CODES)
_MISSES = st.lists(st.sampled_from([*Miss]), min_size=1, max_size=2)
_BEFALLS: st.SearchStrategy[tuple[Any, ...]] = st.one_of(
    st.tuples(st.just("tell"), st.lists(_LETTERS, min_size=1, max_size=2)),
    st.tuples(st.just("miss"), _MISSES),
    st.tuples(st.just("take"), st.just([])),
    _STEPS,
)


@st.composite
def _in_part(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    """A document reaches some of its receivers, another one is told behind it, and something befalls both."""
    first, second = (letter("L", name, "G22", "G09", "H26") for name in ("P1", "P2"))
    mood = draw(st.sampled_from([Mood.TAKE, Mood.TAKE, Mood.SLOW, Mood.STORED, Mood.LOST]))
    begun = [("tell", [first]), ("miss", draw(_MISSES)), ("take", [mood]), ("tell", [second])]
    among = draw(st.lists(_BEFALLS, max_size=3))
    return [*begun, *among, ("answer", 0), ("move", 1.0, False), ("sweep",), ("take", [])]


_COLLECTING = st.tuples(st.just("collect"), st.sampled_from(["take", "take", "done", "fail"]), _WHICH)
_FEW = st.one_of(
    st.builds(dossier, st.just("K1"), st.sampled_from("ABC")),
    st.builds(progress, st.sampled_from(["K1", "K2"]), st.integers(1, 3)),
    _LETTERS,
)
_TOLD = st.tuples(st.just("tell"), st.lists(_FEW, min_size=2, max_size=4))
_VISITS = st.one_of(
    *[_TOLD] * 2,
    *[_COLLECTING] * 5,
    _STEPS.filter(lambda step: step[0] in {"move", "sweep", "crash", "standing", "act"}),
)


def _fresh(message: Message) -> Message:
    """Return the message as a new request brings it."""
    if codes := [one["code"] for one in message.data.get("recipients", ())]:
        return letter(message.subject, message.data["name"], *codes)
    make: dict[str, Any] = {"dossier.v1": dossier, "dossier.progress.v1": progress, "document.v1": paper}
    return make[message.type](message.subject, list(message.data.values())[1])


async def _step(world: World, name: str, *words: Any) -> None:  # noqa: C901, PLR0912 - one line for each step
    match name:
        case "tell":
            await world.tell(*map(_fresh, words[0]))
        case "take":
            await world.take(*words[0])
        case "trial":
            await world.trial(*words[0])
        case "answer":
            await world.answer(words[0], *(words[1] if words[1:] else ()))
        case "lapse":
            await world.lapse(words[0])
        case "move":
            await world.move(words[0], sink=words[1])
        case "sweep":
            await world.sweep()
        case "crash":
            await world.crash(sink=words[0])
        case "leak":
            await world.leak(words[0])
        case "standing":
            await (world.pause() if words[0] == "pause" else world.resume())
        case "act":
            await world.act(words[0], words[1])
        case "honest":
            world.far.honest = words[0]
        case _:
            assert isinstance(world, Office)
            await (world.miss(*words[0]) if name == "miss" else world.collect(*words))


async def _story(steps: list[tuple[Any, ...]], within: World | None = None) -> list[str]:
    """Play the steps, bring the world to rest, and return what breaks the law."""
    async with within or World() as world:
        for step in steps:
            await _step(world, *step)
        await world.rest()
        return await faults(world)


@pytest.mark.timeout(600)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="CI" in os.environ,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
@given(_STORIES, st.sampled_from([0, 0, 8]), st.sampled_from([0, 3_000, 60_000_000]))
def test_nothing_is_lost_doubled_reordered_or_stuck(
    story: list[list[tuple[Any, ...]]], worth: int, together: int
) -> None:
    """Under any sequence of tellings, faults, crashes and decisions: at rest the law of conservation holds.

    With a worth of 0 whatever waits behind a head goes in one run with it; its outcomes are written one by
    one, while the next is on the wire, or all together.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "_WORTH", worth)
        patch.setattr(runs, "TOGETHER", 10**12)
        patch.setattr(sending, "TOGETHER", together)
        assert asyncio.run(_story([step for steps in story for step in steps])) == []


_OFTEN = settings(
    max_examples=max(1, EXAMPLES // 2), deadline=None, derandomize="CI" in os.environ, print_blob=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.mark.timeout(600)
@_OFTEN
@given(st.lists(st.one_of(_in_part(), _BEFALLS.map(lambda step: [step])), min_size=1, max_size=12))
def test_nobody_of_several_receivers_is_forgotten_or_told_twice(story: list[list[tuple[Any, ...]]]) -> None:
    """Rows 108 to 110: packets that reach some, through faults and decisions: the law holds for each receiver."""
    steps = [step for steps in story for step in steps if step[0] != "tell" or _all_named(step[1])]
    assert asyncio.run(_story(steps, Office())) == []


def _all_named(told: list[Message]) -> bool:
    """Tell whether each document names its receivers: one that names nobody goes nowhere."""
    return all(message.type != "document.v1" or message.data.get("recipients") for message in told)


@pytest.mark.timeout(600)
@_OFTEN
@given(_TOLD, st.lists(_VISITS, min_size=6, max_size=40))
def test_a_mailbox_loses_doubles_and_reorders_nothing(
    told: tuple[Any, ...], story: list[tuple[Any, ...]]
) -> None:
    """Rows 96 to 106: clients take, fail and say done in any order, people decide, time passes: the law holds."""
    assert asyncio.run(_story([told, *story], Office(collects=True))) == []


class _Fast:
    """A clock that runs twenty times as fast as the wall's."""

    def __init__(self) -> None:
        self._began = time.time_ns() // 1000

    def __call__(self) -> int:
        return self._began + (time.time_ns() // 1000 - self._began) * 20


class _Traffic:
    """Lanes and sweeper at work on their own, with a far side of many moods, over several processes."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.far = Capricious(seed)
        self._dice = random.Random(seed)
        self._folder, self._clock = folder, _Fast()
        self.rig: Rig

    async def process(self, count: int) -> None:
        """Start a process, tell it something, and end it in the midst of its work."""
        async with self._opened() as self.rig, self.rig.working():
            for _ in range(count):
                await self.rig.tell(*(self._message() for _ in range(self._dice.randint(1, 3))))
                await asyncio.sleep(self._dice.random() * 0.01)

    def _opened(self) -> AbstractAsyncContextManager[Rig]:
        return rig(self._folder, portal=self.far, clock=self._clock, changes=_FASTER)

    def _message(self) -> Message:
        key = f"K{self._dice.randint(1, 6)}"
        made = [
            dossier(key, self._dice.choice("ABC")),
            progress(key, self._dice.randint(1, 5)),
            paper(f"P{self._dice.randint(1, 2)}", f"P{self._dice.randint(1, 4)}"),
        ]
        return self._dice.choices(made, [5, 3, 1])[0]

    async def rest(self) -> list[str]:
        """Let the last process come to rest, and return what breaks the law."""
        self.far.calm = True
        async with self._opened() as self.rig:
            async with self.rig.working(), asyncio.timeout(20):
                while await self._moving():  # noqa: ASYNC110 - it stands in the journal
                    await asyncio.sleep(0.05)
            return await faults(self)  # type: ignore[arg-type]

    async def _moving(self) -> bool:
        """Tell whether something is under way, or parked although its dossier is there to be found."""
        parked = [key for (key,) in await self.rows(_PARKED)]
        return bool(await self.rows(_MOVING)) or any(self.far.newest(key) for key in parked)

    async def rows(self, sql: str) -> list[Any]:
        """Return the rows of a query."""
        return list(await self.rig.journal.read(lambda tx: tx.rows(sql)))


_FASTER = [("settle: 20ms", "settle: 400ms"), ("retry: [5ms, 10ms, 15ms]", "retry: [100ms, 200ms, 300ms]")]
_MOVING = "SELECT 1 FROM deliveries WHERE state IN (2, 3, 4)"
_PARKED = "SELECT m.partitionkey FROM deliveries d JOIN messages m ON m.id = d.message_id WHERE d.state = 0"


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_traffic_through_faults_and_restarts_comes_to_rest(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real lanes, real sweeps, four processes that end in the midst of it: at rest the law holds."""
    monkeypatch.setattr(jobs, "_TICK", 0.01)
    monkeypatch.setattr(runs, "_WORTH", seed % 2)
    traffic = _Traffic(tmp_path, seed)
    for _ in range(4):
        await traffic.process(30)
    assert await traffic.rest() == []
    assert len(traffic.far.landed) > 60
