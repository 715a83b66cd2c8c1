"""The registers of the installation itself, beside the tables of what walks through it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, text

from lgsp.journal.columns import digest, metadata, moment, number

meta = Table("meta", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

published = Table(
    "published",
    metadata,
    number("version"),
    Column("text", Text, nullable=False),
    digest("digest"),
    moment("at", nullable=False),
    Column("by", Text, nullable=False),
)

workers = Table(
    "workers",
    metadata,
    number(),
    Column("name", Text, nullable=False),
    moment("started_at", nullable=False),
    moment("beat_at", nullable=False),
    moment("ended_at"),
    Column("roles", Text, nullable=False, server_default=""),
    Column("published", Integer, nullable=False, server_default="0"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", BigInteger, nullable=False),
    moment("until", nullable=False),
)
"""Which worker does what only one may do at a time, and until when."""

alerts = Table(
    "alerts",
    metadata,
    number(),
    Column("rule", Text, nullable=False),
    Column("subject", Text, nullable=False),
    moment("since", nullable=False),
    moment("told_at"),
    moment("ended_at"),
    Column("said", Text, nullable=False),
    Index(
        "alerts_open",
        "rule",
        "subject",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

replays = Table(
    "replays",
    metadata,
    number(),
    Column("token", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("wanted", Text, nullable=False),
    Column("rate", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    Column("upto", BigInteger, nullable=False),
    Column("after", BigInteger, nullable=False),
    moment("asked_at", nullable=False),
    moment("changed_at", nullable=False),
    Index("replays_token", "token", unique=True),
)
"""Bulk replays: what was asked (`wanted`, a filter as JSON; deliveries with an id up to `upto`), and how far
it is (`after`). `token` is what makes a double click one replay."""

systems = Table(
    "systems",
    metadata,
    Column("name", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("cause", Text),
    Column("who", Text, nullable=False),
    moment("since", nullable=False),
)

cursors = Table(
    "cursors",
    metadata,
    Column("system", Text, primary_key=True),
    Column("job", Text, primary_key=True),
    Column("cursor", Text, nullable=False),
    moment("at", nullable=False),
)
