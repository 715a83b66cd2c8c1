"""How portions are given out: whatever processes do with them, no limit is passed. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest
from hypothesis import given as given_by
from hypothesis import settings
from hypothesis import strategies as st

from lgsp.allowances import Rate
from lgsp.journal.quotas import KEPT, SECOND, Draw, Spent, given, most_at_once, wait

MINUTE, DAY = 60 * SECOND, 86_400 * SECOND
NOON = 1_767_243_600 * SECOND
"""An hour after which nothing ends for a while: 12:00:00 in Viet Nam."""
MIDNIGHT = NOON + 12 * 3600 * SECOND


def drawn(spent: Spent, rate: Rate, now: int, least: int = 1, most: int = 0) -> tuple[int, Spent]:
    """Draw once; return what was given and what is used up."""
    got = given(spent, Draw("one", "requests", rate, least, least, max(0, most - least)), now)
    return got.count, got.spent


def through(rate: Rate, times: Iterator[int] | list[int]) -> list[int]:
    """Ask for one at each time; return the times at which it was let through."""
    spent, let = Spent(), []
    for now in times:
        count, spent = drawn(spent, rate, now)
        let += [now] * count
    return let


def test_a_burst_and_then_the_rate() -> None:
    """So many at once, and from then on one for each step of the rate."""
    rate = Rate(per_second=10, burst=3)
    let = through(rate, [NOON + n * 10_000 for n in range(100)])
    assert let[:3] == [NOON, NOON + 10_000, NOON + 20_000]
    assert len(let) == 3 + 9
    assert min(b - a for a, b in pairwise(let[3:])) >= 100_000


@pytest.mark.parametrize(("limit", "window"), [("per_minute", MINUTE), ("per_day", DAY)])
def test_a_window_ends_and_the_next_begins_whole(limit: str, window: int) -> None:
    """Row 293: at the edge of a minute or a day all is there again, and not an instant before."""
    rate = Rate.model_validate({limit: 5})
    ends = MIDNIGHT
    let = through(rate, [ends - window // 2] * 9 + [ends - 1] * 3 + [ends] * 9)
    assert let == [ends - window // 2] * 5 + [ends] * 5


def test_a_day_is_one_of_viet_nam() -> None:
    """A day's quota begins anew at midnight there, which is 17:00 in UTC."""
    assert (MIDNIGHT // SECOND) % 86_400 == 17 * 3600
    assert through(Rate(per_day=1), [MIDNIGHT - 1, MIDNIGHT - 1, MIDNIGHT]) == [MIDNIGHT - 1, MIDNIGHT]


@pytest.mark.parametrize(
    "rate", [Rate(per_second=50), Rate(per_minute=40), Rate(per_day=7), Rate(per_second=1)]
)
def test_after_the_wait_that_is_told_it_is_let_through(rate: Rate) -> None:
    """Whoever waits as long as it is told, and is the only one, is not sent away again; sooner it is."""
    spent, count = Spent(), 1
    while count:
        count, spent = drawn(spent, rate, NOON)
    told = wait(spent, rate, NOON, 1)
    assert drawn(spent, rate, NOON + math.ceil(told * SECOND))[0] == 1
    assert drawn(spent, rate, NOON + int(told * SECOND) - 2)[0] == 0


def test_more_than_ever_fits_is_told_so() -> None:
    """What no waiting makes possible is said to take for ever, and the most that is possible is possible."""
    for rate in (Rate(per_second=50), Rate(per_minute=40), Rate(per_second=2, burst=5), Rate(per_day=7)):
        most = most_at_once(rate)
        assert most is not None
        assert wait(Spent(), rate, NOON, most + 1) == math.inf
        assert drawn(Spent(), rate, NOON, most)[0] == most
        assert drawn(Spent(), rate, NOON, most + 1)[0] == 0
    assert most_at_once(Rate()) is None


def test_what_is_given_back_can_be_given_again() -> None:
    """Unused portions come back to the rate and to the window that they were drawn from, to no other."""
    rate = Rate(per_second=100, per_minute=10)
    got = given(Spent(), Draw("one", "requests", rate, 1, 1, 9), NOON)
    assert got.count == 10
    back = Draw("one", "requests", rate, spare=4, minute=got.spent.minute, day=got.spent.day)
    assert drawn(given(got.spent, back, NOON + 1).spent, rate, NOON + 2, 1, 10)[0] == 4
    _, next_minute = drawn(got.spent, rate, NOON + MINUTE, 3, 3)
    assert given(next_minute, back, NOON + MINUTE).spent.in_minute == 3


def test_a_clock_that_is_set_back_opens_no_window_again() -> None:
    """Row 292: an hour is lived twice; what was used up counts on, and nobody waits for the clock to come round."""
    rate = Rate(per_minute=5)
    before = NOON - 3600 * SECOND
    count, spent = drawn(Spent(), rate, NOON, 1, 5)
    assert count == 5
    count, spent = drawn(spent, rate, before)
    assert count == 0
    assert wait(spent, rate, before, 1) <= 60
    assert drawn(spent, rate, before + MINUTE)[0] == 1
    slow = Rate(per_second=0.5, burst=2)
    _, spent = drawn(Spent(), slow, NOON, 2)
    assert drawn(spent, slow, before + 4 * SECOND)[0] == 0
    _, spent = drawn(spent, slow, before)
    assert drawn(spent, slow, before + 2 * SECOND)[0] == 1


def test_what_is_kept_for_later_is_taken_off_the_burst() -> None:
    """Row 295: what one process kept comes in the same instant as what another draws: together no more."""
    rate = Rate(per_second=50)
    kept, spent = drawn(Spent(), rate, NOON, 1, 41)
    at_the_end, _ = drawn(spent, rate, NOON + KEPT - 1, 1, 99)
    assert kept - 1 + at_the_end <= 50


def test_a_transaction_that_began_earlier_counts_in_the_window_of_now() -> None:
    """Row 293: of two processes at the edge of a minute the one whose time is older does not open it twice."""
    rate = Rate(per_minute=5)
    edge = NOON + MINUTE
    count, spent = drawn(Spent(), rate, edge, 1, 4)
    assert count == 4
    count, spent = drawn(spent, rate, edge - 1, 1, 5)
    assert count == 1
    assert drawn(spent, rate, edge + 1)[0] == 0


def test_limits_that_change_hold_from_then_on() -> None:
    """Row 294: what was used up counts under the new limits; lower ones let nothing through, higher ones at once."""
    count, spent = drawn(Spent(), Rate(per_day=10), NOON, 1, 8)
    assert count == 8
    assert drawn(spent, Rate(per_day=5), NOON)[0] == 0
    assert drawn(spent, Rate(per_day=12), NOON, 1, 99)[0] == 4


def test_a_small_limit_by_the_second_is_not_given_ahead() -> None:
    """Where a portion would be as large as the limit, one is given for each that is asked."""
    assert drawn(Spent(), Rate(per_second=2, burst=5), NOON, 1, 5)[0] == 1
    assert drawn(Spent(), Rate(per_second=100), NOON, 1, 5)[0] == 5


@dataclass(slots=True)
class _Process:
    """A process that draws ahead, keeps what it got as long as it may, and may die with it."""

    left: int = 0
    ends: int = 0
    minute: int = 0
    day: int = 0


@dataclass(slots=True)
class _Province:
    """Processes that share one row, on clocks of their own steps."""

    rate: Rate
    spent: Spent = field(default_factory=Spent)
    processes: list[_Process] = field(default_factory=lambda: [_Process() for _ in range(3)])
    let: list[int] = field(default_factory=list)

    def ask(self, n: int, now: int, ahead: int) -> None:
        """Let one request through at a process if it may be."""
        one = self.processes[n]
        if one.left and now < one.ends:
            one.left -= 1
            self.let.append(now)
            return
        spare, one.left = one.left, 0
        want = Draw("one", "requests", self.rate, 1, 1, ahead, spare, one.minute, one.day)
        got = given(self.spent, want, now)
        self.spent = got.spent
        if got.count:
            self.let.append(now)
            one.left, one.ends = got.count - 1, now + got.kept
            one.minute, one.day = got.spent.minute, got.spent.day

    def die(self, n: int) -> None:
        """Lose what a process held."""
        self.processes[n] = replace(self.processes[n], left=0)


RATES = st.builds(
    lambda per_second, depth, per_minute: Rate(
        per_second=per_second, burst=max(1, int(per_second * depth)), per_minute=per_minute
    ),
    st.sampled_from([1.0, 7.0, 20.0, 50.0, 333.0]),
    st.sampled_from([0.2, 0.5, 1.0, 2.0]),
    st.sampled_from([None, 3, 60, 1000]),
)
STEPS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 400_000), st.integers(0, 40), st.booleans()), max_size=120
)


@settings(max_examples=150, deadline=None)
@given_by(rate=RATES, steps=STEPS, burst=st.integers(0, 60))
def test_no_span_of_time_sees_more_than_the_limit(
    rate: Rate, steps: list[tuple[int, int, int, bool]], burst: int
) -> None:
    """Rows 290, 295: of whatever length it is, with processes that keep portions, give them back and die."""
    province, now = _Province(rate), NOON
    for process, pause, ahead, dies in steps:
        now += pause
        for _ in range(burst % 7 + 1):
            province.ask(process, now, ahead)
        if dies:
            province.die(process)
    let = province.let
    assert rate.per_second is not None
    assert rate.at_once is not None
    for first in range(len(let)):
        for last in range(first, len(let)):
            allowed = rate.at_once + (let[last] - let[first]) / SECOND * rate.per_second
            assert last - first + 1 <= allowed + 1e-6
    if rate.per_minute is not None:
        minutes = [at // MINUTE for at in let]
        assert max(map(minutes.count, set(minutes)), default=0) <= rate.per_minute


def test_a_portion_is_kept_no_longer_than_its_window() -> None:
    """What was drawn in the last moment of a minute ends with the minute, wherever it is held."""
    rate = Rate(per_second=100, per_minute=600)
    draw = Draw("one", "requests", rate, 1, 1, 8)
    assert given(Spent(), draw, NOON).kept == KEPT
    assert given(Spent(), draw, NOON + MINUTE - 30_000).kept == 30_000
