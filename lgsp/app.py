"""The composition root: the only place that knows every class."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog

from lgsp.adapter import Adapter
from lgsp.api.desk import Desk
from lgsp.api.door import Door
from lgsp.api.edge import App
from lgsp.api.entrance import entrance_of
from lgsp.api.gate import gate_of
from lgsp.api.health import health_site
from lgsp.api.hull import Hull, Revolving
from lgsp.blobs import Blobs
from lgsp.catalogue_learning import learn
from lgsp.console.first import first_administrator
from lgsp.counterparts import become, close, counterparts, queued
from lgsp.dispatch import Returns
from lgsp.duties import elected, watching
from lgsp.enquiring import Enquiries
from lgsp.errors import ConfigError, GatewayError
from lgsp.fetching import Fetcher
from lgsp.following import Follower
from lgsp.gateway import Counterpart, Gateway
from lgsp.ground import Ground, ground_of, keyring_of, process_name
from lgsp.home import home
from lgsp.jobs import Keeper, Sweeper
from lgsp.journal import naming, reading, sweeping
from lgsp.leases import ALL_ROLES, JOBS, SERVE, WORK, Duty, ProcessLease
from lgsp.oidc.provider import provider_of
from lgsp.passwords import Passwords
from lgsp.publishing import check_open, follow_through, in_force
from lgsp.questions import Questions
from lgsp.relay.door import FileDoor
from lgsp.routes import Routes, parse_routes, read_routes
from lgsp.schemas import Types
from lgsp.settings import Settings, operator_token
from lgsp.spool import Spool
from lgsp.standings import Standings
from lgsp.worker import Lane
from lgsp.works import Part, Works, ended

if TYPE_CHECKING:
    from lgsp.console.room import Room

log = structlog.get_logger(__name__)
GRACE = 5.0
"""Seconds that a stop waits for what is being sent."""


@dataclass(slots=True)
class Platform:
    """A running gateway, or one process of it.

    Attributes:
        site: what it serves: everything in the role `serve`, else only whether it is ready.
        lanes: of this process, by system.
        password: of the console's first administrator, if this start made one; to be shown once.
        hush: ends the console's live pages, so that a server that stops waits for none.
    """

    gateway: Gateway
    site: App
    lanes: Mapping[str, Lane]
    operator: str = field(repr=False)
    password: str = field(default="", repr=False)
    hush: Callable[[], None] = lambda: None


@asynccontextmanager
async def platform(
    settings: Settings,
    routes: Routes | None = None,
    part: Part = Part(ALL_ROLES),  # noqa: B008 - it cannot change
    ground: Ground | None = None,
) -> AsyncIterator[Platform]:
    """Run a gateway, or one process of it, while inside.

    Args:
        settings: the environment.
        routes: instead of the home's.
        part: what this process takes upon itself.
        ground: a journal and a broker that are open already, and that other processes may use too.

    Raises:
        ConfigError: the home or the environment is wrong; nothing was started.
    """
    alone = settings.embedded and ground is None
    if alone:
        _all_of(part)
        routes = routes or read_routes(home() / "routes.yaml")
        # its faults are told before anything is opened
        counterparts(routes, Blobs.at(settings.blobs_url).files)
    if ground is None:
        async with ground_of(settings) as opened, _process(settings, opened, routes, part, alone) as one:
            yield one
    else:
        async with _process(settings, ground, routes, part, alone) as one:
            yield one


def _all_of(part: Part) -> None:
    if set(part.roles) != ALL_ROLES or part.systems:
        raise ConfigError(
            [
                (
                    "LGSP_JOURNAL_URL: SQLite is held by one process, `lgsp run`; for several, set it to"
                    " postgresql://… and LGSP_BROKER_URL to amqp://…"
                )
            ]
        )


@asynccontextmanager
async def _process(
    settings: Settings, ground: Ground, routes: Routes | None, part: Part, alone: bool
) -> AsyncIterator[Platform]:
    own = lambda: routes or read_routes(home() / "routes.yaml")  # noqa: E731
    version, agreed = await in_force(ground.journal, own, process_name(), alone=alone)
    blobs = Blobs.at(settings.blobs_url, ground.journal.keys)
    gateway = Gateway(
        ground.journal, ground.broker, Types(), blobs, agreed,
        counterparts(agreed, blobs.files, ground.journal), published=version,
    )  # fmt: skip
    process = Process(settings, gateway, part, alone=alone)
    try:
        await process.start()
        yield Platform(
            gateway, process.hull, process.works.lanes, process.operator, process.password, process.hush
        )
    finally:
        process.hush()
        await process.stop()


class Process:
    """One process of an installation, put together by its roles.

    Args:
        settings: the environment.
        gateway: with the routes in force.
        part: roles and systems.
        alone: nobody else uses this journal: what an earlier process left is recovered at once.
    """

    def __init__(self, settings: Settings, gateway: Gateway, part: Part, *, alone: bool) -> None:
        self._settings = settings
        self._gateway = gateway
        self._part = part
        self._alone = alone
        self._tasks: set[asyncio.Task[Any]] = set()
        self._retired: list[Adapter] = []
        self.lease = ProcessLease(
            gateway.journal, process_name(), part.roles, systems=part.systems, entered=self._enlisted
        )
        self.standings = Standings(gateway, self._look_again)
        self.works = Works(gateway, self.standings, part, Duty("dispatch", self.lease).held)
        self.fetcher = Fetcher(gateway, alone=alone)
        self.keyring = keyring_of(settings, gateway.journal)
        self.operator = settings.operator or operator_token(settings.state)
        self.site = Revolving()
        self.hull = Hull(self.site, settings.proxies, settings.hosts)
        self.password = ""
        self._passwords = Passwords()
        self._files = FileDoor(gateway)
        self._room: Room | None = None
        self._provider = provider_of(settings.oidc)
        self._gate = gate_of(gateway)
        self.enquiries = Enquiries(gateway, self._gate.quotas, Questions())
        self.follower = Follower(gateway, self.standings, self.reload, self.enquiries)
        gateway.checks.asking.enquirer = self.enquiries
        self._entrance = entrance_of(settings, gateway.journal)
        self._entrance.noting = self._gate.note

    def _look_again(self, system: str) -> None:
        self.works.wake(system)

    def _enlisted(self, worker: int) -> None:
        self._gateway.worker = worker

    async def start(self) -> None:
        """Enlist, bring what an earlier process of this place could not, and begin."""
        gateway, roles = self._gateway, self._part.roles
        gateway.fence = self.lease.holds
        await gateway.broker.declare(queued(gateway.routes))
        await self.lease.enter(gateway.published)
        await self._open_spool()
        self.works.prepare()
        sweep = Duty("sweep", self.lease)
        sweeper = Sweeper(gateway, held=sweep.held, lease=self.lease)
        lapsed = await sweeper.recover() if self._alone else 0
        await self.standings.load()
        gateway.names = await gateway.journal.read(naming.read_names)
        learning = await learn(gateway)
        await self._follow_through()
        gateway.renew = self.follower.renew
        if self._alone:
            await self._release()
        else:
            self._run(self.follower.run(), Returns(gateway).run())
        if SERVE in roles:
            await self._entrance.open()
            self._run(*self._entrance.following())
            self.password = await first_administrator(gateway.journal, self._settings.administrator)
        self._build_site()
        self._run(self.lease.run(), self.keyring.follow(), *(one.run() for one in learning))
        self._run(*self._gate.running())
        if JOBS in roles:
            self._run(sweeper.run(), self.fetcher.run())
            self._run(*elected(gateway, self._settings, self.lease, sweep))
        if WORK in roles:
            self._run(Keeper(gateway, self.works.lanes).run())
        self._run(watching(gateway, self._settings, self.lease))
        self.works.start()
        at = gateway.published
        log.info("started", worker=gateway.worker, routes_version=at, lapsed=lapsed, roles=sorted(roles))

    async def _follow_through(self) -> None:
        """Do what follows from the routes now; what cannot be done now the sweeper does."""
        if JOBS in self._part.roles:
            with suppress(GatewayError):
                await follow_through(self._gateway)

    def _run(self, *work: Coroutine[Any, Any, None]) -> None:
        for one in work:
            task = asyncio.create_task(one)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _open_spool(self) -> None:
        """Apply what an earlier process of this state folder knew, before it counts as lapsed."""
        if WORK not in self._part.roles:
            return
        gateway = self._gateway
        spool = gateway.spool = Spool.open(self._settings.state / "spool", gateway.journal.keys)
        try:
            await spool.drain(gateway.journal, gateway.apply)
        except GatewayError as fault:
            log.warning("outcomes wait for the journal", kept=len(spool.holding()), fault=str(fault))
        self._run(spool.run(gateway.journal, gateway.apply))

    async def _release(self) -> None:
        """Make ready what was put off for a system that runs now: nobody else does at a start."""
        for name, to in self._gateway.counterparts.items():
            if to.health.running:
                await self._gateway.journal.write(lambda tx, n=name: sweeping.resume(tx, n, None))  # type: ignore[misc]

    # --- the site ---------------------------------------------------------------------------------------

    def _build_site(self) -> None:
        tokens = {name: self._settings.token(name) for name in self._gateway.counterparts}
        door = Door(tokens, self.operator, self._entrance)
        desk = Desk(self._gateway, door, self.enquiries, passwords=self._passwords, files=self._files,
                    keyring=self.keyring, gate=self._gate)  # fmt: skip
        if SERVE not in self._part.roles:
            self.site.app = health_site(desk)
            return
        from lgsp.api.site import site  # it brings every screen and endpoint: who only sends starts without
        from lgsp.console.front import Front
        from lgsp.console.room import Room

        room = self._room = self._room or Room(
            desk, self._decided, provider=self._provider, local=self._settings.everybody
        )
        room.desk = desk
        self.site.app = Front(room, site(desk, self._decided))

    def hush(self) -> None:
        """End the console's live pages."""
        if self._room is not None:
            self._room.ticker.close()

    def _decided(self, system: str) -> None:
        """Let what a person decided of a system be written and acted on at once."""
        self._run(self.standings.note(self._gateway.counterparts[system]))
        self.works.wake(system)

    # --- other routes -----------------------------------------------------------------------------------

    async def reload(self, version: int, text: str) -> None:
        """Go over to newer routes in place.

        Raises:
            ConfigError: they cannot be loaded here; everything is as it was.
        """
        gateway, routes = self._gateway, parse_routes(text)
        made = counterparts(routes, gateway.blobs.files, gateway.journal)
        check_open(routes, await gateway.journal.read(reading.open_systems))
        await gateway.broker.declare(queued(routes))
        await self.works.stop(set(gateway.counterparts) - set(queued(routes)), GRACE)
        self._take_over(version, routes, made)
        self.works.start()
        await self._follow_through()
        with suppress(GatewayError):  # the next beat tells it as well
            await self.lease.beat()

    def _take_over(self, version: int, routes: Routes, made: Mapping[str, Counterpart]) -> None:
        gateway = self._gateway
        specs = [to.spec for to in gateway.counterparts.values()]
        longest = max((max(one.deliver.timeout, one.ask.timeout) for one in specs), default=0.0)
        gone = [to.adapter for name, to in gateway.counterparts.items() if name not in made]
        had = [become(gateway.counterparts[n], to) for n, to in made.items() if n in gateway.counterparts]
        gateway.counterparts = {name: gateway.counterparts.get(name, to) for name, to in made.items()}
        gateway.routes, gateway.published, self.lease.published = routes, version, version
        gateway.know_who_collects()
        self._build_site()
        self._retired += [*gone, *had]
        self._run(self._retire([*gone, *had], longest))

    async def _retire(self, adapters: list[Adapter], after: float) -> None:
        """Let go of adapters once nothing can be under way on them."""
        await asyncio.sleep(after)
        for adapter in adapters:
            self._retired.remove(adapter)
            await close(adapter)

    # --- the end ----------------------------------------------------------------------------------------

    async def stop(self) -> None:
        """Take nothing new, finish what is being sent, hand back what is not begun, and leave."""
        gateway = self._gateway
        await asyncio.gather(self.fetcher.stop(GRACE), self.works.stop(list(gateway.counterparts), GRACE))
        await gateway.checks.asking.close()
        await asyncio.gather(ended(list(self._tasks)), self._files.close(), self.enquiries.close())
        await asyncio.gather(self._entrance.close(), self._gate.close())
        if self._provider is not None:
            await self._provider.close()
        if gateway.spool is not None:
            gateway.spool.close()
        try:
            async with asyncio.timeout(GRACE):
                await self.lease.leave()
        except TimeoutError:
            log.warning("leaving took too long; the lease runs out", worker=gateway.worker)
        for adapter in [*self._retired, *(to.adapter for to in gateway.counterparts.values())]:
            await close(adapter)
