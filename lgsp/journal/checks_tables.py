"""The tables of what other systems were asked about subjects before these were delivered."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, SmallInteger, Table, Text

from lgsp.journal.columns import digest, metadata, moment

checks = Table(
    "checks",
    metadata,
    Column("subject", Text, primary_key=True),
    digest("question", primary_key=True),
    Column("name", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("against", Text, nullable=False),
    moment("began_at", nullable=False),
    moment("busy_until"),
    moment("told_at"),
    Column("result", SmallInteger, nullable=False),
    Column("cause", Text),
    Column("fields", Text),
    Column("ask", LargeBinary(16)),
    Column("delivery_id", BigInteger),
    moment("waived_at"),
    Column("waived_by", Text),
    Column("waived_why", Text),
    sqlite_with_rowid=False,
)
"""One row for each question about each subject (its partitionkey). `question` is a keyed digest of what is
asked: no value of it is written down. `began_at` is since when it is waited for, `busy_until` until when
somebody is taken to be asking; `ask` is the outer id of the question that was answered, `fields` JSON
pointers into the body. `delivery_id` is the delivery that it kept from being sent last; `waived_…` who let it
go all the same, and why. A subject's rows go with the last content that is kept of it."""

checks_held = Table(
    "checks_held",
    metadata,
    Column("delivery_id", BigInteger, primary_key=True, autoincrement=False),
    digest("question", primary_key=True),
    Column("subject", Text, nullable=False),
    Index("checks_held_question", "subject", "question"),
    sqlite_with_rowid=False,
)
"""For which questions deliveries are held; rows of one that was closed meanwhile mean nothing."""
