"""PostgreSQL counts: ids from sequences that all processes share, and each entry's own transaction."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

COUNTED = ("messages", "deliveries", "raws", "entries", "quarantine", "workers", "alerts", "replays")


def upgrade() -> None:
    """Begin each sequence behind what is there."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in COUNTED:
        op.execute(sa.text(f"CREATE SEQUENCE {table}_ids"))
        highest = f"SELECT max(id) FROM {table}"
        if table == "deliveries":
            highest = "SELECT max(id) FROM (SELECT id FROM deliveries UNION ALL SELECT id FROM history) d"
        op.execute(sa.text(f"SELECT setval('{table}_ids', coalesce(({highest}), 0) + 1, false)"))
    op.execute(sa.text("ALTER TABLE entries ALTER COLUMN tx SET DEFAULT pg_current_xact_id()::text::bigint"))
