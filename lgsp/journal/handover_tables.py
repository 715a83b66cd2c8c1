"""The register of handovers: what was adopted, and cut-overs from an older connection."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from lgsp.journal.columns import metadata, moment, number


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


handovers = Table(
    "handovers",
    metadata,
    number(),
    *_texts("token", "what", "system", "who", "reason", "wanted"),
    Column("rate", Integer, nullable=False),
    *_texts("state", "place", "counts"),
    moment("asked_at", nullable=False),
    moment("changed_at", nullable=False),
    Index("handovers_token", "token", unique=True),
)
"""`what` is `codes`, `items`, `query` or `cut-over`; `wanted` as JSON says of what. `place` is how far it
is: of a file the next line or item, else the key behind which it goes on. `counts` as JSON."""
