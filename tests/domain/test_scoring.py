"""The measures: where each puts a dossier, and what figures say of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from lgsp.domain.calendar.agencies import Calendars
from lgsp.domain.calendar.terms import Term
from lgsp.domain.dossier import BY_WORD
from lgsp.domain.scoring.cases import Case, ending
from lgsp.domain.scoring.judging import Judge, Verdict
from lgsp.domain.scoring.marks import Mark
from lgsp.domain.scoring.measures import MEASURES
from lgsp.domain.scoring.periods import Period
from lgsp.domain.scoring.procedures import Procedure

JANUARY = Period(date(2026, 1, 1), date(2026, 1, 31))
CALENDARS = Calendars()
LATER = 2**60


def at(text: str) -> int:
    """Return a moment of January 2026 (`15 08:30`), or one that is written in full, in microseconds."""
    full = f"2026-01-{text}" if len(text) < 10 else text
    return int(datetime.fromisoformat(f"{full}+07:00").timestamp()) * 1_000_000


def course(*steps: tuple[str, str]) -> list[tuple[int, int]]:
    """Return a course of (when, status)."""
    return [(at(when), BY_WORD[status].number) for when, status in steps]


def case(status: str = "processing", **changed: Any) -> Case:
    """Return a dossier received on 15 January and promised for the 20th."""
    told: dict[str, Any] = {
        "key": "H44.11-260115-0001", "source": "one-stop", "agency": "H44.11", "procedure": "1.003897",
        "channel": "direct", "status": BY_WORD[status].number, "received": at("15 08:00"),
        "due": at("20 17:00"), "finished": None, "returned": None, "declined": None, "known": at("15 08:01"),
        "marks": Mark(0),
    }  # fmt: skip
    return Case(**told | changed)


def verdict(measure: str, one: Case, period: Period = JANUARY, now: int = LATER) -> Verdict | None:
    """Return where a measure puts a dossier."""
    return Judge(period, now, CALENDARS).verdicts(one).get(measure)


def reason(measure: str, one: Case, period: Period = JANUARY, now: int = LATER) -> str | None:
    """Return why a dossier is not in the numerator, empty if it is; None where it is not judged."""
    found = verdict(measure, one, period, now)
    return None if found is None else found.reason


# --- when it ended --------------------------------------------------------------------------------------


def test_nine_wins_over_ten() -> None:
    """The end is where handling was finished, though the result was handed over later."""
    one = case(
        "returned",
        course=course(("16 08:00", "processing"), ("19 08:00", "finished"), ("22 08:00", "returned")),
    )
    assert ending(one, LATER).at == at("19 08:00")
    only_ten = case("returned", course=course(("16 08:00", "processing"), ("22 08:00", "returned")))
    assert ending(only_ten, LATER).at == at("22 08:00")


@pytest.mark.parametrize("status", ["stopped", "withdrawn", "not_accepted"])
def test_a_broken_off_dossier_ends_there(status: str) -> None:
    """Stopped, withdrawn and refused are ends where nothing was finished."""
    found = ending(case(status, course=course(("16 08:00", "processing"), ("18 08:00", status))), LATER)
    assert (found.at, found.done) == (at("18 08:00"), False)


def test_a_dossier_that_was_taken_up_again_ends_when_it_is_finished_again() -> None:
    """An end before further handling is none."""
    steps = course(("16 08:00", "finished"), ("17 08:00", "processing"), ("19 08:00", "finished"))
    assert ending(case("finished", course=steps), LATER).at == at("19 08:00")
    assert ending(case("processing", course=steps[:2]), LATER).at is None


def test_without_progress_the_snapshot_says_when_it_ended() -> None:
    """`NgayKetThucXuLy` first, then the day on which the result was handed over; and only of an ended one."""
    told = {"finished": at("18 08:00"), "returned": at("19 08:00")}
    assert ending(case("returned", **told), LATER).at == at("18 08:00")
    assert ending(case("returned", returned=at("19 08:00")), LATER).at == at("19 08:00")
    assert ending(case("processing", **told), LATER).at is None
    assert ending(case("not_accepted", declined=at("17 08:00")), LATER).at == at("17 08:00")


def test_what_befell_after_the_moment_is_not_known_then() -> None:
    """A period is judged as it stood at its end."""
    one = case("finished", course=course(("16 08:00", "processing"), ("19 08:00", "finished")))
    assert ending(one, at("19 08:00")).at is None
    assert ending(one, at("19 08:01")).at == at("19 08:00")


# --- 2.1: on time ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "told"), [("20 17:00", ""), ("20 17:01", "late"), ("2026-02-03 08:00", "overdue")]
)
def test_an_end_up_to_the_promised_moment_is_on_time(when: str, told: str) -> None:
    """To the minute; what ends after the period had not ended in it."""
    assert reason("2.1", case("finished", course=course((when, "finished")))) == told


def test_what_has_not_ended_is_measured_at_the_end_of_the_period() -> None:
    """Promised for a day behind it: still on time; in a period that lasts, now is its end."""
    assert reason("2.1", case()) == "overdue"
    assert reason("2.1", case(due=at("2026-02-01 17:00"))) == ""
    assert reason("2.1", case(), now=at("18 08:00")) == ""


def test_the_time_of_one_supplement_is_subtracted() -> None:
    """Two days late, three of them waited for: on time. A second request makes it late whatever happens."""
    steps = course(
        ("16 08:00", "processing"), ("17 08:00", "supplement_required"), ("20 08:00", "processing"),
        ("22 08:00", "finished"),
    )  # fmt: skip
    found = ending(case("finished", course=steps), LATER)
    assert (found.waited, found.asked) == (3 * 86_400_000_000, 1)
    assert reason("2.1", case("finished", course=steps)) == ""
    twice = course(
        ("16 08:00", "supplement_required"), ("16 09:00", "processing"), ("17 08:00", "supplement_required"),
        ("17 09:00", "finished"),
    )  # fmt: skip
    assert reason("2.1", case("finished", course=twice)) == "supplements"


def test_a_request_that_is_told_twice_in_a_row_is_one() -> None:
    """An officer who writes a second line while the same supplement is awaited asked once."""
    steps = course(
        ("16 08:00", "supplement_required"), ("16 09:00", "supplement_required"), ("17 08:00", "finished")
    )
    assert ending(case("finished", course=steps), LATER).asked == 1
    assert reason("2.1", case("finished", course=steps)) == ""


def test_one_supplement_that_is_awaited_counts_as_the_end() -> None:
    """From when it was asked for; the dossier still belongs to every later period."""
    waiting = case("supplement_required", course=course(("18 08:00", "supplement_required")))
    assert reason("2.1", waiting) == ""
    assert reason("2.1", waiting, Period(date(2026, 2, 1), date(2026, 2, 28))) == ""
    after = case("supplement_required", course=course(("21 08:00", "supplement_required")))
    assert reason("2.1", after) == "late"


def test_supplements_that_only_the_snapshot_tells_of_count_alike() -> None:
    """Where no progress shows them: subtracted when they came, an end while they are awaited."""
    came = case("finished", finished=at("22 08:00"), supplements=[(at("17 08:00"), at("20 08:00"))])
    assert reason("2.1", came) == ""
    assert reason("2.1", case("supplement_required", supplements=[(at("18 08:00"), None)])) == ""
    two = [(at("16 08:00"), at("16 09:00")), (at("17 08:00"), None)]
    assert reason("2.1", case("supplement_required", supplements=two)) == "supplements"


def test_without_a_promised_date_the_term_of_the_procedure_counts() -> None:
    """Two working days from Thursday 15 January end on Monday the 19th; without a term it is outside."""
    knows = Procedure(terms={"direct": Term.of_days(2)})
    for when, told in (("19 16:00", ""), ("20 08:00", "late")):
        one = case("finished", due=None, course=course((when, "finished")), knows=knows)
        assert reason("2.1", one) == told
    found = verdict("2.1", case("finished", due=None, course=course(("19 08:00", "finished"))))
    assert found is not None
    assert (found.reason, found.outside) == ("no-due", True)


def test_a_period_has_what_was_in_hand() -> None:
    """Not what ended before it, was received after it, or is only registered; carried over is in."""
    february, ended = Period(date(2026, 2, 1), date(2026, 2, 28)), course(("19 08:00", "finished"))
    assert reason("2.1", case("finished", course=ended), february) is None
    assert reason("2.1", case(), february) == "overdue"
    assert reason("2.1", case(), Period(date(2025, 12, 1), date(2025, 12, 31))) is None
    assert reason("2.1", case("registered")) is None


# --- the others -----------------------------------------------------------------------------------------


def test_the_mean_is_of_working_time_of_what_was_handled_to_the_end() -> None:
    """From Thursday 8:00 to Friday 8:00 is one working day of eight hours; a stopped one has none."""
    one = verdict("2.2", case("finished", course=course(("16 08:00", "finished"))))
    assert one == Verdict(amount=8 * 3600)
    assert verdict("2.2", case("stopped", course=course(("16 08:00", "stopped")))) is None
    late = verdict("2.2", case("finished", course=course(("21 08:00", "finished"))))
    assert late is not None
    assert late.reason == "too-long"
    unknown = Period(date(2030, 1, 1), date(2030, 12, 31))
    far = case("finished", received=at("2030-01-07 08:00"), course=course(("2030-01-08 08:00", "finished")))
    assert reason("2.2", far, unknown) == "year-unknown"


def test_synchronised_is_what_the_portal_holds() -> None:
    """What an older connection was to tell counts, as assumed; a failed delivery is told from none."""
    assert reason("1.4", case(synced=True)) == ""
    assert verdict("1.4", case(synced=None)) == Verdict(assumed=True)
    assert reason("1.4", case(synced=False)) == "not-told"
    assert reason("1.4", case(synced=False, standing="refused")) == "not-there"
    assert reason("1.4", case(), Period(date(2026, 2, 1), date(2026, 2, 28))) is None


@pytest.mark.parametrize(
    ("channel", "marks", "knows", "told"),
    [
        ("", Mark(0), None, "channel-missing"),
        ("direct", Mark.RESULT_CODED, None, "not-online"),
        ("post", Mark.RESULT_CODED, None, "not-online"),
        ("online", Mark.RESULTS | Mark.RESULT_LINKED | Mark.RESULT_CODED, True, ""),
        ("online", Mark.RESULTS | Mark.RESULT_LINKED, True, "result-not-electronic"),
        ("online", Mark.RESULTS, None, "result-not-electronic"),
        ("online", Mark(0), True, "result-not-electronic"),
        ("online", Mark(0), False, ""),
        ("online", Mark(0), None, "?"),
    ],
)
def test_online_needs_an_electronic_result_where_the_result_is_a_paper(
    channel: str, marks: Mark, knows: bool | None, told: str
) -> None:
    """Code and link both; where the catalogue does not say, an online dossier counts as assumed."""
    found = verdict("3.3", case(channel=channel, marks=marks, knows=Procedure(paper=knows)))
    assert found == Verdict("" if told == "?" else told, assumed=told == "?")


@pytest.mark.parametrize(
    ("marks", "costs", "told"),
    [
        (Mark.FEES | Mark.PAID_PORTAL | Mark.PAYMENT_SAID, True, Verdict()),
        (Mark.PAID_OWN | Mark.PAYMENT_SAID, True, Verdict()),
        (Mark.PAYMENT_SAID, True, Verdict("not-paid-online")),
        (Mark(0), True, Verdict("payment-unsaid")),
        (Mark.FEES | Mark.PAYMENT_SAID, None, Verdict("not-paid-online", assumed=True)),
        (Mark(0), None, Verdict("fee-unknown", outside=True)),
        (Mark.FEES | Mark.FEES_NOTHING | Mark.PAID_OWN, True, Verdict("fees-nothing", outside=True)),
        (Mark.FEES, False, Verdict("no-fee", outside=True)),
    ],
)
def test_payments_are_of_dossiers_that_cost_something(marks: Mark, costs: bool | None, told: Verdict) -> None:
    """Values 1 and 2 count; fees that are all 0, and procedures without any, are outside."""
    one = case(marks=marks, knows=Procedure(costs=costs))
    assert verdict("3.5", one) == verdict("3.6", one) == told


@pytest.mark.parametrize(
    ("marks", "paper", "told"),
    [
        (Mark(0), None, Verdict("no-papers")),
        (Mark.PAPERS | Mark.RESULT_LINKED | Mark.RESULTS, True, Verdict()),
        (Mark.PAPERS, True, Verdict("no-result-link")),
        (Mark.PAPERS | Mark.RESULTS, None, Verdict("no-result-link")),
        (Mark.PAPERS, False, Verdict()),
        (Mark.PAPERS, None, Verdict(assumed=True)),
    ],
)
def test_digitised_is_what_has_papers_and_a_result(marks: Mark, paper: bool | None, told: Verdict) -> None:
    """Of dossiers that were handled to the end in the period; the others are not judged."""
    done = course(("19 08:00", "finished"))
    one = case("finished", course=done, marks=marks, knows=Procedure(paper=paper))
    assert verdict("4.1", one) == verdict("4.2", one) == told
    assert verdict("4.2", case(marks=marks)) is None


def test_reuse_is_told_otherwise_by_what_was_pushed_and_what_was_born_at_the_portal() -> None:
    """The dossier's own word for those pushed, its papers' for those submitted there."""
    assert reason("4.3", case(marks=Mark.DIGITISED)) == ""
    assert reason("4.3", case(marks=Mark.PAPER_DIGITISED)) == "not-digitised"
    assert reason("4.3", case(marks=Mark.BORN_AT_PORTAL | Mark.PAPER_DIGITISED)) == ""
    assert reason("4.3", case(marks=Mark.BORN_AT_PORTAL | Mark.DIGITISED)) == "not-digitised"


def test_the_national_stores() -> None:
    """A paper from the citizen's store, or a linked result; a verified account, or such a paper."""
    assert reason("4.4", case(marks=Mark.FROM_STORE)) == reason("4.4", case(marks=Mark.RESULT_LINKED)) == ""
    assert reason("4.4", case(marks=Mark.VERIFIED)) == "not-from-store"
    assert reason("4.5", case(marks=Mark.VERIFIED)) == reason("4.5", case(marks=Mark.FROM_STORE)) == ""
    assert reason("4.5", case(marks=Mark.RESULT_LINKED)) == "not-verified"
    assert verdict("4.5", case(marks=Mark.DATABASES)) == Verdict("database-unclear", assumed=True)


def test_what_cannot_be_judged_is_outside_and_says_why() -> None:
    """A body that is gone leaves the measures of time; without a receipt date nothing counts it."""
    gone = case("finished", course=course(("19 08:00", "finished")), marks=Mark.UNREADABLE, synced=True)
    found = Judge(JANUARY, LATER, CALENDARS).verdicts(gone)
    assert {name for name, one in found.items() if not one.outside} == {"1.4", "2.1", "2.2"}
    assert {one.reason for one in found.values() if one.outside} == {"body-gone"}
    unreceived = Judge(JANUARY, LATER, CALENDARS).verdicts(case(received=None))
    assert set(unreceived) == set(MEASURES)
    assert set(unreceived.values()) == {Verdict("no-receipt", outside=True)}
    assert (
        Judge(Period(date(2026, 3, 1), date(2026, 3, 31)), LATER, CALENDARS).verdicts(case(received=None))
        == {}
    )
