"""Holding how the adapter of the national portal logs in, and stays logged in."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import orjson
import pytest

from lgsp.errors import Scope, Unavailable, Uncertain
from lgsp.message import VIETNAM
from lgsp.sandbox.faults import Faults
from lgsp.sandbox.portal import Portal
from lgsp.wire.exchange import recorded
from tests.portal_side import dossiers, message, speaking


@pytest.fixture
def portal() -> Portal:
    """A stand-in that answers in the plainest form."""
    return Portal(Faults(dialects=("number",)))


async def test_a_session_expiring_in_the_middle_is_renewed_once(portal: Portal) -> None:
    """The portal forgets our session between two sends; the second logs in again by itself."""
    first, second = dossiers(2)
    async with speaking(portal) as adapter:
        await adapter.send(message(first))
        portal._sessions.clear()
        await adapter.send(message(second))
    assert portal.state()["calls"]["login"] == 2
    assert portal.state()["snapshots"] == 2


async def test_a_session_that_is_never_good_suspends_the_system(portal: Portal) -> None:
    """A fresh session that is refused too is no matter of this message."""
    portal._session_seconds = -1
    async with speaking(portal) as adapter:
        with pytest.raises(Unavailable) as fault:
            await adapter.send(message(*dossiers(1)))
    assert (fault.value.cause, fault.value.scope) == ("portal-login", Scope.SYSTEM)
    assert portal.state()["calls"] == {"login": 2}


async def test_parallel_sends_log_in_once(portal: Portal) -> None:
    """Many sends that find no session, or a stale one, share one login."""
    async with speaking(portal) as adapter:
        await asyncio.gather(*(adapter.send(message(step)) for step in dossiers(20)))
        assert portal.state()["calls"]["login"] == 1
        portal._sessions.clear()
        await asyncio.gather(*(adapter.send(message(step)) for step in dossiers(20, seed=1)))
        assert portal.state()["calls"]["login"] == 2


async def test_one_who_gives_up_does_not_take_the_login_away(portal: Portal) -> None:
    """A cancelled send leaves the login that others wait for under way."""
    portal.trouble(b'{"latency_ms": 100}')
    async with speaking(portal) as adapter:
        leader, other = (asyncio.create_task(adapter.send(message(step))) for step in dossiers(2))
        await asyncio.sleep(0.03)
        leader.cancel()
        await other
    assert portal.state()["calls"]["login"] == 1


async def test_a_session_is_used_for_its_minutes_and_no_longer(portal: Portal) -> None:
    """After `session_minutes` the next send logs in anew, before the portal has to say so."""
    now = datetime(2026, 1, 5, 8, tzinfo=VIETNAM)
    first, second, third = dossiers(3)
    async with speaking(portal, now=lambda: now, session_minutes=10) as adapter:
        await adapter.send(message(first))
        now += timedelta(minutes=9)
        await adapter.send(message(second))
        assert portal.state()["calls"]["login"] == 1
        now += timedelta(minutes=1)
        await adapter.send(message(third))
    assert portal.state()["calls"]["login"] == 2


async def test_wrong_credentials_concern_the_system(portal: Portal) -> None:
    """A refused login is our standing with the portal, not this dossier's fault; the check says the same."""
    async with speaking(portal, password="wrong") as adapter:
        for act in (adapter.send(message(*dossiers(1))), adapter.check()):
            with pytest.raises(Unavailable) as fault:
                await act
            assert (fault.value.cause, fault.value.scope) == ("portal-credentials", Scope.SYSTEM)


async def test_no_secret_is_kept(portal: Portal) -> None:
    """Neither the password nor any session stands in what is kept of requests and answers."""
    with recorded() as exchanges:
        async with speaking(portal) as adapter:
            await adapter.send(message(*dossiers(1)))
            (session,) = portal._sessions
    kept = orjson.dumps([exchange.as_dict() for exchange in exchanges]).decode()
    assert [exchange.status for exchange in exchanges] == [200, 200]
    assert session not in kept
    assert '"sandbox"' not in kept
    assert "sandbox" not in repr(adapter.config)


async def test_a_login_page_instead_of_a_login_concerns_the_system(portal: Portal) -> None:
    """Whatever ails the login ails the system, however it is answered."""
    portal.trouble(b'{"html": 1}')
    async with speaking(portal) as adapter:
        with pytest.raises(Unavailable) as fault:
            await adapter.check()
    assert (fault.value.cause, fault.value.scope) == ("portal-login", Scope.SYSTEM)


async def test_a_login_that_gets_no_answer_concerns_the_system(portal: Portal) -> None:
    """Without a session nothing can be sent: a login's time-out is not one message's."""
    portal.trouble(b'{"latency_ms": 300}')
    async with speaking(portal, timeout=0.1) as adapter:
        with pytest.raises(Unavailable) as fault:
            await adapter.check()
    assert not isinstance(fault.value, Uncertain)
    assert (fault.value.cause, fault.value.scope) == ("timed-out", Scope.SYSTEM)
