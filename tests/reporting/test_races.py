"""Several processes at one book: who comes second finds what the first one did, and nothing is there twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from lgsp.domain.reports.defined import BUILT_IN
from lgsp.domain.reports.periods import read_label
from lgsp.journal import reports, reports_told
from lgsp.journal.contract import WrongStateError
from lgsp.journal.postgres import PostgresJournal
from lgsp.journal.reports import Report, Wanted
from lgsp.reporting import correcting, drawing, following, signing
from lgsp.reporting.asking import Order, Signature, Why
from lgsp.testing.making import SOURCE, arrival
from lgsp.testing.rules.reports import paper
from tests.reporting.desk import AGENCY, PERIOD, WHO, Figures

ORDER = Order("KSTT", "06a", AGENCY, read_label(PERIOD))
Both = tuple[PostgresJournal, PostgresJournal]


@pytest.fixture
async def both(database: str, figures: Figures) -> AsyncIterator[Both]:
    """Two processes on one journal, whose figures add up."""
    figures.as_of = 2**60
    opened = [await PostgresJournal.open(database) for _ in range(2)]
    yield opened[0], opened[1]
    for journal in opened:
        await journal.close()


async def drawn(journal: PostgresJournal) -> Report:
    """Draw the report up."""
    one = await journal.read(lambda tx: drawing.drawn(tx, BUILT_IN, ORDER))
    report, _ = await journal.write(lambda tx: drawing.enter(tx, BUILT_IN, one, WHO))
    return report


async def book(journal: PostgresJournal) -> list[Report]:
    """Return the book."""
    return await journal.read(lambda tx: reports.listing(tx, Wanted()))


async def test_one_draft_is_drawn_up_by_whoever_asks(both: Both) -> None:
    """All get the same one."""
    made = await asyncio.gather(*(drawn(journal) for journal in both * 4))
    assert len({one.id for one in made}) == 1
    assert len(await book(both[0])) == 1


async def test_one_signature_counts(both: Both) -> None:
    """Another one is told that it is signed; the same one, asked again elsewhere, is the same."""
    report = await drawn(both[0])

    async def sign(journal: PostgresJournal, token: str) -> Report | WrongStateError:
        by = Signature(token, token, send=False)
        try:
            return (await journal.write(lambda tx: signing.sign(tx, BUILT_IN, report.id, by))).report
        except WrongStateError as fault:
            return fault

    told = await asyncio.gather(*(sign(both[n % 2], f"token-{n // 2}") for n in range(6)))
    signed = {one.token for one in told if isinstance(one, Report)}
    assert len(signed) == 1
    assert sum(isinstance(one, WrongStateError) for one in told) == 4
    (one,) = await book(both[0])
    assert [act["what"] for act in one.acts] == ["drawn up", "signed"]


async def test_one_correction_begins(both: Both) -> None:
    """Who comes second is told that the next version is being drawn up."""
    report = await drawn(both[0])
    by = Signature(WHO, "t", send=False)
    await both[0].write(lambda tx: signing.sign(tx, BUILT_IN, report.id, by))
    told = await asyncio.gather(
        *(
            journal.write(lambda tx: correcting.correct(tx, BUILT_IN, report.id, Why(WHO, "Sửa")))
            for journal in both * 2
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Report) for one in told) == 1
    assert [one.version for one in await book(both[1])] == [2, 1]


async def test_what_systems_bring_is_entered_by_one(both: Both) -> None:
    """Both see it at once, and one row comes of it."""
    await both[0].accept(arrival(paper(), paper(2), paper(code="two")))
    found = [await journal.read(lambda tx: reports_told.look(tx, [SOURCE])) for journal in both]
    await asyncio.gather(
        *(
            journal.write(lambda tx, one=seen: following.enter(tx, BUILT_IN, one))  # type: ignore[misc]
            for journal, seen in zip(both, found, strict=True)
        )
    )
    told = sorted((one.code, one.version, one.state) for one in await book(both[0]))
    assert told == [("one", 1, "replaced"), ("one", 2, "received"), ("two", 1, "received")]
