"""Counting the runs in which an item of the axis' list could not be fetched: the cursor of its job."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

_MOST = 1000


class Tries:
    """The count of each item, for as long as it is listed; beyond a thousand they begin anew each time.

    Args:
        cursor: of the run before; one that is none counts nothing.
        enough: failures after which an item is shown.
    """

    def __init__(self, cursor: Any, enough: int) -> None:
        told = cursor.get("tries") if isinstance(cursor, dict) else None
        self._counts = {str(name): int(n) for name, n in told.items()} if isinstance(told, dict) else {}
        self._enough = enough

    def narrow(self, listed: Collection[str]) -> None:
        """Forget what is listed no more."""
        listed = set(listed)
        self._counts = {name: n for name, n in self._counts.items() if name in listed}

    def failed(self, name: str) -> bool:
        """Note that an item failed again; tell whether this is the time to show it, which comes once."""
        count = self._counts[name] = min(self._counts.get(name, 0), self._enough) + 1
        return count == self._enough

    def goes_on(self, name: str) -> bool:
        """Tell whether an item that failed has not done so often enough yet."""
        return self._counts.get(name, 0) < self._enough

    def first(self, name: str) -> bool:
        """Note something that can never come; tell whether it is new."""
        new = name not in self._counts
        self._counts.setdefault(name, self._enough)
        return new

    def forget(self, name: str) -> None:
        """Forget an item that came."""
        self._counts.pop(name, None)

    def cursor(self) -> dict[str, dict[str, int]]:
        """Return what the next run is to know."""
        return {"tries": dict(list(self._counts.items())[:_MOST])}
