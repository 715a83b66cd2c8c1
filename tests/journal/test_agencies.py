"""Facts about agencies in the journal: added to, never edited, and read back as they were said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from lgsp.domain.agencies.facts import Confidence, Fact, Share, Succession, Withdrawal
from lgsp.domain.agencies.known import built_in
from lgsp.domain.agencies.resolution import Standing
from lgsp.errors import Invalid
from lgsp.journal import agencies
from lgsp.journal.migrating import migrate
from lgsp.journal.sqlite import SqliteJournal

DAY = date(2026, 11, 22)
OFFICE = Fact("H44.99", "Sở Mới", 2, "H44", DAY, source="QĐ 1", confidence=Confidence.HIGH)


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[SqliteJournal]:
    """A journal that knows nothing yet."""
    path = tmp_path / "journal.db"
    migrate(f"sqlite:///{path}")
    opened = await SqliteJournal.open(path)
    yield opened
    await opened.close()


async def test_what_was_added_is_known_and_counts(journal: SqliteJournal) -> None:
    """A register read from the journal holds what comes with the product, and every addition."""
    before = await journal.read(agencies.size)
    step = Succession("H44.99", "H44.98", Share.WHOLE, date(2027, 1, 1), "QĐ 2", "QĐ 2")
    (first, second) = await journal.write(lambda tx: agencies.add(tx, [OFFICE, step], "operator", "why"))
    known = await journal.read(agencies.register)
    assert await journal.read(agencies.size) == before + 2 == len(known.claims)
    found = known.resolve("H44.99", DAY)
    assert found.fact is not None
    assert (found.fact.name, found.fact.id, found.fact.valid_to) == ("Sở Mới", first, date(2026, 12, 31))
    assert [one.code for one in known.resolve("H44.99", date(2027, 1, 1)).successors] == ["H44.98"]
    page = await journal.read(lambda tx: agencies.listed(tx, after=0, limit=1))
    assert page["facts"][0]["added_by"] == "operator"
    assert page["next"] == 1
    rest = await journal.read(lambda tx: agencies.listed(tx, after=1, limit=5))
    assert [one["id"] for one in rest["facts"]] == [second]


async def test_a_wrong_fact_is_withdrawn_by_a_newer_one(journal: SqliteJournal) -> None:
    """The wrong one stays in the journal, and counts no more; one that came with us can be withdrawn too."""
    (wrong,) = await journal.write(lambda tx: agencies.add(tx, [OFFICE], "operator"))
    right = OFFICE._replace(name="Sở Đúng", withdraws=wrong)
    await journal.write(lambda tx: agencies.add(tx, [right], "operator"))
    known = await journal.read(agencies.register)
    found = known.resolve("H44.99", DAY)
    assert found.fact is not None
    assert (found.standing, found.fact.name) == (Standing.LIVE, "Sở Đúng")
    assert len((await journal.read(lambda tx: agencies.listed(tx, after=0, limit=9)))["facts"]) == 2
    own = built_in().resolve("H44", DAY).fact
    assert own is not None
    await journal.write(lambda tx: agencies.add(tx, [Withdrawal(own.id, "test")], "operator"))
    assert (await journal.read(agencies.register)).resolve("H44", DAY).standing is Standing.UNKNOWN


@pytest.mark.parametrize("withdraws", ["added-7", "added-x", "added-", "built-in-0", "7"])
async def test_what_is_not_there_cannot_be_withdrawn(journal: SqliteJournal, withdraws: str) -> None:
    """The whole addition fails, and nothing of it is kept."""
    claims = [OFFICE, OFFICE._replace(withdraws=withdraws)]
    with pytest.raises(Invalid) as told:
        await journal.write(lambda tx: agencies.add(tx, claims, "operator"))
    assert [(p.place, p.code) for p in told.value.problems] == [("/1/withdraws", "unknown-fact")]
    assert (await journal.read(lambda tx: agencies.listed(tx, after=0, limit=9)))["facts"] == []
