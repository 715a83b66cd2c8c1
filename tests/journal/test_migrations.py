"""The migrations and the tables that the code speaks of say the same."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import create_engine

from lgsp.journal.migrating import migrate
from lgsp.journal.tables import metadata


def _shape(path: Path) -> dict[str, object]:
    """Return tables with their columns and keys, and indexes with columns, uniqueness and condition."""
    shape: dict[str, object] = {}
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
        for kind, name, sql in rows:
            if name.startswith(("alembic", "sqlite_")):
                continue
            if kind == "table":
                columns = connection.execute(f"PRAGMA table_info({name})").fetchall()
                shape[name] = (sorted(c[1:] for c in columns), "WITHOUT ROWID" in sql.upper())
            else:
                shape[name] = " ".join(sql.split())
    connection.close()
    return shape


def test_the_migrations_make_the_tables_that_the_code_speaks_of(tmp_path: Path) -> None:
    """Running every migration gives exactly the columns, keys and indexes of `tables.py`."""
    migrated, made = tmp_path / "migrated.db", tmp_path / "made.db"
    migrate(f"sqlite:///{migrated}")
    engine = create_engine(f"sqlite:///{made}")
    metadata.create_all(engine)
    engine.dispose()
    assert _shape(migrated) == _shape(made)


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    """A start on a migrated journal leaves it as it is."""
    path = tmp_path / "journal.db"
    migrate(f"sqlite:///{path}")
    before = _shape(path)
    migrate(f"sqlite:///{path}")
    assert _shape(path) == before
