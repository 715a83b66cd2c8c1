"""What is empty is filled from a catalogue on its way out, or waits for it; nothing else does either."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from lgsp.journal import job_orders, sweeping
from lgsp.journal.contract import JournalError
from lgsp.journal.rows import rows_of
from lgsp.journal.states import State
from lgsp.journal.sweeping import Policy
from lgsp.keys import DataKeys
from tests.core.catalogue_side import (
    DOSSIER,
    PORTAL,
    SERVICE,
    again,
    bring,
    catalogued,
    codes,
    dossier,
    procedure,
)
from tests.core.rig import Rig, doubt, progress


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Rig]:
    """A process whose portal's catalogue is brought by a job."""
    async with catalogued(tmp_path) as one:
        yield one


async def evidence(here: Rig) -> list[Any]:
    """Return what was kept of what was filled in."""
    rows = await here.journal.read(
        lambda tx: tx.rows("SELECT details FROM entries WHERE what = 'completed' ORDER BY id")
    )
    return [orjson.loads(row[0]) for row in rows]


async def test_without_a_catalogue_nothing_is_found_and_nothing_waits(tmp_path: Path) -> None:
    """No job brings one: an empty name goes as it is, and no code is unknown."""
    async with catalogued(tmp_path, job=False) as here:
        receipt = await here.told(dossier("K1", code="1.000001"))
        await here.go()
        assert (codes(receipt), await here.states(receipt)) == ([], ["delivered"])
        assert here.portal.log == [{"key": "K1", "procedure": {"code": "1.000001"}}]
        assert await evidence(here) == []


async def test_what_is_empty_is_filled_in_what_is_sent_and_nowhere_else(here: Rig) -> None:
    """What was said stays, the stored body too; the values, their places and the version are kept."""
    await bring(here, procedure("1.000001"), lists=["1.000001"])
    receipt = await here.told(dossier("K1", code="1.000001", name="Tên của nguồn", field_name=""))
    await here.go()
    named = {
        "code": "1.000001",
        "name": "Tên của nguồn",
        "field_code": "G15-TP110",
        "field_name": "Chứng thực",
    }
    assert here.portal.log == [{"key": "K1", "procedure": named}]
    kept = await here.journal.read(
        lambda tx: tx.rows(
            "SELECT body FROM bodies b JOIN messages m ON m.id = b.message_id WHERE m.type = ?", (DOSSIER,)
        )
    )
    assert b"field_code" not in DataKeys().open(0, kept[0][0])
    assert await evidence(here) == [
        {
            "catalogue": "portal procedure.v1",
            "version": 1,
            "filled": {"/procedure/field_code": "G15-TP110", "/procedure/field_name": "Chứng thực"},
            "said": "/procedure/field_code = G15-TP110; /procedure/field_name = Chứng thực (portal procedure.v1 1)",
        }
    ]
    assert await here.states(receipt) == ["delivered"]


async def test_what_is_complete_never_waits_and_leaves_no_evidence(here: Rig) -> None:
    """The catalogue was never brought: a dossier that needs nothing of it goes at once."""
    named = {"code": "1.000001", "name": "A", "field_code": "B", "field_name": "C"}
    receipt = await here.told(dossier("K1", **named))
    nameless = await here.told(dossier("K2"))
    await here.go()
    assert await here.states(receipt, nameless) == ["delivered", "delivered"]
    assert await evidence(here) == []


async def test_what_needs_a_catalogue_that_is_not_here_waits_and_goes_when_it_comes(here: Rig) -> None:
    """Put off for the message, with no patience spent and nothing asked of the portal; ready with the page."""
    receipt = await here.told(dossier("K1", code="1.000001"))
    await here.go()
    waits = await here.delivery(receipt)
    assert (waits["state"], waits["cause"], waits["said"]) == ("put off", "catalogue-not-here", "1.000001")
    assert here.portal.log == []
    rows = await here.journal.read(lambda tx: tx.rows("SELECT patience, scope FROM deliveries"))
    assert [tuple(row) for row in rows] == [(0, 0)]
    await bring(here, procedure("1.000002"))
    assert await here.states(receipt) == ["put off"]
    await bring(here, procedure("1.000001"))
    await here.go()
    assert (await here.states(receipt), here.portal.log[0]["procedure"]["name"]) == (
        ["delivered"], "Cấp giấy xác nhận",
    )  # fmt: skip


async def test_a_code_that_a_whole_catalogue_lacks_waits_as_long_as_patience_would_and_then_goes(
    here: Rig,
) -> None:
    """Row 210: who can mend it is told; our strictness does not keep a citizen's dossier from the portal for ever."""
    await bring(here, procedure("1.000001"), lists=["1.000001"])
    receipt = await here.told(dossier("K1", code="9.999999"))
    await here.go()
    first = (await here.delivery(receipt))["cause"], len(here.portal.log)
    await asyncio.sleep(sum(here.to.spec.deliver.retry) + 0.01)
    await again(here)
    assert (first, await here.states(receipt)) == (("procedure-not-listed", 0), ["delivered"])
    assert here.portal.log == [{"key": "K1", "procedure": {"code": "9.999999"}}]
    assert await evidence(here) == [{"filled": {}, "waited_for": "9.999999", "said": "9.999999"}]


async def test_a_newer_snapshot_takes_the_place_of_one_that_waits(tmp_path: Path) -> None:
    """The vendor gives the names: nothing waits any more, however much patience there was."""
    async with catalogued(tmp_path, changes=[("10ms, 15ms]", "10ms, 60s]")]) as here:
        old = await here.told(dossier("K1", code="1.000001"))
        await here.go()
        new = await here.told(dossier("K1", code="1.000001", name="A", field_code="B", field_name="C"))
        await here.go()
        assert await here.states(old, new) == ["superseded", "delivered"]


async def test_a_retry_of_a_process_that_knows_less_looks_first(here: Rig) -> None:
    """Row 201, 203: two processes of different versions: what goes again after a doubt is as new, or newer, and all of one."""
    await bring(here, procedure("1.000001", "Tên cũ"), lists=["1.000001"])
    receipt = await here.told(dossier("K1", code="1.000001"))
    await bring(here, procedure("1.000001", "Tên mới", fields=[{"code": "F2", "name": "Mới"}]), learn=False)
    here.portal.script.append(doubt())
    await here.go()  # the process has not heard of the newer version
    assert here.portal.log[0]["procedure"]["name"] == "Tên cũ"
    await asyncio.sleep(0.05)
    await again(here)
    assert here.portal.log[1]["procedure"] == {
        "code": "1.000001", "name": "Tên mới", "field_code": "F2", "field_name": "Mới",
    }  # fmt: skip
    assert [one["version"] for one in await evidence(here)] == [1, 2]
    assert await here.states(receipt) == ["delivered"]


async def test_a_page_that_comes_while_it_decides_to_wait_is_found_soon(here: Rig) -> None:
    """Row 204: the item commits between the look and the put-off: nobody makes it ready, so it looks again by itself."""
    receipt = await here.told(dossier("K1", code="1.000001"))
    frames = await here.broker.take(PORTAL, 1)
    (claim,) = await here.journal.claim(frames, here.gateway.worker)
    outcome = await here.gateway.deliver(claim)
    await bring(here, procedure("1.000001"), learn=False)
    await here.gateway.settle(outcome)
    assert (outcome.state, outcome.cause) == (State.PUT_OFF, "catalogue-not-here")
    await again(here)
    assert await here.states(receipt) == ["delivered"]


async def test_a_job_that_never_ran_is_asked_for_by_what_waits_for_it(here: Rig) -> None:
    """Once; nobody waits for its hour of the first night. One that a person paused is left alone."""
    await here.told(dossier("K1", code="1.000001"))
    await here.told(dossier("K2", code="1.000002"))
    await here.go()
    rows = await here.journal.read(lambda tx: tx.rows("SELECT job, wanted_by FROM jobs"))
    assert [tuple(row) for row in rows] == [(SERVICE, "gateway")]
    asked = await here.journal.read(lambda tx: tx.rows("SELECT 1 FROM entries WHERE what = 'job asked for'"))
    assert len(asked) == 1


async def test_a_journal_that_is_away_for_a_moment_only_hands_the_delivery_back(here: Rig) -> None:
    """What it has to write before it may send cannot be written: nobody is left holding the claim."""
    receipt = await here.told(dossier("K1", code="1.000001"))
    await here.journal.write(  # born a minute ahead: its patience lasts however slow the machine is
        lambda tx: tx.run("UPDATE deliveries SET created_at = created_at + 60000000", [()])
    )
    plain, faults = here.journal.write, [JournalError("writing to the journal: away")]

    async def write(act: Any) -> Any:
        if faults and "_ask_for" in act.__qualname__:
            raise faults.pop()
        return await plain(act)

    here.journal.write = write  # type: ignore[method-assign]
    await here.go()
    assert not faults
    assert await here.states(receipt) == ["put off"]
    await again(here)
    rows = await here.journal.read(lambda tx: tx.rows("SELECT job FROM jobs WHERE wanted_by = 'gateway'"))
    assert [tuple(row) for row in rows] == [(SERVICE,)]


async def test_a_paused_job_is_left_alone(here: Rig) -> None:
    """What people ordered stands; the dossier waits as long as patience would, and its cause says who mends."""
    await here.journal.write(lambda tx: job_orders.pause(tx, PORTAL, SERVICE, "operator"))
    await here.told(dossier("K1", code="1.000001"))
    await here.go()
    assert await here.journal.read(lambda tx: tx.rows("SELECT wanted_at FROM jobs")) == [(None,)]


async def test_what_is_filled_is_of_the_version_of_now(here: Rig) -> None:
    """Row 200: the finding names the version by which it was found, the evidence that of what was sent."""
    await bring(here, procedure("1.000001", "Tên cũ"), lists=["1.000001"])
    receipt = await here.told(dossier("K1", code="1.000001", name="Khác"))
    assert receipt.findings[0].read == "Khác ≠ Tên cũ (portal 1)"
    await bring(here, procedure("1.000001", "Tên mới", fields=[{"code": "F2", "name": "Mới"}]))
    await here.go()
    named = {"code": "1.000001", "name": "Khác", "field_code": "F2", "field_name": "Mới"}
    assert here.portal.log == [{"key": "K1", "procedure": named}]
    assert [one["version"] for one in await evidence(here)] == [2]


async def test_what_was_sent_by_a_process_that_died_goes_again_with_the_same_names_or_newer(
    here: Rig,
) -> None:
    """Row 203: nobody knows whether it went; the far side ends with the newest names, all of one version."""
    await bring(here, procedure("1.000001", "Tên cũ"), lists=["1.000001"])
    receipt = await here.told(dossier("K1", code="1.000001"))
    (claim,) = await here.journal.claim(await here.broker.take(PORTAL, 1), here.gateway.worker)
    await here.gateway.deliver(claim)  # it was sent, and the process dies before it tells
    await bring(here, procedure("1.000001", "Tên mới"), learn=False)
    policies = {PORTAL: Policy(1000, (1000,))}
    await here.journal.write(
        lambda tx: sweeping.lapse(tx, list(rows_of(tx, [claim.delivery]).values()), policies)
    )
    await asyncio.sleep(0.05)
    await again(here)
    assert [one["procedure"]["name"] for one in here.portal.log] == ["Tên cũ", "Tên mới"]
    assert here.portal.held[DOSSIER, "K1"]["procedure"]["name"] == "Tên mới"
    assert await here.states(receipt) == ["delivered"]


async def test_an_event_behind_a_dossier_that_waits_waits_with_it_and_other_dossiers_do_not(
    here: Rig,
) -> None:
    """The line keeps its order; whoever needs nothing is not held up."""
    await here.told(dossier("K1", code="1.000001"))
    await here.go()
    behind = await here.told(progress("K1"))
    other = await here.told(dossier("K2", code="1.000001", name="A", field_code="B", field_name="C"))
    await here.go()
    assert await here.states(behind, other) == ["parked", "delivered"]
    await bring(here, procedure("1.000001"))
    await here.go()
    await here.go()
    assert await here.states(behind) == ["delivered"]
