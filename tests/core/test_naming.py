"""Answers that nobody catalogued are counted, and what an operator names them counts from then on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from lgsp.domain.cause import Cause, Party
from lgsp.domain.causes_named import Name
from lgsp.following import Follower
from lgsp.health import Standing
from lgsp.journal import naming, reading, reporting
from lgsp.journal.contract import WrongStateError
from lgsp.standings import Standings
from tests.core.rig import DESK, Rig, dossier, odd, rig

LOCKED = Cause("portal-locked", "Bị khóa", "Locked", Party.AGENCY, "Mở khóa.", "Unlock it.")
BUSY = Cause("portal-busy", "Bận", "Busy", Party.MINISTRY, "Chờ.", "Wait.", retry_helps=True)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Rig]:
    """A gateway whose portal answers as it is told."""
    async with rig(tmp_path) as one:
        yield one


async def unnamed(here: Rig) -> list[dict[str, Any]]:
    """Return the answers that have no name."""
    found: list[dict[str, Any]] = await here.journal.read(naming.unnamed)
    return found


async def name(here: Rig, own: Cause, answer: int | None = None) -> Name:
    """Name the one unnamed answer, or that of a number, and let this process learn it."""
    number = answer or (await unnamed(here))[0]["id"]
    named = await here.journal.write(lambda tx: naming.name(tx, number, own.code, own, "operator"))
    assert named is not None
    here.gateway.names = await here.journal.read(naming.read_names)
    assert await here.journal.write(lambda tx: naming.relabel(tx, named)) is None
    return Name(*(getattr(named, field) for field in Name.__slots__))


async def test_equal_answers_are_counted_as_one(here: Rig) -> None:
    """Two deliveries that drew one answer, and one that drew another: two rows, the frequent one first."""
    here.portal.script += [odd("500:a"), odd("500:a"), odd("500:b")]
    receipts = [await here.told(dossier(key)) for key in ("K1", "K2", "K3")]
    await here.go()
    first, second = await unnamed(here)
    assert (first["system"], first["signature"], first["times"], first["deliveries"]) == (
        "portal",
        "500:a",
        2,
        2,
    )
    assert (second["signature"], second["times"], second["shape"]) == ("500:b", 1, "odd")
    assert first["sample"]["message"] in {str(one.id) for one in receipts}
    assert first["first_at"] <= first["last_at"]


async def test_the_same_delivery_again_is_no_other_delivery(here: Rig) -> None:
    """An answer drawn three times by one delivery came three times, of one delivery."""
    here.portal.script += [odd()] * 3
    await here.told(dossier())
    async with here.working():
        await here.rest("delivered")
    (row,) = await unnamed(here)
    assert (row["times"], row["deliveries"]) == (3, 1)


async def test_a_name_without_retry_refuses_from_then_on(here: Rig) -> None:
    """The next such answer is a refusal: dead, reported to the source by its name, and not counted again."""
    here.portal.script += [odd()]
    await here.told(dossier("K1"))
    await here.go()
    await name(here, LOCKED)
    here.portal.script += [odd()]
    refused = await here.told(dossier("K2"))
    await here.go()
    delivery = await here.delivery(refused)
    assert (delivery["state"], delivery["cause"]) == ("refused", "portal-locked")
    assert await unnamed(here) == []
    names = here.gateway.names
    (report,) = await here.journal.read(lambda tx: reporting.reports(tx, DESK, names=names))
    assert (report.state, report.cause, report.why) == ("refused", "portal-locked", LOCKED)


async def test_a_name_with_retry_never_suspends(here: Rig) -> None:
    """As often as it comes for other lines, an answer named as of the message alone leaves the system be."""
    here.portal.script += [odd()]
    await here.told(dossier("K0"))
    await here.go()
    await name(here, BUSY)
    here.portal.script += [odd()] * 5
    receipts = [await here.told(dossier(f"K{n}")) for n in range(1, 6)]
    await here.go()
    assert {(await here.delivery(one))["cause"] for one in receipts} == {"portal-busy"}
    assert here.to.health.standing is Standing.RUNNING


async def test_what_waits_or_died_of_it_stands_under_its_name(here: Rig) -> None:
    """A delivery put off and one exhausted by the answer carry the name; what failed otherwise does not."""
    here.portal.script += [odd()] * 4
    dead = await here.told(dossier("K1"))
    async with here.working():
        await here.rest("exhausted")
    here.portal.script += [odd(), odd("other")]
    waiting, other = await here.told(dossier("K2")), await here.told(dossier("K3"))
    await here.go()
    first = next(row for row in await unnamed(here) if row["times"] > 1)
    await name(here, LOCKED, first["id"])
    causes = [(await here.delivery(one))["cause"] for one in (dead, waiting, other)]
    assert causes == ["portal-locked", "portal-locked", "uncatalogued"]
    names = here.gateway.names
    reports = await here.journal.read(lambda tx: reporting.reports(tx, DESK, names=names))
    assert [(one.state, one.cause) for one in reports] == [("exhausted", "portal-locked")]


async def test_a_second_name_takes_over_what_the_first_one_had(here: Rig) -> None:
    """A name that was wrong is put right by another one; both stay on record."""
    here.portal.script += [odd()]
    receipt = await here.told(dossier())
    await here.go()
    number = (await unnamed(here))[0]["id"]
    await name(here, LOCKED, number)
    await name(here, BUSY, number)
    assert (await here.delivery(receipt))["cause"] == "portal-busy"
    assert here.gateway.names.newest == 2
    kept = await here.journal.read(lambda tx: tx.rows("SELECT code, who FROM names ORDER BY id"))
    assert kept == [("portal-locked", "operator"), ("portal-busy", "operator")]


async def test_an_outcome_of_a_process_that_has_not_heard_is_kept_under_the_name(here: Rig) -> None:
    """Between a naming and the moment all follow it, what they bring as unnamed is written by its name."""
    here.portal.script += [odd(), odd()]
    await here.told(dossier("K1"))
    await here.go()
    number = (await unnamed(here))[0]["id"]
    await here.journal.write(lambda tx: naming.name(tx, number, LOCKED.code, LOCKED, "operator"))
    receipt = await here.told(dossier("K2"))
    await here.go()
    delivery = await here.delivery(receipt)
    assert (delivery["state"], delivery["cause"]) == ("put off", "portal-locked")


async def test_other_processes_follow_a_name(here: Rig) -> None:
    """A process that did not take the naming learns of it with its next look."""
    here.portal.script += [odd()]
    await here.told(dossier())
    await here.go()
    number = (await unnamed(here))[0]["id"]
    await here.journal.write(lambda tx: naming.name(tx, number, LOCKED.code, LOCKED, "operator"))
    follower = Follower(here.gateway, Standings(here.gateway), lambda *_: pytest.fail("no newer routes"))
    await follower.look()
    assert here.gateway.names.of("portal", "<html>") == LOCKED


async def test_a_name_resumes_a_system_that_such_answers_suspended(here: Rig) -> None:
    """The trial of a suspended system draws the answer again: by its name the system is at work."""
    here.portal.script += [odd()] * 3
    for key in ("K1", "K2", "K3"):
        await here.told(dossier(key))
    await here.go()
    assert here.to.health.standing is Standing.SUSPENDED
    await name(here, LOCKED)
    here.portal.script += [odd()]
    async with here.working():
        await here.rest("refused", "delivered")
    assert here.to.health.standing is Standing.RUNNING


async def test_answers_without_end_take_a_bounded_place(here: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound different answers are counted together, in a row that nobody can name."""
    monkeypatch.setattr(naming, "MOST", 2)
    here.to.health.suspend_after = here.to.health._threshold = 100
    here.portal.script += [odd(f"500:{n}") for n in range(5)]
    for n in range(5):
        await here.told(dossier(f"K{n}"))
        await here.go()
    rows = await unnamed(here)
    assert {row["signature"]: row["times"] for row in rows} == {"500:0": 1, "500:1": 1, "rest": 3}
    (rest,) = [row for row in rows if not row["nameable"]]
    with pytest.raises(WrongStateError, match="many different"):
        await here.journal.write(lambda tx: naming.name(tx, rest["id"], "x-y", LOCKED, "operator"))


async def test_what_is_catalogued_costs_no_look_at_the_names(
    here: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deliveries that succeed, and answers that are known, never read what was named."""
    monkeypatch.setattr(naming, "read_names", lambda _: pytest.fail("read"))
    await here.told(dossier())
    await here.go()
    assert await here.counted() == {"delivered": 1}


async def test_the_walk_of_a_message_keeps_the_signature(here: Rig) -> None:
    """An attempt says which answer it drew, so that a later name can explain it."""
    here.portal.script += [odd("500:a")]
    receipt = await here.told(dossier())
    await here.go()
    walk = await here.journal.read(lambda tx: reading.walk(tx, receipt.id))
    assert [one["answer"] for one in walk["attempts"]] == ["500:a"]
    assert [one["details"]["answer"] for one in walk["entries"] if one["what"] == "put off"] == ["500:a"]
