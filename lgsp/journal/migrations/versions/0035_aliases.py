"""Other names of a subject in one tree, by which they are looked for, instead of three."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Make the index by which names are looked for the key of their table, and leave the others out."""
    if op.get_bind().dialect.name == "postgresql":
        # who takes a document on looks names up and then enters its own: one that did the first before the
        # index was begun would wait for that, and the key for the one that waits
        op.execute(sa.text("LOCK TABLE aliases IN ACCESS EXCLUSIVE MODE"))
        op.execute(sa.text("CREATE UNIQUE INDEX aliases_key ON aliases (alias, message_id)"))
        op.execute(
            sa.text(
                "ALTER TABLE aliases DROP CONSTRAINT aliases_pkey,"
                " ADD CONSTRAINT aliases_pkey PRIMARY KEY USING INDEX aliases_key"
            )
        )
        op.drop_index("aliases_alias", "aliases")
        return
    op.drop_index("aliases_alias", "aliases")
    op.rename_table("aliases", "aliases_before")
    op.create_table(
        "aliases",
        sa.Column("message_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("alias", sa.LargeBinary(16), nullable=False),
        sa.PrimaryKeyConstraint("alias", "message_id"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO aliases (message_id, alias)"
        " SELECT message_id, alias FROM aliases_before ORDER BY alias, message_id"
    )
    op.drop_table("aliases_before")
