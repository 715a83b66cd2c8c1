"""Publishing routes, and what follows: which version is in force, and what no route wanted until now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from difflib import unified_diff
from typing import Any

from lgsp.adapters import adapter_class
from lgsp.check import faults_of
from lgsp.counterparts import close, counterparts
from lgsp.errors import ConfigError
from lgsp.gateway import Gateway
from lgsp.giving_back import StillOpen, StillOpenError, give_back, still_open, told_of
from lgsp.home import home
from lgsp.journal import acting, leasing, mailboxes, reading, versions
from lgsp.journal.contract import Journal, Transaction, Wanted, WrongStateError
from lgsp.journal.lines import PUBLISHED
from lgsp.routes import Routes, parse_routes


def publish(tx: Transaction, routes: Routes, by: str, reason: str = "", base: int | None = None) -> int:
    """Publish routes; return the version in force.

    Args:
        tx: a transaction.
        routes: what is published.
        by: a person's name, or a process's.
        reason: in the person's words.
        base: the version that the person changed, if it has to be the one in force still.

    Raises:
        ConfigError: deliveries are open to a system that is no longer there.
        WrongStateError: another version than the base is in force by now.
    """
    tx.lock([PUBLISHED])  # an acceptance by the routes of before has committed, or sees these
    if base is not None and (now := leasing.version(tx)) != base:
        raise WrongStateError(f"publishing on version {base}: version {now} is in force by now")
    check_open(routes, reading.open_systems(tx))
    return acting.publish(tx, routes.text, by, reason)


async def faults_here(gateway: Gateway, text: str) -> list[str]:
    """Return every fault of a draft, in this process's home and environment; one that has any stays a draft.

    The last look is at whether its systems can be made: what this process cannot load, none is told to load.
    """
    waiting = await gateway.journal.read(reading.open_systems)
    found = await asyncio.to_thread(faults_of, text, home(), waiting)
    if found:
        return found
    try:
        made = counterparts(parse_routes(text), gateway.blobs.files)
    except ConfigError as fault:
        return list(fault.faults)
    for one in made.values():
        await close(one.adapter)
    return []


async def open_to_older(gateway: Gateway, text: str) -> list[StillOpen]:
    """Return what is open now and would be left to older connections by a draft that has no faults."""
    return await still_open(gateway.journal, parse_routes(text), gateway.types, gateway.agencies)


async def publish_draft(  # noqa: PLR0913 - what is published, on what, by whom and why
    gateway: Gateway, text: str, base: int, by: str, reason: str, *, leave_open: bool = False
) -> int:
    """Publish a draft, and let this process go over to it at once; return the version in force.

    Args:
        gateway: whose journal, and who goes over.
        text: the draft.
        base: the version that it changes.
        by: who publishes.
        reason: in the person's words.
        leave_open: what is open now may be left to older connections, where the draft does that.

    Raises:
        ConfigError: it has faults.
        StillOpenError: something is open that would be left to an older connection, and it was not said.
        WrongStateError: another version than the one that it changes is in force by now.
    """
    if found := await faults_here(gateway, text):
        raise ConfigError(found)
    if not leave_open and (left := await open_to_older(gateway, text)):
        raise StillOpenError(left)
    routes = parse_routes(text)
    version = await gateway.journal.write(lambda tx: publish(tx, routes, by, reason, base))
    await gateway.renew()
    return version


def difference(old: str, new: str, names: tuple[str, str], around: int = 2) -> list[str]:
    """Return the lines of a unified difference between two texts; empty when they are the same."""
    return list(unified_diff(old.splitlines(), new.splitlines(), *names, lineterm="", n=around))


def check_open(routes: Routes, systems: Collection[str]) -> None:
    """See that every system to which deliveries are open is there, and still takes something.

    Raises:
        ConfigError: one does not.
    """
    place = routes.place("systems")
    faults = [
        f"{place}: system {name!r} {'takes nothing now' if name in routes.systems else 'is gone'}"
        " but has open deliveries; put it back"
        for name in systems
        if name not in routes.systems or not adapter_class(routes.systems[name].adapter).takes
    ]
    if faults:
        raise ConfigError(faults)


async def in_force(
    journal: Journal, own: Callable[[], Routes], name: str, *, alone: bool
) -> tuple[int, Routes]:
    """Return the routes to work by, with their version.

    The one process of the embedded profile publishes its home's if that file is another than a process
    published last: what a person published since is not undone by a start. Of many, the first publishes them
    if nobody has published any, and the others work by what is published.

    Args:
        journal: where they are published.
        own: reads those of this process's home.
        name: of the process.
        alone: whether it is the one process of the journal.
    """
    newest = await journal.read(leasing.newest)
    if newest is not None and not alone:
        return newest[0], parse_routes(newest[1])
    routes = own()
    if newest is not None and await journal.read(versions.last_of_a_process) == routes.text:
        return (newest[0], routes if newest[1] == routes.text else parse_routes(newest[1]))
    return await journal.write(lambda tx: publish(tx, routes, name)), routes


async def follow_through(gateway: Gateway) -> None:
    """Do what follows from the routes of this process, unless it is done, or newer ones are in force.

    Raises:
        JournalError: not now; it is asked for again.
    """
    version = gateway.published
    if gateway.followed != version:
        await rehouse(gateway)
        await give_back(gateway, lambda tx: _in_force(tx, gateway))
        await route_unrouted(gateway)
        gateway.followed = version


async def route_unrouted(gateway: Gateway) -> None:
    """Give what no route wanted until now the deliveries that the routes of now want."""
    page: int | None = 0
    while page is not None:
        page = await gateway.journal.write(
            lambda tx, after=page: (  # type: ignore[misc]
                acting.route_unrouted(tx, lambda m: _goes(gateway, m), after)
                if _in_force(tx, gateway)
                else None
            )
        )


async def rehouse(gateway: Gateway) -> None:
    """Let what is open to a system that began, or ceased, to collect be offered, or be sent."""
    systems = list(gateway.counterparts)
    await gateway.journal.write(lambda tx: mailboxes.rehouse(tx, systems) if _in_force(tx, gateway) else None)


def _in_force(tx: Transaction, gateway: Gateway) -> bool:
    """Tell whether this process works by the newest routes: who is behind may not act on what follows."""
    return leasing.version(tx) in (0, gateway.published)


def _goes(gateway: Gateway, message: Mapping[str, Any]) -> list[tuple[Wanted, str | None]]:
    if message["type"] not in gateway.types:
        return []
    told = told_of(message)
    anchor = gateway.types[message["type"]].anchor
    return [(wanted, anchor) for wanted in gateway.wants(told)]
