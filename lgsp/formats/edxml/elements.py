"""Reading elements by their tables into canonical objects, with a finding for whatever is odd."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from lgsp.formats.edxml.notes import Notes
from lgsp.formats.edxml.parts import AGAIN, EXTRA, Branch, Leaf, Part, Table, Texts, Verbatim
from lgsp.formats.edxml.tree import PREFIX, Node, to_xml


class Reader:
    """Reads elements by their tables and notes what is odd."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def read(self, parts: Table, node: Node, place: str, skip: Collection[str] = ()) -> dict[str, Any]:
        """Return an element as a canonical object; elements in `skip` are read by somebody else."""
        data: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        if node.attributes:
            self._attributes(node, "", place, extra)
        if text := node.text:
            self._notes.odd("stray-text", place)
            extra["#text"] = text
        grouped = _grouped(node, skip)
        for name, nodes in grouped.items():
            part, inside = parts.by_native.get(name), f"{place}/{_local(name)}"
            if part is None:
                self._notes.odd("unknown-field", inside, nodes[0].text)
                kept = [_kept(one) for one in nodes]
                extra[name] = kept[0] if len(kept) == 1 else kept
            else:
                self._part(part, nodes, inside, data, extra)
        for name in parts.expected:
            if not any([one.says_something for one in grouped.get(name, ())]):  # noqa: C419 - quicker
                self._notes.odd("missing-field", f"{place}/{name}")
        if extra:
            data[EXTRA] = extra
        return data

    def _part(
        self, part: Part, nodes: list[Node], place: str, data: dict[str, Any], extra: dict[str, Any]
    ) -> None:
        if isinstance(part, Branch) and part.many:
            self._many(part, nodes, place, data)
            return
        told = [node for node in nodes if node.says_something]
        if len(nodes) > 1:
            self._notes.odd("repeated-field", place)
        if not told:
            if bool(nodes[0].elements) == isinstance(part, Leaf):  # an empty text alone is nothing odd
                self._notes.odd("empty-element", place)
            return
        if len(told) > 1:
            extra[f"{part.native}{AGAIN}"] = [_kept(one) for one in told[1:]]
        if isinstance(part, Leaf):
            self._leaf(part, told[0], place, data, extra)
        elif isinstance(part, Texts):
            self._texts(part, told[0], place, data, extra)
        elif isinstance(part, Verbatim):
            extra[part.native] = _kept(told[0])
        else:
            self._branch(part, told[0], place, data, extra)

    def _many(self, part: Branch, nodes: list[Node], place: str, data: dict[str, Any]) -> None:
        found = []
        for number, node in enumerate(nodes, 1):
            one = self.read(part.parts, node, f"{place}[{number}]")
            if one:
                found.append(one)
            else:
                self._notes.odd("empty-element", f"{place}[{number}]")
        if found:
            data[part.name] = found

    def _branch(
        self, part: Branch, node: Node, place: str, data: dict[str, Any], extra: dict[str, Any]
    ) -> None:
        found = self.read(part.parts, node, place)
        if part.name:
            data.update({part.name: found} if found else {})
        else:
            inner = found.pop(EXTRA, {})
            data.update(found)
            extra.update({f"{part.native}/{name}": value for name, value in inner.items()})

    def _leaf(self, part: Leaf, node: Node, place: str, data: dict[str, Any], extra: dict[str, Any]) -> None:
        text = node.text
        if node.elements or not text:
            self._notes.odd("elements-in-text" if node.elements else "unused-attribute", place)
            extra[part.native] = {"xml": to_xml(node, PREFIX)}
            return
        if node.attributes:
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

    def _texts(
        self, part: Texts, node: Node, place: str, data: dict[str, Any], extra: dict[str, Any]
    ) -> None:
        plain = [child for child in node.elements if child.name == part.item and not child.elements]
        attributes = any(child.attributes for child in (node, *plain))
        if len(plain) != len(node.elements) or node.text or attributes:
            self._notes.odd("elements-in-text", place)
            extra[part.native] = {"xml": to_xml(node, PREFIX)}
            return
        texts = [child.text for child in plain if child.text]
        if texts:
            data[part.name] = texts

    def _attributes(self, node: Node, before: str, place: str, extra: dict[str, Any]) -> None:
        for name, value in node.attributes.items():
            self._notes.odd("unused-attribute", f"{place}@{_local(name)}", value)
            extra[f"{before}@{name}"] = value


def _grouped(node: Node, skip: Collection[str]) -> dict[str, list[Node]]:
    grouped: dict[str, list[Node]] = {}
    for child in node.elements:
        if child.name not in skip:
            grouped.setdefault(child.name, []).append(child)
    return grouped


def _kept(node: Node) -> Any:
    """Return an element that no table says: its text, or all of it as XML."""
    if node.elements or node.attributes or node.name.startswith("{"):
        return {"xml": to_xml(node, PREFIX)}
    return node.text


def _local(name: str) -> str:
    return name.rpartition("}")[2]
