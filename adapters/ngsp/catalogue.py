"""The shared catalogues: the answers of `dmdc`, or of a province's data service, native → canonical."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .meaning import UNKNOWN, ComplaintError, of_text
from .natives import Native, sparse
from .trees import inside, rows

_CODE, _FIELD = "PropertyCode", "/data/catalogue"
_MESSAGE, _DONE = "MSG", "done"
_SAID = ("message", "error_description", "exceptionmessage", "detail", "error", "title")
"""Where servers on the way say what is wrong: gateways, frameworks, and RFC 9457."""
_OF_SERVERS = frozenset(
    {
        *_SAID, "code", "errorcode", "status", "type", "timestamp", "path", "instance", "trace", "requestid",
        "messagedetail", "exceptiontype", "stacktrace", "description",
    }
)  # fmt: skip
_COUNT = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(slots=True, frozen=True)
class Notice:
    """What the platform says instead of a list.

    Attributes:
        text: its words: `Done`, or what was wrong.
        count: how many entries it wrote; None where it is no number.
    """

    text: str
    count: int | None

    @property
    def fine(self) -> bool:
        """Whether what was asked for was done; HTTP 200 says nothing of that."""
        return self.text.casefold() == _DONE


def notice(tree: Any) -> Notice | None:
    """Return what stands instead of a list; None where none does."""
    tree = inside(tree, {_MESSAGE})
    if not isinstance(tree, Mapping) or _MESSAGE not in tree:
        return None
    told = Native(tree)
    count = told.text("Count") or ""
    return Notice(told.text(_MESSAGE) or "", int(count) if _COUNT.fullmatch(count) else None)


def entries(tree: Any, catalogue: str) -> dict[str, Any]:
    """Return the canonical answer with the entries of a catalogue.

    Raises:
        ComplaintError: there is no such catalogue, or the platform does not say.
    """
    return {"catalogue": catalogue, "entries": [_entry(one) for one in _rows(tree)]}


def properties(tree: Any, catalogue: str) -> dict[str, Any]:
    """Return the canonical answer with the properties of a catalogue.

    Raises:
        ComplaintError: there is no such catalogue, or the platform does not say.
    """
    return {"catalogue": catalogue, "properties": [_property(Native(one)) for one in _rows(tree)]}


def _rows(tree: Any) -> list[Mapping[str, Any]]:
    told = notice(tree)
    text = told.text if told else tree if isinstance(tree, str) and tree else ""
    if text:
        raise ComplaintError(of_text(text), text, field=_FIELD, foreign=told is None)
    found = None if told or tree in (None, "") else rows(tree)
    if found is None or not all(isinstance(one, Mapping) for one in found):
        raise ComplaintError(UNKNOWN, foreign=told is None)
    if len(found) == 1 and (text := _complaint(found[0])):
        raise ComplaintError(of_text(text), text, field=_FIELD, foreign=True)
    return found


def _complaint(row: Mapping[str, Any]) -> str:
    """Return the words of a server on the way, which would read as the only entry; empty where it is one."""
    told = {name.casefold(): value for name, value in row.items()}
    if not told.keys() <= _OF_SERVERS:
        return ""
    return next((said for name in _SAID if isinstance(said := told.get(name), str) and said), "")


def _entry(row: Mapping[str, Any]) -> dict[str, str]:
    """Return an entry: null is left out, empty is empty; what is no text has no place in a catalogue."""
    told = {name: str(value).lower() if isinstance(value, bool) else value for name, value in row.items()}
    if not all(value is None or isinstance(value, str) for value in told.values()):
        raise ComplaintError(UNKNOWN)
    return {name: value for name, value in told.items() if value is not None}


def _property(row: Native) -> dict[str, Any]:
    code = row.text(_CODE)
    if code is None:
        raise ComplaintError(UNKNOWN)
    return sparse(code=code, name=row.text("PropertyName"), type=row.text("PropertyType"))
