"""Making systems out of what the home says of them, and making them anew while they work."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from pydantic import BaseModel, ValidationError

from lgsp.adapter import Adapter, Found, Tools, sent_to
from lgsp.adapters import adapter_class
from lgsp.domain.reports.defined import BUILT_IN, Definitions
from lgsp.errors import ConfigError
from lgsp.folder import NOWHERE, Folder
from lgsp.gateway import Counterpart
from lgsp.health import Health
from lgsp.home import home
from lgsp.journal import reading
from lgsp.journal.contract import Journal
from lgsp.message import VIETNAM
from lgsp.patience import Patience
from lgsp.regimes import read_definitions
from lgsp.routes import Routes, System, resolved
from lgsp.window import Window
from lgsp.wire.http import Http
from lgsp.wire.tls import trusting


def now() -> datetime:
    """Return the time in Viet Nam."""
    return datetime.now(VIETNAM)


def build_adapter(  # noqa: PLR0913 - each is lent by another part
    name: str,
    system: System,
    place: str,
    files: Folder = NOWHERE,
    *,
    definitions: Definitions = BUILT_IN,
    journal: Journal | None = None,
) -> Adapter:
    """Make the adapter of a configured system.

    Raises:
        ConfigError: the adapter is not there, or its settings are wrong.
    """
    cls = adapter_class(system.adapter)
    trusted = _trusted(name, system.deliver.ca, place)
    http = Http(limit=system.deliver.concurrency * 2, timeout=system.deliver.timeout, tls=trusted)
    log = structlog.get_logger(f"lgsp.adapters.{system.adapter}").bind(system=name)
    tools = Tools(http, now, log, files, definitions)
    if journal is not None:
        tools = replace(tools, find=_finding(journal, name))
    return cls(_config(cls.Config, name, system, place), tools)


def _trusted(name: str, authorities: str, place: str) -> ssl.SSLContext | None:
    """Return whom a system's certificate may come from; None: from those that the machine trusts."""
    try:
        return trusting(Path(authorities)) if authorities else None
    except (OSError, ValueError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else fault
        raise ConfigError([f"{place}: systems.{name}.deliver.ca: reading {authorities}: {why}"]) from None


def _finding(journal: Journal, name: str) -> Callable[[str, str], Awaitable[Found | None]]:
    async def find(type_: str, partitionkey: str) -> Found | None:
        return await journal.read(lambda tx: reading.find(tx, name, type_, partitionkey))

    return find


def _config(model: type[BaseModel], name: str, system: System, place: str) -> Any:
    try:
        return model.model_validate(resolved(system.config))
    except ValidationError as fault:
        raise ConfigError(
            [
                f"{place}: systems.{name}.config.{'.'.join(map(str, error['loc']))}: {error['msg']}"
                for error in fault.errors(include_input=False)
            ]
        ) from None


def counterparts(routes: Routes, files: Folder, journal: Journal | None = None) -> dict[str, Counterpart]:
    """Make every configured system; their attachments are kept in a folder.

    Where a journal is given, they can find in it what they brought.

    Raises:
        ConfigError: with all faults of all systems.
    """
    made: dict[str, Counterpart] = {}
    faults: list[str] = []
    definitions = read_definitions(home())
    for name, system in routes.systems.items():
        place = routes.place("systems", name, "config")
        try:
            adapter = build_adapter(name, system, place, files, definitions=definitions, journal=journal)
        except ConfigError as fault:
            faults += fault.faults
            continue
        deliver = system.deliver
        health = Health(deliver.concurrency, deliver.suspend_after, deliver.probe)
        made[name] = Counterpart(
            name, system, adapter, health, Patience(deliver.retry), Window(deliver.window)
        )
    if faults:
        raise ConfigError(faults)
    return made


def queued(routes: Routes) -> list[str]:
    """Return the systems that need a queue: those that are sent to, and not those that only bring or answer.

    Raises:
        ConfigError: an adapter is not there.
    """
    return [name for name, system in routes.systems.items() if sent_to(adapter_class(system.adapter))]


def become(old: Counterpart, new: Counterpart) -> Adapter:
    """Let a system at work be what newer routes say; its health, its window and its lane stay.

    Returns the adapter that it had, for the caller to close when nothing can be under way on it any more.
    """
    had, health, deliver = old.adapter, old.health, new.spec.deliver
    old.spec, old.adapter, old.patience = new.spec, new.adapter, new.patience
    health.concurrency, health.suspend_after, health.probe = (
        deliver.concurrency,
        deliver.suspend_after,
        deliver.probe,
    )
    health.share(health.workers)
    old.window.size = deliver.window
    return had


async def close(adapter: Adapter) -> None:
    """Let go of an adapter and of its connections."""
    await adapter.close()
    await adapter.tools.http.close()
