"""Counting and naming answers are the same acts on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from lgsp.domain.cause import Cause, Party, Severity
from lgsp.errors import Scope
from lgsp.journal import acting, naming
from lgsp.journal.contract import Journal
from lgsp.journal.postgres import PostgresJournal
from lgsp.journal.sqlite import SqliteJournal
from lgsp.journal.states import State
from lgsp.journal.turns import Frame, Outcome
from lgsp.testing.making import arrival, dossier, outcome
from lgsp.wire.exchange import Exchange, packed

OWN = Cause(
    "portal-locked", "Bị khóa", "Locked", Party.AGENCY, "Mở khóa.", "Unlock it.", retry_helps=True,
    severity=Severity.WARNING, concerns=Scope.SYSTEM,
)  # fmt: skip


@pytest.fixture(params=["sqlite", "postgres"])
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Awaitable[Journal]]:
    """How a journal of each kind is opened."""
    if request.param == "sqlite":
        return lambda: SqliteJournal.open(tmp_path / "journal.db")
    url = request.getfixturevalue("database")
    return lambda: PostgresJournal.open(url)


@pytest.fixture
async def journal(opening: Callable[[], Awaitable[Journal]]) -> AsyncIterator[Journal]:
    """An open journal."""
    opened = await opening()
    yield opened
    await opened.close()


async def drawn(journal: Journal, keys: list[str], answer: Callable[[int], str]) -> list[Outcome]:
    """Let a delivery of each key be put off by an answer, all at the same time."""
    worker = await journal.write(lambda tx: acting.enlist(tx, "w"))
    taken = await journal.accept(arrival(*(dossier(key) for key in keys)))
    claims = await journal.claim([Frame(f.system, f.delivery, f.epoch) for f in taken.frames], worker)
    outcomes = [
        outcome(
            claim, State.PUT_OFF, worker=worker, cause="uncatalogued", said="sập", wait=10**9,
            answer=answer(n), exchanges=packed([Exchange("http://x", b"q", 500, f"lỗi {n}".encode())]),
        )
        for n, claim in enumerate(claims)
    ]  # fmt: skip
    await asyncio.gather(*(journal.settle(one) for one in outcomes))
    return outcomes


async def test_answers_are_counted_whoever_brings_them(journal: Journal) -> None:
    """Many outcomes at once, in several transactions: each is counted once, and the sample is readable."""
    await drawn(journal, [f"K{n}" for n in range(40)], lambda n: f"500:{n % 2}")
    rows = await journal.read(naming.unnamed)
    assert [(row["signature"], row["times"], row["deliveries"]) for row in rows] == [
        ("500:0", 20, 20), ("500:1", 20, 20),
    ]  # fmt: skip
    assert rows[0]["shape"] == "HTTP 500 lỗi ‹n›"
    assert rows[0]["sample"]["exchanges"][0]["status"] == 500


async def test_a_name_is_kept_whole_and_relabels_page_by_page(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an operator described is read back as it was; every delivery that waits for it is relabelled."""
    monkeypatch.setattr(naming, "PAGE", 3)
    await drawn(journal, [f"K{n}" for n in range(8)], lambda n: "500:other" if n == 5 else "500:a")
    number = (await journal.read(naming.unnamed))[0]["id"]
    named = await journal.write(lambda tx: naming.name(tx, number, OWN.code, OWN, "An"))
    assert named is not None
    names = await journal.read(naming.read_names)
    assert (names.of("portal", "500:a"), names.newest) == (OWN, await journal.read(naming.newest))
    after, pages = 0, 0
    while after is not None:
        after, pages = await journal.write(lambda tx, a=after: naming.relabel(tx, named, a)), pages + 1  # type: ignore[misc]
    counted = "SELECT cause, count(*) FROM deliveries GROUP BY cause ORDER BY cause"
    assert await journal.read(lambda tx: tx.rows(counted)) == [("portal-locked", 7), ("uncatalogued", 1)]
    assert pages == 3
    told = "SELECT who, system, cause FROM entries WHERE what = 'named'"
    assert await journal.read(lambda tx: tx.rows(told)) == [("An", "portal", "portal-locked")]


async def test_an_answer_that_is_not_there_is_not_named(journal: Journal) -> None:
    """None, and nothing is written."""
    assert await journal.write(lambda tx: naming.name(tx, 5, OWN.code, OWN, "An")) is None
    assert await journal.read(naming.newest) == 0
