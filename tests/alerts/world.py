"""A journal with a clock that tests move, a watch over it, and two who are told: by mail and by webhook."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lgsp.alerts.watch import AlertWatch
from lgsp.broker.standing import BrokerFault, BrokerStanding
from lgsp.journal import acting, alerting
from lgsp.journal.sqlite import SqliteJournal
from lgsp.journal.turns import Frame
from lgsp.limits import Alerts
from lgsp.routes import Routes
from lgsp.testing.making import SECOND
from lgsp.testing.scene import Opener, Scene
from tests.alerts.receivers import Hook, Mails, hook, mails

MINUTE, HOUR = 60, 3600
MORNING = 1_767_578_400 * SECOND
"""Monday, 5 January 2026, 09:00 in Viet Nam."""


@dataclass(slots=True)
class Broker:
    """A broker that says of itself what a test tells it to."""

    poison: int = 0
    faults: tuple[BrokerFault, ...] = ()

    def lost(self) -> list[Frame]:
        """Return nothing: no frame is published here."""
        return []

    def standing(self) -> BrokerStanding:
        """Return how it stands."""
        return BrokerStanding(self.faults, {"dead-letters": self.poison})


@dataclass(slots=True)
class World:
    """What a test works with."""

    scene: Scene
    mails: Mails
    hook: Hook
    broker: Broker
    home: Routes
    folder: Path
    watches: list[AlertWatch]

    @property
    def watch(self) -> AlertWatch:
        """The watch of this process."""
        return self.watches[0]

    def another_watch(self, **given: Any) -> AlertWatch:
        """Return the watch of another process on the same journal."""
        watch = AlertWatch(self.scene.journal, self.broker, [self.folder], lambda: self.home, **given)
        self.watches.append(watch)
        return watch

    async def round(self, seconds: float = 0.0) -> None:
        """Let time pass, then look once."""
        self.scene.clock.move(seconds)
        await self.watch.round()

    def told(self) -> list[tuple[str, str]]:
        """Return what the webhook was told: what happened, and to which rule."""
        return [
            (one["what"], one["rule"]) for told in self.hook.documents() for one in told.get("alerts", ())
        ]

    async def listed(self) -> list[dict[str, Any]]:
        """Return the register of alerts as it is shown."""
        return await self.scene.journal.read(lambda tx: alerting.listed(tx, 0, 100))


@asynccontextmanager
async def world(folder: Path, opener: Opener | None = None, **home: Any) -> AsyncIterator[World]:
    """Watch a journal (SQLite unless given) while inside; `home` changes what stands under `alerts:`."""
    async with AsyncExitStack() as stack:
        mailbox, webhook = await stack.enter_async_context(mails()), await stack.enter_async_context(hook())
        said = {
            "name": "LGSP H44",
            "to": [{"mail": "truc@tinh.example"}, {"webhook": webhook.url, "secret": "a-secret"}],
            "smtp": {"host": "127.0.0.1", "port": mailbox.port, "tls": "none", "from": "lgsp@tinh.example"},
            "digest": None,
            "silence": [],
            "off": ["disk"],
        } | home
        scene = await Scene.begin(opener or (lambda clock: SqliteJournal.open(folder / "journal.db", clock)))
        stack.push_async_callback(scene.end)
        scene.clock.now = MORNING
        await scene.act(lambda tx: acting.publish(tx, "the routes", "test"))
        here = World(scene, mailbox, webhook, Broker(), _home(said), folder, [])
        here.another_watch()
        try:
            yield here
        finally:
            for watch in here.watches:
                await watch.close()


def _home(said: dict[str, Any]) -> Routes:
    return Routes("", {}, [], [], {}, Alerts.model_validate(said))
