"""Figures of dossiers, counted ahead; those that are registered are counted once the gateway runs."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

SUMS = (
    "online", "direct", "early", "on_time", "late", "withdrawn", "stopped", "refused", "overdue", "waiting",
    "no_receipt", "no_status", "no_channel", "no_due", "no_end",
)  # fmt: skip
LATE = sa.text("known / 24 > at / 24")
KNOWN, NO_MORE = sa.text("until IS NULL"), sa.text("until IS NOT NULL")


def _letters() -> sa.Text:
    """Return the type of a text that compares by its letters, whatever the database's language."""
    return sa.Text(collation="C") if op.get_bind().dialect.name == "postgresql" else sa.Text()


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, _letters(), nullable=False) for name in names]


def _moments(*names: str, nullable: bool = True) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=nullable) for name in names]


def _wholes(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def upgrade() -> None:
    """Add the tables, and the place from which counting begins."""
    op.create_table(
        "statistics_pending",
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        *_texts("key"),
        sa.PrimaryKeyConstraint("message_id"),
        sqlite_with_rowid=False,
    )
    _lives()
    names = ("agency", "procedure", "field")
    op.create_table(
        "statistics_halves",
        *_wholes("definition", "at"),
        *_texts(*names),
        *_wholes("known", *SUMS),
        sa.PrimaryKeyConstraint("definition", "at", *names, "known"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "statistics_halves_late",
        "statistics_halves",
        ["definition", "known"],
        sqlite_where=LATE,
        postgresql_where=LATE,
    )
    op.create_table(
        "statistics_years",
        *_wholes("definition", "at", "known"),
        *_texts(*names),
        *_wholes(*SUMS),
        sa.PrimaryKeyConstraint("definition", "at", "known", *names),
        sqlite_with_rowid=False,
    )
    op.execute(sa.text("INSERT INTO meta (name, value) VALUES ('statistics', '')"))


def _lives() -> None:
    op.create_table(
        "statistics_lives",
        *_texts("key"),
        *_moments("since", nullable=False),
        *_moments("until"),
        *_texts("agency", "procedure", "field", "channel"),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        *_moments("first", nullable=False),
        *_moments("received", "due", "promised", "released", "handed", "ended"),
        sa.Column("dated", sa.SmallInteger(), nullable=False),
        sa.Column("waits", sa.Text()),
        *_moments("gone"),
        *_moments("newest", nullable=False),
        sa.PrimaryKeyConstraint("key", "since"),
        sqlite_with_rowid=False,
    )
    op.create_index("statistics_lives_agency", "statistics_lives", ["agency", "key"])
    op.create_index("statistics_lives_since", "statistics_lives", ["since"])
    for column, rule in (("until", NO_MORE), ("newest", KNOWN)):
        name = f"statistics_lives_{column}"
        op.create_index(name, "statistics_lives", [column], sqlite_where=rule, postgresql_where=rule)
