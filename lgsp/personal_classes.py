"""Which values of a body are personal, and of which class, by the marks of its schema (x-personal). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

UNKNOWN = "unknown"
"""The class of what no schema knows: it may hold anything."""

Schema = Mapping[str, Any]
NONE: Schema = MappingProxyType({})
"""What is known of a body without a schema."""


@dataclass(slots=True, frozen=True)
class Leaf:
    """One value of a body.

    Attributes:
        place: its JSON pointer.
        value: a text, a number, a truth value, nothing, or an empty list or object.
        personal: its class of personal data; empty where it has none.
        number: of its mask, from 1; 0 where it is not masked, or has no place to be filled in at.
    """

    place: str
    value: Any
    personal: str
    number: int = 0


def leaves(data: Any, schema: Schema) -> Iterator[Leaf]:
    """Yield every value of a body in its own order, with its class; those that are masked are numbered."""
    number = 0
    for place, value, personal in _walk(data, _root(_Same(schema)), ""):
        masked_ = _is_masked(value, personal)
        number += masked_
        yield Leaf(place, value, personal, number if masked_ else 0)


def class_of(schema: Schema, place: str) -> str:
    """Return the class of what stands at a JSON pointer; `unknown` where the schema knows no such place."""
    part = _root(_Same(schema))
    for name in place.split("/")[1:]:
        part = part.within(name)
    return part.personal


def _is_masked(value: Any, personal: str) -> bool:
    return bool(personal) and value not in (None, "", [], {})


def _walk(data: Any, part: _Part, place: str) -> Iterator[tuple[str, Any, str]]:
    if isinstance(data, str) or not data:
        yield place, data, part.personal
    elif isinstance(data, (dict, Mapping)):
        for name, value in data.items():
            yield from _walk(value, part.within(str(name)), f"{place}/{name}")
    elif isinstance(data, list):
        inside = part.item()
        for n, value in enumerate(data):
            yield from _walk(value, inside, f"{place}/{n}")
    else:
        yield place, data, part.personal


def personal_texts(data: Any, schema: Schema | None) -> list[str]:
    """Return the personal values of a body that are texts, or numbers, each once."""
    found: dict[str, None] = {}
    _gather(data, _root(_Same(schema or NONE)), found)
    return list(found)


def _gather(data: Any, part: _Part, found: dict[str, None]) -> None:
    """Gather the personal ones of what `_walk` yields; on its own, for it is done for each delivery."""
    if isinstance(data, str):
        if part.personal and data:
            found[data] = None
    elif isinstance(data, (dict, Mapping)):
        for name, value in data.items():
            inside = part.within(str(name))
            if not isinstance(value, str):
                _gather(value, inside, found)
            elif inside.personal and value:
                found[value] = None
    elif isinstance(data, list):
        inside = part.item()
        for value in data:
            _gather(value, inside, found)
    elif part.personal and data is not None and not isinstance(data, bool):
        found[str(data)] = None


class _Part:
    """What a schema says of one place: the class of what stands there, and what stands below it.

    It is worked out where it is first asked for; each place of a schema once, also of one that holds itself.

    Args:
        parts: all parts of the schema, by the nodes that they are made of.
    """

    __slots__ = ("_inside", "_item", "_nodes", "_parts", "_schema", "personal")

    def __init__(
        self, schema: Schema, nodes: Sequence[Schema], personal: str, parts: dict[tuple[int, ...], _Part]
    ) -> None:
        self.personal = personal
        self._schema = schema
        self._nodes = nodes
        self._parts = parts
        self._inside: dict[str, _Part] = {}
        self._item: _Part | None = None

    def within(self, name: str) -> _Part:
        """Return the part under a name, which may be a place in a list; a class holds for all below it."""
        if self.personal:
            return self
        found = self._inside.get(name)
        if found is None:
            items = _items(self._nodes) if name.isdecimal() else []
            found = self._made([*items, *_properties(self._nodes, name)])
            if found is not _STRANGE and not items:
                self._inside[name] = found
        return found

    def item(self) -> _Part:
        """Return the part of what stands in a list."""
        if self.personal:
            return self
        if self._item is None:
            self._item = self._made(_items(self._nodes))
        return self._item

    def _made(self, found: Sequence[Schema]) -> _Part:
        if not found:
            return _STRANGE
        key = tuple(id(one) for one in found)
        known = self._parts.get(key)
        if known is None:
            meant = [one for node in found for one in _meant(self._schema, node)]
            personal = next((str(one["x-personal"]) for one in meant if one.get("x-personal")), "")
            known = self._parts[key] = _Part(self._schema, meant, personal, self._parts)
        return known


_STRANGE = _Part({}, (), UNKNOWN, {})
"""What no schema knows."""


@dataclass(slots=True, frozen=True, eq=False)
class _Same:
    """A schema as the key of a cache: this very one, whatever it says."""

    schema: Schema

    def __hash__(self) -> int:
        return id(self.schema)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.schema is self.schema


@lru_cache(maxsize=256)
def _root(key: _Same) -> _Part:
    return _Part(key.schema, _meant(key.schema, key.schema), "", {})


def _items(nodes: Sequence[Schema]) -> list[Schema]:
    return [items for node in nodes if isinstance(items := node.get("items"), Mapping)]


def _properties(nodes: Sequence[Schema], name: str) -> list[Schema]:
    return [told for node in nodes if isinstance(told := node.get("properties", {}).get(name), Mapping)]


def _meant(schema: Schema, node: Schema) -> list[Schema]:
    """Return a schema with what it refers to, or chooses from."""
    found: list[Schema] = [node]
    if "$ref" in node:
        part = schema.get("$defs", {}).get(str(node["$ref"]).rpartition("/")[2])
        found += _meant(schema, part) if isinstance(part, Mapping) else []
    for choice in (*node.get("anyOf", ()), *node.get("allOf", ()), *node.get("oneOf", ())):
        found += _meant(schema, choice)
    return found
