"""Letters as they are sent: of all alerts that are open, and the summary of a day."""

from __future__ import annotations

from lgsp.alerts.facts import Eye
from lgsp.alerts.letter import Letter, of_alerts, of_digest
from lgsp.alerts.post import Post
from lgsp.alerts.rules import shared
from lgsp.journal import alerting
from tests.api.province import Province


class Target:
    """Somebody who is told of alerts, and keeps the letters as they are sent."""

    name = "duty@example.vn"

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    async def carry(self, letter: Letter) -> None:
        """Take a letter."""
        self.letters.append(letter)

    async def close(self) -> None:
        """Have nothing to let go of."""


async def send_letters(here: Province, target: Target) -> list[Letter]:
    """Send what there is to be told now to somebody."""
    journal, routes = here.platform.gateway.journal, here.platform.gateway.routes
    told = shared(await journal.read(Eye(routes.alerts.rules).look), routes.alerts, [], routes.jobs())
    await journal.write(
        lambda tx: alerting.note(tx, {(one.rule, one.subject): one.facts for one in told}, [])
    )
    open_ = await journal.read(alerting.open_alerts)
    day = {"accepted": {"one-stop": 5}, "final": {}, "turned_away": {}, "now": {}}
    letters = [of_alerts("LGSP", 1, [("new", one) for one in open_]), of_digest("LGSP", 1, day, open_)]
    for letter in letters:
        assert await Post([target]).each(letter) == {target.name: ""}
    return letters
