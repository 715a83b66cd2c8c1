"""When a system is suspended, tried and resumed: a pure matter of answers and seconds."""

from __future__ import annotations

import pytest

from lgsp.errors import Scope, Unavailable
from lgsp.health import Health, Standing

ODD = Unavailable("uncatalogued")
AWAY = Unavailable("not-reachable", scope=Scope.SYSTEM)


def _health(**more: int) -> Health:
    return Health(8, 3, [1.0, 2.0, 4.0], **more)


def _lines(count: int, start: int = 0) -> list[bytes]:
    return [b"line %d" % n for n in range(start, start + count)]


def test_a_failure_of_the_system_suspends_at_once() -> None:
    """It says so itself; the first trial comes after the first interval."""
    health = _health()
    assert health.failed(b"a", AWAY, 9.0, 10.0) is Scope.SYSTEM
    assert (health.standing, health.cause, health.next_trial) == (Standing.SUSPENDED, "not-reachable", 11.0)


def test_odd_answers_of_different_lines_suspend_and_those_of_one_line_do_not() -> None:
    """Row 19: K different lines with no success between; one poison dossier is one line."""
    health = _health()
    assert [health.failed(b"poison", ODD, 1.0, 2.0) for _ in range(9)] == [Scope.MESSAGE] * 9
    assert health.running
    assert [health.failed(line, ODD, 1.0, 2.0) for line in _lines(2)] == [Scope.MESSAGE, Scope.SYSTEM]
    assert health.standing is Standing.SUSPENDED


def test_a_success_between_starts_the_count_anew() -> None:
    """Row 19: as long as something works the odd answers are the messages' own."""
    health = _health()
    for line in _lines(20):
        assert health.failed(line, ODD, 1.0, 2.0) is Scope.MESSAGE
        health.succeeded(2.0)


def test_trials_come_ever_more_rarely_up_to_the_last_interval() -> None:
    """A system that stays away is asked less and less."""
    health = _health()
    health.failed(b"a", AWAY, 0.5, 1.0)
    waits = []
    for now in (10.0, 20.0, 30.0, 40.0):
        health.failed(b"a", AWAY, now, now)
        waits.append(health.next_trial - now)
    assert waits == [2.0, 4.0, 4.0, 4.0]


def test_the_calm_it_asks_for_is_kept_up_to_an_hour() -> None:
    """`after` lengthens the wait for the trial; nobody can shut us out for a day."""
    health = _health()
    health.suspend("busy", 0.0, 60.0)
    assert health.next_trial == 60.0
    health.suspend("busy", 0.0, 86_400.0)
    assert health.next_trial == 3600.0


def test_a_success_resumes_one_at_a_time_and_doubles() -> None:
    """A system that has just come back is not flooded."""
    health = _health()
    health.failed(b"a", AWAY, 0.5, 1.0)
    assert health.succeeded(2.0)
    limits = [health.limit]
    for _ in range(4):
        assert not health.succeeded(3.0)
        limits.append(health.limit)
    assert limits == [1, 2, 4, 8, 8]


def test_what_began_before_the_resume_suspends_nobody() -> None:
    """Row 18: late failures of the old outage say nothing new; those that began since do."""
    health = _health()
    health.failed(b"a", AWAY, 0.5, 1.0)
    health.succeeded(5.0)
    assert health.failed(b"b", AWAY, 4.5, 6.0) is Scope.SYSTEM
    assert health.running
    assert health.failed(b"b", AWAY, 5.5, 6.0) is Scope.SYSTEM
    assert health.standing is Standing.SUSPENDED


def test_a_failed_trial_is_the_systems_and_is_remembered() -> None:
    """Row 19: whatever fails while suspended spends nobody's patience; the next trial takes another line."""
    health = _health()
    health.failed(b"a", AWAY, 0.5, 1.0)
    assert health.failed(b"b", ODD, 2.0, 3.0) is Scope.SYSTEM
    assert health.drawn == {b"a", b"b"}
    health.succeeded(4.0)
    assert health.drawn == set()


def test_repeated_suspensions_by_odd_answers_ask_for_more_lines_each_time() -> None:
    """An answer that turned out to be the messages' own has to be drawn by more of them the next time."""
    health = _health()
    needed = []
    for _ in range(3):
        count = 0
        while health.running:
            count += 1
            health.failed(_lines(1, count)[0], ODD, 9.0, 9.0)
        needed.append(count)
        health.succeeded(10.0)
    assert needed == [3, 6, 12]


def test_calm_brings_the_threshold_down_again() -> None:
    """After many successes the system is watched as closely as at first."""
    health = _health()
    for line in _lines(3):
        health.failed(line, ODD, 1.0, 2.0)
    for _ in range(60):
        health.succeeded(3.0)
    scopes = [health.failed(line, ODD, 4.0, 5.0) for line in _lines(3)]
    assert scopes == [Scope.MESSAGE, Scope.MESSAGE, Scope.SYSTEM]


def test_a_pause_is_not_ended_by_an_answer() -> None:
    """What a person paused runs again when a person says so."""
    health = _health()
    health.pause(1.0)
    assert not health.succeeded(2.0)
    assert health.failed(b"a", AWAY, 0.5, 2.0) is Scope.SYSTEM
    assert health.standing is Standing.PAUSED
    health.resume(3.0)
    assert health.running


def test_a_drain_lets_the_rest_go_and_brings_nothing_more() -> None:
    """What is on the broker may be claimed; nothing more goes there, and at its end the system is paused."""
    health = _health()
    assert health.filling
    health.drain(1.0)
    assert (health.standing, health.running, health.filling) == (Standing.DRAINING, True, False)
    health.drained(2.0)
    assert (health.standing, health.cause, health.running, health.filling) == (
        Standing.PAUSED, "drained", False, False,
    )  # fmt: skip
    health.resume(3.0)
    health.drained(4.0)
    assert (health.running, health.filling) == (True, True)


@pytest.mark.parametrize("fault", [AWAY, ODD])
def test_a_drain_of_a_system_that_fails_ends_in_the_pause(fault: Unavailable) -> None:
    """Row 76: nobody is there to finish it; and no trial resumes what a person brings to rest."""
    health = _health()
    health.drain(1.0)
    for line in _lines(3):
        health.failed(line, fault, 1.5, 2.0)
    assert (health.standing, health.cause) == (Standing.PAUSED, fault.cause)
    assert not health.succeeded(3.0)
    assert health.standing is Standing.PAUSED


def test_what_does_not_run_is_paused_by_a_drain() -> None:
    """A suspended system finishes nothing; a second drain changes nothing."""
    health = _health()
    health.suspend("not-reachable", 1.0)
    health.drain(2.0)
    assert health.standing is Standing.PAUSED
    health.resume(3.0)
    health.drain(4.0)
    health.drain(5.0)
    assert (health.standing, health.since) == (Standing.DRAINING, 4.0)


@pytest.mark.parametrize(("concurrency", "workers"), [(8, 1), (8, 2), (8, 3), (8, 5), (1, 2), (3, 7)])
def test_the_parts_of_all_processes_are_what_the_system_allows(concurrency: int, workers: int) -> None:
    """Row 77: a ministry that takes eight at once takes eight from all of us; where there are more of us some rest."""
    parts = []
    for place in range(workers):
        health = Health(concurrency, 3, [1.0])
        health.share(workers, place)
        parts.append(health.limit)
    assert sum(parts) == concurrency
    assert max(parts) - min(parts) <= 1


def test_who_does_not_know_its_place_gets_at_least_one() -> None:
    """Without a place the parts are rounded down, and nobody stands idle."""
    limits = []
    for workers in (2, 3, 20, 0):
        health = _health()
        health.share(workers)
        limits.append(health.limit)
    assert limits == [4, 2, 1, 8]


def test_a_share_that_grows_is_taken_up_and_one_that_shrinks_given_up() -> None:
    """Workers come and go: what one leaves the others have."""
    health = _health()
    limits = []
    for workers in (2, 4, 1):
        health.share(workers, 0)
        limits.append(health.limit)
    assert limits == [4, 2, 8]


def test_the_ramp_goes_on_through_a_new_share() -> None:
    """A system that has just come back is not flooded because a worker died meanwhile."""
    health = _health()
    health.share(2, 0)
    health.suspend("not-reachable", 1.0)
    health.succeeded(2.0)
    health.share(1, 0)
    limits = [health.limit]
    for _ in range(4):
        health.succeeded(3.0)
        limits.append(health.limit)
    assert limits == [1, 2, 4, 8, 8]


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_the_ramp_of_all_processes_together_is_bounded(workers: int) -> None:
    """Rows 18 and 77: each begins with one, and together they never go beyond what the system allows."""
    all_ = [_health() for _ in range(workers)]
    for place, health in enumerate(all_):
        health.share(workers, place)
        health.learn(Standing.SUSPENDED, "not-reachable", 1.0)
        health.learn(Standing.RUNNING, "", 2.0)
    assert sum(health.limit for health in all_) == workers
    for _ in range(5):
        for health in all_:
            health.succeeded(3.0)
    assert sum(health.limit for health in all_) == 8


def test_a_process_without_a_place_rests_after_a_resume_too() -> None:
    """One session at once means one, also while it comes back."""
    health = Health(1, 3, [1.0])
    health.share(2, 1)
    health.suspend("not-reachable", 1.0)
    limits = []
    for now in (2.0, 3.0):
        health.succeeded(now)
        limits.append(health.limit)
    assert limits == [0, 0]


def test_a_rate_is_shared_like_the_places() -> None:
    """Fifty a second from all of us together; no rate stays none."""
    health = Health(2, 3, [1.0])
    assert (health.part(50.0), health.part(None)) == (50.0, None)
    health.share(2)
    assert health.part(50.0) == 25.0
    health.share(10)
    assert health.part(50.0) == 25.0


def test_what_another_process_recorded_is_taken_over_once() -> None:
    """A pause, a drain or a suspension elsewhere holds here; hearing of it again is no news."""
    health = _health()
    told = [
        (Standing.PAUSED, "paused"), (Standing.SUSPENDED, "not-reachable"), (Standing.DRAINING, "draining"),
    ]  # fmt: skip
    for now, (standing, cause) in enumerate(told):
        assert health.learn(standing, cause, float(now))
        assert (health.standing, health.cause, health.since) == (standing, cause, float(now))
        assert not health.learn(standing, cause, 9.0)
    assert health.learn(Standing.RUNNING, "", 10.0)
    assert (health.cause, health.limit) == ("", 1)


def test_a_suspension_that_was_learnt_is_tried_like_ones_own() -> None:
    """The first trial comes after the first interval, then ever more rarely."""
    health = _health()
    health.learn(Standing.SUSPENDED, "not-reachable", 5.0)
    assert health.next_trial == 6.0
    health.failed(b"a", AWAY, 6.0, 7.0)
    assert health.next_trial == 9.0


def test_a_system_that_is_away_for_weeks_takes_no_more_memory_than_one_that_is_away_for_a_day() -> None:
    """What failed last is remembered, so that the next trial takes another line; what is far behind is not."""
    health = Health(8, 3, [1.0])
    fault = Unavailable("timed-out", scope=Scope.SYSTEM)
    for n in range(5000):
        line = n.to_bytes(16, "big")
        health.failed(line, fault, float(n + 1), float(n + 1))
        assert line in health.drawn
    assert len(health.drawn) == 1000


def test_as_many_are_remembered_as_it_takes_to_suspend() -> None:
    """A home that waits for thousands of failures before it suspends sees them all."""
    health = Health(8, 1500, [1.0])
    fault = Unavailable("uncatalogued", scope=Scope.MESSAGE)
    scopes = [health.failed(n.to_bytes(16, "big"), fault, 1.0, 1.0) for n in range(1500)]
    assert (scopes.index(Scope.SYSTEM), health.standing) == (1499, Standing.SUSPENDED)
