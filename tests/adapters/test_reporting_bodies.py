"""Votes and reports as JSON or XML: what is told is kept exactly, and what is broken is told by its field."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from lgsp.errors import Rejected
from lgsp.message import Raw
from lgsp.schemas import Types
from tests.adapters.reporting_read import Journal, adapter
from tests.adapters.reporting_read import found as _found
from tests.adapters.reporting_read import problems as _problems
from tests.adapters.reporting_read import read as _read
from tests.adapters.test_reporting import STATISTIC

# --- votes ------------------------------------------------------------------------------------------------

VOTES: dict[str, Any] = {
    "DateCreated": "2024-03-31T23:30:00.000+0000", "TotalVoted": 120, "PercentVeryGood": 60, "PercentGood": 35,
    "PercentBad": 5, "OrganizationInchargeIdLevel1": "H44.11",
    "Questions": [{"DocTypeCode": "", "Content": "Thái độ", "PercentVeryGood": 50, "PercentGood": 50, "PercentBad": 0}],
}  # fmt: skip


async def test_votes_are_a_report_of_the_month_in_which_they_were_made() -> None:
    """In Viet Nam time: 23:30 UTC of 31 March is April here. The message names no period, which is told."""
    message = await _read(VOTES)
    assert message.subject == "votes/H44.11/calendar/1:202404"
    assert ("period-by-date", "DateCreated") in _found(message)
    whole = {one["indicator"]: one["value"] for one in message.data["figures"] if "split" not in one}
    assert whole == {"voted": "120", "very_good_share": "60", "good_share": "35", "bad_share": "5"}
    (asked,) = {one["name"] for one in message.data["figures"] if "split" in one}
    assert asked == "Thái độ"


async def test_votes_sent_again_later_in_the_month_are_known() -> None:
    """The date of sending is no figure."""
    journal = Journal()
    first = await _read(VOTES, journal)
    again = await _read(VOTES | {"DateCreated": "2024-04-02T08:00:00.000+0700"}, journal)
    assert (again.key, again.native) == (first.key, first.native)


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({"DateCreated": "hôm nay"}, ("DateCreated", "bad-date")),
        ({"TotalVoted": -1}, ("TotalVoted", "wrong-type")),
        ({"PercentBad": "ít"}, ("PercentBad", "not-an-amount")),
        ({"Questions": "không"}, ("Questions", "not-a-list")),
        ({"Questions": [{}]}, ("Questions/0/Content", "missing")),
    ],
)
async def test_broken_votes_are_turned_away_by_field(told: dict[str, Any], problem: tuple[str, str]) -> None:
    """Each with its native name."""
    assert await _problems(VOTES | told) == [problem]


async def test_shares_that_are_more_than_all_are_flagged() -> None:
    """60 + 35 + 40 is more than 100, rounding or not."""
    message = await _read(VOTES | {"PercentBad": 40})
    assert ("rule-broken", "PercentBad") in _found(message)


# --- reports ----------------------------------------------------------------------------------------------

REPORT: dict[str, Any] = {
    "form": "06a", "agency": "H44.11", "period": "government/1:202403",
    "figures": [{"indicator": "received", "value": 412}, {"indicator": "late", "value": "0"}],
}  # fmt: skip


async def test_json_and_xml_say_the_same() -> None:
    """The same report in both forms is one fact."""
    xml = """<?xml version="1.0" encoding="UTF-8"?><report><form>06a</form><agency>H44.11</agency>
    <period><scheme>government/1</scheme><code>202403</code></period><figures><figure indicator="received"
    value="412"/><figure><indicator>late</indicator><value>0</value></figure></figures></report>"""
    one, other = await _read(REPORT), await _read(xml.encode())
    assert (one.key, one.native) == (other.key, other.native)


async def test_numbers_stay_exact() -> None:
    """0.1 is 0.1, and 85.53 is not 85.52999."""
    figures = [{"indicator": "in_time_share", "value": "X"}]
    text = orjson.dumps(REPORT | {"figures": figures}).replace(b'"X"', b"85.530000000001")
    assert (await _read(text)).data["figures"][0]["value"] == "85.530000000001"


async def test_a_version_that_the_sender_says_is_kept() -> None:
    """Its own number and reason stand; another body under it is a conflict at the door, not here."""
    message = await _read(REPORT | {"version": 4, "reason": "Rà soát", "status": "signed"})
    assert (message.key, message.data["reason"]) == ("06a/H44.11/government/1:202403|4", "Rà soát")
    assert message.data["status"] == "signed"


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({"form": "06z"}, ("form", "not-one-of")),
        ({"form": None}, ("form", "missing")),
        ({"regime": "other"}, ("regime", "not-one-of")),
        ({"agency": ""}, ("agency", "report-agency-missing")),
        ({"period": "tháng 3"}, ("period", "report-period-none")),
        ({"period": "calendar/1:202403"}, ("period", "report-period-none")),
        ({"version": 0}, ("version", "wrong-type")),
        ({"status": "xong"}, ("status", "not-one-of")),
        ({"code": "của tôi"}, ("code", "bad-code")),
        ({"figures": []}, ("figures", "empty-list")),
        ({"figures": [1]}, ("figures/0", "wrong-type")),
        ({"figures": [{"indicator": "x"}]}, ("figures/0/indicator", "indicator-unknown")),
        ({"figures": [{"indicator": "late", "value": "1.234,5"}]}, ("figures/0/value", "not-an-amount")),
        ({"figures": [{"indicator": "late", "value": True}]}, ("figures/0/value", "not-an-amount")),
        ({"figures": [{"indicator": "late", "split": [1]}]}, ("figures/0/split", "wrong-type")),
        ({"figures": [{"indicator": "late"}] * 2}, ("figures/1", "indicator-twice")),
    ],
)
async def test_a_broken_report_is_turned_away_by_field(
    told: dict[str, Any], problem: tuple[str, str]
) -> None:
    """Each fault with its place."""
    assert await _problems(REPORT | told) == [problem]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "not-json"),
        (b"[]", "empty-list"),
        (b"[" * 5000, "not-json"),
        (orjson.dumps([REPORT] * 501), "too-many"),
        (b"<report>", "not-xml"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "not-xml"),
        (b"<a>" * 40 + b"</a>" * 40, "too-deep"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "not-xml"),
        (b"5", "sheet-no-table"),
        (b'{"x": 1}', "missing"),
        (b"[1]", "wrong-type"),
    ],
    ids=lambda value: value if isinstance(value, str) else "body",
)
async def test_a_body_of_which_nothing_can_be_read_says_why(body: bytes, code: str) -> None:
    """JSON, XML and files alike."""
    assert [one for _, one in await _problems(body)] == [code]


@pytest.mark.parametrize("known", [STATISTIC, VOTES, REPORT], ids=["statistic", "votes", "report"])
@pytest.mark.parametrize(
    "odd",
    [b"1e400", b"[1.5, [2.5]]", b"1" * 40, b"-1" + b"0" * 5000, b'{"a": {"b": 1.25}}', b'"' + "ế".encode() * 9000 + b'"', b"NaN",
     b'"\\ud800"', b"[" * 400 + b"]" * 400, b"[" * 980 + b"]" * 980, b'"\\u0000"', b"null", b"true", b"1e999999999", b"1e-999999999", b'"1e999999999"', b'"' + b"9" * 5000 + b'"'],
    ids=range(17),
)  # fmt: skip
async def test_no_value_of_a_field_breaks_the_door(known: dict[str, Any], odd: bytes) -> None:
    """Whatever stands in a field, known or not: a report, or a rejection with its reason."""
    of = adapter()
    for field in [*known, "Lạ"]:
        body = orjson.dumps(known | {field: "X-X"}).replace(b'"X-X"', odd)
        try:
            items = await of.read(Raw.of(body))
        except Rejected:
            continue
        for one in items:
            assert (
                isinstance(one, Rejected) or not Types().check("report.v1", one.data) or field == "signed_at"
            )
