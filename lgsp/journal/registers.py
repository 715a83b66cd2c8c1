"""The registers of the installation itself, beside the tables of what walks through it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, Table, Text, text

from lgsp.journal.columns import digest, metadata, moment, number


def _texts(*names: str) -> list[Column[str]]:
    """Return columns of text that every row has."""
    return [Column(name, Text, nullable=False) for name in names]


def _numbers(*names: str) -> list[Column[int]]:
    """Return columns of whole numbers (ids and counts) that every row has."""
    return [Column(name, BigInteger, nullable=False) for name in names]


meta = Table("meta", metadata, Column("name", Text, primary_key=True), *_texts("value"))

published = Table(
    "published",
    metadata,
    number("version"),
    *_texts("text"),
    digest("digest"),
    moment("at", nullable=False),
    *_texts("by"),
)

workers = Table(
    "workers",
    metadata,
    number(),
    *_texts("name"),
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
    *_numbers("holder"),
    moment("until", nullable=False),
)
"""Which worker does what only one may do at a time, and until when."""

alerts = Table(
    "alerts",
    metadata,
    number(),
    *_texts("rule", "subject"),
    moment("since", nullable=False),
    moment("told_at"),
    moment("ended_at"),
    *_texts("said"),
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
    *_texts("token", "who", "reason", "wanted"),
    Column("rate", Integer, nullable=False),
    *_texts("state"),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    *_numbers("upto", "after"),
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
    *_texts("state"),
    Column("cause", Text),
    *_texts("who"),
    moment("since", nullable=False),
)

cursors = Table(
    "cursors",
    metadata,
    Column("system", Text, primary_key=True),
    Column("job", Text, primary_key=True),
    *_texts("cursor"),
    moment("at", nullable=False),
)

agency_facts = Table(
    "agency_facts",
    metadata,
    number(),
    *_texts("kind", "code", "content"),
    Column("valid_from", Text),
    Column("valid_to", Text),
    *_texts("source", "confidence"),
    moment("added_at", nullable=False),
    *_texts("added_by", "note"),
    Index("agency_facts_code", "code"),
)
"""Facts about agencies that became known at run time. Nothing changes a row: a wrong one is withdrawn by a
newer one. `content` is the fact as JSON (`lgsp.domain.agencies`); days are ISO dates, `valid_to` the last."""

answers = Table(
    "answers",
    metadata,
    number(),
    *_texts("system", "signature", "shape"),
    moment("first_at", nullable=False),
    moment("last_at", nullable=False),
    *_numbers("times", "deliveries", "delivery_id"),
    Column("message", LargeBinary(16)),
    Column("key_id", SmallInteger, nullable=False),
    Column("sample", LargeBinary),
    Index("answers_signature", "system", "signature", unique=True),
)
"""Answers that no catalogue held, by what they look like: how often, of how many deliveries, and one sample:
its delivery, the outer id of its message and the redacted exchange."""

names = Table(
    "names",
    metadata,
    number(),
    moment("at", nullable=False),
    *_texts("who", "system", "signature", "code"),
    Column("told", Text),
)
"""What operators named answers. Nothing changes a row: the latest one of an answer counts. `told` describes
the cause as JSON; without it the code is one that was there."""
