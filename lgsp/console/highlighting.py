"""Showing JSON and XML: laid out, in colours by class, with the files inside them told by their size.

It works on tokens and never fails: what was cut in the middle, or is neither, is shown as far as it goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from markupsafe import Markup, escape

SHOWN = 48 * 1024
"""Characters of a laid-out text that a page shows; the whole of it can be downloaded."""
_INDENT, _DEEPEST = "  ", 40
_LONGEST_TAG = 10_000
_JSON = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*"?)(\s*:)?|([{}\[\],])|([^\s{}\[\],"]+)')
_XML = re.compile(r"<!--.*?(?:-->|$)|<!\[CDATA\[.*?(?:\]\]>|$)|<[^>]*>?|[^<]+", re.DOTALL)
_TAG = re.compile(r"([^\s=\"'<>/?]+)(\s*=\s*)(\"[^\"]*\"?|'[^']*'?)")
_LONG = 400
_DATA = re.compile(r"data:([\w.+-]+/[\w.+-]+)?[^,]{0,80};base64,")
_BREAKS = re.compile(r"\\[rn]")
"""Line breaks as JSON writes them."""
_BASE64 = re.compile(r"[A-Za-z0-9+/]{400,}={0,2}")
_OPENING, _CLOSING = "{[", "}]"
_MEDIA = {
    "/9j/": "image/jpeg",
    "JVBERi": "application/pdf",
    "UEsDB": "application/zip",
    "iVBORw": "image/png",
}


class Attached(NamedTuple):
    """A file that stands in a text as base64: its kind, where it is known, and its size in bytes."""

    media: str
    size: int


class Part(NamedTuple):
    """A piece of a text that is laid out.

    Attributes:
        kind: the class it is shown by, without `hl-`; empty is plain.
    """

    kind: str
    text: str
    file: Attached | None = None


def attached(text: str) -> Attached | None:
    """Return what file a value is, if it is one: a `data:` reference, or a long run of base64."""
    if len(text) < _LONG and not text.startswith("data:"):
        return None
    found = _DATA.match(text)
    if found:
        return Attached(found[1] or "", _decoded(len(text) - found.end()))
    if len(text) < _LONG or not _BASE64.fullmatch(_joined(text)):
        return None
    media = next((media for start, media in _MEDIA.items() if text.startswith(start)), "")
    return Attached(media, _decoded(len(text)))


def _joined(text: str) -> str:
    """Return a text without its line breaks, and the space around them."""
    return "".join(line.strip() for line in _BREAKS.sub("\n", text).splitlines())


def _decoded(characters: int) -> int:
    return characters * 3 // 4


def parts(text: str) -> Iterator[Part]:
    """Return a text as parts, laid out by what it is: JSON, XML, or as it stands."""
    start = text.lstrip()[:1]
    if start and start in _OPENING:
        yield from _json(text)
    elif start == "<":
        yield from _xml(text)
    else:
        file = attached(text)
        yield Part("file", "", file) if file else Part("", text)


def _json(text: str) -> Iterator[Part]:
    """Lay JSON out: a field a line."""
    depth, fresh = 0, False
    for found in _JSON.finditer(text):
        string, colon, sign, word = found.groups()
        if sign and sign in _CLOSING:
            depth = max(0, depth - 1)
            yield Part("", "" if fresh else _line(depth))
        elif fresh:
            yield Part("", _line(depth))
        fresh = False
        if string is not None:
            yield from _string(string, colon)
        elif sign == ",":
            yield Part("sign", ",")
            yield Part("", _line(depth))
        elif sign:
            yield Part("sign", sign)
            if sign in _OPENING:
                depth, fresh = depth + 1, True
        else:
            yield Part("word" if word in ("true", "false", "null") else "number", word)


def _line(depth: int) -> str:
    return "\n" + _INDENT * min(depth, _DEEPEST)


def _string(string: str, colon: str | None) -> Iterator[Part]:
    if colon is not None:
        yield Part("key", string)
        yield Part("sign", ": ")
        return
    file = attached(string.strip('"'))
    yield Part("file", "", file) if file else Part("text", string)


def _xml(text: str) -> Iterator[Part]:
    """Lay XML out: an element a line, its text beside it where it has nothing else."""
    depth, open_, first = 0, False, True
    for found in _XML.finditer(text):
        token = found[0]
        if not token.strip():
            continue
        if not token.startswith("<") or token.startswith("<![CDATA["):
            yield _said(token)
            continue
        closing = token.startswith("</")
        depth -= closing
        if not first and not (closing and open_):
            yield Part("", _line(max(0, depth)))
        yield from _tag(token)
        open_ = not closing and not token.startswith(("<?", "<!")) and not token.endswith("/>")
        depth, first = depth + open_, False


def _said(token: str) -> Part:
    inside = token.removeprefix("<![CDATA[").removesuffix("]]>").strip()
    file = attached(inside)
    return Part("file", "", file) if file else Part("text", token.strip())


def _tag(token: str) -> Iterator[Part]:
    if token.startswith(("<!", "<?")) or len(token) > _LONGEST_TAG:
        yield Part("comment", token)
        return
    name = re.match(r"</?[^\s>/]*", token)
    head = name[0] if name else "<"
    yield Part("key", head)
    at = len(head)
    for found in _TAG.finditer(token, at):
        yield Part("", token[at : found.start()])
        yield Part("name", found[1] + found[2])
        yield Part("text", found[3])
        at = found.end()
    yield Part("key", token[at:])


class Shown(NamedTuple):
    """A text as a page shows it.

    Attributes:
        cut: it goes on.
        files: how many files it holds, which are told by their size.
    """

    lines: Markup
    cut: bool
    files: int


def shown(text: str, file: str, size: object) -> Shown:
    """Return a text for a page, cut at `SHOWN` characters.

    Args:
        text: whatever was said.
        file: the word for a file, in the reader's language, with `%s` for its size.
        size: a function that words a size in bytes.
    """
    made: list[Markup] = []
    length = files = 0
    for one in parts(text):
        words = one.text
        if one.file is not None:
            files += 1
            words = file % size(one.file.size) + (f" ({one.file.media})" if one.file.media else "")  # type: ignore[operator]
        room = SHOWN - length
        kept = escape(words[:room])
        made.append(Markup('<span class="hl-{}">{}</span>').format(one.kind, kept) if one.kind else kept)
        length += len(words)
        if length > SHOWN:
            return Shown(Markup("").join(made), True, files)
    return Shown(Markup("").join(made), False, files)
