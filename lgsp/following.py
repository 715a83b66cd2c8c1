"""What a process learns from the journal of what others did: routes, standings, backlogs, who is there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from lgsp.enduring import steadily
from lgsp.enquiring import Enquiries
from lgsp.errors import ConfigError
from lgsp.gateway import Gateway
from lgsp.journal import agencies, leasing, naming
from lgsp.journal.contract import Transaction
from lgsp.journal.leasing import Stand, Worker
from lgsp.learning import learn_facts
from lgsp.leases import JOBS, works_for
from lgsp.standings import Standings

log = structlog.get_logger(__name__)
LOOK = 0.5
"""Seconds between two looks."""

Reload = Callable[[int, str], Awaitable[None]]
"""Goes over to a version of the routes and its text, or raises ConfigError and leaves all as it is."""


@dataclass(slots=True, frozen=True)
class _News:
    version: int
    named: int
    facts: int
    stands: dict[str, Stand]
    behind: dict[str, int]
    workers: list[Worker]


class Follower:
    """Keeps one of many processes abreast of the others.

    - Newer routes are taken over in place. While that fails, the process is not ready and takes no work.
    - What operators name of answers that no catalogue held means the same here.
    - Systems that others suspended, resumed or paused stand so here too.
    - The windows learn whether anything waits undispatched: the index of the undispatched is the one truth.
    - What a system allows is shared among the processes that send to it, and among those that ask it.
    """

    def __init__(
        self, gateway: Gateway, standings: Standings, reload: Reload, enquiries: Enquiries | None = None
    ) -> None:
        self._gateway = gateway
        self._standings = standings
        self._reload = reload
        self._enquiries = enquiries
        self._loading = asyncio.Lock()

    async def run(self) -> None:
        """Look until cancelled."""
        await steadily(self.look, "following", log, LOOK)

    async def look(self) -> None:
        """Learn all that is new."""
        gateway = self._gateway
        names = list(gateway.counterparts)
        marks = {name: to.window.mark() for name, to in gateway.counterparts.items()}
        few = {name: to.window.few for name, to in gateway.counterparts.items()}
        news = await gateway.journal.read(lambda tx: _news(tx, few))
        if news.version != gateway.published:
            await self.renew()
        if news.named != gateway.names.newest:
            gateway.names = await gateway.journal.read(naming.read_names)
        if news.facts != len(gateway.agencies.claims):
            await learn_facts(gateway)
        self._standings.follow(news.stands)
        for name in names:
            to = gateway.counterparts.get(name)
            if to is None:
                continue
            to.window.found(news.behind[name], marks[name])
            self._share(name, news.workers)
            await self._standings.note(to)
        self._share_questions(news.workers)

    def _share(self, name: str, workers: Sequence[Worker]) -> None:
        """Take this process's part of what a system allows."""
        sending = [worker.number for worker in workers if works_for(worker.roles, name)]
        own = self._gateway.worker
        if own in sending:
            self._gateway.counterparts[name].health.share(len(sending), sending.index(own))

    def _share_questions(self, workers: Sequence[Worker]) -> None:
        asking = [one.number for one in workers if one.roles != JOBS]
        if self._enquiries is not None and self._gateway.worker in asking:
            self._enquiries.share(len(asking), asking.index(self._gateway.worker))

    async def renew(self) -> None:
        """Go over to the routes in force, if they are not those of this process."""
        async with self._loading:
            newest = await self._gateway.journal.read(leasing.newest)
            if newest is None or newest[0] == self._gateway.published:
                return
            version, text = newest
            try:
                await self._reload(version, text)
            except ConfigError as fault:
                self._refuse(version, "; ".join(fault.faults))
            except Exception as fault:
                log.exception("reloading the routes failed")
                self._refuse(version, type(fault).__name__)
            else:
                self._gateway.unready = ""
                log.info("routes reloaded", routes_version=version)

    def _refuse(self, version: int, why: str) -> None:
        told = f"version {version} of the routes cannot be loaded here: {why}"
        if told != self._gateway.unready:
            log.error("not ready", why=told)
        self._gateway.unready = told


def _news(tx: Transaction, few: Mapping[str, int]) -> _News:
    version, named = leasing.version(tx), naming.newest(tx)
    facts = agencies.size(tx)
    return _News(version, named, facts, leasing.stands(tx), leasing.behind(tx, few), leasing.alive(tx))
