"""The journal on SQLite holds the rules of every journal, and those of its own."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from lgsp.errors import ConfigError
from lgsp.journal.contract import Journal
from lgsp.journal.sqlite import SqliteJournal
from lgsp.testing.journal import JournalContract
from lgsp.testing.making import dossier
from lgsp.testing.scene import Clock, Opener, Scene


def _opens(path: Path) -> Opener:
    async def opened(clock: Clock) -> Journal:
        return await SqliteJournal.open(path, clock)

    return opened


class TestSqliteJournal(JournalContract):
    """All the rules, on SQLite."""

    @pytest.fixture
    def opener(self, tmp_path: Path) -> Opener:
        """Open the journal in a file of the test's own."""
        return _opens(tmp_path / "journal.db")

    async def test_a_second_process_does_not_open_the_journal(self, scene: Scene, tmp_path: Path) -> None:
        """Row 26: the second finds the lock held, says what to do, and does not start."""
        with pytest.raises(ConfigError, match="another process has this journal open"):
            await SqliteJournal.open(tmp_path / "journal.db")
        await scene.restart()

    async def test_the_writer_is_durable(self, scene: Scene) -> None:
        """WAL with `synchronous=FULL`: a commit that returned has been synced."""
        assert await scene.act(lambda tx: tx.rows("PRAGMA synchronous")) == [(2,)]
        assert await scene.act(lambda tx: tx.rows("PRAGMA journal_mode")) == [("wal",)]

    async def test_what_is_bound_goes_as_it_is(self, scene: Scene) -> None:
        """None and bytes, too; and the library was told so, else it looks for an adapter of each, each time."""
        told = await scene.act(lambda tx: tx.rows("SELECT ?, ?, typeof(?)", (None, b"\0a", b"")))
        assert told == [(None, b"\0a", "blob")]
        assert {type(None), bytes} <= {kind for kind, _ in sqlite3.adapters}

    async def test_no_line_can_have_two_heads(self, scene: Scene) -> None:
        """Whoever would give a line a second head fails in the database instead of reordering a dossier."""
        await scene.tell(dossier(body="A"), dossier(body="B"))
        with pytest.raises(Exception, match="UNIQUE"):
            await scene.act(lambda tx: tx.run("UPDATE deliveries SET state = 2", [()]))

    async def test_more_than_a_batch_at_once(self, scene: Scene) -> None:
        """Requests beyond the size of a batch are taken on all the same."""
        results = await asyncio.gather(*(scene.told(dossier(f"K{n}")) for n in range(1300)))
        assert len({receipt.id for receipt in results}) == 1300
