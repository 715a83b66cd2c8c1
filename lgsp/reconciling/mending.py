"""Taking repairs forward: judging each dossier again, giving it to be sent, looking whether that helped."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

import structlog

from lgsp.domain.cause import Cause
from lgsp.domain.reconciling.buckets import SAFE, Verdict
from lgsp.domain.reconciling.judging import judge
from lgsp.domain.reconciling.sides import Answer, Facts, Rules, Theirs, Way
from lgsp.errors import GatewayError
from lgsp.gateway import Counterpart, Gateway
from lgsp.journal import reconciliations_progress as progress
from lgsp.journal import reconciliations_repairs as repairs
from lgsp.journal import reconciliations_sending as sending
from lgsp.journal.contract import Transaction
from lgsp.journal.reconciliations_repairs import CHECKING, SENDING
from lgsp.journal.reconciliations_sending import LEFT, MENDED, SKIPPED, Act, Repair
from lgsp.journal.reconciliations_sides import Side, sides
from lgsp.leases import always
from lgsp.pacing import Pace
from lgsp.reconciling.asking import Asking, away, sends
from lgsp.reconciling.running import renewed

T = TypeVar("T")
log = structlog.get_logger(__name__)
_PAGE = 100
Done = dict[str, tuple[str, int]]
"""By key how far the repair of a difference is, and the delivery that it led to."""


class Look(NamedTuple):
    """What a dossier is found to be, some time after a run found that it differs."""

    side: Side
    theirs: Theirs
    verdict: Verdict

    @property
    def moves(self) -> bool:
        """Tell whether it is on its way."""
        return self.side.ours is not None and self.side.ours.way is Way.UNDER_WAY

    @property
    def unanswered(self) -> bool:
        """Tell whether nobody said whether it is there."""
        return not self.moves and self.theirs.answer is Answer.UNKNOWN


class Mending:
    """Takes the repairs of an installation forward, each at its rate, all that is left to do in the journal.

    Args:
        gateway: whose journal, counterparts and windows.
        asking: returns who asks a system.
        known: looks a cause's code up among what operators named.
        held: tells, inside the transaction of each act, whether this process is the one that does it.
        clock: seconds that never run back.
    """

    def __init__(
        self,
        gateway: Gateway,
        asking: Callable[[Counterpart], Asking],
        known: Callable[[str], Cause | None],
        held: Callable[[Transaction], bool] = always,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gateway = gateway
        self._asking = asking
        self._known = known
        self._held = held
        self._pace = Pace(clock)

    async def step(self) -> bool:
        """Take each repair a step further; return whether there is more to do at once."""
        running = await self._gateway.journal.read(repairs.running)
        self._pace.earn({repair.id: repair.rate for repair in running})
        return any([await self._step(repair) for repair in running])

    async def _step(self, repair: Repair) -> bool:
        to = self._gateway.counterparts.get(repair.scope.system)
        if to is None or not to.health.running:
            return False
        try:
            return await (self._send if repair.phase == SENDING else self._check)(repair, to)
        except GatewayError as fault:
            log.warning("repairing failed; trying again", repair=repair.id, fault=str(fault))
            return False

    async def _act(self, act: Callable[[Transaction], T]) -> T | None:
        return await self._gateway.journal.write(lambda tx: act(tx) if self._held(tx) else None)

    async def _renew(self) -> None:
        await self._act(lambda _: True)

    async def _send(self, repair: Repair, to: Counterpart) -> bool:
        """Give the next ones to be sent, as many as the rate and the queue have room for."""
        most = min(self._pace.room(repair.id), _PAGE)
        waits, room = await self._gateway.journal.read(lambda tx: sending.room(tx, to.name, most))
        if waits or room < 1:
            return False
        wanted = await self._gateway.journal.read(lambda tx: repairs.following(tx, repair, room))
        if not wanted:
            return await self._advance(repair, CHECKING, "", {})
        looks = await renewed(self._look(repair, to, wanted), self._renew)
        if away({key: one.theirs for key, one in looks.items()}):
            return False
        acts = [Act(one.side, one.theirs.answer is Answer.ABSENT) for one in looks.values() if _can(one)]
        done = {key: _settled(one) for key, one in looks.items() if not _can(one)}

        def act(tx: Transaction) -> bool:
            if not repairs.still(tx, repair):
                return False
            told = _in_order(looks, done | sending.send(tx, repair, acts))
            repairs.advance(tx, repair, SENDING, max(told, default=repair.after), told)
            return bool(told)

        self._pace.spend(repair.id, len(acts))
        moved = bool(await self._act(act))
        to.window.look_again()
        return moved

    async def _check(self, repair: Repair, to: Counterpart) -> bool:
        """Look at what was sent: what has come through is solved, what differs still is left."""
        wanted = await self._gateway.journal.read(lambda tx: repairs.following(tx, repair, _PAGE))
        if not wanted:
            return await self._finish(repair)
        looks = await renewed(self._look(repair, to, wanted), self._renew)
        trail = await self._gateway.journal.read(lambda tx: progress.trail(tx, to.name, list(wanted)))
        over = {key: one for key, one in looks.items() if not one.moves and not one.unanswered}
        done = {
            key: (LEFT if one.verdict.leading or key in trail.dead else MENDED, one.side.delivery)
            for key, one in over.items()
            if one.verdict.leading or key not in trail.moving
        }
        return await self._advance(repair, CHECKING, max(wanted), done)

    async def _finish(self, repair: Repair) -> bool:
        """End a repair of which nothing is on its way; else begin to look from the first one again."""

        def act(tx: Transaction) -> bool:
            if not repairs.still(tx, repair):
                return False
            if repairs.following(tx, repair._replace(after=""), 1):
                repairs.advance(tx, repair, CHECKING, "", {})
            else:
                repairs.end(tx, repair)
            return True

        await self._act(act)
        return False

    async def _advance(self, repair: Repair, phase: str, after: str, done: Done) -> bool:
        def act(tx: Transaction) -> bool:
            if not repairs.still(tx, repair):
                return False
            repairs.advance(tx, repair, phase, after, done)
            return True

        return bool(await self._act(act))

    async def _look(self, repair: Repair, to: Counterpart, wanted: Mapping[str, str]) -> dict[str, Look]:
        """Judge dossiers by what the journal and the far side say now; the source is not asked again."""
        scope, journal = repair.scope, self._gateway.journal
        found, now = await journal.read(
            lambda tx: (sides(tx, scope.source, scope.system, list(wanted)), tx.now)
        )
        asked = {key: wanted[key] for key, side in found.items() if not _on_its_way(side)}
        answers = await self._asking(to).ask(asked)
        rules = Rules(now, scope.late, scope.late, live=sends(self._gateway, scope))
        looks = {}
        for key, side in found.items():
            theirs = answers.get(key, Theirs())
            verdict = judge(Facts(None, side.ours, theirs), rules, self._known)
            looks[key] = Look(side, theirs, verdict)
        return looks


def _in_order(looks: Mapping[str, Look], done: Done) -> Done:
    """Return what was done up to the first dossier that has to wait for a moment."""
    waits = min((key for key in looks if key not in done), default=None)
    return {key: what for key, what in done.items() if waits is None or key < waits}


def _on_its_way(side: Side) -> bool:
    return side.ours is not None and side.ours.way is Way.UNDER_WAY


def _can(one: Look) -> bool:
    """Tell whether a dossier can be sent: something is to be mended, and every fault of it allows that."""
    leading = one.verdict.leading
    return leading is not None and leading.repair in SAFE and one.theirs.answer is not Answer.UNKNOWN


def _settled(one: Look) -> tuple[str, int]:
    """Return how far the repair of a dossier is that is not sent."""
    if one.verdict.leading is None and not one.moves:
        return MENDED, one.side.delivery
    return SKIPPED, one.side.delivery
