"""Judging threads of documents: whatever is lost, doubled, or out of order must be found, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lgsp.demo.threads import Item, Kind, Name, Passage, Thread, judge, repeats

STATUSES = Name(Kind.STATUSES, "G22", "", "H44.11,2026/03/05,1/VP")
DOCUMENTS = Name(Kind.DOCUMENTS, "H44.11", "G22", "H44.11,2026/03/05,1/VP")


def passed(*labels: str, state: str = "delivered", again: int = 0, cause: str = "") -> list[Passage]:
    """Return packets that all stand in one state."""
    return [Passage(label, "document-axis", state, again, cause) for label in labels]


def thread(labels: str, came: str | None = None, *, told: str | None = None, again: int = 0) -> Thread:
    """Return a thread in which everything was delivered; labels are divided by spaces."""
    items = [Item(label) for label in (labels if told is None else told).split()]
    return Thread(items, passed(*labels.split(), again=again), (labels if came is None else came).split())


def found(one: Thread, name: Name = STATUSES) -> list[str]:
    """Return what is wrong with a thread."""
    return list(judge(name, one))


@pytest.mark.parametrize("labels", ["", "01", "01 03 04 05 06", "01 03 15 15", "new recall"])
def test_what_came_as_it_was_told_is_right(labels: str) -> None:
    """Nothing is found where everything has its place."""
    assert found(thread(labels)) == []


@pytest.mark.parametrize(
    ("came", "wrong"),
    [
        ("01 03 05 06", "05 is out of order"),
        ("01 03 04 05", "lost: 06"),
        ("", "lost: 01 03 04 05 06"),
        ("01 03 05 04 06", "05 is out of order"),
        ("01 03 04 05 06 01", "01 is out of order"),
        ("01 03 04 05 06 16", "16 is out of order"),
        ("01 01 03 04 05 06", "1 came again without any doubt"),
    ],
)
def test_what_did_not_come_in_its_place_is_found(came: str, wrong: str) -> None:
    """A status that is lost, early, late, told by nobody, or told twice for no reason is a difference."""
    (line,) = found(thread("01 03 04 05 06", came))
    assert wrong in line
    assert line.startswith("H44.11,2026/03/05,1/VP G22")
    assert line.endswith("(delivered)")


def test_a_recall_before_its_document_is_found() -> None:
    """Whoever hears of the recall first has nothing to give back."""
    (line,) = found(thread("new recall", "recall new"), DOCUMENTS)
    assert "recall is out of order: recall new of new recall" in line


def test_a_document_that_was_never_taken_on_is_lost() -> None:
    """What its sender told and the journal does not have is found, though nothing waits anywhere."""
    (line,) = found(thread("", told="new"), DOCUMENTS)
    assert line.endswith("lost: new of new (taken on)")


def test_what_was_taken_on_in_another_order_is_found() -> None:
    """The order in which it was told counts, not that of the journal."""
    (line,) = found(thread("03 01", told="01 03"))
    assert "03 is out of order" in line
    assert line.endswith("(taken on)")


def test_what_was_turned_away_may_be_missing() -> None:
    """A packet that lies in quarantine is neither lost, nor does it put the others out of order."""
    told = [Item("01"), Item("03", may_miss=True), Item("04")]
    assert found(Thread(told, passed("01", "04"), ["01", "04"])) == []
    assert found(Thread(told, passed("01", "03", "04"), ["01", "03", "04"])) == []


def test_a_doubt_allows_one_more_and_no_second() -> None:
    """Each attempt whose outcome nobody knows may have brought it once more, right behind the first."""
    assert found(thread("01 03", "01 01 03", again=1)) == []
    (line,) = found(thread("01", "01 01 01", again=1))
    assert "2 came again" in line
    assert repeats(thread("01 03", "01 01 03", again=1)) == 1


def test_the_same_told_twice_in_a_row_may_be_one_fact() -> None:
    """Two answers within one second are the same bytes, and are taken on once."""
    assert found(thread("01 15", told="01 15 15")) == []
    assert found(thread("01 15 15")) == []


def test_what_is_held_may_have_come_or_not() -> None:
    """A document in doubt is held with its reason; whether it is there, only the receiver knows."""
    held = Thread([Item("new")], passed("new", state="held", cause="uncertain"))
    assert found(held, DOCUMENTS) == []
    assert found(replace(held, came=["new"]), DOCUMENTS) == []


@pytest.mark.parametrize("state", ["held", "refused"])
@pytest.mark.parametrize("cause", ["", "uncatalogued", "no-such-cause"])
def test_what_does_not_arrive_has_a_reason_to_act_on(state: str, cause: str) -> None:
    """Held or refused without a cause that the catalogue explains helps nobody."""
    (line,) = found(Thread([Item("new")], passed("new", state=state, cause=cause)), DOCUMENTS)
    assert f"{state} without a reason" in line


@pytest.mark.parametrize(
    ("state", "behind", "part"),
    [
        ("waiting", True, "behind"),
        ("parked", True, "behind"),
        ("waiting", False, "waiting"),
        ("offered", False, "waiting"),
        ("put off", False, "waiting"),
        ("exhausted", False, "dead"),
        ("expired", False, "dead"),
        ("superseded", False, "dead"),
    ],
)
def test_only_what_waits_behind_a_held_one_may_be_left(state: str, behind: bool, part: str) -> None:
    """What is still on its way when all is over, or died of itself, is a difference."""
    one = Passage("recall", "dms", state, behind=behind)
    assert one.part == part
    lines = found(Thread([Item("recall")], [one]), DOCUMENTS)
    assert lines == ([] if behind else [f"{DOCUMENTS}: recall to dms: it ends as {state!r}"])
