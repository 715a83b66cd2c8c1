"""Holding a far side's token: asked for once for all, shortly before it ends, and when it was refused."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from lgsp.errors import Scope, Unavailable
from lgsp.message import VIETNAM
from lgsp.wire.granted import Granted, Tokens

START = datetime(2026, 1, 5, 8, tzinfo=VIETNAM)


class Office:
    """Grants tokens as a test says, and counts how often it was asked."""

    def __init__(self, seconds: float | None = 3600.0, *, same: bool = False) -> None:
        self.now = START
        self.asked = 0
        self.seconds = seconds
        self.same = same
        self.open = asyncio.Event()
        self.open.set()
        self.fault: Unavailable | None = None
        self.tokens = Tokens(self._grant, usual=300.0, early=60.0, clock=lambda: self.now)

    async def _grant(self) -> Granted:
        self.asked += 1
        number = self.asked
        await self.open.wait()
        if self.fault is not None:
            raise self.fault
        return Granted("same" if self.same else f"token-{number}", self.seconds)

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


async def test_a_token_is_used_until_shortly_before_its_end() -> None:
    """A minute before the hour is over a new one is asked for, and no sooner."""
    office = Office(3600.0)
    assert await office.tokens.get() == "token-1"
    office.later(3539)
    assert await office.tokens.get() == "token-1"
    office.later(1)
    assert await office.tokens.get() == "token-2"


async def test_a_token_with_little_left_is_used_for_half_of_that() -> None:
    """The platform hands the old one out again with what is left of it: it is not asked at every question."""
    office = Office(20.0)
    await office.tokens.get()
    office.later(9)
    await office.tokens.get()
    assert office.asked == 1
    office.later(1)
    await office.tokens.get()
    assert office.asked == 2


@pytest.mark.parametrize(("seconds", "lasts"), [(None, 240), (1e18, 86_340)])
async def test_a_token_whose_end_is_not_told_is_used_for_a_while(seconds: float | None, lasts: int) -> None:
    """Neither for ever nor for one question."""
    office = Office(seconds)
    await office.tokens.get()
    office.later(lasts - 1)
    await office.tokens.get()
    assert office.asked == 1
    office.later(1)
    await office.tokens.get()
    assert office.asked == 2


async def test_all_who_need_a_token_share_one_asking() -> None:
    """A hundred questions at once, none of which has a token; then a hundred whose token is stale."""
    office = Office()
    assert set(await asyncio.gather(*(office.tokens.get() for _ in range(100)))) == {"token-1"}
    again = await asyncio.gather(*(office.tokens.get(stale="token-1") for _ in range(100)))
    assert set(again) == {"token-2"}
    assert await office.tokens.get(stale="token-1") == "token-2"
    assert office.asked == 2


async def test_one_who_gives_up_does_not_take_it_away_from_the_others() -> None:
    """The asking goes on for who still waits."""
    office = Office()
    office.open.clear()
    first, other = (asyncio.create_task(office.tokens.get()) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    office.open.set()
    assert await other == "token-1"
    assert office.asked == 1


async def test_a_platform_that_gives_the_refused_token_again_is_not_asked_in_a_storm() -> None:
    """It has no other; a few seconds later it is asked whether it has."""
    office = Office(same=True)
    await office.tokens.get()
    for _ in range(50):
        assert await office.tokens.get(stale="same") == "same"
    assert office.asked == 2
    office.later(5)
    await office.tokens.get(stale="same")
    assert office.asked == 3


async def test_who_waits_for_a_token_that_does_not_come_learns_why() -> None:
    """All of them; the next one asks anew."""
    office = Office()
    office.fault = Unavailable("http-503", scope=Scope.SYSTEM)
    faults = await asyncio.gather(*(office.tokens.get() for _ in range(3)), return_exceptions=True)
    assert [type(fault) for fault in faults] == [Unavailable] * 3
    office.fault = None
    assert await office.tokens.get() == "token-2"


async def test_it_can_be_closed_while_it_asks() -> None:
    """A stop does not wait for a platform that does not answer, and nothing is left behind."""
    office = Office()
    office.open.clear()
    waiting = asyncio.create_task(office.tokens.get())
    await asyncio.sleep(0)
    await office.tokens.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting


def test_a_token_is_not_shown() -> None:
    """Whoever prints what was granted reads when it ends, not what it is."""
    assert "s3cret" not in repr(Granted("s3cret", 5.0))


async def test_what_was_granted_last_is_told_without_asking() -> None:
    """Whoever was refused says which token that was; nobody is asked for that."""
    office = Office()
    assert (office.tokens.held, office.asked) == ("", 0)
    await office.tokens.get()
    await office.tokens.renew()
    assert (office.tokens.held, office.asked) == ("token-2", 2)


async def test_one_that_everybody_else_has_replaced_is_not_asked_for_again() -> None:
    """Many are refused with the same token: who comes late is given the new one."""
    office = Office()
    stale = await office.tokens.get()
    assert await office.tokens.get(stale) == await office.tokens.get(stale) == "token-2"
    assert office.asked == 2
