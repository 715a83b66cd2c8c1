"""Holding what the parts of the stand-in axis share."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import ParamSpec, TypeVar

from lgsp.formats.axis.protocol import MessageType
from lgsp.sandbox.axis.directory import Directory
from lgsp.sandbox.axis.post import Delivery, Post
from lgsp.sandbox.axis.tree import Node
from lgsp.sandbox.axis.weather import AxisWeather

P = ParamSpec("P")
R = TypeVar("R")

_LARGE = 1 << 18


@dataclass(slots=True, frozen=True)
class Letter:
    """A packet that reached a peer.

    Attributes:
        header: its message header, as it was sent.
        traces: its trace headers; None for a status.
        fault: what the peer's reader says against it; "" when it reads it.
    """

    delivery: Delivery
    kind: MessageType
    header: Node
    traces: Node | None
    fault: str


@dataclass(slots=True)
class World:
    """The axis as a whole.

    Attributes:
        now: the wall clock.
        letters: what reached peers and was not looked at yet.
        calls, refused: how often each operation was asked, and each error answered.
    """

    directory: Directory
    post: Post
    weather: AxisWeather
    now: Callable[[], datetime]
    letters: list[Letter] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)


class Denied(Exception):  # noqa: N818 - named after what the request is
    """What was asked is not done, and why, in the axis' words."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


async def apart(size: int, act: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Do something pure, in a thread when it is about a large packet, so that small ones need not wait."""
    if size > _LARGE:
        return await asyncio.to_thread(act, *args, **kwargs)
    return act(*args, **kwargs)
