"""Deliveries that wait to be collected; documents by their sender, and by their other names."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

OFFERED, DOCUMENTS = sa.text("state = 6"), sa.text("kind = 3")
UNSEEN = sa.text("looked_at IS NULL")


def upgrade() -> None:
    """Find what is offered by its system, and messages by their sender and their other names."""
    op.create_index(
        "deliveries_offered",
        "deliveries",
        ["system", "seq"],
        sqlite_where=OFFERED,
        postgresql_where=OFFERED,
    )
    op.create_index(
        "messages_documents",
        "messages",
        ["source", "accepted_at"],
        sqlite_where=DOCUMENTS,
        postgresql_where=DOCUMENTS,
    )
    op.create_table(
        "aliases",
        sa.Column(
            "message_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("alias", sa.LargeBinary(16), primary_key=True),
    )
    op.create_table(
        "attached",
        sa.Column(
            "message_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("blob", sa.Text(), primary_key=True),
        sa.Column("looked_at", sa.BigInteger()),
        sa.Column("key_id", sa.SmallInteger()),
        sa.Column("found", sa.LargeBinary()),
    )
    op.create_index(
        "attached_unseen", "attached", ["message_id"], sqlite_where=UNSEEN, postgresql_where=UNSEEN
    )
    op.create_index("aliases_alias", "aliases", ["alias", "message_id"])
