"""The tables of personal data: who saw whose, and what retention erased."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, Text

from lgsp.journal.columns import digest, metadata, moment, number, partial


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


disclosures = Table(
    "disclosures",
    metadata,
    number(),
    moment("at", nullable=False),
    moment("until", nullable=False),
    *_texts("who", "system", "how", "purpose", "reason", "item", "type", "subject", "partitionkey"),
    Column("message_id", BigInteger),
    Column("entry", BigInteger, nullable=False),
    Index("disclosures_who", "who", "id"),
    Index("disclosures_subject", "partitionkey", "id"),
    partial("disclosures_message", "message_id", "id", where="message_id IS NOT NULL"),
)
"""One row for each time that personal data was disclosed. `who` saw it until `until`, as a person, or as
`system`; `how` says in which way (`shown`, `raw`, `download`, `attachment`, `export`); `item` names what was
disclosed (a message's id, `quarantine/7`), `entry` the entry that says so."""

disclosed = Table(
    "disclosed",
    metadata,
    digest("digest", primary_key=True),
    Column("disclosure", BigInteger, primary_key=True, autoincrement=False),
    Index("disclosed_disclosure", "disclosure"),
    sqlite_with_rowid=False,
)
"""Whose data a disclosure showed: the HMAC of each identity number, so that this is no list of citizens."""

erased = Table(
    "erased",
    metadata,
    number("message_id"),
    moment("at", nullable=False),
    Column("run", BigInteger, nullable=False),
)
"""Messages whose content retention erased: by the run of that number."""

erasures = Table(
    "erasures",
    metadata,
    number(),
    *_texts("who", "reason", "state", "rules", "counts"),
    Column("place", BigInteger, nullable=False),
    Column("upto", BigInteger, nullable=False),
    moment("began_at", nullable=False),
    moment("changed_at", nullable=False),
)
"""Runs of retention: `state` is `running`, `done` or `cut short`; `rules` as JSON what was kept how long;
`place` the message behind which it goes on, `upto` the last one that it looks at; `counts` as JSON."""
