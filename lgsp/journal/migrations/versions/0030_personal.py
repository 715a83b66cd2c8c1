"""Who saw whose personal data, and what retention erased."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

_MESSAGE = sa.text("message_id IS NOT NULL")


def upgrade() -> None:
    """Add the tables; what was seen before nobody wrote down in them."""
    op.create_table(
        "disclosures",
        *_numbers("id", "at", "until"),
        *_texts("who", "system", "how", "purpose", "reason", "item", "type", "subject", "partitionkey"),
        sa.Column("message_id", sa.BigInteger()),
        *_numbers("entry"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("disclosures_who", "disclosures", ["who", "id"])
    op.create_index("disclosures_subject", "disclosures", ["partitionkey", "id"])
    op.create_index(
        "disclosures_message",
        "disclosures",
        ["message_id", "id"],
        sqlite_where=_MESSAGE,
        postgresql_where=_MESSAGE,
    )
    op.create_table(
        "disclosed",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        *_numbers("disclosure"),
        sa.PrimaryKeyConstraint("digest", "disclosure"),
        sqlite_with_rowid=False,
    )
    op.create_index("disclosed_disclosure", "disclosed", ["disclosure"])
    op.create_table("erased", *_numbers("message_id", "at", "run"), sa.PrimaryKeyConstraint("message_id"))
    op.create_table(
        "erasures",
        *_numbers("id"),
        *_texts("who", "reason", "state", "rules", "counts"),
        *_numbers("place", "upto", "began_at", "changed_at"),
        sa.PrimaryKeyConstraint("id"),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in ("disclosures", "erasures"):
            op.execute(sa.text(f"CREATE SEQUENCE {table}_ids"))


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    keys = ("id", "message_id")
    return [
        sa.Column(
            name,
            sa.BigInteger().with_variant(sa.Integer(), "sqlite") if name in keys else sa.BigInteger(),
            nullable=False,
        )
        for name in names
    ]
