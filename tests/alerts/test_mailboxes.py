"""A mailbox that nobody empties is told of."""

from __future__ import annotations

from lgsp.testing.making import dossier
from lgsp.testing.rules.mailboxes import done, listed, take, tell
from tests.alerts.test_rules import seen
from tests.alerts.world import World


async def test_what_nobody_collects_is_told_by_its_age(here: World) -> None:
    """A client that asks, and takes, but never says done does not hide it; collected, it is over."""
    (receipt,) = await tell(here.scene, dossier())
    (one,) = await listed(here.scene)
    here.scene.clock.move(3500)
    await take(here.scene, one)
    assert (await seen(here, "uncollected"), await seen(here, "waiting")) == ([], [])
    here.scene.clock.move(200)
    assert [told.facts["count"] for told in await seen(here, "uncollected")] == [1]
    assert await seen(here, "waiting") == []
    await done(here.scene, one)
    assert (await here.scene.state(receipt), await seen(here, "uncollected")) == ("delivered", [])
