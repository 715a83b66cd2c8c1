"""Publishing routes, and what follows: which version is in force, and what no route wanted until now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from lgsp.errors import ConfigError
from lgsp.gateway import Gateway
from lgsp.journal import acting, leasing, mailboxes, reading
from lgsp.journal.contract import Journal, Transaction, Wanted
from lgsp.journal.lines import PUBLISHED
from lgsp.message import Message
from lgsp.routes import Routes, parse_routes


def publish(tx: Transaction, routes: Routes, by: str) -> int:
    """Publish routes; return the version in force.

    Raises:
        ConfigError: deliveries are open to a system that is no longer there.
    """
    tx.lock([PUBLISHED])  # an acceptance by the routes of before has committed, or sees these
    check_open(routes, reading.open_systems(tx))
    return acting.publish(tx, routes.text, by)


def check_open(routes: Routes, systems: Collection[str]) -> None:
    """See that every system to which deliveries are open is there.

    Raises:
        ConfigError: one is not.
    """
    gone = [name for name in systems if name not in routes.systems]
    if gone:
        raise ConfigError(
            [
                f"{routes.place('systems')}: system {name!r} is gone but has open deliveries; put it back"
                for name in gone
            ]
        )


async def in_force(
    journal: Journal, own: Callable[[], Routes], name: str, *, alone: bool
) -> tuple[int, Routes]:
    """Return the routes to work by, with their version.

    The one process of the embedded profile publishes its home's. Of many, the first publishes them if nobody
    has published any, and the others work by what is published.

    Args:
        journal: where they are published.
        own: reads those of this process's home.
        name: of the process.
        alone: whether it is the one process of the journal.
    """
    newest = None if alone else await journal.read(leasing.newest)
    if newest is not None:
        return newest[0], parse_routes(newest[1])
    routes = own()
    return await journal.write(lambda tx: publish(tx, routes, name)), routes


async def follow_through(gateway: Gateway) -> None:
    """Do what follows from the routes of this process, unless it is done, or newer ones are in force.

    Raises:
        JournalError: not now; it is asked for again.
    """
    version = gateway.published
    if gateway.followed != version:
        await rehouse(gateway)
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
    told = Message(
        message["type"], message["subject"], message["partitionkey"], message["data"],
        source=message["source"], agency=message["agency"],
    )  # fmt: skip
    anchor = gateway.types[message["type"]].anchor
    return [(gateway.wanted(system, codes), anchor) for system, codes in gateway.goes(told).items()]
