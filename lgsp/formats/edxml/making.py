"""Making elements of canonical objects by their tables, and of what was kept beside them: lines of XML.

CRLF behind each line, two spaces before it for each level.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from lgsp.errors import Invalid
from lgsp.formats.edxml.notes import unreadable
from lgsp.formats.edxml.parts import AGAIN, EXTRA, Branch, Leaf, Part, Table, Texts
from lgsp.formats.edxml.tree import SPACE, attributes_of, escaped, local, split, to_xml, writable

EOL = "\r\n"
_FIRST = (
    r"A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    r"\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd"
)
_NAME = re.compile(rf"[{_FIRST}][{_FIRST}\-.0-9\u00b7\u0300-\u036f\u203f\u2040]*")
"""A name without a prefix, by XML 1.0."""

Object = Mapping[str, Any]
Extra = dict[str, Any]
Parse = Callable[[str, str], Element]
"""Gives the element of a piece of XML that was kept, for a place; raises Invalid where it is none."""


@dataclass(slots=True)
class Made:
    """What stands in an element.

    Attributes:
        attributes: as they stand in its tag.
        text: its own text, as it stands between its tags; None is none.
        elements: the lines of the elements in it.
    """

    attributes: str = ""
    text: str | None = None
    elements: str = ""

    @property
    def something(self) -> bool:
        """Tell whether there is anything."""
        return bool(self.attributes or self.elements) or self.text is not None

    def lines(self, indent: str) -> str:
        """Return all lines in it: its own text, if it has any, and its elements."""
        return self.elements if self.text is None else f"{indent}{self.text}{EOL}{self.elements}"


class Writer:
    """Makes elements of canonical objects, in lines.

    What was kept verbatim is parsed again, so that nobody can smuggle in what a packet may not hold.

    Args:
        parse: parses what was kept verbatim.
        prefix: `edXML:` or nothing, before the name of each element.
    """

    def __init__(self, parse: Parse, prefix: str) -> None:
        self._parse = parse
        self._prefix = prefix

    def write(self, native: str, parts: Table, data: Object, place: str, indent: str) -> str:
        """Return the element of an object. Raises what `inside` raises."""
        if data.get(EXTRA):
            return self.around(native, self.inside(parts, data, place, indent + "  "), indent)
        return self._known(native, parts, data, place, indent)

    def _known(self, native: str, parts: Table, data: Object, place: str, indent: str) -> str:
        """Return the element of an object, of which nothing is written that no table knows."""
        name, elements = self._prefix + native, self._elements(parts, data, place, indent + "  ")
        if not elements:
            return f"{indent}<{name} />{EOL}"
        return f"{indent}<{name}>{EOL}{elements}{indent}</{name}>{EOL}"

    def around(self, native: str, made: Made, indent: str, known: str = "") -> str:
        """Return an element with what stands in it, behind the lines of what is known of it."""
        name = self._prefix + native
        if known or made.elements:
            inner = known + made.lines(indent + "  ")
            return f"{indent}<{name}{made.attributes}>{EOL}{inner}{indent}</{name}>{EOL}"
        if made.text is not None:
            return f"{indent}<{name}{made.attributes}>{made.text}</{name}>{EOL}"
        return f"{indent}<{name}{made.attributes} />{EOL}"

    def inside(self, parts: Table, data: Object, place: str, indent: str) -> Made:
        """Return what stands in the element of an object.

        Raises:
            Invalid: a text cannot stand in XML, or a word has no code.
        """
        beside = data.get(EXTRA)
        if not beside:
            return Made(elements=self._elements(parts, data, place, indent))
        extra, lines = dict(beside), list[str]()
        for part in parts:
            lines.append(self._part(part, data, extra, place, indent))
            lines += self._beside(part.native, extra, place, indent)
        attributes = _attributes(taken(extra, "@"), place)
        stray = extra.pop("#text", None)
        for name, value in extra.items():
            lines += self._rest(name, value, f"{place}/{name}", indent)
        text = escaped(checked(stray, place).strip(SPACE)).replace("\n", EOL) if stray else None
        return Made(attributes, text, "".join(lines))

    def _elements(self, parts: Table, data: Object, place: str, indent: str) -> str:
        """Return the lines of an object beside which nothing was kept."""
        start, end = f"{indent}<{self._prefix}", f"</{self._prefix}"
        lines: list[str] = []
        for part, name, native, itself in parts.asked:
            if name and name not in data:
                continue
            text = data[name] if itself else None
            if (
                isinstance(text, str)
                and text.isprintable()
                and text.strip() == text != ""
                and "&" not in text
                and "<" not in text
                and ">" not in text
            ):  # it stands there as it is
                lines.append(f"{start}{native}>{text}{end}{native}>{EOL}")
            else:
                lines.append(self._part(part, data, {}, place, indent))
        return "".join(lines)

    def verbatim(self, xml: str, place: str, indent: str) -> str:
        """Return an element that was kept as it came, with its own layout. Signatures stand without a prefix.

        Raises:
            Invalid: it is not one element and nothing else.
        """
        node = self._parse(xml, place)
        prefix = "" if split(node.tag)[1] == "Signature" else self._prefix
        xml_lines = to_xml(node, prefix).replace("\n", EOL)
        return f"{indent}{xml_lines}{EOL}"

    def _part(self, part: Part, data: Object, extra: Extra, place: str, indent: str) -> str:
        if isinstance(part, Leaf):
            return self._leaf(part, data.get(part.name), extra, place, indent)
        if isinstance(part, Branch):
            return self._branch(part, data, extra, place, indent)
        if isinstance(part, Texts) and data.get(part.name):
            extra.pop(part.native, None)
            return self._texts(part, data[part.name], place, indent)
        return ""

    def _beside(self, native: str, extra: Extra, place: str, indent: str) -> Iterator[str]:
        """Yield the elements of a part's name that were kept beside it."""
        for name in (native, f"{native}{AGAIN}"):
            yield from self._rest(native, extra.pop(name, []), f"{place}/{native}", indent)

    def _branch(self, part: Branch, data: Object, extra: Extra, place: str, indent: str) -> str:
        place = f"{place}/{part.native}"
        if not part.name:
            if extra and (inner := taken(extra, f"{part.native}/")):
                own = {name: data[name] for name in part.parts.names if name in data}
                return self.write(part.native, part.parts, {**own, EXTRA: inner}, place, indent)
            if part.parts.names.isdisjoint(data):
                return ""
            return self._known(part.native, part.parts, data, place, indent)
        found = data.get(part.name)
        if found and not part.many:
            return self.write(part.native, part.parts, found, place, indent)
        return "".join([self.write(part.native, part.parts, one, place, indent) for one in found or ()])

    def _texts(self, part: Texts, texts: Sequence[Any], place: str, indent: str) -> str:
        place = f"{place}/{part.native}"
        lines = [self._line(part.item, checked(text, place), indent + "  ") for text in texts]
        return self.around(part.native, Made("", None, "".join(lines)), indent)

    def _leaf(self, part: Leaf, value: Any, extra: Extra, place: str, indent: str) -> str:
        """Return a text, beside which something may have been kept: it itself, or attributes."""
        if not extra:
            text = part.default if value is None or value == "" else _written(part, value, place)
            return self._line(part.native, text, indent) if text else ""
        kept, beside = extra.get(part.native), taken(extra, f"{part.native}@")
        if isinstance(kept, str) and _still(part, kept, value):
            text = checked(extra.pop(part.native), f"{place}/{part.native}")
        elif value is not None and value != "":
            text = _written(part, value, place)
            extra.pop(part.native, None)
        elif part.default and kept is None:
            text = part.default
        else:
            return ""
        return self._line(part.native, text, indent, _attributes(beside, f"{place}/{part.native}"))

    def _line(self, native: str, text: str, indent: str, attributes: str = "") -> str:
        name = self._prefix + native
        if not text:
            return f"{indent}<{name}{attributes} />{EOL}"
        if not text.isalnum():  # what is stands there as it is: words and numbers are
            text = escaped(text.strip(SPACE)).replace("\n", EOL)
        return f"{indent}<{name}{attributes}>{text}</{name}>{EOL}"

    def _rest(self, name: str, value: Any, place: str, indent: str) -> Iterator[str]:
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict) and isinstance(one.get("xml"), str):
                yield self.verbatim(one["xml"], place, indent)
            elif isinstance(one, str) and _NAME.fullmatch(name):
                yield self._line(name, checked(one, place), indent)
            else:
                raise _unwritable(place)


def taken(extra: Extra, before: str) -> Extra:
    """Take out of `extra` what belongs to one name, and return it by what follows that."""
    if not extra:
        return {}
    keys = [key for key in extra if key.startswith(before)]
    return {key[len(before) :]: extra.pop(key) for key in keys}


def _attributes(kept: Extra, place: str) -> str:
    """Return attributes that were kept, as they stand in a tag."""
    for name, value in kept.items():
        if not _NAME.fullmatch(local(name)):
            raise _unwritable(f"{place}@")
        checked(value, place)
    return attributes_of(kept)


def _still(part: Leaf, text: str, value: Any) -> bool:
    """Tell whether a text that was kept still says what the object says: nobody has edited that since."""
    said = part.form.read(text)
    exact = not said.kept and not (said.value is None and said.fault)
    return not exact and said.value == value


def _written(part: Leaf, value: Any, place: str) -> str:
    try:
        text = part.form.write(value)
    except (KeyError, ValueError, TypeError, AttributeError):
        text = None
    if not isinstance(text, str) or not writable(text):
        raise _unwritable(f"{place}/{part.native}")
    return text


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
