"""Figures: counted in bounded parts, by the process whose duty it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from lgsp.journal import figures
from lgsp.journal.figures import CAME
from lgsp.journal.sqlite import SqliteJournal
from lgsp.summing import Summing
from lgsp.testing.making import arrival, dossier


async def came(journal: SqliteJournal) -> int:
    """Return how much came, by the figures."""
    return sum((await journal.read(lambda tx: figures.series(tx, 0)))[CAME].values())


async def test_much_is_counted_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look counts so many entries at most, and says whether some are left."""
    monkeypatch.setattr(figures, "_CHUNK", 4)
    journal = await SqliteJournal.open(tmp_path / "journal.db")
    await journal.accept(arrival(*(dossier(f"K{n}") for n in range(10))))
    summing = Summing(journal)
    seen = [(await summing.look(), await came(journal)) for _ in range(4)]
    assert seen == [(False, 4), (False, 8), (True, 10), (True, 10)]
    await journal.close()


async def test_who_has_not_the_duty_counts_nothing(tmp_path: Path) -> None:
    """Another process does; this one has nothing to hurry for."""
    journal = await SqliteJournal.open(tmp_path / "journal.db")
    await journal.accept(arrival(dossier("K1")))
    assert await Summing(journal, lambda _: False).look()
    assert await came(journal) == 0
    assert await Summing(journal).look()
    assert await came(journal) == 1
    await journal.close()
