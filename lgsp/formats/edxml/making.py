"""Making elements of canonical objects by their tables, and of what was kept beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lgsp.errors import Invalid
from lgsp.formats.edxml.notes import unreadable
from lgsp.formats.edxml.parts import AGAIN, EXTRA, Branch, Leaf, Part, Table, Texts
from lgsp.formats.edxml.tree import Node, writable

_FIRST = (
    r"A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    r"\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd"
)
_NAME = re.compile(rf"[{_FIRST}][{_FIRST}\-.0-9\u00b7\u0300-\u036f\u203f\u2040]*")
"""A name without a prefix, by XML 1.0."""

Parse = Callable[[str, str], Node]
"""Gives the element of a piece of XML that was kept, for a place; raises Invalid where it is none."""


class Writer:
    """Makes elements of canonical objects.

    What was kept verbatim is parsed again, so that nobody can smuggle in what a packet may not hold.
    """

    def __init__(self, parse: Parse) -> None:
        self._parse = parse

    def write(self, native: str, parts: Table, data: Mapping[str, Any], place: str) -> Node:
        """Return the element of an object.

        Raises:
            Invalid: a text cannot stand in XML, or a word has no code.
        """
        extra = dict(data.get(EXTRA) or {})
        node = Node(native)
        for part in parts:
            self._part(part, data, extra, f"{place}/{part.native}", node)
        if extra:
            self._beside(extra, place, node)
        return node

    def _beside(self, extra: dict[str, Any], place: str, node: Node) -> None:
        """Put in what was kept beside the parts."""
        self._attribute(node, "@", extra, place)
        stray = extra.pop("#text", None)
        for name, value in extra.items():
            node.put(*self._rest(name, value, f"{place}/{name}"))
        if stray:
            node.children.insert(0, checked(stray, place))

    def _part(
        self, part: Part, data: Mapping[str, Any], extra: dict[str, Any], place: str, into: Node
    ) -> None:
        if isinstance(part, Leaf):
            self._leaf(part, data, extra, place, into)
        elif isinstance(part, Branch):
            into.put(*self._branch(part, data, extra, place))
        elif isinstance(part, Texts) and data.get(part.name):
            texts = Node(part.native)
            texts.put(*[_leaf(part.item, one, place) for one in data[part.name]])
            into.put(texts)
            extra.pop(part.native, None)
        if extra:
            for name in (part.native, f"{part.native}{AGAIN}"):
                into.put(*self._rest(part.native, extra.pop(name, []), place))

    def _branch(
        self, part: Branch, data: Mapping[str, Any], extra: dict[str, Any], place: str
    ) -> Iterator[Node]:
        if not part.name:
            before = f"{part.native}/"
            inner = {name[len(before) :]: extra.pop(name) for name in list(extra) if name.startswith(before)}
            own = {name: data[name] for name in part.parts.names if name in data}
            if own or inner:
                yield self.write(part.native, part.parts, {**own, EXTRA: inner}, place)
            return
        found = data.get(part.name)
        for one in (found or []) if part.many else [found] if found else []:
            yield self.write(part.native, part.parts, one, place)

    def _leaf(
        self, part: Leaf, data: Mapping[str, Any], extra: dict[str, Any], place: str, into: Node
    ) -> None:
        value, kept, attributes = data.get(part.name), None, {}
        if extra:
            kept = extra.get(part.native)
            attributes = {name: extra.pop(name) for name in list(extra) if name.startswith(f"{part.native}@")}
        if isinstance(kept, str) and self._still(part, kept, value):
            text = extra.pop(part.native)
        elif value is not None and value != "":
            text = self._written(part, value, place)
            extra.pop(part.native, None)
        elif part.default and kept is None:
            text = part.default
        else:
            return
        node = _leaf(part.native, text, place)
        if attributes:
            self._attribute(node, f"{part.native}@", attributes, place)
        into.put(node)

    @staticmethod
    def _still(part: Leaf, text: str, value: Any) -> bool:
        """Tell whether a text that was kept still says what the object says: nobody has edited that since."""
        said = part.form.read(text)
        exact = not said.kept and not (said.value is None and said.fault)
        return not exact and said.value == value

    @staticmethod
    def _written(part: Leaf, value: Any, place: str) -> Any:
        try:
            return part.form.write(value)
        except (KeyError, ValueError, TypeError, AttributeError):
            raise unreadable("not-writable", place) from None

    def _rest(self, name: str, value: Any, place: str) -> Iterator[Node]:
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict) and isinstance(one.get("xml"), str):
                yield self._parse(one["xml"], place)
            elif isinstance(one, str) and _NAME.fullmatch(name):
                yield _leaf(name, one, place)
            else:
                raise unreadable("not-writable", place)

    @staticmethod
    def _attribute(node: Node, before: str, extra: dict[str, Any], place: str) -> None:
        """Give an element the attributes that were kept for it."""
        for name in [name for name in extra if name.startswith(before)]:
            plain = name[len(before) :]
            if not _NAME.fullmatch(plain.rpartition("}")[2]):
                raise _unwritable(f"{place}@")
            node.attributes[plain] = checked(extra.pop(name), place)


def _leaf(name: str, text: Any, place: str) -> Node:
    text = checked(text, place)
    return Node(name, {}, [text] if text else [])


def checked(text: object, place: str) -> str:
    """Return a text that can stand in XML.

    Raises:
        Invalid: it cannot.
    """
    if not isinstance(text, str) or not writable(text):
        raise _unwritable(place)
    return text


def _unwritable(place: str) -> Invalid:
    return unreadable("not-writable", place)
