"""What the environment says of one process: where journal, broker and blobs are, and the tokens."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lgsp.errors import ConfigError
from lgsp.proxies import Networks, networks
from lgsp.serving_tls import Certificates

_SQLITE, _MEMORY = "sqlite:///", "memory://"
EVERYBODY, ADMINISTRATORS = "everybody", "administrators"
"""Who may sign in with a password of this installation."""
_MOST_CONNECTIONS = 60_000


@dataclass(slots=True, frozen=True, repr=False)
class Settings:
    """Read once at start. `repr` is left out: tokens stand in it.

    Attributes:
        journal_url: `sqlite:///path` (the embedded profile) or `postgresql://…` (the production profile).
        broker_url: `memory://` beside SQLite, `amqp://…` or `amqps://…` beside PostgreSQL.
        state: the folder for what this process keeps for itself.
        trust: the folder of the certificates by which signatures of attached files are judged, or None.
        administrator: the password of the console's first administrator; empty has one made.
        oidc: what `LGSP_OIDC_…` say, without these words before it (`lgsp.oidc`).
        local: who may sign in with a password of this installation: `everybody` or `administrators`.
        key_file: the file of the keys that wrap the journal's data keys; None where nothing is encrypted.
        own_key_file: nobody named it: the embedded profile makes it at its first start.
        proxies: networks of the proxies in front of us, whose `X-Forwarded-…` and certificates are believed.
        seal_key: the file of the key that signs the log's checkpoints; None has one made in `state`.
        seal_copy: a second place for the checkpoints, `file:///folder` or `https://…`; empty for none.
        seal_copy_token: the bearer token of that place, where it asks for one.
        hosts: names under which requests are answered; empty is any.
        connections: of clients to one process.
        tls: the certificate with which this process serves by itself; None leaves that to a proxy.
        issuer: of access tokens: the address by which systems reach this installation, or a name.
        certificate_header: in which a proxy tells its client's certificate: PEM, URL-escaped.
        client_authorities: PEM, the authorities whose word on the names in a client's certificate counts.
    """

    journal_url: str
    state: Path
    broker_url: str
    blobs_url: str
    tokens: Mapping[str, str]
    operator: str
    trust: Path | None = None
    administrator: str = ""
    oidc: Mapping[str, str] = field(default_factory=dict)
    local: str = EVERYBODY
    proxies: Networks = ()
    seal_key: Path | None = None
    seal_copy: str = ""
    seal_copy_token: str = ""
    hosts: frozenset[str] = frozenset()
    connections: int = 1000
    tls: Certificates | None = None
    issuer: str = "urn:lgsp"
    certificate_header: str = "X-Client-Cert"
    client_authorities: Path | None = None
    key_file: Path | None = None
    own_key_file: bool = False

    @property
    def embedded(self) -> bool:
        """Tell whether journal and broker live in this one process."""
        return self.journal_url.startswith(_SQLITE)

    @property
    def everybody(self) -> bool:
        """Tell whether a password of this installation opens the console to others than administrators."""
        return self.local == EVERYBODY

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
        oidc={
            name.removeprefix("LGSP_OIDC_"): value
            for name, value in env.items()
            if name.startswith("LGSP_OIDC_") and value
        },
        local=_local(env.get("LGSP_LOCAL_SIGN_IN") or EVERYBODY),
        key_file=_key_file(env.get("LGSP_KEY_FILE", ""), state if embedded else None),
        own_key_file=embedded and not env.get("LGSP_KEY_FILE"),
        proxies=_proxies(env.get("LGSP_PROXIES", "")),
        seal_key=Path(env["LGSP_SEAL_KEY"]).absolute() if env.get("LGSP_SEAL_KEY") else None,
        seal_copy=_seal_copy(env.get("LGSP_SEAL_COPY", "")),
        seal_copy_token=env.get("LGSP_SEAL_COPY_TOKEN", ""),
        hosts=frozenset(one.strip().lower() for one in env.get("LGSP_HOSTS", "").split(",") if one.strip()),
        connections=_connections(env.get("LGSP_CONNECTIONS") or "1000"),
        tls=_tls(env),
        issuer=(env.get("LGSP_ISSUER") or "urn:lgsp").rstrip("/"),
        certificate_header=env.get("LGSP_CERTIFICATE_HEADER") or "X-Client-Cert",
        client_authorities=_path(env.get("LGSP_TLS_CLIENT_CA", "")),
    )


def _key_file(named: str, state: Path | None) -> Path | None:
    """Return the key file; where none is named the embedded profile has one in its state folder."""
    if named == "none":
        return None
    return Path(named).absolute() if named else state / "journal.keys" if state is not None else None


def _path(text: str) -> Path | None:
    return Path(text).absolute() if text else None


def _proxies(text: str) -> Networks:
    try:
        return networks(text.split(","))
    except ValueError as fault:
        raise ConfigError([f"LGSP_PROXIES: {fault}; give networks such as 10.1.0.0/24, by commas"]) from None


def _connections(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_CONNECTIONS:
        raise ConfigError([f"LGSP_CONNECTIONS {text!r}: give a number from 1 to {_MOST_CONNECTIONS}"])
    return int(text)


def _tls(env: Mapping[str, str]) -> Certificates | None:
    """Return the certificate to serve with; it is loaded here: a wrong file is told before any start."""
    cert, key, clients = (env.get(f"LGSP_TLS_{one}", "") for one in ("CERT", "KEY", "CLIENT_CA"))
    if not cert and not key:
        return None  # authorities of clients alone are for certificates that a proxy tells of
    if not cert or not key:
        raise ConfigError(["LGSP_TLS_CERT and LGSP_TLS_KEY: give both, the files of one certificate (PEM)"])
    found = Certificates(Path(cert), Path(key), Path(clients) if clients else None)
    try:
        found.context()
    except ValueError as fault:
        raise ConfigError([f"LGSP_TLS_CERT, LGSP_TLS_KEY, LGSP_TLS_CLIENT_CA: {fault}"]) from None
    return found


def _seal_copy(url: str) -> str:
    if url and not url.startswith(("file:///", "https://", "http://127.0.0.1:")):
        raise ConfigError(["LGSP_SEAL_COPY: give file:///folder or https://…, or leave it out"])
    return url


def _state(env: Mapping[str, str]) -> Path:
    named = env.get("LGSP_STATE") or env.get("XDG_STATE_HOME")
    root = Path(named) if named else Path(env.get("HOME", ".")) / ".local" / "state"
    return root if env.get("LGSP_STATE") else root / "lgsp"


def _local(word: str) -> str:
    if word not in {EVERYBODY, ADMINISTRATORS}:
        raise ConfigError([f"LGSP_LOCAL_SIGN_IN: {word!r}: give {EVERYBODY} or {ADMINISTRATORS}"])
    return word


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
