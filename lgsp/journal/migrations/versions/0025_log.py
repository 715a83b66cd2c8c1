"""The tamper-evident log; what the journal holds already is sealed page by page once the gateway runs."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def _number(name: str) -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, kind, autoincrement=False, nullable=False)


def upgrade() -> None:
    """Add the tables, and on a server the order in which entries are sealed."""
    op.create_table(
        "log_tiles",
        _number("n"),
        sa.Column("root", sa.LargeBinary(32)),
        sa.Column("ids", sa.LargeBinary(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
    )
    op.create_table(
        "log_checkpoints",
        _number("size"),
        sa.Column("root", sa.LargeBinary(32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("copied_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("size"),
    )
    if op.get_bind().dialect.name == "postgresql":
        # where one process writes, the order is that of the numbers, by which the table lies
        op.execute(sa.text("CREATE INDEX entries_order ON entries (tx, id)"))
        # hashes do not become smaller
        op.execute(sa.text("ALTER TABLE log_tiles ALTER COLUMN hashes SET STORAGE EXTERNAL"))
