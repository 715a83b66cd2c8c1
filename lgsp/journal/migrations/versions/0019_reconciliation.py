"""Reconciliations: runs, differences, what sources say that they have, and repairs."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RUNNING = sa.text("state = 'running'")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def upgrade() -> None:
    """Add the registers; keys compare by their letters, whatever the database's language."""
    _runs()
    _differences()
    _holdings()
    _repairs()
    if op.get_bind().dialect.name == "postgresql":
        for table in ("reconciliations", "repairs"):
            op.execute(sa.text(f"CREATE SEQUENCE {table}_ids"))
        for table in ("differences", "holdings"):
            op.execute(sa.text(f'ALTER TABLE {table} ALTER COLUMN key TYPE text COLLATE "C"'))


def _runs() -> None:
    op.create_table(
        "reconciliations",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        *_texts("token", "series", "wanted", "source", "system", "who", "reason", "state", "phase", "cursor"),
        *_texts("counts", "said"),
        _number("previous", nullable=True),
        sa.Column("whole", sa.SmallInteger(), nullable=False),
        _number("listed_at", nullable=True),
        _number("as_of", nullable=True),
        _number("asked_at"),
        _number("changed_at"),
        _number("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("reconciliations_token", "reconciliations", ["token"], unique=True)
    op.create_index("reconciliations_series", "reconciliations", ["series", "id"])
    op.create_index(
        "reconciliations_running", "reconciliations", ["id"], sqlite_where=RUNNING, postgresql_where=RUNNING
    )


def _differences() -> None:
    op.create_table(
        "differences",
        _number("run"),
        *_texts("key", "subject", "agency", "procedure", "bucket", "cause", "owner", "repair"),
        sa.Column("retry", sa.SmallInteger(), nullable=False),
        *_texts("details"),
        _number("since"),
        _number("since_at"),
        *_texts("mending"),
        _number("mended_by", nullable=True),
        _number("delivery", nullable=True),
        _number("changed_at"),
        sa.PrimaryKeyConstraint("run", "key"),
        sqlite_with_rowid=False,
    )
    op.create_index("differences_bucket", "differences", ["run", "bucket", "key"])
    op.create_index("differences_mended", "differences", ["mended_by", "mending", "key"])


def _holdings() -> None:
    op.create_table(
        "holdings",
        _number("run"),
        *_texts("key", "subject", "status"),
        _number("status_at", nullable=True),
        _whole("count"),
        _number("rejected_at", nullable=True),
        *_texts("rejected"),
        sa.PrimaryKeyConstraint("run", "key"),
        sqlite_with_rowid=False,
    )


def _repairs() -> None:
    op.create_table(
        "repairs",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        *_texts("token", "who", "reason", "wanted", "state", "phase", "after"),
        _number("run"),
        *(_whole(name) for name in ("rate", "total", "sent", "skipped", "solved", "unsolved")),
        _number("asked_at"),
        _number("changed_at"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("repairs_token", "repairs", ["token"], unique=True)
    op.create_index("repairs_run", "repairs", ["run", "id"])
