"""How one message walks: taken on, journalled, routed; claimed, sent, settled."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import orjson
import structlog

from lgsp.adapter import Accepted, Adapter, Arrival, Receipt
from lgsp.blobs import Blobs
from lgsp.broker.contract import Broker
from lgsp.domain.agencies.known import built_in
from lgsp.domain.causes_named import Names, answer_of
from lgsp.errors import Forbidden, Invalid, Problem, Refused, Rejected, Scope, Unavailable, Uncertain
from lgsp.health import Health
from lgsp.journal import contract
from lgsp.journal.contract import (
    Claim,
    Journal,
    JournalError,
    Offer,
    Outcome,
    Settled,
    StaleRoutesError,
    Wanted,
)
from lgsp.journal.states import State
from lgsp.message import Kind, Message, Raw
from lgsp.patience import Patience
from lgsp.routes import Routes, System
from lgsp.schemas import Types, misnamed
from lgsp.spool import Spool
from lgsp.watch import Watch
from lgsp.window import Window
from lgsp.wire.exchange import packed, recorded
from lgsp.wire.fence import Fenced, fenced

T = TypeVar("T")
_MICROS = 1_000_000
_RENEWALS = 3
"""So often a request is routed anew when routes are published while it is taken on."""
_SAID = 500
"""Characters of what a far side said that stand in the journal's rows; the exchange holds the rest."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Counterpart:
    """One configured system at work: its adapter, its policy, its health and its window on the broker."""

    name: str
    spec: System
    adapter: Adapter
    health: Health
    patience: Patience
    window: Window


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
        self._watch = Watch()

    # --- in ---------------------------------------------------------------------------------------------

    async def accept(
        self, source: str, raw: Raw, items: Sequence[Message | Rejected]
    ) -> list[Accepted | Rejected]:
        """Take a request on: what is good is journalled, what is not lies in quarantine.

        Returns, in the order of the items, a receipt or the reason; whatever has a receipt is durable.

        Raises:
            JournalError: nothing of it was taken on.
        """
        for _ in range(_RENEWALS):
            try:
                return await self._accept(source, raw, items)
            except StaleRoutesError:
                await self.renew()
                if self.unready:
                    break
        raise JournalError(f"accepting: {self.unready or 'the routes change all the time'}")

    async def _accept(
        self, source: str, raw: Raw, items: Sequence[Message | Rejected]
    ) -> list[Accepted | Rejected]:
        judged = [self._judge(source, item, n) for n, item in enumerate(items)]
        offers = [offer for offer in judged if isinstance(offer, Offer)]
        rejected = [(n, reason) for n, reason in enumerate(judged) if isinstance(reason, Rejected)]
        arrival = contract.Arrival(source, raw, offers, rejected, self.published, await self.blobs.keep(raw))
        taken = await self.journal.accept(arrival)
        self.broker.publish(taken.frames)
        self._note_backlog(offers)
        results = iter(taken.results)
        return [reason if isinstance(reason, Rejected) else next(results) for reason in judged]

    async def reject(self, source: str, raw: Raw, reason: Rejected) -> None:
        """Quarantine a request of which nothing could be read."""
        blob = await self.blobs.keep(raw)
        # by no version of the routes: what could not be read was not routed
        await self.journal.accept(contract.Arrival(source, raw, (), [(0, reason)], 0, blob))

    def _note_backlog(self, offers: Sequence[Offer]) -> None:
        """Tell the windows, now that it is committed, what was taken on without being dispatched."""
        for offer in offers:
            for wanted in offer.wanted:
                if not wanted.direct:
                    self.counterparts[wanted.system].window.left_behind()

    def _judge(self, source: str, item: Message | Rejected, n: int) -> Offer | Rejected:
        """Check an item against its type and route it."""
        if isinstance(item, Rejected):
            return item
        if item.type not in self.counterparts[source].adapter.brings:
            return Forbidden([Problem("type", "type-not-brought", item.type)], subject=item.subject)
        problems = self.types.check(item.type, item.data) or misnamed(self.types, item, self.agencies)
        if problems:
            return Invalid(problems, subject=item.subject, type=item.type)
        return self._offer(source, item, n)

    def _offer(self, source: str, message: Message, n: int) -> Offer:
        message.source = source
        info = self.types[message.type]
        wanted = [self._wanted(system) for system in self.routes.goes(message, self.agencies)]
        body = orjson.dumps(message.data)
        watched, retold = info.seen(message.data), info.compares(message.data)
        return Offer(message, info.kind, info.anchor, body, wanted, n, watched, retold)

    def _wanted(self, system: str) -> Wanted:
        to = self.counterparts[system]
        direct = to.health.filling and to.window.admits(self.broker.depth(system))
        return Wanted(system, to.patience.last, len(to.patience) - 1, direct)

    # --- out --------------------------------------------------------------------------------------------

    async def deliver(self, claim: Claim, worker: int | None = None) -> Outcome:
        """Send one claimed delivery; what became of it is an outcome, whatever happens.

        `worker` is the number under which it was claimed, this process's own if nothing is said.
        """
        worker = self.worker if worker is None else worker
        to = self.counterparts[claim.system]
        started, began = time.time_ns() // 1000, time.monotonic()
        with recorded() as exchanges, fenced(lambda: self.may_send(worker)):
            try:
                outcome = await self._attempt(to, claim, worker)
            except Fenced:
                outcome = self._handed_back(to, claim, begun=bool(exchanges))
            except Refused as refusal:
                to.health.succeeded(time.monotonic())
                outcome = self._outcome(claim, State.REFUSED, refusal)
            except Unavailable as fault:
                scope = to.health.failed(claim.line, fault, began, time.monotonic())
                outcome = self._put_off(to, claim, fault, scope)
        outcome.started_at = started
        outcome.ended_at = time.time_ns() // 1000
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
        outcome = self._handed_back(to, claim)
        outcome.rest = rest
        outcome.started_at = outcome.ended_at = time.time_ns() // 1000
        if waits:
            outcome.cause, outcome.wait = to.health.standing.value, int(to.patience.bound * _MICROS)
        await self.settle(outcome)

    def _handed_back(self, to: Counterpart, claim: Claim, *, begun: bool = False) -> Outcome:
        """Put off without patience spent; in doubt where an earlier request of the attempt went out."""
        outcome = self._outcome(claim, State.PUT_OFF, None, cause="handed-back")
        outcome.scope, outcome.uncertain = 1, begun
        outcome.settle = int(to.spec.deliver.settle * _MICROS)
        outcome.wait = outcome.settle if begun else 0
        return outcome

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
        """Make sure of what an earlier attempt did, and send."""
        if claim.expires_at is not None and claim.expires_at <= claim.claimed_at:
            return self._outcome(claim, State.EXPIRED, None, cause="expired")
        repeated = False
        if claim.uncertain:
            arrival = await self._guarded(to, to.adapter.probe(claim.message))
            if arrival is Arrival.ARRIVED:
                to.health.succeeded(time.monotonic())
                return self._outcome(claim, State.DELIVERED, None, said="probe: arrived", resolved=True)
            if arrival is Arrival.UNKNOWN and claim.kind is Kind.DOCUMENT:
                return self._outcome(claim, State.HELD, None, cause="uncertain")
            repeated = arrival is Arrival.UNKNOWN
        if not self.may_send(worker):
            return self._handed_back(to, claim)
        receipt = await self._send(to, claim.message)
        to.health.succeeded(time.monotonic())
        return self._delivered(claim, receipt, repeated=repeated)

    async def _send(self, to: Counterpart, message: Message) -> Receipt:
        """Send; what nobody catalogued is what operators have named it."""
        try:
            return await self._guarded(to, to.adapter.send(message))
        except Unavailable as fault:
            raise self.names.meant(to.name, fault) from fault.__cause__

    async def _guarded(self, to: Counterpart, act: Awaitable[T]) -> T:
        """Bound an adapter's act in time, and take a bug in it for something that may pass."""
        try:
            return await self._watch.bound(act, to.spec.deliver.timeout)
        except (Refused, Unavailable, Fenced):
            raise
        except TimeoutError as fault:
            raise Uncertain("timed-out", "the adapter took too long") from fault
        except Exception as fault:
            log.exception("adapter bug", system=to.name)
            raise Unavailable("adapter-bug", type(fault).__name__, answer=type(fault).__name__) from fault

    def _delivered(self, claim: Claim, receipt: Receipt, *, repeated: bool) -> Outcome:
        return self._outcome(
            claim,
            State.DELIVERED,
            None,
            said=receipt.note,
            resolved=True,
            repeated=repeated or receipt.repeated,
        )

    def _put_off(self, to: Counterpart, claim: Claim, fault: Unavailable, scope: Scope) -> Outcome:
        """Choose when to try again: a failure of the system spends no patience."""
        doubtful = isinstance(fault, Uncertain)
        spent = claim.patience + (1 if scope is Scope.MESSAGE else 0)
        state = State.EXHAUSTED if to.patience.spent(spent) else State.PUT_OFF
        outcome = self._outcome(claim, state, fault)
        outcome.patience, outcome.uncertain = spent, doubtful
        outcome.settle = int(to.spec.deliver.settle * _MICROS)
        outcome.scope = 1 if scope is Scope.SYSTEM else 0
        wait = to.patience.wait(spent, fault.after) if scope is Scope.MESSAGE else to.patience.bound
        outcome.wait = max(int(wait * _MICROS), outcome.settle if doubtful else 0)
        return outcome

    def _outcome(  # noqa: PLR0913 - an outcome has many sides
        self,
        claim: Claim,
        state: State,
        fault: Refused | Unavailable | None,
        *,
        cause: str = "",
        said: str = "",
        resolved: bool = False,
        repeated: bool = False,
    ) -> Outcome:
        return Outcome(
            claim,
            self.worker,
            state,
            0,
            0,
            cause=fault.cause if fault else cause,
            said=(fault.said if fault else said)[:_SAID].replace("\0", ""),
            fields=fault.fields if isinstance(fault, Refused) else (),
            there=fault.there if fault else None,
            patience=claim.patience,
            resolved=resolved,
            repeated=repeated,
            answer=answer_of(fault),
        )
