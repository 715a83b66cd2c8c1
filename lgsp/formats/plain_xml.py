"""Writing and reading XML that says no more than JSON does: texts, named fields, and rows of a list.

A list is an element whose children all bear the one name for rows. There are no attributes and no namespaces
on the way out; on the way in prefixes and attributes are passed over. A DOCTYPE is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn
from xml.parsers import expat

_DEEPEST = 32
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NotPlainError(ValueError):
    """It is no such XML, or cannot be said in any; the text says why."""


def write(root: str, value: Mapping[str, Any], row: str) -> bytes:
    """Return an object as XML in UTF-8; what is None is left out, a number stands as its digits.

    Args:
        root: name of the outermost element.
        value: of texts, whole numbers, truth values, lists and objects.
        row: name of the elements of a list.

    Raises:
        NotPlainError: a text holds what XML cannot say; the error's text is the place of it.
    """
    pieces = "".join(_element(root, value, row, ""))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{pieces}'.encode()


def read(body: bytes, row: str) -> Any:
    """Return what stands in the outermost element: a text, an object or a list; every leaf is a text.

    Args:
        body: of a document.
        row: name of the elements of a list.

    Raises:
        NotPlainError: it is not well-formed, has a DOCTYPE, a name twice or text between elements, or is
            too deep.
    """
    reader = _Reader(row)
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        parser.Parse(body, True)
    except expat.ExpatError as fault:
        raise NotPlainError(
            f"not well-formed: {expat.ErrorString(fault.code)}, line {fault.lineno}"
        ) from None
    return reader.value


def _element(name: str, value: Any, row: str, place: str) -> Iterator[str]:
    yield f"<{name}>"
    if isinstance(value, Mapping):
        for key, one in value.items():
            if one is not None:
                yield from _element(key, one, row, f"{place}/{key}" if place else key)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _element(row, one, row, f"{place}/{number}")
    else:
        yield _escaped(value, place)
    yield f"</{name}>"


def _escaped(value: Any, place: str) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if _FORBIDDEN.search(text):
        raise NotPlainError(place)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#xD;")


def _no_doctype(*_: object) -> NoReturn:
    raise NotPlainError("it has a DOCTYPE")


@dataclass(slots=True)
class _Open:
    """An element that is being read."""

    name: str
    children: list[tuple[str, Any]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


class _Reader:
    """Takes what the parser tells."""

    def __init__(self, row: str) -> None:
        self.value: Any = ""
        self._row = row
        self._open: list[_Open] = []

    def start(self, name: str, _: object) -> None:
        if len(self._open) >= _DEEPEST:
            raise NotPlainError("it is nested too deeply")
        self._open.append(_Open(name.rpartition(":")[2]))

    def text(self, piece: str) -> None:
        if self._open:
            self._open[-1].texts.append(piece)

    def end(self, _: str) -> None:
        closed = self._open.pop()
        value = self._said(closed)
        if self._open:
            self._open[-1].children.append((closed.name, value))
        else:
            self.value = value

    def _said(self, closed: _Open) -> Any:
        text = "".join(closed.texts)
        if not closed.children:
            return text
        if text.strip():
            raise NotPlainError(f"{closed.name}: text stands between elements")
        names = [name for name, _ in closed.children]
        if set(names) == {self._row}:
            return [value for _, value in closed.children]
        if len(set(names)) < len(names):
            raise NotPlainError(f"{closed.name}: a name stands twice")
        return dict(closed.children)
