"""Pages of one list that two processes commit at once, on the journal that has several writers."""

from __future__ import annotations

import asyncio

from lgsp.journal import agency_lists
from lgsp.journal.postgres import PostgresJournal
from lgsp.testing.rules.agency_lists import AXIS, JOB, gaps, many


async def test_what_one_process_saw_of_a_list_another_one_does_not_undo(database: str) -> None:
    """Row 148: versions without gaps, and of a list that says the same nothing is missing in the end."""
    journals = [await PostgresJournal.open(database) for _ in range(2)]

    async def bring(n: int, run: int) -> None:
        journal, claims = journals[n % 2], many(10, 10 * n)
        await journal.write(lambda tx: agency_lists.bring(tx, AXIS, JOB, claims, run))

    for run in (1, 2):
        await asyncio.gather(*(bring(n, run) for n in range(30)))
        assert await journals[0].read(gaps) == []
        assert await journals[1].write(lambda tx: agency_lists.brought(tx, AXIS, JOB, run)) == 0  # noqa: B023
        (one,) = await journals[0].read(agency_lists.lists)
        assert (one["state"], one["size"], one["missing"]) == ("whole", 300, 0)
    (head,) = await journals[0].read(agency_lists.heads)
    assert head.version == 300
    for journal in journals:
        await journal.close()
