"""Heads leave the index of lines: what goes straight through never touches it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

BEHIND = sa.text("state IN (0, 1, 11, 12, 13)")


def upgrade() -> None:
    """Index what stands behind the head only."""
    op.drop_index("deliveries_line", "deliveries")
    op.create_index(
        "deliveries_line",
        "deliveries",
        ["line", "state", "seq"],
        sqlite_where=BEHIND,
        postgresql_where=BEHIND,
    )
