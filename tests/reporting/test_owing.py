"""Which reports are due: after the cut-off, in working days, and nobody guesses a year that is not notified."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from lgsp.message import VIETNAM
from lgsp.reporting.asking import Elsewhere
from lgsp.reporting.owing import Looked
from lgsp.testing.scene import Clock
from tests.reporting.desk import AGENCY, CUT_OFF, DAY, PERIOD, WHO, Desk, definitions

OTHER = "H44.12"


def on(clock: Clock, day: str) -> None:
    """Let it be a day, at nine."""
    moment = datetime.fromisoformat(f"{day}T09:00:00").replace(tzinfo=VIETNAM)
    clock.now = int(moment.timestamp() * 1_000_000)


async def due(here: Desk, **looked: object) -> list[tuple[str, str, str, str | None]]:
    """Return standing, period, agency and last day of what is due."""
    found = await here.book.due(Looked(**looked))  # type: ignore[arg-type]
    return [
        (one["standing"], one["period"]["code"], one["agency"]["code"], one["due_on"])
        for one in found
        if one["regime"] == "KSTT"
    ]


def owed_by(here: Desk, *agencies: str) -> None:
    """Let some agencies owe the report of every month, named in the regime."""
    regimes = dict(definitions().regimes)
    months = tuple(kind for kind in regimes["KSTT"].kinds if kind.value == "month")
    regimes["KSTT"] = replace(regimes["KSTT"], agencies=agencies, kinds=months)
    here.defined = replace(here.defined, regimes=regimes)


async def test_what_nobody_sent_is_overdue_after_the_window(here: Desk, clock: Clock) -> None:
    """Two working days after the cut-off, over a weekend; the running period comes last."""
    owed_by(here, AGENCY)
    for day, standing in (("2024-03-15", "open"), ("2024-03-18", "open"), ("2024-03-19", "overdue")):
        on(clock, day)
        assert await due(here, back=10) == [
            (standing, "202403", AGENCY, "2024-03-18"),
            ("not-yet", "202404", AGENCY, "2024-04-16"),
        ]


async def test_a_report_that_went_is_due_no_more(here: Desk, clock: Clock) -> None:
    """Until it went it is, also as a signed one; which way it went does not matter."""
    owed_by(here, AGENCY, OTHER)
    made = await here.draft()
    await here.signed(made["id"])
    on(clock, "2024-03-20")
    assert [one[:3] for one in await due(here, back=10)][:2] == [
        ("overdue", "202403", AGENCY),
        ("overdue", "202403", OTHER),
    ]
    way = Elsewhere("document", CUT_OFF + DAY * 1_000_000, "CV 12/STP")
    await here.book.elsewhere(made["id"], way, WHO)
    assert [one[2] for one in await due(here, back=10) if one[1] == "202403"] == [OTHER]
    assert ("in-time", "202403", AGENCY, "2024-03-18") in await due(here, back=10, everything=True)
    assert await due(here, back=10, agency=AGENCY) == [("not-yet", "202404", AGENCY, "2024-04-16")]


async def test_a_year_that_is_not_notified_is_unknown(here: Desk, clock: Clock) -> None:
    """It is said which year, and nothing is called late."""
    owed_by(here, AGENCY)
    on(clock, "2028-02-20")
    (found, _) = await here.book.due(Looked(back=10))
    assert (found["standing"], found["due_on"], found["late"]) == ("unknown", None, None)
    assert "2028" in found["due_vi"]
    assert found["open"]


async def test_who_is_not_named_owes_by_having_figures(here: Desk, clock: Clock) -> None:
    """Every agency with a report of the form, whoever made it."""
    on(clock, "2024-03-16")
    assert await due(here, back=10) == []
    await here.draft()
    assert {one[2] for one in await due(here, back=10)} == {AGENCY}
    assert {one[1] for one in await due(here, back=10)} == {
        "202403", "202404", "20241", "20242", "2024-6M", "2024-9M", "2024",
    }  # fmt: skip


async def test_the_list_of_overdue_reports_holds_those_alone(here: Desk, clock: Clock) -> None:
    """What went, or is in time, is not in it; pages go on over what is left out."""
    from lgsp.journal.reports import Wanted

    owed_by(here, AGENCY)
    await here.draft()
    on(clock, "2024-03-18")
    assert (await here.book.listing(Wanted(), overdue=True))["reports"] == []
    on(clock, "2024-03-20")
    found = await here.book.listing(Wanted(limit=1), overdue=True)
    assert [one["period"]["label"] for one in found["reports"]] == [PERIOD]
