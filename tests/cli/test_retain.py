"""`lgsp retain`: what is old is shown, and dropped only when that is said."""

from __future__ import annotations

import os
from pathlib import Path

import orjson
import pytest

from lgsp.testing.servers.postgres import PostgresServer
from tests.cli.processes import environment, lgsp

_OLD = 1_000_000
NOW = "extract(epoch FROM now()) * 1000000"


def test_old_partitions_are_shown_and_then_dropped(
    database: str, postgres: PostgresServer, tmp_path: Path
) -> None:
    """Nothing goes without `--yes`; then what is old goes, and what is not stays."""
    name = database.rpartition("/")[2]
    for number, at in ((1, _OLD), (5_000_000, NOW)):
        postgres.sql(
            f"INSERT INTO entries (id, tx, at, what, who, final) VALUES ({number}, 1, {at}, 'x', 'y', 0)",
            name,
        )
    postgres.sql("SELECT setval('entries_ids', 5020000)", name)
    env = {
        "LGSP_JOURNAL_URL": database,
        "LGSP_BROKER_URL": "amqp://127.0.0.1:1/",
        "LGSP_STATE": str(tmp_path),
    }
    blob = tmp_path / "blobs/ab/cd/abcd00"
    blob.parent.mkdir(parents=True)
    blob.write_bytes(b"large")
    os.utime(blob, (_OLD / 1e6, _OLD / 1e6))
    for words, left in ((), "1\n5000000"), (("--yes",), "5000000\n5020001"):  # the last one says what went
        done = lgsp(env, "retain", "--older-than", "400d", "--json", *words)
        assert done.returncode == 0, done.stderr
        told = orjson.loads(done.stdout)
        assert [one["partition"] for one in told["partitions"]] == ["entries_first"]
        assert told["done"] is bool(words)
        assert told["blobs"] == {"files": 1, "bytes": 5}
        assert blob.exists() is not bool(words)
        assert postgres.sql("SELECT id FROM entries ORDER BY id", name) == left


@pytest.mark.parametrize("words", [["--older-than", "30d"], ["--older-than", "2y", "--only", "messages"]])
def test_what_must_be_kept_cannot_be_named(words: list[str], tmp_path: Path) -> None:
    """Three months are kept whatever is typed, and messages for ever."""
    assert lgsp(environment(tmp_path), "retain", *words).returncode == 2


def test_the_embedded_journal_has_nothing_to_drop(tmp_path: Path) -> None:
    """It is one file; the command says so instead of doing nothing."""
    done = lgsp(environment(tmp_path), "retain", "--older-than", "2y")
    assert done.returncode == 2
    assert "without partitions" in done.stderr
