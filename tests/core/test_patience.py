"""The intervals of patience: a list that an operator can read."""

from __future__ import annotations

import pytest

from lgsp.patience import Patience

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
