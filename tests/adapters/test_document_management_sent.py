"""A document system reads how far each receiver of what it sent is, and never an empty list for a fault."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

import pytest

from lgsp.adapter import Sent, Standing
from lgsp.formats.axis.replies import read_answer
from lgsp.message import VIETNAM, Message
from tests.document_desk import Desk
from tests.sandbox.axis_client import FULL, MINIMAL, PACKETS


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Open a fresh façade."""
    return Desk(tmp_path)


AT = datetime(2026, 3, 5, 7, 0, tzinfo=VIETNAM)


def sent(message: Message, number: int = 1, at: datetime = AT, *went: Standing) -> Sent:
    """Return what the journal would tell of a message."""
    return Sent(uuid.UUID(int=number), message.type, message.subject, at, message.data, went)


async def test_the_sent_list_tells_how_far_each_receiver_is(desk: Desk) -> None:
    """One entry for each receiver, with the state of its own delivery in words."""
    message = await desk.message(FULL)
    first, second = message.recipients[:2]
    went = (
        Standing("document-axis", [second], "put off", AT, "timed-out"),
        Standing("document-axis", [second], "refused", AT + timedelta(minutes=2), said="18: khong ton tai"),
        Standing("other", [first], "delivered", AT + timedelta(minutes=1)),
    )
    desk.inbox.told = [sent(message, 255 << 96, AT, *went)]
    found = {one["toCode"]: one for one in await sent_list(desk)}
    assert found[first]["senderDocId"] == uuid.UUID(int=255 << 96).hex[:24]
    assert found[first] | {"senderDocId": ""} == {
        "senderDocId": "",
        "receiverDocId": "",
        "serviceType": "eDoc",
        "fromCode": "H37",
        "toCode": first,
        "title": message.data["subject"],
        "notation": "15/UBND-VP",
        "messageType": "edoc",
        "sentTime": "2026/03/05 07:00:00",
        "receivedTime": "2026/03/05 07:01:00",
        "sendStatus": "done",
        "sendStatusDesc": "",
        "receiveStatus": "done",
        "receiveStatusDesc": "Đã chuyển đến nơi nhận",
    }
    assert found[second]["receiveStatus"] == "fail"
    assert found[second]["receiveStatusDesc"] == "Nơi nhận từ chối: 18: khong ton tai"
    assert found[second]["receivedTime"] == ""


async def test_what_goes_nowhere_is_told_as_such(desk: Desk) -> None:
    """A document that no route wants is not passed over in silence."""
    desk.inbox.told = [sent(await desk.message(MINIMAL))]
    (one,) = await sent_list(desk)
    assert one["receiveStatus"] == "initial"
    assert "Chưa có tuyến" in one["receiveStatusDesc"]


async def test_the_sent_list_is_asked_by_days_of_viet_nam(desk: Desk) -> None:
    """Both days count; without days it is the last thirty."""
    await sent_list(desk, fromDate="2026/03/01", toDate="02/03/2026")
    assert desk.inbox.asked.pop() == (
        datetime(2026, 3, 1, tzinfo=VIETNAM),
        datetime(2026, 3, 3, tzinfo=VIETNAM),
    )
    desk.parameters.clear()
    await sent_list(desk)
    assert desk.inbox.asked.pop()[0] == desk.times.now() - timedelta(days=30)
    assert (await desk.ask("getSentEdocList", messagetype="edoc", fromDate="hom qua")).code == "10"


async def test_a_long_sent_list_is_whole_and_paged(desk: Desk) -> None:
    """More than are looked up at one go, many of one instant among them: each stands there once."""
    message = await desk.message(MINIMAL)
    desk.inbox.told = [sent(message, n << 96, AT + timedelta(seconds=n // 700)) for n in range(1, 1701)]
    found = await sent_list(desk)
    assert len({one["senderDocId"] for one in found}) == len(found) == 1700
    pages = [
        [one["senderDocId"] for one in await sent_list(desk, pageSize="600", pageIndex=str(n))]
        for n in range(5)
    ]
    assert pages[0] == pages[1]
    assert list(chain(*pages[1:])) == [one["senderDocId"] for one in found]


async def test_sent_statuses_have_a_list_of_their_own(desk: Desk) -> None:
    """`messagetype` says of what: a status is listed with whom it answers, and documents are not among them."""
    status = await desk.message((PACKETS / "gen_status_02.edxml").read_bytes())
    about = status.data["about"]
    went = Standing("document-axis", [], "parked", AT)
    desk.inbox.told = [sent(await desk.message(MINIMAL)), sent(status, 2, AT, went)]
    (one,) = (await desk.ask("getSentEdocList", messagetype="status")).items()
    assert (one["messageType"], one["toCode"], one["notation"]) == ("status", about["agency"], about["code"])
    assert (one["receiveStatus"], one["sendStatus"]) == ("initial", "done")
    assert [one["messageType"] for one in await sent_list(desk)] == ["edoc"]
    assert (await desk.ask("getSentEdocList", messagetype="letter")).code == "10"


async def test_a_list_that_cannot_be_looked_up_is_no_empty_list(desk: Desk) -> None:
    """The vendor's client takes what is no JSON for an empty list: this is JSON, and says FAIL."""
    desk.inbox.away = True
    reply = await desk.raw("getSentEdocList", messagetype="edoc")
    assert (reply.status, read_answer(reply.body).ok) == (503, False)


async def sent_list(desk: Desk, **parameters: str) -> list[dict[str, str]]:
    """Return what was sent."""
    answer = await desk.ask("getSentEdocList", messagetype="edoc", **parameters)
    return [dict(one) for one in answer.items()]
