"""The intervals of patience: a list that an operator can read."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lgsp.journal.states import State
from lgsp.patience import Patience
from tests.core.rig import Portal, dossier, odd, rig

RETRY = [10.0, 60.0, 300.0]


@pytest.mark.parametrize(("index", "interval"), [(0, 10.0), (1, 10.0), (2, 60.0), (3, 300.0), (9, 300.0)])
def test_each_failure_waits_its_interval_with_a_small_jitter(index: int, interval: float) -> None:
    """Never earlier than the list says, and at most a tenth later."""
    waits = [Patience(RETRY).wait(index) for _ in range(50)]
    assert interval <= min(waits)
    assert max(waits) <= interval * 1.1


def test_it_is_enough_when_the_list_is_at_its_end() -> None:
    """As many further attempts as intervals."""
    assert [Patience(RETRY).spent(index) for index in range(5)] == [False, False, False, False, True]


def test_what_the_far_side_asks_for_lengthens_and_never_shortens() -> None:
    """A `Retry-After` counts up to a day."""
    patience = Patience(RETRY)
    assert patience.wait(1, 120.0) == 120.0
    assert patience.wait(3, 1.0) >= 300.0
    assert patience.wait(1, 10_000_000.0) == 86_400.0


def test_the_last_interval_bounds_how_often_the_dead_are_told_again() -> None:
    """Row 14: a vendor's loop is answered with a retry once in that time."""
    assert Patience(RETRY).last == 300.0
    assert len(Patience(RETRY)) == 3


async def test_the_patience_that_was_spent_survives_restarts(tmp_path: Path) -> None:
    """The list stands in the journal: each process goes on where the last one was, to the same end."""
    portal = Portal()
    portal.script.extend([odd()] * 4)
    spent = []
    for _ in range(4):
        async with rig(tmp_path, portal=portal) as one:
            if not spent:
                await one.told(dossier())
            await asyncio.sleep(0.03)
            await one.sweeper._due()
            await one.go()
            rows = await one.journal.read(lambda tx: tx.rows("SELECT patience, state FROM deliveries"))
            spent += [tuple(row) for row in rows]
    assert spent == [(1, State.PUT_OFF), (2, State.PUT_OFF), (3, State.PUT_OFF), (4, State.EXHAUSTED)]
