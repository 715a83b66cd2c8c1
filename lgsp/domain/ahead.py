"""What lies ahead of a delivery, in one word: the command line and the console say it in sentences."""

from __future__ import annotations

_MOVED_BY_US = frozenset({"ready", "put off"})
_STANDS = frozenset({"suspended", "draining", "paused"})
OVERTAKEN = "overtaken"


def ahead(state: str, standing: str, *, overtaken: bool = False) -> str:
    """Return what decides what happens next to a delivery.

    Args:
        state: the delivery's, by its word.
        standing: its system's, by its word.
        overtaken: a newer version took its place.

    Returns:
        The system's standing where that keeps it; `overtaken`; else the state.
    """
    if state in _MOVED_BY_US and standing in _STANDS:
        return standing
    return OVERTAKEN if overtaken and state != "replaced" else state
