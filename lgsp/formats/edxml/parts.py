"""What an object of a packet is made of: tables that are read and written, in their order.

What the tables do not know, or cannot say exactly, stays in `extra` beside the other fields, and is written
again: `Foo` for an element, `Foo@bar` for an attribute of an element that is plain text, `@bar` for one of
the object's own, `#text` for stray text. `Foo[2]` holds a list of the elements beyond
the one that was expected. A text is an element's text, and `{"xml": …}` an element as it came.
"""

from __future__ import annotations

from dataclasses import dataclass

from lgsp.formats.edxml.forms import TEXT, Form

EXTRA = "extra"
AGAIN = "[2]"
"""Behind the name of a field that stood there more than once."""


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
    parts: tuple[Part, ...]
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
