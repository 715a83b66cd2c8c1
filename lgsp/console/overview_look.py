"""What the overview shows, asked once for all who look: systems, the ways between them, totals, troubles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from lgsp.broker.contract import FULL
from lgsp.gateway import Counterpart, Gateway
from lgsp.health import Standing
from lgsp.journal import alerting, figures, glancing, leasing, troubles
from lgsp.journal.alerting import Alert
from lgsp.journal.contract import Transaction
from lgsp.journal.figures import Place
from lgsp.journal.glancing import Pace, Queue
from lgsp.journal.leasing import Stand
from lgsp.journal.troubles import Patience, Trouble
from lgsp.leases import works_for
from lgsp.message import VIETNAM

_ALIVE = 15_000_000
_DAY = 86_400_000_000
BARS, _SLOTS = 48, 3
"""Bars of the last 24 hours, and how many slots each of them sums up: half an hour."""
_LATE = 60_000_000
_EMPTY = Queue(0, False, None, {})


class Bar(NamedTuple):
    """Half an hour of the last 24, and how much befell in it."""

    at: int
    high: int


@dataclass(slots=True, frozen=True)
class Total:
    """What befell of one kind: today, and through the last 24 hours."""

    kind: str
    today: int
    bars: Sequence[Bar]

    @property
    def highest(self) -> Bar:
        """Return the bar with the most."""
        return max(self.bars, key=lambda bar: bar.high)


@dataclass(slots=True, frozen=True)
class Taker:
    """A system as one that takes.

    Attributes:
        health: `Standing.value`, or `probed` (suspended, and tried), `idle` (nobody works on it).
        since: of its standing, if that was ever recorded.
        more: the queue is longer than was counted.
        oldest: since when the oldest waits.
        went: delivered a minute.
        today: delivered today.
        collects: it comes for what is meant for it.
    """

    name: str
    health: str
    cause: str
    since: int | None
    waiting: int
    more: bool
    oldest: int | None
    went: float
    today: int
    collects: bool = False


@dataclass(slots=True, frozen=True)
class Bringer:
    """A system as one that brings.

    Attributes:
        came: messages a minute.
        health: `brings`, `rests` (nothing in the last minute), or `worry` (an alert is open of it).
    """

    name: str
    health: str
    came: float
    today: int


@dataclass(slots=True, frozen=True)
class Way:
    """What goes from one system to another: how much a minute is delivered, and how much fails."""

    source: str
    system: str
    types: Sequence[str]
    went: float
    failed: float


@dataclass(slots=True, frozen=True)
class Overview:
    """All of it, as of `now`.

    Attributes:
        whole: as of when the totals are complete; None before the first time.
        late: that is longer ago than it should be.
    """

    now: int
    takers: Sequence[Taker]
    bringers: Sequence[Bringer]
    ways: Sequence[Way]
    totals: Sequence[Total]
    whole: int | None = None
    late: bool = False
    alerts: Sequence[Alert] = ()

    def taker(self, name: str) -> Taker | None:
        """Return a system as one that takes."""
        return next((one for one in self.takers if one.name == name), None)


@dataclass(slots=True, frozen=True)
class _Seen:
    """What the journal shows."""

    now: int
    stands: Mapping[str, Stand]
    queues: Mapping[str, Queue]
    pace: Pace
    roles: Sequence[str]
    probed: frozenset[str]
    series: Mapping[str, Mapping[int, int]]
    came: Mapping[tuple[str, str], int]
    went: Mapping[tuple[str, str], int]
    place: Place | None
    alerts: Sequence[Alert] = field(default=())


async def overview(gateway: Gateway) -> Overview:
    """Look at everything."""
    names = list(gateway.counterparts)
    seen = await gateway.journal.read(lambda tx: _see(tx, names))
    ways = list(_ways(gateway, seen.pace))
    place = seen.place
    return Overview(
        seen.now,
        [_taker(gateway, seen, name) for name in sorted({way.system for way in ways})],
        [_bringer(seen, name) for name in sorted({way.source for way in ways})],
        ways,
        [_total(seen, kind) for kind in figures.KINDS if kind != figures.HELD],
        (place.whole or None) if place else None,
        place is None or not place.whole or seen.now - place.whole > _LATE,
        seen.alerts,
    )


async def worries(gateway: Gateway) -> list[Trouble]:
    """Return what is stuck."""
    rules = gateway.routes.alerts.rules
    patience = Patience(15 * _LATE, int(rules.uncollected.after * 1_000_000))
    return await gateway.journal.read(lambda tx: troubles.found(tx, patience))


def _see(tx: Transaction, names: Sequence[str]) -> _Seen:
    now = alerting.clock(tx)
    midnight = _midnight(now)
    return _Seen(
        now,
        leasing.stands(tx),
        glancing.queues(tx, names),
        glancing.pace(tx),
        glancing.roles_alive(tx, _ALIVE),
        frozenset(glancing.probed(tx)),
        figures.series(tx, min(midnight, now - _DAY)),
        figures.between(tx, midnight, figures.CAME),
        figures.between(tx, midnight, figures.DELIVERED),
        figures.counted(tx),
        [one for one in alerting.open_alerts(tx) if one.rule != alerting.DIGEST],
    )


def _midnight(now: int) -> int:
    today = datetime.fromtimestamp(now / 1_000_000, VIETNAM).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    return int(today.timestamp()) * 1_000_000


# --- totals ---------------------------------------------------------------------------------------------


def _total(seen: _Seen, kind: str) -> Total:
    slots, midnight = seen.series.get(kind, {}), _midnight(seen.now)
    width = _SLOTS * figures.SLOT
    first = seen.now // width * width - (BARS - 1) * width
    bars = [
        Bar(at, sum(slots.get(at + n * figures.SLOT, 0) for n in range(_SLOTS)))
        for at in range(first, first + BARS * width, width)
    ]
    return Total(kind, sum(count for at, count in slots.items() if at >= midnight), bars)


# --- systems --------------------------------------------------------------------------------------------


def _taker(gateway: Gateway, seen: _Seen, name: str) -> Taker:
    to, stand = gateway.counterparts.get(name), seen.stands.get(name)
    queue = seen.queues.get(name, _EMPTY)
    depth = gateway.broker.depth(name) if to is not None and to.queued else 0
    under_way = depth if depth < FULL else 0
    return Taker(
        name,
        _health(to, seen, name),
        stand.cause if stand else "",
        stand.since if stand else None,
        queue.size + under_way,
        queue.more,
        queue.oldest,
        sum(count for (_, system), count in seen.pace.went.items() if system == name),
        sum(count for (_, system), count in seen.went.items() if system == name),
        to is not None and to.collects,
    )


def _health(to: Counterpart | None, seen: _Seen, name: str) -> str:
    stand = seen.stands.get(name)
    said = stand.state if stand else Standing.RUNNING.value
    if said == Standing.SUSPENDED.value:
        return "probed" if name in seen.probed else said
    works = any(not roles or works_for(roles, name) for roles in seen.roles)
    if said == Standing.RUNNING.value and not works and (to is None or to.queued):
        return "idle"
    return said


def _bringer(seen: _Seen, name: str) -> Bringer:
    came = seen.pace.came.get(name, 0.0)
    worry = any(one.rule in ("silence", "job") and one.subject.split(" ")[0] == name for one in seen.alerts)
    health = "worry" if worry else "brings" if came else "rests"
    return Bringer(name, health, came, sum(n for (source, _), n in seen.came.items() if source == name))


# --- ways -----------------------------------------------------------------------------------------------


def _ways(gateway: Gateway, pace: Pace) -> Iterator[Way]:
    """Yield the ways that the routes open, and those by which something goes all the same."""
    types: dict[tuple[str, str], set[str]] = {way: set() for way in (*pace.went, *pace.failed)}
    for source, system, type_ in _open_ways(gateway):
        types.setdefault((source, system), set()).add(type_)
    for (source, system), said in sorted(types.items()):
        went, failed = pace.went.get((source, system), 0.0), pace.failed.get((source, system), 0.0)
        if source and system:
            yield Way(source, system, sorted(said), went, failed)


def _open_ways(gateway: Gateway) -> Iterator[tuple[str, str, str]]:
    everybody = gateway.counterparts
    for route in gateway.routes.routes:
        bring = [name for name, one in everybody.items() if route.type in one.adapter.brings]
        for source in bring if route.source is None else [route.source]:
            for system in _ends(gateway, route):
                takes: Any = everybody[system].adapter.takes if system in everybody else ()
                if route.type in takes and not (route.by_recipients and source == system):
                    yield source, system, route.type


def _ends(gateway: Gateway, route: Any) -> list[str]:
    serving = [name for name, spec in gateway.routes.systems.items() if spec.serves]
    return [*route.systems, *(serving if route.by_recipients else ())]
