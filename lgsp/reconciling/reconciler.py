"""Reconciling beside all else that goes on: runs by schedule and on demand, and repairs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from lgsp.enduring import enduring
from lgsp.gateway import Gateway
from lgsp.journal import reconciliations as runs
from lgsp.journal import reconciliations_holdings as holdings
from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.journal.reconciliations import SCHEDULE, Order, Scope
from lgsp.journal.reconciliations_sides import DOSSIER
from lgsp.leases import always
from lgsp.message import VIETNAM
from lgsp.nightly import Reconcile
from lgsp.reconciling.mending import Mending
from lgsp.reconciling.running import Runs
from lgsp.reconciling.starting import phase_of
from lgsp.schedules import Job, Past

log = structlog.get_logger(__name__)
_TICK, _SELDOM = 0.5, 60.0
_KEPT = 60 * 86_400_000_000
"""Microseconds for which what a run found is kept; what it counted stays."""
_FAILED = 7 * 86_400_000_000
"""Microseconds for which what was laid for a run that failed waits for somebody to resume it."""
_MICROS = 1_000_000


class Reconciler:
    """Takes runs and repairs forward, and starts those of the night. One process of an installation does it.

    Args:
        gateway: whose journal and counterparts.
        held: tells, inside the transaction of each act, whether this process is the one.
        tick: seconds between two looks at what is to be done.
    """

    def __init__(
        self, gateway: Gateway, held: Callable[[Transaction], bool] = always, *, tick: float = _TICK
    ) -> None:
        self._gateway = gateway
        self._held = held
        self._tick = tick
        self._since: int | None = None
        self.runs = Runs(gateway, held)
        self.mending = Mending(gateway, self.runs.asking, self.runs.known, held)

    async def run(self) -> None:
        """Reconcile until cancelled. A long run keeps no repair waiting, nor the other way round."""
        await asyncio.gather(
            _repeated(self.runs.step, self._tick),
            _repeated(self.mending.step, self._tick),
            _repeated(self.tend, min(_SELDOM, self._tick * 20)),
        )

    async def tend(self) -> bool:
        """Start what is due tonight, and let go of what is old; return False: neither is pressing."""
        for source, system, spec in self._nights():
            await self._start(source, system, spec)
        await self._forget()
        await self._take_away()
        return False

    def _nights(self) -> list[tuple[str, str, Reconcile]]:
        """Return sources and systems between which dossiers go and whose nights have an hour."""
        found: dict[tuple[str, str], Reconcile] = {}
        for route in self._gateway.routes.routes:
            sources = [route.source] if route.source else self._telling()
            for system in route.systems if route.type == DOSSIER else ():
                spec = self._gateway.counterparts[system].spec.reconcile
                found |= {(source, system): spec for source in sources if spec.at is not None}
        return [(*pair, spec) for pair, spec in sorted(found.items(), key=lambda one: one[0])]

    def _telling(self) -> list[str]:
        return [name for name, to in self._gateway.counterparts.items() if DOSSIER in to.adapter.brings]

    async def _start(self, source: str, system: str, spec: Reconcile) -> None:
        """Start a run if its hour has come since the last one, or since this process came."""
        phase = phase_of(self._gateway, source)

        def act(tx: Transaction) -> None:
            self._since = tx.now if self._since is None else self._since
            last = runs.last_asked(tx, source, system)
            past = Past(self._since, last, last)
            if self._held(tx) and Job(at=f"{spec.at:%H:%M}").due(past) <= tx.now:  # type: ignore[arg-type]
                scope = nightly(source, system, spec, tx.now)
                token = f"{SCHEDULE}:{scope.series}:{scope.until}"
                with suppress(WrongStateError):
                    runs.ask(tx, scope, Order(token, SCHEDULE, "", phase))

        await self._gateway.journal.write(act)

    async def _forget(self) -> None:
        journal = self._gateway.journal
        now = await journal.read(lambda tx: tx.now)
        for number in await journal.read(lambda tx: runs.forgettable(tx, now - _KEPT)):
            await self._forget_one(number)

    async def _take_away(self) -> None:
        """Take away what was laid for runs that are over, or that failed and nobody resumed."""
        journal = self._gateway.journal
        number = await journal.read(lambda tx: holdings.left(tx, tx.now - _FAILED))
        if number is None:
            return

        def act(tx: Transaction) -> bool:
            return self._held(tx) and not holdings.drop(tx, number, 500)

        while await journal.write(act):  # noqa: ASYNC110 - it stands in the journal
            await asyncio.sleep(self._tick)

    async def _forget_one(self, number: int) -> None:
        """Let go of what a run found, in short acts between those of others."""

        def act(tx: Transaction) -> bool:
            return self._held(tx) and not runs.forget(tx, number, 500)

        while await self._gateway.journal.write(act):  # noqa: ASYNC110 - it stands in the journal
            await asyncio.sleep(self._tick)


async def _repeated(step: Callable[[], Awaitable[bool]], pause: float) -> None:
    """Do something over and over, without a rest while there is more of it."""

    async def look() -> float:
        return 0 if await step() else pause

    await enduring(look, "reconciling", log, pause)


def nightly(source: str, system: str, spec: Reconcile, now: int) -> Scope:
    """Return what a night's run looks at: what was received in so many days before this one."""
    moment = datetime.fromtimestamp(now / _MICROS, VIETNAM)
    midnight = datetime.combine(moment.date(), datetime.min.time(), VIETNAM)
    since = midnight - timedelta(days=spec.days)
    return Scope(
        source,
        system,
        since=_micros(since),
        until=_micros(midnight),
        days=spec.days,
        late=int(spec.late * _MICROS),
    )


def _micros(moment: datetime) -> int:
    return int(moment.timestamp() * _MICROS)
