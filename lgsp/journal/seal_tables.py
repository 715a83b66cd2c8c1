"""The tables of the tamper-evident log: its leaves by tiles, and its checkpoints."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, Table, Text

from lgsp.journal.columns import digest, metadata, moment, number

log_tiles = Table(
    "log_tiles",
    metadata,
    number("n"),
    digest("root", nullable=True),
    Column("ids", LargeBinary, nullable=False),
    Column("hashes", LargeBinary, nullable=False),
)
"""256 leaves each, fewer in the last one, in the order of the log: the numbers of their entries (8 bytes
each, big-endian), their hashes (32 bytes each), and the root of a tile that is whole."""

log_checkpoints = Table(
    "log_checkpoints",
    metadata,
    number("size"),
    digest("root"),
    moment("at", nullable=False),
    Column("note", Text, nullable=False),
    moment("copied_at"),
)
"""What was signed of the log when it had `size` leaves, and when that stood in the second place too."""
