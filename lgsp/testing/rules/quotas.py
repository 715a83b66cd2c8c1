"""Rules of quotas and of attempts: what is given out passes no limit, what was turned away is an entry."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from lgsp.allowances import Rate
from lgsp.journal import people, quotas, turned_away
from lgsp.journal.quotas import Draw, Drawn
from lgsp.journal.turned_away import Attempt
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

RATE = Rate(per_day=100)
DAY = 86_400


def wish(subject: str = "system desk", needed: int = 1, rate: Rate = RATE, spare: int = 0) -> Draw:
    """Return what a process wants of a caller's requests."""
    return Draw(subject, "requests", rate, min(1, needed), needed, 0, spare)


async def drawn(scene: Scene, *draws: Draw) -> Sequence[Drawn]:
    """Draw portions in one transaction."""
    return await scene.journal.write(lambda tx: quotas.draw(tx, draws))


class QuotaRules(JournalRules):
    """Portions come from one row for each caller and kind, which nobody reads while another changes it."""

    async def test_portions_at_once_pass_no_limit(self, scene: Scene) -> None:
        """Row 290: thirty that draw in the same instant get what there is, and not one more."""
        got = await asyncio.gather(*(drawn(scene, wish(needed=7)) for _ in range(30)))
        assert sum(one.count for (one,) in got) == 100
        assert [one.count for (one,) in got].count(0) == 15

    async def test_callers_are_answered_each_in_its_place(self, scene: Scene) -> None:
        """The answers stand in the order of the questions, whatever order the rows are locked in."""
        got = await drawn(scene, wish("system z", 60), wish("system a", 2), wish("credential m", 3))
        assert [one.count for one in got] == [60, 2, 3]
        got = await drawn(scene, wish("system a", 200), wish("system z", 200))
        assert [one.count for one in got] == [98, 40]

    async def test_what_is_used_up_outlasts_a_restart(self, scene: Scene) -> None:
        """Row 291: a process that begins anew begins with what is left."""
        await drawn(scene, wish(needed=95))
        await scene.restart()
        assert [one.count for one in await drawn(scene, wish(needed=50))] == [5]
        scene.clock.move(DAY)
        assert [one.count for one in await drawn(scene, wish(needed=50))] == [50]

    async def test_callers_who_ask_no_more_are_forgotten(self, scene: Scene) -> None:
        """After two days nothing of a caller is kept; a caller of today keeps what it used up."""
        await drawn(scene, wish("system old", 5))
        scene.clock.move(2 * DAY + 1)
        await drawn(scene, wish("system new", 5))
        await scene.journal.write(quotas.forget)
        left = await scene.journal.read(lambda tx: tx.rows("SELECT subject FROM quotas"))
        assert left == [("system new",)]

    async def test_what_was_turned_away_is_an_entry(self, scene: Scene) -> None:
        """With who tried, from where, why and how often; an auditor finds it among what that name did."""
        told = [
            Attempt("turned away", "desk", "/v1/systems/post/messages", "10.0.0.9", "other-system"),
            Attempt("turned away", "nobody", "", "", "unknown", 12),
        ]
        await scene.journal.write(lambda tx: turned_away.note(tx, told))
        (one,) = await scene.journal.read(lambda tx: people.done(tx, "desk", None, 9))
        assert (one["what"], one["cause"]) == ("turned away", "other-system")
        assert one["details"] == {"address": "10.0.0.9", "path": "/v1/systems/post/messages", "times": 1}
        (other,) = await scene.journal.read(lambda tx: people.done(tx, "nobody", None, 9))
        assert other["details"] == {"times": 12}
