"""The log of a journal: it is carried over beside the writer, it ends somewhere, and nothing in it is lost."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from lgsp.journal import sqlite
from lgsp.journal.sqlite_log import LogCarrier
from lgsp.testing.making import arrival, dossier

_PAGE = 4120
"""Bytes of a page in the log, with its head."""
_NEVER = 3600.0


class Bench:
    """A small file with one writer, and a carrier whose rounds the test makes itself."""

    def __init__(self, path: Path, every: float = _NEVER, long: int = 60) -> None:
        self.path = path
        self.writer = self.connect()
        self.writer.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT)")
        self.beside = self.connect()
        self.carrier = LogCarrier(self.connect, every, long)
        self.count = 0

    def connect(self) -> sqlite3.Connection:
        """Open a connection as the journal does, which never carries over by itself."""
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        return connection

    def write(self, times: int = 10) -> None:
        """Commit so often, as the writer does: what is left of a long log first."""
        for _ in range(times):
            self.carrier.finish(self.writer)
            self.writer.execute("BEGIN IMMEDIATE")
            self.writer.execute("INSERT INTO t (text) VALUES (?)", ("x" * 3000,))
            self.writer.execute("COMMIT")
            self.carrier.wrote()
            self.count += 1

    def pages(self) -> int:
        """Return how many pages the log ever had at once."""
        return Path(f"{self.path}-wal").stat().st_size // _PAGE

    def close(self) -> None:
        """Let go of everything."""
        self.carrier.close()
        self.writer.close()
        self.beside.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Return a file with a writer and a carrier."""
    found = Bench(tmp_path / "small.db")
    yield found
    found.close()


def test_a_log_that_never_rests_ends_all_the_same(bench: Bench) -> None:
    """Each round leaves pages that came while it went: the writer goes those itself, and the log begins anew."""
    for _ in range(40):
        bench.write(9)
        came = bench.connect()
        came.execute("BEGIN")
        came.execute("SELECT count(*) FROM t").fetchone()
        bench.write(1)
        bench.carrier.carry(bench.beside)
        came.close()
    assert bench.pages() < 200
    assert bench.writer.execute("SELECT count(*) FROM t").fetchone() == (400,)


def test_a_short_log_is_left_to_the_carrier(bench: Bench) -> None:
    """The writer does nothing for it: what the carrier carried over is in the file without it."""
    bench.write(3)
    bench.carrier.carry(bench.beside)
    did: list[str] = []
    bench.writer.set_trace_callback(did.append)
    bench.write(1)
    assert not [act for act in did if "checkpoint" in act]
    copy = sqlite3.connect(f"file:{bench.path}?immutable=1", uri=True)
    assert copy.execute("SELECT count(*) FROM t").fetchone() == (3,)
    copy.close()


def test_somebody_who_reads_keeps_the_log_and_nobody_waits(bench: Bench) -> None:
    """What a reader still sees stays in the log; writing goes on, and the rest is carried over behind it."""
    bench.write(1)
    reader = bench.connect()
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM t").fetchone() == (1,)
    for _ in range(10):
        bench.write(10)
        bench.carrier.carry(bench.beside)
    assert reader.execute("SELECT count(*) FROM t").fetchone() == (1,)
    reader.execute("COMMIT")
    reader.close()
    kept = bench.pages()
    for _ in range(10):
        bench.write(10)
        bench.carrier.carry(bench.beside)
    assert bench.pages() == kept
    assert bench.writer.execute("SELECT count(*) FROM t").fetchone() == (201,)


def test_the_thread_does_it_by_itself(tmp_path: Path) -> None:
    """Beside the writer, as often as something was written; closed, it is gone and all is there."""
    bench = Bench(tmp_path / "small.db", every=0.001)
    bench.write(1)
    for _ in range(10_000):
        copy = sqlite3.connect(f"file:{bench.path}?immutable=1", uri=True)
        try:
            if copy.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (1,):
                break
        except sqlite3.DatabaseError:  # read while it is written
            pass
        finally:
            copy.close()
        threading.Event().wait(0.001)
    else:
        pytest.fail("nothing was carried over")
    bench.close()
    assert not [one for one in threading.enumerate() if one.name == "journal-log"]


def test_a_file_that_cannot_be_written_ends_nothing(bench: Bench) -> None:
    """The carrier tells, and tries again with the next round."""
    bench.write(2)
    closed = bench.connect()
    closed.close()
    bench.carrier.carry(closed)
    bench.carrier.carry(bench.beside)
    copy = sqlite3.connect(f"file:{bench.path}?immutable=1", uri=True)
    assert copy.execute("SELECT count(*) FROM t").fetchone() == (2,)
    copy.close()


@pytest.mark.parametrize("who", ["the carrier", "the writer"])
async def test_the_log_of_a_busy_journal_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    """Whatever is written, asked and read at once: by the carrier, and where that sleeps by the writer itself."""
    every, writer = (0.001, 1_000_000) if who == "the carrier" else (_NEVER, 40)
    monkeypatch.setattr(sqlite, "LogCarrier", partial(LogCarrier, every=every, long=100))
    monkeypatch.setattr(sqlite, "LONG", writer)
    path = tmp_path / "journal.db"
    journal = await sqlite.SqliteJournal.open(path)
    log, longest = Path(f"{path}-wal"), 0
    for turn in range(120):
        told = [journal.accept(arrival(dossier(f"K{turn}-{n}"))) for n in range(4)]
        looks = [journal.read(lambda tx: tx.rows("SELECT count(*) FROM messages")) for _ in range(2)]
        await asyncio.gather(*told, *looks)
        longest = max(longest, await asyncio.to_thread(lambda: log.stat().st_size) // _PAGE)
    written = await journal.read(lambda tx: tx.rows("SELECT count(*) FROM messages"))
    await journal.close()
    assert written == [(480,)]
    assert longest < 1000, longest
