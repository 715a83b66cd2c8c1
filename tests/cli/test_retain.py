"""`lgsp retain`: what is old is shown, and dropped only when that is said."""

from __future__ import annotations

import orjson
import pytest
from typer.testing import CliRunner

from lgsp.cli import app
from lgsp.testing.servers.postgres import PostgresServer

_OLD = 1_000_000


@pytest.fixture
def name(database: str, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """Lend the name of a database whose first partition of entries is old and whose second one is not."""
    monkeypatch.setenv("LGSP_JOURNAL_URL", database)
    monkeypatch.setenv("LGSP_BROKER_URL", "amqp://127.0.0.1:1/")
    name = database.rpartition("/")[2]
    for number, at in ((1, _OLD), (5_000_000, "extract(epoch FROM now()) * 1000000")):
        postgres.sql(
            f"INSERT INTO entries (id, tx, at, what, who, final) VALUES ({number}, 1, {at}, 'x', 'y', 0)",
            name,
        )
    return name


def test_old_partitions_are_shown_and_then_dropped(name: str, postgres: PostgresServer) -> None:
    """Nothing goes without `--yes`; then what is old goes, and what is not stays."""
    for words, left in ((), "1\n5000000"), (("--yes",), "5000000"):
        done = CliRunner().invoke(app, ["retain", "--older-than", "400d", "--json", *words])
        assert done.exit_code == 0, done.output
        told = orjson.loads(done.output)
        assert [one["partition"] for one in told["partitions"]] == ["entries_first"]
        assert told["done"] is bool(words)
        assert postgres.sql("SELECT id FROM entries ORDER BY id", name) == left


@pytest.mark.parametrize("words", [["--older-than", "30d"], ["--older-than", "2y", "--only", "messages"]])
def test_what_must_be_kept_cannot_be_named(words: list[str]) -> None:
    """Three months are kept whatever is typed, and messages for ever."""
    done = CliRunner().invoke(app, ["retain", *words])
    assert done.exit_code == 2


def test_the_embedded_journal_has_nothing_to_drop(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is one file; the command says so instead of doing nothing."""
    monkeypatch.delenv("LGSP_JOURNAL_URL", raising=False)
    monkeypatch.delenv("LGSP_BROKER_URL", raising=False)
    done = CliRunner().invoke(app, ["retain", "--older-than", "2y"])
    assert done.exit_code == 2
    assert "without partitions" in done.stderr
