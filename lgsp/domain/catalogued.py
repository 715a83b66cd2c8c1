"""What a catalogue says of a thing that a message names: what differs from it, and what it can fill in. Pure.

A name is compared without regard to capitals, to how its letters are composed and to its spaces: national
lists are typed by hand. Nothing is ever put right here; what is empty may be filled on the way out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from lgsp.domain.codes import FORMS, procedure_code
from lgsp.message import Finding, nfc

_SHOWN = 150
"""Characters of a name that stand in a finding."""


class Item(NamedTuple):
    """What a process keeps of one item of a catalogue.

    Attributes:
        says: its name as the catalogue writes it, then what else of it is compared, in the order of its
            type's mark; empty texts for what it lacks.
        open: it is in force.
        version: of the catalogue in which it came to say so.
    """

    says: Sequence[str]
    open: bool
    version: int

    def at(self, place: int) -> str:
        """Return what it says at a place; empty where that is nothing."""
        return self.says[place] if place < len(self.says) else ""


class Field(NamedTuple):
    """A field of a message that a catalogue knows too.

    Attributes:
        name: the field beside the code.
        place: of it among what the catalogue's items say.
        odd: the code of the finding when they differ.
    """

    name: str
    place: int
    odd: str


class Rule(NamedTuple):
    """How messages of a type name the items of a catalogue.

    Attributes:
        type: of the catalogue's messages.
        inside: the field that holds what follows.
        code: the field of the item's code.
        fields: those that say what the catalogue says too.
        keys: returns under which keys a code may stand in the catalogue, the likelier first.
        unknown: the finding when a catalogue that was brought whole lacks it.
        closed: the finding when it is in force no more.
    """

    type: str
    inside: str
    code: str
    fields: Sequence[Field]
    keys: Callable[[str], Sequence[str]]
    unknown: str
    closed: str

    def said(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the part of a message's data that names the item; empty where there is none."""
        found: Mapping[str, Any] = data.get(self.inside) or {}
        return found

    def find(self, code: str, items: Mapping[str, Item]) -> Item | None:
        """Return the item of a code."""
        return items.get(code) or next((items[key] for key in self.keys(code) if key in items), None)

    def odd(self, said: Mapping[str, Any], item: Item, catalogue: str) -> list[Finding]:
        """Return what a message says otherwise than the catalogue, which is told by its name."""
        found = [] if item.open else [self._odd(self.closed, self.code, said[self.code], "", catalogue, item)]
        for name, place, code in self.fields:
            told, known = said.get(name), item.at(place)
            if told != known and told and known and _squeezed(told) != _squeezed(known):
                found.append(self._odd(code, name, told, known, catalogue, item))
        return found

    def _odd(  # noqa: PLR0913, PLR0917 - the parts of one finding
        self, code: str, field: str, told: str, known: str, catalogue: str, item: Item
    ) -> Finding:
        other = f" ≠ {known[:_SHOWN]}" if known else ""
        return Finding(
            code, f"/{self.inside}/{field}", f"{told[:_SHOWN]}{other} ({catalogue} {item.version})"
        )

    def empty(self, data: Mapping[str, Any]) -> bool:
        """Tell whether a message names an item and leaves something empty that a catalogue could say."""
        said = data.get(self.inside)
        if not said or not said.get(self.code):
            return False
        return any(not said.get(field.name) for field in self.fields)

    def filled(self, data: Mapping[str, Any], item: Item) -> tuple[dict[str, Any], dict[str, str]]:
        """Return data with what was empty, all from one version, and what was filled in by JSON pointer."""
        said = self.said(data)
        added = {
            field.name: known
            for field in self.fields
            if not said.get(field.name) and (known := item.at(field.place))
        }
        whole = {**data, self.inside: {**said, **added}}
        return whole, {f"/{self.inside}/{name}": value for name, value in added.items()}


@lru_cache(4096)
def _squeezed(text: str) -> str:
    return " ".join(nfc(text).split()).casefold()


@lru_cache(4096)
def _procedure_keys(code: str) -> Sequence[str]:
    """Return the normal form of a procedure's code, and that of the procedure without its issuer."""
    normal, parts = FORMS["procedure-code"](code), procedure_code(code)
    return tuple(dict.fromkeys(key for key in (normal, parts and parts.procedure) if key))


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "procedure": Rule(
            "procedure.v1",
            "procedure",
            "code",
            (
                Field("name", 0, "procedure-name-differs"),
                Field("field_code", 1, "procedure-field-differs"),
                Field("field_name", 2, "procedure-field-differs"),
            ),
            _procedure_keys,
            "procedure-unknown",
            "procedure-closed",
        )
    }
)
"""By the name that a type gives in `x-lgsp.catalogued`."""
