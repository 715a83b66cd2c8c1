"""Credentials on record, their secrets, and the keys of access tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _moments(*names: str, nullable: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=nullable) for name in names]


def _sealed() -> list[sa.Column[int] | sa.Column[bytes]]:
    return [
        sa.Column("key", sa.SmallInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    ]


def upgrade() -> None:
    """Add the tables; the tokens of the environment stay where they are."""
    op.create_table(
        "credentials",
        *_texts("uid", "kind", "system", "person", "name", "bounds", "limits", "addresses"),
        *_texts("issuer", "subject"),
        sa.Column("fingerprint", sa.LargeBinary(32), nullable=True),
        *_sealed(),
        *_moments("since"),
        *_moments("until", nullable=True),
        *_moments("fresh_since", "created_at"),
        *_texts("created_by"),
        *_moments("revoked_at", nullable=True),
        *_texts("revoked_by", "reason"),
        *_moments("used_at", nullable=True),
        *_texts("used_from"),
        sa.PrimaryKeyConstraint("uid"),
    )
    op.create_index("credentials_system", "credentials", ["system", "created_at"])
    op.create_index("credentials_fingerprint", "credentials", ["fingerprint"])
    op.create_table(
        "credential_secrets",
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        *_texts("credential"),
        *_moments("created_at"),
        *_moments("until", nullable=True),
        *_sealed(),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index("credential_secrets_credential", "credential_secrets", ["credential"])
    op.create_table(
        "token_keys",
        *_texts("kid", "public"),
        *_sealed(),
        *_moments("created_at", "signs_from", "signs_until", "ends_at"),
        sa.PrimaryKeyConstraint("kid"),
    )
