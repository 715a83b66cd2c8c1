"""Watching a demonstration while it plays: figures, the far sides' standing, and what befell last."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from lgsp.adapter import Report
from lgsp.demo.exchange import DMS
from lgsp.demo.stage import AXIS, ONE_STOP, PORTAL, Stage
from lgsp.health import Standing
from lgsp.journal import reading, reporting

_GLANCE, _LOOK = 0.05, 0.25
_EVENTS, _REMEMBERED = 6, 8
_SETTLED = ("delivered", "refused", "exhausted", "expired", "superseded", "cancelled", "replaced", "shadowed",
            "adopted")  # fmt: skip
_IN_TURN = ("ready", "sending", "put off", "offered")
_WAITING = ("waiting", *_IN_TURN)


@dataclass(slots=True, frozen=True)
class Figures:
    """How many deliveries stand where, by the word of their state."""

    by_state: Mapping[str, int]

    def of(self, *states: str) -> int:
        """Return how many stand in any of the states."""
        return sum(self.by_state.get(state, 0) for state in states)

    @property
    def accepted(self) -> int:
        """All that is wanted, less what a newer version took the place of."""
        return self.of("delivered", "refused", "exhausted", "expired", "held") + self.moving

    @property
    def dead(self) -> int:
        """What could not be delivered."""
        return self.of("exhausted", "expired")

    @property
    def moving(self) -> int:
        """What is still on its way; held ones wait for a person and are not."""
        return self.of(*_WAITING, "parked")

    @property
    def in_turn(self) -> int:
        """What is on its way by itself: it waits neither for its turn nor for a person."""
        return self.of(*_IN_TURN)

    @property
    def settled(self) -> int:
        """What has come to its end."""
        return self.of(*_SETTLED)


class Watch:
    """Looks at the stage from time to time, used as `async with Watch(…) as watch`.

    Attributes:
        figures: of the dossiers, as of the last look.
        documents: of documents and statuses, at both systems.
        events: the newest final transitions, oldest first.
        reports: how many final transitions the way back has offered.
        suspensions: how often the portal was suspended.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.started = time.monotonic()
        self.figures = self.documents = Figures({})
        self.events: deque[Report] = deque(maxlen=_EVENTS)
        self.reports = 0
        self.suspensions = 0
        self._health = stage.platform.gateway.counterparts[PORTAL].health
        self._cursor = 0
        self._since = 0.0
        self._pace: deque[tuple[float, int]] = deque(maxlen=_REMEMBERED)
        self._looking = asyncio.Lock()  # two looks at once would count the same reports twice
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @property
    def elapsed(self) -> float:
        """Seconds since the watch began."""
        return time.monotonic() - self.started

    @property
    def per_second(self) -> float:
        """How many deliveries came to their end in a second, as of the last looks."""
        if len(self._pace) < 2:  # noqa: PLR2004 - a pace needs two looks
            return 0.0
        (begun, before), (ended, after) = self._pace[0], self._pace[-1]
        return (after - before) / max(ended - begun, _GLANCE)

    @property
    def standing(self) -> str:
        """The portal's standing, as the API says it."""
        return self._health.standing.value

    @property
    def axis_standing(self) -> str:
        """The document axis' standing."""
        return self.stage.platform.gateway.counterparts[AXIS].health.standing.value

    @property
    def calls(self) -> dict[str, int]:
        """How often each of the portal's services was called."""
        return dict(self.stage.portal.shelf.calls)

    async def look(self) -> Figures:
        """Count now."""
        async with self._looking:
            journal = self.stage.platform.gateway.journal
            said: dict[str, Any] = await journal.read(reading.counts)
            systems = said["systems"]
            self.figures = Figures(systems.get(PORTAL, {}))
            self.documents = Figures(Counter(systems.get(DMS, {})) + Counter(systems.get(AXIS, {})))
            self._pace.append((time.monotonic(), self.figures.settled))
            await self._hear()
            return self.figures

    async def _run(self) -> None:
        last = 0.0
        while True:
            self._glance()
            if time.monotonic() - last >= _LOOK:
                last = time.monotonic()
                await self.look()
            await asyncio.sleep(_GLANCE)

    def _glance(self) -> None:
        """Notice a suspension; between two of them the standing changes at least once more."""
        if self._health.standing is Standing.SUSPENDED and self._health.since != self._since:
            self._since = self._health.since
            self.suspensions += 1

    async def _hear(self) -> None:
        journal = self.stage.platform.gateway.journal
        while found := await journal.read(lambda tx: reporting.reports(tx, ONE_STOP, since=self._cursor)):
            self._cursor = found[-1].cursor
            self.reports += len(found)
            self.events.extend(found)
