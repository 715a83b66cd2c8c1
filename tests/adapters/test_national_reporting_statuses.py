"""What the reporting system says of reports, and how it names things: lists page by page, names as a home has them."""

from __future__ import annotations

import orjson
import pytest
from lgsp.adapters.national_reporting import NationalReporting
from lgsp.adapters.national_reporting.wording import Wording
from pydantic import ValidationError

from lgsp.errors import Refused, Rejected, Unavailable
from lgsp.message import Message
from lgsp.sandbox.reporting import Reporting
from lgsp.sandbox.reporting_faults import ReportingFaults
from tests.reporting_side import message, speaking, statuses


async def test_a_long_list_of_statuses_comes_page_by_page_each_once() -> None:
    """Pages and their cursors cover the list, in its order, though the receiver lists a page in another one."""
    stand = Reporting(ReportingFaults(shuffle=True))
    async with speaking(stand, page=3) as adapter:
        for version in range(1, 6):
            await adapter.send(message(version))
        found, cursor = await statuses(adapter)
        assert found == [(v, s) for v in range(1, 6) for s in ("arrived", "accepted")]
        assert cursor == 10
        assert await statuses(adapter, cursor) == ([], 10)


async def test_a_status_listed_twice_is_the_same_fact() -> None:
    """Its number in the list says nothing of the report: the second has the identity of the first."""
    stand = Reporting(ReportingFaults(list_twice=1))
    async with speaking(stand) as adapter:
        await adapter.send(message())
        items = [one async for page in adapter.fetch("statuses", None) for one in page.items]
    arrived, accepted, again = (one.key for one in items if isinstance(one, Message))
    assert accepted == again != arrived


async def test_a_list_that_begins_anew_is_read_from_its_beginning() -> None:
    """A receiver that was set up again numbers from 1: what it says is below the cursor, and is not passed over."""
    before, again = Reporting(), Reporting()
    async with speaking(before) as adapter:
        await adapter.send(message(1))
        await adapter.send(message(2))
        _, cursor = await statuses(adapter)
        assert cursor == 4
    async with speaking(again, page=1) as adapter:
        assert await statuses(adapter, cursor) == ([], cursor)  # nothing is said there yet
        await adapter.send(message(3))
        assert await statuses(adapter, cursor) == ([(3, "arrived"), (3, "accepted")], 2)
        assert await statuses(adapter, 2) == ([], 2)


async def test_a_list_that_lost_its_last_entry_brings_nothing_new() -> None:
    """What is read once more has the identity that it had: it is known, and the cursor is where the list ends."""
    stand = Reporting()
    async with speaking(stand) as adapter:
        await adapter.send(message())
        first = [one async for page in adapter.fetch("statuses", None) for one in page.items]
        stand.book.said.pop()
        (page,) = [page async for page in adapter.fetch("statuses", 2)]
    assert page.cursor == 1
    assert [one.key for one in page.items if isinstance(one, Message)] == [
        one.key for one in first[:1] if isinstance(one, Message)
    ]


async def test_a_page_that_is_full_and_never_gets_on_ends() -> None:
    """Entries without numbers are brought once a run, whatever the receiver lists."""
    stand = Reporting()
    async with speaking(stand, page=2) as adapter:
        await adapter.send(message())
        stand.state()
        for one in stand.book.said:
            one.pop("So")
        found, cursor = await statuses(adapter)
    assert (found, cursor) == ([(1, "arrived"), (1, "accepted")], 0)


async def test_a_status_that_cannot_be_read_holds_no_other_up() -> None:
    """What is wrong with one is said of that one; the cursor goes on."""
    stand = Reporting()
    async with speaking(stand) as adapter:
        await adapter.send(message())
        stand.state()
        stand.book.said[0]["TrangThai"] = "7"
        (page,) = [page async for page in adapter.fetch("statuses", None)]
    bad, good = page.items
    assert isinstance(bad, Rejected)
    assert [(one.place, one.code) for one in bad.problems] == [("1/TrangThai", "not-one-of")]
    assert isinstance(good, Message)
    assert page.cursor == 2


async def test_no_list_is_no_empty_list() -> None:
    """An answer without a list is put off; it says nothing of reports."""
    stand = Reporting()
    async with speaking(stand) as adapter:
        await adapter.check()
        stand.trouble(b'{"odd_code": 1}')
        with pytest.raises(Unavailable):
            await statuses(adapter)


async def test_a_home_says_the_receiver_s_names_otherwise() -> None:
    """Names and codes of `wire.json` are turned by the configuration, in both directions."""
    names = {"report.agency/code": "MaCoQuan", "results.15": "version-old", "states.2": "returned"}
    async with speaking(Reporting(ReportingFaults(strangers=frozenset({"H44.11"}))), names=names) as adapter:
        drawn = orjson.loads((await adapter.drawn_up(message())).read())
        with pytest.raises(Refused) as missing:
            await adapter.send(message())
    assert drawn["MaCoQuan"] == "H44.11"
    assert missing.value.fields == ["MaDonVi"]
    assert Wording.of(names).results["15"] == "version-old"
    assert Wording.of(names).states == {"1": "arrived", "2": "returned", "3": "returned"}
    assert Wording.of().states["2"] == "accepted"


@pytest.mark.parametrize(
    "names",
    [
        {"report.agencies": "X"},
        {"nothing.at": "X"},
        {"report": "X"},
        {"root.report": "X"},
        {"results.07": "fine"},
        {"states.7": "lost"},
        {"report.code": ""},
    ],
)
def test_a_name_for_nothing_is_a_fault_of_the_home(names: dict[str, str]) -> None:
    """A misspelt name is told at start."""
    said = {"url": "http://far", "username": "u", "password": "p"}
    with pytest.raises(ValidationError):
        NationalReporting.Config.model_validate({**said, "names": names})
