"""What people search messages by: agency, origin, findings, where deliveries stand, what was rejected."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

FOUND, ASIDE = sa.text("findings IS NOT NULL"), sa.text("state IN (0, 1, 4, 5, 6, 11, 12, 13)")
CAUSED = sa.text("cause IS NOT NULL")


def upgrade() -> None:
    """Add the indexes; each ends with the number of the message, so that the newest come first."""
    if op.get_bind().dialect.name == "postgresql":
        # codes compare by their letters, whatever the database's language: a subtree is a range of them
        op.execute(sa.text('ALTER TABLE messages ALTER COLUMN agency TYPE text COLLATE "C"'))
    op.create_index("messages_agency", "messages", ["agency", "id"])
    op.create_index("messages_origin", "messages", ["source", "type", "id"])
    op.create_index("messages_findings", "messages", ["id"], sqlite_where=FOUND, postgresql_where=FOUND)
    op.create_index(
        "deliveries_aside",
        "deliveries",
        ["state", "system", sa.text("coalesce(cause, '')"), "message_id"],
        sqlite_where=ASIDE,
        postgresql_where=ASIDE,
    )
    op.create_index("history_system", "history", ["system", "state", "message_id"])
    op.create_index(
        "history_cause",
        "history",
        ["cause", "system", "state", "message_id"],
        sqlite_where=CAUSED,
        postgresql_where=CAUSED,
    )
    op.create_index("quarantine_subject", "quarantine", ["subject", "id"])
