"""The law of conservation, as the design states it: what holds of every message once everything is at rest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from lgsp.journal.rows import states
from lgsp.journal.states import DEAD, FINAL, State
from lgsp.message import Kind
from lgsp.testing.making import DOSSIER, PAPER, PROGRESS
from tests.core.world import World

_KEPT = "id, message_id, line, seq, state, resend_of, superseded_by, system, recipients"
_EVERY = (
    "SELECT m.id, m.uid, m.partitionkey, m.type, m.kind, m.revision, d.id, d.line, d.seq, d.state, d.resend_of,"
    " d.superseded_by, d.system, d.recipients FROM messages m LEFT JOIN"
    f" (SELECT {_KEPT} FROM deliveries UNION ALL SELECT {_KEPT} FROM history) d"
    " ON d.message_id = m.id ORDER BY m.id, d.id"
)
_BODIES = "SELECT message_id, key_id, body FROM bodies"
_TROUBLED = f"SELECT DISTINCT delivery_id FROM entries WHERE state IN ({states(DEAD | {State.CANCELLED})})"
_RELEASED = "SELECT DISTINCT delivery_id FROM entries WHERE what = 'released'"
_REPORTED = "SELECT delivery_id, state FROM entries WHERE final = 1 ORDER BY id"
AT_REST = FINAL | {State.HELD, State.PARKED, State.WAITING}


class Fate(NamedTuple):
    """A message and one of its deliveries.

    Attributes:
        receivers: for whom it is; one empty name is the system itself.
    """

    message: int
    uid: bytes
    key: str
    type: str
    kind: int
    revision: int
    delivery: int | None
    line: bytes
    seq: int
    state: int
    resend_of: int | None
    superseded_by: int | None
    system: str
    recipients: str | None

    @property
    def receivers(self) -> list[str]:
        """For whom this delivery is."""
        return orjson.loads(self.recipients) if self.recipients else [""]


async def faults(world: World) -> list[str]:
    """Return every breach of the law, in words."""
    every = [Fate._make(row) for row in await world.rows(_EVERY)]
    own = [fate for fate in every if fate.resend_of is None]
    troubled = {row[0] for row in await world.rows(_TROUBLED)}
    reported = dict(await world.rows(_REPORTED))
    rules: list[Iterator[str]] = [
        _one_fate_each(own, await _meant_for(world)), _at_rest(every), _waiting_for_a_reason(every), _parked_for_a_reason(world, every),
        _newest_held(world, every), _delivered_landed(world, own), _told(own, reported),
        _in_order(world, own, PROGRESS, troubled), _strict(world, own), _rightly_void(own),
        _never_twice(world, own, {row[0] for row in await world.rows(_RELEASED)}),
    ]  # fmt: skip
    return world.far.wrongs + [fault for rule in rules for fault in rule]


def shared(some: list[str], others: list[str]) -> bool:
    """Tell whether two deliveries have a receiver in common; one that names nobody is for everybody."""
    return "" in some or "" in others or bool(set(some) & set(others))


def _named(fate: Fate) -> str:
    return f"{fate.type} {fate.key} revision {fate.revision} ({State(fate.state).word})"


async def _meant_for(world: World) -> dict[int, set[str]]:
    """Return whom each message names as its receivers."""
    keys = world.rig.journal.keys
    bodies = {number: keys.open(*body) for number, *body in await world.rows(_BODIES)}
    return {
        number: {one["code"] for one in orjson.loads(body).get("recipients", ())}
        for number, body in bodies.items()
    }


def _one_fate_each(own: list[Fate], meant: dict[int, set[str]]) -> Iterator[str]:
    """Exactly one delivery of each accepted message for each wanted (system, receiver)."""
    found: dict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
    for fate in own:
        if fate.delivery is None:
            yield f"message {fate.message} has no delivery"
        found[fate.message].update((fate.system, code) for code in fate.receivers)
    for message, ways in found.items():
        yield from (f"message {message} goes {n} times to {way}" for way, n in ways.items() if n > 1)
        if {code for _, code in ways} != (meant[message] or {""}):
            yield f"message {message} is for {meant[message]} and goes to {sorted(ways)}"


def _at_rest(every: list[Fate]) -> Iterator[str]:
    """Nothing is stuck on its way."""
    yield from (f"{_named(fate)} is stuck" for fate in every if fate.state not in AT_REST)


def _waiting_for_a_reason(every: list[Fate]) -> Iterator[str]:
    """What waits has one that is held before it, or is a document behind one that is dead for its receivers."""
    for fate in every:
        if fate.state == State.WAITING:
            line = [other for other in every if other.line == fate.line]
            held = any(other.state == State.HELD for other in line)
            blocked = any(
                o.state in DEAD
                and o.kind == Kind.DOCUMENT
                and o.seq < fate.seq
                and not o.superseded_by
                and shared(o.receivers, fate.receivers)
                for o in line
            )
            if not held and not (blocked and fate.kind == Kind.DOCUMENT):
                yield f"{_named(fate)} waits for nobody"


def _parked_for_a_reason(world: World, every: list[Fate]) -> Iterator[str]:
    """A parked event's dossier is not at the far side, or is held by a person who is in doubt about it."""
    held = {fate.key for fate in every if fate.type == DOSSIER and fate.state == State.HELD}
    for fate in every:
        if fate.state == State.PARKED and fate.key not in held and world.far.newest(fate.key) is not None:
            yield f"{_named(fate)} is parked, and its dossier is there"


def _newest_held(world: World, every: list[Fate]) -> Iterator[str]:
    """The far side holds the newest snapshot of every key that is not dead, cancelled or held.

    The last delivery counts: a key whose resend is dead is dead, though its message was delivered once.
    """
    newest = {fate.key: fate for fate in sorted(every, key=_place) if fate.type == DOSSIER}
    for key, fate in newest.items():
        held = world.far.newest(key)
        if fate.state == State.SUPERSEDED:
            yield f"{_named(fate)} is the newest and void"
        if fate.state == State.DELIVERED and (held is None or held.id is None or held.id.bytes != fate.uid):
            yield f"{_named(fate)} is not what the far side holds: revision {held and held.revision}"


def _place(fate: Fate) -> tuple[int, int]:
    return fate.revision, fate.delivery or 0


def _landings(world: World) -> Iterator[tuple[bytes, str]]:
    """Yield what was stored for whom, in the order of storing."""
    for message in world.far.landed:
        if message.id:
            yield from ((message.id.bytes, code) for code in message.recipients or [""])


def _delivered_landed(world: World, own: list[Fate]) -> Iterator[str]:
    """What is called delivered is there, for each receiver."""
    there = set(_landings(world))
    for fate in own:
        missed = [code for code in fate.receivers if (fate.uid, code) not in there]
        if fate.state == State.DELIVERED and missed:
            yield f"{_named(fate)} never landed for {missed}"


def _told(own: list[Fate], reported: dict[int, int]) -> Iterator[str]:
    """The source was told of each end, last of the one that stands."""
    for fate in own:
        if fate.state in FINAL and reported.get(fate.delivery or 0) != fate.state:
            yield f"{_named(fate)} was reported as {reported.get(fate.delivery or 0)}"


def _in_order(world: World, own: list[Fate], type_: str, but: set[Any]) -> Iterator[str]:
    """First landings of a line stand in the order of acceptance, but for those that died and came back."""
    places = {fate.uid: fate for fate in own if fate.type == type_ and fate.delivery not in but}
    last: dict[str, Fate] = {}
    seen: dict[str, set[bytes]] = defaultdict(set)
    for message in world.far.landed:
        fate = places.get(message.id.bytes) if message.id else None
        if fate is None or fate.uid in seen[fate.key]:
            continue
        seen[fate.key].add(fate.uid)
        if fate.key in last and last[fate.key].message > fate.message:
            yield f"{_named(fate)} landed behind {_named(last[fate.key])}"
        last[fate.key] = fate


def _strict(world: World, own: list[Fate]) -> Iterator[str]:
    """A document landed for a receiver only when those accepted before it had, for it, or were called off."""
    there: set[tuple[bytes, str]] = set()
    papers = {(fate.uid, code): fate for fate in own if fate.type == PAPER for code in fate.receivers}
    for landing in _landings(world):
        fate = papers.get(landing)
        if fate is not None:
            there.add(landing)
            before = {
                at: o for at, o in papers.items()
                if o.key == fate.key and o.message < fate.message and shared([at[1]], [landing[1]])
            }  # fmt: skip
            left = [o for at, o in before.items() if at not in there and o.state != State.CANCELLED]
            yield from (f"{_named(fate)} landed before {_named(other)}" for other in left)


def _never_twice(world: World, own: list[Fate], released: set[int]) -> Iterator[str]:
    """No document landed twice for anybody, unless a person took it upon himself."""
    landings = Counter(_landings(world))
    risked = {fate.message for fate in own if fate.delivery in released}
    for fate in own:
        often = [code for code in fate.receivers if landings[fate.uid, code] > 1]
        if fate.type == PAPER and often and fate.message not in risked:
            yield f"{_named(fate)} landed more than once for {often}"


def _rightly_void(own: list[Fate]) -> Iterator[str]:
    """What was superseded is a snapshot, and a newer revision of it was accepted."""
    newest = {fate.key: fate.revision for fate in own if fate.type == DOSSIER}
    for fate in own:
        if fate.state == State.SUPERSEDED and (fate.type != DOSSIER or newest[fate.key] <= fate.revision):
            yield f"{_named(fate)} is void without a newer one"
