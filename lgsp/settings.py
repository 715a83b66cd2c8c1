"""What the environment says of one process: where journal, broker and blobs are, and the tokens."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lgsp.errors import ConfigError

_SQLITE, _MEMORY = "sqlite:///", "memory://"


@dataclass(slots=True, frozen=True, repr=False)
class Settings:
    """Read once at start. `repr` is left out: tokens stand in it.

    Attributes:
        journal_url: `sqlite:///path` (the embedded profile) or `postgresql://…` (the production profile).
        broker_url: `memory://` beside SQLite, `amqp://…` or `amqps://…` beside PostgreSQL.
        state: the folder for what this process keeps for itself.
        trust: the folder of the certificates by which signatures of attached files are judged, or None.
        administrator: the password of the console's first administrator; empty has one made.
    """

    journal_url: str
    state: Path
    broker_url: str
    blobs_url: str
    tokens: Mapping[str, str]
    operator: str
    trust: Path | None = None
    administrator: str = ""

    @property
    def embedded(self) -> bool:
        """Tell whether journal and broker live in this one process."""
        return self.journal_url.startswith(_SQLITE)

    @property
    def journal(self) -> Path:
        """The path of the embedded journal; ask only where it is one."""
        return Path(self.journal_url.removeprefix(_SQLITE))

    def token(self, system: str) -> str:
        """Return a system's token, or an empty text: then the system has no way in."""
        return self.tokens.get(system, "")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the environment.

    Raises:
        ConfigError: a URL names something this version does not know.
    """
    env = os.environ if environment is None else environment
    journal = _journal(env.get("LGSP_JOURNAL_URL") or f"{_SQLITE}{_state(env) / 'journal.db'}")
    broker = _broker(env.get("LGSP_BROKER_URL") or _MEMORY, journal)
    embedded = journal.startswith(_SQLITE)
    state = Path(journal.removeprefix(_SQLITE)).parent if embedded else _state(env)
    return Settings(
        journal_url=journal,
        state=state,
        broker_url=broker,
        blobs_url=env.get("LGSP_BLOBS_URL") or f"file://{state / 'blobs'}",
        tokens={
            name.removeprefix("LGSP_TOKEN_").lower().replace("_", "-"): value
            for name, value in env.items()
            if name.startswith("LGSP_TOKEN_") and value
        },
        operator=env.get("LGSP_OPERATOR_TOKEN", ""),
        trust=Path(env["LGSP_TRUST_FOLDER"]).absolute() if env.get("LGSP_TRUST_FOLDER") else None,
        administrator=env.get("LGSP_ADMIN_PASSWORD", ""),
    )


def _state(env: Mapping[str, str]) -> Path:
    named = env.get("LGSP_STATE") or env.get("XDG_STATE_HOME")
    root = Path(named) if named else Path(env.get("HOME", ".")) / ".local" / "state"
    return root if env.get("LGSP_STATE") else root / "lgsp"


def _journal(url: str) -> str:
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        return f"{_SQLITE}{Path(rest[1:]).absolute()}"
    if scheme in ("postgresql", "postgres") and rest:
        return f"postgresql://{rest}"
    raise ConfigError(
        [f"LGSP_JOURNAL_URL scheme {scheme!r}: give sqlite:///path or postgresql://user@host/database"]
    )


def _broker(url: str, journal: str) -> str:
    """Return the broker's address; journal and broker go together, one profile or the other.

    Only the scheme is shown in a fault: the rest holds a password.
    """
    scheme = url.partition("://")[0]
    if url != _MEMORY and scheme not in ("amqp", "amqps"):
        raise ConfigError([f"LGSP_BROKER_URL scheme {scheme!r}: give amqp://… or amqps://…, or leave it out"])
    if journal.startswith(_SQLITE) and url != _MEMORY:
        raise ConfigError(
            ["LGSP_BROKER_URL names a server, LGSP_JOURNAL_URL does not: set it to postgresql://… too"]
        )
    if not journal.startswith(_SQLITE) and url == _MEMORY:
        raise ConfigError(
            ["LGSP_JOURNAL_URL names a server: set LGSP_BROKER_URL to amqp://… or amqps://… too"]
        )
    return url


def operator_token(state: Path) -> str:
    """Return the operator's token, made at the first start in a file that only its owner reads."""
    path = state / "operator.token"
    state.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        token = secrets.token_urlsafe(32)
        file.write(token + "\n")
        file.flush()
        os.fsync(file.fileno())
    return token
