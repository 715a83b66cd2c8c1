"""How seldom Python looks for cycles: reference counting frees what a message or a start used."""

from __future__ import annotations

import gc

_SELDOM = 50_000, 20, 50


def seldom() -> None:
    """Look less often: by default a fifth of a start is looking through what it imports."""
    gc.set_threshold(*_SELDOM)


def calm_collector() -> None:
    """Look less often, and never at what is there now: on the hot path nothing but live requests is young.

    The default thresholds walk those live objects for nothing, which cost a fifth of the CPU of a message.
    Call it once, when everything is set up.
    """
    gc.collect()
    gc.freeze()
    seldom()
