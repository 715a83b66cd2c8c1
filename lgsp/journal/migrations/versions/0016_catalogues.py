"""Catalogues: what each source says there is, from which day until which, a row for each thing said."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CURRENT, PENDING = sa.text("current = 1"), sa.text("pending > 0")


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _small(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.SmallInteger(), nullable=False)


def upgrade() -> None:
    """Add the catalogues and their items."""
    op.create_table(
        "catalogues",
        *(_text(name) for name in ("source", "type", "job", "state")),
        *(_number(name) for name in ("version", "size", "wholes", "missing", "run", "at")),
        _text("absent"),
        sa.PrimaryKeyConstraint("source", "type"),
    )
    op.create_table(
        "catalogue_items",
        sa.Column("version", ID, autoincrement=False, nullable=False),
        *(_text(name) for name in ("source", "type", "key", "code", "name", "plain", "agency", "state")),
        _small("open"),
        _text("more"),
        _number("message_id"),
        _text("since"),
        _text("until", nullable=True),
        *(_small(name) for name in ("gone", "pending", "current")),
        sa.PrimaryKeyConstraint("version", "source", "type"),
        sqlite_with_rowid=False,
    )
    op.create_index("catalogue_items_of", "catalogue_items", ["type", "key", "source", "version"])
    op.create_index(
        "catalogue_items_current",
        "catalogue_items",
        ["type", "source", "key"],
        unique=True,
        sqlite_where=CURRENT,
        postgresql_where=CURRENT,
    )
    op.create_index(
        "catalogue_items_pending",
        "catalogue_items",
        ["source", "type", "version"],
        sqlite_where=PENDING,
        postgresql_where=PENDING,
    )
