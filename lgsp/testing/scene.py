"""A journal on a stage: with a clock that tests move, the frames of a broker, and a worker."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from lgsp.adapter import Accepted, Report
from lgsp.errors import Rejected
from lgsp.journal import acting, reading, reporting, sweeping
from lgsp.journal.contract import Journal, Offer, Transaction
from lgsp.journal.rows import rows_of
from lgsp.journal.settling import settle
from lgsp.journal.states import HEADS, IN_LINE, State
from lgsp.journal.turns import Claim, Frame, Outcome, Settled
from lgsp.testing.making import POLICIES, SECOND, SOURCE, SYSTEM, arrival, outcome

T = TypeVar("T")
_BOTH = "SELECT {0} FROM deliveries WHERE {1} UNION ALL SELECT {0} FROM history WHERE {1}"


class Clock:
    """A journal's clock, in microseconds since 1970; it stands still until it is moved."""

    def __init__(self, now: int = 1_767_200_400 * SECOND) -> None:
        self.now = now

    def __call__(self) -> int:
        """Return the time."""
        return self.now

    def move(self, seconds: float) -> None:
        """Let time pass (or step back)."""
        self.now += int(seconds * SECOND)


Opener = Callable[[Clock], Awaitable[Journal]]
"""Opens one and the same journal, each time it is called, with that clock."""


class Scene:
    """One journal and what stands around it. `begin` makes one."""

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self.clock = Clock()
        self.frames: list[Frame] = []
        self.worker = 0
        self.collecting: set[str] = set()
        self.journal: Journal

    @classmethod
    async def begin(cls, opener: Opener) -> Scene:
        """Open the journal and enter as a worker."""
        scene = cls(opener)
        await scene._enter()
        return scene

    async def _enter(self) -> None:
        self.journal = await self._opener(self.clock)
        self.journal.collecting.update(self.collecting)
        self.worker = await self.act(lambda tx: acting.enlist(tx, "stage"))

    async def restart(self) -> int:
        """Close and open the journal as a new process does; the frames are lost. Return how many lapsed."""
        await self.journal.close()
        self.frames.clear()
        await self._enter()
        lapsed = await self.act(lambda tx: sweeping.recover(tx, self.worker, POLICIES))
        await self.refill()
        return lapsed

    async def end(self) -> None:
        """Close the journal."""
        await self.journal.close()

    def collects(self, system: str = SYSTEM, *, yes: bool = True) -> None:
        """Let a system come for what is meant for it, or be sent to, from now on."""
        for known in (self.collecting, self.journal.collecting):
            (known.add if yes else known.discard)(system)

    # --- what befalls it --------------------------------------------------------------------------------

    async def tell(self, *offers: Offer, source: str = SOURCE) -> list[Accepted | Rejected]:
        """Send one request; its frames join those the broker holds."""
        taken = await self.journal.accept(arrival(*offers, source=source))
        self.frames += taken.frames
        return taken.results

    async def told(self, offer: Offer) -> Accepted:
        """Send one message and return its receipt."""
        (receipt,) = await self.tell(offer)
        assert isinstance(receipt, Accepted)
        return receipt

    async def claim(self) -> list[Claim]:
        """Claim all that the broker holds."""
        claims = await self.journal.claim(self.frames, self.worker)
        self.frames.clear()
        return claims

    async def one(self) -> Claim:
        """Claim all that the broker holds, which must be one delivery."""
        (claim,) = await self.claim()
        return claim

    async def settle(self, claim: Claim, state: State = State.DELIVERED, **more: Any) -> Settled:
        """Apply an outcome."""
        settled = await self.journal.settle(outcome(claim, state, worker=self.worker, **more))
        self.frames += settled.frames
        return settled

    async def settle_together(self, *outcomes: Outcome) -> list[Settled]:
        """Apply outcomes that arrive in the same instant."""
        settled = await self.act(lambda tx: settle(tx, outcomes))
        self.frames += [frame for answer in settled for frame in answer.frames]
        return settled

    async def deliver(self, offer: Offer) -> Accepted:
        """Tell a message and see it delivered; nothing else may be waiting for the broker."""
        receipt = await self.told(offer)
        await self.settle(await self.one())
        return receipt

    async def kill(self, offer: Offer, cause: str = "field-rejected") -> Accepted:
        """Tell a message and see it refused."""
        receipt = await self.told(offer)
        await self.settle(await self.one(), State.REFUSED, cause=cause)
        return receipt

    async def lapse(self, *claims: Claim) -> None:
        """Find that the worker of these claims went silent."""
        numbers = [claim.delivery for claim in claims]
        await self.act(lambda tx: sweeping.lapse(tx, list(rows_of(tx, numbers).values()), POLICIES))

    async def due(self, seconds: float = 0.0) -> None:
        """Let time pass and make ready what fell due."""
        self.clock.move(seconds)
        self.frames += await self.act(lambda tx: sweeping.due(tx, sorted(POLICIES)))

    async def refill(self, system: str = SYSTEM) -> None:
        """Dispatch what waits undispatched."""
        self.frames += await self.act(lambda tx: sweeping.refill(tx, system, 1000))

    async def run(self) -> list[Any]:
        """Deliver all that can be delivered now, in order; return the bodies as they went out."""
        went: list[Any] = []
        while claims := await self.claim():
            for claim in claims:
                went.append(claim.message.data)
                await self.settle(claim)
        return went

    async def act(self, act: Callable[[Transaction], T]) -> T:
        """Run an act of the journal."""
        return await self.journal.write(act)

    # --- what is seen of it -----------------------------------------------------------------------------

    async def rows(self, sql: str, *values: Any) -> list[Any]:
        """Return the rows of a query on a snapshot."""
        return await self.journal.read(lambda tx: tx.rows(sql, values))

    async def walk(self, receipt: Accepted) -> dict[str, Any]:
        """Return everything the journal shows of a message."""
        shown = await self.journal.read(lambda tx: reading.walk(tx, receipt.id))
        assert shown is not None
        return shown

    async def delivery(self, receipt: Accepted, system: str = SYSTEM) -> dict[str, Any]:
        """Return a message's own delivery to a system (not one that sends it again)."""
        deliveries = (await self.walk(receipt))["deliveries"]
        (own,) = [d for d in deliveries if d["system"] == system and d["resend_of"] is None]
        return dict(own)

    async def state(self, receipt: Accepted, system: str = SYSTEM) -> str:
        """Return the state of a message's delivery, as a word."""
        return str((await self.delivery(receipt, system))["state"])

    async def reports(self, since: int = 0, source: str = SOURCE) -> list[Report]:
        """Return what the source is told."""
        return await self.journal.read(lambda tx: reporting.reports(tx, source, since=since))

    async def wedged(self) -> list[Any]:
        """Return lines in which somebody waits and nobody's turn it is; dead documents may do that."""
        inside, heads = _numbers(IN_LINE), _numbers(HEADS)
        return await self.rows(
            f"SELECT line, min(id) FROM deliveries WHERE state IN ({inside}) GROUP BY line"  # noqa: S608 - numbers
            f" HAVING sum(CASE WHEN state IN ({heads}) THEN 1 ELSE 0 END) = 0"
        )

    async def count(self, *states: State) -> int:
        """Return how many deliveries stand in these states."""
        rule = f"state IN ({_numbers(states)})"
        return len(await self.rows(_BOTH.format("id", rule)))


def _numbers(states: Sequence[State] | frozenset[State]) -> str:
    return ", ".join(str(int(state)) for state in states)
