"""The bounded window on the broker: who may pass at once, and when a refill is due."""

from __future__ import annotations

import pytest

from lgsp.window import Window


def _known(size: int = 10) -> Window:
    window = Window(size)
    window.refilled(window.mark(), all_taken=True)
    return window


def test_after_a_start_nobody_passes_until_a_refill_has_looked() -> None:
    """Row 30: what an earlier process left undispatched goes first."""
    window = Window(10)
    assert not window.admits(0)
    window.refilled(window.mark(), all_taken=True)
    assert window.admits(0)


def test_a_full_window_admits_nobody_until_the_backlog_is_gone() -> None:
    """Row 30: newer deliveries do not overtake those that were turned away."""
    window = _known()
    assert [window.admits(depth) for depth in (0, 9, 10, 0)] == [True, True, False, False]
    window.refilled(window.mark(), all_taken=False)
    assert not window.admits(0)
    window.refilled(window.mark(), all_taken=True)
    assert window.admits(0)


def _refilled_while_somebody_came() -> Window:
    """Return a window whose refill looked before the delivery of whom it turned away was committed."""
    window = _known()
    window.admits(10)
    mark = window.mark()
    window.left_behind()
    window.refilled(mark, all_taken=True)
    return window


def test_somebody_turned_away_during_a_refill_is_not_forgotten() -> None:
    """Row 30: the refill looked before that delivery was committed; the backlog is not gone."""
    assert _refilled_while_somebody_came().behind


def test_who_comes_during_a_refill_does_not_send_all_who_follow_the_long_way_round() -> None:
    """Under a steady load somebody always comes while a refill looks; the way stays open for the next ones."""
    window = _refilled_while_somebody_came()
    assert window.behind
    assert window.admits(0)


@pytest.mark.parametrize(("found", "passes"), [(0, True), (1, True), (9, True), (10, False), (40, False)])
def test_a_quarter_of_a_window_that_waits_undispatched_is_a_backlog(found: int, passes: bool) -> None:
    """Fewer are on their way with the next refill; they are looked after, and nobody queues up behind them."""
    window = _known(40)
    window.found(found, window.mark())
    assert window.behind is (found > 0)
    assert window.admits(0) is passes


@pytest.mark.parametrize(("depth", "room"), [(0, 10), (5, 5), (6, 0), (10, 0), (12, 0)])
def test_a_refill_waits_until_half_the_window_is_empty(depth: int, room: int) -> None:
    """Few large refills instead of many small ones."""
    assert Window(10).room(depth) == room
