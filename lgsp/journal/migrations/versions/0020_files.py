"""Files that go through us: what is kept of each, how often it was wanted, and what went wrong."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add the table; what was handed out before nobody counted."""
    op.create_table(
        "relayed",
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text()) for name in ("blob", "ending")),
        *(sa.Column(name, sa.BigInteger()) for name in ("size", "kept_at")),
        sa.Column("served", sa.BigInteger(), nullable=False),
        sa.Column("served_at", sa.BigInteger()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.BigInteger()),
        *(sa.Column(name, sa.Text()) for name in ("cause", "said")),
        sa.PrimaryKeyConstraint("message_id", "file"),
        sqlite_with_rowid=False,
    )
