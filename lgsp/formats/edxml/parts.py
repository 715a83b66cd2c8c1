"""What an object of a packet is made of: tables that are read and written, in their order.

What the tables do not know, or cannot say exactly, stays in `extra` beside the other fields, and is written
again: `Foo` for an element, `Foo@bar` for an attribute of an element that is plain text, `@bar` for one of
the object's own, `#text` for stray text. `Foo[2]` holds a list of the elements beyond
the one that was expected. A text is an element's text, and `{"xml": …}` an element as it came.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from sys import maxsize
from typing import NamedTuple, Self

from lgsp.formats.edxml.forms import TEXT, Form, Said, as_it_is

EXTRA = "extra"
AGAIN = "[2]"
"""Behind the name of a field that stood there more than once."""


class Plain(NamedTuple):
    """What reading a plain text needs to know of it.

    Attributes:
        name: its canonical name.
        read: what it says; None where it says itself.
        longest: characters beyond which there is a finding.
    """

    name: str
    read: Callable[[str], Said] | None
    longest: int


@dataclass(slots=True, frozen=True)
class Leaf:
    """An element of plain text.

    Attributes:
        native: its name.
        name: its canonical name.
        form: how its text is said.
        expected: a finding where it is missing.
        longest: characters that a decree gives the field of the same name; more are a finding, no fault.
        default: text that is written where there is none, once the element around it is written.
    """

    native: str
    name: str
    form: Form = TEXT
    expected: bool = False
    longest: int = 0
    default: str = ""

    @property
    def plain(self) -> Plain:
        """See `Plain`."""
        read = None if self.form is TEXT else self.form.read
        return Plain(self.name, read, self.longest or maxsize)


@dataclass(slots=True, frozen=True)
class Branch:
    """An element of elements.

    Attributes:
        native: its name.
        name: its canonical name; empty for one whose fields stand in the object around it.
        parts: what may stand in it, in the order in which it is written.
        many: it may come more than once, and is a list.
        expected: a finding where it is missing.
    """

    native: str
    name: str
    parts: Table
    many: bool = False
    expected: bool = False


@dataclass(slots=True, frozen=True)
class Texts:
    """An element that holds any number of texts: a list.

    Attributes:
        native: its name.
        item: the name of each text's element.
        name: its canonical name.
    """

    native: str
    item: str
    name: str


@dataclass(slots=True, frozen=True)
class Verbatim:
    """An element that is known, and whose inside is not: it stays in `extra` without a finding."""

    native: str


Part = Leaf | Branch | Texts | Verbatim


class Table(tuple[Part, ...]):  # noqa: SLOT001 - it remembers what it works out
    """What may stand in an element, in the order in which it is written."""

    def __new__(cls, *parts: Part) -> Self:
        """Make it of its parts."""
        return super().__new__(cls, parts)

    @cached_property
    def by_native(self) -> dict[str, Part]:
        """The parts by the names of their elements."""
        return {part.native: part for part in self}

    @cached_property
    def leaves(self) -> dict[str, Plain]:
        """What reading a plain text needs to know of it, by the names of the elements."""
        leaves = [part for part in self if isinstance(part, Leaf)]
        return {part.native: part.plain for part in leaves}

    @cached_property
    def expected(self) -> AbstractSet[str]:
        """The names of those whose absence is a finding, in their order."""
        named = {part.native: part for part in self if isinstance(part, Leaf | Branch) and part.expected}
        return named.keys()

    @cached_property
    def asked(self) -> list[tuple[Part, str, str, bool]]:
        """The parts, each with the canonical name without which it is not written, empty for none.

        Of each are told, too, its own name, and whether it is a text that is written as the canonical form
        has it.
        """
        return [(part, _decides(part), part.native, _is_as_it_is(part)) for part in self]

    @cached_property
    def names(self) -> AbstractSet[str]:
        """The canonical names of all that may stand in the object, through branches without a name."""
        named: list[str] = []
        for part in self:
            if isinstance(part, Branch) and not part.name:
                named += part.parts.names
            elif not isinstance(part, Verbatim):
                named.append(part.name)
        return dict.fromkeys(named).keys()


def _decides(part: Part) -> str:
    if isinstance(part, Verbatim) or (isinstance(part, Leaf) and part.default):
        return ""
    return part.name


def _is_as_it_is(part: Part) -> bool:
    return isinstance(part, Leaf) and part.form.write is as_it_is and not part.default


NOTHING = Table()
"""Of an element of which nothing is known."""
