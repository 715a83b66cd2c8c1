"""A night whose reconciliation failed is told in the morning, until one succeeds or goes on."""

from __future__ import annotations

from lgsp.alerts.facts import Eye
from lgsp.alerts.rules import Condition, shared
from lgsp.alerts.wording import say
from lgsp.journal import reconciliations as runs
from lgsp.journal.reconciliations import DONE, FAILED, SCHEDULE, TURNED_AWAY, Order, Scope
from lgsp.limits import Alerts
from lgsp.testing.making import SOURCE, SYSTEM
from lgsp.testing.reconciled import current
from tests.alerts.world import World


async def seen(here: World, **home: object) -> list[Condition]:
    """Return what the rule says."""
    alerts = Alerts.model_validate(home)
    facts = await here.scene.journal.read(Eye(alerts.rules).look)
    return [one for one in shared(facts, alerts, ()) if one.rule == "reconcile"]


async def ended(here: World, night: int, state: str, who: str = SCHEDULE) -> int:
    """Have a run asked for and ended; return its number."""
    scope, order = Scope(SOURCE, SYSTEM, until=night, days=45), Order(f"{who} {night}", who, "", TURNED_AWAY)
    run, _ = await here.scene.act(lambda tx: runs.ask(tx, scope, order))
    one = await current(here.scene, run["id"])
    await here.scene.act(lambda tx: runs.end(tx, one, state, "the portal did not answer"))
    return one.id


async def test_a_night_that_failed_is_told_until_one_succeeds(here: World) -> None:
    """With why, and the command that lets it go on; what people asked for by day they see themselves."""
    await ended(here, 1, DONE)
    await ended(here, 2, FAILED, who="lan.nguyen")
    assert await seen(here) == []
    number = await ended(here, 3, FAILED)
    (one,) = await seen(here)
    told = say(one.rule, one.subject, one.facts, "en")
    assert "the portal did not answer" in told.text
    assert f"lgsp reconcile resume {number}" in told.mend
    assert await seen(here, off=["reconcile"]) == []
    await here.scene.act(lambda tx: runs.move(tx, number, "resume", "lan.nguyen"))
    assert await seen(here) == []
    await here.scene.act(lambda tx: runs.move(tx, number, "cancel", "lan.nguyen"))
    await ended(here, 4, FAILED)
    assert len(await seen(here)) == 1
    await ended(here, 5, DONE)
    assert await seen(here) == []
