"""What a run begins with: the list of its source, brought by a person or by its adapter, or none."""

from __future__ import annotations

from lgsp.adapter import Holds
from lgsp.gateway import Gateway
from lgsp.journal.reconciliations import LISTING, TURNED_AWAY, UPLOADING


def phase_of(gateway: Gateway, source: str, *, uploads: bool = False) -> str:
    """Return the first phase of a run: a list that a person brings goes before one that is asked for."""
    if uploads:
        return UPLOADING
    to = gateway.counterparts.get(source)
    asked = to is not None and isinstance(to.adapter, Holds) and to.adapter.lists
    return LISTING if asked else TURNED_AWAY
