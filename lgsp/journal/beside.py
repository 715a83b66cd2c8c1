"""What the transport said beside a request, as it is kept in the clear: words and codes, and no content."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from lgsp.masking import hinted
from lgsp.redacting import without_numbers

_FILE = "name"
"""Under this name stands what somebody called a file."""


def kept(attributes: Mapping[str, str]) -> str | None:
    """Return it as JSON; None where nothing was said.

    People write into names of files and into free words: of a file's name its ending stays, of what is not a
    single word its length, and no personal number of anything.
    """
    if not attributes:
        return None
    return orjson.dumps({name: _shown(name, value) for name, value in attributes.items()}).decode()


def _shown(name: str, value: str) -> str:
    if name == _FILE:
        return hinted(value, "document")
    return without_numbers(value) if len(value.split()) < 2 else hinted(value, "content")  # noqa: PLR2004 - a word
