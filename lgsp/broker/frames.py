"""Frames as text: `delivery epoch`, in decimal, one a line."""

from __future__ import annotations

from collections.abc import Iterable

from lgsp.journal.turns import Frame

_LARGEST = 2**63 - 1


def packed(frames: Iterable[Frame]) -> str:
    """Return frames of one system as they travel."""
    return "\n".join([f"{frame.delivery} {frame.epoch}" for frame in frames])


def unpacked(system: str, body: str | bytes) -> list[Frame]:
    """Return the frames that a system's queue carried.

    Raises:
        ValueError: these are not frames.
    """
    text = body.decode("ascii") if isinstance(body, bytes) else body
    pairs = (line.split(" ") for line in text.split("\n"))
    frames = [Frame(system, int(delivery), int(epoch)) for delivery, epoch in pairs]
    if any(max(abs(frame.delivery), abs(frame.epoch)) > _LARGEST for frame in frames):
        raise ValueError("reading frames: a number is larger than the journal's numbers")
    return frames
