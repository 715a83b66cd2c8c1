"""Differences are found by cause and by owner; what the far side counts by agency is kept beside ours."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def upgrade() -> None:
    """Add the indexes, and the table of counts."""
    for name in ("cause", "owner"):
        op.create_index(f"differences_{name}", "differences", ["run", name, "key"])
    op.create_table(
        "portal_counts",
        _number("run"),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        _number("since", nullable=True),
        _number("until", nullable=True),
        _number("count"),
        _number("there"),
        _number("held"),
        sa.PrimaryKeyConstraint("run", "place"),
        sqlite_with_rowid=False,
    )
