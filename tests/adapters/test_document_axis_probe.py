"""What the list of sent packets can say of one that is in doubt, and what it cannot."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from lgsp.adapters.document_axis.attempts import Attempts
from lgsp.adapters.document_axis.likeness import Sought, read_time, same_body

from lgsp.adapter import Arrival
from lgsp.errors import Unavailable, Uncertain
from lgsp.formats.axis.listing import Sent
from lgsp.formats.axis.protocol import MessageType
from lgsp.formats.axis.replies import listed
from lgsp.message import VIETNAM, Message
from lgsp.sandbox.axis.asked import Said
from lgsp.sandbox.axis.axis import Axis
from tests.axis_side import Side, axis_side, document, status

NOW = datetime(2026, 3, 5, 9, 0, tzinfo=VIETNAM)


async def doubtful(side: Side, message: Message, **faults: Any) -> None:
    """Send a message and hear no answer."""
    side.trouble(**(faults or {"broken_json": 1}))
    with pytest.raises(Uncertain):
        await side.adapter.send(message)
    side.trouble()


async def test_what_was_taken_is_found() -> None:
    """The answer was broken off; the list shows the packet for each of its receivers."""
    async with axis_side() as side:
        told = document(15, ("G22", "H26"))
        await doubtful(side, told)
        assert await side.adapter.probe(told) is Arrival.ARRIVED


async def test_what_was_not_taken_is_absent_where_the_list_shows_others() -> None:
    """A 502 did nothing; the list shows another packet, and nothing that could be this one."""
    async with axis_side() as side:
        await side.adapter.send(document(14))
        told = document(15)
        await doubtful(side, told, http_502=1)
        assert await side.adapter.probe(told) is Arrival.ABSENT


async def test_an_empty_list_proves_nothing() -> None:
    """A server that reads our days otherwise would show the same: an empty list."""
    async with axis_side() as side:
        told = document(15)
        await doubtful(side, told, http_502=1)
        assert await side.adapter.probe(told) is Arrival.UNKNOWN


async def test_who_did_not_begin_it_knows_nothing() -> None:
    """Another process sent it: when, is not known here, so nothing that the list shows can be told apart."""
    async with axis_side() as side:
        told = document(15)
        await side.adapter.send(told)
        assert await side.adapter.probe(dataclasses.replace(told)) is Arrival.UNKNOWN
        assert "getSentEdocList" not in side.axis.state()["calls"]


async def test_an_earlier_packet_of_the_same_look_is_another_one() -> None:
    """The same number and title, sent before this one was begun: what the list shows is not this one."""
    moment = NOW
    async with axis_side(now=lambda: moment, axis=Axis(now=lambda: moment)) as side:
        await side.adapter.send(document(15))
        moment = NOW + timedelta(minutes=30)
        again = document(15)
        await doubtful(side, again, http_502=1)
        assert await side.adapter.probe(again) is Arrival.ABSENT
        moment = NOW + timedelta(minutes=33)
        later = document(15)
        await side.adapter.send(document(15))
        moment = NOW + timedelta(minutes=34)
        await doubtful(side, later, http_502=1)
        assert await side.adapter.probe(later) is Arrival.UNKNOWN, "clocks may differ by as much"


async def test_a_packet_that_reached_only_some_is_not_called_there() -> None:
    """Another delivery of the document went to one of the two: that says nothing of this one."""
    async with axis_side() as side:
        whole = document(15, ("G22", "H26"))
        await doubtful(side, whole, http_502=1)
        await side.adapter.send(dataclasses.replace(whole, recipients=["G22"]))
        assert await side.adapter.probe(whole) is Arrival.UNKNOWN


async def test_a_delivery_to_others_does_not_hide_an_absence() -> None:
    """Receivers who bear codes of today are certainly other ones."""
    async with axis_side() as side:
        whole = document(15, ("G22", "H26"))
        rest = dataclasses.replace(whole, recipients=["H26"])
        await doubtful(side, rest, http_502=1)
        await side.adapter.send(dataclasses.replace(whole, recipients=["G22"]))
        assert await side.adapter.probe(rest) is Arrival.ABSENT


async def test_a_recall_is_not_mistaken_for_its_document() -> None:
    """Both have the same title and number; what this process began tells them apart, a mere time does not."""
    async with axis_side() as side:
        first = document(15)
        await side.adapter.send(first)
        recall = document(15, act="recall")
        recall.taken_on = datetime.now(VIETNAM) - timedelta(hours=1)
        assert await side.adapter.probe(recall) is Arrival.UNKNOWN
        await doubtful(side, recall)
        assert await side.adapter.probe(recall) is Arrival.ARRIVED


async def test_a_time_that_the_gateway_knows_is_enough_for_a_new_document() -> None:
    """Nothing was tried before it was taken on: what is there since then is this one."""
    async with axis_side() as side:
        told = document(15)
        told.taken_on = datetime.now(VIETNAM) - timedelta(minutes=1)
        await side.adapter.send(told)
        told.id = None
        assert await side.adapter.probe(told) is Arrival.ARRIVED


async def test_a_status_has_no_text_in_the_list() -> None:
    """None to that receiver is absent; one to it may be any."""
    async with axis_side() as side:
        written = await side.write("7")
        other = await side.write("8", sender="G09")
        await side.adapter.send(status("03", other, "G09"))
        told = status("03", written)
        await doubtful(side, told, http_502=1)
        assert await side.adapter.probe(told) is Arrival.ABSENT
        await doubtful(side, told)
        assert await side.adapter.probe(told) is Arrival.UNKNOWN


async def test_without_a_body_nothing_can_be_said() -> None:
    """The list names no document by its id: whether some version is there cannot be asked."""
    async with axis_side() as side:
        bare = Message("document.v1", "H44.01,2026/03/05,15/UBND-VP", "H44.01,2026/03/05,15/UBND-VP", {})
        assert await side.adapter.probe(bare) is Arrival.UNKNOWN


@pytest.mark.parametrize("base", [0, 1])
@pytest.mark.parametrize("most", [50, 3])
async def test_every_page_is_read_whatever_they_count_from(base: int, most: int) -> None:
    """Nobody knows whether the first page is 0 or 1: both work, and a list that is too long proves nothing."""
    async with axis_side(axis=Counting(base), page=4, pages=most) as side:
        for number in range(20):
            await side.adapter.send(document(number))
        told = document(99)
        await doubtful(side, told, http_502=1)
        assert await side.adapter.probe(told) is (Arrival.ABSENT if most > 3 else Arrival.UNKNOWN)
        last = document(98)
        await doubtful(side, last)
        assert await side.adapter.probe(last) is (Arrival.ARRIVED if most > 3 else Arrival.UNKNOWN)


async def test_a_first_page_that_is_shown_twice_is_not_the_end() -> None:
    """The stand-in shows its first page for 0 and for 1: what is on the third is found all the same."""
    async with axis_side(page=4) as side:
        for number in range(9):
            await side.adapter.send(document(number))
        told = document(99)
        await doubtful(side, told)
        assert await side.adapter.probe(told) is Arrival.ARRIVED


class Counting(Axis):
    """An axis whose pages count from a number, and that fails for those below; it gives fewer than asked for."""

    def __init__(self, base: int, most: int = 3) -> None:
        super().__init__()
        post = self.world.post

        async def paged(signed: Any, _: Any) -> Said:
            page = int(signed.get("pageIndex")) - base
            if page < 0:
                return Said.of(b'{"status":"FAIL","ErrorCode":"20","ErrorDesc":"trang khong hop le"}')
            found = post.sent("edoc", lambda code: code.startswith("H44"))
            rows = [
                {
                    "senderDocId": one.sending.docid,
                    "receiverDocId": one.docid,
                    "toCode": one.receiver,
                    "title": one.sending.title,
                    "notation": one.sending.notation,
                    "sentTime": one.sending.at.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M:%S"),
                }
                for one in found[page * most : (page + 1) * most]
            ]
            return Said.of(listed(rows))

        self._operations._acts["getSentEdocList"] = paged


async def test_a_list_with_an_entry_that_names_nothing_is_not_whole() -> None:
    """It may be the one that is looked for."""
    axis = Axis()
    plain = axis._operations._acts["getSentEdocList"]

    async def odd(signed: Any, asked: Any) -> Said:
        items = orjson.loads(b"".join((await plain(signed, asked)).pieces))["data"]
        return Said.of(listed([*items, {"title": "?"}]))

    axis._operations._acts["getSentEdocList"] = odd
    async with axis_side(axis=axis) as side:
        await side.adapter.send(document(14))
        told = document(15)
        await doubtful(side, told, http_502=1)
        assert await side.adapter.probe(told) is Arrival.UNKNOWN


@pytest.mark.parametrize("fault", ["html", "http_503", "broken_json"])
async def test_a_list_that_is_not_to_be_had_is_unavailable(fault: str) -> None:
    """Neither presence nor absence: the probe is made again later."""
    async with axis_side(timeout=0.3) as side:
        told = document(15)
        await doubtful(side, told)
        side.trouble(**{fault: 1})
        with pytest.raises(Unavailable):
            await side.adapter.probe(told)


# --- likeness ---------------------------------------------------------------------------------------------


def sought(**over: Any) -> Sought:
    """Return a document that is looked for."""
    plain = Sought(MessageType.DOCUMENT, ["G22"], "V/v thử nghiệm", "15/UBND-VP", "new", NOW, begun=True)
    return dataclasses.replace(plain, **over)


def entry(**over: str) -> Sent:
    """Return its entry of the list."""
    said = {"docid": "1", "receiver": "G22", "title": "V/v thử nghiệm", "notation": "15/UBND-VP"}
    return Sent(**(said | {"message_type": "edoc", "sent": "2026/03/05 09:00:00"} | over))


@pytest.mark.parametrize(
    ("over", "may", "surely"),
    [
        ({}, True, True),
        ({"title": "v/v  THỬ nghiệm "}, True, True),
        ({"sent": "05/03/2026 09:00:01"}, True, True),
        ({"sent": "2026-03-05T09:00:00"}, True, True),
        ({"message_type": ""}, True, True),
        ({"receiver": "000.00.00.G22"}, True, True),
        ({"sent": "2026-03-05"}, True, False),
        ({"sent": "2026/03/05 08:58:00"}, True, False),
        ({"title": "V/v thử"}, True, False),
        ({"notation": "UBND-VP"}, True, False),
        ({"notation": "15"}, True, False),
        ({"notation": "H44.01,2026/03/05,15/UBND-VP"}, True, False),
        ({"notation": "Số: 15 /UBND-VP"}, True, False),
        ({"notation": "115/UBND-VP"}, False, False),
        ({"notation": "5/UBND-VP"}, False, False),
        ({"notation": "UBND-VX"}, True, False),
        ({"notation": "UBND-VX", "title": "Khác hẳn"}, False, False),
        ({"title": ""}, True, False),
        ({"title": "Khác hẳn"}, True, False),
        ({"receiver": "000.00.14.H56"}, True, False),
        ({"receiver": ""}, True, False),
        ({"title": "Khác hẳn", "notation": "16/UBND-VP"}, False, False),
        ({"receiver": "H26"}, False, False),
        ({"message_type": "status"}, False, False),
        ({"sent": "2026/03/05 08:50:00"}, False, False),
    ],
)
def test_an_entry_may_be_it_or_surely_is(over: dict[str, str], *, may: bool, surely: bool) -> None:
    """Only what differs for certain is another packet, and only what is equal in all is this one."""
    told = entry(**over)
    assert sought().may_be(told) is may
    assert sought().surely_among([told]) is surely


def test_what_is_sure_needs_a_title_and_a_number() -> None:
    """A document without them could be any."""
    assert not sought(title="").surely_among([entry(title="")])
    assert not sought(code="").surely_among([entry(notation="")])
    assert not sought(receivers=["G22", "H26"]).surely_among([entry(), entry(docid="2", receiver="H26")])
    assert sought(receivers=["G22", "H26"]).surely_among([entry(), entry(receiver="H26")])
    assert not sought(act="update", begun=False).surely_among([entry()])


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026/03/05 09:00:00", 9),
        ("05-03-2026 23:59:59.123", 23),
        ("2026-03-05T07:00:00+07:00", 7),
        ("2026-03-05T07:00:00Z", None),
        ("2026/03/05 25:00:00", None),
        ("2026/02/30 09:00:00", None),
        ("1772676000", None),
        ("", None),
    ],
)
def test_times_are_read_in_viet_nam_or_not_at_all(text: str, hour: int | None) -> None:
    """A time of another zone, or of none that can be told, is no time."""
    at = read_time(text)
    assert (at.hour if at else None) == hour
    assert at is None or at.tzinfo is VIETNAM


def test_codes_are_one_in_either_form() -> None:
    """Old and new form of level 1, whatever the case; opaque ones as they are."""
    assert same_body("000.00.00.G22", "G22")
    assert same_body("vxp.saas.03", "VXP.SAAS.03 ")
    assert not same_body("G22", "G12")


def test_only_the_first_attempt_counts_and_few_are_remembered() -> None:
    """A later attempt does not move it; a receipt forgets it; what has no id is not remembered."""
    attempts, told = Attempts(), document()
    attempts.begin(told, NOW)
    attempts.begin(told, NOW + timedelta(hours=1))
    assert attempts.began(told) == NOW
    assert attempts.began(dataclasses.replace(told, recipients=["H26"])) is None
    attempts.end(told)
    assert attempts.began(told) is None
    attempts.begin(dataclasses.replace(told, id=None), NOW)
    assert attempts.began(dataclasses.replace(told, id=None)) is None
    for _ in range(10_001):
        attempts.begin(document(), NOW)
    assert len(attempts._began) == 10_000
