"""A list of agencies that lacks too much is told until it is whole, or a person believes it."""

from __future__ import annotations

from lgsp.alerts.facts import Eye
from lgsp.alerts.rules import Condition, shared
from lgsp.alerts.wording import say
from lgsp.journal import agency_lists
from lgsp.limits import Alerts
from lgsp.testing.rules.agency_lists import AXIS, JOB, many, whole
from tests.alerts.world import World


async def seen(here: World, **home: object) -> list[Condition]:
    """Return what the rule says."""
    alerts = Alerts.model_validate(home)
    facts = await here.scene.journal.read(Eye(alerts.rules).look)
    return [one for one in shared(facts, alerts, ()) if one.rule == "list"]


async def test_a_short_list_is_told_with_the_command_that_believes_it(here: World) -> None:
    """How many are missing of how many; silent once it is whole again, or was believed, or is put off."""
    await whole(here.scene, 1, many(60))
    assert await seen(here) == []
    await whole(here.scene, 2, many(30))
    (one,) = await seen(here)
    told = say(one.rule, one.subject, one.facts, "en")
    assert "lacks 30 of the 60" in told.text
    assert f"lgsp codes believe {AXIS} {JOB} 2" in told.mend
    assert await seen(here, off=["list"]) == []
    await whole(here.scene, 3, many(60))
    assert await seen(here) == []
    await whole(here.scene, 4, many(30))
    assert len(await seen(here)) == 1
    await here.scene.act(lambda tx: agency_lists.believe(tx, AXIS, JOB, 4, "operator"))
    assert await seen(here) == []
