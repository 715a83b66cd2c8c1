"""How one message walks: taken on, journalled, routed; claimed, sent, settled."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import orjson

from lgsp import outcomes
from lgsp.adapter import Accepted, Adapter, Receipt, sent_to
from lgsp.blobs import Blobs
from lgsp.bounds import Warrant, Warrants
from lgsp.broker.contract import Broker
from lgsp.callers import Bounds
from lgsp.catalogue import Catalogues
from lgsp.catalogue_filling import Filler
from lgsp.checking.checks import Checks
from lgsp.discretion import about, discreet, noted
from lgsp.domain.agencies.known import built_in
from lgsp.domain.causes_named import Names
from lgsp.doubts import made_sure
from lgsp.errors import Forbidden, Invalid, Problem, Refused, Rejected, Unavailable
from lgsp.guarding import Guard
from lgsp.health import Health
from lgsp.journal import contract
from lgsp.journal.contract import CursorAt, Journal, JournalError, Offer, StaleRoutesError, Wanted
from lgsp.journal.states import State
from lgsp.journal.turns import Claim, Outcome, Settled
from lgsp.message import Message, Raw
from lgsp.patience import Patience
from lgsp.routes import Routes, System
from lgsp.routing import body_of, goes, shadowed
from lgsp.schemas import Types, misnamed
from lgsp.shadowing import close_gap, draw_up
from lgsp.spool import Spool
from lgsp.window import Window
from lgsp.wire.exchange import packed, recorded
from lgsp.wire.fence import Fenced, fenced

_MICROS = 1_000_000
_RENEWALS = 3
"""So often a request is routed anew when routes are published while it is taken on."""


@dataclass(slots=True)
class Counterpart:
    """One configured system at work: its adapter, its policy, its health and its window on the broker."""

    name: str
    spec: System
    adapter: Adapter
    health: Health
    patience: Patience
    window: Window

    @property
    def settle(self) -> float:
        """Return how long a line waits after a doubtful attempt, in seconds."""
        return self.spec.deliver.settle

    @property
    def collects(self) -> bool:
        """Tell whether it comes for what is meant for it, instead of being sent to."""
        return self.adapter.collects

    @property
    def queued(self) -> bool:
        """Tell whether deliveries to it wait in a queue of the broker."""
        return sent_to(self.adapter)


async def _as_it_is() -> None:
    """Do nothing: who publishes routes here is this process itself, before it begins."""


class Gateway:
    """Takes messages on, and delivers them. It holds no state of its own beside the counterparts' health.

    Attributes:
        published: the version of the routes by which this process works.
        worker: this process's number in the journal.
        fence: tells whether a worker of that number may begin to send.
        renew: looks for newer routes now, when some were published between routing and accepting.
        spool: where outcomes go that the journal cannot take; None leaves them to lapse.
        unready: why this process may take no work, in words; empty when it may.
        names: what operators named of the answers that no catalogue held.
        agencies: what is known of agencies' codes; replaced when something is added.
        followed: the version of the routes of which this process did what follows from them.
        catalogues: what is known of the items that messages name; `filler` fills in what they leave empty.
        checks: what other systems are asked about messages before they are sent.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the nouns of the story
        self,
        journal: Journal,
        broker: Broker,
        types: Types,
        blobs: Blobs,
        routes: Routes,
        counterparts: Mapping[str, Counterpart],
        *,
        published: int = 0,
        worker: int = 0,
    ) -> None:
        self.journal = journal
        self.broker = broker
        self.types = types
        self.blobs = blobs
        self.routes = routes
        self.counterparts = counterparts
        self.published = published
        self.worker = worker
        self.fence: Callable[[int], bool] = lambda _: True
        self.renew: Callable[[], Awaitable[None]] = _as_it_is
        self.spool: Spool | None = None
        self.unready = ""
        self.names = Names()
        self.agencies = built_in()
        self.followed = -1
        self.catalogues = Catalogues(types)
        self.filler = Filler(journal, self.catalogues)
        self.warrants = Warrants()
        self.checks = Checks(self)
        self.know_who_collects()
        self._guarded = Guard()

    def know_who_collects(self) -> None:
        """Tell the journal which systems come for what is meant for them, now that the routes are others."""
        self.journal.collecting.clear()
        self.journal.collecting.update(name for name, to in self.counterparts.items() if to.collects)

    # --- in ---------------------------------------------------------------------------------------------

    async def accept(
        self, source: str, raw: Raw, items: Sequence[Message | Rejected], page: CursorAt | None = None,
        bounds: Bounds | None = None,
    ) -> list[Accepted | Rejected]:  # fmt: skip
        """Take a request on, or a page of a job: what is good is journalled, what is not lies in quarantine.

        Returns, in the order of the items, a receipt or the reason; whatever has a receipt is durable. Items
        are held to the bounds of the credential that brought them; what jobs and people bring has none.

        Raises:
            JournalError: nothing of it was taken on.
            StaleRunError: nor was anything of a page whose run is the job's no more.
        """
        for _ in range(_RENEWALS):
            try:
                return await self._accept(source, raw, items, page, bounds)
            except StaleRoutesError:
                await self.renew()
                if self.unready:
                    break
        raise JournalError(f"accepting: {self.unready or 'the routes change all the time'}")

    async def _accept(
        self, source: str, raw: Raw, items: Sequence[Message | Rejected], page: CursorAt | None,
        bounds: Bounds | None,
    ) -> list[Accepted | Rejected]:  # fmt: skip
        warrant = self.warrant(source, bounds)
        judged = [self.judge(source, item, n, warrant) for n, item in enumerate(items)]
        offers = [offer for offer in judged if isinstance(offer, Offer)]
        rejected = [(n, reason) for n, reason in enumerate(judged) if isinstance(reason, Rejected)]
        blob = await self.blobs.keep(raw)
        arrival = contract.Arrival(source, raw, offers, rejected, self.published, blob, page)
        taken = await self.journal.accept(arrival)
        self.broker.publish(taken.frames)
        self.note_backlog(offers)
        results = iter(taken.results)
        return [reason if isinstance(reason, Rejected) else next(results) for reason in judged]

    async def reject(self, source: str, raw: Raw, reason: Rejected) -> None:
        """Quarantine a request of which nothing could be read."""
        blob = await self.blobs.keep(raw)
        # by no version of the routes: what could not be read was not routed
        await self.journal.accept(contract.Arrival(source, raw, (), [(0, reason)], 0, blob))

    def note_backlog(self, offers: Sequence[Offer]) -> None:
        """Tell the windows, now that it is committed, what was taken on without being dispatched."""
        for offer in offers:
            if offer.catalogued is not None:  # what waited for it is ready
                self.counterparts[offer.message.source].window.look_again()
            for wanted in offer.wanted:
                if not wanted.direct and not self.counterparts[wanted.system].collects:
                    self.counterparts[wanted.system].window.left_behind()

    def warrant(self, source: str, bounds: Bounds | None) -> Warrant | None:
        """Return what a system's credential is good for; None where nothing is judged."""
        if bounds is None:
            return None
        return self.warrants.of(bounds, self.counterparts[source].spec.serves, self.agencies)

    def judge(
        self, source: str, item: Message | Rejected, n: int, warrant: Warrant | None = None
    ) -> Offer | Rejected:
        """Check an item against its type, hold it to its sender's warrant, and route it."""
        if isinstance(item, Rejected):
            return item
        if item.type not in self.counterparts[source].adapter.brings:
            return Forbidden([Problem("type", "type-not-brought", item.type)], subject=item.subject)
        problems = self.types.check(item.type, item.data) or misnamed(self.types, item, self.agencies)
        if problems:
            return Invalid(problems, subject=item.subject, type=item.type)
        if warrant is not None and (refused := warrant.refuses(item, self.types[item.type])) is not None:
            return refused
        self.catalogues.note(item)
        item.source = source
        return self.offer(item, self.wants(item), n)

    def offer(self, message: Message, wanted: Sequence[Wanted], n: int = 0) -> Offer:
        """Return a message as the journal takes it on; `n` is its place in what came."""
        info = self.types[message.type]
        noted(info, message)
        body, data = orjson.dumps(message.data), message.data
        return Offer(
            message, info.kind, info.anchor, body, wanted, n, info.seen(data), info.compares(data),
            *info.known_as(data), info.kept(data), self.catalogues.read(message), info.alluded(data),
        )  # fmt: skip

    def wants(self, message: Message) -> list[Wanted]:
        """Return the systems that want a message, as the journal takes them on."""
        found = self.goes(message)
        unsent = shadowed(self.routes, message, found, self.agencies, self._takes)
        return [self.wanted(name, whom, shadow=name in unsent) for name, whom in found.items()]

    def goes(self, message: Message) -> dict[str, list[str]]:
        """Return the systems that a message goes to, each with those of its receivers who are there."""
        message.recipients = self._receivers(message)
        return goes(self.routes, message, self.agencies, self._takes)

    def leaves(self, message: Message, system: str) -> bool:
        """Tell whether the routes of now leave a message to the older connection of a system."""
        if all(route.mode == "live" for route in self.routes.routes):
            return False
        told = replace(message, recipients=self._receivers(message))
        found = goes(self.routes, told, self.agencies, self._takes)
        return system in shadowed(self.routes, told, found, self.agencies, self._takes)

    def _receivers(self, message: Message) -> list[str]:
        """Return all receivers of a message, each body once."""
        if message.type not in self.types:
            return []
        return self.types[message.type].receivers(message.data, lambda code: body_of(self.agencies, code))

    def _takes(self, system: str, type_: str) -> bool:
        return type_ in self.counterparts[system].adapter.takes

    def wanted(self, system: str, recipients: Sequence[str], *, shadow: bool = False) -> Wanted:
        """Return a system as one that wants a message, for some of its receivers there."""
        to = self.counterparts[system]
        if to.collects:
            return Wanted(system, to.patience.last, len(to.patience) - 1, False, recipients, shadow)
        direct = to.health.filling and to.window.admits(self.broker.depth(system))
        return Wanted(system, to.patience.last, len(to.patience) - 1, direct, recipients, shadow)

    # --- out --------------------------------------------------------------------------------------------

    async def deliver(self, claim: Claim, worker: int | None = None) -> Outcome:
        """Send one claimed delivery; what became of it is an outcome, whatever happens.

        `worker` is the number under which it was claimed, this process's own if nothing is said.
        """
        worker = self.worker if worker is None else worker
        to = self.counterparts[claim.system]
        started, began = time.time_ns() // 1000, time.monotonic()
        with recorded() as exchanges, fenced(lambda: self.may_send(worker)), about(self.types, claim.message):
            try:
                outcome = await self._made(to, claim, worker)
            except (Fenced, JournalError):
                outcome = outcomes.handed_back(claim, self.worker, to.settle, begun=bool(exchanges))
            except Refused as refusal:
                to.health.succeeded(time.monotonic())
                outcome = outcomes.ended(claim, self.worker, State.REFUSED, refusal)
            except Unavailable as fault:
                scope = to.health.failed(claim.line, fault, began, time.monotonic())
                outcome = outcomes.put_off(claim, self.worker, fault, scope, to.patience, to.settle)
        outcome.started_at, outcome.ended_at = started, time.time_ns() // 1000
        discreet(outcome, self.types)
        outcome.exchanges = packed(exchanges) if exchanges else None
        outcome.go_on = to.health.running and self.may_send(worker)
        return outcome

    def may_send(self, worker: int) -> bool:
        """Tell whether what a worker of this number claimed may be sent now."""
        return not self.unready and self.fence(worker)

    async def hand_back(self, claim: Claim, rest: Sequence[int] = ()) -> None:
        """Put a delivery off that was claimed and may not be sent, and let the rest of its run go.

        Its system was paused or suspended; or this process ends, or lost its lease: then it is due at once.
        """
        to = self.counterparts[claim.system]
        waits = not to.health.running
        outcome = outcomes.handed_back(claim, self.worker, to.settle)
        outcome.rest = rest
        outcome.started_at = outcome.ended_at = time.time_ns() // 1000
        if waits:
            outcome.cause, outcome.wait = to.health.standing.value, int(to.patience.bound * _MICROS)
        await self.settle(outcome)

    async def settle(self, outcome: Outcome) -> Settled:
        """Write an outcome to the journal, and dispatch what got its turn by it.

        Raises:
            JournalError: it cannot be written now; it lies in the spool until it can.
        """
        try:
            return await self.apply(outcome)
        except JournalError:
            if self.spool is not None:
                await self.spool.keep(outcome)
            raise

    async def apply(self, outcome: Outcome) -> Settled:
        """Write an outcome to the journal or fail; see `settle`."""
        settled = await self.journal.settle(outcome)
        self.broker.publish(settled.frames)
        return settled

    async def _attempt(self, to: Counterpart, claim: Claim, worker: int) -> Outcome:
        """Make sure of what an earlier attempt did, and of what is checked, and send."""
        if claim.expires_at is not None and claim.expires_at <= claim.claimed_at:
            return outcomes.ended(claim, self.worker, State.EXPIRED, cause="expired")
        if claim.gap and (told := await close_gap(self, to, claim, self._guarded)):
            return told
        sure = await made_sure(to, claim, self.worker, self._guarded)
        if (told := sure.told or await self.checks(claim)) is not None:
            return told
        if not self.may_send(worker):
            return outcomes.handed_back(claim, self.worker, to.settle)
        receipt = await self._send(to, claim.message)
        to.health.succeeded(time.monotonic())
        whom = (claim.message.recipients or self._receivers(claim.message)) if receipt.failed else ()
        return outcomes.delivered(claim, self.worker, receipt, to, whom, repeated=sure.repeated)

    async def _made(self, to: Counterpart, claim: Claim, worker: int) -> Outcome:
        if (waits := await self.filler.complete(to, claim)) is not None:
            return outcomes.waiting(claim, self.worker, *waits)
        if claim.shadow or self.leaves(claim.message, claim.system):
            return await draw_up(to, claim, self.worker, self._guarded)
        return await self._attempt(to, claim, worker)

    async def _send(self, to: Counterpart, message: Message) -> Receipt:
        """Send; what nobody catalogued is what operators have named it."""
        try:
            return await self._guarded(to, to.adapter.send(message))
        except Unavailable as fault:
            raise self.names.meant(to.name, fault) from fault.__cause__
