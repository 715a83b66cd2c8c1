"""Bytes of an answer as text: by what they are, and only else by what is said of them."""

from __future__ import annotations

import codecs
import re

_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding=["']([A-Za-z0-9._-]{1,40})""")
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def text_of(body: bytes, declared: str | None = None) -> str:
    """Return a body as text: UTF-8 where it is that, whatever was declared; else as it says that it is.

    Servers declare Latin-1 by habit for what is UTF-8; hardly anything else is well-formed UTF-8 by chance.
    What cannot be read stands as U+FFFD.

    Args:
        body: as it came.
        declared: the charset of its `Content-Type`.
    """
    try:
        return body.decode()
    except UnicodeDecodeError:
        found = _DECLARED.match(body)
        inside = found[1].decode() if found else "utf-8"
        try:
            return body.decode("utf-16" if body.startswith(_MARKS) else declared or inside, "replace")
        except LookupError:
            return body.decode(errors="replace")
