"""What a process leaves behind, and what the next one makes of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from lgsp.journal.contract import JournalError
from lgsp.sandbox.portal import Portal
from tests.api.province import dossier, province


async def settled_never(_: Any) -> Any:
    """Settle nothing: the journal is away."""
    raise JournalError("writing to the journal: away")


async def spooled(state: Path) -> bytes:
    """Return the spool's file once something lies in it."""
    file = state / "spool" / "outcomes-0.jsonl"
    async with asyncio.timeout(30):
        while not file.read_bytes():  # noqa: ASYNC110 - a file
            await asyncio.sleep(0.01)
    return file.read_bytes()


async def test_the_next_process_applies_what_the_last_one_knew(tmp_path: Path) -> None:
    """Row 48: the portal took it, the journal was away, the process died: delivered, in one attempt, sent once.

    The spool is drained before what was being sent lapses.
    """
    portal = Portal()
    async with province(tmp_path, portal) as before:
        before.platform.gateway.journal.settle = settled_never  # type: ignore[method-assign]
        receipt = await before.one_stop.bring(dossier())
        kept = await spooled(tmp_path)
        assert b"Nguy" not in kept
    assert (tmp_path / "spool" / "outcomes-0.jsonl").read_bytes() == kept
    async with province(tmp_path, portal) as after:
        await after.rest("delivered")
        shown = await after.delivery(receipt)
        assert (shown["attempt"], shown["lapses"], shown["uncertain"]) == (1, 0, 0)
    assert list(portal.state()["versions"].values()) == [1]


async def test_a_lost_spool_costs_a_probe_and_no_message(tmp_path: Path) -> None:
    """Row 6: nobody knows what became of it: it lapses, the portal is asked, and nothing is lost."""
    portal = Portal()
    async with province(tmp_path, portal) as before:
        before.platform.gateway.journal.settle = settled_never  # type: ignore[method-assign]
        receipt = await before.one_stop.bring(dossier())
        await spooled(tmp_path)
    (tmp_path / "spool" / "outcomes-0.jsonl").unlink()
    async with province(tmp_path, portal) as after:
        await after.rest("delivered")
        assert (await after.delivery(receipt))["lapses"] == 1
    assert list(portal.state()["versions"].values()) == [1]
