"""Remembering, for a while and in this process only, when the first attempt to send a message began."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from uuid import UUID

from lgsp.message import Message

_MOST = 10_000


class Attempts:
    """When each message that has no receipt yet was first sent.

    A doubtful attempt of another process is none of these, and needs not be: whoever finds one asks before
    it sends, and knows nothing.
    """

    def __init__(self) -> None:
        self._began: OrderedDict[tuple[UUID | None, tuple[str, ...]], datetime] = OrderedDict()

    def begin(self, message: Message, now: datetime) -> None:
        """Note that a message is being sent; only the first time counts."""
        if message.id is not None:
            self._began.setdefault(_name(message), now)
            if len(self._began) > _MOST:
                self._began.popitem(last=False)

    def began(self, message: Message) -> datetime | None:
        """Return when a message was first sent; None where that is not known."""
        return self._began.get(_name(message))

    def end(self, message: Message) -> None:
        """Forget a message that was taken."""
        self._began.pop(_name(message), None)


def _name(message: Message) -> tuple[UUID | None, tuple[str, ...]]:
    return message.id, tuple(message.recipients)
