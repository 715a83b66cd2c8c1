"""Totals of what befell, in slots of ten minutes, for those who look at the whole."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the table; the totals of the last day and a half are counted once the gateway runs."""
    op.create_table(
        "figures",
        sa.Column("slot", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "source", "system")),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("slot", "kind", "source", "system"),
        sqlite_with_rowid=False,
    )
