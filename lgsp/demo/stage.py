"""Setting the stage: the sandbox, a gateway with a state folder and tokens of its own, and the vendor."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from lgsp.app import Platform, platform
from lgsp.client import note_running
from lgsp.demo.plan import Plan
from lgsp.home import packed
from lgsp.routes import Routes, read_routes
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.portal import Portal
from lgsp.sandbox.traffic import Traffic
from lgsp.sandbox.vendor import Vendor
from lgsp.serving import running
from lgsp.settings import Settings
from lgsp.wire.http import Http

ONE_STOP, PORTAL = "one-stop", "national-portal"
_LANES = 16


@dataclass(slots=True, frozen=True, repr=False)
class Stage:
    """All that plays, while it plays. `repr` is left out: tokens stand in it.

    Attributes:
        url: the gateway's root.
        portal_url: the stand-in portal's root.
        token: the one-stop's.
        state: the gateway's folder; it goes when the demonstration ends.
    """

    plan: Plan
    platform: Platform
    portal: Portal
    traffic: Traffic
    vendor: Vendor
    url: str
    portal_url: str
    token: str
    state: Path


@asynccontextmanager
async def stage(plan: Plan) -> AsyncIterator[Stage]:
    """Let everything run while inside, on loopback.

    Raises:
        OSError: the port is taken.
    """
    traffic = plan.traffic()
    portal = Portal(plan.portal_faults(traffic), seed=plan.seed)
    with TemporaryDirectory(prefix="lgsp-demo-") as folder:
        settings = _settings(Path(folder))
        async with running(Sandbox(national_portal=portal)) as far:
            portal_url = f"http://127.0.0.1:{far}/{PORTAL}"
            async with (
                platform(settings, _routes(plan, portal_url)) as gateway,
                running(gateway.site, plan.port) as near,
            ):
                url, token = f"http://127.0.0.1:{near}", settings.token(ONE_STOP)
                note_running(settings.state, url)
                http = Http(limit=_LANES * 2)
                vendor = Vendor(http, url, token, traffic, system=ONE_STOP, lanes=_LANES, seed=plan.seed)
                try:
                    yield Stage(
                        plan, gateway, portal, traffic, vendor, url, portal_url, token, settings.state
                    )
                finally:
                    await http.close()


def _settings(folder: Path) -> Settings:
    return Settings(
        journal_url=f"sqlite:///{folder / 'journal.db'}",
        state=folder,
        broker_url="memory://",
        blobs_url=f"file://{folder / 'blobs'}",
        tokens={ONE_STOP: secrets.token_urlsafe(16)},
        operator=secrets.token_urlsafe(16),
    )


def _routes(plan: Plan, portal_url: str) -> Routes:
    """Return the packed routes, turned to the sandbox whatever the environment says of the real portal."""
    routes = read_routes(packed() / "routes.yaml")
    config = {
        "url": portal_url,
        "username": "demo",
        "password": "sandbox",
        "agency": "H44",
        "timeout": plan.portal_timeout,
    }
    far = routes.systems[PORTAL].model_copy(update={"config": config})
    return replace(routes, systems={**routes.systems, PORTAL: far})
