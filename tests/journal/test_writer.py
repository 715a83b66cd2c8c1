"""What shares a transaction of the writer."""

from __future__ import annotations

import asyncio
from typing import Any

from lgsp.journal.contract import Outcome
from lgsp.journal.states import State
from lgsp.journal.writer import ACCEPT, SETTLE, Job, share


def _job(rank: int, behind: int = 0) -> Job:
    claim: Any = None
    ones = [Outcome(claim, 1, State.DELIVERED, 0, 1) for _ in range(behind + 1)]
    ones[0].then = ones[1:]
    future: Any = asyncio.Future
    return rank, ones[0], future


def test_an_outcome_counts_with_those_of_its_run() -> None:
    """Row 95: a thousand runs of 32 are not one transaction; whoever reads in order could not number them."""
    runs = [_job(SETTLE, 31) for _ in range(100)]
    assert share(runs, 1000) == 31
    assert share([*[_job(ACCEPT)] * 990, *runs], 1000) == 990


def test_something_is_done_however_large_it_is() -> None:
    """A run that is larger than the bound goes by itself."""
    assert share([_job(SETTLE, 31), _job(ACCEPT)], 10) == 1
