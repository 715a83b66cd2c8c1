"""Files that the portal fetches by their addresses: those it cannot reach are given an address of ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from lgsp.adapter import Config
from lgsp.domain.links import Host, Links, Named, Terms, of_dossier
from lgsp.domain.reachable import standing
from lgsp.errors import Unavailable
from lgsp.message import Message

_MIB = 1024 * 1024
_KEY = 32
_ENTRY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|(\*\.)?[\w.-]+)(:(?P<port>[0-9]{1,5}))?")


class FilesConfig(Config):
    """How files that the portal cannot reach go through us."""

    relay: str = Field(
        description="what our links begin with, as the portal sees it: the address under which a proxy "
        "publishes `/files` of this gateway, such as https://files.tinh.gov.vn/files"
    )
    sources: list[str] = Field(
        alias="from",
        min_length=1,
        max_length=1000,
        description="hosts from which files are fetched, and whose addresses are exchanged: `10.1.2.3`, "
        "`tep.so.lan:8080`, `*.motcua.lan`; without a port 80 and 443 are meant",
    )
    days: int = Field(
        30, ge=1, le=365, description="how long a link holds, from when its dossier was taken on"
    )
    largest: int = Field(64, ge=1, le=2048, description="MiB that a file may have")
    timeout: float = Field(60.0, gt=0, le=600, description="seconds for fetching one file from its source")
    per_minute: int = Field(6000, ge=1, description="requests of one address that are answered in a minute")
    proxies: list[str] = Field(
        default=[],
        description="addresses of the proxies in front of `/files`, whose X-Forwarded-For is believed",
    )
    key: SecretStr | None = Field(
        None,
        description="secret of the links, 32 characters or more; without one it is made once and kept beside "
        "the files. Another key ends all links that were handed out",
    )

    @field_validator("relay")
    @classmethod
    def _published(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or parts.query or parts.fragment or not parts.hostname:
            raise ValueError("is no address of the web; write it like https://files.tinh.gov.vn/files")
        why = standing(value).why
        if why is not None and not _is_trial(parts.hostname):
            raise ValueError(f"cannot be reached from outside ({why.value}); give the published address")
        if parts.path.rstrip("/") == "" or parts.path.endswith("//"):
            raise ValueError("has no path; write where `/files` is published, such as …/files")
        return value.rstrip("/")

    @field_validator("sources")
    @classmethod
    def _hosts(cls, value: list[str]) -> list[str]:
        wrong = [entry for entry in value if _host(entry) is None]
        if wrong:
            raise ValueError(f"{wrong[0]!r} is no host; write a name or an address, with :port where needed")
        return value

    @field_validator("proxies")
    @classmethod
    def _addresses(cls, value: list[str]) -> list[str]:
        for entry in value:
            ip_network(entry)
        return value

    @field_validator("key")
    @classmethod
    def _long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value().encode()) < _KEY:
            raise ValueError(f"is too short; give {_KEY} characters or more, drawn by chance")
        return value

    def terms(self) -> Terms:
        """Return it as the platform reads it."""
        hosts = frozenset(host for entry in self.sources if (host := _host(entry)))
        return Terms(
            self.relay, hosts, self.days, self.largest * _MIB, self.timeout, self.per_minute,
            frozenset(self.proxies),
        )  # fmt: skip


def _is_trial(host: str) -> bool:
    """Tell whether a host is this machine: whoever tries things out has the portal there too."""
    return host in {"localhost", "127.0.0.1", "::1"}


def _host(entry: str) -> Host | None:
    found = _ENTRY.fullmatch(entry)
    if found is None:
        return None
    host = found["host"].lower().strip("[]").removesuffix(".")
    port = int(found["port"] or 0)
    return (host, port) if host.strip("*.") and port <= 65535 else None  # noqa: PLR2004 - the highest port


def links_of(config: FilesConfig | None, own_key: Callable[[], bytes]) -> Links | None:
    """Return what draws links; None where no files go through us.

    Args:
        config: as the home has it.
        own_key: reads the key that is kept beside the files, where the home names none.
    """
    if config is None:
        return None
    given = config.key.get_secret_value().encode() if config.key else b""
    return Links(config.terms(), (lambda: given) if given else lru_cache(1)(own_key))


def exchanged(message: Message, links: Links | None, now: datetime) -> Mapping[str, Any]:
    """Return a dossier's data in which each address that may be fetched from is one of ours.

    What was never taken on has no links: its data stand as they are.

    Raises:
        Unavailable: the key of the links cannot be read.
    """
    if links is None or message.id is None or message.taken_on is None:
        return message.data
    given = [file for file in of_dossier(message.data) if links.terms.serves(file.url)]
    if not given:
        return message.data
    try:
        drawn = {file.place: _link(links, message, file, now) for file in given}
    except OSError as fault:
        raise Unavailable("file-store-away", type(fault).__name__) from fault
    data: Mapping[str, Any] = _with(message.data, drawn)
    return data


def _link(links: Links, message: Message, file: Named, now: datetime) -> str:
    assert message.id is not None  # noqa: S101 - asked before
    assert message.taken_on is not None  # noqa: S101
    return links.draw(message.id, file, message.taken_on, now)


def _with(data: Any, drawn: Mapping[str, str], at: str = "") -> Any:
    """Return JSON with other texts at some places; what holds none of them is not copied."""
    if at in drawn:
        return drawn[at]
    if not any(place.startswith(f"{at}/") for place in drawn):
        return data
    if isinstance(data, dict):
        return {name: _with(value, drawn, f"{at}/{name}") for name, value in data.items()}
    return [_with(value, drawn, f"{at}/{n}") for n, value in enumerate(data)]
