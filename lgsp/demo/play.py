"""Playing a demonstration: everything is told and written, what is refused is mended, all drains."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Protocol

from lgsp.demo.account import Account, settle_account
from lgsp.demo.plan import Plan
from lgsp.demo.stage import Stage, stage
from lgsp.demo.watch import Watch
from lgsp.errors import GatewayError

_BEAT = 0.1
_A_LITTLE = 3.0
_A_DAY = 86_400.0
_TWICE = 2
_CHANGE = b'{"add": 1, "rename": ["1.003897"], "amend": ["2.000815"], "close": ["1.005129"]}'
"""What befalls the portal's catalogue meanwhile; every traffic has these procedures."""
_STUCK = ("held", "refused", "exhausted", "expired")


class Screen(Protocol):
    """What a demonstration is shown on."""

    def follow(self, watch: Watch) -> AbstractContextManager[None]:
        """Show how it goes while inside."""

    def conclude(self, account: Account, stage: Stage) -> None:
        """Show what came of it."""

    async def linger(self, stage: Stage) -> None:
        """Return when whoever looks around has had enough; everything stays up until then."""


async def play(plan: Plan, screen: Screen) -> Account:
    """Play a demonstration and return its account.

    Raises:
        OSError: the port is taken.
    """
    async with stage(plan) as setting:
        async with Watch(setting) as watch:
            with screen.follow(watch):
                told_for = await drained(setting, watch)
            account = await settle_account(watch, told_for)
        screen.conclude(account, setting)
        await screen.linger(setting)
    return account


async def drained(setting: Stage, watch: Watch) -> float:
    """Tell everything and wait for the end; return the seconds that the telling took."""
    plan, vendor = setting.plan, setting.vendor
    async with vendor, _exchanging(setting) as exchanging:
        await vendor.tell(setting.traffic.take(plan.steps), plan.rate)
        setting.portal.change(_CHANGE)
        told_for = watch.elapsed
        mending = asyncio.create_task(vendor.mend(_A_DAY))
        try:
            await _drain(watch, mending, exchanging, plan.patience)
            await _report(setting, plan.patience)
        finally:
            mending.cancel()
            await asyncio.gather(mending, return_exceptions=True)
    return told_for


@asynccontextmanager
async def _exchanging(setting: Stage) -> AsyncIterator[asyncio.Task[None]]:
    """Let the document systems work, the one-stop keep its catalogues and the office report, while inside."""
    task = asyncio.create_task(setting.exchange.play(setting.plan.seconds))
    others = [
        asyncio.create_task(play()) for play in (setting.keeper.play, setting.desk.listen, setting.desk.begin)
    ]
    try:
        yield task
    finally:
        for one in (task, *others):
            one.cancel()
        await asyncio.gather(task, *others, return_exceptions=True)


async def _report(setting: Stage, patience: float) -> None:
    """Let the months be reported as known in the end; what is not accepted in time, the verdict says."""
    try:
        async with asyncio.timeout(patience):
            await setting.desk.conclude()
    except (TimeoutError, GatewayError) as fault:
        setting.desk.trouble = str(fault) or setting.desk.trouble


async def _drain(
    watch: Watch, mending: asyncio.Task[bool], exchanging: asyncio.Task[None], patience: float
) -> None:
    """Return when nothing moves any more, or when nothing has come to its end for too long.

    What waits behind a document that is held for a person stays where it is, and is waited for a little.
    """
    before, since, rested = (-1, -1), time.monotonic(), 0
    while (quiet := time.monotonic() - since) < patience:
        if exchanging.done():
            exchanging.result()
        mended = mending.done()
        figures = await watch.look()
        still = mended and figures.moving == 0 and _is_at_rest(watch, quiet)
        rested = rested + 1 if still else 0
        if rested == _TWICE:
            return
        now = figures.settled, watch.documents.settled
        if now != before:
            before, since = now, time.monotonic()
        await asyncio.sleep(_BEAT)


def _is_at_rest(watch: Watch, quiet: float) -> bool:
    """Tell whether no document moves, in the journal first, then at either end; and no catalogue either."""
    documents, exchange = watch.documents, watch.stage.exchange
    left = documents.moving if quiet < _A_LITTLE or not documents.of(*_STUCK) else documents.in_turn
    return left == 0 and exchange.at_rest and not watch.stage.catalogue_differences
