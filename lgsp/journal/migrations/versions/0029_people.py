"""People: what a role is limited to, and who vouches for those that have no password here."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

OUTSIDE = sa.text("issuer <> ''")


def upgrade() -> None:
    """Add the columns; nobody who is there has limits, or comes from elsewhere."""
    for name in ("limits", "issuer", "subject"):
        op.add_column("people", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.create_index(
        "people_outside",
        "people",
        ["issuer", "subject"],
        unique=True,
        sqlite_where=OUTSIDE,
        postgresql_where=OUTSIDE,
    )
