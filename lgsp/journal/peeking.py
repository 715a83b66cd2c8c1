"""Reading a journal from outside, whether a gateway has it open or not, without changing anything."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from lgsp.journal.clocks import micros
from lgsp.journal.contract import Transaction
from lgsp.journal.sqlite import SqliteTransaction

T = TypeVar("T")


def peek(path: Path, query: Callable[[Transaction], T]) -> T | None:
    """Return the answer of a query on the journal at a path; None when there is none that can be read."""
    if not path.is_file():
        return None
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    except sqlite3.Error:
        return None
    try:
        return query(SqliteTransaction(connection, micros))
    except sqlite3.Error:
        return None
    finally:
        connection.close()
