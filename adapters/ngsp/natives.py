"""Reading the fields of an answer one by one: what no field of ours can say stays as it was written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

_DAY = re.compile(r"(\d\d)/(\d\d)/(\d{4})")
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:T00:00:00.*)?")
_LONGEST = 60


class Native:
    """An object of an answer while it is read.

    Args:
        item: as it came; None or a text has no fields.
    """

    def __init__(self, item: Any) -> None:
        self._left = dict(item) if isinstance(item, Mapping) else {}

    def text(self, name: str, form: Callable[[str], str | None] = str.strip) -> str | None:
        """Take a field; None where it is null, empty, or not of the form: then it stays in the rest."""
        value = self._left.get(name)
        said = _plain(value)
        if said is None:
            return None
        read = form(said)
        if read is not None:
            del self._left[name]
        return read

    def look(self, name: str) -> str:
        """Return a field without taking it; empty where it is null or no text."""
        return (_plain(self._left.get(name)) or "").strip()

    def parts(self, name: str) -> list[Native]:
        """Take the objects of a list, of which one alone may stand without a list.

        Empty where it holds anything else: then that stays in the rest.
        """
        value = self._left.get(name)
        found = value if isinstance(value, list) else [value] if isinstance(value, Mapping) else []
        if not all(isinstance(one, Mapping) for one in found):
            return []
        if found:
            del self._left[name]
        return [Native(one) for one in found]

    def drop(self, *names: str) -> None:
        """Leave out what says nothing of whom it is about."""
        for name in names:
            self._left.pop(name, None)

    def rest(self) -> dict[str, Any] | None:
        """Return what was not taken and says something, as it was written."""
        left = {name: value for name, value in self._left.items() if value not in (None, "", [], {})}
        return left or None


def sparse(**fields: Any) -> dict[str, Any]:
    """Return a canonical object without what is not known."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def day(text: str) -> str | None:
    """Return a real day as ISO 8601 has it, of `dd/MM/yyyy` or ISO 8601."""
    local, iso = _DAY.fullmatch(text.strip()), _ISO.fullmatch(text.strip())
    told = "-".join(reversed(local.groups())) if local else iso[1] if iso else ""
    try:
        return date.fromisoformat(told).isoformat() if told else None
    except ValueError:
        return None


def number(text: str) -> str | None:
    """Return a decimal number in plain digits, none of them lost."""
    try:
        found = Decimal(text.strip()) if len(text) <= _LONGEST else Decimal("NaN")
    except InvalidOperation:
        return None
    return format(found, "f") if found.is_finite() and abs(found.adjusted()) <= _LONGEST else None


def whole(text: str) -> str | None:
    """Return the digits of a whole number that is not negative."""
    read = number(text)
    whole_ = read.partition(".") if read else ("", "", "")
    return whole_[0] if whole_[0].isdecimal() and not whole_[2].strip("0") else None


def _plain(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) and value.strip() else None
