"""Which secrets a system has, where they come from, and whether they are there; never what they are."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, SecretStr

from lgsp.adapter import Adapter
from lgsp.routes import System, references


class Presence(Enum):
    """How a secret stands: given, a default of the home that everybody can read, lacking, or not wanted."""

    SET = "set"
    DEFAULT = "default"
    MISSING = "missing"
    UNUSED = "unused"


class Credential(NamedTuple):
    """One secret.

    Attributes:
        name: its place in the settings, such as `password` or `logins.0.password`.
        source: `env NAME`, `file path`, `routes.yaml` when it stands there itself, or nothing.
    """

    name: str
    source: str
    presence: Presence


def credentials(system: System, adapter: Adapter) -> list[Credential]:
    """Return the secrets in the settings of a system."""
    return [_judged(system, *one) for one in _secrets(adapter.config)]


def _secrets(
    value: Any, path: Sequence[str] = (), *, wanted: bool = True
) -> Iterator[tuple[Sequence[str], SecretStr, bool]]:
    """Yield each secret, its place, and whether there has to be one: its field has no default."""
    if isinstance(value, SecretStr):
        yield path, value, wanted
    elif isinstance(value, BaseModel):
        fields = type(value).model_fields
        for name, inner in value:
            yield from _secrets(inner, (*path, name), wanted=name in fields and fields[name].is_required())
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _secrets(inner, (*path, str(number)))


def _judged(system: System, path: Sequence[str], secret: SecretStr, wanted: bool) -> Credential:
    said = _said(system.config, path)
    named = references(said) if isinstance(said, str) else []
    source = ", ".join(f"{how} {name}" for how, name in named) or ("routes.yaml" if said else "")
    if not secret.get_secret_value():
        return Credential(".".join(path), source, Presence.MISSING if wanted else Presence.UNUSED)
    given = all(_there(how, name) for how, name in named)
    return Credential(".".join(path), source, Presence.SET if given else Presence.DEFAULT)


def _said(config: Any, path: Sequence[str]) -> Any:
    """Return what stands at a place of the home's settings, before anything is filled in."""
    for part in path:
        if isinstance(config, dict):
            config = config.get(part)
        elif isinstance(config, list) and int(part) < len(config):
            config = config[int(part)]
        else:
            return None
    return config


def _there(how: str, name: str) -> bool:
    return name in os.environ if how == "env" else Path(name).is_file()
