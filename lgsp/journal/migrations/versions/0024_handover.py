"""What handing over keeps besides."""

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Nothing yet."""
