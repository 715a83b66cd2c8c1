"""The tables of the register of dossiers: what sources told of each, and when the platform knew it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, SmallInteger, Table, Text

from lgsp.journal.columns import metadata, moment, number, partial


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


def _moments(*names: str) -> list[Column[int]]:
    return [moment(name) for name in names]


dossiers = Table(
    "dossiers",
    metadata,
    Column("key", Text, primary_key=True),
    number("message_id"),
    *_texts("source"),
    Column("revision", Integer, nullable=False),
    moment("known_from", nullable=False),
    moment("known_to"),
    *_texts("agency", "procedure", "field", "channel"),
    Column("status", SmallInteger, nullable=False),
    *_moments("received", "due", "first_due", "finished", "returned", "declined", "submitted"),
    Column("marks", BigInteger, nullable=False),
    Column("pauses", Text),
    partial("dossiers_current", "key", "source", where="known_to IS NULL", unique=True),
    sqlite_with_rowid=False,
)
"""One row for each accepted revision of a dossier: `key` is its partitionkey, `known_from` and `known_to` say
when this was what the platform knew (NULL: it still is). `status` is the portal's number, 0 where nothing
says it; `marks` are bits of `lgsp.domain.scoring.marks`; `pauses` the supplements it told of, as JSON."""

dossier_steps = Table(
    "dossier_steps",
    metadata,
    Column("key", Text, primary_key=True),
    number("message_id"),
    *_texts("source"),
    moment("known_from", nullable=False),
    moment("at", nullable=False),
    Column("status", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""One row for each accepted progress entry: `at` is when it was handled, `status` the one after the step."""
