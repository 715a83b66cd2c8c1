"""What lists make of a catalogue: closed by messages, opened again, and never by half."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lgsp.catalogue_closing import settle_lists
from lgsp.errors import Unavailable
from lgsp.journal import catalogues, catalogues_shown
from lgsp.journal.catalogues_shown import Sought
from lgsp.journal.contract import CursorAt
from lgsp.message import Raw
from tests.core.catalogue_side import (
    PORTAL,
    PROCEDURE,
    SERVICE,
    begun,
    bring,
    catalogued,
    codes,
    dossier,
    fetched,
    page,
    procedure,
    shown,
)
from tests.core.rig import Rig


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Rig]:
    """A process whose portal's catalogue is brought by a job."""
    async with catalogued(tmp_path) as one:
        yield one


async def test_what_a_list_has_no_more_is_closed_by_a_message_and_opened_again_when_it_is_back(
    here: Rig,
) -> None:
    """Row 209: each is a message of its own with a finding; the record stays readable as of any day."""
    many = [f"1.{n:06}" for n in range(30)]
    await bring(here, *(procedure(code) for code in many), lists=many)
    run = await bring(here, lists=many[1:])
    gone = await shown(here, many[0])
    assert (gone["state"], gone["open"], gone["closed_by_list"]) == ("closed", False, True)
    assert (gone["record"]["name"], gone["record"]["state"]) == ("Cấp giấy xác nhận", "closed")
    assert gone["record"]["closed_at"].endswith("+07:00")
    rows = await here.journal.read(
        lambda tx: tx.rows("SELECT facts_gone, new FROM job_runs WHERE id = ?", (run,))
    )
    assert [tuple(row) for row in rows] == [(1, 0)]
    assert not here.gateway.catalogues.books[PROCEDURE][PORTAL].items[many[0]].open
    await bring(here, lists=many)
    back = await shown(here, many[0])
    assert (back["open"], "closed_at" in back["record"], len(back["history"])) == (True, False, 3)
    told = await here.journal.read(
        lambda tx: tx.rows(
            "SELECT revision, findings FROM messages WHERE partitionkey = ? ORDER BY id", (many[0],)
        )
    )
    assert [(row[0], "closed-by-list" in (row[1] or ""), "listed-again" in (row[1] or "")) for row in told] == [
        (1, False, False), (2, True, False), (3, False, True),
    ]  # fmt: skip
    await bring(here, procedure(many[0]), lists=many)
    assert len((await shown(here, many[0]))["history"]) == 3


async def test_who_dies_between_the_list_and_the_closing_leaves_it_to_the_next(here: Rig) -> None:
    """Row 205: what is to be done stands in the journal, more than one batch of it."""
    many = [f"1.{n:06}" for n in range(4000)]
    for n in range(0, 4000, 500):
        await bring(here, *(procedure(code) for code in many[n : n + 500]), lists=None, learn=False)
    await bring(here, lists=many, learn=False)
    page = CursorAt(PORTAL, SERVICE, (await begun(here)), "null", lists={PROCEDURE: many[150:]})
    await here.gateway.accept(PORTAL, Raw.of(b"[]"), [], page)
    assert (await shown(here, many[0]))["open"]
    assert await settle_lists(here.gateway, PORTAL) == 150
    assert await settle_lists(here.gateway, PORTAL) == 0
    found = await here.journal.read(
        lambda tx: catalogues_shown.search(tx, Sought(PROCEDURE, state="closed", limit=1000))
    )
    assert len(found["items"]) == 150


async def test_a_run_of_the_job_closes_what_its_list_lacks_and_tells_what_it_found(here: Rig) -> None:
    """New, changed and gone stand in the job's history; the closing goes to whoever wants the type."""
    many = [f"1.{n:06}" for n in range(40)]
    await fetched(here, page(many, lists=many))
    run = await fetched(here, page([*many[1:], "9.000000"], "Tên mới", lists=[*many[1:], "9.000000"]))
    assert run["facts"] == {"new": 1, "changed": 39, "gone": 1}
    assert (run["state"], run["new"], run["pages"]) == ("done", 40, 1)
    assert (await shown(here, many[0]))["state"] == "closed"
    short = await fetched(here, page([], lists=many[1:6]))
    assert (short["state"], short["facts"]["gone"]) == ("done", 0)
    assert (await here.journal.read(catalogues.short))[0][3:] == (35, 40)


async def test_a_run_that_breaks_off_behind_its_list_has_closed_what_that_lacks(here: Rig) -> None:
    """The list is whole on its page; that what stands on it did not all come makes it no less true."""
    many = [f"1.{n:06}" for n in range(40)]
    await fetched(here, page(many, lists=many))
    run = await fetched(here, page([], lists=[*many[1:], "9.000000"]), Unavailable("http-503"))
    assert (run["state"], run["facts"]["gone"]) == ("failed", 1)
    await here.gateway.filler.learn()
    assert codes(await here.told(dossier("K1", code="9.000000", name="A"))) == []
