"""Examining an installation from outside: by its home, its environment and its journal."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from lgsp.adapter import Adapter
from lgsp.alerts.letter import of_trial
from lgsp.alerts.post import open_post
from lgsp.counterparts import build_adapter, close
from lgsp.doctor.examining import examine
from lgsp.doctor.patient import Patient, Reader
from lgsp.doctor.verdict import Grade, Mender, Verdict
from lgsp.errors import ConfigError, GatewayError
from lgsp.ground import open_journal
from lgsp.home import home
from lgsp.journal.contract import JournalError, Transaction
from lgsp.journal.peeking import peek
from lgsp.routes import Routes, read_routes
from lgsp.settings import Settings

T = TypeVar("T")


class Peeking:
    """Reads an embedded journal that another process may have open, without taking its lock."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def read(self, query: Callable[[Transaction], T]) -> T:
        """See `Reader.read`."""
        found = peek(self._path, lambda tx: (query(tx),))
        if found is None:
            raise JournalError(f"reading the journal: {self._path.name} is not a journal that can be read")
        return found[0]


class _Away:
    """A journal that is not reached says so each time it is asked."""

    def __init__(self, fault: GatewayError) -> None:
        self._fault = fault

    async def read(self, query: Callable[[Transaction], T]) -> T:
        """See `Reader.read`."""
        del query  # nobody is there to answer it
        raise JournalError(str(self._fault)) from self._fault


async def from_outside(settings: Settings) -> list[Verdict]:
    """Examine an installation whose gateway does not run here, or does not answer."""
    folder = home()
    routes = _routes(folder)
    adapters, faults = _adapters(routes) if routes else ({}, [])
    try:
        async with _journal(settings) as journal:
            patient = Patient(folder, settings, routes, adapters, journal)
            return [*faults, *await examine(patient)]
    finally:
        for adapter in adapters.values():
            await close(adapter)


def silent(url: str, told: str) -> Verdict:
    """Return that the gateway that should run here does not answer."""
    return Verdict(
        "gateway", "", Grade.BROKEN,
        f"Trục ở {url} không trả lời đúng: {told}", f"The gateway at {url} does not answer well: {told}",
        Mender.OPERATOR, "Xem log của tiến trình; khởi động lại nếu cần.", "See its log; restart it if need.",
    )  # fmt: skip


async def test_letter() -> list[dict[str, str]]:
    """Send the test letter from here; return each target with its fault.

    Raises:
        ConfigError: the home is wrong, or a secret that it names is not there.
    """
    said = read_routes(home() / "routes.yaml").alerts
    post = open_post(said)
    faults = await post.each(of_trial(said.name, time.time_ns() // 1000))
    await post.close()
    return [{"name": name, "fault": fault} for name, fault in faults.items()]


def _routes(folder: Path) -> Routes | None:
    """Return the home's routes; what is wrong with them is told by the check of the home."""
    try:
        return read_routes(folder / "routes.yaml")
    except ConfigError:
        return None


def _adapters(routes: Routes) -> tuple[dict[str, Adapter], list[Verdict]]:
    made: dict[str, Adapter] = {}
    faults: list[Verdict] = []
    for name, system in routes.systems.items():
        try:
            made[name] = build_adapter(name, system, routes.place("systems", name, "config"))
        except ConfigError as fault:
            told = "; ".join(fault.faults)
            mend = ("Sửa chỗ được nêu.", "Mend the place that is named.")
            faults.append(Verdict("system", name, Grade.BROKEN, told, told, Mender.OPERATOR, *mend))
    return made, faults


@asynccontextmanager
async def _journal(settings: Settings) -> AsyncIterator[Reader | None]:
    if settings.embedded:
        yield Peeking(settings.journal) if settings.journal.is_file() else None
        return
    try:
        journal = await open_journal(settings)
    except GatewayError as fault:
        yield _Away(fault)
        return
    try:
        yield journal
    finally:
        await journal.close()
