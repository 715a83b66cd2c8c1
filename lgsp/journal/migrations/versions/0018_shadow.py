"""Deliveries that are not sent because an older connection is, and taking over from it."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SHADOWED = sa.text("how = 'shadowed'")
MARKED = sa.text("shadow > 0")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def upgrade() -> None:
    """Add the mark, the index of what is not judged yet, and the register of handovers."""
    for table in ("deliveries", "history"):
        op.add_column(table, sa.Column("shadow", sa.SmallInteger(), nullable=False, server_default="0"))
    op.create_index(
        "deliveries_shadow", "deliveries", ["system", "state"], sqlite_where=MARKED, postgresql_where=MARKED
    )
    op.create_index(
        "presence_shadowed", "presence", ["line"], sqlite_where=SHADOWED, postgresql_where=SHADOWED
    )
    op.create_table(
        "handovers",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        *(_text(name) for name in ("token", "what", "system", "who", "reason", "wanted")),
        sa.Column("rate", sa.Integer(), nullable=False),
        *(_text(name) for name in ("state", "place", "counts")),
        *(_number(name) for name in ("asked_at", "changed_at")),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("handovers_token", "handovers", ["token"], unique=True)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text("CREATE SEQUENCE handovers_ids"))
