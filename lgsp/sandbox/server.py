"""Serving the sandbox until a signal ends it."""

from __future__ import annotations

from collections.abc import Callable

from lgsp.ending import end_told
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.axis.axis import Axis
from lgsp.sandbox.ngsp import Ngsp
from lgsp.sandbox.population import PopulationDb
from lgsp.sandbox.portal import Portal
from lgsp.sandbox.reporting import Reporting
from lgsp.serving import running


async def serve(  # noqa: PLR0913 - each stand-in is one independent part of the sandbox
    port: int,
    host: str = "127.0.0.1",
    *,
    portal: Portal | None = None,
    axis: Axis | None = None,
    reporting: Reporting | None = None,
    ngsp: Ngsp | None = None,
    population: PopulationDb | None = None,
    ready: Callable[[int], None] | None = None,
) -> None:
    """Serve the sandbox until a signal ends it.

    Args:
        port: where; 0 asks for any free port.
        host: the address to listen on.
        portal: the stand-in portal; a fresh one without.
        axis: the stand-in document axis; a fresh one without.
        reporting: the stand-in reporting system; a fresh one without.
        ngsp: the stand-in integration platform; a fresh one without.
        population: the stand-in population database; a fresh one without.
        ready: called with the bound port once it is open.

    Raises:
        OSError: the port is taken.
    """
    with end_told() as told:
        sandbox = Sandbox(
            national_portal=portal or Portal(),
            document_axis=axis or Axis(),
            national_reporting=reporting or Reporting(),
            ngsp=ngsp or Ngsp(),
            population_db=population or PopulationDb(),
        )
        async with running(sandbox, port, host) as bound:
            if ready is not None:
                ready(bound)
            await told.wait()
