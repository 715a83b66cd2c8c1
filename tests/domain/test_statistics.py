"""What one dossier's life adds to which figure: the odd lives, by each way to count."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lgsp.domain.dossier import BY_WORD
from lgsp.domain.reports.invariants import SETS
from lgsp.domain.reports.periods import SCHEMES, Kind
from lgsp.domain.statistics.definitions import DEFINITIONS
from lgsp.domain.statistics.halves import YEAR, begins, half_of, told_moment
from lgsp.domain.statistics.lives import Known, Life, Progress, Telling, lives
from lgsp.domain.statistics.moves import COLUMNS, left, moves
from lgsp.domain.statistics.sums import FIGURES, figures, of_one
from lgsp.message import VIETNAM

STANDARD, SOLVED, FORM_06A, OPENCPS = DEFINITIONS.values()
START = datetime(2026, 1, 1, 9, tzinfo=VIETNAM)


def day(number: int | None, hour: int = 9) -> int | None:
    """Return a moment of the 1st, 2nd, ... of January 2026 and on."""
    if number is None:
        return None
    return round((START + timedelta(days=number - 1, hours=hour - 9)).timestamp()) * 1_000_000


def told(status: str = "processing", known: int = 1, order: int = 0, **said: Any) -> Telling:
    """Return a snapshot: received on the 1st and due on the 10th, unless something else is said."""
    days = {"received": 1, "due": 10, "finished": None, "returned": None, "declined": None} | {
        name: said.pop(name) for name in list(said) if name in {"received", "due", "finished", "returned", "declined"}
    }  # fmt: skip
    moments: dict[str, Any] = {name: day(number) for name, number in days.items()}
    first = said.pop("first_due", days["due"])
    number = BY_WORD[status].number if status else 0
    whole = {"source": "s", "agency": "H44", "procedure": "1.0", "field": "F", "channel": "online"} | said
    return Telling(order or known, day(known) or 0, status=number, first_due=day(first), **whole, **moments)


def step(status: str, at: int, known: int = 1, order: int = 1000, source: str = "s") -> Progress:
    """Return a progress entry."""
    return Progress(order + at, day(known) or 0, source, day(at) or 0, BY_WORD[status].number)


def last(*events: Telling | Progress) -> Life:
    """Return what is known now of a dossier."""
    found = lives(
        [one for one in events if isinstance(one, Telling)],
        [one for one in events if isinstance(one, Progress)],
    )
    return found[-1].life


def added(life: Life, definition: Any = STANDARD) -> list[tuple[str, int, int]]:
    """Return the moves of a life: column, day of January 2026, and sign."""
    return [
        (
            one.column,
            datetime.fromtimestamp(one.at / 1e6, VIETNAM).toordinal() - START.toordinal() + 1,
            one.number,
        )
        for one in moves(life, definition)
    ]


# --- half-months ------------------------------------------------------------------------------------------


def test_every_period_of_every_scheme_is_made_of_whole_half_months() -> None:
    """Else its figures could not be counted ahead."""
    for scheme in SCHEMES.values():
        for kind in Kind:
            for year in (2023, 2026):
                for number in range(1, scheme.cuts[kind].count + 1):
                    period = scheme.period(kind, year, number)
                    for moment in (period.begins, period.cut_off):
                        micros = int(moment.timestamp()) * 1_000_000
                        assert begins(half_of(micros)) == micros
                        assert half_of(micros - 1) == half_of(micros) - 1


def test_a_year_of_half_months_begins_on_15_december() -> None:
    """As the government's does: a yearly table reads one of them."""
    year = SCHEMES["government/1"].period(Kind.YEAR, 2026)
    first = half_of(int(year.begins.timestamp()) * 1_000_000)
    assert (first % YEAR, half_of(int(year.cut_off.timestamp()) * 1_000_000)) == (0, first + YEAR)


@pytest.mark.parametrize("year", [1, 1899, 2200, 9998])
def test_a_year_in_which_there_are_no_dossiers_is_no_date(year: int) -> None:
    """A slip of a source: nothing is counted by it, and nothing stops at it."""
    moment = round(
        (datetime(year, 6, 1, tzinfo=VIETNAM) - datetime(1970, 1, 1, 7, tzinfo=VIETNAM)).total_seconds()
    )
    assert told_moment(moment * 1_000_000) is None
    assert told_moment(day(1)) == day(1)


# --- lives ------------------------------------------------------------------------------------------------


def test_nothing_is_known_before_the_first_snapshot() -> None:
    """Progress alone says neither agency nor channel."""
    assert lives([], [step("finished", 3)]) == []


def test_each_stretch_of_knowledge_ends_where_the_next_begins() -> None:
    """What is told again without news makes none; what is told at one moment makes one."""
    known = lives(
        [told(), told(known=2), told("finished", 3, finished=3), told("returned", 3, 4, finished=3)], []
    )
    assert [(one.since, one.until) for one in known] == [(day(1), day(3)), (day(3), None)]
    assert known[-1].life.status == BY_WORD["returned"].number


def test_a_later_message_is_never_known_earlier() -> None:
    """Where clocks of transactions overtake one another the order of the messages counts."""
    known = lives([told(known=5, order=1), told("finished", 4, 2, finished=4)], [])
    assert [(one.since, one.until) for one in known] == [(day(5), None)]
    assert known[0].life.released == day(4)


def test_the_order_and_repetition_of_progress_change_nothing() -> None:
    """The same steps, told in any order and again."""
    steps = [
        step("processing", 2),
        step("supplement_required", 3),
        step("processing", 5),
        step("finished", 9),
    ]
    orders = [steps, steps[::-1], [*steps, *steps]]
    made = {last(told(), *(one._replace(order=n + 50) for n, one in enumerate(order))) for order in orders}
    assert len(made) == 1
    assert made.pop().waits == ((day(3), day(5)),)


def test_handling_that_goes_on_undoes_an_end() -> None:
    """Finished, taken up again: it is in process until it ends anew."""
    open_ = last(told(), step("finished", 3), step("processing", 4))
    assert left(open_) is None
    assert left(last(told(), step("finished", 3), step("processing", 4), step("finished", 6))) == day(6)


def test_the_source_that_told_a_snapshot_last_speaks() -> None:
    """With its own progress: another one's steps say nothing then."""
    known = lives(
        [told(), told("processing", 5, 2, source="other")],
        [step("finished", 3, known=3, order=-1000), step("finished", 3, known=4, source="third")],
    )
    assert [one.life.released for one in known] == [day(3), None]


def test_an_undated_withdrawal_is_dated_by_when_the_platform_learnt_of_it() -> None:
    """By the first snapshot that said so, not by the last; and it is kept that nobody dated it."""
    life = last(told(), told("withdrawn", 4), told("withdrawn", 6, channel="post"))
    assert (life.ended, life.dated) == (day(4), False)
    assert last(told("withdrawn", 4, finished=3)).dated


def test_a_promise_moves_with_a_supplement_and_not_with_an_apology() -> None:
    """Each supplement that was asked for moves it at most once."""
    asked = ((day(3) or 0, day(5)),)
    moved = told(known=6, due=15, first_due=10, pauses=asked)
    assert last(told(), moved).promised == day(15)
    assert last(told(), moved, told(known=8, due=20, first_due=10, pauses=asked)).promised == day(15)
    assert last(told(), told(known=6, due=15, first_due=10)).promised == day(10)
    assert last(told(), told(known=6, due=15, first_due=10)).due == day(15)


def test_a_promise_told_later_is_the_first() -> None:
    """A dossier without a due date may be given one."""
    assert last(told(due=None, first_due=None), told(known=3, due=12, first_due=12)).promised == day(12)
    assert last(told(due=None, first_due=None)).promised is None


# --- moves ------------------------------------------------------------------------------------------------


def test_a_dossier_enters_and_leaves() -> None:
    """Early, on time or late by the day of its promise."""
    for end, called in ((9, "early"), (10, "on_time")):
        assert added(last(told("finished", 12, finished=end))) == [("online", 1, 1), (called, end, 1)]
    late = added(last(told("finished", 12, finished=12)))
    assert late == [("online", 1, 1), ("late", 12, 1), ("overdue", 11, 1), ("overdue", 12, -1)]


def test_finished_before_it_was_received_it_leaves_when_it_comes() -> None:
    """It is in no stock, and in both flows of one period."""
    life = last(told("finished", 5, received=5, finished=2))
    assert added(life) == [("online", 5, 1), ("early", 5, 1)]


def test_withdrawn_before_it_was_finished() -> None:
    """Apart, or solved, or on time; overdue until then where it was."""
    life = last(told("withdrawn", 13, finished=13))
    overdue = [("overdue", 11, 1), ("overdue", 13, -1)]
    assert added(life) == [("online", 1, 1), ("withdrawn", 13, 1), *overdue]
    assert added(life, FORM_06A) == [("online", 1, 1), ("withdrawn", 13, 1), ("on_time", 13, 1), *overdue]


def test_a_stopped_dossier_stays_for_ever_under_form_06a() -> None:
    """In process, and within term from the stop on; the standard lets it leave, OpenCPS calls it late."""
    life = last(told("stopped", 13, finished=13))
    overdue = [("overdue", 11, 1), ("overdue", 13, -1)]
    assert added(life) == [("online", 1, 1), ("stopped", 13, 1), *overdue]
    assert added(life, FORM_06A) == added(life, SOLVED) == added(life)
    assert added(life, OPENCPS)[:3] == [("online", 1, 1), ("stopped", 13, 1), ("late", 13, 1)]
    far = day(4000) or 0
    stocks = {
        one.label: of_one(one, life, far, far + 1)["in_process_on_time"] for one in DEFINITIONS.values()
    }
    assert stocks == {"standard/1": 0, "withdrawn-solved/1": 1, "form-06a/1": 1, "opencps/1": 0}


def test_a_stop_that_nobody_dated_is_not_called_by_when_it_was_learnt() -> None:
    """OpenCPS calls what shows no release on time, whenever the platform heard of it."""
    assert ("on_time", 20, 1) in added(last(told("stopped", 20)), OPENCPS)


def test_waiting_keeps_from_being_overdue() -> None:
    """Standard: unless it was when the wait began. Form 06a: always. OpenCPS: it is neither."""
    early = last(told(), step("supplement_required", 8), step("processing", 15))
    assert added(early) == [("online", 1, 1), ("overdue", 15, 1)]
    late = last(told(), step("supplement_required", 12), step("processing", 15))
    assert added(late) == [("online", 1, 1), ("overdue", 11, 1)]
    spans = [("overdue", 11, 1), ("overdue", 12, -1), ("overdue", 15, 1)]
    assert added(late, FORM_06A) == [("online", 1, 1), *spans]
    waits = [("waiting", 12, 1), ("waiting", 15, -1)]
    assert added(late, OPENCPS) == [("online", 1, 1), *waits, *[(c, d - (d == 11), n) for c, d, n in spans]]


def test_what_waits_still_is_overdue_by_no_day() -> None:
    """Its clock stands still."""
    assert added(last(told("payment_required", 3))) == [("online", 1, 1)]


@pytest.mark.parametrize(
    ("life", "reason"),
    [
        (last(told(received=None)), ("no_receipt", 1)),
        (last(told(known=7, received=None, status="finished")), ("no_receipt", 7)),
        (last(told("")), ("no_status", 1)),
        (last(told(channel="")), ("no_channel", 1)),
        (last(told(due=None)), ("no_due", 1)),
        (last(told("finished", 12)), ("no_end", 1)),
    ],
)
def test_what_cannot_be_placed_is_in_no_figure(life: Life, reason: tuple[str, int]) -> None:
    """It is counted by what it lacks, from when it was received or else learnt of."""
    assert added(life) == [(*reason, 1)]


def test_what_was_only_registered_is_counted_nowhere() -> None:
    """Nor is it unclassified: nothing is wrong with it."""
    assert added(last(told("registered", received=None))) == []


def test_a_refused_one_stands_apart() -> None:
    """It was never received, whatever date it gives."""
    assert added(last(told("not_accepted", 4, declined=3))) == [("refused", 3, 1)]


def test_no_promise_is_on_time_where_the_way_to_count_says_so() -> None:
    """Form 06a and OpenCPS; it is never overdue."""
    for definition in (FORM_06A, OPENCPS):
        assert added(last(told("finished", 40, due=None, finished=40)), definition) == [
            ("online", 1, 1), ("on_time", 40, 1),
        ]  # fmt: skip


# --- figures ----------------------------------------------------------------------------------------------


def test_ways_to_count_are_named_as_their_invariants() -> None:
    """A table can be held against what must be true of it."""
    assert DEFINITIONS.keys() <= SETS.keys()
    assert len({one.number for one in DEFINITIONS.values()}) == len(DEFINITIONS)


@pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=DEFINITIONS)
def test_figures_keep_the_invariants_of_their_way_to_count(definition: Any) -> None:
    """Each column a different number: no sum is right by chance."""
    before = [3**n for n in range(len(COLUMNS))]
    during = [5 * 2**n for n in range(len(COLUMNS))]
    found = figures(definition, before, during)
    assert SETS[definition.label].check(found) == ()
    assert found.keys() == set(FIGURES)
    after = figures(definition, [a + b for a, b in zip(before, during, strict=True)], [0] * len(COLUMNS))
    assert SETS[definition.label].check(after, found) == ()


@pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=DEFINITIONS)
@pytest.mark.parametrize("column", ["online", "total", "solved", "in_process", "carried_over", "received"])
def test_a_figure_that_is_one_off_breaks_an_invariant(definition: Any, column: str) -> None:
    """What holds by construction is looked at all the same."""
    found = figures(definition, [3**n for n in range(len(COLUMNS))], [5 * 2**n for n in range(len(COLUMNS))])
    assert SETS[definition.label].check(found | {column: found[column] + 1})


def test_what_leaves_is_never_more_than_what_came() -> None:
    """Every move that takes something off stands behind the one that added it."""
    found: Counter[str] = Counter()
    for status in ("processing", "supplement_required", "withdrawn", "stopped", "finished", "returned"):
        for end in (0, 5, 15):
            life = last(told(status, 20, finished=end), step("supplement_required", 3), step("processing", 4))
            for definition in DEFINITIONS.values():
                for one in sorted(moves(life, definition), key=lambda one: one.at):
                    found[one.column] += one.number
                    assert found[one.column] >= 0


def test_knowledge_is_told_apart_from_what_befell() -> None:
    """An end known a month later adds to the month in which it befell, from when it was known on."""
    known = lives([told(), told("finished", 40, finished=5)], [])
    assert [one.since for one in known] == [day(1), day(40)]
    assert isinstance(known[0], Known)
    assert added(known[1].life) == [("online", 1, 1), ("early", 5, 1)]
    assert date(2026, 1, 1).toordinal() == START.toordinal()
