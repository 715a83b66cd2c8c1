"""By when something has to be done: by the business, and by the delivery itself."""

from __future__ import annotations

from datetime import datetime

import orjson


def nearest(watched: str | None, expires_at: int | None) -> int | None:
    """Return the nearer of a message's business deadline and of the end of its delivery, in microseconds.

    Args:
        watched: the values of the message that are kept as first seen, as JSON.
        expires_at: when its delivery ends.
    """
    said = orjson.loads(watched).get("/due_at") if watched and "/due_at" in watched else None
    return min((at for at in (_micros(said), expires_at) if at is not None), default=None)


def _micros(said: object) -> int | None:
    try:
        moment = datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None
    return int(moment.timestamp() * 1_000_000) if moment is not None and moment.tzinfo else None
