"""What follows an item that did not come waits for it: nothing of one sender to one receiver is overtaken."""

from __future__ import annotations

from typing import Any

import pytest

from lgsp.sandbox.axis.asked import HTML, Said
from tests.axis_side import Side, axis_side, document

ALL = ["01", "03", "04", "05", "06"]


def unwell(side: Side, times: int, which: int = 0) -> None:
    """Let the axis answer by a page, so many times, who fetches the which-th item."""
    plain, asked, bad = side.axis._operations._acts["getEdoc"], list[str](), times

    async def act(signed: Any, said: Any) -> Said:
        nonlocal bad
        docid = signed.get("docId")
        if docid not in asked:
            asked.append(docid)
        if asked.index(docid) == which and bad:
            bad -= 1
            return Said.of(b"<html>", 200, HTML)
        return await plain(signed, said)

    side.axis._operations._acts["getEdoc"] = act


async def statuses(side: Side, runs: int) -> list[str]:
    """Return the codes of the statuses that some runs bring, in order."""
    codes, cursor = list[str](), None
    for _ in range(runs):
        pages = await side.pages("statuses", cursor)
        codes += [message.data["code"] for page in pages for message in page.messages]
        cursor = pages[-1].page.cursor if pages else cursor
    return codes


@pytest.mark.parametrize("which", range(5))
async def test_statuses_do_not_overtake_one_that_did_not_come(which: int) -> None:
    """Whichever of five fails to come once, all come in the order in which they were told."""
    async with axis_side() as side:
        await side.adapter.send(document(1, ("G22",)))
        unwell(side, 1, which)
        assert await statuses(side, 2) == ALL


async def test_many_statuses_of_one_second_come_in_order() -> None:
    """Listed last first, more of them than are fetched at once: each teller's still come in their order."""
    async with axis_side() as side:
        side.trouble(offices={"steps": ["03", "06"]})
        for number in range(1, 8):
            await side.adapter.send(document(number, ("G22",)))
        side.trouble(reorder_statuses=1)
        told: dict[str, list[str]] = {}
        for took in await side.pages("statuses"):
            for message in took.messages:
                told.setdefault(message.subject, []).append(message.data["code"])
        assert list(told.values()) == [["01", "03", "06"]] * 7


async def test_a_recall_waits_for_its_document() -> None:
    """A document that fails to come holds back its recall, and no document of anybody."""
    async with axis_side() as side:
        about = await side.write("1")
        await side.write("2", kind=1, about=about)
        await side.write("3")
        unwell(side, 1)
        first = [message.data["act"] for took in await side.pages() for message in took.messages[:1]]
        second = [message.data["act"] for took in await side.pages() for message in took.messages[:1]]
    assert (first, second) == (["new"], ["new", "recall"])


async def test_an_item_that_never_comes_is_not_waited_for_for_ever() -> None:
    """After so many runs what follows it comes without it."""
    async with axis_side(tries=3) as side:
        await side.adapter.send(document(1, ("G22",)))
        unwell(side, 1000)
        assert await statuses(side, 2) == []
        codes, cursor = list[str](), None
        for _ in range(4):
            pages = await side.pages("statuses", cursor)
            codes += [message.data["code"] for page in pages for message in page.messages]
            cursor = pages[-1].page.cursor
        assert codes == ALL[1:]


async def test_all_who_receive_here_tell_the_arrival_with_the_first_copy() -> None:
    """The packet goes to all of them at once, so that none may answer before its arrival was told."""
    async with axis_side() as side:
        await side.write("7", to=["H44.01", "H44.11"])
        first, second = await side.pages()
    told = [[message.data["sender"]["code"] for message in took.messages[1:]] for took in (first, second)]
    assert [sorted(one) for one in told] == [["H44.01", "H44.11"]] * 2
    assert {message.key for message in first.messages[1:]} == {message.key for message in second.messages[1:]}
