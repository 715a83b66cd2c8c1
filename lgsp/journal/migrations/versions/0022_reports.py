"""The book of reports."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def upgrade() -> None:
    """Add the book and what far sides told; both begin empty, and reports told before are entered soon."""
    _reports()
    _statuses()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text("CREATE SEQUENCE reports_ids"))


def _reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        *_texts("code"),
        sa.Column("version", sa.Integer(), nullable=False),
        *_texts("regime", "form", "agency", "period", "state", "origin", "channel", "source"),
        *_texts("message", "token"),
        sa.Column("sending", sa.SmallInteger(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        *(_number(name, nullable=True) for name in ("known_at", "signed_at", "sent_at", "entered_at")),
        *(_number(name) for name in ("created_at", "changed_at")),
        *_texts("body", "findings", "acts", "delivery"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("reports_code", "reports", ["code", "version"], unique=True)
    op.create_index("reports_agency", "reports", ["agency", "period"])
    op.create_index("reports_period", "reports", ["period", "form"])
    op.create_index("reports_state", "reports", ["state", "id"])
    op.create_index("reports_message", "reports", ["message"])
    rule = sa.text("sending IN (1, 2)")
    op.create_index("reports_under_way", "reports", ["id"], sqlite_where=rule, postgresql_where=rule)


def _statuses() -> None:
    op.create_table(
        "report_statuses",
        sa.Column("message_id", ID, autoincrement=False, nullable=False),
        *_texts("code"),
        sa.Column("version", sa.Integer(), nullable=False),
        *_texts("system", "state", "reason"),
        _number("at", nullable=True),
        _number("known_at"),
        sa.PrimaryKeyConstraint("message_id"),
    )
    op.create_index("report_statuses_code", "report_statuses", ["code", "version"])
