"""What follows when routes go back to the shadow of an older connection: whose is what is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from lgsp.domain.agencies.register import Register
from lgsp.gateway import Gateway
from lgsp.journal import giving_back
from lgsp.journal.contract import Journal, Transaction, WrongStateError
from lgsp.journal.giving_back import Leaves, Open
from lgsp.journal.rows import Row
from lgsp.message import Message
from lgsp.routes import Routes
from lgsp.routing import body_of, goes, shadowed
from lgsp.schemas import Types

LOOKED = 20_000
"""So many open deliveries are looked at before it is said that there are more."""


class StillOpen(NamedTuple):
    """What is open to a system and would be left to its older connection.

    Attributes:
        queued: has not had its turn: it would be drawn up, and not sent.
        on_its_way: is being sent at this moment, or was taken from a mailbox; that ends as it ends.
        in_doubt: of the queued ones, those that an earlier attempt may have brought there.
        more: there are more deliveries than were looked at.
    """

    system: str
    queued: int
    on_its_way: int
    in_doubt: int
    more: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON says it."""
        return self._asdict()


class StillOpenError(WrongStateError):
    """Deliveries are open that would be left to an older connection, and nobody said that they may be."""

    def __init__(self, found: Sequence[StillOpen]) -> None:
        said = "; ".join(f"{one.queued + one.on_its_way} to {one.system}" for one in found)
        super().__init__(
            f"publishing: deliveries are open that the draft leaves to an older connection: {said};"
            " wait until they are sent, or say that they may be left to it"
        )
        self.found = found


def told_of(message: Mapping[str, Any]) -> Message:
    """Return a message of which the journal gave the attributes."""
    said = {name: message[name] for name in ("type", "subject", "partitionkey", "data", "source", "agency")}
    return Message(**said)


def by_routes(routes: Routes, types: Types, agencies: Register) -> Leaves:
    """Return what tells of a message whether routes, which need not be in force, leave it to an older one."""

    def leaves(said: Mapping[str, Any], system: str) -> bool:
        message = told_of(said)
        if message.type in types:
            info = types[message.type]
            message.recipients = info.receivers(message.data, lambda code: body_of(agencies, code))
        return system in shadowed(routes, message, goes(routes, message, agencies), agencies)

    return leaves


async def still_open(journal: Journal, routes: Routes, types: Types, agencies: Register) -> list[StillOpen]:
    """Return what is ours and open now, and would be left to an older connection by some routes."""
    found: dict[str, StillOpen] = {}
    leaves, systems = by_routes(routes, types, agencies), _systems(routes)
    after, looked = 0, 0
    while True:
        page, told = await journal.read(lambda tx, a=after: _looked(tx, systems, leaves, a))  # type: ignore[misc]
        looked += len(page)
        for one in told:
            found[one.system] = _sum(found.get(one.system), one)
        if len(page) < giving_back.PAGE:
            return list(found.values())
        if looked >= LOOKED:
            return [one._replace(more=True) for one in found.values()]
        after = page[-1].row.id


def _looked(
    tx: Transaction, systems: Sequence[str], leaves: Leaves, after: int
) -> tuple[list[Open], list[StillOpen]]:
    page = giving_back.open_to(tx, systems, after)
    return page, [_counted(tx, one.row) for one in page if leaves(one.message, one.row.system)]


def _counted(tx: Transaction, row: Row) -> StillOpen:
    away = giving_back.on_its_way(tx, row)
    return StillOpen(row.system, int(not away), int(away), int(not away and row.uncertain > 0))


def _sum(one: StillOpen | None, other: StillOpen) -> StillOpen:
    if one is None:
        return other
    counts = (one.queued + other.queued, one.on_its_way + other.on_its_way, one.in_doubt + other.in_doubt)
    return StillOpen(one.system, *counts)


async def give_back(gateway: Gateway, in_force: Callable[[Transaction], bool]) -> None:
    """Leave what is open to the older connections to which the routes of this process leave it.

    Args:
        gateway: whose routes and journal.
        in_force: tells, inside each transaction, whether the routes of this process are the newest.
    """
    systems = _systems(gateway.routes)
    after: int | None = 0
    while systems and after is not None:

        def act(tx: Transaction, behind: int = after) -> tuple[int | None, list[Any]]:
            if not in_force(tx):
                return None, []
            return giving_back.give_back(
                tx, systems, lambda said, to: gateway.leaves(told_of(said), to), behind
            )

        after, frames = await gateway.journal.write(act)
        gateway.broker.publish(frames)


def _systems(routes: Routes) -> list[str]:
    """Return the systems to which routes in the shadow may lead."""
    shadow = [route for route in routes.routes if route.mode != "live"]
    if any(route.by_recipients for route in shadow):
        return list(routes.systems)
    return sorted({system for route in shadow for system in route.systems})
