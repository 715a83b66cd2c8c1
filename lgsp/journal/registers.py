"""The registers of the installation itself, beside the tables of what walks through it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, Table, Text, text

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

agency_facts = Table(
    "agency_facts",
    metadata,
    number(),
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("valid_from", Text),
    Column("valid_to", Text),
    Column("source", Text, nullable=False),
    Column("confidence", Text, nullable=False),
    moment("added_at", nullable=False),
    Column("added_by", Text, nullable=False),
    Column("note", Text, nullable=False),
    Index("agency_facts_code", "code"),
)
"""Facts about agencies that became known at run time. Nothing changes a row: a wrong one is withdrawn by a
newer one. `content` is the fact as JSON (`lgsp.domain.agencies`); days are ISO dates, `valid_to` the last."""

answers = Table(
    "answers",
    metadata,
    number(),
    Column("system", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("shape", Text, nullable=False),
    moment("first_at", nullable=False),
    moment("last_at", nullable=False),
    Column("times", BigInteger, nullable=False),
    Column("deliveries", BigInteger, nullable=False),
    Column("delivery_id", BigInteger, nullable=False),
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
    Column("who", Text, nullable=False),
    Column("system", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("told", Text),
)
"""What operators named answers. Nothing changes a row: the latest one of an answer counts. `told` describes
the cause as JSON; without it the code is one that was there."""
