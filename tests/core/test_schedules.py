"""When a job's turn comes: by the hour, by the interval, and after failures."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from lgsp.message import VIETNAM
from lgsp.schedules import Job, Past

SECOND = 1_000_000


def job(**said: Any) -> Job:
    """Return a job as a home says it."""
    return Job.model_validate(said)


def micros(text: str) -> int:
    """Return a time of Viet Nam, written as `01-31 08:30`, as the journal has it."""
    when = datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=VIETNAM)
    return int(when.timestamp()) * SECOND


def written(moment: int) -> str:
    """Return a time of the journal as these tests write it."""
    return f"{datetime.fromtimestamp(moment / SECOND, VIETNAM):%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("said", "since", "started", "due"),
    [
        ({"every": "5m"}, "01-31 08:30", None, "01-31 08:30"),
        ({"every": "5m"}, "01-01 00:00", "01-31 08:30", "01-31 08:35"),
        ({"every": "1d"}, "01-01 00:00", "01-31 08:30", "02-01 08:30"),
        ({"at": "02:30"}, "01-31 08:30", None, "02-01 02:30"),
        ({"at": "02:30"}, "01-31 01:00", None, "01-31 02:30"),
        ({"at": "02:30"}, "01-31 02:30", None, "02-01 02:30"),
        ({"at": "02:30"}, "01-01 00:00", "01-31 02:30", "02-01 02:30"),
        ({"at": "02:30"}, "01-01 00:00", "01-31 08:00", "02-01 02:30"),
        ({"at": "02:30"}, "01-01 00:00", "01-31 01:00", "01-31 02:30"),
        ({"at": "02:30", "every": "7d"}, "01-31 08:30", None, "02-01 02:30"),
        ({"at": "02:30", "every": "7d"}, "01-01 00:00", "01-31 02:30", "02-07 02:30"),
        ({"at": "02:30", "every": "7d"}, "01-01 00:00", "01-31 15:00", "02-07 02:30"),
        ({"at": "00:00"}, "01-01 00:00", "12-31 23:59", "01-01 00:00"),
    ],
)
def test_its_turn_comes_by_the_hour_and_by_the_interval(
    said: dict[str, str], since: str, started: str | None, due: str
) -> None:
    """A new one with an interval runs at once, one with an hour waits for it; the hour is Viet Nam's."""
    began = micros(started) if started else None
    ended = began + SECOND if began else None
    assert written(job(**said).due(Past(micros(since), began, ended))) == due


def waits(job_: Job, count: int) -> list[float]:
    """Return the seconds between the end of each failed run and the next turn."""
    began, ended = micros("01-31 08:00"), micros("01-31 08:01")
    return [(job_.due(Past(0, began, ended, n)) - ended) / SECOND for n in range(1, count + 1)]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"every": "30s"}, [30, 60, 120, 240, 480, 900, 900]),
        ({"every": "10m"}, [300, 600, 900, 900]),
        ({"every": "1d"}, [300, 600, 1200, 2400, 3600, 3600]),
        ({"at": "02:30"}, [300, 600, 1200, 2400, 3600, 3600]),
    ],
)
def test_what_failed_waits_longer_each_time_up_to_a_bound(
    said: dict[str, str], expected: list[float]
) -> None:
    """A frequent job never waits less than its interval, a nightly one does not wait for the next night."""
    assert waits(job(**said), len(expected)) == expected


def test_failing_for_years_is_no_overflow() -> None:
    """The wait stays at its bound, however often it is doubled."""
    assert job(every="30s").patience(10**9) == 900


def test_the_far_side_may_ask_for_a_longer_rest() -> None:
    """It counts after a failure, after a success, and after a run that was cut short."""
    began, ended, rest = micros("01-31 08:00"), micros("01-31 08:01"), micros("01-31 12:00")
    for past in (
        Past(0, began, ended, 1, rest=rest),
        Past(0, began, ended, rest=rest),
        Past(0, began, ended, cut_short=True, rest=rest),
    ):
        assert written(job(every="30s").due(past)) == "01-31 12:00"


def test_what_was_cut_short_goes_on_at_once() -> None:
    """Also a job whose hour is far away: it was in the middle."""
    past = Past(0, micros("01-31 02:30"), micros("01-31 02:40"), cut_short=True)
    assert written(job(at="02:30").due(past)) == "01-31 02:40"
    assert written(job(at="02:30").due(replace(past, failures=3))) == "01-31 02:40"


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({}, "says not when"),
        ({"every": "500ms"}, "greater than or equal to 1"),
        ({"every": 30}, "not a duration"),
        ({"at": "24:00"}, "not an hour"),
        ({"at": "02:30", "every": "36h"}, "no whole days"),
        ({"every": "1m", "rate": "0/s"}, "not a rate"),
        ({"every": "1m", "cron": "* * * * *"}, "Extra inputs"),
    ],
)
def test_what_a_home_says_wrongly_of_a_job_is_a_fault(said: dict[str, Any], fault: str) -> None:
    """Each slip is told in words."""
    with pytest.raises(ValidationError, match=fault):
        job(**said)


def test_every_moment_of_a_year_has_a_next_turn_that_is_later() -> None:
    """No hour is skipped and none comes twice, whenever a run began."""
    nightly, moment = job(at="02:30"), datetime(2026, 1, 1, tzinfo=VIETNAM)
    for _ in range(2000):
        moment += timedelta(hours=4, minutes=23)
        began = int(moment.timestamp()) * SECOND
        due = nightly.due(Past(0, began, began))
        assert 0 < due - began <= 86400 * SECOND
        assert written(due).endswith("02:30")
