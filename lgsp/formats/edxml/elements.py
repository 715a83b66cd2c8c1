"""Reading elements by their tables into canonical objects, with a finding for whatever is odd."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from lgsp.formats.edxml.notes import Notes
from lgsp.formats.edxml.parts import AGAIN, EXTRA, Branch, Leaf, Part, Plain, Table, Texts
from lgsp.formats.edxml.tree import PREFIX, SPACE, local, says_something, text_of, to_xml

Object = dict[str, Any]


class Reader:
    """Reads elements by their tables and notes what is odd."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def read(self, parts: Table, node: Element, place: str, skip: Collection[str] = ()) -> Object:
        """Return an element as a canonical object; elements in `skip` are read by somebody else."""
        data: Object = {}
        extra: Object = {}
        if node.keys():
            self._attributes(node, "", place, extra)
        if text := text_of(node):
            self._notes.odd("stray-text", place)
            extra["#text"] = text
        told = {child.tag: child for child in node}
        again = _repeated(node) if len(told) < len(node) else {}
        for name in skip:
            told.pop(name, None)
        leaves, silent = parts.leaves, []
        for name, child in told.items():
            leaf = leaves.get(name)
            if leaf is not None and name not in again and _is_plain(leaf, child, data):
                continue
            if not self._told(parts, name, again.get(name) or [child], place, data, extra):
                silent.append(name)
        for name in parts.expected:
            if name not in told or name in silent:
                self._notes.odd("missing-field", f"{place}/{name}")
        if extra:
            data[EXTRA] = extra
        return data

    def _told(  # noqa: PLR0913, PLR0917 - elements, where they stand, and where they go
        self, parts: Table, name: str, nodes: Sequence[Element], place: str, data: Object, extra: Object
    ) -> bool:
        """Read elements of one name; tells whether any of them said something that is known."""
        part = parts.by_native.get(name)
        if part is None:
            self._unknown(name, nodes, place, extra)
            return False
        return self._part(part, nodes, f"{place}/{name}", data, extra)

    def _unknown(self, name: str, nodes: Sequence[Element], place: str, extra: Object) -> None:
        self._notes.odd("unknown-field", f"{place}/{local(name)}", text_of(nodes[0]))
        kept = [_kept(one) for one in nodes]
        extra[name] = kept[0] if len(kept) == 1 else kept

    def _part(self, part: Part, nodes: Sequence[Element], place: str, data: Object, extra: Object) -> bool:
        """Read elements of one name; tells whether any of them said something."""
        if isinstance(part, Branch):
            if part.many:
                return self._many(part, nodes, place, data) or any(map(says_something, nodes))
            if len(nodes) == 1 and says_something(nodes[0]):
                self._branch(part, nodes[0], place, data, extra)
                return True
        told = [node for node in nodes if says_something(node)]
        if len(nodes) > 1:
            self._notes.odd("repeated-field", place)
        if not told:
            if bool(len(nodes[0])) == isinstance(part, Leaf):  # an empty text alone is nothing odd
                self._notes.odd("empty-element", place)
            return False
        if len(told) > 1:
            extra[f"{part.native}{AGAIN}"] = [_kept(one) for one in told[1:]]
        self._one(part, told[0], place, data, extra)
        return True

    def _one(self, part: Part, node: Element, place: str, data: Object, extra: Object) -> None:
        if isinstance(part, Branch):
            self._branch(part, node, place, data, extra)
        elif isinstance(part, Leaf):
            self._leaf(part, node, place, data, extra)
        elif isinstance(part, Texts):
            self._texts(part, node, place, data, extra)
        else:
            extra[part.native] = _kept(node)

    def _many(self, part: Branch, nodes: Sequence[Element], place: str, data: Object) -> bool:
        """Read a list; tells whether anything stands in it."""
        found = []
        for number, node in enumerate(nodes, 1):
            one = self.read(part.parts, node, f"{place}[{number}]")
            if one:
                found.append(one)
            else:
                self._notes.odd("empty-element", f"{place}[{number}]")
        if found:
            data[part.name] = found
        return bool(found)

    def _branch(self, part: Branch, node: Element, place: str, data: Object, extra: Object) -> None:
        found = self.read(part.parts, node, place)
        if part.name:
            data.update({part.name: found} if found else {})
            return
        if inner := found.pop(EXTRA, None):
            extra.update({f"{part.native}/{name}": value for name, value in inner.items()})
        data.update(found)

    def _leaf(self, part: Leaf, node: Element, place: str, data: Object, extra: Object) -> None:
        text = text_of(node)
        if len(node) or not text:
            self._notes.odd("elements-in-text" if len(node) else "unused-attribute", place)
            extra[part.native] = {"xml": to_xml(node, PREFIX)}
            return
        if node.keys():
            self._attributes(node, part.native, place, extra)
        if part.longest and len(text) > part.longest:
            self._notes.odd("long-field", place, str(len(text)))
        said = part.form.read(text)
        if said.fault:
            self._notes.odd_word(said.fault, place, text)
        if said.value is not None:
            data[part.name] = said.value
        if said.kept or (said.value is None and said.fault):
            extra[part.native] = text

    def _texts(self, part: Texts, node: Element, place: str, data: Object, extra: Object) -> None:
        plain = [child for child in node if child.tag == part.item and not len(child)]
        attributes = any(child.keys() for child in (node, *plain))
        if len(plain) != len(node) or text_of(node) or attributes:
            self._notes.odd("elements-in-text", place)
            extra[part.native] = {"xml": to_xml(node, PREFIX)}
            return
        texts = [text for child in plain if (text := text_of(child))]
        if texts:
            data[part.name] = texts

    def _attributes(self, node: Element, before: str, place: str, extra: Object) -> None:
        for name, value in node.items():
            self._notes.odd("unused-attribute", f"{place}@{local(name)}", value)
            extra[f"{before}@{name}"] = value


def _is_plain(leaf: Plain, node: Element, data: Object) -> bool:
    """Read an element of plain text; False where there is, or may be, more to say about it."""
    return not (len(node) or node.keys()) and takes(leaf, (node.text or "").strip(SPACE), data)


def takes(leaf: Plain, text: str, data: Object) -> bool:
    """Read a text that says what its form expects; False where there is, or may be, more to say about it."""
    name, read, longest = leaf
    if not text or len(text) > longest:
        return False
    if read is None:
        data[name] = text
        return True
    value, fault, kept = read(text)
    if fault or kept:
        return False
    if value is not None:
        data[name] = value
    return True


def _repeated(node: Element) -> dict[str, list[Element]]:
    """Return the elements in one that come more than once, by their names."""
    grouped: dict[str, list[Element]] = {}
    for child in node:
        grouped.setdefault(child.tag, []).append(child)
    return {name: children for name, children in grouped.items() if len(children) > 1}


def _kept(node: Element) -> Any:
    """Return an element that no table says: its text, or all of it as XML."""
    if len(node) or node.keys() or node.tag.startswith("{"):
        return {"xml": to_xml(node, PREFIX)}
    return text_of(node)
