"""A system of a running installation begins to collect: by newer routes, whatever stands in the way."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from lgsp import app, publishing
from lgsp.app import Platform
from lgsp.errors import Scope, Unavailable
from lgsp.following import Follower
from lgsp.gateway import Counterpart
from lgsp.health import Standing
from lgsp.journal.contract import JournalError
from lgsp.leases import JOBS, SERVE
from lgsp.mailbox import SystemMailbox
from lgsp.routes import parse_routes
from tests.api.province import PORTAL
from tests.api.test_reload import Many, bring, many, routes

__all__ = ["many"]


def collecting(port: int) -> str:
    """Return the routes with a system in the portal's place that comes for what is there."""
    text = routes(port, PORTAL)
    begin, end = text.index("    adapter: national_portal"), text.index("routes:\n")
    config = "    config: {system_id: dms, secret: geheim1234}\n"
    return f"{text[:begin]}    adapter: document_management\n{config}{text[end:]}"


async def states(many: Many) -> list[Any]:
    """Return the states of the open deliveries."""
    rows: list[Any] = await many.ground.journal.read(lambda tx: tx.rows("SELECT state FROM deliveries"))
    return [row[0] for row in rows]


def suspend(one: Platform) -> Counterpart:
    """Let the portal be away for an hour."""
    to = one.gateway.counterparts[PORTAL]
    fault, now = Unavailable("not-reachable", scope=Scope.SYSTEM, after=3600), time.monotonic()
    to.health.failed(b"line", fault, now, now)
    return to


async def until_offered(many: Many) -> None:
    """Return when all that is open is offered."""
    async with asyncio.timeout(15):
        while await states(many) != [6]:  # noqa: ASYNC110 - it stands in the journal
            await asyncio.sleep(0.05)


async def test_a_hiccup_of_the_journal_leaves_nobody_unready(
    many: Many, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 117: what follows from newer routes fails once; the process works on, and does it a moment later."""
    plain, calls = publishing.rehouse, []

    async def broken(gateway: Any) -> None:
        calls.append(gateway.published)
        if len(calls) == 1:
            raise JournalError("writing to the journal: away for a moment")
        await plain(gateway)

    async with many.process() as one:
        suspend(one)
        await bring(one, "0001")
        monkeypatch.setattr(publishing, "rehouse", broken)
        await many.publish(collecting(many.port))
        await many.follows(one, 2)
        await until_offered(many)
        assert (one.gateway.unready, len(calls) > 1) == ("", True)


async def test_a_suspended_system_that_begins_to_collect_is_open(many: Many) -> None:
    """Row 118: nobody tries it any more; its clients come by themselves and find what waits."""
    async with many.process() as one:
        to = suspend(one)
        await bring(one, "0001")
        await many.publish(collecting(many.port))
        await many.follows(one, 2)
        await until_offered(many)
        assert to.health.standing is Standing.SUSPENDED
        assert len(await SystemMailbox(PORTAL, one.gateway).waiting(["dossier.v1"])) == 1


async def test_who_is_behind_turns_nothing_back(many: Many, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 119: a process that read the routes of before, and was slow to start, leaves the mailbox alone."""
    async with many.process(SERVE, JOBS) as one:
        await bring(one, "0001")
        old = parse_routes(routes(many.port, PORTAL))
        await many.publish(collecting(many.port))
        await many.follows(one, 2)
        await until_offered(many)

        async def stale(*_: Any, **__: Any) -> tuple[int, Any]:
            return 1, old

        async def never(_: Follower) -> None:
            await asyncio.sleep(100)

        monkeypatch.setattr(app, "in_force", stale)
        monkeypatch.setattr(Follower, "run", never)  # it ends before its first look
        async with many.process(JOBS):
            assert await states(many) == [6]
