"""An address that is turned away too often has to wait; others do not, and memory is bounded."""

from __future__ import annotations

import pytest

from lgsp.throttling import Throttle, origin


@pytest.fixture
def now() -> list[float]:
    """A clock that is moved by hand."""
    return [100.0]


@pytest.fixture
def throttle(now: list[float]) -> Throttle:
    """Five at once, then two a second."""
    return Throttle(per_second=2, burst=5, most=10, clock=lambda: now[0])


def test_so_many_at_once_and_then_one_by_one(throttle: Throttle, now: list[float]) -> None:
    """After the burst there is one for each step; what waits as long as it is told is let through."""
    assert [throttle.take("10.0.0.1") for _ in range(5)] == [None] * 5
    told = throttle.take("10.0.0.1")
    assert told == pytest.approx(0.5)
    now[0] += 0.5
    assert throttle.take("10.0.0.1") is None
    assert throttle.take("10.0.0.1") is not None
    assert throttle.take("10.0.0.2") is None


def test_what_is_counted_beyond_the_burst_costs_no_more(throttle: Throttle, now: list[float]) -> None:
    """Whoever tried a thousand times waits no longer than whoever tried six times: a bound, no punishment."""
    for _ in range(1000):
        throttle.count("10.0.0.1")
    assert throttle.wait("10.0.0.1") == pytest.approx(0.5)
    now[0] += 2.5
    assert [throttle.take("10.0.0.1") for _ in range(6)].count(None) == 5


def test_the_addresses_of_one_network_are_one(throttle: Throttle) -> None:
    """Whoever has an IPv6 network has all its addresses; an IPv4 address is the same however it is written."""
    assert origin("2001:db8::1") == origin("2001:db8::ffff:2") != origin("2001:db8:0:1::1")
    assert origin("::ffff:10.0.0.1") == origin("10.0.0.1") != origin("10.0.0.2")
    assert origin("no address") == "no address"
    for n in range(9):
        throttle.count(f"2001:db8::{n}")
    assert throttle.wait("2001:db8::77") > 0


def test_memory_is_bounded(throttle: Throttle) -> None:
    """Those that were quiet for longest are forgotten; who goes on is not."""
    for n in range(1000):
        throttle.count("10.0.0.1")
        throttle.count(f"10.1.{n >> 8}.{n & 255}")
    assert len(throttle._until) <= 10
    assert throttle.wait("10.0.0.1") > 0
