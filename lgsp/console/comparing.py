"""Comparing bodies field by field: with the version before, and with what was sent."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from lgsp.console.highlighting import Attached, attached, parts

MOST = 400
"""Fields that are compared at most; a page is for reading."""
_LONG = 300
_TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?.*)?")


class Value(NamedTuple):
    """A field's value as it is shown; `file` where it is one, `text` is cut then."""

    text: str
    file: Attached | None = None


class Change(NamedTuple):
    """A field that is not as it was; None is a field that was not there.

    Attributes:
        how: `added`, `removed` or `changed`.
    """

    place: str
    how: str
    before: Value | None
    after: Value | None


class Match(NamedTuple):
    """A field of the canonical body, and the fields of the request in which its value stands."""

    place: str
    value: Value
    sent: Sequence[str]


def leaves(data: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Return every value with its JSON pointer; an empty list or object is a value."""
    if isinstance(data, Mapping) and data:
        for name, value in data.items():
            yield from leaves(value, f"{place}/{name}")
    elif isinstance(data, list) and data:
        for n, value in enumerate(data):
            yield from leaves(value, f"{place}/{n}")
    else:
        yield place, data


def value(told: Any) -> Value:
    """Return a value as it is shown."""
    text = told if isinstance(told, str) else _plain(told)
    file = attached(text)
    if file is not None:
        return Value("", file)
    return Value(text if len(text) <= _LONG else f"{text[:_LONG]}…")


def _plain(told: Any) -> str:
    words = {True: "true", False: "false", None: "null"}
    return words[told] if told is None or isinstance(told, bool) else str(told)


def changes(before: Any, after: Any) -> list[Change]:
    """Return what differs between two bodies, in the order of their fields."""
    old, new = dict(leaves(before)), dict(leaves(after))
    found = []
    for place in dict.fromkeys([*old, *new]):
        if place in old and place in new:
            if old[place] != new[place]:
                found.append(Change(place, "changed", value(old[place]), value(new[place])))
        elif place in old:
            found.append(Change(place, "removed", value(old[place]), None))
        else:
            found.append(Change(place, "added", None, value(new[place])))
    return found


def matches(data: Any, request: str) -> list[Match]:
    """Return where each value of a body stands in a native request, told by the value itself.

    What the mapping turned into another value (a code, a list of codes) has no place.
    """
    places: dict[str, list[str]] = {}
    for name, text in _native(request):
        for form in _forms(text):
            places.setdefault(form, []).append(name)
    return [
        Match(place, value(told), _found(told, places))
        for place, told in _few(leaves(data))
        if told not in ("", None)
    ]


def _few(all_: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    for n, one in enumerate(all_):
        if n == MOST:
            return
        yield one


def _found(told: Any, places: Mapping[str, list[str]]) -> list[str]:
    text = told if isinstance(told, str) else _plain(told)
    names = [name for form in _forms(text) for name in places.get(form, ())]
    return list(dict.fromkeys(names))[:3]


def _forms(text: str) -> list[str]:
    """Return in which forms a value may be written: as it is, and a time as offices and portals do."""
    text = " ".join(text.split())
    if not _TIME.fullmatch(text):
        return [text]
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return [text]
    day = [f"{when:%Y%m%d}", f"{when:%d/%m/%Y}"] if len(text) <= 10 else []  # noqa: PLR2004 - a day alone
    return [text, *day, f"{when:%Y%m%d%H%M%S}", f"{when:%d/%m/%Y %H:%M:%S}"]


def _native(request: str) -> Iterator[tuple[str, str]]:
    """Return the values of a native request with the names they stand under, of JSON and XML alike."""
    name = ""
    for one in parts(request):
        if one.kind in ("key", "name"):
            name = re.sub(r"[\"<>=\s]", "", one.text) or name
        elif one.kind in ("text", "number", "word"):
            yield name, html.unescape(_unquoted(one.text))


def _unquoted(text: str) -> str:
    if not text.startswith('"'):
        return text
    plain = text.strip('"')
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), plain).replace("\\/", "/")
