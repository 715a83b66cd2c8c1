"""Routes in the shadow of an older connection: everything is done, and nothing is sent."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from lgsp.jobs import policies
from lgsp.journal import reading, reporting, sweeping
from lgsp.journal.rows import rows_of
from lgsp.testing.making import DOSSIER, SYSTEM
from tests.core.beside import Beside, beside
from tests.core.rig import DESK, away, dossier, paper, progress

pytestmark = pytest.mark.asyncio


async def test_what_only_the_shadow_wants_is_drawn_up_and_not_sent(tmp_path: Path) -> None:
    """The far side hears nothing; what it would hear is kept as the attempt's exchange."""
    async with beside(tmp_path) as one:
        first, second, step = await one.ours(dossier("K1", "A"), dossier("K1", "B"), progress("K1"))
        assert one.portal.landed == []
        assert await one.states(first, second, step) == ["shadowed"] * 3
        (kept,) = await one.exchanges(second)
        assert (kept["url"], orjson.loads(kept["request"])) == (
            "shadow:would-update",
            {"would": {"key": "K1", "body": "B"}},
        )
        assert [(await one.delivery(r))["said"] for r in (first, step)] == ["would-create", "would-tell"]
        assert await one.presence() == [(DOSSIER, "shadowed")]


async def test_what_could_not_be_said_ends_as_shadowed_with_its_cause(tmp_path: Path) -> None:
    """Row 174: what would be refused is not dead: nobody is asked to mend it, and telling it again revives nothing."""
    async with beside(tmp_path) as one:
        one.portal.refuses.add("bad")
        (receipt,) = await one.ours(dossier("K1", "bad"))
        shown = await one.delivery(receipt)
        assert (shown["state"], shown["cause"], shown["said"]) == ("shadowed", "field-rejected", "no")
        (again,) = await one.ours(dossier("K1", "bad"))
        assert again.known
        assert (await one.counted()) == {"shadowed": 1}


async def test_a_live_route_beside_one_in_the_shadow_sends(tmp_path: Path) -> None:
    """Where any live route leads to a system the delivery is live."""
    async with beside(tmp_path) as one:
        text = one.gateway.routes.text + "  - {name: more, from: desk, type: dossier.v1, to: [portal]}\n"
        from lgsp.routes import parse_routes

        one.gateway.routes = parse_routes(text)
        (receipt,) = await one.ours(dossier("K1"))
        assert await one.states(receipt) == ["delivered"]
        assert one.portal.of("K1") == ["A"]


async def test_what_was_born_in_the_shadow_stays_there(tmp_path: Path) -> None:
    """Rows 171 and 172: what was taken on before the switch is the older connection's, what after it is ours."""
    async with beside(tmp_path) as one:
        before = await one.told(dossier("K1", "A"))
        one.switch()
        after = await one.told(dossier("K2", "A"))
        await one.run()
        assert await one.states(before, after) == ["shadowed", "delivered"]
        assert (one.portal.of("K1"), one.portal.of("K2")) == ([], ["A"])


async def test_the_shadow_says_nothing_of_its_systems_health(tmp_path: Path) -> None:
    """Row 173: a suspended system is not resumed by what was never sent, and is not tried with it."""
    async with beside(tmp_path) as one:
        receipt = await one.told(dossier("K1"))
        one.to.health.failed(b"x", away(), 2.0, 3.0)
        assert not one.to.health.running
        claim = await one.journal.write(
            lambda tx: sweeping.trial(tx, SYSTEM, frozenset(), one.gateway.worker)
        )
        assert claim is None
        await one.go()
        assert await one.states(receipt) == ["shadowed"]
        assert not one.to.health.running


async def test_a_lapse_in_the_shadow_leaves_no_doubt(tmp_path: Path) -> None:
    """Row 173: nothing settles, nobody is asked; the third time it is left at that."""
    async with beside(tmp_path) as one:
        receipt = await one.told(dossier("K1"))
        for n in range(3):
            (claim,) = await one.journal.claim(await one.broker.take(SYSTEM, 1), one.gateway.worker)
            await one.journal.write(
                lambda tx, d=claim.delivery: sweeping.lapse(
                    tx, list(rows_of(tx, [d]).values()), policies(one.systems)
                )
            )
            shown = await one.delivery(receipt)
            assert shown["uncertain"] == 0
            assert shown["state"] == ("put off" if n < 2 else "shadowed")
            one.broker.publish(await one.journal.write(lambda tx: sweeping.due(tx, [SYSTEM])))
        assert await one.journal.read(lambda tx: tx.rows("SELECT * FROM settling")) == []
        assert one.portal.landed == []


async def test_events_in_the_shadow_wait_for_nobody_once_their_dossier_was_told(tmp_path: Path) -> None:
    """Row 176: what the older connection told is anchor enough."""
    async with beside(tmp_path) as one:
        step, _ = await one.ours(progress("K1"), dossier("K1"))
        assert await one.states(step) == ["shadowed"]


async def test_known_presence_is_not_overwritten_by_the_shadow(tmp_path: Path) -> None:
    """Row 176: a dossier that was delivered is there, whatever the shadow says of it later."""
    async with beside(tmp_path, live=True) as one:
        await one.ours(dossier("K1", "A"))
        one.switch(live=False)
        await one.ours(dossier("K1", "B"))
        assert await one.presence() == [(DOSSIER, "delivered")]
        one.switch()
        await one.ours(dossier("K1", "C"))
        assert one.portal.of("K1") == ["A", "C"]


async def test_the_source_is_told_that_it_was_not_we_who_sent(tmp_path: Path) -> None:
    """A shadowed delivery is reported as such, never as delivered."""
    async with beside(tmp_path) as one:
        await one.ours(dossier("K1"))
        told = await one.journal.read(lambda tx: reporting.reports(tx, DESK))
        assert [report.state for report in told] == ["shadowed"]
        found = await one.journal.read(lambda tx: reading.find(tx, DESK, DOSSIER, "K1"))
        assert found.there == []


async def test_documents_in_the_shadow_are_carried(tmp_path: Path) -> None:
    """A shadowed document does not block the next one, and says that it was told elsewhere."""
    async with beside(tmp_path) as one:
        receipts = await one.ours(paper("L", "P1"), paper("L", "P2"))
        assert await one.states(*receipts) == ["shadowed"] * 2
        one.switch()
        await one.ours(paper("L", "P3"))
        assert [m.data["name"] for m in one.portal.landed] == ["P3"]


# --- the first live one of a line -----------------------------------------------------------------------


async def told_beside(one: Beside) -> None:
    """K1 was told by the older connection, which failed for K2."""
    await one.both(dossier("K1", "A"), progress("K1", 1))
    await one.ours(dossier("K2", "A"), dossier("K2", "B"), progress("K2", 1), progress("K2", 2))
    one.switch()


async def test_a_live_update_goes_to_what_the_older_connection_told(tmp_path: Path) -> None:
    """Row 177: the subject is there: an update goes, and nothing of before is told again."""
    async with beside(tmp_path) as one:
        await told_beside(one)
        await one.ours(dossier("K1", "C"), progress("K1", 2))
        assert one.portal.of("K1") == ["A", 1, "C", 2]
        assert [m.there for m in one.portal.landed if m.data.get("body") == "C"] == [True]


async def test_a_live_snapshot_brings_the_events_that_nobody_told(tmp_path: Path) -> None:
    """Row 181: the newer snapshot goes first, and then what was told in the shadow, in order, before what came later."""
    async with beside(tmp_path) as one:
        await told_beside(one)
        await one.ours(dossier("K2", "C"), progress("K2", 3))
        assert one.portal.of("K2") == ["C", 1, 2, 3]
        assert await one.presence() == [(DOSSIER, "delivered"), (DOSSIER, "shadowed")]


async def test_live_progress_waits_for_the_dossier_that_nobody_told(tmp_path: Path) -> None:
    """Row 180: the newest shadowed snapshot, its events and then the live one; nothing older."""
    async with beside(tmp_path) as one:
        await told_beside(one)
        live = await one.ours(progress("K2", 3), progress("K2", 4))
        assert one.portal.of("K2") == ["B", 1, 2, 3, 4]
        assert await one.states(*live) == ["delivered"] * 2
        assert await one.ours(progress("K2", 5))
        assert one.portal.of("K2") == ["B", 1, 2, 3, 4, 5]


async def test_live_progress_behind_a_refused_dossier_stays_parked(tmp_path: Path) -> None:
    """Row 180: what comes to life may be refused; what was anchored on it waits for the corrected one."""
    from tests.core.far_side import Mood

    async with beside(tmp_path) as one:
        await told_beside(one)
        one.portal.moods.append(Mood.REFUSE)
        (live,) = await one.ours(progress("K2", 3))
        assert (one.portal.of("K2"), await one.states(live)) == ([], ["parked"])
        await one.ours(dossier("K2", "C"))
        assert one.portal.of("K2") == ["C", 1, 2, 3]
