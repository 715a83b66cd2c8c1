"""The list of everybody on the axis becomes claims, and nothing but a whole list does."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import orjson
import pytest
from lgsp.adapters.document_axis import mapping

from lgsp.adapter import Page
from lgsp.domain.agencies.entries import read_page
from lgsp.domain.agencies.facts import Fact, Share, Succession
from lgsp.errors import Unavailable
from lgsp.formats.axis.listing import Agency
from lgsp.formats.axis.replies import denied, granted, listed
from lgsp.message import VIETNAM, Message
from lgsp.sandbox.axis.asked import Said
from lgsp.sandbox.axis.axis import Axis
from tests.axis_side import Side, axis_side, document

ALL = 111_339


def answering(body: bytes) -> Axis:
    """Return an axis that answers this to whoever asks for the list."""
    axis = Axis()

    async def said(*_: Any) -> Said:
        return Said.of(body)

    axis._operations._acts["getAgenciesList"] = said
    return axis


async def brought(side: Side) -> list[Page]:
    """Return the pages of the list."""
    return [took.page for took in await side.pages("agencies")]


async def test_the_list_comes_as_facts_with_their_source() -> None:
    """Each code, its name, its other code; no messages, and nothing to confirm."""
    async with axis_side() as side:
        (page,) = await brought(side)
    entries = {entry.code: entry for entry in read_page(page.facts).entries}
    assert (page.items, page.confirm) == ((), None)
    assert (entries["H44.11"].name, entries["H44.11"].old) == ("Sở Tài chính tỉnh Phú Thọ", "000.00.11.H44")
    assert (entries["H37.02.02"].old, entries["G22"].old) == ("", "")
    assert read_page(page.facts).source.startswith("Danh sách cơ quan")
    assert read_page(page.facts).odd == 0


async def test_the_whole_country_comes_page_by_page() -> None:
    """111,339 agencies as in October 2025: pages of 2,000, each agency once, all that is said of it on one page."""
    async with axis_side() as side:
        side.trouble(agencies=ALL)
        pages = await brought(side)
    codes = [fact.code for page in pages for fact in page.facts if isinstance(fact, Fact)]
    assert len(pages) == 56
    assert len(codes) == len(set(codes)) == ALL
    assert max(len(read_page(page.facts).entries) for page in pages) == 2000
    assert sum(read_page(page.facts).odd for page in pages) == 0
    assert pages[-1].cursor is None


async def test_bodies_above_are_named_by_the_list_s_own_ids() -> None:
    """`pid` is an id of the list, wherever it stands in it; or a code; or nothing that anybody knows."""
    rows = [
        {"id": "2", "pid": "1", "code": "vxp.saas.03", "name": "Hệ thống thử"},
        {"id": "1", "pid": None, "code": "G12", "name": "Bộ Tài chính"},
        {"id": 3, "pid": "G12", "code": "G12.18", "name": "Cục Thuế"},
        {"id": "4", "pid": "77", "code": "0100107370", "name": "Tập đoàn"},
        {"pid": "", "code": "G09", "name": "Bộ Nội vụ"},
    ]
    async with axis_side(axis=answering(listed(rows))) as side:
        (page,) = await brought(side)
    parents = {fact.code: fact.parent for fact in page.facts if isinstance(fact, Fact)}
    assert parents == {"vxp.saas.03": "G12", "G12": "", "G12.18": "G12", "0100107370": "", "G09": ""}


@pytest.mark.parametrize(
    "body",
    [
        listed([]),
        granted(),
        granted(data=None),
        granted(data="[]"),
        granted(data={"G22": "x"}),
        listed([{"code": "G22", "name": "x"}])[:-5],
        b"",
        b"<html></html>",
        denied("20", "Loi"),
        denied("15", "Sai"),
        listed([{"name": "không mã"}]),
    ],
)
async def test_what_is_no_whole_list_claims_nothing(body: bytes) -> None:
    """Not a page is handed on before the list is there to its end; an empty one is no list of a country."""
    async with axis_side(axis=answering(body)) as side:
        with pytest.raises(Unavailable):
            await brought(side)


async def test_a_list_that_breaks_off_claims_nothing() -> None:
    """A hundred thousand entries came, and the rest did not."""
    async with axis_side() as side:
        side.trouble(agencies=20_000, broken_json=1)
        pages: list[Page] = []

        async def collect() -> None:
            async for page in side.adapter.fetch("agencies", None):
                pages.append(page)  # noqa: PERF401 - what came before the fault counts

        with pytest.raises(Unavailable) as fault:
            await collect()
    assert (pages, fault.value.cause) == ([], "axis-unreadable")


async def test_a_list_in_a_text_is_read() -> None:
    """Some servers put JSON into JSON."""
    rows = orjson.dumps([{"code": "G22", "name": "Văn phòng Chính phủ"}]).decode()
    async with axis_side(axis=answering(granted(data=rows))) as side:
        (page,) = await brought(side)
    assert [fact.name for fact in page.facts if isinstance(fact, Fact)] == ["Văn phòng Chính phủ"]


# --- the mapping ------------------------------------------------------------------------------------------


def test_an_entry_claims_a_fact_and_its_other_code() -> None:
    """The code as the list writes it; level and days are not the list's to say."""
    fact, succession = mapping.claims(Agency(code="H44.11", name="Sở", old_code="000.00.11.H44"), "H44")
    assert isinstance(fact, Fact)
    assert (fact.code, fact.name, fact.parent, fact.level, fact.valid_from) == (
        "H44.11",
        "Sở",
        "H44",
        None,
        None,
    )
    assert isinstance(succession, Succession)
    assert (succession.predecessor, succession.successor, succession.share) == (
        "000.00.11.H44",
        "H44.11",
        Share.WHOLE,
    )
    assert (succession.effective, succession.act) == (date(2020, 9, 15), "Quyết định 20/2020/QĐ-TTg")


@pytest.mark.parametrize("old", ["", "H44", "000.00.00.H44"])
def test_a_code_that_is_the_same_body_s_anyway_is_no_other_code(old: str) -> None:
    """The old form of level 1 needs no claim."""
    assert len(mapping.claims(Agency(code="H44", name="UBND", old_code=old))) == 1


def arrived(recipients: list[dict[str, Any]], receiver: str = "", **over: Any) -> list[Message]:
    """Return the arrivals of a document that came."""
    message = document(7, (), sender={"code": "G22"}, recipients=recipients, **over)
    return mapping.arrivals(message, "H44", receiver, datetime(2026, 3, 5, 9, tzinfo=VIETNAM))


def tellers(*codes: str, receiver: str = "") -> list[str]:
    """Return who tells an arrival."""
    return [one.data["sender"]["code"] for one in arrived([{"code": code} for code in codes], receiver)]


def test_only_those_of_ours_tell_an_arrival() -> None:
    """All of ours, for one copy serves all of them here; first the one for whom it came."""
    assert tellers("H44.01", "H37", "000.00.11.H44", "G12") == ["H44.01", "000.00.11.H44"]
    assert tellers("H44.01", "H44.11", receiver="H44.11") == ["H44.11", "H44.01"]
    assert tellers("H44.01", "H44.11", receiver="000.00.11.H44") == ["H44.11", "H44.01"]
    assert tellers("H44.01", "H44.11", receiver="H44.12") == ["H44.01", "H44.11"]
    assert tellers("H44.01", "H44.11", "H44.12", receiver="H44.11; H44.12") == [
        "H44.11", "H44.12", "H44.01",
    ]  # fmt: skip
    assert tellers("H37", receiver="H44.12") == ["H44.12"]
    assert tellers("H37") == ["H44"]


def test_an_added_old_code_tells_nothing_of_its_own() -> None:
    """The axis names a body with two codes twice; alone, the old one counts."""
    mark = {"parent": "TLTVBQG_CDMDD_QD20"}
    twins = [{"code": "H44.01"}, {"code": "000.00.77.H44"} | mark]
    assert [one.data["sender"] for one in arrived(twins)] == [{"code": "H44.01"}]
    assert [one.data["sender"] for one in arrived(twins[1:])] == [{"code": "000.00.77.H44"}]


def test_nobody_is_told_where_nobody_sent() -> None:
    """A document without a sender's code: a status would have no address."""
    nameless = document(7, ("H44.01",), sender={"name": "Một cơ quan"})
    assert mapping.arrivals(nameless, "H44", "H44.01", datetime(2026, 3, 5, tzinfo=VIETNAM)) == []


def test_an_arrival_is_the_same_whenever_it_is_noticed() -> None:
    """Its time is not part of what it is; the teller and the document are."""
    to = [{"code": "H44.01"}, {"code": "H44.11"}]
    message = document(7, (), sender={"code": "G22"}, recipients=to)
    early, late = (
        mapping.arrivals(message, "H44", "H44.01", datetime(2026, 3, day, tzinfo=VIETNAM))[0]
        for day in (5, 6)
    )
    other = mapping.arrivals(message, "H44", "H44.11", datetime(2026, 3, 5, tzinfo=VIETNAM))[0]
    assert early.native == late.native != other.native
    assert early.data["at"] != late.data["at"]
    assert early.key == early.native.hex()
