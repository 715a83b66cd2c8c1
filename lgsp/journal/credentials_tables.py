"""The tables of credentials, of their secrets, and of the keys by which access tokens are signed."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, SmallInteger, Table, Text

from lgsp.journal.columns import digest, metadata, moment


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


def _sealed() -> list[Column[int] | Column[bytes]]:
    """Return the columns of something that is kept sealed: the number of the data key, and what it made."""
    return [Column("key", SmallInteger, nullable=False), Column("sealed", LargeBinary, nullable=False)]


credentials = Table(
    "credentials",
    metadata,
    Column("uid", Text, primary_key=True),
    *_texts("kind", "system", "person", "name", "bounds", "limits", "addresses", "issuer", "subject"),
    digest("fingerprint", nullable=True),
    *_sealed(),
    moment("since", nullable=False),
    moment("until"),
    moment("fresh_since", nullable=False),
    moment("created_at", nullable=False),
    *_texts("created_by"),
    moment("revoked_at"),
    *_texts("revoked_by", "reason"),
    moment("used_at"),
    *_texts("used_from"),
    Index("credentials_system", "system", "created_at"),
    Index("credentials_fingerprint", "fingerprint"),
)
"""What lets somebody in. `uid` is its outer id and no secret; `bounds`, `limits` and
`addresses` are JSON. `sealed` is
the key of the sessions that a façade hands out on its strength. What was handed out before `fresh_since`
holds no more: it moves when a secret is replaced at once. `used_at` is a minute behind at most."""

credential_secrets = Table(
    "credential_secrets",
    metadata,
    digest("hash", primary_key=True),
    *_texts("credential"),
    moment("created_at", nullable=False),
    moment("until"),
    *_sealed(),
    Index("credential_secrets_credential", "credential"),
)
"""The secrets of credentials, by SHA-256: each was drawn here with 256 random bits, so nobody finds it by
trying and a slow hash would protect nothing more. `sealed` is the secret itself where a protocol signs with
it, else empty. One that has an end was replaced, and holds until then beside the newer one."""

token_keys = Table(
    "token_keys",
    metadata,
    Column("kid", Text, primary_key=True),
    *_texts("public"),
    *_sealed(),
    moment("created_at", nullable=False),
    moment("signs_from", nullable=False),
    moment("signs_until", nullable=False),
    moment("ends_at", nullable=False),
)
"""Keys of access tokens: `public` is the JWK that is published, `sealed` the private half. Published from
`created_at` to `ends_at`; signing only between the two moments in the middle."""
