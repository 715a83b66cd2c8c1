"""What is put off is looked for by its system, and on SQLite the index of the unrouted is used at all."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

PUT_OFF = sa.text("state = 4")


def upgrade() -> None:
    """Put the system in front of the time; word the other index as the questions are worded."""
    op.drop_index("deliveries_due", "deliveries")
    op.create_index(
        "deliveries_due",
        "deliveries",
        ["system", "next_attempt_at"],
        sqlite_where=PUT_OFF,
        postgresql_where=PUT_OFF,
    )
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index("messages_unrouted", "messages")
        op.create_index("messages_unrouted", "messages", ["id"], sqlite_where=sa.text("unrouted"))
