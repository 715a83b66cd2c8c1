"""Reading a document's header straight off its text, where each element holds elements or one plain text.

That costs less than half of making elements of it and reading those. Whatever else comes, and whatever there
is something to say about, is left to `Reader`, which reads every header: what is read here it reads alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from unicodedata import is_normalized

from lgsp.domain.documents import OLD_CODE_MARK
from lgsp.formats.edxml.elements import Object, takes
from lgsp.formats.edxml.layout import DOCUMENT_HEADER
from lgsp.formats.edxml.limits import Limits
from lgsp.formats.edxml.parts import Branch, Part
from lgsp.formats.edxml.tree import PREFIX, SPACE

_NAME = "MessageHeader"
_OLD_CODE = [OLD_CODE_MARK]
_PARTS = 4
"""Of what stands in a header, over and over: what is between two tokens, and the three groups of the next."""
_DEEPEST = 6
"""So deep stand texts of those that are read here, in the packet."""
_START = re.compile(rf"<((?:{PREFIX})?){_NAME}>".encode())


def _token(prefix: str) -> re.Pattern[str]:
    """Return what matches an element of one text, or the start of one of elements, or the end of one.

    A name is whatever stands before a `>`, because that is quickly found, and who looks it up knows better;
    of 64 signs at most, so that nobody seeks that again and again, to the end, in a row of tags without one.
    """
    start, end = rf"<{prefix}(\w[^>]{{0,63}}+)>", rf"</{prefix}"
    return re.compile(rf"{start}(?:([^<]*+){end}\1>)?[{SPACE}]*+|{end}([^>]{{1,64}}+)>[{SPACE}]*+")


_TOKENS = {prefix: _token(prefix) for prefix in (PREFIX, "")}


Plainly = dict[str, list[Any]]
"""Elements by their names, as they say it: texts, and others of this kind; none that says nothing."""
_Token = tuple[Any, Any, Any]
"""The name of an element that begins, its text if it holds nothing else, and the name of one that ends."""


class Header(NamedTuple):
    """What a header says.

    Attributes:
        data: in canonical form.
        plain: by the names of its elements, without those that the axis adds.
        composed: whether all its letters are known to be.
    """

    data: Object
    plain: Plainly
    composed: bool


class _OtherError(Exception):
    """A header is not as plain as that."""


def cut_out(packet: bytes, limits: Limits) -> tuple[bytes, Header | None]:
    """Return a packet with its document's header emptied, and what that says; the packet itself and None.

    Nothing is cut out but elements without an attribute, well nested, with the prefix of the header: their
    namespace is that of the header's own element, which stays.

    Args:
        packet: without declarations, comments, CDATA and instructions.
        limits: of the packet.
    """
    start = _START.search(packet)
    if start is None or packet.count(_NAME.encode()) != 2 or limits.depth < _DEEPEST:  # noqa: PLR2004 - its tags
        return packet, None
    end = packet.find(b"</" + start[1] + _NAME.encode() + b">", start.end())
    inside = packet[start.end() : end]
    if end < 0 or b"&" in inside:
        return packet, None
    try:
        header = _read(inside.decode(), start[1].decode())
    except (_OtherError, UnicodeDecodeError):
        return packet, None
    return packet[: start.end()] + packet[end:], header


_HEADER = Branch(_NAME, "", DOCUMENT_HEADER)


def _read(text: str, prefix: str) -> Header:
    found = _TOKENS[prefix].split(text.lstrip(SPACE))
    starts, texts, ends = (found[n::_PARTS] for n in range(1, _PARTS))
    letters = "".join(filter(None, texts))
    if any(found[::_PARTS]) or not letters.isprintable() or ">" in letters:
        raise _OtherError  # something stands between elements, or a text may not stand there as it is
    data, plain = _inside(zip(starts, texts, ends, strict=False), _HEADER)
    if not plain["To"]:
        del plain["To"]  # the axis added all of them
    return Header(data, plain, is_normalized("NFC", letters))  # then so is each of them


def _inside(tokens: Iterator[_Token], part: Branch) -> tuple[Object, Plainly]:
    """Read what stands in an element, up to its end."""
    parts, leaves = part.parts, part.parts.leaves
    data: Object = {}
    plain: Plainly = {}
    for start, text, end in tokens:
        if text is not None:
            leaf, text = leaves.get(start), text.strip()  # noqa: PLW2901 - without the space around it
            if leaf is None or start in plain or not takes(leaf, text, data):
                raise _OtherError
            plain[start] = [text]
        elif start is not None:
            _take(tokens, parts.by_native.get(start), data, plain)
        elif end == part.native:
            break
        else:
            raise _OtherError
    else:
        if part is not _HEADER:
            raise _OtherError
    if not plain.keys() >= parts.expected:
        raise _OtherError
    if "Direction" in plain and plain["Direction"][0].lower() == "false":
        del plain["Direction"]  # the axis adds it
    return data, plain


def _take(tokens: Iterator[_Token], part: Part | None, data: Object, plain: Plainly) -> None:
    """Read an element of elements that begins in another, and put down what it says."""
    if not isinstance(part, Branch) or (part.native in plain and not part.many):
        raise _OtherError
    told, said = _inside(tokens, part)
    if not told:
        raise _OtherError
    if not part.name:
        data.update(told)
    elif part.many:
        data.setdefault(part.name, []).append(told)
    else:
        data[part.name] = told
    all_ = plain.setdefault(part.native, [])
    if part.native != "To" or said.get("OrganizationInCharge") != _OLD_CODE:
        all_.append(said)
