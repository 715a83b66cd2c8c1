"""Running one process of the gateway in its roles, until it is told to end."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import typer
import uvloop

from lgsp import logs
from lgsp.adapter import needs_token
from lgsp.app import GRACE, Platform, platform
from lgsp.cli.addresses import reachable, variable_of
from lgsp.cli.shell import say_json
from lgsp.client import forget_running, note_running
from lgsp.collector import calm_collector
from lgsp.connections import Patience
from lgsp.console.first import NAME
from lgsp.ending import end_told
from lgsp.errors import ConfigError
from lgsp.leases import SERVE
from lgsp.serving import running
from lgsp.settings import Settings, read_settings
from lgsp.supervising import Children, has_parent, orphaned
from lgsp.works import Part


@dataclass(slots=True, frozen=True)
class Place:
    """What is to be run, and where it listens.

    Attributes:
        port: 0 is any free one; None is none at all.
        workers: how many processes send on its behalf.
    """

    roles: frozenset[str]
    port: int | None
    host: str
    systems: Collection[str] = ()
    workers: int = 0


def go(place: Place, *, json: bool) -> None:
    """Run it until SIGTERM or Ctrl-C.

    Raises:
        ConfigError: the home or the environment is wrong.
    """
    os.umask(0o077)  # what is written beside the journal, and the journal, is for this account alone
    logs.set_up()
    settings = read_settings()
    if place.workers and settings.embedded:
        raise ConfigError(
            [
                (
                    "--workers: SQLite is held by one process; leave it out, or set LGSP_JOURNAL_URL to"
                    " postgresql://… and LGSP_BROKER_URL to amqp://…"
                )
            ]
        )
    uvloop.run(_go(settings, place, json=json))


async def _go(settings: Settings, place: Place, *, json: bool) -> None:
    with end_told() as told:
        parent = asyncio.create_task(_end_with_parent(told))
        try:
            async with (
                platform(settings, part=Part(place.roles, place.systems)) as gateway,
                _listening(gateway, place, settings) as url,
                _children(place.workers) as children,
                _noted(settings, place, url),
            ):
                calm_collector()
                _announce(_notes(gateway, settings, place, url, children), json=json)
                await told.wait()
        finally:
            parent.cancel()


async def _end_with_parent(told: asyncio.Event) -> None:
    """Let a child end when its parent is gone: another parent starts its own."""
    if has_parent():
        await orphaned()
        told.set()


@asynccontextmanager
async def _listening(gateway: Platform, place: Place, settings: Settings) -> AsyncIterator[str]:
    """Serve what the process has to serve; yields its URL, or an empty text."""
    if place.port is None:
        yield ""
        return
    patience = Patience(connections=settings.connections, proxies=settings.proxies)
    tls = settings.tls
    async with running(gateway.site, place.port, place.host, patience=patience, tls=tls) as bound:
        try:
            yield f"{'https' if tls else 'http'}://{reachable(place.host)}:{bound}"
        finally:
            gateway.hush()


@asynccontextmanager
async def _children(count: int) -> AsyncIterator[Children]:
    """Keep so many processes that send."""
    children = Children(["work"], count)
    keeping = asyncio.create_task(children.run())
    try:
        await children.started()
        yield children
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await children.end(GRACE * 2)


@asynccontextmanager
async def _noted(settings: Settings, place: Place, url: str) -> AsyncIterator[None]:
    """Let other commands find the one that serves."""
    if SERVE not in place.roles:
        yield
        return
    note_running(settings.state, url)
    try:
        yield
    finally:
        forget_running(settings.state)


def _notes(
    gateway: Platform, settings: Settings, place: Place, url: str, children: Children
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "url": url,
        "state": str(settings.state),
        "roles": sorted(place.roles),
        "worker": gateway.gateway.worker,
        "routes_version": gateway.gateway.published,
        "children": children.pids,
    }
    if SERVE in place.roles:
        calling = [n for n, to in gateway.gateway.counterparts.items() if needs_token(to.adapter)]
        file = settings.state / "operator.token"
        told["operator_token"] = "LGSP_OPERATOR_TOKEN" if settings.operator else str(file)
        told["console"] = f"{url}/console/"
        if gateway.password:
            told["administrator"] = {"name": NAME, "password": gateway.password}
        told["without_token"] = [variable_of(name) for name in calling if not settings.token(name)]
    return told


def _announce(notes: dict[str, Any], *, json: bool) -> None:
    if json:
        say_json(notes)
        return
    typer.echo(
        f"Trục đang chạy (running): {', '.join(notes['roles'])}; tiến trình (worker) {notes['worker']}"
    )
    if notes["url"]:
        typer.echo(f"Trục đang phục vụ tại (listening on) {notes['url']}")
    if "operator_token" in notes:
        typer.echo(f"Mã của người vận hành (operator token): {notes['operator_token']}")
        typer.echo(f"Giao diện điều hành (console): {notes['console']}")
    if "administrator" in notes:
        typer.echo(
            f"Quản trị viên đầu tiên, mật khẩu chỉ hiện một lần (first administrator, shown once):"
            f" {notes['administrator']['name']} / {notes['administrator']['password']}"
        )
    for variable in notes.get("without_token", ()):
        typer.echo(f"Chưa có mã, hệ thống không gửi vào được (no way in without a token): đặt {variable}")
