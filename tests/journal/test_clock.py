"""The journal's own clock."""

from __future__ import annotations

from lgsp.journal.clocks import steady

HOUR = 3_600_000_000_000


class Clocks:
    """A wall clock that somebody sets, and one that just runs (nanoseconds)."""

    def __init__(self) -> None:
        self.wall = 1_000 * HOUR
        self.ran = 5 * HOUR

    def pass_time(self, seconds: int) -> None:
        """Let time pass on both."""
        self.wall += seconds * 1_000_000_000
        self.ran += seconds * 1_000_000_000


def test_a_clock_that_jumps_ahead_and_back_keeps_moving() -> None:
    """Row 27: an hour ahead and back again; ten seconds later ten seconds have passed, and no step went back."""
    clocks = Clocks()
    now = steady(lambda: clocks.wall, lambda: clocks.ran)
    begin = now()
    assert begin == clocks.wall // 1000
    clocks.wall += HOUR
    ahead = now()
    assert ahead == begin + HOUR // 1000
    clocks.wall -= HOUR
    assert now() == ahead
    clocks.pass_time(10)
    assert now() == ahead + 10_000_000
