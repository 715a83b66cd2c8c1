"""Orders keep to their rates: a pause saves up a second's worth, a slow one its first, a new one nothing."""

from __future__ import annotations

import pytest

from lgsp.pacing import Pace


class Ticking:
    """A clock that is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now


@pytest.fixture
def clock() -> Ticking:
    """Return a clock."""
    return Ticking()


def test_what_a_rate_allows_is_earned_and_spent(clock: Ticking) -> None:
    """Twenty a second are ten in half a second, and what was done is gone."""
    pace = Pace(clock)
    clock.now += 0.5
    pace.earn({1: 20})
    assert pace.room(1) == 10
    pace.spend(1, 7)
    clock.now += 0.25
    pace.earn({1: 20})
    assert pace.room(1) == 8


def test_a_pause_saves_up_a_second_at_most(clock: Ticking) -> None:
    """After an hour without this process there is no storm."""
    pace = Pace(clock)
    clock.now += 3600
    pace.earn({1: 20, 2: 5})
    assert (pace.room(1), pace.room(2)) == (20, 5)


def test_a_slow_one_gets_its_turn(clock: Ticking) -> None:
    """One in four seconds is one after four seconds: parts of it are kept, and no more than one is saved."""
    pace = Pace(clock)
    rooms = []
    for _ in range(6):
        clock.now += 1.0
        pace.earn({1: 0.25})
        rooms.append(pace.room(1))
    assert rooms == [0, 0, 0, 1, 1, 1]


def test_the_rate_of_every_second_is_kept_over_many(clock: Ticking) -> None:
    """Asked ten times a second for a minute, no more and no less than the rate comes of it."""
    pace, done = Pace(clock), 0
    for _ in range(600):
        clock.now += 0.1
        pace.earn({1: 7})
        done += pace.room(1)
        pace.spend(1, pace.room(1))
    assert 7 * 60 - 1 <= done <= 7 * 60


def test_who_is_not_named_is_forgotten(clock: Ticking) -> None:
    """One that was paused begins with nothing when it goes on; who is not there has no room, and spends none."""
    pace = Pace(clock)
    clock.now += 1.0
    pace.earn({1: 10})
    pace.earn({2: 10})
    pace.earn({1: 10})
    assert (pace.room(1), pace.room(2)) == (0, 0)
    pace.spend(3, 5)
    assert pace.room(3) == 0
