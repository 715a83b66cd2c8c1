"""The watch: told once, told again, told when it ended; over a real journal, to real receivers."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lgsp.alerts.watch import leading
from lgsp.broker.standing import BrokerFault
from lgsp.journal import acting, alerting
from lgsp.journal.contract import JournalError
from lgsp.leases import ProcessLease
from lgsp.limits import Target
from lgsp.testing.making import SYSTEM, dossier
from tests.alerts.world import HOUR, MINUTE, World, world

WHILE = 5 * MINUTE + 1
"""The default of both `suspended: {after: …}` and `calm`, and a second."""


async def suspend(here: World, system: str = SYSTEM, cause: str = "http-503") -> None:
    """Record that a system is suspended."""
    await here.scene.act(lambda tx: acting.set_system(tx, system, "suspended", cause, "gateway"))


async def resume(here: World) -> None:
    """Record that the system runs again."""
    await here.scene.act(lambda tx: acting.set_system(tx, SYSTEM, "running", None, "gateway"))


async def test_a_suspended_system_is_told_once_in_both_languages(here: World) -> None:
    """What lasts is told once, by mail and by webhook, Vietnamese first, with what to do."""
    await suspend(here)
    await here.round(4 * MINUTE)
    assert here.mails.taken == []
    await here.round(1 * MINUTE + 1)
    await here.round(30)
    await here.round(30)
    ((to, letter),) = here.mails.taken
    assert to == ["truc@tinh.example"]
    assert letter["Subject"].startswith("[LGSP H44] MỚI: Hệ thống portal tạm ngừng")
    assert letter["Auto-Submitted"] == "auto-generated"
    text = here.mails.text()
    assert "Hệ thống nhận tạm ngừng phục vụ" in text
    assert text.index("Hệ thống portal tạm ngừng") < text.index("System portal is suspended")
    assert here.told() == [("new", "suspended")]


async def test_what_is_still_so_is_told_again_after_the_homes_time(here: World) -> None:
    """A person who forgot is reminded after `repeat`, and not before."""
    await suspend(here)
    await here.round(WHILE)
    await here.round(4 * HOUR - 60)
    assert here.told() == [("new", "suspended")]
    await here.round(61)
    assert here.told() == [("new", "suspended"), ("again", "suspended")]


async def test_what_ended_is_told_when_it_stays_away(here: World) -> None:
    """An alert ends after `calm`, so that a system that comes and goes is not told each time."""
    await suspend(here)
    await here.round(WHILE)
    await resume(here)
    await here.round(4 * MINUTE)
    await suspend(here)
    await here.round(WHILE)
    await resume(here)
    await here.round()
    await here.round(WHILE)
    await here.round(HOUR)
    assert here.told() == [("new", "suspended"), ("ended", "suspended")]
    assert "ĐÃ HẾT: Hệ thống portal đã chạy lại." in here.mails.text()
    (row,) = await here.listed()
    assert row["ended_at"] is not None


async def test_things_of_one_round_are_one_letter(here: World) -> None:
    """Five systems that fall at once are one letter, not five."""
    for n in range(5):
        await suspend(here, f"system-{n}")
    await here.round(WHILE)
    assert len(here.mails.taken) == len(here.hook.calls) == 1
    assert here.mails.subjects()[0].endswith("(+4)")
    assert here.told() == [("new", "suspended")] * 5


async def test_two_processes_tell_it_once(here: World) -> None:
    """Processes that watch beside each other are kept apart by the register: nobody is told twice."""
    other = here.another_watch()
    await suspend(here)
    here.scene.clock.move(WHILE)
    await asyncio.gather(here.watch.round(), other.round(), here.watch.round(), other.round())
    assert here.told() == [("new", "suspended")]


async def test_who_does_not_lead_leaves_the_installation_alone(here: World) -> None:
    """A process that does not lead neither begins nor ends what concerns all, and tells its own host's."""
    other = here.another_watch(held=lambda _: False)
    await suspend(here)
    await here.round(WHILE)
    here.broker.faults = (BrokerFault("silent"),)
    other._near._ill_since = 0.0
    for _ in range(3):
        here.scene.clock.move(WHILE)
        await other.round()
    assert here.told() == [("new", "suspended"), ("new", "broker")]
    assert [row["ended_at"] for row in await here.listed()] == [None, None]


async def test_one_living_process_leads_and_another_takes_over(here: World) -> None:
    """Leading lasts over some rounds; when the leader ends, another one leads at once."""
    first, second = (ProcessLease(here.scene.journal, name) for name in ("a:1", "b:1"))
    await first.enter()
    await second.enter()
    leads = [leading(first), leading(second)]
    assert [await here.scene.act(one) for one in leads] == [True, False]
    here.scene.clock.move(31)
    assert [await here.scene.act(one) for one in reversed(leads)] == [False, True]
    await first.leave()
    assert [await here.scene.act(one) for one in leads] == [False, True]


async def test_nobody_there_to_hear_it_means_it_is_told_in_the_next_round(here: World) -> None:
    """When neither mail server nor webhook took it, it counts as untold."""
    here.mails.refuse, here.hook.answers = "451 not now", [500]
    await suspend(here)
    await here.round(WHILE)
    (row,) = await here.listed()
    assert row["told_at"] is None
    here.mails.refuse = ""
    await here.round(30)
    (row,) = await here.listed()
    assert row["told_at"] is not None
    assert len(here.mails.taken) == 1


async def test_a_target_that_fails_gets_it_in_the_next_round(here: World) -> None:
    """One that fails holds up nobody, and is owed what it missed: the same letter, known by its id."""
    here.hook.answers = [500, 500]
    await suspend(here)
    await here.round(WHILE)
    await here.round(30)
    await here.round(30)
    assert len(here.mails.taken) == 1
    ids = [headers["webhook-id"] for headers, _ in here.hook.calls]
    assert len(ids) == 3
    assert len(set(ids)) == 1


async def test_a_webhook_can_tell_that_it_is_us(here: World) -> None:
    """The letter is signed over its id, its time and its body; the secret is not in it."""
    await suspend(here)
    await here.round(WHILE)
    ((headers, body),) = here.hook.calls
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = base64.b64encode(hmac.new(b"a-secret", signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{mac}"
    assert b"a-secret" not in body


async def test_a_journal_that_does_not_work_is_told_without_it(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worst fault of all is told too, once, and its end."""
    watch, moment = here.watch, 0.0
    watch._outage._clock = lambda: moment

    async def away(*_: Any) -> Any:
        raise JournalError("reading the journal: refused") from ConnectionRefusedError()

    with monkeypatch.context() as broken:
        broken.setattr(here.scene.journal, "read", away)
        for moment in (0.0, 30.0, 60.0, 90.0):  # noqa: B007 - read by the clock
            await watch.round()
    assert here.told() == [("new", "journal")]
    assert "ConnectionRefusedError" in here.mails.text()
    await watch.round()
    await watch.round()
    assert here.told() == [("new", "journal"), ("ended", "journal")]


async def test_the_summary_of_a_day_comes_once(folder: Path) -> None:
    """It comes at its hour or at the first round after it, once, whoever restarts, and says what went."""
    async with world(folder, digest="09:30") as here:
        await here.scene.deliver(dossier("K1"))
        await here.scene.kill(dossier("K2"), "portal-field-missing")
        await here.round(29 * MINUTE)
        assert [one for one in here.mails.subjects() if "Tổng hợp" in one] == []
        await here.round(2 * MINUTE)
        await here.round(MINUTE)
        await here.another_watch().round()
        digests = [told for told in here.hook.documents() if told["type"] == "lgsp.digest.v1"]
        (digest,) = digests
        assert digest["day"]["accepted"] == {"desk": 2}
        assert digest["day"]["final"] == {SYSTEM: {"delivered": 1, "refused": 1}}
        assert digest["day"]["now"] == {SYSTEM: {"refused": 1}}
        (subject,) = [one for one in here.mails.subjects() if "Tổng hợp" in one]
        assert "05/01/2026" in subject
        await here.round(24 * HOUR)
        assert len([one for one in here.mails.subjects() if "Tổng hợp" in one]) == 2


async def test_newer_routes_take_effect_in_the_next_round(here: World) -> None:
    """What is published is watched by, without a restart; what is open stays open."""
    await suspend(here)
    await here.round(WHILE)
    alerts = here.home.alerts.model_copy(update={"name": "LGSP H45", "repeat": 600.0})
    here.home = replace(here.home, alerts=alerts)
    await here.round(601)
    assert here.told() == [("new", "suspended"), ("again", "suspended")]
    assert here.mails.subjects()[-1].startswith("[LGSP H45] VẪN CÒN")


async def test_a_secret_that_is_gone_does_not_end_the_watch(here: World) -> None:
    """Whoever cannot be told is not told; what is so is in the register."""
    target = Target(webhook="https://x", secret="${env:THERE_IS_NONE}")
    here.home = replace(here.home, alerts=here.home.alerts.model_copy(update={"to": [target]}))
    await suspend(here)
    await here.round(WHILE)
    (row,) = await here.listed()
    assert row["told_at"] is None


async def test_without_anybody_to_tell_it_is_still_registered(folder: Path) -> None:
    """A home that names nobody has its alerts in the register, untold; nothing fails."""
    async with world(folder, to=[], digest="09:00") as here:
        await suspend(here)
        await here.round(WHILE)
        await here.round(WHILE)
        (row,) = await here.listed()
        assert row["told_at"] is None
        assert row["facts"]["cause"] == "http-503"


async def test_watching_goes_on_after_a_fault_of_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever fails in a round, the next one comes."""
    async with world(folder, every="10ms") as here:
        rounds = 0

        async def fail() -> None:
            nonlocal rounds
            rounds += 1
            raise ValueError("a bug")

        monkeypatch.setattr(here.watch, "round", fail)
        task = asyncio.create_task(here.watch.run())
        async with asyncio.timeout(5):
            while rounds < 3:  # noqa: ASYNC110 - it is what is tested
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()


async def test_old_alerts_are_forgotten(here: World) -> None:
    """What ended long ago leaves the register."""
    await suspend(here)
    await here.round(WHILE)
    await resume(here)
    await here.round()
    await here.round(6 * MINUTE)
    await here.scene.act(lambda tx: alerting.forget(tx, tx.now - 60_000_000))
    assert len(await here.listed()) == 1
    await here.scene.act(lambda tx: alerting.forget(tx, tx.now + 1))
    assert await here.listed() == []
