"""The composition root: the only place that knows every class."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from pydantic import BaseModel, ValidationError

from lgsp.adapter import Adapter, Tools
from lgsp.adapters import adapter_class
from lgsp.api.desk import Desk
from lgsp.api.door import Door
from lgsp.api.edge import App
from lgsp.api.site import site
from lgsp.blobs import Blobs
from lgsp.broker.embedded import EmbeddedBroker
from lgsp.dispatch import Dispatcher
from lgsp.errors import ConfigError
from lgsp.gateway import Counterpart, Gateway
from lgsp.health import Health, Standing
from lgsp.home import home
from lgsp.jobs import Sweeper
from lgsp.journal import acting, reading, sweeping
from lgsp.journal.sqlite import SqliteJournal
from lgsp.message import VIETNAM, Message
from lgsp.patience import Patience
from lgsp.routes import Routes, System, read_routes, resolved
from lgsp.schemas import Types
from lgsp.settings import Settings, operator_token
from lgsp.window import Window
from lgsp.wire.http import Http
from lgsp.worker import Lane

log = structlog.get_logger(__name__)
GRACE = 5.0
"""Seconds that a stop waits for what is being sent."""


@dataclass(slots=True)
class Platform:
    """A running gateway: all roles in one process."""

    gateway: Gateway
    site: App
    lanes: Mapping[str, Lane]
    operator: str


def now() -> datetime:
    """Return the time in Viet Nam."""
    return datetime.now(VIETNAM)


def build_adapter(name: str, system: System, place: str) -> Adapter:
    """Make the adapter of a configured system.

    Raises:
        ConfigError: the adapter is not there, or its settings are wrong.
    """
    cls = adapter_class(system.adapter)
    http = Http(limit=system.deliver.concurrency * 2, timeout=system.deliver.timeout)
    tools = Tools(http, now, structlog.get_logger(f"lgsp.adapters.{system.adapter}").bind(system=name))
    return cls(_config(cls.Config, name, system, place), tools)


def _config(model: type[BaseModel], name: str, system: System, place: str) -> Any:
    try:
        return model.model_validate(resolved(system.config))
    except ValidationError as fault:
        raise ConfigError(
            [
                f"{place}: systems.{name}.config.{'.'.join(map(str, error['loc']))}: {error['msg']}"
                for error in fault.errors(include_input=False)
            ]
        ) from None


def counterparts(routes: Routes) -> dict[str, Counterpart]:
    """Make every configured system.

    Raises:
        ConfigError: with all faults of all systems.
    """
    made: dict[str, Counterpart] = {}
    faults: list[str] = []
    for name, system in routes.systems.items():
        try:
            adapter = build_adapter(name, system, routes.place("systems", name, "config"))
        except ConfigError as fault:
            faults += fault.faults
            continue
        deliver = system.deliver
        health = Health(deliver.concurrency, deliver.suspend_after, deliver.probe)
        made[name] = Counterpart(
            name, system, adapter, health, Patience(deliver.retry), Window(deliver.window)
        )
    if faults:
        raise ConfigError(faults)
    return made


@asynccontextmanager
async def platform(settings: Settings, routes: Routes | None = None) -> AsyncIterator[Platform]:
    """Run a gateway while inside.

    Raises:
        ConfigError: the home or the environment is wrong; nothing was started.
    """
    routes = routes or read_routes(home() / "routes.yaml")
    types, systems = Types(), counterparts(routes)
    journal = await SqliteJournal.open(settings.journal)
    broker = EmbeddedBroker()
    gateway = Gateway(journal, broker, types, Blobs.at(settings.blobs_url), routes, systems)
    lanes = {name: Lane(gateway, to) for name, to in systems.items()}
    dispatchers = [Dispatcher(gateway, to) for to in systems.values()]
    sweeper = Sweeper(gateway, lanes)
    tasks: list[asyncio.Task[None]] = []
    try:
        await broker.declare(systems)
        await _start(gateway, sweeper)
        operator = settings.operator or operator_token(settings.state)
        door = Door({name: settings.token(name) for name in systems}, operator)
        tasks = [
            asyncio.create_task(sweeper.run()),
            *(asyncio.create_task(dispatcher.run()) for dispatcher in dispatchers),
            *(asyncio.create_task(lane.run()) for lane in lanes.values()),
        ]
        yield Platform(gateway, site(Desk(gateway, door), lambda n: lanes[n].wake()), lanes, operator)
    finally:
        await _stop(tasks, lanes, systems)
        await broker.close()
        await journal.close()


async def _start(gateway: Gateway, sweeper: Sweeper) -> None:
    """Enter this process as a worker, publish the routes, and recover what an earlier one left."""
    journal = gateway.journal
    name = f"{socket.gethostname()}:{os.getpid()}"
    _check_open(gateway.routes, await journal.read(reading.open_systems))
    gateway.worker = await journal.write(lambda tx: acting.enlist(tx, name))
    gateway.published = await journal.write(lambda tx: acting.publish(tx, gateway.routes.text, name))
    lapsed = await sweeper.recover()
    await _route_unrouted(gateway)
    for system, (standing, cause) in (await journal.read(reading.standings)).items():
        _restore(gateway, system, standing, cause)
    for system, to in gateway.counterparts.items():
        if to.health.running:
            await journal.write(lambda tx, n=system: sweeping.resume(tx, n, None))  # type: ignore[misc]
    log.info("started", worker=gateway.worker, routes_version=gateway.published, lapsed=lapsed)


async def _route_unrouted(gateway: Gateway) -> None:
    page: int | None = 0
    while page is not None:
        page = await gateway.journal.write(
            lambda tx, after=page: acting.route_unrouted(tx, lambda m: _goes(gateway, m), after)  # type: ignore[misc]
        )


def _check_open(routes: Routes, systems: list[str]) -> None:
    gone = [name for name in systems if name not in routes.systems]
    if gone:
        raise ConfigError(
            [
                f"{routes.place('systems')}: system {name!r} is gone but has open deliveries; put it back"
                for name in gone
            ]
        )


def _goes(gateway: Gateway, message: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    anchor = gateway.types[message["type"]].anchor if message["type"] in gateway.types else None
    probe = Message(
        message["type"], message["subject"], message["partitionkey"], {}, source=message["source"],
        agency=message["agency"],
    )  # fmt: skip
    return [(system, anchor) for system in gateway.routes.goes(probe)]


def _restore(gateway: Gateway, system: str, standing: str, cause: str | None) -> None:
    """Begin as the last process left it: a paused system stays paused, a suspended one is tried at once."""
    to = gateway.counterparts.get(system)
    if to is None or standing == Standing.RUNNING.value:
        return
    to.health.standing, to.health.cause = Standing(standing), cause or ""


async def _stop(
    tasks: list[asyncio.Task[None]], lanes: Mapping[str, Lane], systems: Mapping[str, Counterpart]
) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.gather(*(lane.stop(GRACE) for lane in lanes.values()))
    for to in systems.values():
        await to.adapter.close()
        await to.adapter.tools.http.close()
