"""A dossier that is told again is compared with all that was told of it before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.dossier import BY_WORD
from lgsp.domain.retold import Told, dossier, edits, first_values
from lgsp.message import VIETNAM

START = datetime(2026, 2, 1, 8, tzinfo=VIETNAM)
DUE = "2026-02-06T17:00:00+07:00"


def told(*snapshots: dict[str, Any]) -> list[Told]:
    """Return snapshots that were told a day apart."""
    return [Told(values, START + timedelta(days=n), f"m{n}") for n, values in enumerate(snapshots)]


def codes(before: list[Told], day: float, **data: Any) -> list[str]:
    """Return the findings of a state that is told on a day, counted from the first telling."""
    return [odd.code for odd in dossier(before, data, START + timedelta(days=day))]


def test_nothing_before_is_nothing_odd() -> None:
    """A first telling is compared with nothing, whatever it says."""
    assert codes([], 0, status="returned", due_at=DUE) == []


def test_a_supplement_that_gives_a_new_date_explains_it() -> None:
    """The new due date stands in the supplement itself: nobody has to explain anything."""
    before = told({"/status": "processing", "/due_at": DUE})
    later = "2026-02-20T17:00:00+07:00"
    said = codes(before, 1, status="processing", due_at=later, supplements=[{"due_after": later}])
    assert said == ["due-date-extended"]
    assert codes(before, 1, status="processing", due_at=later) == ["due-date-edited"]


def test_a_pause_counts_from_when_it_was_first_told() -> None:
    """Paused in time and told twice: the second telling, after the due date, does not make it late."""
    paused = {"/status": "supplement_required", "/due_at": DUE}
    earlier = told({"/status": "processing", "/due_at": DUE}, paused)
    before = [*earlier, Told(paused, START + timedelta(days=9), "m9")]
    assert codes(before, 10, status="processing", due_at="2026-02-20T17:00:00+07:00") == ["due-date-extended"]


def test_the_due_date_that_was_first_told_stays_the_first() -> None:
    """Back to what was promised first is an edit, but no late one: a later date never takes its place."""
    status = {"/status": "processing"}
    before = told(status, status | {"/due_at": DUE}, status | {"/due_at": "2026-02-05T17:00:00+07:00"})
    assert codes(before, 9, status="processing", due_at=DUE) == ["due-date-edited"]
    assert codes(before, 9, status="processing", due_at="2026-02-20T17:00:00+07:00") == [
        "due-date-edited-late",
        "reset",
    ]


def test_what_says_nothing_of_its_status_is_passed_over() -> None:
    """Values of a type's older form, or of none of the known words, are not compared."""
    assert codes(told({"/due_at": DUE}, {"/status": "?"}), 1, status="finished") == []


_VALUES = st.dictionaries(
    st.sampled_from(["/status", "/due_at", "/finished_at"]), st.sampled_from(["a", "b", "c"]), max_size=3
)


@given(st.lists(_VALUES, max_size=6))
def test_first_values_and_edits_give_back_the_last_snapshot(snapshots: list[dict[str, str]]) -> None:
    """From what was first in the first snapshot, the trail leads to the last one: nothing is left out."""
    series = told(*snapshots)
    now: dict[str, Any] = dict(snapshots[0]) if snapshots else {}
    for edit in edits(series):
        assert now.get(edit.field) == edit.old
        now[edit.field] = edit.new
    assert {name: value for name, value in now.items() if value is not None} == (
        snapshots[-1] if snapshots else {}
    )
    for name, one in first_values(series).items():
        assert one.new == next(s[name] for s in snapshots if name in s)


def _lives() -> Iterator[list[str]]:
    yield ["registered", "received", "processing", "finished", "returned"]
    yield ["received", "processing", "supplement_required", "processing", "finished", "returned"]


def test_an_ordinary_life_has_no_finding() -> None:
    """A dossier that goes its way in time is never remarked upon."""
    for life in _lives():
        assert set(life) <= BY_WORD.keys()
        before: list[Told] = []
        for day, status in enumerate(life):
            finished = (
                {"finished_at": "2026-02-04T10:00:00+07:00"} if status in {"finished", "returned"} else {}
            )
            assert codes(before, day, status=status, due_at=DUE, **finished) == [], (life, status)
            pointed = {f"/{name}": value for name, value in finished.items()}
            before.append(
                Told({"/status": status, "/due_at": DUE, **pointed}, START + timedelta(days=day), "m")
            )
