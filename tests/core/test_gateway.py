"""How one message walks: accepted, claimed, sent, settled; and what each answer of the far side leads to."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lgsp.adapter import Accepted, Arrival, Receipt
from lgsp.errors import (
    Conflict,
    Forbidden,
    GatewayError,
    Invalid,
    Problem,
    Refused,
    Rejected,
    Scope,
    Unavailable,
)
from lgsp.health import Standing
from lgsp.journal import reading, reporting
from lgsp.message import Message, Raw
from lgsp.testing.making import DOSSIER
from lgsp.wire.exchange import Exchange, record
from tests.core.rig import DESK, Rig, away, dossier, doubt, odd, paper, progress, rig, slow


async def _walked(one: Rig, receipt: Accepted) -> dict:  # type: ignore[type-arg]
    return await one.journal.read(lambda tx: reading.walk(tx, receipt.id))


async def test_a_message_walks_from_its_source_to_the_far_side(tmp_path: Path) -> None:
    """A receipt, a delivery, and the body at the far side as it was told."""
    async with rig(tmp_path) as one:
        receipt = await one.told(dossier(body="Đào"))
        assert (receipt.known, receipt.systems) == (False, ("portal",))
        assert await one.go() == 1
        assert one.portal.log == [{"key": "K1", "body": "Đào"}]
        assert await one.states(receipt) == ["delivered"]


async def test_results_stand_in_the_order_of_the_items(tmp_path: Path) -> None:
    """Good and bad of one request are answered where they stood; the bad lie in quarantine."""
    bad = Invalid([Problem("1/MaHoSo", "bad-code")], subject="K9", type=DOSSIER)
    shapeless = Message(DOSSIER, "K3", "K3", {"body": "no key"})
    async with rig(tmp_path) as one:
        results = await one.tell(dossier("K1"), bad, shapeless, dossier("K2"))
        assert [type(result) for result in results] == [Accepted, Invalid, Invalid, Accepted]
        assert results[1] is bad
        assert isinstance(results[2], Rejected)
        assert [(p.place, p.code) for p in results[2].problems] == [("/key", "missing")]
        shown = await one.journal.read(lambda tx: reading.quarantined(tx, DESK))
        assert sorted(row["subject"] for row in shown["quarantine"]) == ["K3", "K9"]


async def test_a_type_that_the_source_does_not_bring_is_forbidden(tmp_path: Path) -> None:
    """What a system may say is what its adapter declares."""
    async with rig(tmp_path) as one:
        (result,) = await one.tell(Message("agency.v1", "H44", "H44", {"key": "H44"}))
        assert isinstance(result, Forbidden)


async def test_a_document_with_another_body_is_told_so(tmp_path: Path) -> None:
    """The conflict found in the journal comes back as the result of its item."""
    other = paper()
    other.data["body"], other.native = "other", b"x" * 32
    async with rig(tmp_path) as one:
        results = await one.tell(paper(), other)
        assert [type(result) for result in results] == [Accepted, Conflict]


async def test_a_body_of_which_nothing_can_be_read_lies_in_quarantine(tmp_path: Path) -> None:
    """Its owner can be shown what came, and why it was turned away."""
    async with rig(tmp_path) as one:
        await one.gateway.reject(DESK, Raw.of(b"<html>"), Invalid([Problem("", "not-json")]))
        shown = await one.journal.read(lambda tx: reading.quarantined(tx, DESK))
        assert [row["raw"]["text"] for row in shown["quarantine"]] == ["<html>"]


async def test_a_large_body_is_kept_in_the_blob_store(tmp_path: Path) -> None:
    """The journal names the blob; the bytes are durable before the message commits."""
    async with rig(tmp_path) as one:
        raw = Raw.of(b" " * 300_000)
        (receipt,) = await one.gateway.accept(DESK, raw, [dossier()])
        assert isinstance(receipt, Accepted)
        name = (await _walked(one, receipt))["raw"]["blob"]
        assert one.gateway.blobs.path(name).read_bytes() == raw.read()


async def test_a_refusal_is_dead_with_its_cause_and_fields(tmp_path: Path) -> None:
    """The far side understood and said no: one attempt, and its source is told why."""
    async with rig(tmp_path) as one:
        one.portal.script.append(Refused("field-rejected", "không hợp lệ", ["NgayTiepNhan"]))
        receipt = await one.told(dossier())
        await one.go()
        shown = await one.delivery(receipt)
        assert (shown["state"], shown["attempt"], shown["cause"]) == ("refused", 1, "field-rejected")
        reports = await one.journal.read(lambda tx: reporting.reports(tx, DESK))
        assert [(r.state, r.cause, r.said, list(r.fields)) for r in reports] == [
            ("refused", "field-rejected", "không hợp lệ", ["NgayTiepNhan"])
        ]


async def test_the_same_refusal_for_many_keys_suspends_nobody(tmp_path: Path) -> None:
    """The same refusal for many keys, catalogued: all are refused, and the system runs on."""
    async with rig(tmp_path) as one:
        one.portal.script.extend(Refused("unknown-procedure") for _ in range(20))
        receipts = await one.tell(*(dossier(f"K{n}") for n in range(20)))
        await one.go()
        assert await one.states(*receipts) == ["refused"] * 20
        assert one.to.health.standing is Standing.RUNNING


async def test_the_same_odd_answer_for_many_keys_suspends_and_kills_nobody(tmp_path: Path) -> None:
    """The same refusal for many keys, uncatalogued: the system is suspended, and nobody is dead (row 17)."""
    async with rig(tmp_path) as one:
        one.portal.script.extend(odd() for _ in range(20))
        receipts = await one.tell(*(dossier(f"K{n}") for n in range(20)))
        await one.go()
        assert await one.states(*receipts) == ["put off"] * 20
        assert one.to.health.standing is Standing.SUSPENDED
        patience = [(await one.delivery(r))["patience"] for r in receipts if isinstance(r, Accepted)]
        assert sorted(patience) == [0] * 18 + [1] * 2


async def test_patience_is_spent_interval_by_interval_and_then_it_is_exhausted(tmp_path: Path) -> None:
    """A failure of the message costs one interval each; when the list is at its end the delivery is dead."""
    async with rig(tmp_path) as one:
        one.portal.script.extend(odd() for _ in range(4))
        receipt = await one.told(dossier())
        for _ in range(4):
            await one.go()
            one.to.health.succeeded(0.0)
            await asyncio.sleep(0.02)
            await one.sweeper._due()
        shown = await one.delivery(receipt)
        assert (shown["state"], shown["attempt"], shown["patience"]) == ("exhausted", 4, 4)


async def test_a_failure_of_the_system_spends_no_patience(tmp_path: Path) -> None:
    """Row 17: the system fails as a whole; it is suspended, and the delivery keeps its patience."""
    async with rig(tmp_path) as one:
        one.portal.script.append(away())
        receipt = await one.told(dossier())
        await one.go()
        shown = await one.delivery(receipt)
        assert (shown["state"], shown["patience"], shown["cause"]) == ("put off", 0, "not-reachable")
        assert one.to.health.standing is Standing.SUSPENDED


async def test_what_the_far_side_asks_us_to_wait_is_waited(tmp_path: Path) -> None:
    """A `Retry-After` lengthens the interval."""
    now = [1_767_200_400_000_000]
    async with rig(tmp_path, clock=lambda: now[0]) as one:
        one.portal.script.append(Unavailable("busy", after=3600.0))
        await one.told(dossier())
        await one.go()
        now[0] += 3_599_000_000
        await one.sweeper._due()
        assert one.broker.depth("portal") == 0
        now[0] += 2_000_000
        await one.sweeper._due()
        assert one.broker.depth("portal") == 1


@pytest.mark.parametrize(
    ("message", "says", "sent", "state", "repeats"),
    [
        (dossier(), Arrival.ARRIVED, 1, "delivered", 0),
        (dossier(), Arrival.ABSENT, 2, "delivered", 0),
        (dossier(), Arrival.UNKNOWN, 2, "delivered", 1),
        (paper(), Arrival.ARRIVED, 1, "delivered", 0),
        (paper(), Arrival.ABSENT, 2, "delivered", 0),
        (paper(), Arrival.UNKNOWN, 1, "held", 0),
    ],
    ids=lambda value: getattr(value, "name", None) or getattr(value, "type", None) or str(value),
)
async def test_a_doubtful_attempt_is_asked_about_first(  # noqa: PLR0917
    tmp_path: Path, message: Message, says: Arrival, sent: int, state: str, repeats: int
) -> None:
    """Row 6: what arrived is not sent again; what is unknown is sent again, but for a document."""
    message.source = ""
    async with rig(tmp_path) as one:
        one.portal.script.append(doubt())
        one.portal.says.append(says)
        receipt = await one.told(message)
        await one.go()
        await asyncio.sleep(0.04)
        await one.sweeper._due()
        await one.go()
        shown = await one.delivery(receipt)
        assert (len(one.portal.log), shown["state"], shown["repeats"]) == (sent, state, repeats)
        assert len(one.portal.probed) == 1


async def test_a_probe_that_does_not_answer_sends_nothing(tmp_path: Path) -> None:
    """As long as it is not known what the first attempt did, there is no second."""
    async with rig(tmp_path) as one:
        one.portal.script.append(doubt())
        one.portal.says.append(odd())
        receipt = await one.told(paper())
        for _ in range(2):
            await one.go()
            await asyncio.sleep(0.04)
            await one.sweeper._due()
        shown = await one.delivery(receipt)
        assert (len(one.portal.log), shown["uncertain"]) == (1, 1)


async def test_an_adapter_that_takes_too_long_is_a_doubt(tmp_path: Path) -> None:
    """The bound on an attempt holds whatever the adapter does; the request may have been written."""
    async with rig(tmp_path, changes=[("timeout: 300ms", "timeout: 20ms")]) as one:
        one.portal.script.append(slow(5.0))
        receipt = await one.told(dossier())
        await one.go()
        shown = await one.delivery(receipt)
        assert (shown["state"], shown["cause"], shown["uncertain"]) == ("put off", "timed-out", 1)


@pytest.mark.parametrize(
    "fault",
    [ZeroDivisionError(), GatewayError("sending: does not send"), Invalid([Problem("x", "y")])],
    ids=lambda fault: type(fault).__name__,
)
async def test_a_bug_in_an_adapter_is_put_off(tmp_path: Path, fault: Exception) -> None:
    """Whatever an adapter raises that is no answer is a bug that may pass; its delivery does not hang."""
    async with rig(tmp_path) as one:
        one.portal.script.append(fault)
        receipt = await one.told(dossier())
        await asyncio.gather(one.go(), return_exceptions=True)
        shown = await one.delivery(receipt)
        assert (shown["state"], shown["cause"]) == ("put off", "adapter-bug")


async def test_the_native_request_and_answer_are_kept(tmp_path: Path) -> None:
    """Each attempt shows what was said and what was answered."""

    async def recording(_: Message) -> Receipt:
        record(Exchange("/DongBoHoSoMC", b'{"a":1}', 200, b'{"error_code":"0"}', 1.0))
        return Receipt("thành công")

    async with rig(tmp_path) as one:
        one.portal.script.append(recording)
        receipt = await one.told(dossier())
        await one.go()
        (attempt,) = (await _walked(one, receipt))["attempts"]
        assert attempt["exchanges"] == [
            {
                "url": "/DongBoHoSoMC",
                "request": '{"a":1}',
                "status": 200,
                "answer": '{"error_code":"0"}',
                "ms": 1.0,
            }
        ]
        assert (attempt["outcome"], attempt["said"]) == ("delivered", "thành công")


async def test_an_update_is_told_that_a_version_is_there(tmp_path: Path) -> None:
    """The adapter learns whether the far side holds a version: no, then yes."""
    async with rig(tmp_path) as one:
        for body in ("A", "B"):
            await one.told(dossier(body=body))
            await one.go()
        assert [message.there for message in one.portal.messages] == [False, True]


async def test_what_is_void_is_not_sent_and_says_nothing_of_the_system(tmp_path: Path) -> None:
    """A claim whose time ran out is expired without a call; it does not resume a suspended system."""
    message = dossier()
    async with rig(tmp_path) as one:
        message.expirytime = datetime.now(UTC)
        receipt = await one.told(message)
        one.to.health.suspend("away", 0.0)
        await one.go()
        assert (one.portal.log, await one.states(receipt)) == ([], ["expired"])
        assert one.to.health.standing is Standing.SUSPENDED


async def test_a_line_is_walked_without_the_broker(tmp_path: Path) -> None:
    """Whoever delivered the head goes on with the next of the line; order holds."""
    async with rig(tmp_path) as one:
        await one.tell(progress(step=1), dossier(), progress(step=2))
        assert one.broker.depth("portal") == 1
        await one.go()
        assert [body.get("step") for body in one.portal.log] == [None, 1, 2]


async def test_a_suspended_system_is_not_gone_on_with(tmp_path: Path) -> None:
    """The outcome that suspends the system does not claim the next of the line."""
    async with rig(tmp_path) as one:
        one.portal.script.append(Unavailable("login-refused", scope=Scope.SYSTEM))
        await one.tell(dossier(body="A"), dossier(body="B"))
        await one.go()
        assert len(one.portal.log) == 1


async def test_a_look_up_that_answers_is_no_success_of_the_system(tmp_path: Path) -> None:
    """A system whose look-up works and whose door is shut stays suspended: only what was sent counts."""
    async with rig(tmp_path) as one:
        one.portal.script.extend([doubt(), away()])
        one.portal.says.append(Arrival.ABSENT)
        await one.told(dossier())
        await one.go()
        await asyncio.sleep(0.03)
        one.to.health.suspend("not-reachable", 0.0)
        await one.lane._trial()
        assert len(one.portal.log) == 2
        assert one.to.health.standing is Standing.SUSPENDED
