"""Findings of answers: what had to be tolerated in them, by code and place."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Add the column; of earlier answers nothing is known."""
    op.add_column("asks", sa.Column("findings", sa.Text()))
