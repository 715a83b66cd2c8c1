"""What a dossier says otherwise than before is judged, and what is odd of it is a finding that never blocks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.causes import CAUSES
from lgsp.domain.causes_lifecycle import ROWS
from lgsp.domain.dossier import STATUSES
from lgsp.domain.first_seen import DUE as DUE_AT
from lgsp.domain.first_seen import FINISH, STATUS, Known, findings, passed


def at(text: str) -> datetime:
    """Return a moment of January 2026 in Viet Nam time: `22T17:00`."""
    return datetime.fromisoformat(f"2026-01-{text}:00+07:00")


DUE = at("22T17:00")


def known(status: str = "processing", **said: Any) -> Known:
    """Return a snapshot with the due date that the tests edit."""
    return Known(status, **({"due": DUE} | said))


def codes(before: Known, new: Known, when: datetime) -> list[tuple[str, str]]:
    """Return the findings of a step, without their words."""
    return [(odd.code, odd.place) for odd in findings(DUE, before, new, when)]


def test_a_snapshot_that_says_the_same_leaves_nothing() -> None:
    """There is no finding, whatever offset the moments are written with."""
    utc = DUE.astimezone(tz=datetime.fromisoformat("2026-01-01T00:00:00+00:00").tzinfo)
    assert findings(DUE, known(), known(due=utc), at("16T08:00")) == []


@pytest.mark.parametrize(
    ("before", "new", "when", "found"),
    [
        (known(), known(due=at("26T17:00")), "20T09:00", ["due-date-edited"]),
        (known(), known(due=at("26T17:00"), extended=(at("26T17:00"),)), "20T09:00", ["due-date-extended"]),
        (known(), known(due=at("26T17:00")), "22T17:01", ["due-date-edited-late", "reset"]),
        (known(), known(due=at("22T18:00")), "23T09:00", ["due-date-edited-late"]),
        (known(), known(due=None), "23T09:00", ["due-date-edited-late"]),
        (known(), known(due=None), "20T09:00", ["due-date-edited"]),
        (known("finished"), known("finished", due=at("26T17:00")), "20T09:00", ["due-date-edited-late"]),
        (
            known("finished", due=None),
            known("finished", due=at("26T17:00")),
            "20T09:00",
            ["due-date-edited-late"],
        ),
        (known(due=None), known(), "20T09:00", []),
        (known(due=at("26T17:00")), known(), "29T09:00", ["due-date-edited"]),
    ],
)
def test_edits_of_the_due_date(before: Known, new: Known, when: str, found: list[str]) -> None:
    """Before it has passed an edit wants a reason; after it, or after the end, it is late, and may be a reset;
    to set back what was first told is not late.
    """
    assert [code for code, _ in codes(before, new, at(when))] == found


def test_a_supplement_that_began_in_time_explains_a_new_due_date() -> None:
    """The clock stood still from before the due date, so that it did not pass, however late the papers came."""
    paused = known("supplement_required", since=at("20T09:00"))
    resumed = known("processing", due=at("30T17:00"))
    assert codes(paused, resumed, at("28T09:00")) == [("due-date-extended", "/due_at")]


def test_a_supplement_that_began_when_overdue_explains_nothing() -> None:
    """To ask for papers after the due date has passed does not undo that it has."""
    paused = known("supplement_required", since=at("25T09:00"))
    found = codes(paused, known("processing", due=at("30T17:00")), at("28T09:00"))
    assert found == [("due-date-edited-late", "/due_at"), ("reset", "/due_at")]


@pytest.mark.parametrize(
    ("before", "new", "when", "found"),
    [
        # the function that sets everything in time: the finish date becomes the due date
        (
            known("finished", finish=at("26T09:00")),
            known("finished", finish=DUE),
            "27T09:00",
            ["finish-set-to-due"],
        ),
        (known(at=at("21T09:00")), known("finished", finish=DUE), "26T09:00", ["finish-set-to-due"]),
        (known(), known("finished", finish=at("22T16:59")), "26T09:00", []),
        (known(), known("finished", finish=at("26T08:00")), "26T09:00", []),
        (known(), known("finished", finish=DUE), "22T17:00", []),
        (
            known("finished", finish=at("26T09:00")),
            known("finished", finish=at("21T09:00")),
            "27T09:00",
            ["finish-date-edited"],
        ),
        (known("finished", finish=at("21T09:00")), known("finished"), "27T09:00", ["finish-date-edited"]),
        (known("finished", finish=at("21T09:00")), known(), "21T10:00", ["reset"]),
        (known("finished", due=None), known("finished", due=None, finish=at("21T09:00")), "27T09:00", []),
    ],
)
def test_edits_of_the_finish_date(before: Known, new: Known, when: str, found: list[str]) -> None:
    """Equal to the due moment to the second, and told after it, is odd; so is every later edit;
    a reset says already that the end was taken back.
    """
    assert [code for code, _ in codes(before, new, at(when))] == found


def test_a_whole_day_as_due_date_needs_more_than_equality() -> None:
    """Systems that know days only finish on the due day without gaming; seen open on a later day, they did."""
    day = at("22T00:00")
    done = known("finished", due=day, finish=day)
    assert codes(known(due=day, at=at("21T09:00")), done, at("24T09:00")) == []
    assert codes(known(due=day, at=at("23T09:00")), done, at("24T09:00")) == [
        ("finish-set-to-due", "/finished_at")
    ]


def test_midnight_means_the_whole_day() -> None:
    """A due date without a time has not passed on its own day."""
    assert not passed(at("22T00:00"), at("22T23:59"))
    assert passed(at("22T00:00"), at("23T00:00"))
    assert not passed(DUE, DUE)
    assert passed(DUE, DUE + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("registered", "processing", ["status-jump"]),
        ("received", "returned", ["status-jump"]),
        ("returned", "processing", ["reset"]),
        ("stopped", "received", ["reset"]),
        ("processing", "finished", []),
    ],
)
def test_odd_moves_are_findings_in_words(before: str, after: str, found: list[str]) -> None:
    """The finding names the field and says both statuses as offices write them."""
    odd = findings(DUE, known(before), known(after), at("20T09:00"))
    assert [one.code for one in odd] == found
    assert all(one.place == "/status" and " → " in one.detail for one in odd)


moments = st.none() | st.integers(0, 30 * 24).map(lambda hours: at("01T00:00") + timedelta(hours=hours))
snapshots = st.builds(
    Known,
    st.sampled_from([status.word for status in STATUSES]),
    moments,
    moments,
    moments,
    moments,
    st.lists(moments.filter(bool), max_size=2).map(tuple),
)


@given(snapshots, snapshots, st.integers(0, 31 * 24))
def test_no_step_is_blocked_and_every_finding_is_of_a_change(before: Known, new: Known, hours: int) -> None:
    """Whatever a source tells is judged without a fault; a finding is about a field that changed, is catalogued,
    and a late edit of the due date is never called an explained one.
    """
    when = at("01T00:00") + timedelta(hours=hours)
    odd = findings(before.due, before, new, when)
    fields = {STATUS: "status", DUE_AT: "due", FINISH: "finish"}
    changed = {place for place, name in fields.items() if getattr(before, name) != getattr(new, name)}
    assert {one.place for one in odd} <= changed
    assert {one.code for one in odd} <= {cause.code for cause in ROWS} <= set(CAUSES)
    found = {one.code for one in odd}
    assert len(found & {"due-date-edited", "due-date-edited-late", "due-date-extended"}) <= 1


def test_nothing_changed_is_nothing_odd() -> None:
    """A snapshot that repeats what was known has no findings, however late it comes."""
    before, new = known(), known()
    assert findings(DUE, before, new, DUE + timedelta(days=400)) == []
