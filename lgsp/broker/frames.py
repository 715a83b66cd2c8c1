"""Frames as bytes: `delivery epoch`, in decimal."""

from __future__ import annotations

from lgsp.journal.contract import Frame


def packed(frame: Frame) -> str:
    """Return a frame as it travels."""
    return f"{frame.delivery} {frame.epoch}"


def unpacked(system: str, body: str | bytes) -> Frame:
    """Return the frame that a system's queue carried.

    Raises:
        ValueError: this is not a frame.
    """
    text = body.decode("ascii") if isinstance(body, bytes) else body
    delivery, epoch = text.split(" ")
    return Frame(system, int(delivery), int(epoch))
