"""Collecting from the stand-in axis what waits for our agencies, over real HTTP."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import orjson
import pytest
from lgsp.adapters.document_axis.tries import Tries

from lgsp.adapter import Page
from lgsp.errors import GatewayError, Scope, Unavailable
from lgsp.formats.axis.listing import Received, write_entry
from lgsp.formats.axis.replies import listed
from lgsp.sandbox.axis.asked import Said
from lgsp.sandbox.axis.axis import Axis
from lgsp.sandbox.axis.damage import DAMAGES
from tests.axis_side import DOCUMENT, STATUS, TYPES, axis_side, document, status


async def test_a_document_is_a_page_of_its_own_with_its_arrival() -> None:
    """Document and status 01 stand on one page, verbatim beside it; `done` is said when the page is taken."""
    async with axis_side() as side:
        written = await side.write("7")
        (took,) = await side.pages(confirm=False)
        assert side.listed() == 1, "nothing is confirmed before it is kept"
        assert took.page.confirm is not None
        await took.page.confirm()
        assert side.listed() == 0
    document_, arrival = took.messages
    assert (document_.type, document_.subject, document_.agency) == (DOCUMENT, written, "G22")
    assert (arrival.type, arrival.subject, arrival.partitionkey) == (STATUS, written, document_.partitionkey)
    assert arrival.data["code"] == "01"
    assert arrival.data["sender"]["code"] == "H44.01"
    assert arrival.data["about"] | {"promulgated_on": ""} == {
        "agency": "G22", "code": "7/TB-VP", "id": written, "promulgated_on": "",
    }  # fmt: skip
    assert TYPES.check(STATUS, arrival.data) == []
    assert took.page.raw.sha256 == hashlib.sha256(took.body).digest()
    assert took.page.raw.size == len(took.body)
    assert took.body.startswith(b"<?xml")
    assert took.page.raw.attributes["to"] == "H44.01"


async def test_a_page_may_be_confirmed_twice() -> None:
    """A process that died between the commit and the confirmation confirms what was confirmed."""
    async with axis_side() as side:
        await side.write("7")
        (took,) = await side.pages()
        assert took.page.confirm is not None
        await took.page.confirm()
        assert side.listed() == 0


async def test_what_was_not_confirmed_comes_again_as_the_same() -> None:
    """Identity rests on what the packet says, not on the transport's ids, hops or times."""
    async with axis_side() as side:
        side.trouble(duplicate=1)
        await side.write("7", to=["H44.01", "H44.11"])
        first = await side.pages(confirm=False)
        again = await side.pages()
    assert len(first) == len(again) == 4, "two receivers, each with a copy under another id"
    for some in (first, again):
        assert len({took.messages[0].key for took in some}) == 1
        assert len({took.messages[0].native for took in some}) == 1
        assert len({took.page.raw.attributes["docId"] for took in some}) == 4
    arrivals = {took.messages[1].key: took.messages[1].data["sender"]["code"] for took in first + again}
    assert sorted(arrivals.values()) == ["H44.01", "H44.11"], "each of ours tells its arrival, once"


async def test_an_arrival_reaches_the_sender() -> None:
    """The status that the page brought goes back over the axis to whom it is about."""
    async with axis_side() as side:
        written = await side.write("7")
        (took,) = await side.pages()
        await side.adapter.send(took.messages[1])
        assert side.axis.state()["peers"]["G22"][written]["told"] == ["01"]


@pytest.mark.parametrize(("kind", "told"), [(0, 1), (1, 0), (2, 0), (3, 1)])
async def test_only_what_brings_a_document_is_told_to_have_arrived(kind: int, told: int) -> None:
    """A recall and an update are answered by people, with 15 or 16."""
    async with axis_side() as side:
        await side.write("7", kind=kind, about="G22,2026/03/05,1/TB-VP")
        (took,) = await side.pages()
    assert len(took.messages) == 1 + told


async def test_arrivals_can_be_left_to_the_document_system() -> None:
    """Where the local system tells 01 itself, nobody else does."""
    async with axis_side(arrivals=False) as side:
        await side.write("7")
        (took,) = await side.pages()
    assert [one.type for one in took.messages] == [DOCUMENT]


async def test_a_listed_twice_item_is_fetched_once_and_a_relisted_one_again() -> None:
    """One list names it twice: one page. A list that names what is done: it is known, and confirmed again."""
    async with axis_side() as side:
        side.trouble(list_twice=1, relist=1)
        await side.write("7")
        assert len(await side.pages()) == 1
        assert len(await side.pages()) == 1


async def test_statuses_come_in_the_order_of_their_times() -> None:
    """The axis lists 06 before 03; what each tells of its time puts them right."""
    async with axis_side() as side:
        side.trouble(reorder_statuses=1)
        await side.adapter.send(document())
        took = await side.pages("statuses")
    assert [one.messages[0].data["code"] for one in took] == ["01", "03", "04", "05", "06"]
    assert all(one.page.cursor == {"tries": {}} for one in took)


async def test_a_status_listed_among_documents_is_a_status() -> None:
    """The packet says what it is, not the list."""

    def named(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [item | {"messageType": "edoc"} for item in items]

    async with axis_side(axis=Relabelled(named)) as side:
        await side.adapter.send(document())
        took = await side.pages("statuses")
    assert {one.messages[0].type for one in took} == {STATUS}


async def test_an_unknown_job_is_a_fault() -> None:
    """A job that the routes name and nobody knows is not run silently."""
    async with axis_side() as side:
        with pytest.raises(GatewayError, match="does not fetch"):
            side.adapter.fetch("dossiers", None)


# --- what is odd ------------------------------------------------------------------------------------------


class Relabelled(Axis):
    """An axis whose lists are written over."""

    def __init__(self, change: Any) -> None:
        super().__init__()
        acts, plain = self._operations._acts, self._operations._acts["getReceivedEdocList"]

        async def changed(signed: Any, asked: Any) -> Said:
            items = orjson.loads(b"".join((await plain(signed, asked)).pieces))["data"]
            return Said.of(listed(change(items)))

        acts["getReceivedEdocList"] = changed


async def test_an_unknown_kind_of_item_is_kept_and_told_to_fail() -> None:
    """What the axis calls neither document nor status lies in quarantine, whole; its sender learns of it."""

    def named(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [item | {"messageType": "situation"} for item in items]

    async with axis_side(axis=Relabelled(named)) as side:
        await side.write("7")
        (took,) = await side.pages()
        (delivery,) = side.axis.state()["deliveries"]
    (reason,) = took.rejected
    assert [(one.place, one.code, one.detail) for one in reason.problems] == [
        ("messageType", "not-one-of", "edoc status")
    ]
    assert b"TB-VP" in took.body
    assert delivery["status"] == "fail"


async def test_an_entry_that_names_no_packet_is_shown_once() -> None:
    """It can neither be fetched nor confirmed: quarantine shows it, and not at every run anew."""
    async with axis_side(axis=Relabelled(lambda items: [*items, {"from": "G22"}])) as side:
        await side.write("7")
        first = await side.pages()
        again = await side.pages(cursor=first[-1].page.cursor)
    assert [len(took.rejected) for took in first] == [1, 0]
    assert orjson.loads(first[0].body) == {"from": "G22"}
    assert again == []


async def test_a_receiver_that_the_packet_does_not_name_is_a_finding() -> None:
    """The axis delivered it for somebody else; that is said, and the arrival is told for whom it came."""

    def named(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [item | {"to": "H44.12"} for item in items]

    async with axis_side(axis=Relabelled(named)) as side:
        await side.write("7")
        (took,) = await side.pages()
    found = [one for one in took.messages[0].findings if one.code == "receiver-not-named"]
    assert [(one.place, one.read) for one in found] == [("MessageHeader/To", "H44.12")]


TURNED_AWAY = {"junk-prolog", "foreign-namespace", "doctype"}


@pytest.mark.parametrize("damage", DAMAGES)
async def test_a_damaged_packet_is_taken_or_turned_away_and_never_lost(damage: str) -> None:
    """Whatever was done to it: a message with findings, or a rejection beside the packet as it came."""
    async with axis_side() as side:
        side.trouble(damage={damage: 1})
        await side.write("7")
        (took,) = await side.pages()
        (delivery,) = side.axis.state()["deliveries"]
        assert delivery["status"] == ("fail" if damage in TURNED_AWAY else "done")
    assert len(took.rejected) == (damage in TURNED_AWAY)
    assert len(took.messages) == (0 if damage in TURNED_AWAY else 2)
    assert took.body


# --- what does not come -----------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["html", "broken_json", "http_500", "http_502", "http_503"])
@pytest.mark.parametrize("job", ["documents", "statuses", "agencies"])
async def test_a_list_that_is_none_fails_the_run(fault: str, job: str) -> None:
    """A page of a proxy is never an empty list: that loses documents silently."""
    async with axis_side(timeout=0.5, transfer_timeout=0.5) as side:
        await side.write("7")
        side.trouble(**{fault: 1})
        with pytest.raises(Unavailable):
            await side.pages(job)
        side.trouble()
        assert side.listed() == 1


async def test_a_truncated_packet_holds_nobody_up() -> None:
    """The base64 of one is cut: the others come, it is tried again, and quarantine shows it once."""
    async with axis_side(tries=3) as side:
        axis = side.axis
        await side.write("1")
        plain = axis._operations._acts["getEdoc"]
        (bad,) = axis.state()["deliveries"]

        async def cut(signed: Any, asked: Any) -> Said:
            axis.world.weather.faults = axis.faults.model_copy(
                update={"truncated_data": float(signed.get("docId") == bad["docid"])}
            )
            return await plain(signed, asked)

        axis._operations._acts["getEdoc"] = cut
        cursor, shown = None, []
        for run in range(1, 6):
            await side.write(str(run + 1))
            took = await side.pages(cursor=cursor)
            assert [len(one.messages) for one in took] == [0, 2], "the others come in every run"
            assert took[0].page.confirm is None
            cursor = took[-1].page.cursor
            shown += [one for one in took if one.rejected]
            if len(shown) == 1 and run == 3:
                (reason,) = shown[0].rejected
                assert reason.problems[0].code == "axis-item-unreadable"
                assert orjson.loads(shown[0].body)["docid"] == bad["docid"]
        assert len(shown) == 1
        axis._operations._acts["getEdoc"] = plain
        axis.world.weather.faults = axis.faults.model_copy(update={"truncated_data": 0.0})
        (took_,) = await side.pages(cursor=cursor)
        assert took_.messages[0].data["number"] == "1"
        assert took_.page.cursor == {"tries": {}}


async def test_an_axis_that_went_away_ends_the_run_and_blames_no_item() -> None:
    """Three in a row through no fault of theirs: the run fails, and none of them is counted."""
    async with axis_side(timeout=0.5, transfer_timeout=0.5) as side:
        for number in range(5):
            await side.write(str(number))
        pages: list[Page] = []

        async def collect() -> None:
            async for page in side.adapter.fetch("documents", None):
                pages.append(page)
                side.trouble(http_502=1)

        with pytest.raises(Unavailable) as fault:
            await collect()
        assert fault.value.scope is Scope.SYSTEM
        assert [len(page.items) for page in pages] == [2, 0, 0]
        assert pages[-1].cursor == {"tries": {}}


async def test_a_packet_larger_than_it_may_be_does_not_come() -> None:
    """It is bounded while it streams, whatever it declares; the others come."""
    async with axis_side(largest=1) as side:
        content = bytes(3 << 20)
        ref = side.files.keep([content])
        file = {"id": "1", "name": "a.pdf", "dataref": ref, "sha256": ref[7:], "size": len(content)}
        await side.adapter.send(document(15, ("H44.11",), attachments=[file]))
        await side.write("7")
        large, small = await side.pages()
    assert (len(large.messages), len(small.messages)) == (0, 2)


async def test_an_axis_that_says_no_to_an_item_is_asked_again() -> None:
    """Somebody else took it meanwhile, or it is gone: the list will tell."""
    gone = write_entry(Received(docid="no-such", message_type="edoc", receiver="H44.01"))
    async with axis_side(axis=Relabelled(lambda items: [gone, *items])) as side:
        await side.write("7")
        first, second = await side.pages()
    assert (first.page.items, first.page.cursor) == ([], {"tries": {"no-such": 1}})
    assert len(second.messages) == 2


async def test_who_stops_listening_leaves_nothing_behind(tmp_path: Path) -> None:
    """The runner may drop a run between two pages: no file of it stays."""
    async with axis_side(tmp_path) as side:
        for number in range(3):
            await side.write(str(number))
        collecting = side.adapter.fetch("documents", None)
        page = await anext(collecting)
        assert page.raw.file is not None
        assert not page.raw.file.closed
        await collecting.aclose()  # type: ignore[attr-defined]
        assert page.raw.file.closed


def test_items_are_counted_while_they_are_listed() -> None:
    """What is listed no more is forgotten; a cursor that is none counts nothing."""
    tries = Tries({"tries": {"a": 2, "b": 1}}, 3)
    tries.narrow(["a"])
    assert tries.cursor() == {"tries": {"a": 2}}
    assert [tries.failed("a") for _ in range(4)] == [True, False, False, False]
    assert tries.cursor() == {"tries": {"a": 4}}
    assert Tries("odd", 3).cursor() == Tries(None, 3).cursor() == {"tries": {}}


async def test_a_whole_life_goes_both_ways() -> None:
    """Sent, told of; received, told of: each side ends up with what the other said."""
    async with axis_side() as side:
        await side.adapter.send(document())
        ours = [took.messages[0].data["code"] for took in await side.pages("statuses")]
        theirs = await side.write("7")
        (took,) = await side.pages()
        for one in (took.messages[1], status("03", theirs), status("06", theirs)):
            await side.adapter.send(one)
        assert side.axis.state()["peers"]["G22"][theirs]["told"] == ["01", "03", "06"]
    assert ours == ["01", "03", "04", "05", "06"]
