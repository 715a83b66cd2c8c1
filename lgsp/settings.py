"""What the environment says of one process: where journal, broker and blobs are, and the tokens."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lgsp.errors import ConfigError


@dataclass(slots=True, frozen=True, repr=False)
class Settings:
    """Read once at start. `repr` is left out: tokens stand in it.

    Attributes:
        journal: path of the SQLite journal.
        state: the folder for what this installation keeps beside it.
    """

    journal: Path
    state: Path
    broker_url: str
    blobs_url: str
    tokens: Mapping[str, str]
    operator: str

    def token(self, system: str) -> str:
        """Return a system's token, or an empty text: then the system has no way in."""
        return self.tokens.get(system, "")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the environment.

    Raises:
        ConfigError: a URL names something this version does not know.
    """
    env = os.environ if environment is None else environment
    journal = _journal(env.get("LGSP_JOURNAL_URL") or f"sqlite:///{_state(env) / 'journal.db'}")
    broker = env.get("LGSP_BROKER_URL") or "memory://"
    if broker != "memory://":
        raise ConfigError(
            [f"LGSP_BROKER_URL {broker.split('@')[-1]!r}: only memory:// is known; leave it out"]
        )
    state = journal.parent
    return Settings(
        journal=journal,
        state=state,
        broker_url=broker,
        blobs_url=env.get("LGSP_BLOBS_URL") or f"file://{state / 'blobs'}",
        tokens={
            name.removeprefix("LGSP_TOKEN_").lower().replace("_", "-"): value
            for name, value in env.items()
            if name.startswith("LGSP_TOKEN_") and value
        },
        operator=env.get("LGSP_OPERATOR_TOKEN", ""),
    )


def _state(env: Mapping[str, str]) -> Path:
    named = env.get("LGSP_STATE") or env.get("XDG_STATE_HOME")
    root = Path(named) if named else Path(env.get("HOME", ".")) / ".local" / "state"
    return root if env.get("LGSP_STATE") else root / "lgsp"


def _journal(url: str) -> Path:
    scheme, _, path = url.partition(":///")
    if scheme != "sqlite" or not path:
        raise ConfigError([f"LGSP_JOURNAL_URL scheme {scheme!r}: only sqlite:///path is known; mend it"])
    return Path(path).absolute()


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
