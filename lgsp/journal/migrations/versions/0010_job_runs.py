"""Jobs that fetch: what people ordered of them, and their runs."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COUNTS = ("pages", "new", "known", "rejected", "facts_new", "facts_changed", "facts_gone", "unconfirmed")
RUNNING = sa.text("state = 'running'")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def upgrade() -> None:
    """Add both registers."""
    op.create_table(
        "jobs",
        _text("system"),
        _text("job"),
        _number("since"),
        _number("paused_at", nullable=True),
        _text("paused_by"),
        _number("wanted_at", nullable=True),
        _text("wanted_by"),
        _number("run", nullable=True),
        _number("failures"),
        _number("succeeded_at", nullable=True),
        _number("rest"),
        sa.PrimaryKeyConstraint("system", "job"),
    )
    op.create_table(
        "job_runs",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        *(_text(name) for name in ("system", "job", "who")),
        *(_number(name) for name in ("worker", "started_at", "changed_at")),
        _number("ended_at", nullable=True),
        _text("state"),
        sa.Column("whole", sa.SmallInteger(), nullable=False),
        *(_number(name) for name in COUNTS),
        _text("cause"),
        _text("said"),
        _number("next_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("job_runs_of", "job_runs", ["system", "job", "id"])
    op.create_index(
        "job_runs_running",
        "job_runs",
        ["system", "job"],
        unique=True,
        sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text("CREATE SEQUENCE job_runs_ids"))
