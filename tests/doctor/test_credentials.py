"""Secrets are told by where they come from and whether they are there."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from lgsp.adapter import Adapter, Config
from lgsp.doctor.credentials import Credential, Presence, credentials
from lgsp.routes import System, resolved


class Login(Config):
    """One of several who may come in."""

    password: SecretStr


class Kept(Config):
    """Settings with secrets at two depths."""

    user: str = "u"
    secret: SecretStr
    key: SecretStr = SecretStr("")
    logins: list[Login] = []  # noqa: RUF012 - never changed


def found(**config: object) -> list[Credential]:
    """Return the secrets of a system with these settings."""
    system = System(adapter="kept", config=config)
    return credentials(system, Adapter(Kept.model_validate(resolved(config)), None))  # type: ignore[arg-type]


def test_a_secret_comes_from_a_variable_a_default_or_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same setting: set, as the home has it, and empty."""
    monkeypatch.setenv("KEPT_SECRET", "x")
    assert found(secret="${env:KEPT_SECRET}")[0] == Credential("secret", "env KEPT_SECRET", Presence.SET)
    monkeypatch.delenv("KEPT_SECRET")
    assert found(secret="${env:KEPT_SECRET:-y}")[0].presence is Presence.DEFAULT
    assert found(secret="${env:KEPT_SECRET:-}")[0].presence is Presence.MISSING
    assert found(secret="")[0] == Credential("secret", "", Presence.MISSING)


def test_a_secret_that_a_system_need_not_have_is_not_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is alarmed by a key that only some far sides want; one that stands there is told like any other."""
    monkeypatch.delenv("KEPT_KEY", raising=False)
    assert found(secret="x")[1] == Credential("key", "", Presence.UNUSED)
    assert found(secret="x", key="${env:KEPT_KEY:-}")[1] == Credential("key", "env KEPT_KEY", Presence.UNUSED)
    assert found(secret="x", key="k")[1].presence is Presence.SET


def test_files_and_lists_are_looked_into(tmp_path: Path) -> None:
    """A secret in a list is told by its place; one that stands in the home says so; none shows itself."""
    file = tmp_path / "secret"
    file.write_text("hush")
    told = found(secret=f"${{file:{file}}}", logins=[{"password": "plain"}])
    assert told == [
        Credential("secret", f"file {file}", Presence.SET),
        Credential("key", "", Presence.UNUSED),
        Credential("logins.0.password", "routes.yaml", Presence.SET),
    ]
    assert "hush" not in repr(told)
