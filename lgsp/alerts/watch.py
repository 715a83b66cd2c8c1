"""Watching: everything is looked at again and again, and a person is told what is new, lasts or has ended."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from lgsp.alerts.facts import SECOND, Eye, Facts, Nearby
from lgsp.alerts.letter import of_alerts, of_digest
from lgsp.alerts.post import Post, open_post
from lgsp.alerts.rules import Condition, nearby, shared, silences_of
from lgsp.broker.contract import Watched
from lgsp.errors import ConfigError, GatewayError
from lgsp.journal import alerting, leasing
from lgsp.journal.alerting import Alert
from lgsp.journal.contract import Journal, JournalError, Transaction
from lgsp.leases import ProcessLease
from lgsp.limits import Alerts
from lgsp.message import VIETNAM
from lgsp.routes import Routes

log = structlog.get_logger(__name__)
LOCAL = frozenset({"disk", "broker"})
"""Rules about one host, which every process looks at; the others are looked at by the one that leads."""
_KEPT = 90 * 86400 * SECOND
_DAY = 86400 * SECOND
_LEAD = 90 * SECOND
_LATE = timedelta(hours=6)
_CALMEST = 20


def leading(lease: ProcessLease) -> Callable[[Transaction], bool]:
    """Return what tells who leads the watch: one living process, until it misses some rounds."""
    return lambda tx: lease.holds() and leasing.hold(tx, "alerts", lease.number, _LEAD)


class AlertWatch:
    """One process's watch. Several may run beside each other: the register of alerts keeps them apart.

    Args:
        journal: where it looks, and where the register of alerts is.
        broker: who says how it stands.
        folders: whose disks are looked at.
        routes: returns those in force; newer ones take effect with the next round.
        held: tells, in a transaction, whether this process looks at what concerns the whole installation.
    """

    def __init__(
        self,
        journal: Journal,
        broker: Watched,
        folders: Sequence[Path],
        routes: Callable[[], Routes],
        held: Callable[[Transaction], bool] = lambda _: True,
    ) -> None:
        self._journal = journal
        self._broker = broker
        self._folders = folders
        self._in_force = routes
        self._held = held
        self._gone: dict[int, int] = {}
        self._farewells: list[Alert] = []
        self._follow(routes())

    def _follow(self, routes: Routes) -> None:
        """Watch by what a home says."""
        self._routes, self._alerts = routes, routes.alerts
        sources = sorted({route.source for route in routes.routes if route.source})
        self._silences = silences_of(self._alerts, sources)
        self._near = Nearby(self._folders, self._broker, self._alerts.rules)
        self._eye = Eye(self._alerts.rules)
        self._outage = Outage(self._near.host, self._alerts)
        try:
            self._post = open_post(self._alerts)
        except ConfigError as fault:
            log.error("nobody is told of alerts", faults=fault.faults)  # noqa: TRY400 - it says all there is
            self._post = Post([])

    async def run(self) -> None:
        """Watch until cancelled."""
        try:
            while True:
                took = await self._timed()
                await asyncio.sleep(max(self._alerts.every, _CALMEST * took))
        finally:
            await self.close()

    async def close(self) -> None:
        """Let go of the ways to those who are told."""
        await self._post.close()

    async def _timed(self) -> float:
        """Make one round, whatever becomes of it; return how many seconds it took."""
        started = time.monotonic()
        try:
            await self.round()
        except Exception:
            took = time.monotonic() - started
            log.exception("watching failed; trying again")
            return took
        return time.monotonic() - started

    async def round(self) -> None:
        """Look once, and tell what is to be told."""
        if self._in_force() is not self._routes:
            await self.close()
            self._follow(self._in_force())
        await self._post.pay()
        try:
            leads = await self._journal.write(self._held)
            facts = await self._look(leads=leads)
            seen = nearby(self._near, self._alerts, leads=leads)
            seen += shared(facts, self._alerts, self._silences, self._routes.jobs()) if leads else []
            await self._note(seen, facts.now, leads=leads)
            await self._tell(facts.now)
            if leads:
                await self._digest(facts.now)
        except JournalError as fault:
            await self._outage.lasts(self._post, fault)
        else:
            await self._outage.ended(self._post)

    async def _look(self, *, leads: bool) -> Facts:
        if leads:
            return await self._journal.read(self._eye.look)
        return Facts(now=await self._journal.read(alerting.clock))

    async def _note(self, seen: Sequence[Condition], now: int, *, leads: bool) -> None:
        """Write down what is so; what is not so any more for long enough has ended."""
        told = {(one.rule, one.subject): one.facts for one in seen}
        held = await self._journal.read(alerting.open_alerts)
        absent = [
            row.id for row in held if self._mine(row, leads=leads) and (row.rule, row.subject) not in told
        ]
        self._gone = {number: self._gone.get(number, now) for number in absent}
        calm = int(self._alerts.calm * SECOND)
        gone = [number for number, since in self._gone.items() if now - since >= calm]
        if told or gone:
            self._farewells += await self._journal.write(lambda tx: alerting.note(tx, told, gone))

    def _mine(self, row: Alert, *, leads: bool) -> bool:
        """Tell whether this process is the one that sees whether an alert still holds."""
        if row.rule in LOCAL:
            return row.subject.split(" ")[0] == self._near.host
        return leads

    async def _tell(self, now: int) -> None:
        repeat = int(self._alerts.repeat * SECOND)
        held = await self._journal.read(alerting.open_alerts)
        if not self._post.targets:
            self._farewells.clear()
            return
        if not self._farewells and not any(_is_due(row, now, repeat) for row in held):
            return
        taken = await self._journal.write(lambda tx: alerting.take_to_tell(tx, repeat))
        told = [("new" if row.told_at is None else "again", row) for row in taken]
        told += [("ended", row) for row in self._farewells]
        if not told:
            return
        if await self._post.post(of_alerts(self._alerts.name, now, told)):
            self._farewells.clear()
        else:  # nobody heard it: it is told in the next round
            back = [(row.told_at, row.id) for row in taken]
            await self._journal.write(lambda tx: alerting.tell_again(tx, back))

    async def _digest(self, now: int) -> None:
        """Tell the summary of a day once, at its hour or as soon after it as somebody watches."""
        when, hour = datetime.fromtimestamp(now / SECOND, VIETNAM), self._alerts.digest
        today = when.date().isoformat()
        if hour is None or not self._post.targets:
            return
        if not timedelta() <= when - datetime.combine(when, hour, VIETNAM) < _LATE:
            return
        if not await self._journal.write(lambda tx: alerting.take_digest(tx, today)):
            return
        day = await self._journal.read(_day)
        held = await self._journal.read(alerting.open_alerts)
        if not await self._post.post(of_digest(self._alerts.name, now, day, held)):
            await self._journal.write(lambda tx: alerting.give_digest_back(tx, today))
        await self._journal.write(lambda tx: alerting.forget(tx, tx.now - _KEPT))


def _is_due(row: Alert, now: int, repeat: int) -> bool:
    return row.told_at is None or row.told_at <= now - repeat


def _day(tx: Transaction) -> dict[str, Any]:
    """Return the last day as numbers, and how things stand now."""
    since = alerting.clock(tx) - _DAY
    now: dict[str, Counter[str]] = {}
    for pile in alerting.piles(tx):
        now.setdefault(pile.system, Counter())[pile.state.word] += pile.size
    turned_away = {source: codes.total() for source, codes in alerting.turned_away(tx, since).items()}
    return {**alerting.day(tx, since), "turned_away": turned_away, "now": now}


class Outage:
    """An outage of the journal itself, which no register can hold: each process tells its own."""

    def __init__(self, host: str, alerts: Alerts, clock: Callable[[], float] = time.monotonic) -> None:
        self._host = host
        self._alerts = alerts
        self._clock = clock
        self._since: float | None = None
        self._told: float | None = None
        self._alert = Alert(0, "journal", host, 0, None, None, "{}")

    async def lasts(self, post: Post, fault: GatewayError) -> None:
        """Note that the journal does not work, and tell it when it lasts."""
        log.warning("watching: the journal does not work", fault=str(fault))
        now = self._clock()
        if self._since is None:
            self._since, micros = now, time.time_ns() // 1000
            self._alert = self._alert._replace(since=micros, said=_outage(self._host, fault))
        repeat = self._told is None or now - self._told >= self._alerts.repeat
        if (
            "journal" in self._alerts.off
            or now - self._since < self._alerts.rules.journal.after
            or not repeat
        ):
            return
        what = "new" if self._told is None else "again"
        if await post.post(of_alerts(self._alerts.name, _wall(), [(what, self._alert)])):
            self._told = now

    async def ended(self, post: Post) -> None:
        """Note that it works, and tell it to those who heard that it did not."""
        self._since = None
        if self._told is None:
            return
        over = self._alert._replace(ended_at=_wall())
        if await post.post(of_alerts(self._alerts.name, _wall(), [("ended", over)])):
            self._told = None


def _outage(host: str, fault: GatewayError) -> str:
    cause = fault.__cause__
    return alerting.said({"host": host, "told": type(cause or fault).__name__})


def _wall() -> int:
    return time.time_ns() // 1000
