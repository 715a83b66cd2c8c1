"""Setting the stage: the sandbox, a gateway with a state folder and secrets of its own, its clients."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lgsp.app import Platform, platform
from lgsp.client import note_running
from lgsp.console.first import NAME
from lgsp.delivery import Delivery
from lgsp.demo.exchange import DMS, Exchange
from lgsp.demo.plan import Plan
from lgsp.demo.reports import FAR, SYSTEM, Desk
from lgsp.home import packed
from lgsp.routes import Routes, read_routes
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.axis.axis import Axis
from lgsp.sandbox.keeper import Keeper
from lgsp.sandbox.portal import Portal
from lgsp.sandbox.reporting import Reporting
from lgsp.sandbox.traffic import Traffic
from lgsp.sandbox.vendor import Vendor
from lgsp.schedules import Job
from lgsp.serving import running
from lgsp.settings import Settings
from lgsp.wire.http import Http

ONE_STOP, PORTAL, AXIS = "one-stop", "national-portal", "document-axis"
_LANES = 16
_HASTE = Delivery.model_validate(
    {"concurrency": 8, "settle": "200ms", "timeout": "10s", "retry": ["200ms", "500ms", *["1s"] * 10]}
)
_OFTEN = {name: Job.model_validate({"every": "1s"}) for name in ("documents", "statuses")}
_REPORTED = {"statuses": Job.model_validate({"every": "1s"})}
_CATALOGUES = {name: Job.model_validate({"every": "1s"}) for name in ("agencies", "fields", "procedures")}


@dataclass(slots=True, frozen=True, repr=False)
class Stage:
    """All that plays, while it plays. `repr` is left out: tokens stand in it.

    Attributes:
        exchange: the document systems at both ends.
        keeper: the one-stop's catalogues.
        reporting: the stand-in of the reporting system.
        desk: those who report.
        url: the gateway's root.
        far_url: the sandbox's root.
        token: the one-stop's.
        state: the gateway's folder; it goes when the demonstration ends.
    """

    plan: Plan
    platform: Platform
    portal: Portal
    traffic: Traffic
    vendor: Vendor
    exchange: Exchange
    keeper: Keeper
    reporting: Reporting
    desk: Desk
    url: str
    far_url: str
    token: str
    state: Path

    @property
    def catalogue_differences(self) -> list[str]:
        """In what the one-stop's catalogues differ from the portal's."""
        return self.keeper.differences(self.portal.reading.catalogue)

    @property
    def console(self) -> dict[str, str]:
        """Return where its console is, and who may sign in there."""
        return {"url": f"{self.url}/console/", "name": NAME, "password": self.platform.password}


@asynccontextmanager
async def stage(plan: Plan) -> AsyncIterator[Stage]:
    """Let everything run while inside, on loopback.

    Raises:
        OSError: the port is taken.
    """
    traffic = plan.traffic()
    portal = Portal(plan.portal_faults(traffic), seed=plan.seed)
    axis, secret = Axis(plan.axis_faults(), seed=plan.seed), secrets.token_urlsafe(16)
    reporting = Reporting(plan.reporting_faults(), seed=plan.seed)
    with TemporaryDirectory(prefix="lgsp-demo-") as folder:
        settings = _settings(Path(folder))
        async with running(_sandbox(portal, axis, reporting)) as far:
            far_url = f"http://127.0.0.1:{far}"
            async with (
                platform(settings, _routes(plan, far_url, secret)) as gateway,
                running(gateway.site, plan.port) as near,
            ):
                url, token = f"http://127.0.0.1:{near}", settings.token(ONE_STOP)
                note_running(settings.state, url)
                http = Http(limit=_LANES * 2)
                vendor = Vendor(http, url, token, traffic, system=ONE_STOP, lanes=_LANES, seed=plan.seed)
                exchange = _exchange(plan, http, url, secret, axis, far_url)
                keeper = Keeper(http, url, token, ONE_STOP)
                desk = Desk(http, url, settings.operator, settings.token(SYSTEM), reporting)
                try:
                    yield Stage(
                        plan, gateway, portal, traffic, vendor, exchange, keeper, reporting, desk, url,
                        far_url, token, settings.state,
                    )  # fmt: skip
                finally:
                    await http.close()


def _sandbox(portal: Portal, axis: Axis, reporting: Reporting) -> Sandbox:
    return Sandbox(national_portal=portal, document_axis=axis, national_reporting=reporting)


def _exchange(plan: Plan, http: Http, url: str, secret: str, axis: Axis, far_url: str) -> Exchange:  # noqa: PLR0913, PLR0917 - who talks to whom
    facade, errands = f"{url}/systems/{DMS}", plan.errands()
    return Exchange(http, facade, secret, axis, f"{far_url}/{AXIS}", errands, plan.clumsiness, plan.seed)


def _settings(folder: Path) -> Settings:
    return Settings(
        journal_url=f"sqlite:///{folder / 'journal.db'}",
        state=folder,
        broker_url="memory://",
        blobs_url=f"file://{folder / 'blobs'}",
        tokens={name: secrets.token_urlsafe(16) for name in (ONE_STOP, SYSTEM)},
        operator=secrets.token_urlsafe(16),
    )


def _routes(plan: Plan, far_url: str, secret: str) -> Routes:
    """Return the packed routes, turned to the sandbox whatever the environment says of the real systems."""
    routes = read_routes(packed() / "routes.yaml")
    timeout = plan.far_timeout
    told: Mapping[str, dict[str, Any]] = {
        PORTAL: {
            "config": {
                "url": f"{far_url}/{PORTAL}",
                "username": "demo",
                "password": "sandbox",
                "agency": "H44",
                "timeout": timeout,
                "list_timeout": timeout,
                "records_per_second": 50,
                "look_again_hours": 0,
            },
            "jobs": _CATALOGUES,
        },
        DMS: {"config": {"system_id": DMS, "secret": secret, "max_clock_skew": 60}},
        AXIS: {
            "config": {
                "tries": 30,  # it is asked every second here
                "url": f"{far_url}/{AXIS}",
                "system_id": "lgsp",
                "secret": "sandbox",
                "agency": "H44",
                "timeout": timeout,
                "transfer_timeout": timeout,
            },
            "deliver": _HASTE,
            "jobs": _OFTEN,
        },
        FAR: {
            "config": {
                "url": f"{far_url}/{FAR}",
                "username": "demo",
                "password": "sandbox",
                "timeout": timeout,
            },
            "deliver": _HASTE,
            "jobs": _REPORTED,
        },
    }
    turned = {name: routes.systems[name].model_copy(update=one) for name, one in told.items()}
    return replace(routes, systems={**routes.systems, **turned})
