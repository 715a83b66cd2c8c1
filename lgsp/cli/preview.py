"""Saying what would become of a file that a system brings, without a gateway and without sending anything."""

from __future__ import annotations

from typing import Any

from lgsp.api.foresight import told_of
from lgsp.domain.agencies.known import built_in
from lgsp.errors import ConfigError
from lgsp.folder import passing_folder
from lgsp.foreseeing import foresight
from lgsp.home import home
from lgsp.message import Raw
from lgsp.routes import read_routes
from lgsp.schemas import Types


async def preview(system: str, raw: Raw, *, canonical: bool) -> list[dict[str, Any]]:
    """Return what would become of each item of a body, in order.

    Args:
        system: who brings it.
        raw: the body.
        canonical: it is canonical JSON, one message or an array; otherwise the system's own form.

    Raises:
        ConfigError: there is no such system, or its settings are wrong.
    """
    routes = read_routes(home() / "routes.yaml")
    if system not in routes.systems:
        known = ", ".join(routes.systems)
        raise ConfigError([f"system {system!r}: not declared in routes.yaml; use one of {known}"])
    with passing_folder() as files:
        async with foresight(routes, Types(), built_in(), files) as seen:
            return [told_of(one) for one in await seen.of(system, raw, canonical=canonical)]
