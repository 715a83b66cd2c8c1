"""A gateway whose far side is scripted: real journal, real broker, an adapter that answers as it is told."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson

from lgsp.adapter import Accepted, Adapter, Arrival, Receipt
from lgsp.blobs import Blobs
from lgsp.broker.embedded import EmbeddedBroker
from lgsp.dispatch import Dispatcher
from lgsp.errors import Rejected, Scope, Unavailable, Uncertain
from lgsp.gateway import Counterpart, Gateway
from lgsp.health import Health
from lgsp.jobs import Sweeper
from lgsp.journal import acting, reading
from lgsp.journal.clocks import micros
from lgsp.journal.sqlite import SqliteJournal
from lgsp.journal.turns import Claim, Settled
from lgsp.message import Message, Raw, native_digest
from lgsp.patience import Patience
from lgsp.routes import Routes, parse_routes
from lgsp.schemas import Types
from lgsp.sending import Sending
from lgsp.testing.making import DOSSIER, PAPER, PROGRESS, SYSTEM
from lgsp.window import Window
from lgsp.worker import Lane
from tests.core.far_side import WALK

DESK = "desk"
TYPES = {
    DOSSIER: {"kind": "snapshot", "subject": "/key", "form": "verbatim"},
    PROGRESS: {"kind": "event", "subject": "/key", "form": "verbatim", "anchor": DOSSIER},
    PAPER: {"kind": "document", "subject": "/key", "form": "verbatim", "recipients": "document"},
}
ROUTES = """
systems:
  desk: {adapter: desk}
  portal:
    adapter: portal
    deliver: {concurrency: 4, settle: 20ms, retry: [5ms, 10ms, 15ms], timeout: 300ms, suspend_after: 3,
              probe: [5ms, 10ms], window: 50}
routes:
  - {name: dossiers, from: desk, type: dossier.v1, to: [portal]}
  - {name: progress, from: desk, type: dossier.progress.v1, to: [portal]}
  - {name: papers, from: desk, type: document.v1, to: [portal]}
"""

Answer = BaseException | Receipt | Callable[[Message], Any]
TAKEN = Receipt("taken")


def odd(answer: str = "<html>") -> Unavailable:
    """Return an answer that nobody catalogued."""
    return Unavailable("uncatalogued", "odd", answer=answer)


def away() -> Unavailable:
    """Return a failure of the whole system."""
    return Unavailable("not-reachable", scope=Scope.SYSTEM)


def doubt() -> Uncertain:
    """Return a time-out after the request was written."""
    return Uncertain("timed-out")


class Desk(Adapter):
    """A source; nothing is sent to it."""

    brings = frozenset({DOSSIER, PROGRESS, PAPER})


class Portal(Adapter):
    """A far side that answers from a script, and takes everything when the script is at its end.

    Attributes:
        script: answers of `send`, in order; a callable is awaited with the message.
        says: what `probe` says, in order, and then UNKNOWN.
        checks: what `check` raises, in order, and then nothing.
        log: the data of every `send`, as it came in.
        held: what it holds: the last data taken of each (type, key).
    """

    takes = frozenset({DOSSIER, PROGRESS, PAPER})

    def __init__(self) -> None:
        super().__init__(None, None)  # type: ignore[arg-type]
        self.script: deque[Answer] = deque()
        self.says: deque[Arrival | BaseException] = deque()
        self.checks: deque[BaseException] = deque()
        self.log: list[Any] = []
        self.held: dict[tuple[str, str], Any] = {}
        self.messages: list[Message] = []
        self.probed: list[Message] = []
        self.now = self.most = 0

    async def send(self, message: Message) -> Receipt:
        """Answer as the script says."""
        self.log.append(message.data)
        self.messages.append(message)
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            answer = self.script.popleft() if self.script else TAKEN
            told = await answer(message) if callable(answer) else answer
        finally:
            self.now -= 1
        if isinstance(told, BaseException):
            raise told
        self.held[message.type, message.partitionkey] = message.data
        return told

    async def probe(self, message: Message) -> Arrival:
        """Answer as it was told to."""
        self.probed.append(message)
        said = self.says.popleft() if self.says else Arrival.UNKNOWN
        if isinstance(said, BaseException):
            raise said
        return said

    async def check(self) -> None:
        """Be there, or not, as it was told."""
        if self.checks:
            raise self.checks.popleft()


def slow(seconds: float = 0.03, told: BaseException | Receipt = TAKEN) -> Answer:
    """Return an answer that takes its time."""

    async def answer(_: Message) -> Any:
        await asyncio.sleep(seconds)
        return told

    return answer


def fact(type_: str, key: str, **data: Any) -> Message:
    """Return a message as an adapter makes one."""
    body = {"key": key, **data}
    native = native_digest(body)
    own = {DOSSIER: None, PROGRESS: native.hex(), PAPER: f"{key}/{data.get('name')}"}[type_]
    return Message(type_, key, key, body, native=native, key=own)


def dossier(key: str = "K1", body: Any = "A") -> Message:
    """Return a snapshot."""
    return fact(DOSSIER, key, body=body)


def progress(key: str = "K1", step: int = 1) -> Message:
    """Return an event."""
    return fact(PROGRESS, key, step=step)


def paper(key: str = "K1", name: str = "P1") -> Message:
    """Return a document."""
    return fact(PAPER, key, name=name)


class Rig:
    """One gateway with its lane, its dispatcher and its sweeper; nothing runs by itself unless `working` says so."""

    def __init__(
        self, journal: SqliteJournal, folder: Path, portal: Any, routes: Routes, broker: EmbeddedBroker
    ) -> None:
        self.portal = portal
        self.broker = broker
        adapters: dict[str, Adapter] = {DESK: Desk(None, None), SYSTEM: portal}  # type: ignore[arg-type]
        self.systems = {name: _counterpart(name, routes, adapter) for name, adapter in adapters.items()}
        blobs = Blobs(folder / "blobs")
        self.gateway = Gateway(journal, self.broker, types(folder), blobs, routes, self.systems)
        self.lane = Lane(self.gateway, self.systems[SYSTEM])
        self.runs: dict[bytes, deque[Claim]] = {}
        self.dispatcher = Dispatcher(self.gateway, self.to)
        self.sweeper = Sweeper(self.gateway, {SYSTEM: self.lane})

    @property
    def to(self) -> Counterpart:
        """The counterpart that is told."""
        return self.systems[SYSTEM]

    @property
    def journal(self) -> Any:
        """The journal."""
        return self.gateway.journal

    async def enter(self) -> None:
        """Enter as a worker, recover what an earlier one left, and learn what waits."""
        await self.broker.declare(self.systems)
        self.gateway.worker = await self.journal.write(lambda tx: acting.enlist(tx, "rig"))
        await self.sweeper.recover()
        await self.refill()

    async def refill(self) -> None:
        """Dispatch what waits undispatched."""
        await self.dispatcher.refill()

    async def tell(self, *items: Message | Rejected) -> list[Accepted | Rejected]:
        """Send one request."""
        raw = Raw.of(orjson.dumps([item.data for item in items if isinstance(item, Message)]))
        return await self.gateway.accept(DESK, raw, items)

    async def told(self, message: Message) -> Accepted:
        """Send one message and return its receipt."""
        (receipt,) = await self.tell(message)
        assert isinstance(receipt, Accepted)
        return receipt

    async def go(self) -> int:
        """Deliver what the broker holds, one round; return how many went."""
        depth = self.broker.depth(SYSTEM)
        if not depth:
            return 0
        frames = await self.broker.take(SYSTEM, depth)
        claims = await self.journal.claim(frames, self.gateway.worker)
        self.broker.done(frames)
        await asyncio.gather(*map(self.walk, claims))
        return len(claims)

    async def walk(self, claim: Claim) -> None:
        """Send one claimed delivery and, one after the other, what the journal hands over of its line."""
        run, worker = deque([claim]), self.gateway.worker
        WALK.set(asyncio.current_task())
        while run:
            self.runs[run[0].line] = run
            holds = [one.delivery for one in run]
            self.lane.held.update(holds)
            try:
                settled = await self._sent_and_told(run, worker)
            finally:
                self.lane.held.difference_update(holds)
            if not settled.carried_on:
                run = deque([settled.next, *settled.behind] if settled.next else ())

    async def _sent_and_told(self, run: deque[Claim], worker: int) -> Settled:
        """Send a run as a lane does that nobody stops."""
        sending = Sending(self.gateway, run, worker, self._may_go_on)
        outcome = await sending.some()
        while sending.flying:
            if not (await self.gateway.settle(outcome)).carried_on:
                sending.drop_rest()
            outcome = await sending.some()
        return await self.gateway.settle(outcome)

    def _may_go_on(self, worker: int) -> bool:
        return self.to.health.running and self.gateway.may_send(worker)

    async def send(self, claim: Claim) -> Settled:
        """Send one claimed delivery and settle what became of it."""
        return await self.gateway.settle(await self.gateway.deliver(claim))

    async def delivery(self, receipt: Accepted) -> dict[str, Any]:
        """Return a message's delivery as people see it."""
        shown = await self.journal.read(lambda tx: reading.walk(tx, receipt.id))
        return next(dict(one) for one in shown["deliveries"] if one["resend_of"] is None)

    async def states(self, *receipts: Accepted | Rejected) -> list[str]:
        """Return the states of messages, as words."""
        return [(await self.delivery(one))["state"] for one in receipts if isinstance(one, Accepted)]

    async def counted(self) -> Counter[str]:
        """Return how many deliveries stand in each state."""
        counts = await self.journal.read(reading.counts)
        states = dict(counts["systems"].get(SYSTEM, {}))
        states.pop("repeated", None)
        return +Counter(states)

    async def rest(self, *wanted: str, seconds: float = 30.0) -> None:
        """Wait until every delivery stands in one of the wanted states."""
        async with asyncio.timeout(seconds):
            while set(await self.counted()) - set(wanted):  # noqa: ASYNC110 - it stands in the journal
                await asyncio.sleep(0.005)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Run the lane, the dispatcher and the sweeper while inside."""
        running = (self.lane, self.dispatcher, self.sweeper)
        tasks = [asyncio.create_task(one.run()) for one in running]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.lane.stop(0.01)


def types(folder: Path) -> Types:
    """Return the three types that the tests speak."""
    place = folder / "schemas"
    place.mkdir(exist_ok=True)
    for name, marks in TYPES.items():
        schema = {"type": "object", "required": ["key"], "x-lgsp": marks}
        (place / f"{name}.json").write_bytes(orjson.dumps(schema))
    return Types([place])


def _counterpart(name: str, routes: Routes, adapter: Adapter) -> Counterpart:
    spec = routes.systems[name]
    deliver = spec.deliver
    health = Health(deliver.concurrency, deliver.suspend_after, deliver.probe)
    patience = Patience(deliver.retry)
    patience.bound = 0.01
    return Counterpart(name, spec, adapter, health, patience, Window(deliver.window))


@asynccontextmanager
async def rig(
    folder: Path,
    *,
    portal: Adapter | None = None,
    clock: Callable[[], int] = micros,
    changes: Sequence[tuple[str, str]] = (),
    broker: type[EmbeddedBroker] = EmbeddedBroker,
    made: type[Rig] = Rig,
) -> AsyncIterator[Rig]:
    """Open the folder's journal and a gateway on it; `changes` are made to the text of the routes."""
    text = ROUTES
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    journal = await SqliteJournal.open(folder / "journal.db", clock)
    one = made(journal, folder, portal or Portal(), parse_routes(text), broker())
    try:
        await one.enter()
        yield one
    finally:
        await one.broker.close()
        await journal.close()
