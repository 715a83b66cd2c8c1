"""Reading the bodies of answers: JSON, or the XML of a data service, become the same tree.

A tree is made of objects, lists, texts, truth values and None. Numbers are their digits, for one service
writes `1` where another writes `"1"`, and a capital of 21 digits must not lose its end. In XML a name that
stands several times is a list, and an element with `xsi:nil` is None, which an empty one is not.
"""

from __future__ import annotations

import json
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, NoReturn
from xml.parsers import expat

from lgsp.domain.nesting import check
from lgsp.message import nfc_all

_DEEPEST = 32
_NIL = "http://www.w3.org/2001/XMLSchema-instance nil"


class NoTreeError(ValueError):
    """It is neither; the text says why, and holds nothing of the body."""


def read(body: str) -> Any:
    """Return the tree of a body.

    Raises:
        NoTreeError: it is neither JSON nor XML, or names something twice in one object.
    """
    text = body.strip().removeprefix("\ufeff")
    tree = _xml(text) if text.startswith("<") else _json(text)
    if isinstance(tree, str) and tree.lstrip().startswith(("{", "[")):
        tree = _json(tree)  # provincial proxies put JSON into a JSON text
    return nfc_all(tree)


def rows(tree: Any) -> list[Any] | None:
    """Return the rows of a list, however it is wrapped; None where it is no list.

    Data services wrap rows twice (`objects/object`), and a list of one comes as that one. A wrapping with
    nothing in it is a list without rows; an object with nothing in it is no list.
    """
    inner = tree
    while isinstance(inner, dict) and len(inner) == 1 and isinstance(next(iter(inner.values())), dict | list):
        inner = next(iter(inner.values()))
    if isinstance(inner, list):
        return inner
    if not isinstance(inner, dict) or not tree:
        return [] if tree in (None, "") else None
    (only,) = inner.values() if len(inner) == 1 else (inner,)
    return [] if only in (None, "", {}) else [inner]


def inside(tree: Any, names: AbstractSet[str]) -> Any:
    """Return the object that has one of some names; what has the only name above it is a wrapping."""
    while isinstance(tree, dict) and len(tree) == 1 and not names & tree.keys():
        (tree,) = tree.values()
    return tree


# --- JSON -----------------------------------------------------------------------------------------------


def _json(text: str) -> Any:
    try:
        check(text)
        return json.loads(
            text, parse_int=str, parse_float=str, parse_constant=_constant, object_pairs_hook=_object
        )
    except NoTreeError:
        raise
    except (ValueError, RecursionError):
        raise NoTreeError("not JSON") from None


def _constant(_: str) -> NoReturn:
    raise NoTreeError("not JSON: a number that is none")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NoTreeError("a name stands twice")
    return found


# --- XML ------------------------------------------------------------------------------------------------


def _xml(text: str) -> Any:
    reader = _Reader()
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as fault:
        raise NoTreeError(f"not XML: {expat.ErrorString(fault.code)}, line {fault.lineno}") from None
    if "html" in map(str.casefold, reader.value):
        raise NoTreeError("a page")  # its words are of a server on the way, and not of a service
    return reader.value


def _no_doctype(*_: object) -> NoReturn:
    raise NoTreeError("it has a DOCTYPE")


@dataclass(slots=True)
class _Open:
    """An element that is being read."""

    name: str
    nil: bool
    children: dict[str, list[Any]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)

    def said(self) -> Any:
        """Return what it says."""
        text = "".join(self.texts)
        if not self.children:
            return None if self.nil else text
        if text.strip():
            raise NoTreeError("text stands between elements")
        return {name: found[0] if len(found) == 1 else found for name, found in self.children.items()}


class _Reader:
    """Takes what the parser tells; the outermost element is an object of one name."""

    def __init__(self) -> None:
        self.value: Any = None
        self._open: list[_Open] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= _DEEPEST:
            raise NoTreeError("it is nested too deeply")
        nil = attributes.get(_NIL) in {"true", "1"}
        self._open.append(_Open(name.rpartition(" ")[2], nil))

    def text(self, piece: str) -> None:
        self._open[-1].texts.append(piece)

    def end(self, _: str) -> None:
        closed = self._open.pop()
        if self._open:
            self._open[-1].children.setdefault(closed.name, []).append(closed.said())
        else:
            self.value = {closed.name: closed.said()}
