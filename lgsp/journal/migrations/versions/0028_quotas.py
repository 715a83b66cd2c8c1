"""What callers have used up of their quotas."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "quotas",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("subject", "kind")),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("spent_until", "minute", "in_minute", "day", "in_day", "at")
        ),
        sa.PrimaryKeyConstraint("subject", "kind"),
        sqlite_with_rowid=False,
    )
