"""The table of what callers have used up of their quotas."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text

from lgsp.journal.columns import metadata, moment

quotas = Table(
    "quotas",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    moment("spent_until", nullable=False),
    *(Column(name, BigInteger, nullable=False) for name in ("minute", "in_minute", "day", "in_day")),
    moment("at", nullable=False),
    sqlite_with_rowid=False,
)
"""One row for each caller and kind. `spent_until` is the moment until which the rate is used up, as though
what was let through had come evenly; `minute` and `day` number those in which was counted last."""
