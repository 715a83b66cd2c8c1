"""The tables of catalogues: how far each has come, and what it said of its items."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, SmallInteger, Table, Text, text

from lgsp.journal.columns import metadata, moment, number

_CURRENT, _PENDING = text("current = 1"), text("pending > 0")

catalogues = Table(
    "catalogues",
    metadata,
    Column("source", Text, primary_key=True),
    Column("type", Text, primary_key=True),
    *(Column(name, Text, nullable=False) for name in ("job", "state")),
    *(Column(name, BigInteger, nullable=False) for name in ("version", "size", "wholes", "missing", "run")),
    moment("at", nullable=False),
    Column("absent", Text, nullable=False),
)
"""What each source lists of a type. `version` is that of the newest item, `size` how many are in force,
`wholes` how often it was brought from end to end, `missing` how many the list of `run` lacked that nobody
closed, `absent` the keys (a list, as JSON) that the list has and of which no message came yet."""

catalogue_items = Table(
    "catalogue_items",
    metadata,
    number("version"),
    Column("source", Text, primary_key=True),
    Column("type", Text, primary_key=True),
    *(Column(name, Text, nullable=False) for name in ("key", "code", "name", "plain", "agency", "state")),
    Column("open", SmallInteger, nullable=False),
    Column("more", Text, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Column("since", Text, nullable=False),
    Column("until", Text),
    *(Column(name, SmallInteger, nullable=False) for name in ("gone", "pending", "current")),
    Index("catalogue_items_of", "type", "key", "source", "version"),
    Index(
        "catalogue_items_current",
        "type",
        "source",
        "key",
        unique=True,
        sqlite_where=_CURRENT,
        postgresql_where=_CURRENT,
    ),
    Index(
        "catalogue_items_pending",
        "source",
        "type",
        "version",
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    ),
    sqlite_with_rowid=False,
)
"""What a message said of an item from a day on (`since`, an ISO date; empty: from when is not known) up to
and including a day (`until`; NULL: until now). `plain` is what people search in. `gone` says that it was
closed because a list had it no more. Nothing changes a row but what ends it (`until`, `current`), and
`pending`: what is to be done about the item."""
