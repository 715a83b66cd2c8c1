"""The table of files that go through us: what is kept, how often it was wanted, what went wrong."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from lgsp.journal.columns import metadata, moment, number

relayed = Table(
    "relayed",
    metadata,
    number("message_id"),
    Column("file", Integer, primary_key=True, autoincrement=False),
    Column("blob", Text),
    Column("ending", Text),
    Column("size", BigInteger),
    moment("kept_at"),
    Column("served", BigInteger, nullable=False),
    moment("served_at"),
    Column("failures", Integer, nullable=False),
    moment("failed_at"),
    Column("cause", Text),
    Column("said", Text),
    sqlite_with_rowid=False,
)
"""One row for each file of a message that somebody wanted, by its place among the message's files. `blob` is
its name in the store (NULL: it never came), `served` counts how often it was handed out, `cause` is what last
went wrong since it came last; NULL: nothing did."""
