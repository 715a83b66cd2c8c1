"""Faults of stand-ins are switched alike, whichever it is: by a JSON object, seeded, and counted from then on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lgsp.sandbox.axis.axis import Axis
from lgsp.sandbox.ngsp import Ngsp
from lgsp.sandbox.population import PopulationDb
from lgsp.sandbox.portal import Portal
from lgsp.sandbox.reporting import Reporting

ALL = pytest.mark.parametrize("stand_in", [Axis, Ngsp, PopulationDb, Portal, Reporting])
Making = Callable[..., Any]


class Clock:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return them."""
        return self.now


def drawn(stand: Any, times: int = 50) -> list[bool]:
    """Return whether an even chance strikes, so many times."""
    return [stand._weather.strikes(0.5) for _ in range(times)]


@ALL
def test_faults_are_switched_by_what_is_said_and_off_by_what_is_not(stand_in: Making) -> None:
    """The new object is all there is."""
    stand = stand_in()
    stand.trouble(b'{"http_500": 0.5, "retry_after": 7}')
    assert (stand.faults.http_500, stand.faults.retry_after) == (0.5, 7)
    stand.trouble(b'{"html": 1}')
    assert (stand.faults.http_500, stand.faults.retry_after, stand.faults.html) == (0.0, None, 1.0)
    stand.trouble(b"{}")
    assert stand.faults == stand_in().faults


@ALL
@pytest.mark.parametrize("wanted", [b'{"http_500": 2}', b'{"http_50": 1}', b"[]", b"x", b""])
def test_what_cannot_be_changes_nothing(stand_in: Making, wanted: bytes) -> None:
    """A slip in a test is told, and the faults of before stay."""
    stand = stand_in()
    stand.trouble(b'{"html": 1}')
    with pytest.raises(ValueError, match="validation error"):
        stand.trouble(wanted)
    assert stand.faults.html == 1.0


@ALL
def test_chance_begins_anew_with_its_own_seed(stand_in: Making) -> None:
    """The same faults draw the same from their first call on, however much was drawn before them."""
    one, other, third = stand_in(seed=7), stand_in(seed=7), stand_in(seed=8)
    drawn(one, 13)
    for stand in (one, other, third):
        stand.trouble(b'{"html": 0.5}')
    first = drawn(one)
    assert drawn(other) == first
    assert drawn(third) != first


@ALL
def test_a_service_comes_and_goes_from_the_moment_that_it_was_told(stand_in: Making) -> None:
    """Up first; its clock is the one that the stand-in was given."""
    clock = Clock()
    stand = stand_in(clock=clock)
    clock.now = 100.7
    stand.trouble(b'{"flapping": {"up_ms": 1000, "down_ms": 500}}')
    found = []
    for moment in (0.0, 0.9, 1.1, 1.4, 1.6, 2.7):
        clock.now = 100.7 + moment
        found.append(stand._weather.down())
    assert found == [False, False, True, True, False, True]
