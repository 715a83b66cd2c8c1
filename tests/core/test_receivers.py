"""Receivers of one message: who serves them gets them, and who was reached is never sent to again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import orjson
import pytest

from lgsp.adapter import Receipt
from lgsp.errors import Refused, Unavailable
from lgsp.journal import acting, reading
from lgsp.mailbox import SystemMailbox
from lgsp.message import Message
from lgsp.publishing import rehouse, route_unrouted
from lgsp.testing.making import PAPER, SYSTEM
from tests.core.rig import Portal, Rig, fact, paper, rig

BY_RECEIVERS = ("type: document.v1, to: [portal]", "type: document.v1, to: recipients, else: portal")
UNKNOWN, LOCKED = Refused("unknown-receiver", "18"), Unavailable("receiver-locked", "23")


def letter(*codes: str, key: str = "K1", name: str = "P1") -> Message:
    """Return a document for receivers."""
    return fact(PAPER, key, name=name, recipients=[{"code": code} for code in codes])


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Rig]:
    """Lend a gateway that routes documents by their receivers."""
    async with rig(tmp_path, changes=[BY_RECEIVERS]) as found:
        yield found


async def reaching(one: Rig, failed: Mapping[str, Refused | Unavailable], *codes: str) -> list[list[str]]:
    """Send a document of whose receivers some fail at first; return whom each attempt was for."""
    one.portal.script.append(Receipt("taken", failed=failed))
    await one.told(letter(*codes))
    async with one.working():
        await one.rest("delivered", "refused", "exhausted")
    return [message.recipients for message in one.portal.messages]


async def stand(one: Rig) -> dict[str, str]:
    """Return how each receiver stands."""
    rows = await one.journal.read(
        lambda tx: (
            tx.rows("SELECT recipients, state FROM deliveries")
            + tx.rows("SELECT recipients, state FROM history")
        )
    )
    names = {10: "delivered", 11: "refused", 12: "exhausted"}
    return {code: names[state] for codes, state in rows for code in orjson.loads(codes)}


async def test_only_who_failed_is_tried_again(one: Rig) -> None:
    """Row 108: one of three could not be reached for a moment: it alone is sent to a second time."""
    sent = await reaching(one, {"H26": LOCKED}, "G22", "G09", "H26")
    assert sent == [["G22", "G09", "H26"], ["H26"]]
    assert await stand(one) == {"G22": "delivered", "G09": "delivered", "H26": "delivered"}


async def test_who_is_refused_is_dead_and_the_others_are_not_sent_to_again(one: Rig) -> None:
    """Row 108: a wrong code among them is one person's work, and no second copy for the others."""
    sent = await reaching(one, {"H99": UNKNOWN}, "G22", "H99")
    assert sent == [["G22", "H99"]]
    assert await stand(one) == {"G22": "delivered", "H99": "refused"}


async def test_a_receiver_of_whom_no_delivery_knows_is_nobody(one: Rig) -> None:
    """What a far side says of others than those it was asked for is not made a delivery of."""
    await reaching(one, {"H99": UNKNOWN}, "G22")
    assert await stand(one) == {"G22": "delivered"}


async def test_nobody_is_reached_and_some_may_be_later(one: Rig) -> None:
    """Row 108: the refused ones are dead, the others go on."""
    sent = await reaching(one, {"H99": UNKNOWN, "G22": LOCKED}, "G22", "H99")
    assert sent == [["G22", "H99"], ["G22"]]
    assert await stand(one) == {"G22": "delivered", "H99": "refused"}


async def test_patience_is_spent_for_who_fails_again_and_again(one: Rig) -> None:
    """It is as long as for a whole delivery; then a person is told."""
    for _ in range(4):
        one.portal.script.append(Receipt("taken", failed={"H26": LOCKED}))
    await one.told(letter("G22", "H26"))
    async with one.working():
        await one.rest("delivered", "exhausted")
    assert await stand(one) == {"G22": "delivered", "H26": "exhausted"}
    assert [message.recipients for message in one.portal.messages] == [["G22", "H26"], *[["H26"]] * 3]


async def test_receivers_of_what_no_route_wanted_are_read_later(tmp_path: Path) -> None:
    """Publishing a route sends to them, by what the body says."""
    async with rig(tmp_path, changes=[("type: document.v1, to", "type: document.v2, to")]) as before:
        receipt = await before.told(letter("G22", "G09"))
        assert receipt.systems == ()
    async with rig(tmp_path, changes=[BY_RECEIVERS]) as after:
        await route_unrouted(after.gateway)
        after.to.window.look_again()
        await after.refill()
        await after.go()
        assert [message.recipients for message in after.portal.messages] == [["G22", "G09"]]


async def test_who_has_no_receivers_goes_nowhere_and_is_kept(one: Rig) -> None:
    """A document for nobody is taken on, and a person is told that no route wants it."""
    receipt = await one.told(paper())
    assert receipt.systems == ()


# --- a mailbox, by its gateway --------------------------------------------------------------------------


class Desk(Portal):
    """A system that comes for what is meant for it."""

    collects = True


@pytest.fixture
async def collecting(tmp_path: Path) -> AsyncIterator[Rig]:
    """Lend a gateway whose far side collects."""
    async with rig(tmp_path, portal=Desk(), changes=[BY_RECEIVERS]) as found:
        yield found


async def test_a_system_that_collects_is_never_sent_to(collecting: Rig) -> None:
    """Row 96: it lists, takes, and says done; nothing goes to the broker, and `send` is not called."""
    receipt = await collecting.told(letter("G22", "G09"))
    box = SystemMailbox(SYSTEM, collecting.gateway)
    (waiting,) = await box.waiting([PAPER])
    assert (waiting.message, waiting.recipients, waiting.subject) == (receipt.id, ["G22", "G09"], "K1")
    message = await box.take(waiting.id)
    assert message is not None
    assert (message.recipients, message.id) == (["G22", "G09"], receipt.id)
    assert (await box.waiting([PAPER]), await box.count([PAPER])) == ([], 1)
    assert (await box.done(waiting.id), await box.done(waiting.id)) == (True, True)
    assert await collecting.states(receipt) == ["delivered"]
    assert (collecting.broker.depth(SYSTEM), collecting.portal.log) == (0, [])


async def test_a_paused_mailbox_is_empty_and_done_still_counts(collecting: Rig) -> None:
    """Row 104: a person wants rest; who has something in its hands may say so."""
    await collecting.told(letter("G22"))
    box = SystemMailbox(SYSTEM, collecting.gateway)
    (waiting,) = await box.waiting([PAPER])
    await box.take(waiting.id)
    collecting.to.health.pause(0.0)
    assert (await box.waiting([PAPER]), await box.count([PAPER]), await box.take(waiting.id)) == ([], 0, None)
    assert await box.done(waiting.id)


async def test_patience_ends_for_a_mailbox_too(collecting: Rig) -> None:
    """Row 103: three intervals, and then a person is told."""
    receipt = await collecting.told(letter("G22"))
    box = SystemMailbox(SYSTEM, collecting.gateway)
    (waiting,) = await box.waiting([PAPER])
    for state in ("put off", "put off", "put off", "exhausted"):
        assert await box.fail(waiting.id, "damaged")
        assert await collecting.states(receipt) == [state]
        async with collecting.working():
            await collecting.rest("offered", "exhausted")
    assert not await box.fail(waiting.id, "damaged")


async def test_only_what_is_asked_for_is_listed(collecting: Rig) -> None:
    """A façade lists documents and statuses apart."""
    await collecting.told(letter("G22"))
    box = SystemMailbox(SYSTEM, collecting.gateway)
    assert await box.waiting(["dossier.v1"]) == []
    assert await box.waiting([]) == []


async def test_what_was_ready_is_offered_when_the_system_begins_to_collect(tmp_path: Path) -> None:
    """Row 107: the adapter of a system is replaced by one with a façade; nothing that waits is lost."""
    async with rig(tmp_path, changes=[BY_RECEIVERS]) as before:
        receipt = await before.told(letter("G22"))
    async with rig(tmp_path, portal=Desk(), changes=[BY_RECEIVERS]) as after:
        await rehouse(after.gateway)
        box = SystemMailbox(SYSTEM, after.gateway)
        assert [waiting.message for waiting in await box.waiting([PAPER])] == [receipt.id]
    async with rig(tmp_path, changes=[BY_RECEIVERS]) as again:
        await rehouse(again.gateway)
        again.to.window.look_again()
        await again.refill()
        await again.go()
        assert await again.states(receipt) == ["delivered"]


async def test_a_delivery_that_is_called_off_leaves_the_mailbox(collecting: Rig) -> None:
    """Row 104: it is listed no more, and whoever has it is told that it counts no more."""
    await collecting.told(letter("G22"))
    box = SystemMailbox(SYSTEM, collecting.gateway)
    (waiting,) = await box.waiting([PAPER])
    shown = await collecting.journal.read(lambda tx: reading.deliveries(tx, {"system": SYSTEM}))
    number = shown["deliveries"][0]["id"]
    await collecting.journal.write(lambda tx: acting.cancel(tx, number, "operator", "twice"))
    assert (await box.waiting([PAPER]), await box.done(waiting.id)) == ([], False)
