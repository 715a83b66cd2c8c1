"""Questions that are asked while somebody waits: each one, and whom it was about."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Add the tables; nothing was asked before."""
    op.create_table(
        "asks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.LargeBinary(16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("source", "system", "type", "who")),
        sa.Column("dossier", sa.Text()),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("purpose", "basis")),
        sa.Column("outcome", sa.SmallInteger(), nullable=False),
        sa.Column("cause", sa.Text()),
        *(sa.Column(name, sa.BigInteger()) for name in ("took", "age")),
        sa.Column("answer_hash", sa.LargeBinary(32)),
        sa.Column("salt", sa.LargeBinary(16)),
        sa.Column("key_id", sa.SmallInteger()),
        sa.Column("answer", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
    )
    op.create_index("asks_source", "asks", ["source", "id"])
    op.create_index("asks_system", "asks", ["system", "id"])
    op.create_index("asks_at", "asks", ["at"])
    for name, columns, where in (
        ("asks_dossier", ["dossier", "id"], "dossier IS NOT NULL"),
        ("asks_open", ["id"], "outcome = 0"),
    ):
        rule = sa.text(where)
        op.create_index(name, "asks", columns, sqlite_where=rule, postgresql_where=rule)
    op.create_table(
        "asks_about",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("ask_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "ask_id"),
        sqlite_with_rowid=False,
    )
