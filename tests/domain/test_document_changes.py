"""Recalls and updates: who agreed and destroyed, who declined, who has not answered; the answer to which ask."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lgsp.domain.course.awaiting import From
from lgsp.domain.course.following import Course, courses
from lgsp.domain.course.packets import Packet, Way
from lgsp.domain.course.telling import told
from tests.domain.documents_told import KEY, ONE, SENDER, TWO, after, document, followed, present, status, way

THREE = {"code": "H44.14", "name": "Sở Nội vụ"}
ALL = [ONE, TWO, THREE]
LETTER = document(way(), to=ALL)


def ask(act: str = "recall", minutes: float = 60, **more: object) -> Packet:
    """Return a recall, or an update, that reached everybody a minute later."""
    return document(way(minutes=minutes + 1), to=ALL, act=act, minutes=minutes, **more)


def words(course: Course, n: int = 0) -> dict[str, str]:
    """Return what each receiver made of a change."""
    return {answer.body.code: answer.word for answer in course.changes[n].answers}


def test_a_recall_with_mixed_answers() -> None:
    """One destroyed it, one declined, one says nothing: each is named, with who it was and what is awaited."""
    course = followed(
        LETTER,
        *(status("03", by, minutes=9) for by in ALL),
        ask(),
        status("15", ONE, minutes=70),
        status("16", TWO, minutes=80, description="Đã xử lý xong"),
    )
    assert words(course) == {"H44.12": "agreed", "H44.13": "declined", "H44.14": "none"}
    assert [one.awaited.what for one in course.changes[0].answers] == [
        "nothing",
        "decision",
        "recall-answer",
    ]
    assert [(one.awaited.what, one.awaited.of) for one in course.receivers] == [
        ("nothing", From.NOBODY),
        ("assignment", From.RECEIVER),
        ("recall-answer", From.RECEIVER),
    ]
    assert course.receivers[2].awaited.since == after(61)
    assert "đã hủy văn bản" in course.receivers[0].awaited.vi
    (change,) = told(course)["changes"]
    assert [change[name] for name in ("agreed", "declined", "unanswered")] == [1, 1, 1]
    assert [answer["destroyed"] for answer in change["answers"]] == [True, False, False]
    assert change["answers"][1]["status"]["description"] == "Đã xử lý xong"
    assert change["answers"][0]["status"]["staff"] == {"name": "Văn thư 15"}


def test_agreeing_to_an_update_destroys_nothing() -> None:
    """15 after an update is consent; the document goes on where it was."""
    course = followed(LETTER, status("04", minutes=9), ask("update"), status("15", minutes=70))
    assert words(course)["H44.12"] == "agreed"
    assert told(course)["changes"][0]["answers"][0]["destroyed"] is False
    assert course.receivers[0].awaited.what == "processing"
    assert course.changes[0].answers[1].awaited.what == "update-answer"


def test_taking_back_by_status_is_a_recall_of_one_receiver() -> None:
    """13 comes from the sender, to one receiver, with a reason; the others are not asked."""
    back = status(
        "13",
        SENDER,
        minutes=60,
        to="H44.13",
        description="Ban hành nhầm",
        ways=[way("delivered", minutes=61)],
    )
    course = followed(LETTER, back, status("15", TWO, minutes=70))
    assert words(course) == {"H44.13": "agreed"}
    (change,) = told(course)["changes"]
    assert (change["what"], change["code"], change["reason"]) == ("recall", "13", "Ban hành nhầm")
    assert course.receivers[0].awaited.what == "arrival"


def test_taking_back_from_everybody_is_no_matter_of_minutes() -> None:
    """A letter to every commune, taken back from each by a status of its own, each answered."""
    to = [{"code": f"H44.{n}.1"} for n in range(2000)]
    codes = [one["code"] for one in to]
    taken = [status("13", SENDER, minutes=60, to=code, ways=[way("delivered", minutes=61)]) for code in codes]
    answers = [status("15", one, minutes=70) for one in to]
    course = followed(document(way(), to=to), *taken, *answers)
    assert [list(words(course, n).values()) for n in range(2000)] == [["agreed"]] * 2000


def test_only_the_sender_takes_back() -> None:
    """A 13 of a receiver, or of a stranger, is shown and asks nobody for anything."""
    course = followed(LETTER, status("13", ONE, minutes=60), status("13", {"code": "G22"}, minutes=61))
    assert course.changes == []
    assert [step.status for step in course.receivers[0].steps] == ["recall_asked"]
    assert course.receivers[0].awaited.what == "arrival"
    assert [step.status for step in course.others] == ["recall_asked"]


@pytest.mark.parametrize(
    ("minutes", "came", "expected"),
    [(40, 40, ("agreed", "none")), (40, 90, ("agreed", "none")), (70, 70, ("none", "agreed"))],
)
def test_an_answer_belongs_to_what_was_asked_before_it(
    minutes: float, came: float, expected: tuple[str, str]
) -> None:
    """An update was agreed to, then a recall came: that consent, however late it is told, destroys nothing."""
    course = followed(LETTER, ask("update", 30), ask("recall", 60), status("15", minutes=minutes, came=came))
    assert (words(course, 0)["H44.12"], words(course, 1)["H44.12"]) == expected


def test_a_receivers_clock_may_be_somewhat_behind() -> None:
    """An answer of two minutes before the question is one to it, not to what was asked an hour ago."""
    course = followed(LETTER, ask("update", 10), ask("recall", 60), status("15", minutes=58, came=62))
    assert words(course, 1)["H44.12"] == "agreed"


def test_an_answer_that_names_the_recall_is_one_to_it() -> None:
    """A recall with an id of its own is answered under that, whatever was asked since."""
    recall = ask("recall", 30, id="R-1")
    named = status("16", minutes=70, about={"id": "R-1", "agency": "H37"})
    course = followed(LETTER, recall, ask("update", 60), named)
    assert (words(course, 0)["H44.12"], words(course, 1)["H44.12"]) == ("declined", "none")
    plain = status("16", minutes=70, about={"id": KEY, "agency": "H37"})
    course = followed(LETTER, recall, ask("update", 60), plain)
    assert (words(course, 0)["H44.12"], words(course, 1)["H44.12"]) == ("none", "declined")


def test_an_answer_that_names_the_document_names_no_change() -> None:
    """An update bears the id of its document: naming that is not naming the update."""
    course = followed(LETTER, ask("update", 30), ask("recall", 60, id="R-1"), status("15", minutes=70))
    assert (words(course, 0)["H44.12"], words(course, 1)["H44.12"]) == ("none", "agreed")


def test_the_last_answer_counts() -> None:
    """Who declined at first and destroyed it later has destroyed it; both stand there."""
    course = followed(LETTER, ask(), status("16", minutes=70), status("15", minutes=90))
    assert words(course)["H44.12"] == "agreed"
    assert [step.status for step in course.changes[0].answers[0].steps] == [
        "change_declined",
        "change_agreed",
    ]


def test_an_answer_without_a_question_is_shown_and_no_more() -> None:
    """15 about nothing that was asked here stands in the history."""
    course = followed(LETTER, status("15", minutes=9))
    assert course.receivers[0].awaited.what == "arrival"
    assert [step.status for step in course.receivers[0].steps] == ["change_agreed"]


def test_a_recall_by_somebody_else_is_shown_and_awaits_nobody() -> None:
    """Nobody but the sender takes a document back, whatever a packet under its id says."""
    course = followed(LETTER, ask(sender={"code": "G22"}))
    assert [change.by_sender for change in course.changes] == [False]
    assert course.receivers[0].awaited.what == "arrival"
    assert told(course)["changes"][0]["by"]["code"] == "G22"


@pytest.mark.parametrize(("state", "what"), [("waiting", "turn"), ("held", "decision"), ("put off", "retry")])
def test_a_recall_that_did_not_arrive_asks_nobody_yet(state: str, what: str) -> None:
    """While it is on its way, what is awaited is what its delivery waits for."""
    recall = document(way(state, minutes=61), to=ALL, act="recall", minutes=60)
    course = followed(LETTER, recall)
    assert course.receivers[0].awaited.what == what
    assert course.changes[0].answers[0].awaited.what == what


def test_a_recall_of_what_never_arrived_waits_behind_it() -> None:
    """Both stand still: the document's own delivery is what has to be looked at."""
    letter = document(way("held"), to=ALL)
    recall = document(way("waiting", minutes=61), to=ALL, act="recall", minutes=60)
    assert followed(letter, recall).receivers[0].awaited.what == "decision"


@pytest.mark.parametrize(
    ("before", "what", "of", "words"),
    [
        (way("offered"), "collection", From.SYSTEM, "document-axis has to collect"),
        (way("sending"), "answer", From.SYSTEM, "document-axis has to answer"),
        (way("put off", next_attempt_at=after(90)), "retry", From.SYSTEM, "at 05/03/2026 09:30:00"),
        (way("put off", standing="paused"), "resumption", From.OPERATOR, "paused"),
        (way("held"), "decision", From.OPERATOR, "an operator decides"),
        (way("refused"), "decision", From.OPERATOR, "an operator replays or cancels"),
        (way("exhausted"), "decision", From.OPERATOR, "an operator replays or cancels"),
        (way("ready"), "turn", From.PLATFORM, "has to end first"),
    ],
)
def test_a_recall_behind_its_document_says_who_holds_it_up(
    before: Way, what: str, of: From, words: str
) -> None:
    """Who asks why a recall stands still is told who has to act on what went before it, and since when."""
    recall = document(way("waiting", minutes=61), to=ALL, act="recall", minutes=60)
    awaited = followed(document(before, to=ALL), recall).changes[0].answers[0].awaited
    assert (awaited.what, awaited.of) == (what, of)
    assert words in awaited.en
    assert "{" not in awaited.vi + awaited.en
    assert awaited.since == after(61 if what == "turn" else 1)


def test_a_recall_waits_for_a_person_only_where_its_document_died() -> None:
    """One of two receivers was refused it: of that one a person decides, the other is asked to destroy it."""
    letter = document(way("delivered", "H44.12"), way("refused", "H44.13"), to=[ONE, TWO])
    ways = (way("delivered", "H44.12", minutes=61), way("waiting", "H44.13", minutes=61))
    recall = document(*ways, to=[ONE, TWO], act="recall", minutes=60)
    answers = {answer.body.code: answer for answer in followed(letter, recall).changes[0].answers}
    assert answers["H44.12"].awaited.what == "recall-answer"
    assert (answers["H44.13"].awaited.of, answers["H44.13"].awaited.what) == (From.OPERATOR, "decision")
    assert str(letter.ways[1].number) in answers["H44.13"].awaited.vi


def test_what_happens_at_another_system_holds_nothing_up() -> None:
    """The document waits to be collected here; its recall towards another system only waits its turn."""
    letter = document(replace(way("offered", "H44.12"), system="dms"), to=ALL)
    recall = document(way("waiting", minutes=61), to=ALL, act="recall", minutes=60)
    assert followed(letter, recall).changes[0].answers[0].awaited.what == "turn"


def test_a_recall_that_names_nobody_is_for_all() -> None:
    """Without receivers of its own it speaks to those of the document."""
    course = followed(LETTER, document(way(), act="recall", to=(), minutes=60))
    assert sorted(words(course)) == ["H44.12", "H44.13", "H44.14"]


def test_a_recall_from_somebody_who_never_received_it_moves_nobody() -> None:
    """It is shown, with nobody to answer; those who have the document are not asked by it."""
    course = followed(LETTER, status("13", SENDER, minutes=60, to="G22"))
    assert words(course) == {}
    assert {one.awaited.what for one in course.receivers} == {"arrival"}


def test_a_recall_by_another_body_is_not_of_this_document() -> None:
    """Two documents share an opaque id; a recall takes back that of its own sender."""
    other = document(way(), to=[TWO], sender={"code": "G22"}, minutes=1)
    recall = document(way(), to=ALL, act="recall", minutes=60, sender={"code": "G22"})
    mine, theirs = courses([LETTER, other, recall], present())
    assert (len(mine.changes), len(theirs.changes)) == (0, 1)
