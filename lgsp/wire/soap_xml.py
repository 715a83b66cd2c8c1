"""Reading the XML of SOAP as plain values, hardened, and writing plain values as XML.

An element is its text, or a mapping of what it holds by local names: children, a list where one name stands
several times, attributes as `@name`, and as `#text` what stands between children. Namespaces, comments and
processing instructions are passed over; `xsi:nil` is an empty text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

LARGEST = 8 * 1024 * 1024
"""Bytes of a document that is read: all of it is held in memory, several times."""
TEXT = "#text"

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_DOCTYPE = re.compile(rb"<!\s*DOCTYPE", re.IGNORECASE)
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME = re.compile(r"[^\W\d][\w.\-]*")
_DEEPEST = 64
_WIDE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
"""How documents in UTF-16 begin: with its mark, or with their first sign."""


class MalformedError(ValueError):
    """It is no XML that is read here; the text says why, and holds nothing of what stood there."""


def read(document: bytes | str, mend: Callable[[str], str] | None = None) -> dict[str, Any]:
    """Return a document as plain values: the name of its outermost element, and what that holds.

    Args:
        document: XML; bytes in UTF-8 where they are that, whatever they declare, else as they declare.
        mend: asked for another text where this one is not well-formed; it may give it back as it was.

    Raises:
        MalformedError: it is not well-formed, too large, too deep, or has a DOCTYPE.
    """
    root = parse(document, mend)
    return {root.tag.rpartition("}")[2]: plain(root)}


def parse(document: bytes | str, mend: Callable[[str], str] | None = None) -> etree._Element:
    """Return the outermost element of a document; see `read`."""
    raw = _narrowed(document).strip()
    if len(raw) > LARGEST:
        raise MalformedError("too large")
    if _DOCTYPE.search(raw):
        raise MalformedError("it has a DOCTYPE")
    try:
        root = _parsed(raw)
    except MalformedError:
        mended = mend(_decoded(raw)).encode() if mend is not None else raw
        if mended == raw:
            raise
        root = _parsed(mended.strip())
    if root.getroottree().docinfo.doctype:
        raise MalformedError("it has a DOCTYPE")
    return root


def plain(element: etree._Element, depth: int = 0) -> Any:
    """Return an element as a plain value.

    Raises:
        MalformedError: it is too deep.
    """
    if depth > _DEEPEST:
        raise MalformedError("nested too deeply")
    held: dict[str, Any] = {}
    for name, one in element.items():
        if not name.startswith(_XSI):
            held[f"@{name.rpartition('}')[2]}"] = one
    stray = element.text or ""
    if not len(element):
        return {**held, TEXT: stray} if held else stray
    for child in element:
        if child.tail:
            stray += child.tail
        _put(held, child.tag.rpartition("}")[2], plain(child, depth + 1))
    if stray and not stray.isspace():
        held[TEXT] = stray
    return held


def write(name: str, value: Any, *, prefix: str = "", namespace: str = "") -> str:
    """Return a value as an element, and what it holds as elements of the same namespace in the order given.

    Args:
        name: local name.
        value: a mapping, a list (the element once for each), None (no element at all), or what is said as a
            text; truth values as XML Schema has them.
        prefix: of the namespace; it must be declared further out unless `namespace` is given.
        namespace: declared on this element.

    Raises:
        MalformedError: a text holds what XML cannot say, or a name is none.
    """
    declared = f" xmlns:{prefix}={quoteattr(namespace)}" if namespace else ""
    return "".join(_written(f"{prefix}:" if prefix else "", name, value, declared))


def said(text: str) -> str:
    """Return a text as XML says it.

    Raises:
        MalformedError: it holds what XML cannot say.
    """
    if _FORBIDDEN.search(text):
        raise MalformedError("a text holds what XML cannot say")
    return escape(text, {"\r": "&#xD;"})


def _written(prefix: str, name: str, value: Any, declared: str) -> Iterator[str]:
    if not _NAME.fullmatch(name):
        raise MalformedError("a name is none that XML has")
    if isinstance(value, list):
        for one in value:
            yield from _written(prefix, name, one, declared)
    elif isinstance(value, Mapping):
        yield f"<{prefix}{name}{declared}>"
        for key, one in value.items():
            yield from _written(prefix, key, one, "")
        yield f"</{prefix}{name}>"
    elif value is not None:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        yield f"<{prefix}{name}{declared}>{said(text)}</{prefix}{name}>"


def _parsed(raw: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
        remove_pis=True, encoding="utf-8" if _is_utf8(raw) else None,
    )  # fmt: skip
    try:
        return etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        raise MalformedError("not well-formed") from None  # the parser's text may hold what stood there


def _narrowed(document: bytes | str) -> bytes:
    """Return a document as bytes of which none is a zero: what is a text, or in UTF-16, as UTF-8.

    A text that JSON holds declares the encoding that it had once (.NET writes `utf-16` into each), and some
    services write UTF-16 without its mark.
    """
    if isinstance(document, str):
        return document.encode("utf-8", "replace")
    wide = _WIDE.get(document[:2])
    return document.decode(wide, "replace").encode("utf-8", "replace") if wide else document


def _is_utf8(raw: bytes) -> bool:
    """Tell whether it is that, whatever it declares: hardly anything else is well-formed UTF-8 by chance."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MalformedError("not well-formed, and not UTF-8") from None


def _put(held: dict[str, Any], name: str, value: Any) -> None:
    if name not in held:
        held[name] = value
    elif isinstance(held[name], list):
        held[name].append(value)
    else:
        held[name] = [held[name], value]
