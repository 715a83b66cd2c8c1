"""Playing a demonstration: the traffic is told, what is refused is mended, the queues drain."""

from __future__ import annotations

import asyncio
import time
from contextlib import AbstractContextManager
from typing import Protocol

from lgsp.demo.account import Account, settle_account
from lgsp.demo.plan import Plan
from lgsp.demo.stage import Stage, stage
from lgsp.demo.watch import Watch

_BEAT = 0.1
_A_DAY = 86_400.0


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
                told_for = await _perform(setting, watch)
            account = await settle_account(watch, told_for)
        screen.conclude(account, setting)
        await screen.linger(setting)
    return account


async def _perform(setting: Stage, watch: Watch) -> float:
    """Tell everything and wait for the end; return the seconds that the telling took."""
    plan, vendor = setting.plan, setting.vendor
    async with vendor:
        await vendor.tell(setting.traffic.take(plan.steps), plan.rate)
        told_for = watch.elapsed
        mending = asyncio.create_task(vendor.mend(_A_DAY))
        try:
            await _drain(watch, mending, plan.patience)
        finally:
            mending.cancel()
            await asyncio.gather(mending, return_exceptions=True)
    return told_for


async def _drain(watch: Watch, mending: asyncio.Task[bool], patience: float) -> None:
    """Return when nothing moves any more, or when nothing has come to its end for too long."""
    settled, since = -1, time.monotonic()
    while time.monotonic() - since < patience:
        mended = mending.done()
        figures = await watch.look()
        if mended and figures.moving == 0:
            return
        if figures.settled != settled:
            settled, since = figures.settled, time.monotonic()
        await asyncio.sleep(_BEAT)
