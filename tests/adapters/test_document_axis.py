"""Sending documents and statuses to the stand-in axis, over real HTTP."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import datetime
from typing import Any, ClassVar

import orjson
import pytest
from lgsp.adapters.document_axis import DocumentAxis
from pydantic import ValidationError

from lgsp.domain.causes import CAUSES
from lgsp.errors import Refused, Scope, Unavailable, Uncertain
from lgsp.folder import NOWHERE
from lgsp.formats.edxml import packet_of
from lgsp.message import VIETNAM
from lgsp.sandbox.axis.asked import Said
from lgsp.sandbox.axis.axis import Axis
from lgsp.testing.adapter import AdapterContract
from lgsp.wire.exchange import recorded
from tests.axis_side import Side, axis_side, document, status


class TestDocumentAxis(AdapterContract):
    """The national document axis."""

    name = "document_axis"
    settings: ClassVar[dict[str, Any]] = {"url": "http://127.0.0.1:9", "system_id": "lgsp", "agency": "H44"}

    def native(self, type_: str, data: dict[str, Any]) -> Any:
        """Write a body as the axis wants it; these have no files."""
        return packet_of(type_, data, NOWHERE).decode()


def kept(side: Side, content: bytes, name: str = "a.pdf") -> dict[str, Any]:
    """Keep an attachment, and return it as a document names it."""
    ref = side.files.keep([content])
    return {"id": "1", "name": name, "dataref": ref, "sha256": ref.partition(":")[2], "size": len(content)}


async def test_a_document_reaches_each_of_its_receivers() -> None:
    """One request; each peer knows the document afterwards; the receipt names the axis' own id."""
    async with axis_side() as side:
        receipt = await side.adapter.send(document(15, ("G22", "H26")))
        (taken,) = [one for one in side.documents["H44.01,2026/03/05,15/UBND-VP"] if one["what"] == "new"]
        assert receipt.note == f"DocId {taken['docid']}"
        assert (receipt.failed, receipt.repeated) == ({}, False)
        assert taken["from"] == "H44.01"
        assert set(side.axis.state()["peers"]) == {"G22", "H26"}
        assert side.axis.state()["calls"]["sendEdoc"] == 1


async def test_only_the_receivers_of_the_delivery_are_named() -> None:
    """A delivery of a part of the receivers sends a packet that names that part alone."""
    whole = document(15, ("G22", "H26", "H44.11"))
    async with axis_side() as side:
        await side.adapter.send(dataclasses.replace(whole, recipients=["H26"]))
        assert set(side.axis.state()["peers"]) == {"H26"}


async def test_a_status_goes_to_whom_it_is_about() -> None:
    """A status packet names no receiver but in what it answers."""
    async with axis_side() as side:
        about = await side.write("7")
        await side.adapter.send(status("03", about))
        assert side.axis.state()["peers"]["G22"][about]["told"] == ["03"]


@pytest.mark.parametrize("size", [100, 300_000], ids=["in memory", "in a file"])
async def test_attachments_arrive_as_they_are(size: int) -> None:
    """Small packets are sent from memory, larger ones from a file; the axis finds the hash right both times."""
    content = b"%PDF-1.4\n" + bytes(range(256)) * (size // 256)
    async with axis_side() as side:
        told = document(15, ("H44.11",), attachments=[kept(side, content)])
        with recorded() as exchanges:
            await side.adapter.send(told)
        (page,) = await side.pages()
        assert page.messages[0].data["attachments"][0]["sha256"] == told.data["attachments"][0]["sha256"]
        (request,) = [one.request for one in exchanges if one.url.endswith("/sendEdoc")]
    assert b"<edXML:DocumentId>H44.01,2026/03/05,15/UBND-VP<" in request
    assert b"AttachmentEncoded" not in request, "a packet's files are not kept a second time"


async def test_a_wrong_hash_would_be_refused() -> None:
    """The hash that the axis checks is that of the packet: without it none of the tests here could pass."""
    async with axis_side() as side:
        axis = side.adapter._axis
        send = axis.send

        async def spoilt(*args: Any, **more: Any) -> Any:
            return await send(*args[:-1], "0" * 64, **more)

        axis.send = spoilt  # type: ignore[method-assign]
        with pytest.raises(Refused) as fault:
            await side.adapter.send(document())
    assert fault.value.cause == "axis-file-refused"


async def test_what_cannot_be_written_is_refused_with_its_place() -> None:
    """A file that is not kept any more: nobody can send that, now or later."""
    lost = {"id": "1", "name": "a.pdf", "dataref": f"sha256:{'0' * 64}", "sha256": "0" * 64, "size": 1}
    async with axis_side() as side:
        with pytest.raises(Refused) as fault:
            await side.adapter.send(document(attachments=[lost]))
        assert side.axis.state()["calls"] == {}
    assert fault.value.cause == "attachment-not-kept"
    assert "AttachmentEncoded/Attachment[1]" in fault.value.fields[0]


async def test_a_sender_that_no_header_can_hold_is_refused() -> None:
    """The sender stands in a header: letters beyond ASCII cannot."""
    async with axis_side() as side:
        with pytest.raises(Refused) as fault:
            await side.adapter.send(document(sender={"code": "Sở Y tế"}))
    assert (fault.value.cause, fault.value.fields) == ("not-writable", ["MessageHeader/From/OrganId"])


# --- what the axis says against it ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "closed", "cause"),
    [("X99", [], "axis-receiver-unknown"), ("H26", ["H26"], "axis-receiver-locked")],
)
async def test_a_receiver_whom_the_axis_names_is_refused_alone(
    code: str, closed: list[str], cause: str
) -> None:
    """The axis took nothing: who is unknown or locked is refused, and the others are sent to once more."""
    async with axis_side() as side:
        side.trouble(closed=closed)
        receipt = await side.adapter.send(document(15, ("G22", code, "G09")))
        assert side.axis.state()["taken_edoc"] == 0
        refused, *others = (receipt.failed[one] for one in (code, "G22", "G09"))
        assert isinstance(refused, Refused)
        assert (refused.cause, refused.fields) == (cause, ["MessageHeader/To"])
        assert code in refused.said
        assert [(type(one), one.cause) for one in others] == [(Unavailable, "axis-others-refused")] * 2
        again = document(15, ("G22", code, "G09"))
        again.recipients = ["G22", "G09"]
        assert (await side.adapter.send(again)).failed == {}
        assert set(side.axis.state()["peers"]) == {"G22", "G09"}


@pytest.mark.parametrize(("to", "closed"), [(("X99",), []), (("X99", "X98"), []), (("H26",), ["H26"])])
async def test_where_nobody_is_left_the_whole_is_refused(to: tuple[str, ...], closed: list[str]) -> None:
    """A closed code, or codes that nobody bears, and no other receiver."""
    async with axis_side() as side:
        side.trouble(closed=closed)
        with pytest.raises(Refused) as fault:
            await side.adapter.send(document(15, to))
    assert fault.value.fields == ["MessageHeader/To"]


async def test_whom_a_taken_packet_did_not_reach_is_told_apart() -> None:
    """The axis took it for those it knows; the sent list says who is not among them."""
    async with axis_side() as side:
        side.trouble(partial=True)
        receipt = await side.adapter.send(document(15, ("G22", "X99", "H26")))
        assert set(side.axis.state()["peers"]) == {"G22", "H26"}
    assert {code: fault.cause for code, fault in receipt.failed.items()} == {"X99": "axis-receiver-failed"}
    assert receipt.failed["X99"].said == "Don vi nhan khong ton tai"


@pytest.mark.parametrize("seconds", [0.0, 1.0], ids=["broken", "slow"])
async def test_a_sent_list_that_is_not_to_be_had_fails_nobody(seconds: float) -> None:
    """The packet was taken: what is not known of a receiver is no failure, and no reason to send again."""
    axis = Axis()

    async def away(*_: Any) -> Said:
        await asyncio.sleep(seconds)
        return Said.of(b"<html></html>")

    axis._operations._acts["getSentEdocList"] = away
    async with axis_side(axis=axis, timeout=0.2) as side:
        receipt = await side.adapter.send(document(15, ("G22", "H26")))
    assert (receipt.failed, receipt.note[:5]) == ({}, "DocId")


@pytest.mark.parametrize("wrong", [{"url": "trục"}, {"system_id": "hệ thống"}, {"days": 0}, {"largest": 0}])
def test_settings_that_cannot_work_are_refused(wrong: dict[str, Any]) -> None:
    """What cannot stand in an address or a header is told when the routes are read."""
    said = {"url": "https://truc.example", "system_id": "lgsp", "secret": "s", "agency": "H44"}
    assert DocumentAxis.Config.model_validate(said)
    with pytest.raises(ValidationError):
        DocumentAxis.Config.model_validate(said | wrong)


async def test_of_the_sent_list_nothing_is_kept() -> None:
    """It tells of all that was sent in some days: no part of it belongs to this delivery."""
    async with axis_side() as side:
        await side.adapter.send(document(14))
        with recorded() as exchanges:
            await side.adapter.send(document(15, ("G22", "H26")))
    packet, looked = exchanges
    assert b"DocId" in packet.answer
    assert looked.url.endswith("/getSentEdocList")
    assert looked.answer.endswith(b" bytes)")


async def test_no_receivers_mean_all_of_them() -> None:
    """A delivery that is not narrowed goes to everybody whom the document names."""
    async with axis_side() as side:
        side.trouble(partial=True)
        receipt = await side.adapter.send(dataclasses.replace(document(15, ("G22", "X99")), recipients=[]))
    assert list(receipt.failed) == ["X99"]


@pytest.mark.parametrize(("outcomes", "asked"), [(True, 1), (False, 0)])
async def test_the_sent_list_is_asked_for_several_receivers_only(*, outcomes: bool, asked: int) -> None:
    """One receiver that the axis does not know is refused at once, so there is nothing to ask."""
    async with axis_side(outcomes=outcomes) as side:
        await side.adapter.send(document(15))
        assert side.axis.state()["calls"].get("getSentEdocList", 0) == 0
        await side.adapter.send(document(16, ("G22", "H26")))
        assert side.axis.state()["calls"].get("getSentEdocList", 0) == asked


async def test_a_sender_of_another_province_is_refused() -> None:
    """The axis' no to somebody whom we are not registered for is about that packet, not about us."""
    async with axis_side() as side:
        with pytest.raises(Refused) as fault:
            await side.adapter.send(document(sender={"code": "H37.01"}))
    assert fault.value.cause == "axis-sender-foreign"
    assert fault.value.said == "Don vi gui H37.01 khong dung voi ma da dang ky: H44"


@pytest.mark.parametrize(
    ("config", "cause"),
    [
        ({"secret": "wrong"}, "axis-credentials"),
        ({"system_id": "stranger"}, "axis-credentials"),
        ({"agency": "H37"}, "axis-sender-unregistered"),
    ],
)
async def test_our_standing_concerns_the_system(config: dict[str, str], cause: str) -> None:
    """A wrong secret, or a root that is not the registered one: nothing of ours passes until somebody mends it."""
    async with axis_side(**config) as side:
        with pytest.raises(Unavailable) as fault:
            await side.adapter.send(document(sender={"code": "H37.01"}))
    assert (fault.value.cause, fault.value.scope) == (cause, Scope.SYSTEM)
    assert CAUSES[cause].concerns is Scope.SYSTEM


async def test_a_stamp_of_another_hour_concerns_the_system() -> None:
    """An axis that checks stamps turns away a server whose clock is wrong."""
    late = lambda: datetime(2026, 1, 1, tzinfo=VIETNAM)  # noqa: E731
    async with axis_side(now=late) as side:
        side.trouble(max_clock_skew=60)
        with pytest.raises(Unavailable) as fault:
            await side.adapter.check()
    assert (fault.value.cause, fault.value.scope) == ("axis-credentials", Scope.SYSTEM)


# --- what is no answer ------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["html", "http_502", "http_500", "broken_json"])
async def test_an_answer_that_cannot_be_read_is_uncertain(fault: str) -> None:
    """The packet was written whole: a page, a 500 or half a JSON text say nothing of what became of it."""
    async with axis_side() as side:
        side.trouble(**{fault: 1})
        with pytest.raises(Uncertain):
            await side.adapter.send(document())
        taken = side.axis.state()["taken_edoc"]
    assert taken == (1 if fault == "broken_json" else 0)


async def test_a_time_out_after_storing_is_uncertain() -> None:
    """The axis took it and never answered."""
    async with axis_side(transfer_timeout=0.3) as side:
        side.trouble(timeout_after_store=1, hang_ms=1000)
        with pytest.raises(Uncertain) as fault:
            await side.adapter.send(document())
        assert side.axis.state()["taken_edoc"] == 1
    assert fault.value.cause == "timed-out"


async def test_an_axis_out_of_service_concerns_the_system() -> None:
    """A 503 suspends, and its Retry-After is heard."""
    async with axis_side() as side:
        side.trouble(http_503=1, retry_after=7)
        with pytest.raises(Unavailable) as fault:
            await side.adapter.send(document())
    assert (fault.value.scope, fault.value.after) == (Scope.SYSTEM, 7)
    assert not isinstance(fault.value, Uncertain)


async def test_nobody_there_is_certain() -> None:
    """A refused connection: not a byte was written."""
    async with axis_side(url="http://127.0.0.1:9") as side:
        with pytest.raises(Unavailable) as fault:
            await side.adapter.send(document())
    assert (type(fault.value), fault.value.cause) == (Unavailable, "unreachable")


async def test_the_headers_are_clean_and_in_the_vendor_s_order() -> None:
    """Nothing of an earlier call goes along, no `Expect`, and what is signed is what is sent."""
    seen: list[list[tuple[bytes, bytes]]] = []

    class Watching(Axis):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            seen.append(scope["headers"])
            await super().__call__(scope, receive, send)

    async with axis_side(axis=Watching()) as side:
        await side.write("7")
        await side.pages()
        await side.adapter.send(document())
    names = {name.lower() for headers in seen for name, _ in headers}
    assert b"expect" not in names
    sent = dict(seen[-1])
    said = orjson.loads(sent[b"xroadvnpt-sign-header"])
    assert list(said) == [
        f"XroadVnpt-{name}"
        for name in (
            "systemid",
            "servicetype",
            "messagetype",
            "from",
            "hash-file",
            "timestamp",
            "Content-Type",
        )
    ]
    assert int(sent[b"content-length"]) > 0
    assert b"transfer-encoding" not in sent
