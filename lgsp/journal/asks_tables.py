"""The tables of questions that were asked while somebody waited, and of whom they were about."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, SmallInteger, Table, Text

from lgsp.journal.columns import metadata, moment, number, partial

asks = Table(
    "asks",
    metadata,
    number(),
    Column("uid", LargeBinary(16), nullable=False, unique=True),
    moment("at", nullable=False),
    Column("source", Text, nullable=False),
    Column("system", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("dossier", Text),
    Column("purpose", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("outcome", SmallInteger, nullable=False),
    Column("cause", Text),
    Column("took", BigInteger),
    Column("age", BigInteger),
    Column("answer_hash", LargeBinary(32)),
    Column("salt", LargeBinary(16)),
    Column("key_id", SmallInteger),
    Column("answer", LargeBinary),
    Column("findings", Text),
    Index("asks_source", "source", "id"),
    Index("asks_system", "system", "id"),
    partial("asks_dossier", "dossier", "id", where="dossier IS NOT NULL"),
    partial("asks_open", "id", where="outcome = 0"),
    Index("asks_at", "at"),
)
"""One row for each question that was let through the door, by the number of its entry `asked`. `source` asks,
`system` answers, `who` is the person for whom `source` asks, as it named that person; `took` and `age` (of an
answer that was remembered) are in microseconds. What is kept of an answer is a matter of its type's policy:
nothing, its salted hash, or its body under a key. `findings` is JSON: what had to be tolerated to read it, or
was wrong with the question, by code and place."""

asks_about = Table(
    "asks_about",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("ask_id", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""Whom or what a question, or its answer, named: keyed digests, of which nobody reads a number."""
