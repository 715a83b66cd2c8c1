"""Checks: what other systems were asked about subjects before these were delivered."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Add the table; nothing was checked before."""
    op.create_table(
        "checks",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("question", sa.LargeBinary(32), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "rule", "against")),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger()) for name in ("busy_until", "told_at")),
        sa.Column("result", sa.SmallInteger(), nullable=False),
        *(sa.Column(name, sa.Text()) for name in ("cause", "fields")),
        sa.Column("ask", sa.LargeBinary(16)),
        *(sa.Column(name, sa.BigInteger()) for name in ("delivery_id", "waived_at")),
        *(sa.Column(name, sa.Text()) for name in ("waived_by", "waived_why")),
        sa.PrimaryKeyConstraint("subject", "question"),
        sqlite_with_rowid=False,
    )
    rule = sa.text("delivery_id IS NOT NULL")
    op.create_index("checks_delivery", "checks", ["delivery_id"], sqlite_where=rule, postgresql_where=rule)
