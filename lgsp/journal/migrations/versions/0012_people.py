"""People who use the console: who they are, where they are signed in, and how often signing in failed."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

ACTS = sa.text(
    "message_id IS NULL OR what IN ('replayed', 'retried now', 'cancelled', 'asked to cancel', 'held',"
    " 'released', 'replaced')"
)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _small(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.SmallInteger(), nullable=False)


def upgrade() -> None:
    """Add the registers, and an index by which a person's acts are found among the entries."""
    op.create_table(
        "people",
        *(_text(name) for name in ("name", "shown", "hash", "role")),
        _small("disabled"),
        _small("temporary"),
        _number("created_at"),
        _number("changed_at"),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "sessions",
        sa.Column("token", sa.LargeBinary(32), nullable=False),
        _text("person"),
        _number("created_at"),
        _number("seen_at"),
        _number("expires_at"),
        _text("address"),
        _text("agent"),
        sa.PrimaryKeyConstraint("token"),
    )
    op.create_index("sessions_person", "sessions", ["person", "seen_at"])
    op.create_table(
        "lockouts",
        _text("subject"),
        _number("failures"),
        _number("failed_at"),
        _number("until"),
        sa.PrimaryKeyConstraint("subject"),
    )
    op.create_index("entries_acts", "entries", ["who", "id"], sqlite_where=ACTS, postgresql_where=ACTS)
