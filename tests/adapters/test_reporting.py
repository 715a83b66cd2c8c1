"""Messages of local reporting systems become reports: what is told is kept, what is odd is found, nothing is guessed."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from lgsp.adapters.reporting.drafts import content

from lgsp.message import Finding, Message, Raw
from lgsp.testing.adapter import AdapterContract
from tests.adapters.reporting_read import Journal
from tests.adapters.reporting_read import adapter as _adapter
from tests.adapters.reporting_read import found as _found
from tests.adapters.reporting_read import problems as _problems
from tests.adapters.reporting_read import read as _read

STATISTIC: dict[str, Any] = {
    "Month": 3, "Year": 2024, "IsMonthStatistic": True, "NewReception": 412, "PreExtisting": 88, "Total": 500,
    "TotalSolved": 420, "SolvedInTime": 399, "SolvedInTimePercent": 95.0, "SolvedLate": 21,
    "SolvedLatePercent": 5.0, "TotalPending": 80, "Pending": 71, "PendingPercent": 88.75, "PendingLate": 9,
    "PendingLatePercent": 11.25, "Note": "", "OrganizationInchargeIdlevel1": "H44.11",
    "OrganizationInchargeName": "Sở Tư pháp",
}  # fmt: skip
CODE = "statistic-message/H44.11/calendar/1:202403"


class TestReporting(AdapterContract):
    """Local systems that report."""

    name = "reporting"


# --- statistics -------------------------------------------------------------------------------------------


async def test_a_month_is_told_by_its_calendar() -> None:
    """A calendar month, not the government's; `PreExtisting` is what was carried over."""
    message = await _read(STATISTIC)
    assert (message.subject, message.agency, message.data["version"]) == (CODE, "H44.11", 1)
    assert message.data["period"] == {
        "scheme": "calendar/1", "kind": "month", "code": "202403", "first": "2024-03-01", "last": "2024-03-31",
    }  # fmt: skip
    figures = {one["indicator"]: one["value"] for one in message.data["figures"]}
    assert (figures["carried_over"], figures["received"], figures["total"]) == ("88", "412", "500")
    assert message.findings == []


async def test_the_right_spelling_of_carried_over_is_understood_too() -> None:
    """A client that mends the spelling is not turned away for it."""
    mended = {("PreExisting" if name == "PreExtisting" else name): v for name, v in STATISTIC.items()}
    assert content((await _read(mended)).data) == content((await _read(STATISTIC)).data)


@pytest.mark.parametrize(
    "told", [{"Month": 0, "IsMonthStatistic": False}, {"Month": 12, "IsMonthStatistic": "false"}]
)
async def test_a_year_is_told_by_month_0_or_by_its_mark(told: dict[str, Any]) -> None:
    """Known clients write month 0 for a year's statistics."""
    period = (await _read(STATISTIC | told)).data["period"]
    assert (period["kind"], period["code"]) == ("year", "2024")


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ({"Month": 13}, "Month"),
        ({"Month": 0}, "Month"),
        ({"Month": "ba"}, "Month"),
        ({"Year": 24}, "Month"),
        ({"Year": None}, "Month"),
        ({"Year": 0, "IsMonthStatistic": False}, "Year"),
    ],
)
async def test_a_period_that_is_none_is_turned_away(told: dict[str, Any], place: str) -> None:
    """Nobody guesses which month was meant."""
    assert await _problems(STATISTIC | told) == [(place, "report-period-none")]


@pytest.mark.parametrize("written", [-1, 1.5, "x", True, [], {}, 10**18, "1.234"])
async def test_what_is_no_count_is_turned_away_by_its_field(written: Any) -> None:
    """A count is whole and not below 0."""
    assert await _problems(STATISTIC | {"Total": written}) == [("Total", "wrong-type")]


@pytest.mark.parametrize("written", [500, "500", 500.0, " 500 "])
async def test_a_count_is_read_as_clients_write_it(written: Any) -> None:
    """Numbers, texts, and numbers with `.0` are one count."""
    assert content((await _read(STATISTIC | {"Total": written})).data) == content(
        (await _read(STATISTIC)).data
    )


async def test_what_is_not_given_is_not_0() -> None:
    """A field that is missing is a figure without a value, and a finding; all missing is no statistic."""
    message = await _read({name: value for name, value in STATISTIC.items() if name != "PendingLate"})
    (late,) = [one for one in message.data["figures"] if one["indicator"] == "in_process_late"]
    assert "value" not in late
    assert ("missing-field", "PendingLate") in _found(message)
    bare = {"Month": 3, "Year": 2024, "IsMonthStatistic": True, "OrganizationInchargeIdlevel1": "H44.11"}
    assert await _problems(bare) == [("Total", "missing")]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"SolvedInTimePercent": 81}, "percent-differs"),
        ({"SolvedInTimePercent": 0.95}, "percent-as-fraction"),
        ({"SolvedInTimePercent": 0.9500000000000001}, "percent-as-fraction"),
        ({"SolvedInTimePercent": "chín lăm"}, "percent-unreadable"),
        ({"TotalSolved": None, "SolvedInTimePercent": 95}, "percent-differs"),
    ],
)
async def test_percentages_are_compared_and_never_used(told: dict[str, Any], code: str) -> None:
    """Counts are the figures; a percentage that is another, or a fraction of 1, is a finding."""
    message = await _read(STATISTIC | told)
    assert (code, "SolvedInTimePercent") in _found(message)
    assert all(not one["indicator"].endswith("share") for one in message.data["figures"])
    assert message.data["extra"]["SolvedInTimePercent"] == str(told["SolvedInTimePercent"]) or isinstance(
        message.data["extra"]["SolvedInTimePercent"], int
    )


async def test_a_division_by_nothing_does_not_turn_a_month_away() -> None:
    """A client that divides by 0 writes NaN, which is no JSON; the counts are read all the same."""
    item = STATISTIC | {
        name: 0 for name, value in STATISTIC.items() if type(value) is int and value > 8 and name != "Year"
    }
    text = json.dumps(
        item | {"SolvedLatePercent": float("nan"), "SolvedInTimePercent": 0, "PendingPercent": 0}
    )
    message = await _read(text.encode())
    assert ("percent-unreadable", "SolvedLatePercent") in _found(message)


async def test_what_does_not_add_up_is_flagged_with_its_numbers() -> None:
    """It is taken on: withdrawn and stopped dossiers have no field of their own, and a person decides."""
    message = await _read(STATISTIC | {"Total": 499})
    said = [one for one in message.findings if one.code == "figures-contradict"]
    assert said[0] == Finding("figures-contradict", "Total", "499 ≠ received + carried_over = 412 + 88 = 500")


async def test_what_is_carried_over_is_held_against_the_month_before() -> None:
    """88 were carried over; the month before left 90 in process."""
    journal = Journal()
    before = {"Month": 2, "Total": 510, "NewReception": 422, "TotalPending": 90, "Pending": 81}
    await _read(STATISTIC | before, journal)
    message = await _read(STATISTIC, journal)
    (said,) = [one for one in message.findings if one.code == "figures-contradict"]
    assert (said.place, said.read.partition(" = ")[0]) == ("PreExtisting", "88 ≠ in_process")
    assert said.read.endswith("= 90")


async def test_an_agency_that_is_not_named_is_that_of_the_settings() -> None:
    """Known clients leave it empty; without a setting nobody knows whose figures they are."""
    nameless = STATISTIC | {"OrganizationInchargeIdlevel1": ""}
    message = await _read(nameless, agency="H44.11")
    assert message.subject == CODE
    assert ("agency-by-setting", "OrganizationInchargeIdlevel1") in _found(message)
    place = "OrganizationInchargeIdlevel1"
    assert await _problems(nameless) == [(place, "report-agency-missing")]
    assert await _problems(STATISTIC | {place: "Sở Tư pháp"}) == [(place, "bad-code")]
    assert ("odd-agency", place) in _found(await _read(STATISTIC, agency="H44.12"))


async def test_old_and_new_codes_of_an_agency_are_one_report() -> None:
    """The report's code has the new form; what was written stays in the body."""
    message = await _read(STATISTIC | {"OrganizationInchargeIdlevel1": "000.00.11.H44"})
    assert (message.subject, message.data["agency"]["code"]) == (CODE, "000.00.11.H44")


async def test_an_unknown_field_is_kept_and_told() -> None:
    """Nothing that a sender says is lost."""
    message = await _read(STATISTIC | {"Withdrawn": 3, "Note": "có số liệu rút"})
    assert ("unknown-field", "Withdrawn") in _found(message)
    assert (message.data["extra"]["Withdrawn"], message.data["extra"]["Note"]) == (3, "có số liệu rút")


# --- versions ---------------------------------------------------------------------------------------------


async def test_the_same_figures_are_the_same_version_whatever_stands_beside_them() -> None:
    """Notes, names and percentages do not make another report; identity rests on the figures."""
    journal = Journal()
    first = await _read(STATISTIC, journal)
    again = await _read(STATISTIC | {"SolvedInTimePercent": 0.95, "OrganizationInchargeName": "STP"}, journal)
    assert (again.key, again.native) == (first.key, first.native)


async def test_other_figures_are_the_next_version_with_a_finding() -> None:
    """A correction of which no reason was told is told as such; the old figures again are a version too."""
    journal = Journal()
    versions = []
    for solved in (420, 421, 420):
        message = await _read(STATISTIC | {"TotalSolved": solved}, journal)
        versions.append((message.key, ("correction-unexplained", "") in _found(message)))
    assert versions == [(f"{CODE}|1", False), (f"{CODE}|2", True), (f"{CODE}|3", True)]


async def test_several_of_one_report_in_one_body_follow_each_other() -> None:
    """An array may hold a month and its correction."""
    body = orjson.dumps([STATISTIC, STATISTIC | {"TotalSolved": 421}, STATISTIC | {"TotalSolved": 421}])
    read = await _adapter().read(Raw.of(body))
    assert [one.key for one in read if isinstance(one, Message)] == [f"{CODE}|1", f"{CODE}|2", f"{CODE}|2"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("85.50", "85.5", True),
        ("85", "85.000", True),
        ("-0", "0", True),
        ("1" * 29 + "1", "1" * 29 + "2", False),
        (None, "0", False),
    ],
)
def test_figures_are_the_same_when_their_numbers_are(one: str | None, other: str, same: bool) -> None:
    """To the last digit; what is not given is not 0."""
    told = [content({"figures": [{"indicator": "a", "value": value}]}) for value in (one, other)]
    assert (told[0] == told[1]) == same


def test_the_order_of_figures_and_of_their_parts_says_nothing() -> None:
    """A file that was sorted another way is the same report."""
    cuts = [{"breakdown": "a", "member": "1"}, {"breakdown": "b", "member": "2"}]
    figures = [{"indicator": "x", "value": "1", "split": cuts}, {"indicator": "x", "value": "2"}]
    turned = [figures[1], figures[0] | {"split": cuts[::-1]}]
    assert content({"figures": figures}) == content({"figures": turned})
