"""Every delivery that is held for what a check found, and not only the last."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Add the table, with what is held now; nothing looks for questions by a delivery any more."""
    op.create_table(
        "checks_held",
        sa.Column("delivery_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("question", sa.LargeBinary(32), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "question"),
        sqlite_with_rowid=False,
    )
    op.create_index("checks_held_question", "checks_held", ["subject", "question"])
    op.execute(
        "INSERT INTO checks_held (delivery_id, question, subject)"
        " SELECT delivery_id, question, subject FROM checks WHERE delivery_id IS NOT NULL"
    )
    op.drop_index("checks_delivery", "checks")
