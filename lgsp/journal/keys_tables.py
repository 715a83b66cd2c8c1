"""The table of data keys, each wrapped by a key that the journal never has."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, SmallInteger, Table, Text

from lgsp.journal.columns import metadata, moment

data_keys = Table(
    "data_keys",
    metadata,
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("wrapped_by", Text, nullable=False),
    moment("created_at", nullable=False),
    Column("created_by", Text, nullable=False),
    moment("seals_from", nullable=False),
    moment("retired_at"),
)
"""Numbered from 1, and never deleted: a copy of the journal may hold what they encrypted. The one with the
highest `seals_from` that has come encrypts; `retired_at` says since when nothing stands under one."""
