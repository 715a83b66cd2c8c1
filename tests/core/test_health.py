"""When a system is suspended, tried and resumed: a pure matter of answers and seconds."""

from __future__ import annotations

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
