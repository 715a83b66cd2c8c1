"""What may be done to something that runs for a while, as the panels of such acts say it."""

from __future__ import annotations

from typing import NamedTuple


class RunAct(NamedTuple):
    """One act on a run, in words marked with `told`.

    Attributes:
        title: its name.
        effect: what follows.
        done: what is said afterwards.
        icon: its symbol.
        danger: it cannot be taken back.
        from_: the states in which it may be done.
    """

    title: str
    effect: str
    done: str
    icon: str
    danger: bool
    from_: frozenset[str]
