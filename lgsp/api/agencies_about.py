"""Everything that is known of one agency: what it is on a day, was and became, and who serves it here."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from lgsp.domain.agencies.facts import Scheme
from lgsp.domain.agencies.history import history
from lgsp.domain.agencies.telling import asked
from lgsp.gateway import Gateway
from lgsp.journal import agencies
from lgsp.message import VIETNAM
from lgsp.routing import served_by, serving

_NOBODY = {"added_at": None, "added_by": None, "note": None}


async def about(gateway: Gateway, code: str, on: date | None, scheme: Scheme | None) -> dict[str, Any]:
    """Return what a code is on a day, with every claim about it and the systems that serve it.

    A claim that was added here says when, by whom and why. `served_by` begins with the system that is told
    most exactly, which is where a message for the agency goes.
    """
    known, today = gateway.agencies, datetime.now(VIETNAM).date()
    told = history(known, code)
    claims = [*told["facts"], *told["became"], *told["came_from"]]
    ids = [one["id"] for one in claims]
    noted = await gateway.journal.read(lambda tx: agencies.noted(tx, ids))
    for one in claims:
        one.update(noted.get(one["id"], _NOBODY))
    return asked(known, code, on, today, scheme) | {"served_by": _serving(gateway, code)} | told


def _serving(gateway: Gateway, code: str) -> list[str]:
    """Return the systems that serve an agency, the one to which its messages go first."""
    known, systems = gateway.agencies, gateway.routes.systems
    first = serving(gateway.routes, code, known, lambda _: True)
    others = [name for name, spec in systems.items() if served_by(spec.serves, code, known)]
    return [*([first] if first else []), *(name for name in others if name != first)]
