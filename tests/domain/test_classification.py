"""Early, on time, late: one dossier, six rules, and figures that say by which they were made."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.classification.rules import RECOMMENDED, RULES, Comparison, Timeliness, rule
from lgsp.domain.classification.tally import tally
from lgsp.domain.classification.timeliness import Facts, classify, due_by, overdue, session_begin
from lgsp.domain.dossier import STATUSES

FIELD = ["form-06a", "hours-job", "opencps-statistics", "opencps-half-day", "exact-moment"]


def at(text: str) -> datetime:
    """Return a moment of January 2026 in Viet Nam time: `22T17:00`."""
    return datetime.fromisoformat(f"2026-01-{text}+07:00")


DUE = at("22T15:00")


def done(**said: Any) -> Facts:
    """Return a finished dossier that is due on the 22nd at 15:00."""
    return Facts(**({"status": "finished", "due": DUE} | said))


def called(facts: Facts) -> list[str]:
    """Return what the recommended rule and the five of the field call a dossier, in their order."""
    return [classify(facts, rule(name)).value for name in (RECOMMENDED, *FIELD)]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        # the day before: all but the one that needs it shown
        (done(released=at("21T16:00")), ["early", "early", "early", "on_time", "early", "early"]),
        # in the morning of the due day: early by the half-day, the hour and the second
        (done(released=at("22T09:00")), ["on_time", "on_time", "early", "on_time", "early", "early"]),
        # in the due half-day, in another hour
        (done(released=at("22T14:10")), ["on_time", "on_time", "early", "on_time", "on_time", "early"]),
        # in the due hour, before and after the due moment
        (done(released=at("22T15:00")), ["on_time"] * 6),
        (done(released=at("22T15:30")), ["on_time", "on_time", "on_time", "late", "late", "late"]),
        # in the evening of the due day, and the day after
        (done(released=at("22T20:00")), ["on_time", "on_time", "late", "late", "late", "late"]),
        (done(released=at("23T08:00")), ["late"] * 6),
        # an extension date, or an early hand-over, is what rule 3 wants to see
        (
            done(released=at("21T16:00"), extended_to=at("29T15:00")),
            ["early", "early", "early", "early", "early", "early"],
        ),
        (
            done(released=at("22T15:00"), handed_over=at("22T14:00")),
            ["on_time", "on_time", "on_time", "early", "on_time", "on_time"],
        ),
        # nothing to compare with
        (
            done(due=None, released=at("21T16:00")),
            ["unclassified", "on_time", "unclassified", "on_time", "early", "unclassified"],
        ),
        # withdrawn, stopped, not accepted
        (
            done(status="withdrawn", released=at("23T08:00")),
            ["outside", "on_time", "outside", "outside", "outside", "outside"],
        ),
        (
            done(status="stopped", released=at("23T08:00")),
            ["outside", "outside", "outside", "late", "late", "late"],
        ),
        (done(status="not_accepted"), ["outside"] * 6),
        # returned is done too, but for the job that looks at finished ones only
        (
            done(status="returned", released=at("23T08:00")),
            ["late", "late", "outside", "late", "late", "late"],
        ),
        (done(status="processing"), ["open"] * 6),
    ],
)
def test_six_rules_call_the_same_dossier_differently(facts: Facts, said: list[str]) -> None:
    """Recommended, then the five of the field: each is reproduced, and none is another."""
    assert called(facts) == said


def test_a_procedure_in_hours_is_compared_by_the_moment() -> None:
    """The recommended rule takes the day for terms in days, and the moment for terms in hours."""
    late = done(released=at("22T15:00:01"))
    assert classify(late, rule()) is Timeliness.ON_TIME
    assert classify(done(released=at("22T15:00:01"), by_hours=True), rule()) is Timeliness.LATE
    assert classify(done(released=at("22T14:59:59"), by_hours=True), rule()) is Timeliness.EARLY


def test_the_day_is_that_of_viet_nam() -> None:
    """A moment that is the day before in UTC is on the due day here."""
    released = datetime(2026, 1, 21, 18, 0, tzinfo=UTC)  # 01:00 on the 22nd
    assert classify(done(released=released), rule()) is Timeliness.ON_TIME


def test_the_first_promise_counts_unless_a_pause_moved_it() -> None:
    """By the recommended rule a new date of an apology changes nothing, a supplement does; others take the latest."""
    apologised = done(due=at("30T15:00"), first_due=DUE, released=at("26T09:00"))
    supplemented = done(due=at("30T15:00"), first_due=DUE, moved_due=at("30T15:00"), released=at("26T09:00"))
    assert classify(apologised, rule()) is Timeliness.LATE
    assert classify(supplemented, rule()) is Timeliness.EARLY
    assert classify(apologised, rule("form-06a")) is Timeliness.EARLY
    assert due_by(apologised, rule()) == DUE


def test_without_an_end_nothing_is_compared() -> None:
    """A dossier that is done, and says not when, is unclassified; rule 3 calls it on time, as it does by default."""
    assert classify(done(), rule()) is Timeliness.UNCLASSIFIED
    assert classify(done(), rule("opencps-statistics")) is Timeliness.ON_TIME
    assert classify(done(handed_over=at("23T08:00")), rule()) is Timeliness.LATE


def test_a_moment_without_an_offset_is_not_compared() -> None:
    """The zone of a moment is never guessed."""
    with pytest.raises(ValueError, match="offset"):
        classify(done(released=DUE.replace(tzinfo=None)), rule())


def test_the_half_day_begins_with_the_last_session_before_the_due_moment() -> None:
    """Noon belongs to the morning; a due moment before the first session stands for itself."""
    sessions = ((time(7), time(11, 30)), (time(13, 30), time(17)))
    assert session_begin(at("22T12:00"), sessions) == at("22T07:00")
    assert session_begin(at("22T13:30"), sessions) == at("22T13:30")
    assert session_begin(at("22T06:00"), sessions) == at("22T06:00")
    saturday = ((time(8), time(12)),)
    facts = done(due=at("24T10:00"), released=at("24T07:30"))
    assert classify(facts, rule("opencps-half-day"), saturday) is Timeliness.EARLY
    assert classify(facts, rule("opencps-half-day"), sessions) is Timeliness.ON_TIME


@pytest.mark.parametrize(
    ("facts", "when", "late"),
    [
        (done(status="processing"), "22T20:00", False),
        (done(status="processing"), "23T00:00", True),
        (done(status="processing", by_hours=True), "22T15:01", True),
        (done(status="supplement_required", paused_at=at("21T09:00")), "29T09:00", False),
        (done(status="supplement_required", paused_at=at("23T09:00")), "29T09:00", True),
        (done(released=at("23T09:00")), "29T09:00", True),
        (done(released=at("22T09:00")), "29T09:00", False),
        (done(status="withdrawn"), "29T09:00", False),
        (done(status="processing", due=None), "29T09:00", False),
    ],
)
def test_overdue_is_computed_and_stands_still_with_the_clock(facts: Facts, when: str, late: bool) -> None:
    """An open dossier is judged at a moment, a paused one when it was paused, an ended one by its end."""
    assert overdue(facts, rule(), at(when)) is late


def test_a_figure_names_its_rule_and_its_denominator() -> None:
    """Withdrawn, stopped and not accepted stand apart, and what a share is taken of is said."""
    facts = [
        done(released=at("21T09:00")),
        done(released=at("22T09:00")),
        done(released=at("23T09:00")),
        done(due=None, released=at("23T09:00")),
        done(status="withdrawn"),
        done(status="stopped"),
        done(status="not_accepted"),
        done(status="processing"),
    ]
    figures = tally(facts, rule())
    assert figures.as_dict() == {
        "rule": "recommended",
        "version": "2026-01",
        "early": 1,
        "on_time": 1,
        "late": 1,
        "unclassified": 1,
        "in_process": 1,
        "withdrawn": 1,
        "stopped": 1,
        "not_accepted": 1,
        "left_out": 0,
        "counted_withdrawn": 0,
        "counted_stopped": 0,
        "denominator": 3,
        "formula": "early + on_time + late",
    }
    assert figures.percent(Timeliness.EARLY) == Decimal("33.33")
    form = tally(facts, rule("form-06a"))
    assert (form.denominator, form.counted_withdrawn, form.withdrawn) == (5, 1, 0)
    assert form.formula == "early + on_time + late (withdrawn among them: 1)"


def test_nothing_has_no_share() -> None:
    """Of no dossier there is no percentage, neither 0 nor 100; and what is outside has none ever."""
    nothing = tally([], rule())
    assert nothing.percent(Timeliness.LATE) is None
    with pytest.raises(KeyError):
        nothing.percent(Timeliness.OUTSIDE)


def test_every_rule_says_what_it_does_in_both_languages() -> None:
    """The recommended one and five of the field, each with a version and its source."""
    assert sorted(name for name, _ in RULES) == sorted([RECOMMENDED, *FIELD])
    assert all(one.vi and one.en and one.source and one.version for one in RULES.values())
    assert all(called.vi for called in Timeliness)


def test_a_rule_that_is_not_there_is_not_guessed() -> None:
    """Neither an unknown name nor an unknown version falls back to another rule."""
    assert rule("form-06a", "2025").compares is Comparison.DATE
    with pytest.raises(KeyError):
        rule("form-06b")
    with pytest.raises(KeyError):
        rule("form-06a", "1999")


moments = st.none() | st.integers(0, 30 * 24 * 60).map(
    lambda minutes: at("01T00:00") + timedelta(minutes=minutes)
)
dossiers = st.builds(
    Facts,
    st.sampled_from([status.word for status in STATUSES]),
    moments, moments, moments, moments, moments, moments, moments, moments,
    st.booleans(),
)  # fmt: skip


@given(st.lists(dossiers, max_size=20), st.sampled_from(sorted(RULES)))
def test_every_dossier_is_counted_once(facts: list[Facts], named: tuple[str, str]) -> None:
    """Whatever the rule, the figures add up to the number of dossiers."""
    figures = tally(facts, RULES[named])
    apart = figures.withdrawn + figures.stopped + figures.not_accepted + figures.left_out
    assert figures.denominator + figures.unclassified + figures.in_process + apart == len(facts)


@given(dossiers, st.sampled_from(sorted(RULES)), st.integers(1, 10**5))
def test_to_finish_later_never_looks_better(facts: Facts, named: tuple[str, str], minutes: int) -> None:
    """Under every rule that compares, a later release is called the same or worse."""
    if facts.released is None or facts.handed_over is not None:
        return
    later = Facts(**{name: getattr(facts, name) for name in Facts.__slots__} | {
        "released": facts.released + timedelta(minutes=minutes)
    })  # fmt: skip
    order = [Timeliness.EARLY, Timeliness.ON_TIME, Timeliness.LATE]
    one, other = classify(facts, RULES[named]), classify(later, RULES[named])
    assert (one in order) == (other in order)
    assert one not in order or order.index(one) <= order.index(other)
