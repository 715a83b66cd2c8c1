"""Lists of agencies that jobs bring: what they said of each agency from which day on."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CURRENT = sa.text("current = 1")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _small(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.SmallInteger(), nullable=False)


def upgrade() -> None:
    """Add the lists and their entries."""
    op.create_table(
        "agency_lists",
        *(_text(name) for name in ("system", "job", "state", "source", "confidence")),
        *(_number(name) for name in ("run", "version", "size", "wholes", "missing", "odd", "at")),
        sa.Column("seen", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("system", "job"),
    )
    op.create_table(
        "agency_entries",
        sa.Column("version", ID, autoincrement=False, nullable=False),
        *(_text(name) for name in ("system", "job")),
        *(_text(name) for name in ("code", "name", "old", "parent")),
        _number("level"),
        *(_text(name) for name in ("identity", "other")),
        *(_small(name) for name in ("listed", "current")),
        _text("since"),
        _number("run"),
        sa.PrimaryKeyConstraint("version", "system", "job"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "agency_entries_current",
        "agency_entries",
        ["code", "system", "job"],
        unique=True,
        sqlite_where=CURRENT,
        postgresql_where=CURRENT,
    )
