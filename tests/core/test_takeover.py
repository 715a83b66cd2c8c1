"""Taking over under any sequence of faults: nothing is told twice, by nobody, or out of order."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lgsp.journal import runs
from tests.core.far_side import Mood
from tests.core.rig import dossier, progress
from tests.core.takeover import Takeover, faults

EXAMPLES = int(os.environ.get("LGSP_CONSERVATION", "100"))
_KEYS = st.sampled_from(["K1", "K2", "K2", "K3", "K4"])
_MESSAGES = st.one_of(
    st.builds(dossier, _KEYS, st.sampled_from("ABC")), st.builds(progress, _KEYS, st.integers(1, 5))
)
_MOODS = st.lists(
    st.sampled_from(
        [Mood.TAKE, Mood.TAKE, Mood.ODD, Mood.AWAY, Mood.LOST, Mood.STORED, Mood.AFLOAT, Mood.SLOW]
    ),
    max_size=3,
)
_TELL = st.tuples(st.just("tell"), st.lists(_MESSAGES, min_size=1, max_size=3))
_TAKE = st.tuples(st.just("take"), _MOODS)
_STEPS: st.SearchStrategy[tuple[Any, ...]] = st.one_of(
    _TELL, _TELL, _TELL, _TAKE, _TAKE, _TAKE,
    st.tuples(st.just("answer"), st.integers(0, 3)),
    st.tuples(st.just("move"), st.sampled_from([0.012, 0.03, 1.0, 31.0])),
    st.tuples(st.just("sweep")),
    st.tuples(st.just("crash"), st.booleans()),
    st.tuples(st.just("cut")),
    st.tuples(st.just("leak"), st.sampled_from(["lose", "double", "late"])),
)  # fmt: skip


async def _step(world: Takeover, name: str, *words: Any) -> None:
    match name:
        case "tell":
            await world.tell(*words[0])
        case "take":
            await world.trial()
            await world.take(*words[0])
            await world.rig.refill()
        case "answer":
            await world.answer(words[0])
        case "move":
            await world.move(words[0], sink=False)
        case "sweep":
            await world.sweep()
        case "crash":
            await world.crash(sink=words[0])
        case "leak":
            await world.leak(words[0])
        case "cut":
            await world.cut_over()


async def _story(before: list[tuple[Any, ...]], after: list[tuple[Any, ...]]) -> list[str]:
    async with Takeover() as world:
        for step in before:
            await _step(world, *step)
        await world.switch()
        for step in after:
            await _step(world, *step)
        await world.rest()
        return await faults(world)


_GONE = [("tell", [dossier("K2", "A"), progress("K2", 1)]), ("take", []), ("take", [])]


@pytest.mark.timeout(600)
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize="CI" in os.environ, print_blob=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(st.lists(_STEPS, max_size=12), st.lists(_STEPS, max_size=14), st.sampled_from([0, 8]))
@example([("tell", [progress("K1", 1)])], [("tell", [dossier("K1", "A")])], 0)
@example(_GONE, [("tell", [progress("K2", 2)]), ("take", [])], 8)
@example(_GONE, [("tell", [dossier("K2", "B")]), ("take", [Mood.STORED]), ("cut",)], 8)
@example(_GONE, [("tell", [dossier("K2", "B")]), ("take", [Mood.SLOW]), ("crash", False), ("cut",)], 8)
def test_a_takeover_leaves_no_gap_and_tells_nothing_twice(
    before: list[tuple[Any, ...]], after: list[tuple[Any, ...]], worth: int
) -> None:
    """Rows 171 to 186: whatever befalls us before, at and after the switch, the far side is told everything once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "_WORTH", worth)
        assert asyncio.run(_story(before, after)) == []
