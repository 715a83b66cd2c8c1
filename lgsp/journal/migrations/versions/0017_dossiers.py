"""The register of dossiers; what was accepted before is registered once the gateway runs."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

CURRENT = sa.text("known_to IS NULL")


def upgrade() -> None:
    """Add the tables. Keys compare by their letters, whatever the database's language."""
    server = op.get_bind().dialect.name == "postgresql"
    letters = sa.Text(collation="C") if server else sa.Text()
    op.create_table(
        "dossiers",
        sa.Column("key", letters, nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("known_from", sa.BigInteger(), nullable=False),
        sa.Column("known_to", sa.BigInteger()),
        sa.Column("agency", letters, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("procedure", "field", "channel")),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger())
            for name in ("received", "due", "first_due", "finished", "returned", "declined", "submitted")
        ),
        sa.Column("marks", sa.BigInteger(), nullable=False),
        sa.Column("pauses", sa.Text()),
        sa.PrimaryKeyConstraint("key", "message_id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "dossiers_current",
        "dossiers",
        ["key", "source"],
        unique=True,
        sqlite_where=CURRENT,
        postgresql_where=CURRENT,
    )
    op.create_table(
        "dossier_steps",
        sa.Column("key", letters, nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("known_from", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", "message_id"),
        sqlite_with_rowid=False,
    )
